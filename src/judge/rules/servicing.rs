//! Servicing: what the logs of the servicing stack show of an installed system, and whether its image is to blame.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    STORE_CORRUPT = "WP3301" Warn, "the component store is corrupt", "组件存储已损坏",
        "The last check of the component store found files, manifests or packages that are damaged, and not all were repaired. Updates that build on them fail. Give the image that the computer was deployed from (--image FILE) to learn whether the damage came with it.",
        "最近一次组件存储检查发现损坏的文件、清单或程序包，且未全部修复。依赖它们的更新会失败。请用 --image FILE 给出该计算机所用的镜像，以判断损坏是否随镜像而来。";
    STORE_REPAIRED = "WP3302" Info, "the component store was repaired", "组件存储已修复",
        "The last check of the component store found damage and repaired all of it.",
        "最近一次组件存储检查发现损坏，并已全部修复。";
    STORE_SOUND = "WP3303" Info, "no corruption in the component store", "组件存储未见损坏",
        "The last check of the component store found nothing. It compares files with their manifests; it does not see a manifest and a file that were exchanged together.",
        "最近一次组件存储检查未发现问题。该检查将文件与其清单比较，无法发现清单与文件同时被替换的情况。";
    CHECK_SUMS = "WP3304" Warn, "numbers of a check contradict each other", "检查的数字自相矛盾",
        "The summary of a check gives totals that are not the sums of their parts. Windows adds them up itself: the log was edited, or is a bad copy.",
        "检查摘要中的总数不等于各部分之和。这些数字由 Windows 自动相加：日志被编辑过，或是有误的副本。";
    CHECK_CUT = "WP3305" Warn, "a check lists more or fewer items than it counts", "检查列出的项目数与计数不符",
        "Each corruption that a summary counts has a line of its own above it. Here lines are missing or too many: the log was cut, rotated or edited. What is not listed cannot be named.",
        "摘要中计入的每处损坏在其上方都应有单独一行。此处缺行或多行：日志被截断、轮换或编辑。未列出的项目无法指明。";
    REPAIR_BLOCKED = "WP3306" Warn, "no replacement for corrupt files", "损坏的文件没有可用的替换",
        "Windows looked for sound copies of the corrupt files and got none. With 0x800f0954 the update server of the site (WSUS) does not deliver repair content; with 0x800f0906, 0x800f0907 or 0x800f0915 the download failed or is forbidden. A repair needs a source with exactly these versions of the components.",
        "Windows 未能取得损坏文件的完好副本。0x800f0954 表示本单位的更新服务器（WSUS）不提供修复内容；0x800f0906、0x800f0907 或 0x800f0915 表示下载失败或被禁止。修复需要含有完全相同组件版本的来源。";
    UPDATE_FAILED = "WP3307" Info, "an update failed", "更新失败",
        "The installation of a package ended with an error, and no later line tells that it succeeded.",
        "某程序包的安装以错误结束，此后也没有成功的记录。";
    UPDATE_BLOCKED = "WP3308" Warn, "updates fail over damaged files", "更新因文件损坏而失败",
        "Servicing failed with a code that says that files of the component store are missing or wrong. With 0x800f0986 a differential file of the update was applied to a base file that has other bytes than it should. The update is not at fault, and will fail again until the store is sound.",
        "维护操作失败，其代码表明组件存储的文件缺失或错误。0x800f0986 表示更新的差异文件所依据的基础文件内容不正确。问题不在更新本身；在组件存储恢复完好之前，更新会再次失败。";
    SOURCE_LACKS = "WP3309" Warn, "a repair found no usable source", "修复没有可用的来源",
        "DISM was told to repair the component store, and its source did not hold what was needed: 0x800f081f. A source must hold the very versions of the components that are corrupt; an image of another build, even of the same release, often does not. `wimproof trace --image FILE` tells beforehand which image could repair what.",
        "DISM 奉命修复组件存储，但其来源不含所需内容（0x800f081f）。来源必须含有与损坏组件完全相同的版本；其他内部版本的镜像（即使同一发行版）往往不满足。`wimproof trace --image FILE` 可事先判断哪个镜像能修复哪些文件。";
    SERVICING_CLIENTS = "WP3310" Info, "who serviced this system", "该系统的维护来源",
        "The servicing stack notes which program opened each session: WindowsUpdateAgent for Windows Update and WSUS, DISM Package Manager Provider for DISM, and others. They are the ways by which updates reach this system.",
        "维护堆栈会记录打开每个会话的程序：WindowsUpdateAgent 对应 Windows Update 与 WSUS，DISM Package Manager Provider 对应 DISM 等。它们是更新到达该系统的途径。";
    NO_SERVICING_LOG = "WP3311" Info, "not a log of servicing", "并非维护日志",
        "A file has the name of a log of the servicing stack, and holds no line of one. Nothing in it was used.",
        "文件名为维护堆栈的日志，但其中没有一行是该类日志。未使用其中任何内容。";
    FILES_UNREPAIRED = "WP3312" Warn, "the system file checker could not repair files", "系统文件检查器未能修复文件",
        "sfc found system files with other bytes than their manifests say, and the copies in the component store are corrupt as well. The store has to be sound before sfc can repair.",
        "sfc 发现系统文件内容与清单不符，且组件存储中的副本同样损坏。须先使组件存储恢复完好，sfc 才能修复。";
    DELTA_UNAPPLIED = "WP3313" Info, "differential files could not be applied", "差异文件无法应用",
        "Since 1809 the store keeps differences to other versions of a file. Here one could not be applied to what is there: the base file or the difference is damaged.",
        "自 1809 起，组件存储保存文件与其他版本之间的差异。此处差异无法应用于现有文件：基础文件或差异文件已损坏。";
    DRIVERS_CORRUPT = "WP3314" Warn, "files of drivers are corrupt", "驱动程序文件已损坏",
        "The check of drivers found files of the driver store that are corrupt and could not be repaired.",
        "驱动检查发现驱动程序存储中有损坏且未能修复的文件。";
    PREVIEW_UPDATE = "WP3315" Info, "a preview update is in use", "使用了预览更新",
        "Previews (\"C\" and \"D\" releases) bring the fixes of the next month ahead of time, for tests. They hold no security fixes of their own; images for wide use are usually built on the security update of a month.",
        "预览更新（“C”和“D”版）提前提供下个月的修复，供测试之用，其自身不含新的安全修复；供大范围部署的镜像通常基于当月安全更新制作。";
    CORRUPT_AT_BIRTH = "WP3320" Deny, "the image carried the corruption", "损坏来自镜像",
        "Files that are corrupt on the computer have the very same bytes in the image: they were corrupt when the image was made, and every computer that was deployed from it has them. Hashes inside the image file cannot show this, as the damage was captured with it. Withdraw the image.",
        "计算机上损坏的文件与镜像中的文件内容完全相同：镜像制作时文件已经损坏，由其部署的每台计算机都有同样的损坏。镜像文件内部的哈希无法显示这一点，因为损坏是一并捕获的。请停用该镜像。";
    BROKEN_LATER = "WP3321" Info, "broken after the deployment", "部署之后损坏",
        "The image holds files as their manifests say that are corrupt on the computer. If the computer was deployed from this image, they broke later: look at its disk, its memory, and what wrote to it.",
        "计算机上损坏的文件在镜像中与清单相符。若该计算机由此镜像部署，则损坏发生在部署之后：请检查磁盘、内存以及写入过这些文件的程序。";
    NOT_ATTRIBUTED = "WP3322" Info, "the image does not tell where corruption came from", "镜像无法说明损坏来源",
        "For some of the corrupt files the image decides nothing: it has no such component (it came with a later update), or a file with other bytes than both hashes, or the log does not tell the hashes.",
        "对部分损坏文件，镜像无法给出结论：镜像没有该组件（由之后的更新带来），或文件内容与两个哈希都不同，或日志未给出哈希。";
    COULD_REPAIR = "WP3323" Info, "what an image could repair", "镜像可修复的内容",
        "How many of the corrupt files the image holds in the very version and with the very hash that their manifests ask for. Only such a file is taken by a repair.",
        "镜像中有多少损坏文件的版本与哈希恰为清单所要求。修复只会采用这样的文件。";
    IMAGE_UNREAD = "WP3324" Warn, "an image could not be compared", "镜像无法比较",
        "The image that was given could not be read, so nothing can be said of whether it carried the corruption.",
        "所给镜像无法读取，因此不能判断损坏是否来自该镜像。";
}
