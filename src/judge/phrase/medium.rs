//! The medium that an image lies in.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    MEDIUM_DIFFERS = "medium-differs", "{0} lies elsewhere by {2} than by {1}", "{0} 在 {2} 中的位置与 {1} 中不同";
    MISMEASURED = "mismeasured", "{0} has {2} bytes by {1} and {4} by {3}", "{0} 按 {1} 为 {2} 字节，按 {3} 为 {4} 字节";
    ONLY_IN = "only-in", "{0} is shown by {1} and not by {2}", "{0} 出现在 {1} 中，而不在 {2} 中";
    BAD_TREE = "bad-tree", "{0}: {1}", "{0}：{1}";
    MEDIUM_ANSWERS = "medium-answers", "Setup takes its answers from {0}", "安装程序将采用 {0} 中的应答";
    OEM_FILES = "oem-files", "{0} holds files for the installed system: {1}", "{0} 含有要复制到已安装系统的文件：{1} 个";
    MEDIUM_SCRIPT = "medium-script", "Setup runs {0} at its end", "安装程序结束时运行 {0}";
    EDITION = "edition", "{0} says {1}", "{0} 指定 {1}";
    PRODUCT_KEY = "product-key", "{0} holds a product key", "{0} 含有产品密钥";
    SETUP_BOOT = "setup-boot", "{0} is in no approval, and is not counted", "{0} 没有批准记录，不计入结论";
}
