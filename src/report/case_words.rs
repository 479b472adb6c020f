//! The words of a case in the human form, and why a file of it was not used, in English and in Chinese. Those that the
//! HTML form has as well are its labels (`html::labels`).

pub(super) use super::words::filled;
use super::{html::labels, words::words};
use crate::{
    evidence::collection::{GapKind, Generation, Why},
    judge::{Language, Texts},
    sighting::deployment::{Channel, Phase, Told, Wording},
    source::Refusal,
};

words! {
    DEPLOYMENT = "deployment {}: {}", "部署 {}：{}";
    COURSE = "{}; {}", "{}；{}";
    WHEN = "{}, told in {}", "{}，记载于 {}";
    FROM_TO = "{} to {}", "{} 至 {}";
    LOCAL_TIME = "{} local time", "{} 本地时间";
    UNKNOWN_TIME = "at an unknown time", "时间未知";
    NO_FOLDER = "a piece without a folder", "未带目录的单个文件";
    LISTED = "image {} of the file: {}", "文件中的镜像 {}：{}";
    REGISTRY = "registry: {}", "登记册：{}";
    APPROVAL = "approval {} ({})", "批准 {}（{}）";
    IMAGE = "image {}", "镜像 {}";
    INDEX = "index {}", "索引 {}";
    FILE_OF = "file of {}", "文件大小 {}";
    TOTAL = "total bytes {}", "全部文件字节数 {}";
    CHANNEL = "channel: {} ({})", "来源渠道：{}（{}）";
    PAIR = "{}: {}", "{}：{}";
    MISSING = "missing: {} (would tell: {})", "缺少：{}（可说明：{}）";
    PIECES = "evidence: {} pieces read; {} tell of deployments, {} of the component store", "证据：已读取 {} 项，其中 {} 项记载了部署，{} 项记载了组件存储";
    STATEMENTS = "{} statements", "{} 条陈述";
    SET_ASIDE = "set aside: {}: {}", "未采用：{}：{}";
    ADVICE = "advice: {}", "建议：{}";
    IMAGE_FILE = "image file among the evidence:", "证据中的镜像文件：";
    NOTHING = "no deployment found", "未发现部署";
    VERDICT = "verdict: {}; deployments: {} (exit code {})", "结论：{}；部署数量：{}（退出码 {}）";
    VERDICT_FOR = "verdict: {}; deployments: {} (exit code {}: {})", "结论：{}；部署数量：{}（退出码 {}：{}）";
    SOME_NOT_JUDGED = "not every deployment could be judged", "并非所有部署都能判定";
    NONE_JUDGED = "no deployment could be judged", "没有可判定的部署";
    STORE_HAS_NO_SAY = "no deployment could be judged; the state of the component store has no say in it", "没有可判定的部署；组件存储的状态不影响退出码";
    AT_LINE = ", line {}", "，第 {} 行";
    AT_RECORD = ", record {}", "，记录 {}";
    AT_OFFSET = ", offset {}", "，偏移 {}";
    NUMBERED_PHASE = "phase {}", "阶段 {}";
}

/// What is known of a deployment.
pub(super) fn value(told: &Told, language: Language) -> &str {
    either(&told.value, told.value_zh.as_deref(), language)
}

/// What a site has to say.
pub(super) fn wording(wording: &Wording, language: Language) -> &str {
    either(&wording.en, wording.zh.as_deref(), language)
}

/// The title of a channel, where it has one in the language.
pub(super) fn channel_title(channel: &Channel, language: Language) -> &str {
    either(&channel.title, channel.title_zh.as_deref(), language)
}

fn either<'t>(en: &'t str, zh: Option<&'t str>, language: Language) -> &'t str {
    match language {
        Language::En => en,
        Language::ZhCn => zh.unwrap_or(en),
    }
}

/// The folder of a system. A log that was given by itself lies in none.
pub(super) fn folder(told_in: &str, language: Language) -> &str {
    match told_in == Generation::Loose.to_string() {
        true => NO_FOLDER.get(language),
        false => told_in,
    }
}

/// The name of a phase: setup has words for some, and numbers for others.
pub(super) fn phase(phase: &Phase, language: Language) -> String {
    match phase.name.strip_prefix("phase ") {
        Some(number) => filled(NUMBERED_PHASE, language, [number]),
        None => phase.name.clone(),
    }
}

/// A number of bytes.
pub(super) fn bytes(count: u64, language: Language) -> String {
    let english = super::text::bytes(count);
    let (digits, rest) = english.split_once(" bytes").unwrap_or((&english, ""));
    format!("{}{rest}", filled(labels::BYTES, language, [digits]))
}

/// Why a piece was set aside.
pub fn why(why: Why) -> Texts {
    let (en, zh) = match why {
        Why::DriverLog => ("a log of drivers that has the name of setup's log", "与安装日志同名的驱动日志"),
        Why::Encrypted => ("encrypted", "已加密"),
        Why::Damaged => ("damaged member of an archive", "压缩包中已损坏的成员"),
        Why::Compression => ("compressed in a way that is not read", "压缩方式不受支持"),
        Why::Container => ("a container of a kind that is not read", "不受支持的容器类型"),
        Why::Elsewhere => {
            ("it has the name of setup's log and lies among programs", "与安装日志同名，但位于程序目录中")
        }
        Why::Link => ("a link", "链接"),
        Why::RecoveryImage => ("the image of the recovery environment", "恢复环境的镜像"),
    };
    Texts { en, zh }
}

/// What to do about something that could not be looked at.
pub fn hint(kind: GapKind) -> Option<Texts> {
    let (en, zh) = match kind {
        GapKind::Denied => (
            Refusal::Denied.hint(),
            "请以更高权限运行：在运行中的 Windows 上以管理员身份（Windows.old 和 winevt 不对其他人开放），在挂载的磁盘上以 root \
             身份；若管理员也无权访问，请先用 `robocopy SOURCE DEST /E /B` 复制（该命令使用备份特权）",
        ),
        GapKind::InUse => (
            Refusal::InUse.hint(),
            "另一程序正占用该文件：请从卷影副本或挂载的磁盘读取；使用中的注册表配置单元可用 `reg save HKLM\\SYSTEM FILE` 保存",
        ),
        GapKind::Encrypted => {
            ("unpack the inner archive and name the folder", "请解压内层压缩包并指定解压后的文件夹")
        }
        GapKind::Bounded => ("unpack it, or name a smaller part of it", "请先解压，或指定其中较小的部分"),
        GapKind::Damaged => {
            ("get it again from where it was made, or repair it", "请从来源处重新获取，或修复后再试")
        }
        GapKind::Inaccessible | GapKind::SameName => return None,
    };
    Some(Texts { en, zh })
}
