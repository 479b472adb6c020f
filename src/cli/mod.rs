//! The command line: a file a verb. Arguments in, result out; nothing that a user of the library would miss.

mod approvals;
mod approve;
mod break_glass;
mod check;
mod convert;
mod copy;
mod diff;
mod examining;
mod explain;
mod extract;
mod forms;
mod given_image;
mod health;
mod inspect;
mod keys;
mod locale;
mod output;
mod policy;
mod progress;
mod query;
mod registry;
mod seal;
mod shell;
mod site;
mod site_policy;
mod sweep;
mod targets;
mod trace;
mod tree;
mod verify;

use std::{
    cell::RefCell,
    ffi::OsString,
    io,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    process,
    sync::OnceLock,
    time::Duration,
};

use chrono::{DateTime, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum, error::ErrorKind};

use crate::{
    evidence::facts_file::FactsFileError,
    judge::{ExitCode, Language},
    policy::PolicyError,
    registry as store,
    source::{DEFAULT_TIMEOUT, Explained, Opener},
};
use forms::Shape;
use output::Output;

/// Proves where a Windows image came from.
#[derive(Debug, Parser)]
#[command(name = "wimproof", bin_name = "wimproof", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Exit codes: 0 approved (or done), 1 not approved, 2 usage error, 3 undecided.\n\
    `wimproof explain WP1001` tells what a finding means and what to do.")]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// Options that stand before or after the verb.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Folder of the registry of approved images
    #[arg(long, global = true, value_name = "DIR", env = "WIMPROOF_REGISTRY")]
    registry: Option<PathBuf>,
    /// Policy of the site (policy.toml), for `check` and `sweep`
    #[arg(long, global = true, value_name = "FILE", env = "WIMPROOF_POLICY")]
    policy: Option<PathBuf>,
    /// Trust file: whose signatures the registry is believed on
    #[arg(long, global = true, value_name = "FILE", env = "WIMPROOF_TRUST")]
    trust: Option<PathBuf>,
    /// Form of the result
    #[arg(long, global = true, value_name = "FORM", default_value = "human")]
    format: Format,
    /// Write the result to a file (UTF-8) instead of the standard output
    #[arg(short, long, global = true, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Take this for the current time (RFC 3339): the same input, registry and time give the same result
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_time)]
    now: Option<DateTime<Utc>>,
    /// Language of rules, verdicts and labels; by default that of the environment (`LC_ALL`, `LC_MESSAGES`,
    /// `LANG`), else that of Windows
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    /// No notes on the standard error
    #[arg(short, long, global = true)]
    quiet: bool,
    /// All facts, and findings that are only worth knowing
    #[arg(short, long, global = true)]
    verbose: bool,
    /// How long a web server may take for an answer, in seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = DEFAULT_TIMEOUT.as_secs(),
        value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// Folder for copies of large image files that a ZIP archive has compressed; they are removed again
    #[arg(long, global = true, value_name = "DIR")]
    scratch: Option<PathBuf>,
    #[arg(skip)]
    opener: OnceLock<Opener>,
}

/// Form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    #[value(alias = "table", alias = "text")]
    Human,
    /// For programs; of check, inspect and verify the stable form wimproof/result/v1.
    Json,
    /// Comma-separated values, for spreadsheets.
    Csv,
    /// A page to read and print, of check, inspect, verify and trace.
    Html,
    /// SARIF 2.1.0, for code scanning, of check, inspect and verify.
    Sarif,
    /// JUnit XML, for Jenkins, GitLab and Azure Pipelines, of check, inspect and verify.
    Junit,
    /// Markdown, for summaries and tickets, of check, inspect and verify.
    #[value(alias = "md")]
    Markdown,
    /// Lines that GitHub Actions shows as annotations, of check, inspect and verify.
    Github,
    /// Lines that Azure Pipelines shows as issues, of check, inspect and verify.
    Azure,
    /// Lines that TeamCity shows as inspections, of check, inspect and verify.
    Teamcity,
    /// A GitLab Code Quality report, of check, inspect and verify.
    Gitlab,
    /// in-toto Statements with a SLSA Verification Summary, one a line, of check; with --sign-key in signed envelopes.
    Vsa,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Lang {
    /// English.
    En,
    /// Simplified Chinese.
    #[value(name = "zh-CN", alias = "zh", alias = "zh-cn")]
    ZhCn,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what image files say and hold; needs no registry
    Inspect(inspect::Inspect),
    /// Judge image files against the registry: the gate
    Check(check::Check),
    /// Read every byte and check every hash; needs no registry
    Verify(verify::Verify),
    /// Tell whether images are whole: the files of their components against the manifests
    Health(health::Health),
    /// Rebuild which images were put on a computer, when, from where, and judge them
    Trace(trace::Trace),
    /// Judge all images under folders and shares, and tell what changed since the last time
    Sweep(sweep::Sweep),
    /// Show what differs between two images
    Diff(diff::Diff),
    /// List the files of an image
    Dir(extract::Dir),
    /// Take one file out of an image
    Extract(extract::Extract),
    /// Keep the registry of approved images
    #[command(subcommand)]
    Registry(registry::Command),
    /// Keep the policy of a gate: what it asks, excuses and knows
    #[command(subcommand)]
    Policy(policy::Command),
    /// Ask the registry questions
    #[command(subcommand)]
    Query(query::Query),
    /// Give a result that was kept as JSON another form
    Convert(convert::Convert),
    /// Tell what a rule means and what to do
    Explain(explain::Explain),
    /// List all rules
    Rules(explain::Rules),
    /// Write a completion script for a shell
    Completions(shell::Completions),
    /// Write man pages into a folder
    Man(shell::Man),
}

impl Command {
    /// What its results are like.
    fn shape(&self) -> Shape {
        match self {
            Self::Check(_) | Self::Convert(_) => Shape::Judged,
            Self::Inspect(_) | Self::Verify(_) | Self::Health(_) => Shape::Seen,
            Self::Trace(_) => Shape::Case,
            _ => Shape::List,
        }
    }
}

/// What keeps a command from giving its answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Registry(#[from] store::Error),
    #[error(transparent)]
    FactsFile(#[from] FactsFileError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("{path}: {}", Explained(source))]
    File { path: String, source: io::Error },
    #[error("cannot write the result: {0}")]
    Output(#[from] io::Error),
    #[error("cannot write the result: {0}")]
    Csv(#[from] csv::Error),
    /// What was named cannot be read.
    #[error("{0}")]
    Unreadable(String),
    /// The answer is no.
    #[error("{0}")]
    Refused(String),
}

impl Error {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) | Self::Registry(store::Error::Usage(_) | store::Error::NoSuchApproval { .. }) => {
                ExitCode::Usage
            }
            Self::Refused(_) | Self::Registry(store::Error::Refused(_) | store::Error::Exists { .. }) => {
                ExitCode::NotApproved
            }
            _ => ExitCode::Undecided,
        }
    }
}

type Result<T = ExitCode> = std::result::Result<T, Error>;

impl Global {
    fn now(&self) -> DateTime<Utc> {
        self.now.unwrap_or_else(Utc::now)
    }

    fn language(&self) -> Language {
        match self.lang {
            Some(Lang::En) => Language::En,
            Some(Lang::ZhCn) => Language::ZhCn,
            None => locale::of_process(),
        }
    }

    /// What opens the files, media and web resources that are named.
    fn opener(&self) -> &Opener {
        self.opener.get_or_init(|| Opener::new(Duration::from_secs(self.timeout), self.scratch.clone()))
    }

    /// Tells what web servers were asked for.
    #[cfg(feature = "http")]
    fn tell_traffic(&self, output: &Output) {
        for (locator, traffic) in self.opener().traffic() {
            let (bytes, requests) = (traffic.bytes, traffic.requests);
            output.note(&format!("{locator}: {bytes} bytes fetched by {requests} requests"));
        }
    }

    fn registry_dir(&self) -> Result<&PathBuf> {
        let hint = "no registry given: use --registry DIR or set WIMPROOF_REGISTRY";
        self.registry.as_ref().ok_or_else(|| Error::Usage(hint.into()))
    }

    /// The trust file, where one is given.
    fn trust(&self) -> Result<Option<store::Trust>> {
        Ok(self.trust.as_deref().map(store::Trust::read).transpose()?)
    }

    fn open_registry(&self) -> Result<store::Registry> {
        Ok(self.open_at(self.registry_dir()?)??)
    }

    /// The outer error is of the trust file, the inner one of the registry.
    fn open_at(&self, dir: &Path) -> Result<store::Result<store::Registry>> {
        let open = |trust| store::Registry::open_trusting(dir, trust, self.now());
        Ok(self.trust()?.map_or_else(|| store::Registry::open(dir), open))
    }

    /// For those who write: a registry may be written to, and signed anew, although its head is too old for a gate or
    /// lacks witnesses.
    fn open_to_write(&self) -> Result<store::Registry> {
        let dir = self.registry_dir()?;
        match self.trust()? {
            Some(trust) => Ok(store::Registry::open_trusting(dir, trust.of_writer(), self.now())?),
            None => Ok(store::Registry::open(dir)?),
        }
    }
}

fn parse_time(text: &str) -> std::result::Result<DateTime<Utc>, String> {
    let day = || {
        text.parse().ok().and_then(|day: chrono::NaiveDate| day.and_hms_opt(0, 0, 0)).map(|at| at.and_utc())
    };
    let instant = DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok();
    instant
        .or_else(day)
        .ok_or_else(|| "expected a time such as 2026-11-20T08:00:00Z, or a date (00:00 UTC)".into())
}

/// The definition of the command line, for completions and man pages.
pub fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Runs the program with the arguments of the process.
pub fn main() -> process::ExitCode {
    process::ExitCode::from(run(std::env::args_os()).code())
}

thread_local! {
    /// Where the last panic of this thread happened, for the message.
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a command line. No panic escapes: the answer is then "undecided".
fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    // Panics inside the index are caught and survived: they are told only where they end the program.
    panic::set_hook(Box::new(|panic| LAST_PANIC.with(|last| *last.borrow_mut() = panic.to_string())));
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| parse_and_run(arguments)));
    outcome.unwrap_or_else(|_| {
        let what = LAST_PANIC.with(|last| last.borrow().clone());
        output::complain(&format!("internal error, no decision was made: {what}"));
        ExitCode::Undecided
    })
}

fn parse_and_run(arguments: Vec<OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
                // A closed pipe is no reason to fail.
                let _ = error.print();
                return ExitCode::Approved;
            }
            // It quotes the arguments, and those may be names of files that somebody else chose.
            let text = without_settings(&error.render().to_string());
            output::complain(text.strip_prefix("error: ").unwrap_or(&text));
            return ExitCode::Usage;
        }
    };
    match dispatch(&cli) {
        Ok(code) => code,
        Err(error) => {
            output::complain(&error.to_string());
            error.exit_code()
        }
    }
}

/// A message of the parser in which the usage does not list what the environment sets as if it had to be given.
fn without_settings(message: &str) -> String {
    fn options(of: &clap::Command) -> Vec<String> {
        let own = of.get_arguments().filter(|argument| argument.get_env().is_some()).map(|a| format!(" {a}"));
        own.chain(of.get_subcommands().flat_map(options)).collect()
    }
    let mut command = command();
    command.build();
    let set = options(&command);
    let usage = |line: &str| set.iter().fold(line.to_owned(), |line, option| line.replace(option, ""));
    let lines = message.split_inclusive('\n');
    lines.map(|line| if line.starts_with("Usage:") { usage(line) } else { line.to_owned() }).collect()
}

fn dispatch(cli: &Cli) -> Result {
    if let Some(folder) = cli.global.output.as_deref().filter(|output| output.is_dir()) {
        return Err(Error::Usage(format!("-o {} is a folder: name the file to write", folder.display())));
    }
    let mut output = Output::new(&cli.global);
    cli.command.shape().allows(cli.global.format)?;
    let code = match &cli.command {
        Command::Inspect(inspect) => inspect.run(&cli.global, &mut output),
        Command::Check(check) => check.run(&cli.global, &mut output),
        // Its result is the file it takes out, and -o names that.
        Command::Extract(extract) => return extract.run(&cli.global),
        Command::Dir(dir) => dir.run(&cli.global, &mut output),
        Command::Diff(diff) => diff.run(&cli.global, &mut output),
        Command::Sweep(sweep) => sweep.run(&cli.global, &mut output),
        Command::Trace(trace) => trace.run(&cli.global, &mut output),
        Command::Verify(verify) => verify.run(&cli.global, &mut output),
        Command::Health(health) => health.run(&cli.global, &mut output),
        Command::Convert(convert) => convert.run(&mut output),
        Command::Registry(command) => command.run(&cli.global, &mut output),
        Command::Policy(command) => command.run(&cli.global, &mut output),
        Command::Query(query) => query.run(&cli.global, &mut output),
        Command::Explain(explain) => explain.run(&cli.global, &mut output),
        Command::Rules(rules) => rules.run(&cli.global, &mut output),
        Command::Completions(completions) => completions.run(&mut output),
        Command::Man(man) => man.run(),
    }?;
    #[cfg(feature = "http")]
    cli.global.tell_traffic(&output);
    match output.finish() {
        // Whoever read the result has stopped reading; the answer stands.
        Err(Error::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(code),
        Err(error) => Err(error),
        Ok(()) => Ok(code),
    }
}
