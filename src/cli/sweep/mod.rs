//! `wimproof sweep`: all images under folders and shares, and what became of them.

mod state;

use std::path::PathBuf;

use clap::Args;

use super::{
    Format, Global, Result,
    approvals::Approvals,
    check::{Gate, Judged, Level},
    output::Output,
    policy,
    progress::Work,
    targets::{self, Target},
};
use crate::{
    judge::{Language, Verdict, policy::Weighing},
    registry::{Audit, Registry, Status},
    report::{
        self,
        result::{SubjectReport, TOOL},
        sweep::{Change, SWEEP_SCHEMA, SweepReport, SweptFile, SweptImage},
    },
    sighting::{Assurance, FactKey},
};
use state::{Entry, Look, Scope, State};

/// Judge all images under folders and shares, and tell what appeared, changed and vanished.
///
/// What a sweep found is kept in a state file; the next one reads only what changed since. A file is taken for unchanged
/// by its length, its time, and a look at both its ends; --full reads all. What is not approved, or by an approval that
/// does not hold any more, and everything after the registry changed or where a policy is given, is read again in any
/// case. Exit codes as of check.
#[derive(Debug, Args)]
pub(super) struct Sweep {
    /// Folders, image files, media
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where the state is kept between sweeps
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// On what an approval must rest [default: that of the policy, else declared]
    #[arg(long, value_name = "LEVEL")]
    assurance: Option<Level>,
    /// Where the images are to be used, for approvals that name scopes
    #[arg(long, value_name = "SCOPE")]
    scope: Option<String>,
    /// Read every file again
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    work: Work,
    /// Do not add to the audit record of the registry
    #[arg(long)]
    no_audit: bool,
}

/// What a sweep works with.
struct Round<'r> {
    sweep: &'r Sweep,
    global: &'r Global,
    registry: &'r Registry,
    gate: Gate<'r>,
    weighing: Weighing<'r>,
    /// Whether the SHA-256 of files is wanted.
    whole: bool,
    before: State,
    /// Whether what is known from before was judged by the same registry and policy.
    comparable: bool,
}

impl Sweep {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        output.keep_evidence(&self.paths)?;
        let approvals = Approvals::open(&[], global)?;
        let registry = global.open_registry()?;
        let now = global.now();
        let terms = global.policy.as_deref().map(crate::policy::read).transpose()?;
        let assurance = self.assurance.map_or(Assurance::Declared, Into::into);
        let asked = terms.is_none() || self.assurance.is_some();
        let policy = policy::asked(terms.as_ref(), asked.then_some(assurance), self.scope.as_deref())?;
        let scope = Scope::of(&registry, &policy);
        let before = State::read(&self.state)?;
        // Whether a policy still passes over what it passed over depends on more than is kept.
        let comparable = terms.is_none() && before.scope.as_ref() == Some(&scope);
        let whole = terms.as_ref().is_some_and(policy::pins_files);
        let gate = Gate::new(&approvals, policy, terms.as_ref(), now)?;
        let weighing = Weighing::new(terms.as_ref(), None, now);
        let mut round =
            Round { sweep: self, global, registry: &registry, gate, weighing, whole, before, comparable };
        let mut found =
            Found { bytes_read: 0, files: Vec::new(), audits: Vec::new(), after: State::default() };
        (found.after.scope, found.after.at) = (Some(scope), Some(now));
        round.look(&mut found);
        let Found { mut files, audits, after, bytes_read } = found;
        files.sort_by(|a, b| a.source.cmp(&b.source));
        let present = files.iter().filter(|file| file.change != Change::Vanished);
        let verdict = Verdict::worst(present.filter_map(|file| file.verdict));
        let code = verdict.exit_code();
        let (changes, verdicts) = report::sweep::counts(&files);
        let report = SweepReport {
            schema: SWEEP_SCHEMA,
            tool: TOOL,
            now,
            since: round.before.at,
            registry: (&registry).into(),
            verdict,
            exit_code: code.code(),
            changes,
            verdicts,
            read: files.iter().filter(|file| file.read).count(),
            bytes_read,
            files,
        };
        match output.format() {
            Format::Human => report::sweep::write(output.text(), &report, global.verbose, global.language())?,
            Format::Csv => {
                let table = report::sweep::table(report.files.iter(), Language::En);
                report::csv::write(output.text(), &table)?;
            }
            _ => report::json::write(output.text(), &report)?,
        }
        after.write(&self.state)?;
        if !self.no_audit
            && let Err(error) = registry.audit(&audits)
        {
            output.note(&format!("the sweep was not added to the audit record: {error}"));
        }
        Ok(code)
    }
}

/// What a sweep found.
struct Found {
    files: Vec<SweptFile>,
    audits: Vec<Audit>,
    after: State,
    bytes_read: u64,
}

impl Round<'_> {
    /// Looks at all that is there, and then for what is not there any more.
    fn look(&mut self, found: &mut Found) {
        // Places that could not be entered.
        let mut closed = Vec::new();
        for path in &self.sweep.paths {
            for target in targets::expand(std::slice::from_ref(path), self.global.opener()) {
                let name = target.name();
                let file = self.file(&target, &path.display().to_string(), found);
                if file.read && file.images.is_empty() {
                    closed.push(name);
                }
                found.files.push(file);
            }
        }
        for (name, entry) in std::mem::take(&mut self.before.files) {
            let swept = self.sweep.paths.iter().any(|path| path.display().to_string() == entry.under);
            // What lies in such a place may still be there.
            if swept && !closed.iter().any(|place| name.starts_with(place.as_str())) {
                found.files.push(entry.file(&name, Change::Vanished, false));
            } else {
                found.after.files.insert(name, entry);
            }
        }
    }

    /// Looks at a file, if it is not known already.
    fn file(&mut self, target: &Target, under: &str, found: &mut Found) -> SweptFile {
        let name = target.name();
        let (file, entry) = if let Some(entry) = self.known(target) {
            (entry.file(&name, Change::Unchanged, false), entry)
        } else {
            // Before it is read: a change after that is then seen by the next sweep.
            let look = Look::at(target, self.global.opener());
            let judged = self.judge(target);
            found.bytes_read += judged.report.bytes_read;
            found.audits.extend(judged.audits);
            let entry = entry_of(&judged.report, under, look);
            (entry.file(&name, entry.change_since(self.before.files.get(&name)), true), entry)
        };
        self.before.files.remove(&name);
        found.after.files.insert(name, entry);
        file
    }

    /// What is known of a file from the sweep before, if it need not be read again.
    fn known(&self, target: &Target) -> Option<Entry> {
        if self.sweep.full || !self.comparable {
            return None;
        }
        let entry = self.before.files.get(&target.name())?;
        let look = Look::at(target, self.global.opener())?;
        (entry.look.as_ref() == Some(&look) && self.holds(entry)).then(|| entry.clone())
    }

    /// Whether a verdict stands without another look: approved, by approvals that are still in force.
    fn holds(&self, entry: &Entry) -> bool {
        entry.verdict == Some(Verdict::Approved)
            && entry.images.iter().all(|image| {
                let id = image.approval.as_deref().and_then(|id| id.parse().ok());
                let standing = id.and_then(|id| self.registry.standing_of(id).ok());
                standing.is_some_and(|standing| standing.status(self.gate.now) == Status::InForce)
            })
    }

    fn judge(&mut self, target: &Target) -> Judged {
        let opener = self.global.opener();
        let progress = self.sweep.work.progress(target, opener, self.global);
        let add = |bytes| progress.add(bytes);
        let depth = self.sweep.work.depth(self.gate.reads(), &add);
        self.gate.judge(target, opener, depth, self.whole, &mut self.weighing)
    }
}

fn entry_of(report: &SubjectReport, under: &str, look: Option<Look>) -> Entry {
    let images = report.images.iter().map(|image| SweptImage {
        index: image.index,
        name: image.name(),
        tree: image.digests.get(&FactKey::Tree).map(ToString::to_string),
        verdict: image.verdict,
        approval: image.approval.as_ref().map(|approval| approval.id.clone()),
    });
    let mut rules: Vec<String> =
        report.all_findings().map(|finding| finding.rule.rule().id.to_owned()).collect();
    rules.sort();
    rules.dedup();
    let guid = report.claims.get(&FactKey::Guid).map(ToString::to_string);
    Entry {
        under: under.to_owned(),
        size: report.file_size,
        guid,
        assurance: report.assurance,
        verdict: report.verdict,
        rules,
        images: images.collect(),
        look,
    }
}

impl Entry {
    fn file(&self, source: &str, change: Change, read: bool) -> SweptFile {
        SweptFile {
            source: source.to_owned(),
            change,
            read,
            size: self.size,
            assurance: self.assurance,
            verdict: self.verdict,
            rules: self.rules.clone(),
            images: self.images.clone(),
        }
    }
}
