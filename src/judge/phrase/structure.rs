//! Structure of the file: what a reader observed. Its own words are English and stand as they are; the sentence around them
//! says in each language what kind of thing it saw, which the rule, being wider, does not.

use wimproof_wim::AnomalyKind;

use super::{Phrase, PhraseId, Said, Texts, phrases, text};
use crate::sighting::{Observation, Trouble};

/// A phrase for each kind of oddity, and for what else can be observed.
macro_rules! observed {
    ($($kind:ident: $name:ident = $id:literal, $zh:literal;)+) => {
        phrases! {
            $($name = $id, "{0}", $zh;)+
            OTHERWISE_ODD = "otherwise-odd", "{0}", "其他异常：{0}";
            NOT_READABLE = "not-readable", "{0}", "无法读取：{0}";
            NOT_ACCESSIBLE = "not-accessible", "{0}", "来源未能提供数据：{0}";
            NOT_A_FACTS_FILE = "not-a-facts-file", "{0}", "特征文件无法读取：{0}";
            METADATA_DAMAGED = "metadata-damaged", "{0}", "元数据资源损坏：{0}";
            CONTENT_DAMAGED = "content-damaged", "{0}", "文件内容损坏：{0}";
            SLOT_DIFFERS = "slot-differs", "{0}", "与完整性表不符：{0}";
            NOT_SUPPORTED = "not-supported", "{0}", "尚不支持的格式特性：{0}";
            IS_ENCRYPTED = "is-encrypted", "{0}", "已加密：{0}";
        }

        fn of_anomaly(kind: AnomalyKind) -> PhraseId {
            match kind {
                $(AnomalyKind::$kind => PhraseId::$name,)+
                // Whatever a newer reader finds odd.
                _ => PhraseId::OTHERWISE_ODD,
            }
        }
    };
}

observed! {
    WriteInProgress: WRITING = "writing", "写入未完成：{0}";
    BootIndexOutOfRange: BOOT_INDEX = "boot-index", "启动索引所指镜像不存在：{0}";
    BootMetadataMismatch: BOOT_MISMATCH = "boot-mismatch", "文件头中的启动元数据不属于启动镜像：{0}";
    AmbiguousCompression: TWO_CODECS = "two-codecs", "压缩标志互相矛盾：{0}";
    ReservedHeaderBits: HEADER_BITS = "header-bits", "文件头的保留位或保留字节被置位：{0}";
    IncompleteBySpecification: HALF_A_FILE = "half-a-file", "该文件仅含元数据或仅含资源：{0}";
    XmlMissing: XML_MISSING = "xml-missing", "没有 XML 数据：{0}";
    XmlWithoutByteOrderMark: XML_BOM = "xml-bom", "XML 缺少字节序标记：{0}";
    XmlBadUtf16: XML_UTF16 = "xml-utf16", "XML 不是有效的 UTF-16：{0}";
    XmlRepeatedElement: XML_REPEATED = "xml-repeated", "XML 元素重复，取值因工具而异：{0}";
    XmlSplitText: XML_SPLIT = "xml-split", "XML 的值被注释、CDATA 或元素拆开：{0}";
    XmlOddNumber: XML_NUMBER = "xml-number", "XML 中的数字或时间写法异常：{0}";
    XmlExcess: XML_EXCESS = "xml-excess", "XML 内容过长，已截断：{0}";
    XmlImplausibleTime: XML_TIME = "xml-time", "XML 中的时间不可能成立：{0}";
    XmlImageIndex: XML_INDEX = "xml-index", "IMAGE 元素缺失、多余、无编号或次序错乱：{0}";
    BlobTableOddLength: TABLE_LENGTH = "table-length", "数据表长度不是表项长度的整数倍：{0}";
    DuplicateBlob: BLOB_TWICE = "blob-twice", "两个表项的 SHA-1 相同：{0}";
    BlobWithoutHash: BLOB_NO_HASH = "blob-no-hash", "有内容的表项没有 SHA-1：{0}";
    UnknownBlobFlags: BLOB_FLAGS = "blob-flags", "表项带有无意义的标志位：{0}";
    FreeBlob: BLOB_FREE = "blob-free", "表项被标记为空闲空间：{0}";
    DeletedImage: BLOB_DELETED = "blob-deleted", "已无镜像使用的元数据：{0}";
    MetadataInSolid: METADATA_SOLID = "metadata-solid", "元数据位于固实资源中：{0}";
    ForeignPart: PART_FOREIGN = "part-foreign", "分卷缺失、重复或不属于同一组：{0}";
    WrongReferenceCount: COUNT_REFERENCES = "count-references", "引用计数与实际引用数不符：{0}";
    BadSolidRun: SOLID_RUN = "solid-run", "固实资源的表项与其不符：{0}";
    OverlappingResources: RESOURCES_SHARE = "resources-share", "两个资源使用文件中的同一段字节：{0}";
    ImpossibleResource: RESOURCE_SIZE = "resource-size", "资源超出文件或大小不可能成立：{0}";
    UnaccountedBytes: BYTES_OF_NONE = "bytes-of-none", "存在不属于任何资源的字节：{0}";
    HiddenImage: IMAGES_SURPLUS = "images-surplus", "镜像数多于文件头所述：{0}";
    MissingImage: IMAGES_LACKING = "images-lacking", "镜像数少于文件头所述：{0}";
    SharedMetadata: METADATA_SHARED = "metadata-shared", "元数据资源被标记为由多个镜像共用：{0}";
    BadIntegrityTable: TABLE_INTEGRITY = "table-integrity", "完整性表与自身或文件矛盾：{0}";
    ForbiddenName: NAME_FORBIDDEN = "name-forbidden", "Windows 不允许的文件名或数据流名：{0}";
    NameWithoutEnd: NAME_ENDLESS = "name-endless", "名称没有结尾的 NUL：{0}";
    DuplicateName: NAME_TWICE = "name-twice", "同一目录中有两个同名条目：{0}";
    NameBadUtf16: NAME_UTF16 = "name-utf16", "名称不是有效的 UTF-16：{0}";
    BadSecurityId: SECURITY_ID = "security-id", "安全标识超出描述符表：{0}";
    DuplicateStream: STREAM_TWICE = "stream-twice", "同一条目有两个相同的数据流：{0}";
    MisplacedStream: STREAM_MISPLACED = "stream-misplaced", "数据流位于读取程序不会查找之处：{0}";
    HardLinkMismatch: LINKS_DIFFER = "links-differ", "同组硬链接的内容、属性或时间不同：{0}";
    HardLinkConflict: LINKS_CONFLICT = "links-conflict", "同一文件的硬链接在数据流、权限或加密上说法不一：{0}";
    ChildrenOfFile: FILE_PARENT = "file-parent", "文件带有子项：{0}";
    ChildrenOfReparsePoint: REPARSE_PARENT = "reparse-parent", "重解析点带有子项：{0}";
    UnreachableMetadata: METADATA_UNREACHED = "metadata-unreached", "元数据中有任何目录都无法到达的字节：{0}";
    OddRoot: ROOT_ODD = "root-odd", "根目录带有名称或并列条目：{0}";
    MissingBlob: BLOB_LACKING = "blob-lacking", "文件内容不在数据表中：{0}";
    CountsDisagree: XML_COUNTS = "xml-counts", "XML 中的文件数、目录数或字节数与文件树不符：{0}";
}

/// What a reader observed.
pub(in crate::judge) fn said_of(observation: &Observation) -> Said {
    let phrase = match observation.trouble {
        Trouble::Anomaly(kind) => of_anomaly(kind),
        // What a medium tells has phrases of its own.
        Trouble::Medium(_) => PhraseId::OTHERWISE_ODD,
        Trouble::Unreadable => PhraseId::NOT_READABLE,
        Trouble::Inaccessible => PhraseId::NOT_ACCESSIBLE,
        Trouble::BadFactsFile => PhraseId::NOT_A_FACTS_FILE,
        Trouble::DamagedMetadata => PhraseId::METADATA_DAMAGED,
        Trouble::DamagedContent => PhraseId::CONTENT_DAMAGED,
        Trouble::BadSlot => PhraseId::SLOT_DIFFERS,
        Trouble::Unsupported => PhraseId::NOT_SUPPORTED,
        Trouble::Encrypted => PhraseId::IS_ENCRYPTED,
    };
    phrase.of([text(&observation.detail)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_oddity_has_its_sentence() {
        let ids: std::collections::BTreeSet<&str> =
            AnomalyKind::ALL.iter().map(|kind| of_anomaly(*kind).phrase().id).collect();
        assert_eq!(ids.len(), AnomalyKind::ALL.len());
        assert!(!ids.contains(PhraseId::OTHERWISE_ODD.phrase().id));
    }
}
