//! `wimproof sweep`: all images under folders and shares, and what became of them.

mod state;

use std::{collections::HashSet, path::PathBuf};

use clap::Args;

use super::{
    Format, Global, Result,
    approvals::Approvals,
    break_glass::{BreakGlass, obstacle},
    check::{Gate, Judged, Level},
    output::Output,
    progress::Work,
    site_policy::SitePolicy,
    targets::{Expansion, Target},
};
use crate::{
    judge::{ExitCode, Language, Said, Verdict, policy::Weighing},
    registry::{Audit, Registry, Status},
    report::{
        self,
        enforcement::notices,
        result::{Document, SubjectReport, TOOL},
        sweep::{Change, SWEEP_SCHEMA, SweepReport, SweptFile, SweptImage},
    },
    sighting::{Assurance, FactKey},
};
use state::{Entry, Keeper, Look, Scope, State};

/// Judge all images under folders and shares, and tell what appeared, changed and vanished.
///
/// What a sweep found is kept in a state file, also while it is at work: one that was interrupted goes on where it stopped.
/// The next one reads only what changed since. A file is taken for unchanged by its length, its time, and a look at both its
/// ends; --full reads all. What is not approved without an excuse, or by an approval that does not hold any more, and
/// everything after the registry or the policy changed, is read again in any case. Exit codes as of check.
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
    /// Pass over findings that this baseline knows (see `wimproof policy baseline`)
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    #[command(flatten)]
    break_glass: BreakGlass,
    /// Read every file again
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    work: Work,
    /// Do not add to the audit record of the registry
    #[arg(long)]
    no_audit: bool,
}

/// A sweep at work.
struct Round<'r> {
    sweep: &'r Sweep,
    global: &'r Global,
    registry: &'r Registry,
    gate: &'r Gate<'r>,
    site: &'r SitePolicy,
    weighing: Weighing<'r>,
    /// What was known before; each file that is looked at takes the place of what was known of it.
    state: State,
    keeper: Keeper<'r>,
    visited: HashSet<String>,
    files: Vec<SweptFile>,
    bytes_read: u64,
    /// Those that are not in the audit record yet.
    audits: Vec<Audit>,
    /// Why they could not be added to it.
    unrecorded: Option<String>,
    /// What is in the way of letting all of it through.
    obstacle: Option<Said>,
}

impl Sweep {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        output.keep_evidence(&self.paths)?;
        self.break_glass.check()?;
        let assurance = (self.assurance.map(Into::into), Assurance::Declared);
        let site = SitePolicy::read(global, self.baseline.as_deref(), assurance, self.scope.as_deref())?;
        let mut inputs = site.files(global, self.baseline.as_ref());
        inputs.push(self.state.clone());
        output.keep_inputs(&inputs)?;
        let approvals = Approvals::open(&[], global)?;
        let registry = global.open_registry()?;
        let now = global.now();
        let gate = Gate::new(&approvals, &site, now)?;
        let state = self.begin(Scope::of(&registry, &site), output)?;
        let since = state.at;
        let mut round = Round {
            sweep: self,
            global,
            registry: &registry,
            gate: &gate,
            site: &site,
            weighing: site.weighing(now),
            state,
            keeper: Keeper::of(&self.state),
            visited: HashSet::new(),
            files: Vec::new(),
            bytes_read: 0,
            audits: Vec::new(),
            unrecorded: None,
            obstacle: None,
        };
        round.look()?;
        let Round {
            weighing,
            mut state,
            mut keeper,
            mut files,
            audits,
            unrecorded,
            obstacle,
            bytes_read,
            ..
        } = round;
        files.sort_by(|a, b| a.source.cmp(&b.source));
        let present = files.iter().filter(|file| file.change != Change::Vanished);
        let verdict = Verdict::worst(present.filter_map(|file| file.verdict));
        let mut document = gate.document("sweep", verdict, Vec::new(), &weighing.finish());
        let recorded = site.conclude(&mut document, &self.break_glass, obstacle, Some(&registry), &audits);
        let code = ExitCode::of(document.exit_code);
        let notices = notices(&document, global.language());
        let report = report_of(document, since, files, bytes_read);
        match output.format() {
            Format::Human => {
                report::sweep::write(output.text(), &report, global.verbose, &notices, global.language())?;
            }
            Format::Csv => {
                let table = report::sweep::table(report.files.iter(), Language::En);
                report::csv::write(output.text(), &table)?;
            }
            _ => report::json::write(output.text(), &report)?,
        }
        state.told(now);
        keeper.write(&state)?;
        let failed = match self.no_audit || recorded {
            true => None,
            false => registry.audit(&audits).err().map(|error| error.to_string()),
        };
        if let Some(why) = unrecorded.or(failed) {
            output.note(&format!("the sweep was not added to the audit record: {why}"));
        }
        Ok(code)
    }

    /// The state to begin with; says what is not taken from it.
    fn begin(&self, scope: Scope, output: &Output) -> Result<State> {
        let mut state = State::read(&self.state)?;
        let interrupted = state.files.values().filter(|entry| entry.untold.is_some()).count();
        let others = state.begin(scope);
        let from = self.state.display();
        if !others.is_empty() {
            let others = others.join(", ");
            output.note(&format!("{from} is of {others}: all files are read again"));
        } else if interrupted > 0 {
            output
                .note(&format!("a sweep with {from} was interrupted: it goes on behind {interrupted} files"));
        }
        Ok(state)
    }
}

fn report_of(
    document: Document,
    since: Option<chrono::DateTime<chrono::Utc>>,
    files: Vec<SweptFile>,
    bytes_read: u64,
) -> SweepReport {
    let (changes, verdicts) = report::sweep::counts(&files);
    SweepReport {
        schema: SWEEP_SCHEMA,
        tool: TOOL,
        now: document.now,
        since,
        policy: document.policy,
        enforced: document.enforced,
        break_glass: document.break_glass,
        registry: document.registry,
        verdict: document.verdict,
        exit_code: document.exit_code,
        findings: document.findings,
        changes,
        verdicts,
        read: files.iter().filter(|file| file.read).count(),
        bytes_read,
        files,
    }
}

impl Round<'_> {
    /// Looks at all that is there, and then for what is not there any more.
    fn look(&mut self) -> Result<()> {
        // Places that could not be entered.
        let mut closed = Vec::new();
        let mut expansion = Expansion::new(self.sweep.paths.len(), self.global.opener());
        for path in &self.sweep.paths {
            for target in expansion.of(path) {
                let file = self.file(&target, &path.display().to_string());
                if file.read && file.images.is_empty() {
                    closed.push(target.name());
                }
                self.files.push(file);
                self.keep()?;
            }
        }
        let swept: HashSet<String> = self.sweep.paths.iter().map(|path| path.display().to_string()).collect();
        let (visited, files) = (&self.visited, &mut self.files);
        self.state.files.retain(|name, entry| {
            // What lies in a closed place may still be there.
            let gone = !visited.contains(name)
                && swept.contains(&entry.under)
                && !closed.iter().any(|place| name.starts_with(place.as_str()));
            if gone {
                files.push(entry.file(name, Change::Vanished, false));
            }
            !gone
        });
        Ok(())
    }

    /// Looks at a file, if it is not known already.
    fn file(&mut self, target: &Target, under: &str) -> SweptFile {
        let name = target.name();
        let before = self.state.files.get(&name).filter(|_| !self.visited.contains(&name)).cloned();
        let known = before.as_ref().filter(|entry| self.is_known(entry, target));
        let read = known.is_none();
        let mut entry = if let Some(entry) = known {
            entry.clone()
        } else {
            // Before it is read: a change after that is then seen by the next sweep.
            let look = Look::at(target, self.global.opener());
            let judged = self.judge(target);
            self.bytes_read += judged.report.bytes_read;
            self.audits.extend(judged.audits);
            if self.obstacle.is_none() {
                self.obstacle = obstacle(self.site.terms.as_ref(), &judged.report);
            }
            entry_of(&judged.report, under, look)
        };
        let change = if read { entry.change_since(before.as_ref()) } else { Change::Unchanged };
        let change = change.after(before.and_then(|before| before.untold));
        entry.untold = (change != Change::Unchanged).then_some(change);
        let file = entry.file(&name, change, read);
        self.visited.insert(name.clone());
        self.state.files.insert(name, entry);
        file
    }

    /// Puts on the disk what was found so far, now and then. A decision of a person is about all of it, and waits.
    fn keep(&mut self) -> Result<()> {
        if self.sweep.break_glass.is_asked() || !self.keeper.is_due() {
            return Ok(());
        }
        // Who goes on does not judge again, and adds nothing to the record.
        let audits = std::mem::take(&mut self.audits);
        if !self.sweep.no_audit
            && !audits.is_empty()
            && let Err(error) = self.registry.audit(&audits)
        {
            self.unrecorded.get_or_insert(error.to_string());
        }
        self.keeper.write(&self.state)
    }

    /// Whether a file need not be read again.
    fn is_known(&self, entry: &Entry, target: &Target) -> bool {
        // Old approvals of a policy, and what a baseline knows, change without a trace in what is kept.
        let judged_again = self.site.baseline.is_some()
            || self.site.terms.as_ref().is_some_and(|terms| terms.approval_days.is_some());
        if self.sweep.full || judged_again || !self.holds(entry) {
            return false;
        }
        let look = Look::at(target, self.global.opener());
        look.is_some() && look == entry.look
    }

    /// Whether a verdict stands without another look: approved for the same reasons, by approvals that are still in force.
    fn holds(&self, entry: &Entry) -> bool {
        let approved = |verdict| verdict == Some(Verdict::Approved);
        let in_force = |image: &SweptImage| {
            let id = image.approval.as_deref().and_then(|id| id.parse().ok());
            let standing = id.and_then(|id| self.registry.standing_of(id).ok());
            standing.is_some_and(|standing| standing.status(self.gate.now) == Status::InForce)
        };
        !entry.stale
            && !entry.excused
            && entry.assurance >= self.site.asked.assurance
            && approved(entry.verdict)
            && !entry.images.is_empty()
            && entry.images.iter().all(|image| approved(image.verdict) && in_force(image))
    }

    fn judge(&mut self, target: &Target) -> Judged {
        let opener = self.global.opener();
        let progress = self.sweep.work.progress(target, opener, self.global);
        let add = |bytes| progress.add(bytes);
        let depth = self.sweep.work.depth(self.gate.reads(), &add);
        self.gate.judge(target, opener, depth, &mut self.weighing)
    }
}

fn entry_of(report: &SubjectReport, under: &str, look: Option<Look>) -> Entry {
    let images = report.images.iter().map(|image| SweptImage {
        index: image.index,
        name: image.name(),
        tree: image.digests.get(&FactKey::Tree).map(ToString::to_string),
        verdict: image.verdict,
        unwaived_verdict: image.unwaived_verdict,
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
        excused: report.all_findings().any(report::result::FindingReport::is_excused),
        look,
        stale: false,
        untold: None,
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
