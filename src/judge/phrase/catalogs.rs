//! What the checks of catalogs say.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    MISNAMED = "catalog-misnamed", "{0} is not named by the SHA-256 of its bytes", "{0} 的名称不是其内容的 SHA-256";
    SELF_SIGNED = "catalog-self-signed", "{0} is signed by {1}, a certificate that signed itself",
        "{0} 由自签名证书 {1} 签名";
    UNANCHORED = "catalog-unanchored",
        "{0} is signed by {1}, whose issuer is {2}: the chain ends at no pinned certificate",
        "{0} 由 {1} 签名，其颁发者为 {2}：证书链未终止于固定的证书";
    UNTIMELY = "catalog-untimely",
        "{0} was signed at {1} as its countersignature says, when the certificate of {2} was not valid: that is from {3} to {4}",
        "{0} 的副署时间为 {1}，而 {2} 的证书当时无效：其有效期为 {3} 至 {4}";
    CATALOG_ALTERED = "catalog-altered", "{0}: {1}", "{0}：{1}";
    CATALOG_UNCHECKED = "catalog-unchecked", "{0} has {1}, which is not checked", "{0} 的签名方式为 {1}，未作检查";
    CATALOG_UNREADABLE = "catalog-unreadable", "{0} cannot be read: {1}", "{0} 无法读取：{1}";
    PACKAGE_UNLISTED = "package-unlisted", "the catalog of {0} does not list it", "{0} 的编录中没有列出它";
    PACKAGE_WITHOUT_CATALOG = "package-without-catalog", "{0} has no catalog that can be read",
        "{0} 没有可读的编录";
    CATALOGS_LEFT_OUT = "catalogs-left-out", "there are more packages and catalogs than are looked at",
        "程序包和编录的数量超出查看范围";
    MANIFESTS_UNSIGNED = "manifests-unsigned", "{0} of {1} manifests are in no trusted catalog",
        "{1} 个清单中有 {0} 个不在任何可信编录中";
}
