//! What to do next, for whoever reads a case.

use std::collections::{BTreeSet, HashSet};

use super::{
    html::labels,
    result::{Document, FindingReport, SubjectReport},
};
use crate::{
    judge::{
        Language, RuleId, Severity, Texts, Verdict,
        servicing::{Examined, Origin},
        trace::DeploymentJudgement,
    },
    sighting::deployment::{Deployment, Missing},
};

/// Days for which Windows keeps a replaced system where nobody set another time.
const KEPT_DAYS: u32 = 10;

/// Advice on a case, the most urgent first.
pub fn on(
    judged: &[(Deployment, DeploymentJudgement)],
    missing: &[Missing],
    language: Language,
) -> Vec<String> {
    let mut advice = Vec::new();
    let say = |en: String, zh: String| match language {
        Language::En => en,
        Language::ZhCn => zh,
    };
    if !missing.is_empty() {
        let mut places: Vec<&str> = missing.iter().map(|missing| missing.place.as_str()).collect();
        places.dedup();
        let places = places.join(", ");
        advice.push(say(
            format!("Collect now from the computer: {places}. Windows deletes replaced systems after {KEPT_DAYS} days unless told otherwise."),
            format!("请立即从该计算机收集：{places}。除非另有设置，Windows 会在 {KEPT_DAYS} 天后删除被替换的系统。"),
        ));
    }
    let bad = |verdict| {
        matches!(
            verdict,
            Verdict::Rogue | Verdict::Impostor | Verdict::Tampered | Verdict::Revoked | Verdict::Unhealthy
        )
    };
    for (deployment, judgement) in judged.iter().filter(|(_, judgement)| bad(judgement.verdict)) {
        let number = deployment.number;
        let verdict = judgement.verdict.name();
        let word = labels::verdict(judgement.verdict).zh;
        advice.push(say(
            format!("Deployment {number} is {verdict}: secure the medium and the image file that its card names, and ask who had them; take the computer out of service until it runs an approved image."),
            format!("部署 {number} 的结论为“{word}”：请保全其中所列的介质和镜像文件并查明经手人；在换装已批准的镜像之前停用该计算机。"),
        ));
    }
    if judged.iter().any(|(_, judgement)| judgement.verdict == Verdict::Consistent) {
        advice.push(say(
            "\"Consistent\" rests on logs alone, which anyone with administrator's rights can edit. To be sure, judge the image file itself: wimproof check.".to_owned(),
            "“相符待证”仅依据日志，而拥有管理员权限者可以修改日志。如需确证，请用 wimproof check 检验镜像文件本身。".to_owned(),
        ));
    }
    advice
}

/// On image files that were given in the place of evidence.
const NO_EVIDENCE: Texts = Texts {
    en: "An image file is no evidence of what was put on a computer: give the root of a disk, a Windows or Windows.old folder, or logs. `wimproof check` judges an image file, `wimproof health` looks into it; `trace --image` compares it with what is corrupt on a computer.",
    zh: "镜像文件不能说明计算机上装过什么：请给出磁盘根目录、Windows 或 Windows.old 文件夹，或日志。判定镜像文件用 `wimproof check`，检查其内容用 `wimproof health`；与计算机上的损坏文件比对用 `trace --image`。",
};

/// Advice where nothing was given but image files.
pub fn on_images_alone(language: Language) -> Vec<String> {
    vec![NO_EVIDENCE.get(language).to_owned()]
}

/// On a corrupt component store; `{}` stands for the number of its corrupt files.
const NOT_PIECEMEAL: Texts = Texts {
    en: "Do not mend corrupt files of the component store one by one (there are {}): a repair takes only files of the very versions that are there, mends what its source happens to hold, and leaves the rest. Choose between the next two.",
    zh: "不要逐个修补组件存储的损坏文件（共 {} 个）：修复只采用版本完全一致的文件，只能修好来源恰好具备的部分，其余依旧。请在以下两种办法中选择。",
};
const UPGRADE: Texts = Texts {
    en: "Upgrade in place from a healthy image of the same or a newer build: it replaces the whole component store and keeps programs, settings and data. It needs 20 GB of free space and some hours; take it where a computer is hard to set up anew.",
    zh: "用相同或更新内部版本的完好镜像就地升级：它替换整个组件存储，并保留程序、设置和数据。需要 20 GB 可用空间和数小时；适用于难以重新配置的计算机。",
};
const REINSTALL: Texts = Texts {
    en: "Or reinstall from a healthy image: the cleanest state, the same on every computer, and nothing of the old store is left. Data must be saved and programs installed again; take it where many computers are affected and deployment is automated.",
    zh: "或用完好镜像重新安装：状态最干净，各计算机一致，旧的组件存储不留痕迹。需先备份数据并重新安装程序；适用于受影响计算机较多且部署已自动化的情况。",
};
/// On an image that carries the corruption; `{}` stands for it.
const WITHDRAW: Texts = Texts {
    en: "{} carries the corruption: withdraw it (wimproof registry revoke), build it anew from sound media, look at the new one with wimproof health before it is approved, and count on the same damage on every computer that was deployed from it.",
    zh: "{} 带有损坏：请停用该镜像（wimproof registry revoke），用完好介质重新制作，新镜像批准之前用 wimproof health 检查；由其部署的每台计算机都应视为有同样的损坏。",
};
const TEST_HARDWARE: Texts = Texts {
    en: "The given images are sound where the computer is corrupt: test its disk and memory before it is installed anew, or it breaks again.",
    zh: "所给镜像在损坏之处是完好的：重新安装之前请检测该计算机的磁盘和内存，否则会再次损坏。",
};

/// Advice on systems whose component store is corrupt.
pub fn on_stores(examined: &[Examined], language: Language) -> Vec<String> {
    let filled = |texts: Texts, value: &str| texts.get(language).replace("{}", value);
    let plain = |texts: Texts| texts.get(language).to_owned();
    let mut advice = Vec::new();
    for examined in examined {
        let left = examined.system.corrupt.iter().filter(|corrupt| !corrupt.repaired).count();
        if left == 0 {
            continue;
        }
        advice.extend([filled(NOT_PIECEMEAL, &left.to_string()), plain(UPGRADE), plain(REINSTALL)]);
        let carriers = examined.images.iter().filter(|image| examined.score(image).corrupt > 0);
        advice.extend(carriers.map(|image| filled(WITHDRAW, &image.image)));
        let origins = examined.origins();
        if origins.contains(&Origin::Later) && !origins.contains(&Origin::Birth) {
            advice.push(plain(TEST_HARDWARE));
        }
    }
    // Several systems of one disk need the same.
    let mut told = HashSet::new();
    advice.retain(|line| told.insert(line.clone()));
    advice
}

const STORE_BROKEN: Texts = Texts {
    en: "Do not deploy an image whose component store is not whole: updates fail on every computer that gets it. Build it anew from sound media, look at the new one with wimproof health, and withdraw the approval of this one if it has one (wimproof registry revoke).",
    zh: "组件存储不完整的镜像不要部署：部署后的每台计算机更新都会失败。请用完好介质重新制作，并用 wimproof health 检查新镜像；此镜像若已获批准，请撤销（wimproof registry revoke）。",
};
const STORE_DOUBTFUL: Texts = Texts {
    en: "Find out why files or components of the store are absent, replaced or unfinished, and compare with an image that is known to be healthy (--reference); do not deploy the image before that.",
    zh: "请查明组件存储中的文件或组件为何缺失、被替换或未完成，并与已知健康的镜像比较（--reference）；在此之前不要部署该镜像。",
};
const TAMPERED: Texts = Texts {
    en: "Do not deploy an image that shows signs of tampering before each finding that denies it is explained.",
    zh: "镜像有篡改迹象：在逐项查明否决它的发现之前不要部署。",
};
/// `{}` stands for the ids of rules.
const LOOK_UP: Texts = Texts {
    en: "Find out who put there what the findings name. \"wimproof explain\" tells what they mean ({}); what is your own is allowed by its digest (--allow).",
    zh: "请查明各项发现所指内容的来历。“wimproof explain”可说明其含义（{}）；属于本单位的可按摘要允许（--allow）。",
};
const WITHOUT_STORE: Texts = Texts {
    en: "An image without component store holds no Windows, or a part of one. Whether it is one that was approved, \"wimproof check\" tells.",
    zh: "没有组件存储的镜像不含完整的 Windows。是否为已批准的镜像，请用 wimproof check 判断。",
};
const WITHOUT_BASE: Texts = Texts {
    en: "Compressed manifests were not read: compare with an image that is known to be healthy (--reference), at any depth.",
    zh: "压缩清单未能读取：请与已知健康的镜像比较（--reference），任何深度均可。",
};
const READ_ANEW: Texts = Texts {
    en: "Fetch the image file anew from where it was made: this one is damaged or cannot be read. \"wimproof verify\" tells which parts.",
    zh: "请从制作处重新获取镜像文件：此文件已损坏或无法读取。wimproof verify 可指出受损部分。",
};

/// Warnings about the store.
const STORE_DOUBTS: [RuleId; 5] = [
    RuleId::COMPONENT_WITHOUT_MANIFEST,
    RuleId::COMPONENT_FILE_ABSENT,
    RuleId::FILE_NOT_FROM_STORE,
    RuleId::SERVICING_UNFINISHED,
    RuleId::COMPONENTS_PRUNED,
];

/// Rules that are named in advice.
const MOST_RULES: usize = 8;

/// Advice on what `health` found.
pub fn on_health(document: &Document, language: Language) -> Vec<String> {
    let findings = || document.subjects.iter().flat_map(SubjectReport::all_findings);
    let spoke = |rule: RuleId| findings().any(|finding| finding.rule == rule);
    let id = |finding: &FindingReport| finding.rule.rule().id;
    let of_store = |finding: &FindingReport| ("WP3001"..="WP3039").contains(&id(finding));
    let of_whom = |finding: &&FindingReport| {
        finding.severity != Severity::Info
            && id(finding) > "WP3039"
            && id(finding) < "WP4"
            && finding.rule != RuleId::COMPONENTS_PRUNED
    };
    let broken = findings().any(|finding| of_store(finding) && finding.severity == Severity::Deny);
    let doubtful =
        findings().any(|finding| STORE_DOUBTS.contains(&finding.rule) && finding.severity == Severity::Warn);
    let tampered = findings()
        .any(|finding| finding.severity == Severity::Deny && ("WP3200"..="WP3299").contains(&id(finding)));
    let of_file = |finding: &FindingReport| finding.rule.rule().damage && id(finding) < "WP3";
    let unread = document.subjects.iter().any(|subject| subject.images.is_empty());
    let rules: BTreeSet<&str> = findings().filter(of_whom).map(id).collect();
    let mut named: Vec<&str> = rules.iter().copied().take(MOST_RULES).collect();
    named.extend((rules.len() > MOST_RULES).then_some("..."));
    let told = [
        (unread || findings().any(of_file), READ_ANEW),
        (broken, STORE_BROKEN),
        (doubtful && !broken, STORE_DOUBTFUL),
        (tampered, TAMPERED),
        (!rules.is_empty(), LOOK_UP),
        (spoke(RuleId::NO_BASE_MANIFEST), WITHOUT_BASE),
        (spoke(RuleId::NO_COMPONENT_STORE), WITHOUT_STORE),
    ];
    let told = told.into_iter().filter(|(holds, _)| *holds);
    told.map(|(_, texts)| texts.get(language).replace("{}", &named.join(", "))).collect()
}
