//! Catalogs: are the packages of an image signed by whom they seem to be? `WP3040` to `WP3049`.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    CATALOG_MISNAMED = "WP3040" Deny, "catalog not named by its hash", "编录名称与其哈希不符",
        "The catalogs in WinSxS\\Catalogs are named by the SHA-256 of their bytes. This one has another name than its bytes give: it was changed or put there by hand. Needs the depth manifests.",
        "WinSxS\\Catalogs 中的编录以其内容的 SHA-256 命名。该编录名称与内容不符：已被修改或由人放入。需要 manifests 深度。";
    CATALOG_FORGED = "WP3041" Deny, "catalog signed in Microsoft's name by another", "编录冒用微软名义签名",
        "The certificate that signed the catalog, or its issuer, bears the name of Microsoft, but its chain does not end at a certificate of Microsoft that is pinned here. Anyone can make a certificate with any name; images are modified with packages that are signed like this. Certificates of your own can be added with --roots. Needs the depth manifests.",
        "签名该编录的证书或其颁发者带有微软的名称，但其证书链并不终止于此处固定的微软证书。任何人都能制作任意名称的证书；修改版镜像常用这样签名的程序包。可用 --roots 添加本单位的证书。需要 manifests 深度。";
    CATALOG_FOREIGN = "WP3042" Warn, "catalog signed by somebody else", "编录由他人签名",
        "The chain of the catalog's signature does not end at a pinned certificate. Drivers of a maker may be signed like this; packages of Windows are not. Certificates of your own can be added with --roots. Needs the depth manifests.",
        "该编录签名的证书链并不终止于固定的证书。厂商驱动程序可能如此签名，Windows 程序包则不会。可用 --roots 添加本单位的证书。需要 manifests 深度。";
    CATALOG_ALTERED = "WP3043" Deny, "catalog changed after it was signed", "编录在签名后被更改",
        "The signature of the catalog is not one of its content, or there is none. What it lists cannot be relied on. Needs the depth manifests.",
        "该编录的签名与其内容不符，或没有签名。其所列内容不可信。需要 manifests 深度。";
    PACKAGE_UNLISTED = "WP3044" Deny, "package not in its catalog", "程序包不在其编录中",
        "The package's catalog does not list the package's own file (.mum): the file was changed, as those who forge editions of Windows do. Needs the depth manifests.",
        "程序包的编录中没有该程序包自身的文件（.mum）：该文件已被更改，伪造 Windows 版本者常如此。需要 manifests 深度。";
    PACKAGE_WITHOUT_CATALOG = "WP3045" Warn, "package without catalog", "程序包没有编录",
        "There is no readable catalog beside the package's file, so nothing says who made it. Needs the depth manifests.",
        "程序包文件旁没有可读的编录，无从得知其制作者。需要 manifests 深度。";
    MANIFESTS_UNSIGNED = "WP3046" Info, "manifests in no trusted catalog", "清单不在任何可信编录中",
        "Manifests of components stand in no catalog of the image whose chain ends at a pinned certificate. Catalogs of replaced updates may have been removed; how many manifests of an untouched image stand in none is not known. Needs the depth manifests.",
        "一些组件清单不在镜像中任何证书链终止于固定证书的编录内。被取代更新的编录可能已被移除；未经改动的镜像中有多少清单如此尚不清楚。需要 manifests 深度。";
    CATALOG_UNREADABLE = "WP3047" Warn, "catalog that cannot be read", "无法读取的编录",
        "The catalog is none, is damaged, or holds more than this program looks at. Needs the depth manifests.",
        "该文件不是编录、已损坏，或内容超出本程序的处理范围。需要 manifests 深度。";
    CATALOG_UNCHECKED = "WP3048" Info, "signature that is not checked", "未检查的签名",
        "The catalog is signed in a way that this program does not check, for example with SHA-1, which is no longer safe. Nothing rests on it. Needs the depth manifests.",
        "该编录的签名方式不在本程序的检查范围内，例如已不安全的 SHA-1。判断不以其为依据。需要 manifests 深度。";
    CATALOG_UNTIMELY = "WP3049" Warn, "signed when the certificate was not valid", "签名时证书无效",
        "The time in the countersignature of the catalog (PKCS#9 or RFC 3161) lies outside of the validity of the certificate that signed it. Genuine catalogs are countersigned while it is valid. That a certificate has expired since is no objection, and a catalog without a time raises none. The countersignature itself is not checked. Needs the depth manifests.",
        "编录副署（PKCS#9 或 RFC 3161）中的时间不在签名证书的有效期内。真正的编录都是在证书有效期内副署的。证书此后过期不构成问题，没有时间的编录也不会因此被指出。副署本身未作检查。需要 manifests 深度。";
}
