//! The registry: may its answer be trusted?

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    REGISTRY_TRUNCATED = "WP5003" Deny, "registry lost entries", "登记册条目丢失",
        "The log has fewer entries than its head says. A removed entry may be a revocation, so nothing is judged. Restore the registry from a copy.",
        "日志条目少于其头部所述。被移除的可能正是撤销记录，因此不作判断。请从副本恢复登记册。";
    REGISTRY_CHANGED = "WP5004" Deny, "registry was changed", "登记册被改动",
        "The log is not the one that its head describes: an entry was edited, removed or reordered. Nothing is judged. Restore the registry from a copy.",
        "日志与其头部不符：有条目被编辑、移除或重排。不作判断。请从副本恢复登记册。";
    INDEX_REBUILT = "WP5005" Info, "index of the registry not used", "未使用登记册索引",
        "The index was absent, in use, stale or damaged. The log was read instead; the answer is the same.",
        "索引缺失、被占用、过期或损坏，已改为直接读取日志，结论不受影响。";
    REGISTRY_UNCOUNTED = "WP5007" Deny, "registry has entries that its head does not count", "登记册存在未计入头部的条目",
        "The log holds whole entries behind its head: a writer was interrupted, or somebody put the head back to an earlier state. They may be revocations, so nothing is judged. If they are right, `wimproof registry rebuild` counts them.",
        "日志在其头部之后还有完整条目：写入曾被中断，或有人将头部回退。其中可能有撤销记录，因此不作判断。如确认无误，`wimproof registry rebuild` 会将其计入。";
    REGISTRY_UNREADABLE = "WP5008" Deny, "registry cannot be read", "登记册无法读取",
        "There is no registry at this place, or its files cannot be read or understood. Nothing is judged.",
        "该位置没有登记册，或其文件无法读取或理解。不作判断。";
    HEAD_NOT_SIGNED = "WP5010" Deny, "head of the registry not signed by a trusted key", "登记册头部未由受信任的密钥签名",
        "The trust file names the keys that sign the head of the registry. None of them signed this one, or a signature does not fit: whoever wrote it had no such key. Nothing is judged. Restore the registry from a copy; after a change of keys, look at the trust file.",
        "信任文件列出了可签署登记册头部的密钥，而此头部没有其中任何一个的有效签名：写入者不持有此类密钥。不作判断。请从副本恢复登记册；如更换过密钥，请检查信任文件。";
    REGISTRY_ROLLED_BACK = "WP5011" Deny, "registry is older than it was", "登记册被回退",
        "The log has fewer entries than this gate, or a witness, has seen. The missing ones may be revocations, so nothing is judged. Find the newest copy of the registry.",
        "日志条目少于本检查点或见证方曾见过的数量。缺失的可能正是撤销记录，因此不作判断。请找到登记册的最新副本。";
    REGISTRY_FORKED = "WP5012" Deny, "registry is another log than it was", "登记册与此前所见不是同一日志",
        "The entries that this gate, or a witness, has seen are not those that stand there now: history was rewritten, or somebody keeps two logs under one name. Nothing is judged. Whoever holds the log key must explain this.",
        "本检查点或见证方曾见过的条目与现有条目不同：历史被改写，或有人以同一名称维护两份日志。不作判断。须由日志密钥持有者作出说明。";
    OTHER_REGISTRY = "WP5013" Deny, "registry of another origin", "登记册来源不符",
        "The registry has another name than the trust file gives. Nothing is judged. Name the registry that the trust file is for.",
        "登记册的名称与信任文件所列不同。不作判断。请指定信任文件所针对的登记册。";
    REGISTRY_STALE = "WP5014" Deny, "registry was not signed lately", "登记册签名已过期",
        "The newest time that a trusted key signed is older than the max-age of the trust file. Somebody may keep newer entries, and revocations among them, from this gate. Nothing is judged. `wimproof registry refresh` signs the head anew.",
        "受信任密钥最新的签名时间超过信任文件中的 max-age。可能有人使本检查点看不到较新的条目（包括撤销记录）。不作判断。`wimproof registry refresh` 会重新签署头部。";
    NO_QUORUM = "WP5015" Deny, "too few witnesses", "见证方不足",
        "The trust file asks for witnesses who have seen the log grow. Too few of them have signed a head of it. Nothing is judged. Each signs with `wimproof registry witness`.",
        "信任文件要求有见证方确认日志只增不减，而签署过其头部的见证方不足。不作判断。各见证方可用 `wimproof registry witness` 签署。";
    SIGNED_IN_FUTURE = "WP5016" Deny, "registry was signed in the future", "登记册签名时间在未来",
        "A trusted key signed at a time that has not come here: the clock of this gate was set back, or that of the signer is wrong. Ages and validity cannot be judged. Set the clock.",
        "受信任密钥的签名时间尚未到来：本检查点的时钟被回拨，或签名方时钟有误。无法判断期限与有效性。请校准时钟。";
    THRESHOLD_UNMET = "WP5017" Deny, "approval lacks signatures", "批准缺少签名",
        "Fewer different approvers signed the approval than the trust file asks for; a key counts once. It is not in force yet. Another approver signs it with `wimproof registry sign ID`.",
        "签署该批准的不同批准人少于信任文件的要求（同一密钥只计一次），因此尚未生效。其他批准人可用 `wimproof registry sign ID` 签署。";
    UNKNOWN_KEY = "WP5018" Deny, "approval signed by a key that is not trusted", "批准由不受信任的密钥签名",
        "Without that signature, fewer approvers signed than the trust file asks for. Either the key belongs into the trust file, or somebody tried to approve who may not.",
        "不计该签名时，批准人数少于信任文件的要求。或者该密钥应加入信任文件，或者有人在无权限的情况下试图批准。";
    BAD_SIGNATURE = "WP5019" Deny, "signature of an approval does not count", "批准的签名无效",
        "A signature of the approval names the key of an approver, but does not fit, was made for something else, or at a time at which the key does not count. Without it, fewer approvers signed than the trust file asks for.",
        "批准中的某个签名指明了批准人的密钥，但签名不符、用于其他用途，或签名时密钥不在有效期内。不计该签名时，批准人数少于信任文件的要求。";
    NOT_WITNESSED = "WP5020" Deny, "approval not seen by enough witnesses yet", "批准尚未得到足够见证",
        "The approval stands in the log behind what enough witnesses have signed. It is in force when they have signed a later head, with `wimproof registry witness`.",
        "该批准位于足够见证方所签署的位置之后。待其用 `wimproof registry witness` 签署更新的头部后生效。";
    BAD_TICKET = "WP5021" Deny, "ticket proves nothing", "凭单无效",
        "The ticket cannot be read, or its approval is not in the log that its head is of. Nothing is judged by it. Have it made anew with `wimproof registry ticket ID`.",
        "凭单无法读取，或其批准不在其头部所指的日志中，因此不能据以判断。请用 `wimproof registry ticket ID` 重新生成。";
    TICKET_ONLY = "WP5022" Info, "judged by a ticket", "依据凭单判断",
        "A ticket proves that the approval stood in the log when its head was signed. It cannot know what was revoked later, nor changes of keys. The max-age of the trust file bounds how long a ticket counts.",
        "凭单证明其头部被签署时该批准已在日志中，但无从得知此后的撤销和密钥变更。信任文件中的 max-age 限定凭单的有效时间。";
}
