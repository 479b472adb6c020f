//! Identity.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    APPROVAL = "approval", "approval {0} ({1})", "批准 {0}（{1}）";
    ALTERED = "altered", "SHA-256 of the file is {0}, of the approved file of this length {1}",
        "该文件的 SHA-256 为 {0}，而同样长度的已批准文件为 {1}";
    ITS_TITLE = "its-title", "its {0} {1} is the title of {2}", "其 {0} {1} 是{2}的标题";
    ITS_NAME = "its-name", "its {0} {1} is the name {2} of {3}", "其 {0} {1} 是{3}的名称 {2}";
    OTHERS_NAME = "others-name", "the content is that of {0}, {1}", "内容属于{0}，{1}";
    OTHER_SCOPE = "other-scope", "{0} holds for {1}, not for {2}", "{0}仅适用于 {1}，不适用于 {2}";
    NO_SCOPE = "no-scope", "{0} holds for {1}, and this check names no scope", "{0}仅适用于 {1}，而本次检查未指定范围";
    REVOKED = "revoked", "{0} was revoked at {1}: {2}", "{0}已于 {1} 被撤销：{2}";
    NO_REASON = "no-reason", "no reason given", "未说明原因";
    REVOKED_LATER = "revoked-later", "{0}: the same image was revoked later", "{0}：同一镜像后来已被撤销";
    SUPERSEDED = "superseded", "{0} was superseded by {1} from {2}", "{0}自 {2} 起已被 {1} 取代";
    HOLDS = "holds", "{0} holds from {1} until {2}", "{0}的有效期自 {1} 至 {2}";
    WRITTEN_AFTER = "written-after", "{0} was written at {1}, and this check is as of {2}: a clock is wrong, or --now names an earlier time",
        "{0}写于 {1}，而本次检查的时间为 {2}：时钟有误，或 --now 指定了更早的时间";
    EVER = "ever", "ever", "不限";
    ROGUE_CONTENT = "rogue-content",
        "no approval knows {0}: its content (tree {1}) is in no approval, nor is a name it claims",
        "没有批准记录与{0}相符：其内容（tree {1}）和所声明的名称均未登记";
    ROGUE_CLAIMS = "rogue-claims",
        "no approval knows {0}: no approved image has a name it claims (its content was not looked at)",
        "没有批准记录与{0}相符：没有已批准镜像使用其所声明的名称（未查看内容）";
    ROGUE_TOLD = "rogue-told", "no approval knows {0}: no approved image has a name it claims",
        "没有批准记录与{0}相符：没有已批准镜像使用其所声明的名称";
    NAMELESS = "nameless", "an image without a name", "无名称的镜像";
    WEAK = "weak",
        "{0} facts agree with {1} and none contradicts it, but no digest could be compared: {2}",
        "{0} 项特征与{1}相符且没有矛盾，但没有可比对的摘要：{2}";
    ONLY_CLAIMS = "only-claims", "only claims were looked at", "只查看了声明信息";
    NO_DIGEST = "no-digest", "the approval records no digest", "批准记录中没有摘要";
    DIGEST_OF = "digest-of", "a digest, or time and build, are those of {0}", "某个摘要或时间与内部版本号与{0}相同";
    DIFFERS = "differs", "{0}; {1} facts agree, but {2} differs", "{0}；{1} 项特征相符，但 {2} 不符";
    DIFFER = "differ", "{0}; {1} facts agree, but {2} differ", "{0}；{1} 项特征相符，但 {2} 不符";
    NOT_IN_FORCE = "not-in-force", "{0} (which is {1})", "{0}（其状态为 {1}）";
    LOOKS_LIKE = "looks-like", "{0} looks like the approved {1}", "{0} 形似已批准的 {1}";
    INVISIBLE = "invisible", "{0} holds characters that do not show, or change how it shows: {1}",
        "{0} 含有不可见字符，或会改变显示方式的字符：{1}";
    IMITATING = "imitating", "{0} holds letters that imitate others: {1}", "{0} 含有仿冒其他字母的字符：{1}";
    LABEL_IS = "label-is", "{0} is {1}, approved as {2}", "{0} 为 {1}，批准时为 {2}";
    AND = "and", "{0}; {1}", "{0}；{1}";
    IN_FUTURE = "in-future", "{0} lies in the future: {1}", "{0} 的时间在未来：{1}";
    WRITTEN_LATER = "written-later",
        "a file of the image was written on {0}, the image claims to be finished on {1}",
        "镜像中有文件写于 {0}，而镜像声明完成于 {1}";
}
