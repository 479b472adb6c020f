//! The answer of a result in words: on all of it, on one of its files, on one of its images. `check` gives verdicts;
//! `health` and `verify` have answers of their own, `inspect` has none.

use super::{
    html::{Tone, labels},
    result::{Document, FindingReport, HealthReport, ImageReport, SubjectReport},
    text::grouped,
    words::{COMMA, filled, words},
};
use crate::{
    evidence::{examination::Depth, second_opinion::Opinion},
    judge::{ExitCode, Language, Severity, Texts, Verdict},
};

words! {
    HEALTHY = "healthy", "健康";
    UNHEALTHY = "unhealthy", "不健康";
    UNDECIDED = "undecided", "未能判定";
    SOUND = "sound", "完好";
    DAMAGED = "damaged", "损坏";
    NOTHING_AGAINST = "nothing speaks against them, as far as was looked", "在所查范围内没有发现不利情况";
    NOTHING_DENIES = "nothing denies them, {} warnings are to be looked at", "没有否决项，有 {} 项警告需要查看";
    ONE_WARNING = "nothing denies them, 1 warning is to be looked at", "没有否决项，有 1 项警告需要查看";
    CONTENTS_UNSEEN = "no content was compared", "未比对任何文件内容";
    AGAINST = "something speaks against them", "有不利发现";
    NOT_ALL_JUDGED = "not all of them could be judged", "有镜像无法判定";
    NO_DAMAGE = "no damage was found", "未发现损坏";
    DAMAGE_FOUND = "damage was found", "发现损坏";
    NOT_ALL_READ = "not everything could be read or agreed on", "有内容无法读取或意见不一致";
}

/// What a command answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// Is it an approved image?
    Verdict,
    /// Is it as its own manifests say?
    Health,
    /// Are its bytes those that its hashes name?
    Soundness,
}

/// An answer: how it weighs, in a word, and in a sentence.
pub(crate) struct Answer {
    /// None where nothing was asked.
    pub(super) code: Option<ExitCode>,
    pub(super) tone: Tone,
    pub(super) word: Texts,
    pub(super) meaning: String,
}

impl Answer {
    /// Its name, for programs; empty where nothing was asked.
    pub(crate) fn name(&self) -> &'static str {
        self.code.map_or("", |_| self.word.en)
    }

    fn of_verdict(verdict: Option<Verdict>, meaning: Texts, language: Language) -> Self {
        Self {
            code: verdict.map(Verdict::exit_code),
            tone: Tone::of(verdict),
            word: verdict.map_or(labels::NOT_JUDGED, labels::verdict),
            meaning: meaning.get(language).to_owned(),
        }
    }
}

impl Question {
    /// The question that the command of a result puts.
    pub(crate) fn of(document: &Document) -> Self {
        match &*document.command {
            "health" => Self::Health,
            "verify" => Self::Soundness,
            _ => Self::Verdict,
        }
    }

    /// The answer on all that was looked at.
    pub(super) fn on(self, document: &Document, language: Language) -> Answer {
        if self == Self::Verdict {
            return Answer::of_verdict(document.verdict, document.meaning(), language);
        }
        self.answer(ExitCode::of(document.exit_code), self.clause(document, language), language)
    }

    /// What the answer on all means, as a part of a sentence.
    pub(super) fn clause(self, document: &Document, language: Language) -> String {
        let images = document.subjects.iter().flat_map(|subject| &subject.images);
        let found = document.subjects.iter().flat_map(SubjectReport::all_findings);
        self.meaning(ExitCode::of(document.exit_code), images, found, language)
    }

    /// The answer on a file.
    pub(crate) fn on_file(self, subject: &SubjectReport, language: Language) -> Answer {
        let code = match self {
            Self::Verdict => return Answer::of_verdict(subject.verdict, subject.meaning(), language),
            Self::Health => health_of_file(subject),
            Self::Soundness => soundness_of_file(subject),
        };
        let clause = self.meaning(code, &subject.images, subject.all_findings(), language);
        self.answer(code, clause, language)
    }

    /// The answer on an image of a file.
    pub(crate) fn on_image(self, image: &ImageReport, subject: &SubjectReport, language: Language) -> Answer {
        let code = match self {
            Self::Verdict => {
                let meaning = image.verdict.map_or(labels::NOT_JUDGED_MEANING, labels::verdict_meaning);
                return Answer::of_verdict(image.verdict, meaning, language);
            }
            Self::Health => health_of_image(image, &subject.findings),
            Self::Soundness => soundness(&image.findings),
        };
        let clause = self.meaning(code, [image], image.findings.iter(), language);
        self.answer(code, clause, language)
    }

    fn answer(self, code: ExitCode, clause: String, language: Language) -> Answer {
        let meaning = match language {
            Language::En => sentence(&clause) + ".",
            Language::ZhCn => clause + "\u{3002}",
        };
        Answer { code: Some(code), tone: Tone::of_code(code), word: self.word(code), meaning }
    }

    fn meaning<'r>(
        self,
        code: ExitCode,
        images: impl IntoIterator<Item = &'r ImageReport>,
        findings: impl Iterator<Item = &'r FindingReport>,
        language: Language,
    ) -> String {
        match self {
            Self::Health if code == ExitCode::Approved => healthy_meaning(images, findings, language),
            _ => self.plain_meaning(code).get(language).to_owned(),
        }
    }

    /// The word of an exit code.
    pub(super) fn word(self, code: ExitCode) -> Texts {
        match (code, self) {
            (ExitCode::Undecided, _) => UNDECIDED,
            (ExitCode::Approved, Self::Soundness) => SOUND,
            (ExitCode::Approved, _) => HEALTHY,
            (ExitCode::NotApproved | ExitCode::Usage, Self::Soundness) => DAMAGED,
            (ExitCode::NotApproved | ExitCode::Usage, _) => UNHEALTHY,
        }
    }

    fn plain_meaning(self, code: ExitCode) -> Texts {
        match (code, self) {
            (ExitCode::Undecided, Self::Soundness) => NOT_ALL_READ,
            (ExitCode::Undecided, _) => NOT_ALL_JUDGED,
            (ExitCode::Approved, Self::Soundness) => NO_DAMAGE,
            (ExitCode::Approved, _) => NOTHING_AGAINST,
            (ExitCode::NotApproved | ExitCode::Usage, Self::Soundness) => DAMAGE_FOUND,
            (ExitCode::NotApproved | ExitCode::Usage, _) => AGAINST,
        }
    }
}

/// With a capital letter.
fn sentence(clause: &str) -> String {
    let mut letters = clause.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// What "healthy" does not say: that somebody has to look, and that no byte of a file was compared.
fn healthy_meaning<'r>(
    images: impl IntoIterator<Item = &'r ImageReport>,
    findings: impl Iterator<Item = &'r FindingReport>,
    language: Language,
) -> String {
    let warnings = findings.filter(|finding| finding.severity == Severity::Warn).count() as u64;
    let meaning = match warnings {
        0 => NOTHING_AGAINST.get(language).to_owned(),
        1 => ONE_WARNING.get(language).to_owned(),
        count => filled(NOTHING_DENIES, language, [&grouped(count)]),
    };
    let unseen = |health: &HealthReport| health.depth != Depth::Payloads && health.references == 0;
    let unseen = images.into_iter().filter_map(|image| image.health.as_ref()).any(unseen);
    match unseen {
        true => meaning + COMMA.get(language) + CONTENTS_UNSEEN.get(language),
        false => meaning,
    }
}

fn health_of_file(subject: &SubjectReport) -> ExitCode {
    let images = subject.images.iter().map(|image| health_of_image(image, &subject.findings));
    let unread = subject.images.is_empty().then_some(ExitCode::Undecided);
    images.chain(unread).fold(soundness_of_file(subject), ExitCode::worse)
}

/// The health of an image, with what was found of its file.
pub(super) fn health_of_image(image: &ImageReport, of_file: &[FindingReport]) -> ExitCode {
    let against = |finding: &FindingReport| {
        finding.rule.is_of_an_image() && (finding.severity == Severity::Deny || finding.rule.rule().damage)
    };
    let judged = image.health.as_ref().is_some_and(|health| !health.undecided);
    match (image.findings.iter().chain(of_file).any(against), judged) {
        (true, _) => ExitCode::NotApproved,
        (false, true) => ExitCode::Approved,
        (false, false) => ExitCode::Undecided,
    }
}

fn soundness<'r>(findings: impl IntoIterator<Item = &'r FindingReport>) -> ExitCode {
    let (mut unread, mut damaged) = (false, false);
    for finding in findings {
        unread |= finding.rule.prevents_judgement();
        damaged |= finding.rule.rule().damage;
    }
    match (unread, damaged) {
        (true, _) => ExitCode::Undecided,
        (false, true) => ExitCode::NotApproved,
        (false, false) => ExitCode::Approved,
    }
}

/// With the opinion of libwim, where it was asked.
fn soundness_of_file(subject: &SubjectReport) -> ExitCode {
    let of_images = subject.images.iter().flat_map(|image| &image.findings);
    let ours = soundness(subject.findings.iter().chain(of_images));
    match subject.second_opinion.as_ref().filter(|second| !second.agrees) {
        None => ours,
        Some(second) if second.verdict == Opinion::Damaged => ExitCode::NotApproved,
        Some(_) => ours.worse(ExitCode::Undecided),
    }
}
