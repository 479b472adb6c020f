//! What the checks of an image's health say.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    FURTHER = "content-further", "and {0} more", "另有 {0} 项";
    CONTENT_LACKING = "content-lacking",
        "file {1} of component {0} needs content {2}, which the image file lacks",
        "组件 {0} 的文件 {1} 需要内容 {2}，而镜像文件中没有";
    WITHOUT_MANIFEST = "component-without-manifest",
        "component {0} has a folder and no manifest", "组件 {0} 有文件夹而没有清单";
    UNFINISHED = "servicing-unfinished",
        "{0} is left of an operation that was not completed", "{0} 是未完成操作的残留";
    VERSION_CEILING = "component-version-ceiling",
        "component {0} has a version that no update replaces", "组件 {0} 的版本任何更新都无法替换";
    NO_STORE = "no-component-store", "the image has no component store", "镜像没有组件存储";
}
