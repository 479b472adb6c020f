//! What to do next, for whoever reads a case.

use super::html::labels;
use crate::{
    judge::{
        Language, Verdict,
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

/// Advice on systems whose component store is corrupt.
pub fn on_stores(examined: &[Examined], language: Language) -> Vec<String> {
    let mut advice = Vec::new();
    let mut say = |en: String, zh: String| {
        advice.push(match language {
            Language::En => en,
            Language::ZhCn => zh,
        });
    };
    for examined in examined {
        let left = examined.system.corrupt.iter().filter(|corrupt| !corrupt.repaired).count();
        if left == 0 {
            continue;
        }
        let system = &examined.system.generation;
        say(
            format!(
                "Do not mend the {left} corrupt files of {system} one by one: a repair takes only files of the very versions that are there, mends what its source happens to hold, and leaves the rest. Choose between the next two."
            ),
            format!(
                "不要逐个修补 {system} 的 {left} 个损坏文件：修复只采用版本完全一致的文件，只能修好来源恰好具备的部分，其余依旧。请在以下两种办法中选择。"
            ),
        );
        say(
            "Upgrade in place from a healthy image of the same or a newer build: it replaces the whole component store and keeps programs, settings and data. It needs 20 GB of free space and some hours; take it where a computer is hard to set up anew.".to_owned(),
            "用相同或更新内部版本的完好镜像就地升级：它替换整个组件存储，并保留程序、设置和数据。需要 20 GB 可用空间和数小时；适用于难以重新配置的计算机。".to_owned(),
        );
        say(
            "Or reinstall from a healthy image: the cleanest state, the same on every computer, and nothing of the old store is left. Data must be saved and programs installed again; take it where many computers are affected and deployment is automated.".to_owned(),
            "或用完好镜像重新安装：状态最干净，各计算机一致，旧的组件存储不留痕迹。需先备份数据并重新安装程序；适用于受影响计算机较多且部署已自动化的情况。".to_owned(),
        );
        for image in examined.images.iter().filter(|image| examined.score(image).corrupt > 0) {
            let name = &image.image;
            say(
                format!(
                    "{name} carries the corruption: withdraw it (wimproof registry revoke), build it anew from sound media, look at the new one with wimproof health before it is approved, and count on the same damage on every computer that was deployed from it."
                ),
                format!(
                    "{name} 带有损坏：请停用该镜像（wimproof registry revoke），用完好介质重新制作，新镜像批准之前用 wimproof health 检查；由其部署的每台计算机都应视为有同样的损坏。"
                ),
            );
        }
        let origins = examined.origins();
        if origins.contains(&Origin::Later) && !origins.contains(&Origin::Birth) {
            say(
                "The given images are sound where the computer is corrupt: test its disk and memory before it is installed anew, or it breaks again.".to_owned(),
                "所给镜像在损坏之处是完好的：重新安装之前请检测该计算机的磁盘和内存，否则会再次损坏。".to_owned(),
            );
        }
    }
    advice
}
