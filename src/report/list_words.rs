//! The words of lists: the heads of their columns, and names that stand in their cells. Other forms than the human one
//! have the English ones.

use super::{
    html::labels,
    words::{named, words},
};
use crate::{
    judge::{Language, Severity, Texts, Verdict},
    registry::Status,
    sighting::{Assurance, FactKey},
};

/// The head of a column.
pub(super) fn head(name: &'static str, language: Language) -> &'static str {
    let zh = match name {
        "id" => "编号",
        "status" => "状态",
        "title" => "标题",
        "name" => "名称",
        "version" => "版本号",
        "created" => "创建时间",
        "basis" => "依据",
        "approved" => "批准时间",
        "what" => "项目",
        "value" | "says" => "内容",
        "entry" => "条目",
        "action" => "操作",
        "at" => "时间",
        "by" => "执行人",
        "subject" => "对象",
        "reason" => "原因",
        "rule" | "rules" => "规则",
        "severity" => "级别",
        "fact" => "特征",
        "first" => "前者",
        "second" => "后者",
        "folder" => "文件夹",
        "added" => "新增",
        "removed" => "移除",
        "changed" => "改动",
        "touched" => "仅属性",
        "verdict" => "结论",
        "unwaived" => "豁免前结论",
        "source" => "来源",
        "image" | "images" => "镜像",
        "approval" | "approvals" => "批准",
        "assurance" => "结论依据",
        "sha1" => "SHA-1 摘要",
        "size" => "大小",
        "offset" => "偏移",
        "size in wim" => "存储大小",
        "flags" => "标志",
        "references" => "引用数",
        "kind" => "类型",
        "attributes" => "属性",
        "written" => "写入时间",
        "path" => "路径",
        "waiver" => "豁免",
        "holds" => "是否有效",
        "expires" => "到期",
        "owner" => "负责人",
        "ticket" => "工单",
        "change" => "变化",
        other => other,
    };
    Texts { en: name, zh }.get(language)
}

words! {
    BY_HAND = "by hand", "手工填写";
    IN_FORCE = "in force", "有效";
    PENDING = "pending", "待签";
    NOT_YET_VALID = "not yet valid", "尚未生效";
    EXPIRED = "expired", "已过期";
    SUPERSEDED = "superseded", "已被取代";
    REVOKED = "revoked", "已撤销";
    ALLOW = "allow", "允许";
    FILE = "file", "文件";
    SOLID = "solid", "固实";
    METADATA = "metadata", "元数据";
}

/// Whether an approval holds.
pub(crate) fn status(status: Status, language: Language) -> String {
    let texts = match status {
        Status::InForce => IN_FORCE,
        Status::Pending => PENDING,
        Status::NotYetValid => NOT_YET_VALID,
        Status::Expired => EXPIRED,
        Status::Superseded => SUPERSEDED,
        Status::Revoked => REVOKED,
    };
    named(status.name(), texts, language)
}

/// On what an approval rests.
pub(crate) fn basis(basis: Option<Assurance>, language: Language) -> String {
    basis.map_or_else(|| BY_HAND.get(language).to_owned(), |basis| assurance(basis, language))
}

/// On what an answer rests.
pub(crate) fn assurance(assurance: Assurance, language: Language) -> String {
    named(&assurance.to_string(), labels::assurance(assurance), language)
}

/// A verdict.
pub(crate) fn verdict(verdict: Verdict, language: Language) -> String {
    named(verdict.name(), labels::verdict(verdict), language)
}

/// A verdict by the name that was kept of it; what has none of this version stays as it is.
pub(crate) fn verdict_named(name: &str, language: Language) -> String {
    let known = Verdict::ALL.iter().find(|verdict| verdict.name() == name);
    known.map_or_else(|| name.to_owned(), |known| verdict(*known, language))
}

/// An assurance by the name that was kept of it.
pub(crate) fn assurance_named(name: &str, language: Language) -> String {
    let all = [Assurance::Claimed, Assurance::Declared, Assurance::Verified];
    let known = all.into_iter().find(|assurance| assurance.to_string() == name);
    known.map_or_else(|| name.to_owned(), |known| assurance(known, language))
}

/// How much a rule weighs.
pub(crate) fn severity(severity: Severity, language: Language) -> String {
    named(severity.name(), labels::severity(severity), language)
}

/// A fact.
pub(crate) fn fact(key: FactKey, language: Language) -> String {
    named(key.name(), labels::fact(key), language)
}

/// What a content in a blob table is: `file`, `solid` or `metadata`.
pub(crate) fn blob_kind(name: &str, language: Language) -> String {
    let texts = match name {
        "solid" => SOLID,
        "metadata" => METADATA,
        _ => FILE,
    };
    named(name, texts, language)
}
