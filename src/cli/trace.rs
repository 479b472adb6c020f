//! `wimproof trace`: which images were put on a computer.

use std::{fs, io, path::PathBuf};

use clap::Args;

use super::{Error, Global, Result, diff, given_image, output::Output};
use crate::{
    evidence::{
        channel::{Channels, Present},
        collection::{self, Inventory, NameCoding, Options, Piece, Role, Wanted},
        deployment::{self, Assembly, Heard},
        image::{self, Depth},
        redact::Redactor,
        servicing::{self, System},
        text_log::CodePage,
        witness::Reading,
    },
    judge::{
        self, ExitCode, Language, Policy, Texts, Verdict, evidence as odd,
        servicing::{Examined, Origin},
        trace::DeploymentJudgement,
    },
    registry::Registry,
    report::{
        advice,
        case::{CASE_SCHEMA, CaseReport, DeploymentReport, PieceReport, SetAsideReport},
        case_store::StoreReport,
        case_words,
        result::{SubjectReport, TOOL},
    },
    sighting::{
        Assurance, Subject,
        deployment::{Deployment, Missing},
    },
    source::{Metered, Opener},
};

/// Rebuild which images were put on a computer, when, by which channel, from which medium; and judge each.
///
/// Reads what Windows Setup and its kin leave behind: Panther logs, Windows.old folders, registry hives, event logs, task
/// sequence logs. PATH is the root of a disk, a Windows or Windows.old folder, a collection, a ZIP, or a single log. From
/// logs alone the best answer is "consistent". Ends with 0 when every deployment found is approved or consistent, 1 when
/// one is not, be it that it could not be judged, 3 when none could be found or judged.
///
/// Logs of the servicing stack (CBS.log) tell which files of the component store are corrupt; with --image, whether an image
/// carried that corruption, and which image could repair it. An image that carried it ends with 1; that a store is corrupt,
/// or sound, changes no exit code by itself: the findings tell.
#[derive(Debug, Args)]
pub(super) struct Trace {
    /// Disk roots, folders, ZIP files, logs
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// An image that the computer may have been deployed from, or could be repaired with: says whether it holds the files
    /// that are corrupt on the computer, and how (repeatable)
    #[arg(long = "image", value_name = "WIM[:N]")]
    images: Vec<String>,
    /// A file that describes the site's channels, agents and marks (repeatable)
    #[arg(long, value_name = "FILE")]
    channels: Vec<PathBuf>,
    /// Where the images were to be used
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// Windows code page of lines that are not UTF-8: 936 for Simplified Chinese
    #[arg(long, value_name = "NUMBER", default_value = "1252", value_parser = code_page)]
    code_page: CodePage,
    /// Mask the names of users and computers
    #[arg(long)]
    redact: bool,
}

fn code_page(text: &str) -> std::result::Result<CodePage, String> {
    let page = text.parse().ok().and_then(CodePage::of_number);
    page.ok_or_else(|| "expected the number of a code page of Windows, such as 936 or 1252".to_owned())
}

impl Trace {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        self.must_exist()?;
        output.keep_evidence(&self.paths)?;
        output.keep_evidence(&self.channels)?;
        let given: Vec<PathBuf> = self.images.iter().map(|image| diff::split(image).0).collect();
        output.keep_inputs(&given)?;
        let channels = self.site()?;
        let registry = global.registry.as_ref().map(|_| global.open_registry()).transpose()?;
        if registry.is_none() {
            output.note("no registry given: the deployments are shown, not judged");
        }
        let inventory = collection::collect(&self.paths, &self.options(&channels));
        let mut heard = self.hear(&inventory, &channels);
        let redactor = self.redact.then(|| Redactor::of(&heard));
        if let Some(redactor) = &redactor {
            redactor.redact(&mut heard);
        }
        let shown = |name: &str| redactor.as_ref().map_or(name.to_owned(), |redactor| redactor.mask(name));
        let witnesses = deployment::witnesses(&heard);
        let mut present = Present::of(inventory.pieces.iter());
        for file in &mut present {
            file.citation.evidence.source = shown(&file.citation.evidence.source).into();
            file.citation.quote = shown(&file.citation.quote).into();
        }
        let Assembly { mut deployments, omitted } = deployment::assemble(&witnesses, &channels, &present);
        let wanted = collection::missing(&inventory);
        deployment::note_missing(&mut deployments, &wanted);
        let policy = Policy { assurance: Assurance::Claimed, scope: self.scope.clone() };
        let now = global.now();
        let mut judged: Vec<(Deployment, DeploymentJudgement)> = Vec::new();
        for deployment in deployments {
            let judgement = judge::trace::deployment(&deployment, registry.as_ref(), &policy, now)?;
            judged.push((deployment, judgement));
        }
        let images = images(&inventory, registry.as_ref(), &policy, global)?;
        let of_images = images.iter().filter_map(|image| image.verdict);
        let examined = self.examine(servicing::systems(&witnesses), global.opener(), &shown);
        // An image that carries corruption is not one to be deployed, whatever else is said of it.
        let of_stores = examined.iter().flat_map(Examined::origins).find(|origin| *origin == Origin::Birth);
        let of_stores = of_stores.map(|_| Verdict::Unhealthy);
        let verdicts: Vec<Verdict> =
            judged.iter().map(|(_, judgement)| judgement.verdict).chain(of_images).chain(of_stores).collect();
        let verdict = overall(&verdicts);
        let code = exit_code(&verdicts);
        let told: Vec<Deployment> = judged.iter().map(|(deployment, _)| deployment.clone()).collect();
        let missing = missing(&told, &wanted);
        let language = global.language();
        let mut findings = odd::findings(&heard, &told, omitted);
        findings.extend(judge::servicing::findings(&examined, &heard));
        let mut advice = match heard.is_empty() && !images.is_empty() {
            true => advice::on_images_alone(language),
            false => advice::on(&judged, &missing, language),
        };
        advice.extend(advice::on_stores(&examined, language));
        output.case(&CaseReport {
            schema: CASE_SCHEMA,
            tool: TOOL,
            now,
            registry: registry.as_ref().map(Into::into),
            verdict: (!verdicts.is_empty()).then_some(verdict),
            exit_code: code.code(),
            paths: self.paths.iter().map(|path| shown(&path.display().to_string())).collect(),
            findings: findings.iter().map(Into::into).collect(),
            deployments: judged.iter().map(report).collect(),
            images,
            used: heard.iter().map(|heard| (&heard.testimony).into()).collect::<Vec<PieceReport>>(),
            set_aside: set_aside(&inventory, &shown),
            servicing: examined
                .iter()
                .map(|examined| StoreReport { root: shown(&examined.system.root), examined })
                .collect(),
            advice,
            missing,
            redacted: None,
        })?;
        Ok(code)
    }

    /// A path that leads nowhere is mistyped, or a disk that is not mounted: that what else was given is all there is must
    /// not be believed.
    fn must_exist(&self) -> Result<()> {
        let absent =
            |path: &&PathBuf| fs::metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        match self.paths.iter().find(absent) {
            Some(path) => {
                Err(Error::Unreadable(format!("{}: there is no such file or folder", path.display())))
            }
            None => Ok(()),
        }
    }

    /// Looks into the images that were given for what is corrupt on the systems.
    fn examine(
        &self,
        systems: Vec<System>,
        opener: &Opener,
        shown: &dyn Fn(&str) -> String,
    ) -> Vec<Examined> {
        let mut examined: Vec<Examined> =
            systems.into_iter().map(|system| Examined { system, images: Vec::new() }).collect();
        for image in &self.images {
            given_image::compare(image, opener, &mut examined, shown);
        }
        examined
    }

    fn site(&self) -> Result<Channels> {
        let mut channels = Channels::built_in().map_err(Error::Unreadable)?;
        for file in &self.channels {
            channels.add_file(file).map_err(Error::Unreadable)?;
        }
        Ok(channels)
    }

    fn options(&self, channels: &Channels) -> Options {
        let names = match Some(self.code_page) == CodePage::of_number(936) {
            true => NameCoding::Gb18030,
            false => NameCoding::Cp437,
        };
        Options { names, markers: channels.file_patterns(), ..Options::default() }
    }

    /// Asks every piece what it says.
    fn hear(&self, inventory: &Inventory, channels: &Channels) -> Vec<Heard> {
        let markers = channels.hive_markers();
        let reading = Reading { code_page: self.code_page, markers: &markers };
        let pieces = inventory.pieces.iter().filter(|piece| is_read(piece));
        pieces.map(|piece| reading.hear(piece)).collect()
    }
}

/// Image files that lie among the evidence, judged as a gate would by what they declare.
fn images(
    inventory: &Inventory,
    registry: Option<&Registry>,
    policy: &Policy,
    global: &Global,
) -> Result<Vec<SubjectReport>> {
    let mut reports = Vec::new();
    for piece in inventory.pieces.iter().filter(|piece| piece.place().role == Role::Image) {
        let Some(subject) = read_image(piece) else { continue };
        let policy = Policy { assurance: Assurance::Declared, ..policy.clone() };
        reports.push(match registry {
            Some(registry) => {
                SubjectReport::judged(&subject, &judge::subject(&subject, registry, &policy, global.now())?)
            }
            None => SubjectReport::seen(&subject, global.now()),
        });
    }
    Ok(reports)
}

/// What is missing and would answer something that is open: of each deployment; of everything where none was found.
fn missing(deployments: &[Deployment], wanted: &[Wanted]) -> Vec<Missing> {
    let mut missing: Vec<Missing> = Vec::new();
    let all = wanted.iter().filter(|_| deployments.is_empty()).filter_map(|wanted| {
        Some(Missing { aspect: *wanted.kind.aspects().first()?, place: wanted.place.clone() })
    });
    for open in deployments.iter().flat_map(|deployment| deployment.missing.iter().cloned()).chain(all) {
        if !missing.iter().any(|other| other.place == open.place) {
            missing.push(open);
        }
    }
    missing
}

/// Files whose presence alone tells, and images, are not asked.
fn is_read(piece: &Piece) -> bool {
    !matches!(piece.place().role, Role::Marker | Role::Image | Role::DriverLog)
}

fn read_image(piece: &Piece) -> Option<Subject> {
    let source = piece.read_at().ok().flatten()?;
    Some(image::read(&Metered::new(source), piece.name(), Depth::of(Assurance::Declared)))
}

/// The worst of the verdicts; what could not be judged outweighs what is good.
fn overall(verdicts: &[Verdict]) -> Verdict {
    let good = |verdict: &Verdict| matches!(verdict, Verdict::Approved | Verdict::Consistent);
    let worst = Verdict::worst(verdicts.iter().copied());
    if good(&worst) && !verdicts.iter().all(good) { Verdict::Undecided } else { worst }
}

/// 0 where all is approved or consistent, 1 where something is not, 3 where nothing could be found or judged. So 1 goes with
/// the verdict "undecided" where some of them could be judged, and the others not.
fn exit_code(verdicts: &[Verdict]) -> ExitCode {
    if verdicts.iter().all(|verdict| *verdict == Verdict::Undecided) {
        ExitCode::Undecided
    } else if verdicts.iter().all(|verdict| matches!(verdict, Verdict::Approved | Verdict::Consistent)) {
        ExitCode::Approved
    } else {
        ExitCode::NotApproved
    }
}

fn report((deployment, judgement): &(Deployment, DeploymentJudgement)) -> DeploymentReport<'_> {
    DeploymentReport {
        deployment,
        verdict: Some(judgement.verdict),
        approval: judgement.approval.as_ref().map(Into::into),
        compared: judgement.compared.iter().map(Into::into).collect(),
        findings: judgement.findings.iter().map(Into::into).collect(),
    }
}

fn set_aside(inventory: &Inventory, shown: &dyn Fn(&str) -> String) -> Vec<SetAsideReport> {
    let aside = inventory.set_aside.iter().map(|aside| {
        let Texts { en, zh } = case_words::why(aside.why);
        SetAsideReport { source: shown(aside.piece.name()), reason: en.to_owned(), reason_zh: zh.to_owned() }
    });
    let gaps = inventory.gaps.iter().map(|gap| {
        let hint = case_words::hint(gap.kind);
        let reason = |language, sign: &str| {
            let hint = hint.map(|hint| format!("{sign}{}", hint.get(language))).unwrap_or_default();
            shown(&format!("{}{hint}", gap.detail))
        };
        SetAsideReport {
            source: shown(&gap.name),
            reason: reason(Language::En, "; "),
            reason_zh: reason(Language::ZhCn, "；"),
        }
    });
    aside.chain(gaps).collect()
}
