//! What `policy` says of a policy.

use super::words::words;

words! {
    WRITTEN = "{} written", "{} 已写入";
    UNDERSTOOD = "{}: understood", "{}：内容有效";
    FINDING = "line {}: {} {} {}: {}", "第 {} 行：{} {} {}：{}";
    YES = "yes", "是";
    NO = "NO", "否";
    ALL = "all", "全部";
    MODE = "mode", "模式";
    ENFORCE = "enforce", "强制";
    AUDIT = "audit: nothing is enforced", "审计：不强制执行";
    ASSURANCE = "assurance", "所需依据";
    DIGEST = "digest", "摘要";
    ANY_DIGEST = "tree or file", "tree 或 file";
    SCOPE = "scope", "范围";
    OTHER_SCOPES = "other scopes", "其他范围";
    NONE = "none", "无";
    ANY = "any", "任意";
    MAY_BE_LOOSENED = "may be loosened", "可放宽";
    NOTHING = "nothing", "无";
    APPROVALS = "approvals", "批准";
    OF_ANY_AGE = "of any age", "不限时长";
    OF_AT_MOST = "of at most {} days", "不超过 {} 天";
    HEALTH = "health", "健康检查";
    SITE_FILES = "files of the site", "本单位的文件";
    WAIVERS = "waivers", "豁免";
    COUNT = "{}, each for at most {} days", "{} 项，每项最长 {} 天";
    BASELINE = "baseline", "基线";
    BREAK_GLASS = "break-glass", "紧急放行";
    ALLOWED = "allowed", "允许";
    NOT_ALLOWED = "not allowed", "不允许";
    EVEN_WITH = "break-glass even with", "可紧急放行的规则";
}
