//! Labels of an image against what is in it: `WP3100` to `WP3149`.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    CLAIMED_BUILD = "WP3100" Deny, "holds another build than it claims", "实际内部版本与声明不符",
        "The XML of the file names another build of Windows than the registry of the image, and the two do not share their files. The label is false. Needs the depth manifests.",
        "文件的 XML 所声明的 Windows 内部版本与镜像注册表中的不同，且二者并非同一代码基础。标签是假的。需要 manifests 深度。";
    SIBLING_BUILD = "WP3101" Info, "build differs as it does in genuine images", "内部版本的差异属正常现象",
        "The XML names another build or revision than the registry, in a way that genuine images do: builds that share their files (19041 to 19045, 22621 and 22631, 26100 and 26200, 18362 and 18363), or a hive that keeps the revision of the release. Needs the depth manifests.",
        "XML 与注册表的内部版本或修订号不同，但正版镜像也会如此：共用文件的版本（19041 至 19045、22621 与 22631、26100 与 26200、18362 与 18363），或注册表保留了发布时的修订号。需要 manifests 深度。";
    CLAIMED_REVISION = "WP3102" Warn, "holds another revision than it claims", "实际修订号与声明不符",
        "The XML names another revision of the build than the registry of the image. Tools that service images do not always write the label anew; somebody may also have changed it. Needs the depth manifests.",
        "XML 所声明的修订号与镜像注册表中的不同。维护工具并不总会重写标签，但也可能是人为更改。需要 manifests 深度。";
    KERNEL_BUILD = "WP3103" Deny, "kernel of another build than the registry says", "内核与注册表的内部版本不符",
        "The version of ntoskrnl.exe belongs to another build than the one that the registry of the image names. The registry was edited, or parts of two systems were mixed. Needs the depth manifests.",
        "ntoskrnl.exe 的版本与镜像注册表所记录的内部版本不同。注册表被修改过，或混合了两个系统的部件。需要 manifests 深度。";
    REGISTERED_REVISION = "WP3104" Warn, "updates and registry disagree", "更新与注册表不一致",
        "The newest cumulative update in the image, or its kernel, belongs to another revision than the registry names: an update that was not completed or was taken back in part, or a registry that was edited. Needs the depth manifests.",
        "镜像中最新的累积更新或内核所属的修订号与注册表记录不同：更新未完成或部分撤销，或注册表被修改。需要 manifests 深度。";
    CLAIMED_EDITION = "WP3105" Deny, "holds another edition than it claims", "实际版本类型与声明不符",
        "The XML names another edition than the registry of the image. Needs the depth manifests.",
        "XML 所声明的版本类型与镜像注册表中的不同。需要 manifests 深度。";
    EDITION_ABSENT = "WP3106" Warn, "edition without its package", "版本类型缺少对应程序包",
        "The registry names an edition whose package is not among those of the image. Editions are forged by writing their name into the registry. Needs the depth manifests.",
        "注册表所记录的版本类型在镜像中没有对应程序包。改写注册表中的名称是伪造版本类型的手段之一。需要 manifests 深度。";
    CLAIMED_ARCHITECTURE = "WP3107" Deny, "is for other processors than it claims", "实际处理器架构与声明不符",
        "The XML names another architecture than the one that the kernel of the image is for. Needs the depth manifests.",
        "XML 所声明的架构与镜像内核的架构不同。需要 manifests 深度。";
    CLAIMED_LANGUAGE = "WP3108" Warn, "lacks a language that it claims", "缺少所声明的语言",
        "The XML names a language of which the image holds no resources. Needs the depth metadata.",
        "XML 声明了某种语言，但镜像中没有其资源。需要 metadata 深度。";
    CLAIMED_DATE = "WP3109" Warn, "claims to be older than what it holds", "声明的时间早于其内容",
        "The image claims to have been finished before the update that it holds was published. The date is false, or the clock of the builder was wrong; where the image was serviced later by tools that keep the date, it is an old one. Needs the depth manifests.",
        "镜像声明的完成时间早于其所含更新的发布日期。该日期是假的，或制作者的时钟有误；若后来用保留日期的工具维护过，则日期是旧的。需要 manifests 深度。";
    PREVIEW_IN_IMAGE = "WP3110" Info, "holds a preview update", "含有预览更新",
        "The revision of the image is that of a preview, which Microsoft publishes for tests and not for security. Needs the depth manifests.",
        "镜像的修订号属于预览更新，微软发布预览更新用于测试而非安全修复。需要 manifests 深度。";
    EDITION_MARK = "WP3111" Info, "says who changed the edition", "记录了版本定制者",
        "The registry holds a value that begins with EditionSub. Windows as Microsoft makes it has none: makers of special editions write it, and so do makers of modified ones. Needs the depth manifests.",
        "注册表中有以 EditionSub 开头的值。微软原版 Windows 中没有：特制版本的制作者会写入，修改版的制作者也会。需要 manifests 深度。";
    SITE_AGENT_ABSENT = "WP3112" Warn, "program of the site is absent", "缺少本单位要求的程序",
        "The file given with --channels names a program that the site's images carry, and no file of it is in this one. Needs the depth metadata.",
        "--channels 文件列出了本单位镜像应含的程序，而该镜像中没有其任何文件。需要 metadata 深度。";
    MARK_SEEN = "WP3113" Info, "mark of the site is there", "含有本单位的标记",
        "The file given with --channels names a mark in the registry, and the image has it. Marks can be imitated. Needs the depth manifests.",
        "--channels 文件列出的注册表标记存在于该镜像中。标记可以仿冒。需要 manifests 深度。";
    UNREAD = "WP3114" Warn, "file that cannot be looked into", "无法查看的文件",
        "A registry hive, program or log whose content was to be looked at cannot be read, or not to its end. What it would tell is not known: without the hives SOFTWARE and SYSTEM the image is undecided. Needs the depth manifests.",
        "需要查看的注册表文件、程序或日志无法读取或未能读完，其内容未知：SOFTWARE 和 SYSTEM 无法读完时，镜像判为无法判断。需要 manifests 深度。";
    CAPTURED = "WP3115" Warn, "captured from a PC in use", "从使用过的电脑捕获",
        "The image holds what a PC leaves when it is used: profiles or accounts of people, a name of its own, logs of setup. It was captured from one, and not made from sound media alone; data of people may be in it. It warns where there are profiles or accounts, and else is only told. Names are not shown. Needs the depth metadata for files, manifests for the registry.",
        "镜像中有电脑使用后留下的内容：用户配置文件或帐户、计算机名、安装日志。说明它是从使用过的电脑捕获的，而非仅由完好介质制作，其中可能含有个人数据。有用户配置文件或帐户时警告，否则仅作提示。不显示名称。文件需要 metadata 深度，注册表需要 manifests 深度。";
    SESSIONS = "WP3116" Info, "history of servicing in the image", "镜像内的维护历史",
        "The logs of the servicing stack in the image (Sessions.xml, CBS.log) tell which programs serviced it and when. What does not fit the label is told as well: a session after the time at which the image claims to be finished, a client that is not known to be of Windows, an update for another build. Needs the depth manifests.",
        "镜像内的维护日志（Sessions.xml、CBS.log）记载了由哪些程序在何时维护。与标签不符之处也会说明：晚于镜像声明完成时间的会话、不是已知 Windows 程序的客户端、其他内部版本的更新。需要 manifests 深度。";
}
