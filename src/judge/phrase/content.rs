//! What the checks of an image's health say.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    FURTHER = "content-further", "and {0} more", "另有 {0} 项";
    AND_FURTHER = "content-and-further", "{0} {1}", "{0}，{1}";
    PAYLOAD_CORRUPT = "component-file-corrupt",
        "component {0}, file {1}: the manifest says {2}, the image holds {3}",
        "组件 {0}，文件 {1}：清单为 {2}，镜像中为 {3}";
    COMPRESSED = "component-files-compressed",
        "{0} files are compressed and were not compared", "{0} 个文件已压缩，未作比较";
    CONTENT_LACKING = "content-lacking",
        "component {0}, file {1}: needs content {2}, which the image file lacks",
        "组件 {0}，文件 {1}：需要内容 {2}，而镜像文件中没有";
    PAYLOAD_EMPTY = "component-file-empty", "component {0}, file {1}: it is empty", "组件 {0}，文件 {1}：内容为空";
    WITHOUT_MANIFEST = "component-without-manifest",
        "component {0} has a folder and no manifest", "组件 {0} 有文件夹而没有清单";
    PAYLOAD_ABSENT = "component-file-absent",
        "component {0}, file {1}: listed in the manifest, not in the folder",
        "组件 {0}，文件 {1}：清单中有，文件夹中没有";
    PAYLOAD_UNLISTED = "component-file-unlisted",
        "component {0}, file {1}: in the folder, not listed in the manifest",
        "组件 {0}，文件 {1}：文件夹中有，清单中没有";
    NOT_AS_IN = "component-file-not-as-in",
        "component {0}, file {1}: its SHA-1 is {2}, in {3} it is {4}",
        "组件 {0}，文件 {1}：SHA-1 为 {2}，在 {3} 中为 {4}";
    MANIFEST_OF_ANOTHER = "manifest-of-another",
        "manifest of component {0}: its identity gives the name {1}",
        "组件 {0} 的清单：其标识推算出的名称为 {1}";
    MANIFEST_UNREADABLE = "manifest-unreadable", "manifest of component {0}: {1}", "组件 {0} 的清单：{1}";
    NO_BASE = "no-base-manifest",
        "{0} manifests are compressed, and the image has no base manifest to decode them",
        "{0} 份清单已压缩，而镜像中没有可用于解码的基准清单";
    NOT_FROM_STORE = "file-not-from-store",
        "{0} is none of the files that the store has for it (component {1})",
        "{0} 与组件存储中对应的文件都不同（组件 {1}）";
    LINKS_LOST = "hard-links-lost",
        "{0} of {1} bytes are hard links", "{1} 字节中仅 {0} 字节为硬链接";
    UNFINISHED = "servicing-unfinished",
        "{0} is left of an operation that was not completed", "{0} 是未完成操作的残留";
    VERSION_CEILING = "component-version-ceiling",
        "component {0} has a version that no update replaces", "组件 {0} 的版本任何更新都无法替换";
    CHECKSUM_WRONG = "differential-checksum-wrong",
        "component {0}, differential {1}: the CRC-32 that it begins with is not that of what follows",
        "组件 {0}，差分文件 {1}：开头的 CRC-32 与其后内容不符";
    WITHOUT_CHECKSUM = "differentials-without-checksum",
        "{0} differentials have no form that is known to begin with a checksum, and were not checked",
        "{0} 个差分文件的格式并非已知带校验和的格式，未作检查";
    COULD_RESTORE = "could-restore",
        "{0} holds {1} of the {2} broken files with the bytes that their manifests name",
        "{2} 个有问题的文件中，{0} 存有 {1} 个，且内容与清单一致";
    COULD_NOT_RESTORE = "could-not-restore", "{0}; not {1}", "{0}；不含 {1}";
    NO_STORE = "no-component-store", "the image has no component store", "镜像没有组件存储";
    COMPONENTS_LEFT_OUT = "components-left-out", "there are more components than are looked at", "组件的数量超出查看范围";
    WITHOUT_FOLDER = "components-without-folder",
        "{0} components have a manifest that lists files, and no folder",
        "{0} 个组件的清单列有文件，却没有文件夹";
    MANIFEST_NOT_AS_IN = "manifest-not-as-in",
        "manifest of component {0}: stored with other bytes than in {1}",
        "组件 {0} 的清单：存储字节与 {1} 中的不同";
}
