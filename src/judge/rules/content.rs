//! Content and health: does an image hold what its own manifests say? `WP3001` to `WP3039` are about the component store.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    COMPONENT_CONTENT_LACKING = "WP3002" Deny damage, "content of a component missing", "组件文件的内容缺失",
        "A file of the component store refers to content that the image file does not hold. What is deployed from it lacks the file. Fetch the image again, or for a split set all of its parts.",
        "组件存储中的文件所引用的内容不在镜像文件中，部署后该文件将缺失。请重新获取镜像；若为分卷镜像，请取齐所有分卷。";
    COMPONENT_WITHOUT_MANIFEST = "WP3004" Warn, "component without manifest", "组件没有清单",
        "The component store has a folder for a component but no manifest that says what belongs in it. Left behind by tools that remove components, or copied in by hand.",
        "组件存储中有该组件的文件夹，却没有说明其内容的清单。可能是精简工具的残留，或由人手工复制。";
    COMPONENT_VERSION_CEILING = "WP3015" Deny, "component version that no update replaces", "组件版本高到任何更新都无法替换",
        "A part of the version of a component is 65535. Builders of modified images use such versions to override components of Windows for good: updates never replace them.",
        "组件版本中有一段为 65535。修改镜像的工具用这种版本永久覆盖 Windows 组件，更新永远不会替换它。";
    SERVICING_UNFINISHED = "WP3016" Warn, "servicing not completed", "维护操作未完成",
        "The component store holds files of an operation that was begun and not completed. It goes on at the first start of each PC, or fails there. Complete it before the image is captured.",
        "组件存储中有尚未完成的维护操作。该操作会在每台电脑首次启动时继续执行，或在那里失败。请在捕获镜像前完成。";
    NO_COMPONENT_STORE = "WP3018" Info, "no component store", "没有组件存储",
        "The image has no folder Windows\\WinSxS, so there is nothing to judge its health by: it holds no Windows, or one without its component store.",
        "镜像中没有 Windows\\WinSxS 文件夹，无从判断其健康状况：其中没有 Windows，或缺少组件存储。";
}
