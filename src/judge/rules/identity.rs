//! Identity: is it the image that was approved?

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    NOT_IN_REGISTRY = "WP1001" Deny, "image not in the registry", "镜像未登记",
        "No approval knows this image: neither its digest nor a name it claims. If it should be used, have it approved with `wimproof registry approve`.",
        "没有任何批准记录与该镜像相符：其摘要和所声明的名称均未登记。如确需使用，请通过 `wimproof registry approve` 审批。";
    REVOKED = "WP1002" Deny, "approval revoked", "批准已被撤销",
        "The image was approved and the approval was taken back. The finding says when and why.",
        "该镜像曾获批准，但批准已被撤销。结果中给出撤销的时间和原因。";
    IMPERSONATION = "WP1003" Deny, "claims to be an approved image", "冒充已批准的镜像",
        "The image carries the name (or the creation time) of an approved image, but other facts differ. Names and dates in a WIM are protected by nothing; the digest decides. The table of compared facts shows what agrees and what does not.",
        "该镜像带有已批准镜像的名称（或创建时间），但其他特征不符。WIM 中的名称和日期没有任何保护，以摘要为准。对照表列出相符与不符之处。";
    OUT_OF_SCOPE = "WP1004" Deny, "approved for another scope", "批准范围不符",
        "The approval names scopes, and the one this check was made for is not among them. Give the right one with --scope, or have the image approved for it.",
        "批准记录限定了使用范围，而本次检查的范围不在其中。请用 --scope 指定正确的范围，或为该范围另行审批。";
    NOT_VALID_NOW = "WP1005" Deny, "approval expired or not yet valid", "批准已过期或尚未生效",
        "The approval holds for a time that does not include now, or was written later than now: an approval that does not say from when it holds counts from when it was written, to five minutes.",
        "当前时间不在批准的有效期内，或批准写于当前时间之后：未注明起始时间的批准自写入时起有效，允许五分钟误差。";
    SUPERSEDED = "WP1006" Deny, "superseded by another image", "已被其他镜像取代",
        "Another approved image took the place of this one. Deploy the successor that the finding names.",
        "已有另一批准镜像取代该镜像，请部署结果中给出的后继镜像。";
    WEAK_MATCH = "WP1008" Warn, "only claims match", "仅声明信息相符",
        "What is known agrees with an approval, but no digest could be compared: claims can be forged. Check the file itself with --assurance declared, or record a digest with the approval.",
        "已知信息与某条批准相符，但没有可比对的摘要，声明可以伪造。请用 --assurance declared 检查文件本身，或在批准中记录摘要。";
    CONFUSABLE_NAME = "WP1010" Deny, "name looks like an approved one", "名称与已批准名称形似",
        "The name is not that of an approved image, but looks like it: full-width or foreign letters, invisible characters, other blanks. Legitimate images have no reason for this.",
        "该名称与已批准镜像的名称不同但形似：使用了全角或其他文字的字母、不可见字符或特殊空格。正常镜像没有理由如此。";
    ODD_CREATION_TIME = "WP1011" Warn, "creation time cannot be right", "创建时间不可信",
        "The image claims to be created in the future, or holds files written long after its claimed creation and modification.",
        "镜像声明的创建时间在未来，或其中文件的写入时间明显晚于所声明的创建和修改时间。";
    RENAMED = "WP1013" Warn, "approved content under other labels", "已批准内容使用了不同标签",
        "The tree of files is that of an approved image, but the labels (name, description, edition ...) are not those it was approved with. Tools that choose an image by its name may choose wrongly.",
        "文件树与已批准镜像一致，但标签（名称、描述、版本等）与批准时不同。按名称选择镜像的工具可能选错。";
    HOSTILE_NAME = "WP1014" Warn, "name is not what it seems", "名称与所见不一致",
        "A name holds control characters, bidirectional overrides or zero-width characters, or letters that imitate others (full-width, mathematical): it is read otherwise than it is. What does not show is escaped in all output.",
        "名称中含有控制字符、双向文字控制符、零宽字符或仿冒字母（全角、数学字母等），显示与实际不一致。不可见字符在所有输出中均已转义。";
    ALTERED_FILE = "WP1015" Deny damage, "approved file with other bytes", "已批准文件的字节被改动",
        "The file has the length of the file that was approved, and holds the same image, but it is not the same bytes: something in it was edited in place, perhaps a name, a date or the GUID. An exported copy has another length.",
        "该文件与获批准的文件长度相同且镜像相同，但字节不同：其中内容被就地修改，可能是名称、日期或 GUID。导出的副本长度会不同。";
    OTHERS_NAME = "WP1016" Deny, "approved content under the name of another approved image", "已批准内容冒用另一批准镜像的名称",
        "The tree of files is that of one approved image, the name is that of another. Tools that choose an image by its name would install the wrong one.",
        "文件树属于某一已批准镜像，名称却属于另一已批准镜像。按名称选择镜像的工具会装错。";
}
