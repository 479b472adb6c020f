//! The policy of a site: what it asks, what it excuses, and what of it does nothing.

use super::{Rule, RuleId, Severity, Texts, rules};

rules! {
    WAIVER_EXPIRED = "WP5040" Warn, "waiver expired", "豁免已过期",
        "The time of a waiver is over: it excuses nothing any more. Remove it, or decide anew and give it another date.",
        "豁免的期限已过，不再起作用。请将其删除，或重新决定并给出新的日期。";
    WAIVER_UNUSED = "WP5041" Warn, "waiver without effect", "豁免未起作用",
        "The image that a waiver names was looked at, and what it would excuse was not found. Remove it before it excuses something else.",
        "已检查豁免所指的镜像，但未发现其所豁免的问题。请将其删除，以免日后豁免其他问题。";
    WAIVER_ELSEWHERE = "WP5042" Info, "waiver for an image that was not looked at", "豁免所指镜像未在检查之列",
        "A waiver names an image by a digest that none of the files of this check has. It did nothing here. With claims alone no digest is known.",
        "豁免以摘要指定镜像，而本次检查的文件均没有该摘要，因此未起作用。仅查看声明信息时摘要未知。";
    WAIVER_TOO_BROAD = "WP5043" Warn, "waiver too broad", "豁免范围过宽",
        "A waiver names no rule or no image, or all of them. It excuses nothing: a waiver is for one rule on one image, by its digest.",
        "豁免没有指定规则或镜像，或指定了全部。它不起任何作用：豁免只针对一条规则和一个以摘要指定的镜像。";
    WAIVER_TOO_LONG = "WP5044" Warn, "waiver runs too long", "豁免期限过长",
        "A waiver ends later than the policy allows from now on. It excuses nothing until its end is near enough. Give it an earlier date; a finding that is meant to stay is a matter for a rule level or an approval.",
        "豁免的截止日期晚于策略自当前起允许的期限，在期限足够近之前不起作用。请给出更早的日期；若问题将长期存在，应调整规则级别或另行批准。";
    APPROVAL_TOO_OLD = "WP5045" Deny, "approval older than the policy allows", "批准的时间超出策略允许",
        "The policy wants approvals to be made anew after a time, and this one was not. Look at the image again and approve it again.",
        "策略要求批准在一段时间后重新作出，而该批准没有。请重新审查并再次批准该镜像。";
    DIGEST_REQUIRED = "WP5046" Deny, "digest that the policy asks for was not compared", "策略要求的摘要未能比对",
        "The policy asks that a certain digest is that of the approval. Here another one agreed, and that one differs, is not known, or is not in the approval. Use the very file that was approved, or approve this one.",
        "策略要求某一摘要与批准一致。此处相符的是另一摘要，而所要求的摘要不符、未知或未记录在批准中。请使用获批准的文件本身，或批准此文件。";
    BASELINE_STALE = "WP5047" Warn, "known finding is gone", "已知问题已不存在",
        "The baseline has a finding that the same file no longer shows. Make the baseline anew, so that it knows no more than there is.",
        "基线中的某个问题在同一文件上已不再出现。请重新生成基线，使其只包含实际存在的问题。";
    BASELINE_ELSEWHERE = "WP5048" Info, "known findings of files that were not looked at", "未检查文件的已知问题",
        "The baseline has findings of files that this check did not meet, by their SHA-256. They are elsewhere, gone, or were changed; a file that was changed is not known.",
        "基线中有本次检查（按 SHA-256）未遇到的文件的问题。这些文件在别处、已不存在或已被改动；被改动的文件不视为已知。";
    GLASS_BROKEN = "WP5049" Warn, "decision overridden", "结论被人工越过",
        "Somebody let the images through against the answer of this check, and answers for it. The answer stands; the audit record says who, why and by which ticket.",
        "有人不顾本次检查的结论放行了镜像，并对此负责。结论不变；审计记录中有操作者、理由和单号。";
    GLASS_NOT_BROKEN = "WP5050" Warn, "override refused", "越过结论的请求被拒绝",
        "Somebody asked to let the images through against the answer of this check, and that was refused. The finding says why.",
        "有人请求不顾本次检查的结论放行镜像，该请求被拒绝。结果中给出原因。";
    WAIVER_ENDS_SOON = "WP5051" Warn, "waiver ends soon", "豁免即将到期",
        "A waiver ends within two weeks. From then on what it excuses counts again.",
        "豁免将在两周内到期，此后其所豁免的问题重新计入。";
}
