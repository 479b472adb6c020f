//! The registry, and who vouches for it.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    HEAD_NOT_SIGNED = "head-not-signed", "no trusted key signed the head; one of {0} would do",
        "登记册头部未由受信任的密钥签名；需由 {0} 之一签名";
    HEAD_SIGNATURE = "head-signature", "the signature of {0} does not fit the head", "{0} 的签名与登记册头部不符";
    LOG_ROLLED_BACK = "log-rolled-back", "the log has {0} entries, but {2} has seen {1}",
        "日志有 {0} 个条目，而{2}曾见过 {1} 个";
    FORKED = "forked", "the first {0} entries are not those that {1} has seen", "前 {0} 个条目与{1}曾见过的不同";
    THIS_GATE = "this-gate", "this gate", "本检查点";
    WITNESS = "witness", "the witness {0}", "见证方 {0}";
    OTHER_ORIGIN = "other-origin", "this is the registry {0}, the trust file is for {1}",
        "此登记册为 {0}，而信任文件针对 {1}";
    STALE = "stale", "the newest signed time is {0}; the trust file allows {1} hours", "最新的签名时间为 {0}；信任文件允许 {1} 小时";
    NEVER_SIGNED = "never-signed", "none", "无";
    SIGNED_IN_FUTURE = "signed-in-future", "signed at {0}, but it is {1} here", "签名时间为 {0}，而此处时间为 {1}";
    NO_QUORUM = "no-quorum", "{0} witnesses signed a head, the trust file asks for {1}",
        "有 {0} 个见证方签署了头部，信任文件要求 {1} 个";
    BAD_TICKET = "bad-ticket", "it cannot be used: {0}", "无法使用：{0}";
    TICKET_KNOWS = "ticket-knows", "{0} by a ticket of the log at {1} entries, signed at {2}: what was revoked later is not known",
        "{0}依据凭单，日志当时有 {1} 个条目，签名时间 {2}：此后的撤销不得而知";
    LACKS_SIGNATURES = "lacks-signatures", "{0} has {1} of {2} signatures of approvers",
        "{0}仅有 {1} 个批准人签名，要求 {2} 个";
    BAD_SIGNATURES = "bad-signatures", "{0} has {1} of {2} signatures of approvers; these do not count: {3}",
        "{0}仅有 {1} 个批准人签名，要求 {2} 个；以下签名无效：{3}";
    UNKNOWN_KEYS = "unknown-keys", "{0} has {1} of {2} signatures of approvers; others are by keys that are not trusted: {3}",
        "{0}仅有 {1} 个批准人签名，要求 {2} 个；另有不受信任的密钥所作的签名：{3}";
    UNWITNESSED = "unwitnessed", "{0} was not seen by enough witnesses yet", "{0}尚未得到足够见证方的见证";
    ENTRIES_REMOVED = "entries-removed", "{0}: has {1} entries, the head says {2}: entries were removed",
        "{0}：有 {1} 个条目，而头部为 {2} 个：有条目被移除";
    ENTRIES_UNCOUNTED = "entries-uncounted",
        "{0}: has {1} entries that the head does not count: a writer was interrupted, or the head was put back to an earlier state; if the entries are right, `wimproof registry rebuild` counts them",
        "{0}：有 {1} 个条目未计入头部：写入曾被中断，或头部被回退；如条目无误，`wimproof registry rebuild` 会将其计入";
    ROOT_DIFFERS = "root-differs", "{0}: Merkle root {1} of {2} entries, the head says {3}: an entry was changed",
        "{0}：{2} 个条目的 Merkle 根为 {1}，而头部为 {3}：有条目被改动";
    REGISTRY_TELLS = "registry-tells", "{0}", "登记册无法使用：{0}";
}
