//! The rules: what a finding can be about. An id is never reused for another meaning.
//!
//! `WP1xxx` identity, `WP2xxx` structure of the file, `WP3xxx` content and health, `WP4xxx` forensics, `WP5xxx` registry
//! and policy.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use wimproof_wim::AnomalyKind;

use crate::sighting::Trouble;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Odd; does not keep an image from being approved.
    Warn,
    /// Keeps an image from being approved.
    Deny,
}

impl Severity {
    /// The name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

/// A language of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    ZhCn,
}

/// A text in all languages.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Texts {
    /// The text in a language.
    pub fn get(&self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::ZhCn => self.zh,
        }
    }
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// For example `WP1001`.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// Whether it says that bytes are lost or wrong.
    pub damage: bool,
    /// What it says, in a few words.
    pub title: Texts,
    /// What it means, and what to do.
    pub explanation: Texts,
}

/// A reference to one of the [`Rule`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(usize);

impl RuleId {
    /// All rules, by id.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..RULES.len()).map(Self)
    }

    /// The rule with this id, in upper or lower case.
    pub fn find(id: &str) -> Option<Self> {
        RULES.iter().position(|rule| rule.id.eq_ignore_ascii_case(id)).map(Self)
    }

    /// The rule.
    pub fn rule(self) -> &'static Rule {
        &RULES[self.0]
    }
}

impl Serialize for RuleId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.rule().id)
    }
}

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        Self::find(&id).ok_or_else(|| D::Error::custom(format!("no rule {id:?} in this version of wimproof")))
    }
}

macro_rules! rules {
    ($($name:ident = $id:literal $severity:ident $($damage:ident)?,
        $title_en:literal, $title_zh:literal, $text_en:literal, $text_zh:literal;)+) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "positions in the table of rules")]
        enum Position { $($name,)+ }

        impl RuleId { $(
            #[doc = $title_en]
            pub const $name: Self = Self(Position::$name as usize);
        )+ }

        static RULES: &[Rule] = &[$(Rule {
            id: $id,
            severity: Severity::$severity,
            damage: false $(|| rules!(@$damage))?,
            title: Texts { en: $title_en, zh: $title_zh },
            explanation: Texts { en: $text_en, zh: $text_zh },
        },)+];
    };
    (@damage) => { true };
}

rules! {
    NOT_IN_REGISTRY = "WP1001" Deny, "image not in the registry", "镜像未登记",
        "No approval knows this image: neither its digest nor a name it claims. If it should be used, have it approved with `wimproof registry approve`.",
        "没有任何批准记录与该镜像相符：其摘要和所声明的名称均未登记。如确需使用，请通过 `wimproof registry approve` 审批。";
    REVOKED = "WP1002" Deny, "approval revoked", "批准已被撤销",
        "The image was approved and the approval was taken back. The finding says when and why.",
        "该镜像曾获批准，但批准已被撤销。结果中给出撤销的时间和原因。";
    IMPERSONATION = "WP1003" Deny, "claims to be an approved image", "冒充已批准的镜像",
        "The image carries the name (or the creation time) of an approved image, but other facts differ. Names and dates in a WIM are protected by nothing; the digest decides. The table of compared facts shows what agrees and what does not.",
        "该镜像带有已批准镜像的名称（或创建时间），但其他特征不符。WIM 中的名称和日期没有任何保护，以摘要为准。对照表列出相符与不符之处。";
    OUT_OF_SCOPE = "WP1004" Deny, "approved for another scope", "批准范围不符",
        "The approval names scopes, and the one this check was made for is not among them. Give the right one with --scope, or have the image approved for it.",
        "批准记录限定了使用范围，而本次检查的范围不在其中。请用 --scope 指定正确的范围，或为该范围另行审批。";
    NOT_VALID_NOW = "WP1005" Deny, "approval expired or not yet valid", "批准已过期或尚未生效",
        "The approval holds for a time that does not include now.",
        "当前时间不在批准的有效期内。";
    SUPERSEDED = "WP1006" Deny, "superseded by another image", "已被其他镜像取代",
        "Another approved image took the place of this one. Deploy the successor that the finding names.",
        "已有另一批准镜像取代该镜像，请部署结果中给出的后继镜像。";
    WEAK_MATCH = "WP1008" Warn, "only claims match", "仅声明信息相符",
        "What is known agrees with an approval, but no digest could be compared: claims can be forged. Check the file itself with --assurance declared, or record a digest with the approval.",
        "已知信息与某条批准相符，但没有可比对的摘要，声明可以伪造。请用 --assurance declared 检查文件本身，或在批准中记录摘要。";
    CONFUSABLE_NAME = "WP1010" Deny, "name looks like an approved one", "名称与已批准名称形似",
        "The name is not that of an approved image, but looks like it: full-width or foreign letters, invisible characters, other blanks. Legitimate images have no reason for this.",
        "该名称与已批准镜像的名称不同但形似：使用了全角或其他文字的字母、不可见字符或特殊空格。正常镜像没有理由如此。";
    ODD_CREATION_TIME = "WP1011" Warn, "creation time cannot be right", "创建时间不可信",
        "The image claims to be created in the future, or holds files written long after its claimed creation and modification.",
        "镜像声明的创建时间在未来，或其中文件的写入时间明显晚于所声明的创建和修改时间。";
    RENAMED = "WP1013" Warn, "approved content under other labels", "已批准内容使用了不同标签",
        "The tree of files is that of an approved image, but the labels (name, description, edition ...) are not those it was approved with. Tools that choose an image by its name may choose wrongly.",
        "文件树与已批准镜像一致，但标签（名称、描述、版本等）与批准时不同。按名称选择镜像的工具可能选错。";
    HOSTILE_NAME = "WP1014" Warn, "name is not what it seems", "名称与所见不一致",
        "A name holds control characters, bidirectional overrides or zero-width characters, or letters that imitate others (full-width, mathematical): it is read otherwise than it is. What does not show is escaped in all output.",
        "名称中含有控制字符、双向文字控制符、零宽字符或仿冒字母（全角、数学字母等），显示与实际不一致。不可见字符在所有输出中均已转义。";

    ALTERED_FILE = "WP1015" Deny damage, "approved file with other bytes", "已批准文件的字节被改动",
        "The file has the length of the file that was approved, and holds the same image, but it is not the same bytes: something in it was edited in place, perhaps a name, a date or the GUID. An exported copy has another length.",
        "该文件与获批准的文件长度相同且镜像相同，但字节不同：其中内容被就地修改，可能是名称、日期或 GUID。导出的副本长度会不同。";
    OTHERS_NAME = "WP1016" Deny, "approved content under the name of another approved image", "已批准内容冒用另一批准镜像的名称",
        "The tree of files is that of one approved image, the name is that of another. Tools that choose an image by its name would install the wrong one.",
        "文件树属于某一已批准镜像，名称却属于另一已批准镜像。按名称选择镜像的工具会装错。";

    UNREADABLE = "WP2001" Deny, "not a readable WIM", "无法读取的 WIM",
        "The file is no WIM or ESD, or its header, XML or blob table cannot be read. Nothing was judged.",
        "该文件不是 WIM 或 ESD，或其文件头、XML、数据表无法读取。未作出判断。";
    IMPOSSIBLE_RESOURCE = "WP2002" Deny damage, "resource outside the file or of impossible size", "资源超出文件或大小不合理",
        "The blob table places content beyond the end of the file, or gives it a size that its bytes cannot have: the file is cut or forged. Fetch it again from its source.",
        "数据表所指内容超出文件末尾，或其大小不可能成立：文件被截断或伪造。请从来源重新获取。";
    WRITE_IN_PROGRESS = "WP2003" Deny, "a writer did not finish", "写入未完成",
        "The header carries the flag WRITE_IN_PROGRESS: a capture, append or export was interrupted, or is running.",
        "文件头带有 WRITE_IN_PROGRESS 标志：捕获、追加或导出被中断，或仍在进行。";
    BAD_INTEGRITY_TABLE = "WP2004" Deny damage, "integrity table does not match", "完整性表不符",
        "The integrity table contradicts itself, or bytes of the file are not those that it was made over.",
        "完整性表自相矛盾，或文件中的字节与生成该表时不同。";
    COUNTS_DISAGREE = "WP2005" Warn, "XML counts are not those of the tree", "XML 计数与文件树不符",
        "DIRCOUNT, FILECOUNT or TOTALBYTES in the XML differ from the directory tree by more than any known writer is off: the image was changed after its XML was written, or the XML was.",
        "XML 中的 DIRCOUNT、FILECOUNT 或 TOTALBYTES 与目录树的差异超出已知工具的误差：XML 写成后镜像被改动，或 XML 本身被改动。";
    FOREIGN_PART = "WP2006" Deny, "blob belongs to another part", "数据属于其他分卷",
        "The blob table names content that stands in another part of a split set than this file.",
        "数据表所列内容位于其他分卷。";
    INCOMPLETE = "WP2007" Warn, "metadata-only or resource-only file", "仅含元数据或仅含资源的文件",
        "The header says that the file holds only metadata or only resources, as deployment servers store them; it cannot be deployed alone.",
        "文件头表明该文件仅含元数据或仅含资源（部署服务器的存储方式），不能单独部署。";
    AMBIGUOUS_XML = "WP2008" Deny, "XML says a thing twice or in pieces", "XML 内容重复或被拆分",
        "An element stands twice, or its text is broken by a comment, CDATA section or element. Tools disagree on which value counts: one shows the approved name where another uses the other.",
        "某元素出现两次，或其文本被注释、CDATA 或子元素拆开。不同工具取值不同：一个显示已批准的名称，另一个使用别的名称。";
    UNACCOUNTED_BYTES = "WP2009" Warn, "bytes that belong to no resource", "存在不属于任何资源的字节",
        "The file has gaps between its resources or data behind them. Edited and appended files have such dead space; no hash of the format covers it.",
        "资源之间或之后存在空隙数据。编辑或追加过的文件会有这种空隙，格式中没有任何校验覆盖它。";
    HIDDEN_IMAGE = "WP2011" Deny, "more images than the header says", "镜像数多于文件头所述",
        "The blob table holds more metadata resources than the header counts images. Some tools show the surplus image, others do not.",
        "数据表中的元数据资源多于文件头所述镜像数。部分工具会显示多出的镜像，部分不会。";
    MISSING_IMAGE = "WP2012" Deny, "fewer images than the header says", "镜像数少于文件头所述",
        "The blob table holds fewer metadata resources than the header counts images.",
        "数据表中的元数据资源少于文件头所述镜像数。";
    DUPLICATE_BLOB = "WP2013" Deny, "two blobs with one SHA-1", "两个数据块具有相同 SHA-1",
        "The blob table has two entries with the same SHA-1. Some tools use the first, others the last: the bytes checked need not be the bytes deployed.",
        "数据表中有两个条目的 SHA-1 相同。部分工具取第一个，部分取最后一个：所校验的字节未必是所部署的字节。";
    MISSING_BLOB = "WP2014" Deny damage, "content missing", "内容缺失",
        "A file of the image refers to content that the blob table does not have. The image cannot be applied in full. Delta WIMs are made so on purpose and need their base.",
        "镜像中的文件所引用的内容不在数据表中，镜像无法完整应用。增量 WIM 有意如此，需配合其基础镜像。";
    RESERVED_BITS = "WP2015" Warn, "reserved bits or bytes are set", "保留位或保留字节被置位",
        "The file sets bits or bytes that the format reserves. No known writer does.",
        "文件设置了格式中保留的位或字节，已知工具均不会如此。";
    ODD_HEADER = "WP2016" Warn, "header contradicts itself", "文件头自相矛盾",
        "Fields of the header do not fit together: a boot index without an image, several compression algorithms.",
        "文件头各字段互相矛盾：启动索引指向不存在的镜像，或同时设置多种压缩算法。";
    ODD_XML = "WP2017" Warn, "XML not as Windows writes it", "XML 写法异常",
        "The XML lacks its byte order mark, holds broken characters, or writes numbers in a way that tools read differently.",
        "XML 缺少字节序标记、含有损坏字符，或数字写法会被不同工具解读为不同的值。";
    ODD_TREE = "WP2018" Warn, "directory tree with oddities", "目录树异常",
        "Entries that no directory reaches, names that are not well-formed, or hard links of one group with different contents, attributes or times.",
        "存在任何目录都无法到达的条目、编码不正确的名称，或同组硬链接的内容、属性或时间不同。";
    OVERLAP = "WP2019" Deny, "resources share bytes", "资源重叠",
        "Two resources use the same bytes of the file. No writer does this.",
        "两个资源使用文件中的同一段字节，任何正常工具都不会如此。";
    DAMAGED_METADATA = "WP2020" Deny damage, "metadata resource damaged", "元数据资源损坏",
        "The metadata resource of the image does not decode, or is not what its SHA-1 says: the directory tree is lost or was changed in place. Fetch the file again from its source.",
        "镜像的元数据资源无法解码或与其 SHA-1 不符：目录树已损坏或被就地篡改。请从来源重新获取文件。";
    ODD_IMAGE_INDEX = "WP2021" Warn, "XML and images do not match one to one", "XML 与镜像不一一对应",
        "IMAGE elements are missing, surplus, without INDEX or out of order: a name may belong to another image than it seems.",
        "IMAGE 元素缺失、多余、无 INDEX 或次序错乱：名称可能属于另一个镜像。";
    UNSUPPORTED = "WP2022" Deny, "feature of the format not read", "格式特性暂不支持",
        "The format allows it, this version of wimproof does not read it. Nothing was judged.",
        "格式允许，但当前版本的 wimproof 尚不支持。未作出判断。";
    BLOB_WITHOUT_HASH = "WP2024" Deny, "content without a hash", "内容没有校验值",
        "The blob table has content with an all-zero SHA-1: nothing can be checked against it.",
        "数据表中有内容的 SHA-1 全为零，无法校验。";
    ENCRYPTED = "WP2025" Deny, "encrypted ESD", "已加密的 ESD",
        "The file is an ESD encrypted by Windows Update. Only the update client has the key. Nothing was judged.",
        "该文件是由 Windows 更新加密的 ESD，只有更新客户端持有密钥。未作出判断。";
    REFERENCE_COUNT = "WP2026" Info, "reference count differs", "引用计数不符",
        "The blob table counts other references than the images make. Microsoft's own tools write wrong counts; it harms nothing.",
        "数据表中的引用计数与实际不符。微软自己的工具也会写错，无害。";
    FREE_BLOB = "WP2027" Warn, "entry that readers pass over", "会被忽略的条目",
        "An entry of the blob table is marked as free space, or as metadata of a deleted image. The readers that are known pass over it; nothing says that all do.",
        "数据表中有条目被标记为空闲空间，或属于已删除镜像的元数据。已知工具会忽略它，但不能保证所有工具都如此。";
    SHARED_METADATA = "WP2028" Deny, "metadata used by several images", "多个镜像共用元数据",
        "A metadata resource claims to be used by several images. Tools do not support this and disagree on what follows.",
        "某元数据资源声称被多个镜像使用。各工具不支持且处理不一。";
    NO_XML = "WP2029" Warn, "no XML data", "没有 XML 数据",
        "The file describes none of its images. Setup cannot list them.",
        "文件没有描述任何镜像，安装程序无法列出。";
    INACCESSIBLE = "WP2030" Deny, "cannot be read from its source", "无法从来源读取",
        "The file could not be opened or its source delivered no bytes. Nothing was judged.",
        "文件无法打开，或来源未提供数据。未作出判断。";

    DAMAGED_CONTENT = "WP2031" Deny damage, "file content damaged", "文件内容损坏",
        "The content of a file does not decode, or is not what its SHA-1 says. The finding names the file, each of its hard links, and the bytes of the WIM that hold it: fetch these again from the source, or the whole file.",
        "文件内容无法解码，或与其 SHA-1 不符。结果列出受影响的文件、其每个硬链接，以及 WIM 中对应的字节范围：请从来源重新获取这些字节或整个文件。";

    BAD_FACTS_FILE = "WP2032" Deny, "not a readable facts file", "无法读取的特征文件",
        "The facts file is not TOML, or a fact in it is not known or not what it should be. Nothing was judged.",
        "特征文件不是有效的 TOML，或其中某项未知或格式不符。未作出判断。";

    BOOT_METADATA = "WP2033" Deny, "boot metadata are not those of the boot image", "启动元数据与启动镜像不符",
        "The header names the metadata of the bootable image a second time, and names others than those of the image that the boot index points to. A loader that goes by it would boot another tree than the one checked.",
        "文件头再次给出可启动镜像的元数据位置，但与启动索引所指镜像不一致。按此启动的加载程序会使用另一棵文件树。";
    AMBIGUOUS_TREE = "WP2034" Deny, "directory tree that tools read differently", "不同工具解读不一的目录树",
        "The tree has entries beside its root, files or reparse points with children, two entries or streams of one name, names that no Windows file can have or that do not end, content where none belongs, hard links that say different things of one file, or security ids that lead nowhere. What is deployed depends on the tool.",
        "目录树在根之外另有条目、文件或重解析点带有子项、存在同名条目或同名数据流、Windows 不允许或没有结束符的名称、位置不当的内容、对同一文件说法不一的硬链接，或无效的安全标识。实际部署结果取决于所用工具。";

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

    REGISTRY_TRUNCATED = "WP5003" Deny, "registry lost entries", "登记册条目丢失",
        "The log has fewer entries than its head says. A removed entry may be a revocation, so nothing is judged. Restore the registry from a copy.",
        "日志条目少于其头部所述。被移除的可能正是撤销记录，因此不作判断。请从副本恢复登记册。";
    REGISTRY_CHANGED = "WP5004" Deny, "registry was changed", "登记册被改动",
        "The log is not the one that its head describes: an entry was edited, removed or reordered. Nothing is judged. Restore the registry from a copy.",
        "日志与其头部不符：有条目被编辑、移除或重排。不作判断。请从副本恢复登记册。";
    INDEX_REBUILT = "WP5005" Info, "index of the registry not used", "未使用登记册索引",
        "The index was absent, in use, stale or damaged. The log was read instead; the answer is the same.",
        "索引缺失、被占用、过期或损坏，已改为直接读取日志，结论不受影响。";
    REGISTRY_UNCOUNTED = "WP5007" Deny, "registry has entries that its head does not count", "登记册存在未计入头部的条目",
        "The log holds whole entries behind its head: a writer was interrupted, or somebody put the head back to an earlier state. They may be revocations, so nothing is judged. If they are right, `wimproof registry rebuild` counts them.",
        "日志在其头部之后还有完整条目：写入曾被中断，或有人将头部回退。其中可能有撤销记录，因此不作判断。如确认无误，`wimproof registry rebuild` 会将其计入。";
    REGISTRY_UNREADABLE = "WP5008" Deny, "registry cannot be read", "登记册无法读取",
        "There is no registry at this place, or its files cannot be read or understood. Nothing is judged.",
        "该位置没有登记册，或其文件无法读取或理解。不作判断。";
}

/// The rule that an observation of a reader falls under.
pub fn rule_of(trouble: &Trouble) -> RuleId {
    match trouble {
        Trouble::Anomaly(kind) => rule_of_anomaly(*kind),
        Trouble::Unreadable => RuleId::UNREADABLE,
        Trouble::Inaccessible => RuleId::INACCESSIBLE,
        Trouble::BadFactsFile => RuleId::BAD_FACTS_FILE,
        Trouble::DamagedMetadata => RuleId::DAMAGED_METADATA,
        Trouble::DamagedContent => RuleId::DAMAGED_CONTENT,
        Trouble::BadSlot => RuleId::BAD_INTEGRITY_TABLE,
        Trouble::Unsupported => RuleId::UNSUPPORTED,
        Trouble::Encrypted => RuleId::ENCRYPTED,
    }
}

fn rule_of_anomaly(kind: AnomalyKind) -> RuleId {
    use AnomalyKind as Kind;
    match kind {
        Kind::WriteInProgress => RuleId::WRITE_IN_PROGRESS,
        Kind::BootIndexOutOfRange | Kind::AmbiguousCompression | Kind::BlobTableOddLength => {
            RuleId::ODD_HEADER
        }
        Kind::ReservedHeaderBits | Kind::UnknownBlobFlags => RuleId::RESERVED_BITS,
        Kind::IncompleteBySpecification => RuleId::INCOMPLETE,
        Kind::XmlMissing => RuleId::NO_XML,
        Kind::XmlWithoutByteOrderMark | Kind::XmlBadUtf16 | Kind::XmlOddNumber | Kind::XmlExcess => {
            RuleId::ODD_XML
        }
        Kind::XmlRepeatedElement | Kind::XmlSplitText => RuleId::AMBIGUOUS_XML,
        Kind::XmlImplausibleTime => RuleId::ODD_CREATION_TIME,
        Kind::XmlImageIndex => RuleId::ODD_IMAGE_INDEX,
        Kind::DuplicateBlob => RuleId::DUPLICATE_BLOB,
        Kind::BlobWithoutHash => RuleId::BLOB_WITHOUT_HASH,
        Kind::FreeBlob | Kind::DeletedImage => RuleId::FREE_BLOB,
        Kind::BootMetadataMismatch => RuleId::BOOT_METADATA,
        Kind::ForeignPart => RuleId::FOREIGN_PART,
        Kind::WrongReferenceCount => RuleId::REFERENCE_COUNT,
        Kind::BadSolidRun | Kind::ImpossibleResource => RuleId::IMPOSSIBLE_RESOURCE,
        Kind::OverlappingResources => RuleId::OVERLAP,
        Kind::UnaccountedBytes => RuleId::UNACCOUNTED_BYTES,
        Kind::HiddenImage | Kind::MetadataInSolid => RuleId::HIDDEN_IMAGE,
        Kind::OddRoot
        | Kind::ChildrenOfFile
        | Kind::ChildrenOfReparsePoint
        | Kind::HardLinkConflict
        | Kind::DuplicateStream
        | Kind::MisplacedStream
        | Kind::NameWithoutEnd
        | Kind::DuplicateName
        | Kind::ForbiddenName
        | Kind::BadSecurityId => RuleId::AMBIGUOUS_TREE,
        Kind::MissingImage => RuleId::MISSING_IMAGE,
        Kind::SharedMetadata => RuleId::SHARED_METADATA,
        Kind::BadIntegrityTable => RuleId::BAD_INTEGRITY_TABLE,
        Kind::MissingBlob => RuleId::MISSING_BLOB,
        Kind::CountsDisagree => RuleId::COUNTS_DISAGREE,
        // The tree, and whatever a newer reader finds odd.
        _ => RuleId::ODD_TREE,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_ordered_and_well_formed() {
        let ids: Vec<&str> = RuleId::all().map(|id| id.rule().id).collect();
        let ordered: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ordered.into_iter().collect::<Vec<_>>(), ids);
        assert!(ids.iter().all(|id| id.len() == 6 && id.starts_with("WP")));
    }

    #[test]
    fn every_rule_speaks_both_languages() {
        for rule in RuleId::all().map(RuleId::rule) {
            for texts in [&rule.title, &rule.explanation] {
                assert!(!texts.en.is_empty() && texts.en.is_ascii(), "{}", rule.id);
                assert!(!texts.zh.is_ascii(), "{}", rule.id);
            }
        }
    }
}
