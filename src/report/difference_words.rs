//! What `diff` says.

use super::words::words;
use crate::judge::{Language, Texts};

words! {
    SAME = "the trees are the same", "目录树相同";
    TOUCHED = "of those touched, the contents are the same; what differs: {}", "仅属性不同者内容相同，不同之处：{}";
    ENTRIES_WITH = "{} {}", "{} 项{}";
    HIVE = "hive {}", "注册表配置单元 {}";
    NOT_COMPARED = "cannot be compared: {}", "无法比较：{}";
    DEFAULT = "(default)", "（默认）";
    MORE_VALUES = "and {} more values", "另有 {} 个值";
    MORE_KEYS = "and {} more keys", "另有 {} 个键";
    UNREADABLE = "{} keys or values cannot be read", "{} 个键或值无法读取";
    CUT_SHORT = "the hives are too large to be compared as a whole", "配置单元过大，未能完整比较";
    STORED_OTHERWISE = "no key or value differs: the files differ in how they are stored", "键和值均相同：文件仅存储方式不同";
    NONE = "none", "无";
    NOT_SHOWN = "{}, {} bytes, not shown", "{}，{} 字节，未显示";
    UNKNOWN_LENGTH = "unknown length", "长度未知";
    BYTES = "{} bytes", "{} 字节";
    ATTRIBUTES = "attributes", "属性";
    CREATED = "created", "创建时间";
    ACCESSED = "accessed", "访问时间";
    WRITTEN = "written", "写入时间";
    SHORT_NAME = "short name", "短名称";
    SECURITY = "security", "安全描述符";
    REPARSE_POINT = "reparse point", "重分析点";
    HARD_LINKS = "hard links", "硬链接";
    TAGGED_ITEMS = "tagged items", "标记项";
}

/// A property of an entry, by its name.
pub(crate) fn property(name: &'static str, language: Language) -> &'static str {
    let all = [
        ATTRIBUTES,
        CREATED,
        ACCESSED,
        WRITTEN,
        SHORT_NAME,
        SECURITY,
        REPARSE_POINT,
        HARD_LINKS,
        TAGGED_ITEMS,
    ];
    let known = all.into_iter().find(|texts: &Texts| texts.en == name);
    known.map_or(name, |texts| texts.get(language))
}
