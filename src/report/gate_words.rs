//! The words of a result in the human form. Those that the HTML form has as well are its labels (`html::labels`).

use super::words::words;

words! {
    STORAGE = "{}; {} read; assurance: {}", "{}；已读取 {}；依据：{}";
    DAMAGE = "{} of {} contents are damaged, {} of {} slots of the integrity table do not match",
        "损坏内容 {} 项（共 {} 项），完整性表不符 {} 处（共 {} 处）";
    CLAIM = "{}: {}", "{}：{}";
    CONTAINER = "compression {}, {} images, GUID {}", "压缩方式 {}，镜像 {} 个，GUID {}";
    FILE_SHA256 = "file sha256 {}", "文件 SHA-256 {}";
    WRITER = "written by: {} (by its habits)", "写入程序：{}（依据其写法特征）";
    UNKNOWN_WRITER = "unknown, habits of several", "未知，兼有多个程序的特征";
    IMAGE = "image {} {}{}", "镜像 {} {}{}";
    UNNUMBERED = "image {}{}", "镜像 {}{}";
    BEHIND = ": {}", "：{}";
    BY_APPROVAL = ", approval {} ({})", "，批准 {}（{}）";
    UNWAIVED = " ({})", "（{}）";
    CREATED = "created {}", "创建于 {}";
    TREE = "tree {}", "文件树摘要 {}";
    FACT = "fact", "特征";
    APPROVED = "approved", "已批准的";
    SEEN = "seen", "所见";
    AGREES = "agrees", "相符";
    DIFFERS = "DIFFERS", "不符";
    NEAREST = "nearest approved: holds {} % of {} ({}); {}", "最接近的已批准镜像：含其 {} % 的内容，为 {}（{}）；{}";
    NO_FOREIGN_FILE = "no file has another content", "没有内容不同的文件";
    FOREIGN_FILE = "1 file has another content", "1 个文件内容不同";
    FOREIGN_FILES = "{} files have another content", "{} 个文件内容不同";
    SAME_CONTENTS = "all contents are the same: it differs in names, times, attributes, security or links of files alone, as an image does that was captured anew",
        "内容全部相同：差别仅在文件的名称、时间、属性、安全描述符或链接，重新捕获的镜像即是如此";
    ALSO_DIFFERS = "{}: {} there, {} here", "{}：已批准镜像为 {}，此处为 {}";
    WHAT_TO_DO = "what to do: deploy the approved file; or see what differs (`wimproof diff APPROVED THIS -v`) and have this one approved (`wimproof registry approve`)",
        "处置：部署已批准的文件；或先查看差别（`wimproof diff 已批准文件 此文件 -v`），再为此文件申请批准（`wimproof registry approve`）";
    NEAREST_DAMAGED = "nearest approved: {} % of the contents of {} ({}) are listed here, but damage was found",
        "最接近的已批准镜像：此处列有其 {} % 的内容，为 {}（{}），但发现损坏";
    FETCH_ANEW = "what to do: fetch the file again from where it was made, and check that one",
        "处置：从制作处重新获取该文件，并对新文件再作检查";
    OPINION = "second opinion of {} {}: {}, {}", "{} {} 的第二意见：{}，{}";
    OPINION_AGREES = "agrees", "一致";
    OPINION_DIFFERS = "DIFFERS", "不一致";
    REFUSED = "refused", "拒绝读取";
    LISTED_BY = "image {}: only {} lists {}", "镜像 {}：仅 {} 列出 {}";
    WHOLE_IMAGE = "the whole image", "整个镜像";
    AND_MORE = "and {} more", "另有 {} 项";
    NOT_COMPARED = "the files of image {} were not compared", "镜像 {} 的文件未作比较";
    SUMMARY = "verdict: {}; images: {} (exit code {})", "结论：{}；镜像：{}（退出码 {}）";
    COUNTED = "{} {}", "{} 个{}";
    UNREAD = "{} without an image that could be read", "{} 个文件没有可读取的镜像";
    NONE_JUDGED = "no image could be judged", "没有可判定的镜像";
}
