//! Structure of the file: does it read in one way only, and is it whole?

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
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
}
