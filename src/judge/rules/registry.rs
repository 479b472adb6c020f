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
}
