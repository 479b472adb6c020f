//! The words of the report, in English and in Chinese.

use crate::{
    evidence::statement::PieceKind,
    judge::{Severity, Texts, Verdict},
    sighting::{
        Assurance, FactKey,
        deployment::{Aspect, DeploymentKind, Outcome},
    },
};

macro_rules! labels {
    ($($name:ident = $en:literal, $zh:literal;)+) => {
        $(#[doc = $en] pub(in crate::report) const $name: Texts = Texts { en: $en, zh: $zh };)+

        /// All of them.
        #[cfg(test)]
        const ALL: &[Texts] = &[$($name,)+];
    };
}

/// The words for the values of an enum.
macro_rules! words {
    ($($(#[doc = $doc:literal])+ $function:ident($type:ident) { $($variant:ident = $en:literal, $zh:literal;)+ })+) => {
        $(
            $(#[doc = $doc])+
            pub(in crate::report) fn $function(value: $type) -> Texts {
                match value { $($type::$variant => Texts { en: $en, zh: $zh },)+ }
            }
        )+

        /// All of them.
        #[cfg(test)]
        const WORDS: &[Texts] = &[$($(Texts { en: $en, zh: $zh },)+)+];
    };
}

labels! {
    LANGUAGE_TAG = "en", "zh-CN";
    TITLE = "Where this Windows came from", "Windows 镜像来源鉴定";
    CASE_REPORT = "Windows deployment case report", "Windows 部署案件报告";
    EXAMINED = "Examined", "检查对象";
    NOTHING_GIVEN = "nothing was given", "未指定检查对象";
    JUDGED_AT = "Judged as of", "判定时点";
    REGISTRY = "Registry of approved images", "已批准镜像登记册";
    REGISTRY_ENTRIES = "{} entries", "{} 条记录";
    REGISTRY_ROOT = "head", "头部摘要";
    NO_REGISTRY = "none was used: nothing could be compared with approved images", "未使用：无法与已批准镜像比对";
    NOT_JUDGED = "not judged", "未判定";
    NOT_JUDGED_MEANING = "No image was compared with approved ones.", "没有镜像与已批准镜像进行过比对。";
    OVERALL = "Overall verdict", "总体结论";
    FOUND = "Deployments found", "发现的部署";
    NONE_FOUND = "The evidence tells of no deployment.", "证据中没有任何部署记录。";
    OBJECTIONABLE = "What speaks against this computer", "对该计算机不利的部署";
    CASE_FINDINGS = "Findings on the case as a whole", "关于整个案件的发现";
    TIMELINE = "Timeline", "时间线";
    TIMELINE_INTRO = "Each installation of Windows that the evidence tells of, the oldest first. The axis on the left is the calendar; each bar spans one installation from begin to end, cut into its phases.",
        "证据中记载的每次 Windows 安装，按时间先后排列。左侧为日历轴；每个条形表示一次安装从开始到结束，并按阶段划分。";
    TIMELINE_DESCRIPTION = "Number of deployments: {}. The table below the drawing says the same in words.", "部署数量：{}。图下方的表格以文字给出相同内容。";
    HATCHED = "hatched, dashed: local time, zone unknown; its place on the calendar can be off by up to 14 hours", "斜线、虚线：仅知本地时间、时区未知；在日历上的位置最多可偏差 14 小时";
    SOLID = "solid: UTC", "实心：UTC";
    NO_TIMES = "no times known", "时间未知";
    END_UNKNOWN = "end not known", "结束时间未知";
    AT_A_GLANCE = "Deployments at a glance", "部署一览";
    NUMBER = "No.", "序号";
    BEGUN = "Begun", "开始";
    ENDED = "Ended", "结束";
    DURATION = "Duration", "用时";
    HOW = "How", "方式";
    OUTCOME = "Outcome", "结局";
    IMAGE = "Image", "镜像";
    CAME_FROM = "Came from", "来源渠道";
    VERDICT = "Verdict", "结论";
    GATE_TITLE = "May these Windows images be used?", "Windows 镜像准入检查";
    GATE_REPORT = "Windows image check report", "Windows 镜像检查报告";
    CHECKED_FILES = "Files", "文件详情";
    ASKED = "Asked of an approval", "批准所需依据";
    SCOPE = "Scope", "使用范围";
    POLICY = "Policy", "策略";
    EXCUSED_MEANING = "What speaks against an image is excused by a waiver or the baseline.", "针对镜像的问题已由豁免或基线排除。";
    UNWAIVED = "by exception; without waivers and baseline: {}", "例外放行；若无豁免和基线则为：{}";
    DEPLOYMENTS = "Deployments", "部署详情";
    DEPLOYMENT = "Deployment {}", "部署 {}";
    NO_NAME = "image without a known name", "名称未知的镜像";
    TOLD_IN = "Told in", "记载位置";
    APPROVAL = "Refers to approval", "对照的批准";
    ASSURANCE = "Verdict rests on", "结论依据";
    FINDINGS = "Findings", "发现";
    MORE_EVIDENCE = "and {} more in the JSON form", "另有 {} 处，见 JSON 形式";
    CHANNELS = "Where it came from", "镜像从何而来";
    NO_CHANNEL = "The evidence does not show the way it took.", "证据未显示其来源渠道。";
    CHANNELS_INTRO = "The ways it can have come, the likeliest first.", "可能的来源渠道，可能性大者在前。";
    CHANNEL_PERMITTED = "permitted by the site", "本单位允许的渠道";
    CHANNEL_FORBIDDEN = "not permitted by the site", "本单位不允许的渠道";
    CHANNEL_WITHOUT_RULE = "no rule of the site speaks of it", "本单位没有相关规定";
    AGENTS = "Programs that the site's images carry", "本单位镜像应带有的程序";
    AGENT = "Program", "程序";
    STATE = "In this system", "在该系统中";
    AGENT_PRESENT = "present", "存在";
    AGENT_ABSENT = "not found", "未发现";
    AGENT_BACKFILLED = "may have been put there afterwards", "可能为事后放入";
    IMAGES = "Image files among the evidence", "证据中的镜像文件";
    IMAGE_INDEX = "Image {}:", "镜像 {}：";
    BYTES_READ = "Bytes read of it", "已读取字节数";
    IMAGE_FACTS = "The image, as the evidence shows it", "证据中的镜像特征";
    FACT = "Fact", "特征";
    SEEN = "Seen here", "此处所见";
    APPROVED_FACT = "Approved image", "已批准镜像";
    AGREES = "agrees", "相符";
    DIFFERS = "differs", "不符";
    EVIDENCE = "Evidence", "证据";
    LISTED = "Images in the file", "该文件中的镜像";
    CHOSEN = "deployed", "已部署";
    KNOWN = "What is known of the deployment", "部署的已知情况";
    WHAT = "What", "项目";
    VALUE = "Value", "内容";
    PHASES = "Phases", "安装阶段";
    PHASE = "Phase", "阶段";
    NOT_KNOWN = "not known", "未知";
    OPEN_QUESTIONS = "Not known of this deployment", "此次部署尚不清楚的事项";
    SEE_MISSING = "where to find the answer", "到何处查找答案";
    PIECES = "Evidence used", "采用的证据";
    PIECES_INTRO = "Every statement above refers to one of these files by its number. The SHA-256 identifies the very bytes that were read.",
        "上文每项陈述均以编号引用下列文件。SHA-256 标识所读取的确切字节。";
    NO_PIECES = "No evidence was used.", "没有采用任何证据。";
    FILE = "File", "文件";
    KIND = "Kind", "类型";
    SIZE = "Size", "大小";
    STATEMENTS = "Statements", "陈述数";
    READ_WHOLE = "Read", "读取情况";
    COMPLETE = "whole", "完整";
    PARTIAL = "in part: {}", "部分：{}";
    NO_DIGEST = "not computed: the file was not read whole", "未计算：文件未完整读取";
    SET_ASIDE = "Looked at and set aside", "查看后未采用的文件";
    REASON = "Reason", "原因";
    MISSING = "What is missing", "缺失的证据";
    MISSING_INTRO = "Evidence that was not at hand and would answer an open question. What is not there proves nothing.",
        "未能取得、但可回答悬而未决问题的证据。证据缺失本身不证明任何事情。";
    NOTHING_MISSING = "Nothing is known to be missing.", "未发现缺失的证据。";
    CONCERNS = "Concerns", "涉及";
    WHOLE_CASE = "the whole case", "整个案件";
    WOULD_TELL = "Would tell of", "可说明";
    WHERE_TO_GET = "Where to get it", "取得位置";
    ADVICE = "What to do next", "处置建议";
    NO_ADVICE = "No advice.", "没有建议。";
    READING = "How to read this report", "阅读说明";
    VERDICT_WORDS = "Verdicts used in this report", "本报告使用的结论";
    ASSURANCE_WORDS = "What a verdict rests on", "结论的依据";
    TIMES = "Times", "时间";
    TIMES_TEXT = "UTC is the world's common time. Windows Setup writes local time without a zone; where the evidence does not say how it relates to UTC, the time is shown as local and no zone is guessed. A length by the local clock is wrong by hours where setup changes the zone on the way.",
        "UTC 为世界统一时间。Windows 安装程序记录的是不带时区的本地时间；证据未说明其与 UTC 的关系时，按本地时间显示，不作时区推测。若安装过程中时区改变，按本地时钟计算的用时会相差数小时。";
    ESCAPES = "Unusual characters", "特殊字符";
    ESCAPES_TEXT = "Names and quotations are shown as they stand in the evidence. Characters that would not show, or would change how others are shown, appear as a code such as \\u{202e}.",
        "名称和引文按证据原样显示。不可见或会改变其他字符显示方式的字符以代码形式出现，例如 \\u{202e}。";
    EVIDENCE_NUMBERS = "References", "引用";
    EVIDENCE_NUMBERS_TEXT = "E1, E2 ... are the files of the section \"Evidence used\"; line and byte say where in them. Lines count from 1, bytes from 0.",
        "E1、E2 等指“采用的证据”一节中的文件；行号和字节位置指明其中的位置。行号从 1 起计，字节从 0 起计。";
    REDACTION = "Redaction", "遮盖";
    REDACTED = "Product keys, passwords and credentials are masked in quotations; masked here: {}.", "引文中的产品密钥、密码和凭据均已遮盖；本报告遮盖 {} 处。";
    REDACTED_UNCOUNTED = "Product keys, passwords and credentials are masked in quotations.", "引文中的产品密钥、密码和凭据均已遮盖。";
    MADE_BY = "Made by", "生成工具";
    EXIT_CODE = "exit code {}", "退出码 {}";
    LINE = "line {}", "第 {} 行";
    BYTE = "byte {}", "字节 {}";
    BYTES_FROM = "bytes {}", "字节 {}";
    METADATA_BYTE = "byte {} of the metadata", "元数据字节 {}";
    RECORD = "record {}", "记录 {}";
    KEY = "key {}", "键 {}";
    BYTES = "{} bytes", "{} 字节";
    LOCAL_TIME = "local time, zone unknown", "本地时间，时区未知";
    LOCAL = "local {}", "本地 {}";
    KNOWN_DIRECT = "the evidence states UTC", "证据直接给出 UTC";
    KNOWN_BIAS = "UTC by the offset written beside it", "按其旁所记偏移换算为 UTC";
    KNOWN_ANCHOR = "UTC by another line of the same run that gives both times", "按同次运行中同时给出两种时间的记录换算为 UTC";
    KNOWN_ZONE = "UTC by the time zone that the log, or the event log of that time, names", "按日志或当时事件日志所记的时区换算为 UTC";
    BY_LOCAL_CLOCK = "{} by the local clock", "{}（按本地时钟）";
    DAYS = "{} d", "{} 天";
    HOURS = "{} h", "{} 小时";
    MINUTES = "{} min", "{} 分";
    SECONDS = "{} s", "{} 秒";
}

words! {
    /// A verdict in a word.
    verdict(Verdict) {
        Approved = "approved", "已批准";
        Consistent = "consistent", "相符待证";
        Undecided = "undecided", "无法判定";
        OutOfScope = "out of scope", "超出范围";
        Expired = "expired", "批准失效";
        Revoked = "revoked", "批准撤销";
        Unhealthy = "unhealthy", "文件异常";
        Rogue = "rogue", "未经批准";
        Impostor = "impostor", "冒充镜像";
        Tampered = "tampered", "遭到篡改";
    }

    /// A verdict in a sentence.
    verdict_meaning(Verdict) {
        Approved = "An approval in force covers this image.", "该镜像有有效的批准。";
        Consistent = "Nothing contradicts an approval, but the evidence is too poor to prove that it is the approved image.",
            "与某条批准没有矛盾，但证据不足以证明就是该已批准镜像。";
        Undecided = "The evidence does not allow a judgement.", "现有证据不足以作出判断。";
        OutOfScope = "Approved, but not for this use.", "已获批准，但不适用于此用途。";
        Expired = "Approved once; not any more, not yet, or another image took its place.", "曾获批准，但已过期、尚未生效或已被其他镜像取代。";
        Revoked = "Approved once; the approval was taken back.", "曾获批准，但批准已被撤销。";
        Unhealthy = "Approved by its content, but something else in the file speaks against it.", "内容已获批准，但文件中另有异常。";
        Rogue = "No approval knows this image.", "没有任何批准记录与该镜像相符。";
        Impostor = "Claims to be an approved image, and is not.", "冒充已批准的镜像，实则不是。";
        Tampered = "An approved image whose bytes were changed.", "已批准的镜像，但其字节遭到改动。";
    }

    /// What a verdict rests on.
    assurance(Assurance) {
        Claimed = "unproven claims", "未经证实的声明";
        Declared = "declared content", "文件自述内容";
        Verified = "verified bytes", "逐字节核验";
    }

    /// The same in a sentence.
    assurance_meaning(Assurance) {
        Claimed = "What a log or a file says of itself. Anyone could have written it, so claims never approve an image.",
            "日志或文件的自述。任何人都可以写出，因此不能据此批准镜像。";
        Declared = "The list of contents of an image file, checked against its own hashes.", "镜像文件的内容清单，已与其自身校验值核对。";
        Verified = "Every byte of an image file was read and every hash computed.", "镜像文件的每个字节均已读取，所有校验值均已计算。";
    }

    /// How much a finding weighs.
    severity(Severity) {
        Info = "note", "提示";
        Warn = "warning", "警告";
        Deny = "objection", "否决";
    }

    /// How an image came onto the computer.
    kind(DeploymentKind) {
        CleanInstall = "clean install", "全新安装";
        InPlace = "in-place upgrade", "就地升级";
        Reset = "reset of this PC", "重置此电脑";
        TaskSequence = "task sequence", "任务序列部署";
        Inherited = "inherited system", "先前系统";
        MediaOnly = "media only", "仅制作介质";
    }

    /// The same in a sentence.
    kind_meaning(DeploymentKind) {
        CleanInstall = "the computer was booted from media and the disk set up anew", "从介质启动计算机并重新设置磁盘";
        InPlace = "setup was run on the running system", "在运行中的系统上执行安装程序";
        Reset = "Windows was reset by its own means", "使用 Windows 自带功能重置";
        TaskSequence = "a management tool applied the image", "由管理工具写入镜像";
        Inherited = "only traces in its own registry are left", "仅在其自身注册表中留有痕迹";
        MediaOnly = "media were downloaded or made, nothing was installed", "只下载或制作了介质，未进行安装";
    }

    /// How it ended.
    outcome(Outcome) {
        Succeeded = "succeeded: the new system ran", "成功：新系统已运行";
        Failed = "failed", "失败";
        RolledBack = "failed, the old system was put back", "失败，已恢复原系统";
        Cancelled = "cancelled by a user", "被用户取消";
        Unknown = "not known: the evidence ends before", "未知：证据在此之前中断";
    }

    /// What can be known of a deployment.
    aspect(Aspect) {
        FromOs = "System before", "之前的系统";
        ToOs = "System after", "之后的系统";
        Computer = "Computer name", "计算机名";
        ImageBorn = "Image was made", "镜像生成时间";
        CommandLine = "Command line of setup", "安装程序命令行";
        Parent = "Started by program", "启动安装的程序";
        Launcher = "Started by account", "启动安装的账户";
        ImagePath = "Image file", "镜像文件";
        MediaPath = "Media folder", "介质目录";
        DriveType = "Type of drive", "驱动器类型";
        VolumeLabel = "Volume label", "卷标";
        VolumeSerial = "Volume serial", "卷序列号";
        Device = "Device", "设备";
        UsbSerial = "USB serial number", "USB 序列号";
        NetworkPath = "Network share", "网络共享";
        Url = "Download address", "下载地址";
        MountedIso = "Mounted ISO", "挂载的 ISO";
        Package = "Package", "管理系统包";
        TaskSequence = "Task sequence", "任务序列";
        SetupVersion = "Version of setup", "安装程序版本";
        AnswerFile = "Answer file", "应答文件";
        Scripts = "Scripts run", "运行的脚本";
        OldSystem = "Fate of the old system", "原系统的去向";
        FailedAttempts = "Failed attempts", "失败的尝试";
        FailureCode = "Failure code", "失败代码";
        FailurePhase = "Failed in", "失败阶段";
    }

    /// What can be known of an image.
    fact(FactKey) {
        Name = "Name", "名称";
        Description = "Description", "描述";
        DisplayName = "Display name", "显示名称";
        DisplayDescription = "Display description", "显示描述";
        Edition = "Edition", "版本类型";
        Flags = "Flags", "标志";
        InstallationType = "Installation type", "安装类型";
        Architecture = "Architecture", "体系结构";
        Version = "Version", "版本号";
        Build = "Build", "内部版本";
        SpBuild = "Update revision", "更新修订号";
        SpLevel = "Service pack", "服务包级别";
        Branch = "Branch", "分支";
        Languages = "Languages", "语言";
        DefaultLanguage = "Default language", "默认语言";
        ProductName = "Product name", "产品名称";
        ProductType = "Product type", "产品类型";
        ProductSuite = "Product suite", "产品套件";
        Hal = "HAL", "硬件抽象层";
        SystemRoot = "System root", "系统目录";
        ImageState = "Image state", "镜像状态";
        GdrDuRevision = "GDR DU revision", "GDR DU 修订";
        PkeyConfigVersion = "Key configuration version", "密钥配置版本";
        WimBoot = "WIMBoot", "WIMBoot 标志";
        Created = "Created", "创建时间";
        Modified = "Modified", "修改时间";
        TotalBytes = "Bytes of all files", "全部文件字节数";
        HardLinkBytes = "Bytes of hard links", "硬链接字节数";
        DirCount = "Directories", "目录数";
        FileCount = "Files", "文件数";
        NewestWrite = "Newest file", "最新文件时间";
        Tree = "Digest of the file tree", "文件树摘要";
        Content = "Digest of the content", "内容摘要";
        MetadataSha1 = "SHA-1 of the metadata", "元数据 SHA-1";
        FileSize = "Size of the image file", "镜像文件大小";
        FileSha256 = "SHA-256 of the file", "文件 SHA-256";
        SetSha256 = "SHA-256 of the set", "分卷集 SHA-256";
        Guid = "GUID of the file", "文件 GUID";
        Part = "Part", "分卷号";
        Parts = "Parts of the set", "分卷总数";
        BootIndex = "Boot index", "启动索引";
        ImageCount = "Images in the file", "文件中的镜像数";
        Compression = "Compression", "压缩方式";
        ChunkSize = "Chunk size", "块大小";
        FormatVersion = "Format version", "格式版本";
        WimTotalBytes = "Bytes before the XML", "XML 之前的字节数";
    }

    /// What a piece of evidence is.
    piece(PieceKind) {
        SetupLog = "setup log", "安装日志";
        SetupErrors = "setup error log", "安装错误日志";
        SysprepLog = "sysprep log", "sysprep 日志";
        DriverLog = "driver log", "驱动日志";
        LauncherLog = "launcher log", "启动器日志";
        TaskSequenceLog = "task sequence log", "任务序列日志";
        DismLog = "DISM log", "DISM 日志";
        ServicingLog = "servicing log", "组件服务日志";
        DeviceLog = "device installation log", "设备安装日志";
        Rowset = "setup diagnosis", "安装诊断记录";
        AnswerFile = "answer file", "应答文件";
        SetupDiag = "SetupDiag result", "SetupDiag 结果";
        Hive = "registry hive", "注册表配置单元";
        EventLog = "event log", "事件日志";
        Blackboard = "setup state", "安装状态文件";
        Image = "image file", "镜像文件";
        Other = "other", "其他";
    }
}

/// How an instant is known, by the name that [`Moment::known`](crate::sighting::deployment::Moment) has for it.
pub(super) fn known(how: &str) -> Option<Texts> {
    match how {
        "direct" => Some(KNOWN_DIRECT),
        "bias" => Some(KNOWN_BIAS),
        "anchor" => Some(KNOWN_ANCHOR),
        "zone" => Some(KNOWN_ZONE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_speaks_both_languages() {
        // Words that are the same in both.
        let same = ["E1", "HAL"];
        for Texts { en, zh } in ALL.iter().chain(WORDS) {
            assert!(!en.is_empty() && en.is_ascii(), "{en}");
            assert!(!zh.is_ascii() || *zh == "zh-CN" || same.contains(zh), "{en}: {zh}");
            assert_eq!(en.matches("{}").count(), zh.matches("{}").count(), "{en}: {zh}");
        }
    }

    #[test]
    fn values_of_one_kind_have_different_words() {
        for get in [|texts: Texts| texts.en, |texts: Texts| texts.zh] {
            let aspects: std::collections::BTreeSet<_> =
                Aspect::ALL.iter().map(|a| get(aspect(*a))).collect();
            assert_eq!(aspects.len(), Aspect::ALL.len());
            let facts: std::collections::BTreeSet<_> =
                FactKey::ALL.iter().map(|key| get(fact(*key))).collect();
            assert_eq!(facts.len(), FactKey::ALL.len());
            let verdicts: std::collections::BTreeSet<_> =
                Verdict::ALL.iter().map(|v| get(verdict(*v))).collect();
            assert_eq!(verdicts.len(), Verdict::ALL.len());
        }
    }
}
