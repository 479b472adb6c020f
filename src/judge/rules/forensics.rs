//! Forensics: what the evidence of a computer shows.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    CHANNEL_NOT_APPROVED = "WP4001" Deny, "deployed by a channel that is not approved", "部署渠道未获批准",
        "The image came by a way that the site's channel file does not approve of. The quoted evidence shows by which.",
        "镜像经由站点渠道文件未批准的途径部署。所引证据说明了是哪种途径。";
    CHANNEL_UNKNOWN = "WP4002" Warn, "channel unknown", "部署渠道未知",
        "No channel rule recognises how this image came. Describe the site's own channels in a channel file (--channels FILE), or collect what is missing.",
        "没有渠道规则能识别该镜像的来源途径。请在渠道文件（--channels FILE）中描述本单位的渠道，或补充缺失的证据。";
    SOURCE_UNKNOWN = "WP4003" Warn, "source of the image cannot be determined", "无法确定镜像来源",
        "The evidence does not tell from which file, medium or server the image came, or which image it was. What would tell is named; collect it from the computer as soon as possible, Windows deletes replaced systems after some days.",
        "现有证据未说明镜像来自哪个文件、介质或服务器，或是哪个镜像。结果中列出了所需证据；请尽快从该计算机收集，Windows 会在数日后删除被替换的系统。";
    EVIDENCE_DIFFERS = "WP4004" Warn, "logs that belong together differ", "相互对应的日志不一致",
        "setuperr.log holds exactly the error lines of its setupact.log, and diagerr.xml and diagwrn.xml have one row for each error and warning. Here they do not fit: a log was edited, cut, or comes from another run.",
        "setuperr.log 应恰好包含对应 setupact.log 的错误行，diagerr.xml 与 diagwrn.xml 对每个错误和警告各有一行。此处不符：日志被编辑、截断，或来自另一次运行。";
    EVIDENCE_PARTIAL = "WP4005" Warn, "evidence could be read in part only", "证据只能部分读取",
        "A piece of evidence is damaged, cut, too large or closed. What could be read was used; what it would have said further is unknown.",
        "某项证据已损坏、被截断、过大或无权访问。已使用可读取的部分，其余内容未知。";
    GENERATIONS_CONTRADICT = "WP4006" Warn, "order of the systems contradicts their names", "系统次序与名称矛盾",
        "Windows gives replaced systems the first free name: Windows.old, Windows.old.000 and so on, older ones first. Here their contents say another order: a folder was deleted, renamed, or brought from elsewhere. The order of the contents is used.",
        "Windows 依次使用第一个空闲名称保存被替换的系统：Windows.old、Windows.old.000 等，较早者在前。此处内容显示的次序不同：有文件夹被删除、改名或从别处带入。报告采用内容的次序。";
    BORN_LATER = "WP4007" Warn, "installed before its image was made", "安装早于镜像生成",
        "A system was installed before the time at which its image was generalized or captured. A clock was wrong, or evidence of different computers is mixed.",
        "系统的安装时间早于其镜像封装或捕获的时间。可能是时钟错误，或混入了不同计算机的证据。";
    BLOCKS_SILENCED = "WP4008" Info, "compatibility warnings were silenced", "兼容性警告被忽略",
        "Setup was told to ignore compatibility warnings (/Compat IgnoreWarning).",
        "安装程序被要求忽略兼容性警告（/Compat IgnoreWarning）。";
    AGENT_ABSENT = "WP4009" Warn, "mandated program absent", "缺少规定的程序",
        "The system does not show a program that the site's images carry. Either another image was used, or the program was removed, or the collection lacks its traces.",
        "系统中未见本单位镜像应带有的程序。可能使用了其他镜像、程序被移除，或收集的证据不含其痕迹。";
    AGENT_BACKFILLED = "WP4010" Info, "traces may have been put there afterwards", "痕迹可能为事后放入",
        "Traces of a mandated program lie in a replaced system, where an upgrade script puts copies. They do not prove that the replaced system carried it.",
        "规定程序的痕迹位于被替换的系统中，而升级脚本会在那里放入副本。这些痕迹不能证明被替换的系统原本带有该程序。";
    DEPLOYMENT_FAILED = "WP4011" Info, "the deployment did not succeed", "部署未成功",
        "Setup gave up, was rolled back, or was ended by a user. The image was not put on the computer by this attempt.",
        "安装程序已放弃、回滚或被用户终止。此次尝试未将镜像部署到计算机上。";
    ZONE_UNKNOWN = "WP4012" Info, "times are local, their zone is unknown", "时间为本地时间，时区未知",
        "No line of the log gives UTC and local time together, so its times are shown as they stand. They may be off by hours; Windows PE usually runs on Pacific time.",
        "日志中没有同时给出 UTC 与本地时间的行，因此时间按原样显示，可能相差数小时；Windows PE 通常使用太平洋时间。";
    EARLIER_ERASED = "WP4013" Info, "setup formatted the disk", "安装程序格式化了磁盘",
        "The volume was formatted by setup before the image was applied. Nothing of an earlier system is to be expected.",
        "应用镜像之前，安装程序已格式化该卷。不会留有此前系统的内容。";
    IMAGE_MADE = "WP4014" Info, "an image was made here", "此处制作过镜像",
        "Sysprep generalized a system: what came of it was captured as an image, or the system came of such an image. The time is a witness to when the image was made.",
        "sysprep 对系统进行过通用化：其结果被捕获为镜像，或该系统来自这样的镜像。该时间可佐证镜像的制作时间。";
    IMAGE_MOUNTED = "WP4015" Info, "an image was mounted for change", "挂载镜像以进行修改",
        "DISM mounted an image file here. A computer on which images are changed is where altered images come from; compare the image before and after with `wimproof diff`.",
        "DISM 在此挂载过镜像文件。修改镜像的计算机正是被改动镜像的来源；请用 `wimproof diff` 比较前后的镜像。";
    CONTRADICTED = "WP4016" Deny, "evidence of a deployment contradicts itself", "部署证据自相矛盾",
        "The evidence says two things of the same image, or the system that is there is not the one that was deployed. A log was edited, logs are mixed, or another deployment left no log of its own.",
        "证据对同一镜像有两种说法，或现有系统并非所部署的系统。可能是日志被编辑、日志混杂，或另一次部署没有留下自己的日志。";
    NAME_ALONE = "WP4017" Warn, "only the name is that of an approved image", "仅名称与已批准镜像相同",
        "The evidence gives the image an approved name, and nothing by which images of that name can be told apart: no size, no build, no time. Anyone can give an image that name. Collect what would tell: setupact.log of the same installation, the hives of the system, the image file itself.",
        "证据中的镜像名称与已批准镜像相同，但没有可用于区分同名镜像的信息：没有大小、内部版本或时间。任何人都可以为镜像取此名称。请收集能说明问题的证据：同次安装的 setupact.log、该系统的注册表配置单元，或镜像文件本身。";
}
