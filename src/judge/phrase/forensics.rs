//! Forensics.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    OF = "of", "{0}: {1}", "{0}：{1}";
    BOTH = "both", "{0}; {1}", "{0}；{1}";
    CHANNEL = "channel", "{0} ({1})", "{0}（{1}）";
    NO_CHANNEL = "no-channel", "no channel rule recognises how this image came", "没有渠道规则能识别该镜像的来源途径";
    NAME_ALONE = "name-alone",
        "{0} agrees with {1} in its name, and the evidence gives nothing else to compare by ({2})",
        "{0} 的名称与{1}相符，但证据没有提供其他可比对的信息（{2}）";
    SOURCE_OPEN = "source-open", "the evidence does not tell where its image came from", "证据未说明镜像从何而来";
    IMAGE_OPEN = "image-open", "the evidence does not tell which image it was", "证据未说明是哪个镜像";
    LACKING = "lacking", "{0}; missing: {1}", "{0}；缺少：{1}";
    NO_TRACE = "no-trace", "no trace of {0}", "未发现 {0} 的痕迹";
    GAVE_UP = "gave-up", "setup gave up", "安装程序已放弃";
    ROLLED_BACK = "rolled-back", "setup put the old system back", "安装程序已恢复原系统";
    CANCELLED = "cancelled", "a user ended setup", "用户终止了安装";
    ERASED = "erased", "the disk was set up anew: {0}", "磁盘已重新设置：{0}";
    SILENCED = "silenced", "warnings are ignored by the command line {0}", "命令行忽略警告：{0}";
    LOCAL_BEGIN = "local-begin", "it began at {0}, local time", "开始于本地时间 {0}";
    TWO_CLAIMS = "two-claims", "two claims on the {0}: {1} and {2}", "{0}有两种说法：{1} 与 {2}";
    THE_NAME = "the-name", "name", "名称";
    THE_LENGTH = "the-length", "length of the image file", "镜像文件大小";
    THE_TOTAL = "the-total", "total bytes", "全部文件字节数";
    THE_EDITION = "the-edition", "edition", "版本类型";
    THE_BUILD = "the-build", "build", "内部版本";
    ANOTHER_SYSTEM = "another-system", "{0} {1} was deployed, {2} is installed", "部署的{0}为 {1}，现有系统为 {2}";
    BORN_LATER = "born-later", "its image was made at {0}, the installation began at {1}",
        "镜像生成于 {0}，而安装开始于 {1}";
    RUNS_OMITTED = "runs-omitted", "{0} more runs of setup were left out", "另有 {0} 次安装未列出";
    COUNTS_DIFFER = "counts-differ", "{0} has {1} {2}, {3} has {4}", "{0} 有 {1} 条{2}，而 {3} 有 {4} 条";
    LINES_DIFFER = "lines-differ", "{0} and {1} have {2} {3} each, and they are others", "{0} 与 {1} 各有 {2} 条{3}，但内容不同";
    ERRORS = "errors", "errors", "错误";
    WARNINGS = "warnings", "warnings", "警告";
    OLD_ORDER = "old-order", "by their contents the replaced systems are in the order {0}", "按内容，被替换系统的次序为 {0}";
    REMEMBERS = "remembers",
        "{0} is the older system, yet its hive remembers {1} systems before it, and that of {2} {3}",
        "{0} 是较早的系统，但其注册表记载了此前 {1} 个系统，而 {2} 仅记载 {3} 个";
    SYSPREP = "sysprep", "sysprep ran at {0} (local time)", "sysprep 运行于 {0}（本地时间）";
    SYSPREP_WITH = "sysprep-with", "sysprep ran at {0} (local time) with {1}", "sysprep 运行于 {0}（本地时间），选项为 {1}";
    MOUNTED = "mounted", "{0} was mounted at {1}", "{0} 曾挂载于 {1}";
    A_FOLDER = "a-folder", "a folder", "某个文件夹";
}
