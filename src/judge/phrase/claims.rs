//! What the checks of labels say.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    OTHER_BUILD = "other-build", "the XML claims {0}, the registry of the image says {1}",
        "XML 声明 {0}，镜像注册表为 {1}";
    OTHER_KERNEL = "other-kernel", "the kernel has version {0}, the registry says {1}",
        "内核版本为 {0}，注册表为 {1}";
    OTHER_UPDATE = "other-update", "the newest update is {0}, the registry says {1}",
        "最新更新为 {0}，注册表为 {1}";
    EDITION_MARK = "edition-mark", "{0} is {1}", "{0} 为 {1}";
    OTHER_EDITION = "other-edition", "the XML claims {0}, the registry of the image says {1}",
        "XML 声明 {0}，镜像注册表为 {1}";
    EDITION_ABSENT = "edition-absent", "the registry says {0}, packages are there for {1}",
        "注册表为 {0}，而程序包对应 {1}";
    OTHER_ARCHITECTURE = "other-architecture", "the XML claims {0}, the kernel is for {1}",
        "XML 声明 {0}，内核为 {1}";
    LANGUAGE_ABSENT = "language-absent", "the XML claims {0}, there are resources for {1}",
        "XML 声明 {0}，而资源对应 {1}";
    PREVIEW = "preview-update", "{0}, published on {1}, is a preview", "{0} 发布于 {1}，属于预览更新";
    MADE_TOO_EARLY = "made-too-early", "claims to be finished at {0}, and holds {1} of {2}",
        "声明完成于 {0}，却含有 {2} 发布的 {1}";
    AGENT_ABSENT = "agent-absent", "no file of {0} is in the image", "镜像中没有 {0} 的任何文件";
    MARK_SEEN = "mark-seen", "{0} at {1}", "{0} 位于 {1}";
    CAPTURED = "captured", "what a PC in use leaves is in the image: {0}", "镜像中有使用过的电脑留下的痕迹：{0}";
    PROFILES = "profiles", "profiles in Users beside those of Windows: {0}", "Users 中除系统自带外的用户配置文件：{0} 个";
    ACCOUNTS = "accounts", "accounts of people with a profile: {0}", "ProfileList 中的用户帐户：{0} 个";
    OWN_NAME = "own-name", "the computer has a name of its own", "计算机已有自己的名称";
    OWN_GUID = "own-guid", "the GUID of a machine", "存有计算机的 GUID（MachineGuid）";
    SETUP_LOGS = "setup-logs", "logs of setup: {0}", "安装程序日志：{0}";
    GENERALIZED = "generalized", "generalized at {0}", "通用化时间 {0}";
    SESSIONS = "sessions", "{0} tells of sessions of {1}, the last of {2}", "{0} 记载了 {1} 的会话，最后一次为 {2}";
    FOREIGN_CLIENTS = "foreign-clients", "{0} tells of sessions of {1}, which is not known to be of Windows",
        "{0} 记载了 {1} 的会话，其不是已知的 Windows 程序";
    SESSIONS_LATER = "sessions-later", "{0} tells of a session of {1}, and the image claims to be finished at {2}",
        "{0} 记载了 {1} 的会话，而镜像声明完成于 {2}";
    OTHER_CHAIN = "other-chain", "{0} names {1}, and the registry of the image says build {2}",
        "{0} 提到 {1}，而镜像注册表的内部版本为 {2}";
    UNREAD = "file-unread", "{0} cannot be looked into: {1}", "{0} 无法查看：{1}";
}
