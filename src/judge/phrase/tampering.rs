//! What is said of tells, and of differences from a reference.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    SHELL_AT_LOGON = "shell-at-logon", "{0} has the content of {1} ({2})", "{0} 的内容就是 {1}（{2}）";
    KNOWN_BAD = "known-bad", "{0} is known from malware: {1} ({2})", "{0} 是已知的恶意文件：{1}（{2}）";
    IMAGE_SETUP_SCRIPT = "image-setup-script", "{0} is a script of setup: {1} ({2})", "{0} 是安装脚本：{1}（{2}）";
    IMAGE_ANSWER_FILE = "image-answer-file", "{0} answers setup: {1} ({2})", "{0} 是安装应答文件：{1}（{2}）";
    STORED_PASSWORD = "stored-password", "{0} holds a password, in {1} ({2})", "{0} 中存有密码，位于 {1}（{2}）";
    ANSWER_COMMAND = "answer-command", "{0} runs {1} ({2})", "{0} 会运行 {1}（{2}）";
    HOSTS_LINE = "hosts-line", "{0} has the line {1} ({2})", "{0} 含有一行 {1}（{2}）";
    ACTIVATION_HOOK = "activation-hook", "{0} goes around activation: {1} ({2})", "{0} 用于绕过激活：{1}（{2}）";
    ACTIVATION_SERVER = "activation-server", "{0} names the server {1} ({2})", "{0} 指定了服务器 {1}（{2}）";
    DEBUGGER = "debugger", "{0} starts {1} in its place ({2})", "{0} 会代之以启动 {1}（{2}）";
    HIDDEN_TASK = "hidden-task", "{0} is hidden: {1} ({2})", "{0} 被隐藏：{1}（{2}）";
    TASK_ACTION = "task-action", "{0} runs {1} ({2})", "{0} 会运行 {1}（{2}）";
    SETTING = "told-setting", "{0} is {1} ({2})", "{0} 为 {1}（{2}）";
    ROOT_CERTIFICATE = "root-certificate", "{0} is the root certificate of {1} ({2})", "{0} 是 {1} 的根证书（{2}）";
    RUN_ENTRY = "run-entry", "{0} starts {1} ({2})", "{0} 会启动 {1}（{2}）";
    PROGRAM_ELSEWHERE = "program-elsewhere", "{0} has the name of System32\\{1} and another content ({2})",
        "{0} 与 System32\\{1} 同名而内容不同（{2}）";
    MORE_THAN_LOOKED_AT = "more-than-looked-at", "from {0} on there is more than is looked at: {1} ({2})",
        "自 {0} 起数量超出查看范围：{1}（{2}）";
    WITHOUT_DIGEST = "without-digest", "no digest", "无摘要";
    ALLOWED = "allowed", "{0}; the site allows it: {1}", "{0}；本单位允许：{1}";
    UNUSED_ALLOWANCE = "unused-allowance", "{0} is allowed ({1}) and not in the image", "{0} 被允许（{1}），但镜像中没有";
    PROGRAM_REPLACED = "program-replaced", "{0} differs from {1}: SHA-1 {2} in place of {3}",
        "{0} 与 {1} 不同：SHA-1 为 {2}，应为 {3}";
    PROGRAM_ADDED = "program-added", "{0} is not in {1}: SHA-1 {2}", "{0} 不在 {1} 中：SHA-1 为 {2}";
    PROGRAM_REMOVED = "program-removed", "{0} of {1} is absent", "缺少 {1} 中的 {0}";
    ONLY_HIVES = "only-hives", "{0} differs from {1}, and no other file does", "只有 {0} 与 {1} 不同";
    SETTING_DIFFERS = "setting-differs", "{0} differs from {1}: {2} in place of {3}", "{0} 与 {1} 不同：为 {2}，应为 {3}";
    PACKAGE_LACKS = "package-lacks-components", "{0}: of {1} components that the package brings no version is in the store: {2}",
        "{0}：该程序包带来的组件中有 {1} 个在组件存储中没有任何版本：{2}";
    FURTHER_PACKAGES = "further-packages", "and {0} more packages", "另有 {0} 个程序包";
    REFERENCE_HAS_MORE = "reference-has-more-components", "{0}: of {1} of its components no version is in the store: {2}",
        "{0}：其组件中有 {1} 个在组件存储中没有任何版本：{2}";
    DRIVER_UNSIGNED = "driver-unsigned", "catalog of a driver package: {0} ({1})", "驱动程序包的编录：{0}（{1}）";
    DRIVER_WITHOUT_CATALOG = "driver-without-catalog", "{0} is a driver package without a catalog, and not one of Windows ({1})",
        "{0} 是没有编录的驱动程序包，且并非 Windows 自带（{1}）";
    THIRD_PARTY_DRIVERS = "third-party-drivers", "{0} driver packages of third parties were added (oemN.inf)",
        "已添加 {0} 个第三方驱动程序包（oemN.inf）";
    DRIVERS_LEFT_OUT = "drivers-left-out", "there are more driver packages than are looked at", "驱动程序包的数量超出查看范围";
    UNACCOUNTED = "unaccounted-files", "{0} of {1} files below {2} ({3} %) are explained by nothing, most of them in {4}",
        "共有 {0} 个文件来源不明，{2} 下共 {1} 个文件（占 {3} %），大多位于 {4}";
    HIVE_UNREAD = "hive-unread", "{0} differs from {1} and cannot be compared: {2}", "{0} 与 {1} 不同，但无法比较：{2}";
}
