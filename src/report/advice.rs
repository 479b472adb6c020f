//! What to do next, for whoever reads a case.

use super::html::labels;
use crate::{
    judge::{Language, Verdict, trace::DeploymentJudgement},
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
