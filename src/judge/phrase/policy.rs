//! Policy, waivers, baseline, and decisions that were overridden.

use super::{Phrase, PhraseId, Texts, phrases};

phrases! {
    WAIVED = "waived", "waived by {0} until {1} ({2}, {3}): {4}", "由豁免 {0} 豁免至 {1}（{2}，{3}）：{4}";
    KNOWN = "known", "known: in the baseline of {0}", "已知：见 {0} 的基线";
    AUDIT_MODE = "audit-mode", "AUDIT MODE: nothing is enforced; enforced, this check would end with exit code {0}",
        "审计模式：不强制执行；若强制执行，本次检查的退出代码为 {0}";
    BY_EXCUSE = "by-excuse", "BY EXCEPTION: {0} image(s) count as approved only by a waiver or the baseline; without, the verdict is {1}",
        "例外放行：{0} 个镜像仅因豁免或基线而视为已批准；否则结论为 {1}";
    BREAK_GLASS = "break-glass", "BREAK-GLASS", "越过结论";
    WAIVER_EXPIRED = "waiver-expired", "waiver {0} expired at {1}; {2} answers for it ({3})",
        "豁免 {0} 已于 {1} 过期；负责人 {2}（{3}）";
    WAIVER_UNUSED = "waiver-unused", "waiver {0}: its image was looked at, and the finding is not there",
        "豁免 {0}：已检查其镜像，未发现相应问题";
    WAIVER_ELSEWHERE = "waiver-elsewhere", "waiver {0}: no file of this check has its digest",
        "豁免 {0}：本次检查的文件均没有其摘要";
    WAIVER_TOO_BROAD = "waiver-too-broad", "waiver {0} names no single rule and image: it excuses nothing",
        "豁免 {0} 未指定单一规则和镜像：不起任何作用";
    WAIVER_TOO_LONG = "waiver-too-long", "waiver {0} ends at {1}, more than {2} days from now: it excuses nothing yet",
        "豁免 {0} 截止于 {1}，距今超过 {2} 天：尚不起作用";
    WAIVER_ENDS_SOON = "waiver-ends-soon", "waiver {0} ends at {1}; {2} answers for it",
        "豁免 {0} 将于 {1} 到期；负责人 {2}";
    APPROVAL_TOO_OLD = "approval-too-old", "{0} was made at {1}, and the policy takes approvals of {2} days at most",
        "{0}作出于 {1}，而策略只接受 {2} 天以内的批准";
    DIGEST_REQUIRED = "digest-required", "the digest `{0}` is not shown to be that of {1}",
        "未能证明摘要 `{0}` 与{1}一致";
    BASELINE_STALE = "baseline-stale", "{0} of {1} is in the baseline and no longer there",
        "基线中 {1} 的 {0} 已不存在";
    BASELINE_MORE_STALE = "baseline-more-stale", "and {0} more", "另有 {0} 项";
    BASELINE_ELSEWHERE = "baseline-elsewhere", "{0} findings of {1} files that this check did not meet",
        "{0} 项问题属于本次检查未遇到的 {1} 个文件";
    GLASS_BROKEN = "glass-broken", "{0} let the images through against the verdict {1} ({2}): {3}",
        "{0} 不顾结论 {1} 放行了镜像（{2}）：{3}";
    GLASS_REFUSED = "glass-refused", "the override asked for by {0} ({1}: {2}) was refused: {3}",
        "{0} 提出的放行请求（{1}：{2}）被拒绝：{3}";
    GLASS_NO_POLICY = "glass-no-policy", "no policy allows it", "没有策略允许";
    GLASS_FORBIDDEN = "glass-forbidden", "the policy does not allow it ([break-glass] allow)",
        "策略不允许（[break-glass] allow）";
    GLASS_UNDECIDED = "glass-undecided", "{0} could not be judged, and nothing was seen that could be answered for",
        "{0} 无法判定，没有可以负责的结论";
    GLASS_REGISTRY = "glass-registry", "{0} speaks, and the policy does not allow it with that ([break-glass] even-with)",
        "出现 {0}，策略不允许在此情况下放行（[break-glass] even-with）";
    GLASS_UNRECORDED = "glass-unrecorded", "it could not be recorded: {0}", "无法记录：{0}";
    GLASS_NO_REGISTRY = "glass-no-registry", "there is no registry to record it in", "没有可供记录的登记册";
}
