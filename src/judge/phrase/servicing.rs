//! Servicing.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    STORE_CORRUPT = "store-corrupt", "{0} of {1} corruptions are not repaired ({2}, result {3}, last step: {4})",
        "未修复 {0} 处，共 {1} 处损坏（{2}，结果 {3}，最后完成的步骤：{4}）";
    STORE_REPAIRED = "store-repaired", "all {0} corruptions that the last check found were repaired",
        "最近一次检查发现的 {0} 处损坏均已修复";
    STORE_SOUND = "store-sound", "the last check found no corruption ({0})", "最近一次检查未发现损坏（{0}）";
    NOT_SAID = "not-said", "not said", "未说明";
    CHECK_SUMS = "check-sums", "detected {0} and repaired {1}, but the parts are {2} and {3}",
        "发现 {0} 处、修复 {1} 处，而各部分为 {2} 和 {3}";
    CHECK_CUT = "check-cut", "the summary counts {0} corruptions, {1} are listed", "摘要计 {0} 处损坏，列出 {1} 处";
    NO_REPLACEMENT = "no-replacement", "{0} corrupt files have no replacement; the check ended with {1}",
        "{0} 个损坏文件没有替换；检查以 {1} 结束";
    UPDATE_FAILED = "update-failed", "{0} failed {1} times with {2}", "{0} 失败 {1} 次，代码 {2}";
    LINES_SAY = "lines-say", "{0} lines say {1}", "有 {0} 行报告 {1}";
    LINES_SAY_OF = "lines-say-of", "{0} lines say {1} of {2}", "有 {0} 行报告 {1}，涉及 {2}";
    MENTIONED = "mentioned", "the log names {0}", "日志提到 {0}";
    RELEASE = "release", "{0} (build {1} of {2}, {3})", "{0}（内部版本 {1}，{2} 发布，{3}）";
    RELEASE_FIRST = "release-first", "first release", "首个版本";
    RELEASE_SECURITY = "release-security", "security update", "安全更新";
    RELEASE_PREVIEW = "release-preview", "preview, not a security update", "预览更新，非安全更新";
    RELEASE_OUT_OF_BAND = "release-out-of-band", "out of band", "带外更新";
    SOURCE_LACKS = "source-lacks", "{0} does not hold what the repair needs: {1}", "{0} 不含修复所需的内容：{1}";
    NO_SOURCE = "no-source", "the repair named no source and got nothing from Windows Update: {0}",
        "修复未指定来源，也未能从 Windows Update 取得内容：{0}";
    REPAIR_FAILED = "repair-failed", "the repair failed with {0}", "修复失败，代码 {0}";
    CLIENTS = "clients", "sessions were opened by {0}", "会话由以下程序打开：{0}";
    NO_LOG = "no-log", "{0} holds no line of such a log", "{0} 中没有该类日志的行";
    FILES = "files", "{0} files, the first: {1}", "{0} 个文件，首个为 {1}";
    AT_BIRTH = "at-birth", "{0} of the {1} corrupt files have the same corrupt bytes in {2}",
        "镜像 {2} 中有 {0} 个文件的损坏内容完全相同（损坏文件共 {1} 个）";
    AT_BIRTH_BY_MANIFEST = "at-birth-by-manifest", "{0} of the {1} corrupt files are not what their manifests say in {2} either",
        "镜像 {2} 中有 {0} 个文件同样与清单不符（损坏文件共 {1} 个）";
    BROKEN_LATER = "broken-later", "{0} of the {1} corrupt files are sound in {2}: they broke later, if this computer was deployed from it",
        "镜像 {2} 中有 {0} 个文件完好（损坏文件共 {1} 个）：若该计算机由此镜像部署，则损坏发生在之后";
    NOT_ATTRIBUTED = "not-attributed", "of the {0} corrupt files {1} are not in {2}, {3} have other bytes there, {4} could not be compared",
        "损坏文件共 {0} 个：{1} 个不在 {2} 中，{3} 个内容与两者都不同，{4} 个无法比较";
    COULD_REPAIR = "could-repair", "{0} could repair {1} of the {2} corrupt files", "{0} 可修复 {1} 个（损坏文件共 {2} 个）";
    IMAGE_UNREAD = "image-unread", "{0}: {1}", "{0}：{1}";
}
