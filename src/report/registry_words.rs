//! What the commands that keep a registry say.

use super::words::words;
use crate::judge::Texts;

/// A key, and nothing else: it is put into files.
pub(crate) const KEY: Texts = Texts { en: "{}", zh: "{}" };

/// When something was decided.
pub(super) const AT: Texts = Texts { en: "{}", zh: "{}时间" };

words! {
    CREATED = "registry {} created in {}", "登记册 {} 已创建于 {}";
    APPROVED = "{} approved: {} (image {}, basis: {})", "{} 已批准：{}（镜像 {}，依据：{}）";
    REVOKED = "{} revoked: {}", "{} 已撤销：{}";
    SUPERSEDED = "{} superseded by {} from {}", "{} 由 {} 取代，自 {} 起";
    SIGNED = "{} signed", "{} 已签名";
    HEAD_SIGNED = "head of {} entries signed", "{} 个条目的头部已签名";
    HEAD_WITNESSED = "head of {} entries seen and signed", "{} 个条目的头部已见证并签名";
    KEYS_IN_EFFECT = "change {} of keys, A{}: in effect", "第 {} 次密钥变更，A{}：已生效";
    KEYS_WAIT = "change {} of keys, A{}: waits for signatures of root keys", "第 {} 次密钥变更，A{}：等待根密钥签名";
    REBUILT = "index made anew from {} entries", "已由 {} 个条目重建索引";
    VERIFIED = "{}: {} entries agree with root {}", "{}：{} 个条目与根 {} 相符";
    UNFINISHED = "behind them stand {} bytes of an unfinished entry, which count for nothing", "其后有未写完的条目 {} 字节，不计入";
    SIGNATURES_IGNORED = "its signatures were not looked at: no trust file says whom to believe", "未核对其签名：没有信任文件说明应相信谁";
    UNSIGNED = "it is not signed: whoever can write the folder can approve", "未签名：能写入该文件夹者即可批准";
    SIGNED_BY = "the head is signed by {}", "头部由 {} 签名";
    LACKING = "not in force, for lack of signatures: {}", "因签名不足而未生效：{}";
    INDEX_AGREES = "the index agrees", "索引相符";
    INDEX_USELESS = "the index is of no use and will be made anew: {}", "索引无法使用，将重建：{}";
    APPROVE = "approve", "批准";
    REVOKE = "revoke", "撤销";
    SUPERSEDE = "supersede", "取代";
    SIGN = "sign", "签名";
    KEYS = "keys", "密钥";
    FOREIGN = "foreign", "其他";
    BY_SUCCESSOR = "{} by {}", "{} 由 {}";
    CHANGE = "change {}", "第 {} 次变更";
    ID = "id", "编号";
    STATUS = "status", "状态";
    TITLE = "title", "标题";
    BASIS = "basis", "依据";
    SCOPES = "scopes", "范围";
    NOT_BEFORE = "not before", "生效时间";
    NOT_AFTER = "not after", "失效时间";
    WAS_APPROVED = "approved", "批准";
    WAS_REVOKED = "revoked", "撤销";
    WAS_SUPERSEDED = "superseded", "取代";
    BY = "{} by", "{}人";
    TICKET = "{} ticket", "{}工单";
    REASON = "{} reason", "{}原因";
    SUCCESSOR = "successor", "后继";
    SUPERSEDED_FROM = "superseded from", "取代生效时间";
}
