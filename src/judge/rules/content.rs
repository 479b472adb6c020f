//! Content and health: does an image hold what its own manifests say? `WP3001` to `WP3039` are about the component store.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    COMPONENT_FILE_CORRUPT = "WP3001" Deny damage, "file of a component corrupt", "组件文件损坏",
        "A file in the component store is not the one that the manifest of its component names. The damage was captured with the image, so no hash of the image file shows it. Every PC deployed from it fails at updates that build on the file. Do not deploy it; rebuild the image from a healthy source.",
        "组件存储中的文件与其组件清单所载不符。损坏是随镜像一同捕获的，镜像文件自身的校验无法发现。由其部署的每台电脑在安装以该文件为基础的更新时都会失败。请勿部署，并从完好的来源重新制作镜像。";
    COMPONENT_CONTENT_LACKING = "WP3002" Deny damage, "content of a component missing", "组件文件的内容缺失",
        "A file of the component store refers to content that the image file does not hold. What is deployed from it lacks the file. Fetch the image again, or for a split set all of its parts.",
        "组件存储中的文件所引用的内容不在镜像文件中，部署后该文件将缺失。请重新获取镜像；若为分卷镜像，请取齐所有分卷。";
    COMPONENT_FILE_EMPTY = "WP3003" Deny, "file of a component empty", "组件文件为空",
        "A file in the component store is empty, and its manifest says that it is not. Where the manifests were not read, this is a warning: some files of Windows are empty.",
        "组件存储中的文件为空，而其清单并非如此。若未读取清单，则仅为警告：Windows 确有一些空文件。";
    COMPONENT_WITHOUT_MANIFEST = "WP3004" Warn, "component without manifest", "组件没有清单",
        "The component store has a folder for a component but no manifest that says what belongs in it. Left behind by tools that remove components, or copied in by hand.",
        "组件存储中有该组件的文件夹，却没有说明其内容的清单。可能是精简工具的残留，或由人手工复制。";
    COMPONENT_FILE_ABSENT = "WP3005" Warn, "file of a component absent", "组件文件不存在",
        "A manifest lists a file that is not in the folder of its component, nor a differential that makes it. Repair and updates of the component fail.",
        "清单所列文件不在组件文件夹中，也没有可生成它的差分文件。该组件的修复与更新将失败。";
    COMPONENT_FILE_UNLISTED = "WP3006" Warn, "file that no manifest lists", "清单未列出的文件",
        "The folder of a component holds a file that its manifest does not list. Windows does not put such files there.",
        "组件文件夹中有清单未列出的文件，Windows 不会在此放置这样的文件。";
    COMPONENT_FILE_NOT_AS_IN = "WP3007" Deny, "file of a component not as in the reference", "组件文件与参考镜像不同",
        "The same file of the same version of a component has another content in the reference or approved image. One of the two is wrong; the approved one is taken to be right.",
        "同一组件同一版本的同一文件，在参考镜像或已批准镜像中内容不同。两者必有一错，以已批准者为准。";
    COMPONENT_FILE_NOT_AS_BESIDE = "WP3008" Deny, "file of a component not as in the other images of the file", "组件文件与同一文件中的其他镜像不同",
        "The same file of the same version of a component has another content in another image of the same image file. At least one of them is wrong.",
        "同一组件同一版本的同一文件，在同一镜像文件的另一镜像中内容不同，其中至少有一个是错的。";
    MANIFEST_OF_ANOTHER = "WP3009" Deny, "manifest of another component", "清单属于另一组件",
        "The identity in a manifest does not give the name of its file: it was renamed or edited, or does not decode to what was stored. What it lists cannot be trusted.",
        "清单中的标识推算不出其文件名：清单被改名或编辑过，或解码结果并非原文。其内容不可信。";
    MANIFEST_UNREADABLE = "WP3010" Deny damage, "manifest cannot be read", "清单无法读取",
        "A manifest is neither text nor a compressed manifest that decodes. Windows cannot service the component.",
        "清单既不是文本，也不是可解码的压缩清单。Windows 无法维护该组件。";
    NO_BASE_MANIFEST = "WP3011" Warn, "compressed manifests cannot be read", "压缩清单无法读取",
        "Manifests are compressed against a base that stands in wcp.dll of the servicing stack, and none was found in the image. The files of these components were not judged.",
        "清单以服务堆栈 wcp.dll 中的基准清单压缩，而镜像中没有找到它。这些组件的文件未作判断。";
    DIFFERENTIAL_CHECKSUM = "WP3012" Info, "checksum of a differential", "差分文件的校验和",
        "A file in the folder f, r or n of a component, from which an update makes another version of a file, begins with a checksum of what follows, and the two do not fit; or it has no form that is known to begin with one. Updates that need it fail. How many of an untouched image are like this is not known. Needs the depth payloads.",
        "组件的 f、r 或 n 文件夹中有供更新生成文件其他版本的差分文件，其开头是其后内容的校验和，而两者不符；或者其格式并非已知带校验和的格式。需要该文件的更新将失败。未经改动的镜像中有多少如此尚不清楚。需要 payloads 深度。";
    FILE_NOT_FROM_STORE = "WP3013" Warn, "file of Windows not from the component store", "系统文件并非来自组件存储",
        "A file in System32 or another folder of Windows is none of those that the component store has for this place. It was replaced after installation; checks that look at the store alone do not see it.",
        "System32 等系统文件夹中的文件与组件存储中的任何版本都不同。它在安装后被替换，只检查组件存储的工具看不到。";
    HARD_LINKS_LOST = "WP3014" Warn, "hard links lost", "硬链接丢失",
        "Almost no file of the image is a hard link, where some 40 % of the bytes of Windows are. The image was captured by a tool that copies each name: files take their space twice, and updates of one name do not reach the other.",
        "镜像中几乎没有硬链接，而正常 Windows 约有 40% 的字节为硬链接。捕获工具把每个名称都当作独立文件复制：占用双份空间，且更新一处不会影响另一处。";
    COMPONENT_VERSION_CEILING = "WP3015" Deny, "component version that no update replaces", "组件版本高到任何更新都无法替换",
        "A part of the version of a component is 65535. Builders of modified images use such versions to override components of Windows for good: updates never replace them.",
        "组件版本中有一段为 65535。修改镜像的工具用这种版本永久覆盖 Windows 组件，更新永远不会替换它。";
    SERVICING_UNFINISHED = "WP3016" Warn, "servicing not completed", "维护操作未完成",
        "The component store holds files of an operation that was begun and not completed. It goes on at the first start of each PC, or fails there. Complete it before the image is captured.",
        "组件存储中有尚未完成的维护操作。该操作会在每台电脑首次启动时继续执行，或在那里失败。请在捕获镜像前完成。";
    REPAIRABILITY = "WP3017" Info, "what another image could repair", "其他镜像可修复的内容",
        "Of the files of components that are corrupt, empty, without content or absent, so many are in the reference or approved image with the very bytes that the manifests of this image name: a repair with that image as source can bring those, and no others. Needs the depth manifests; of references the bytes are read, of approved images what was kept of them when every byte was read.",
        "组件中损坏、为空、缺少内容或不存在的文件里，有这么多在参考镜像或已批准镜像中正是本镜像清单所列的内容：以该镜像为来源的修复只能补回这些。需要 manifests 深度；参考镜像会读取内容，已批准镜像则依据当时读取全部字节时留存的记录。";
    NO_COMPONENT_STORE = "WP3018" Info, "no component store", "没有组件存储",
        "The image has no folder Windows\\WinSxS with components, so there is nothing to judge its health by: it holds no Windows, or one without its component store.",
        "镜像中没有含组件的 Windows\\WinSxS 文件夹，无从判断其健康状况：其中没有 Windows，或缺少组件存储。";
    COMPONENT_WITHOUT_FOLDER = "WP3019" Info, "components without files", "组件没有文件",
        "Manifests list files of components that have no folder. That is so where features were removed with their files; they can be added again from a source only.",
        "清单列有文件，而组件没有文件夹。删除功能及其文件后即如此，此后只能从来源重新添加。";
    MANIFEST_NOT_AS_IN = "WP3020" Warn, "manifest not as in the reference", "清单与参考镜像不同",
        "The manifest of the same version of a component is stored with other bytes in the reference or approved image. It may have been compressed anew, or edited.",
        "同一组件同一版本的清单，在参考镜像或已批准镜像中的存储字节不同。可能被重新压缩，也可能被编辑过。";
    COMPONENT_FILE_COMPRESSED = "WP3021" Info, "files of components compressed by servicing", "组件文件被维护程序压缩",
        "Files in the component store are compressed in a form of servicing that is not decoded here, so they could not be compared with their manifests.",
        "组件存储中的部分文件以维护程序的格式压缩，此处不解码，因此无法与清单比较。";
}
