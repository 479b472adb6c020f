//! `wimproof verify`: every byte, every hash.

use std::path::PathBuf;

use clap::Args;

use super::{
    Error, Global, Result,
    forms::{Reports, Shape},
    inspect,
    output::Output,
    progress::Work,
    targets,
};
use crate::{
    evidence::second_opinion::{Libwim, Opinion, SecondOpinion},
    judge::ExitCode,
    report::result::{Document, SubjectReport},
    sighting::{Assurance, SubjectKind},
};

/// Read every byte and check every hash; needs no registry.
///
/// One pass over the file checks the integrity table and every content, and names every file that damage hits. Ends with
/// 0 when the file is sound, 1 when it is damaged, 3 when it cannot be read.
#[derive(Debug, Args)]
pub(super) struct Verify {
    /// Image files, folders
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Ask libwim too, and tell where it differs: 0 only when both find the file sound and list the same files, 1 when one
    /// finds damage, 3 when they differ otherwise or libwim is not installed
    #[arg(long)]
    second_opinion: bool,
    #[command(flatten)]
    work: Work,
    #[command(flatten)]
    reports: Reports,
}

impl Verify {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let now = global.now();
        let mut worst = ExitCode::Approved;
        let mut subjects = Vec::new();
        let (opener, inputs) = (global.opener(), targets::roots(&self.images));
        output.keep_inputs(&inputs)?;
        self.reports.prepare(Shape::Seen, &inputs, output)?;
        // Before hours of reading: what was asked for cannot be had.
        let libwim = self.second_opinion.then(Libwim::load).transpose();
        let libwim = libwim.map_err(|error| Error::Unreadable(error.to_string()))?;
        for target in targets::expand(&self.images, opener) {
            let progress = self.work.progress(&target, opener, global);
            let add = |bytes| progress.add(bytes);
            let subject =
                targets::read(&target, opener, self.work.depth(Assurance::Verified, &add), |_, _| {});
            let mut report = SubjectReport::seen(&subject, now);
            let mut code = inspect::code_of(&subject, &report);
            if let Some(libwim) = libwim.as_ref().filter(|_| subject.kind == SubjectKind::Wim) {
                let Some(file) = target.locator.plain_file() else {
                    return Err(Error::Usage(format!("libwim reads files only, not {}", target.name())));
                };
                report.second_opinion = libwim.ask(file, &subject, opinion(code));
                code = report.second_opinion.as_ref().map_or(code, |second| both(code, second));
            }
            worst = inspect::worse(worst, code);
            subjects.push(report);
        }
        let document = Document::seen("verify", now, worst, subjects);
        self.reports.write(&document, output)?;
        output.document(&document)?;
        Ok(worst)
    }
}

/// What an exit code of ours says of a file.
fn opinion(code: ExitCode) -> Opinion {
    match code {
        ExitCode::Approved => Opinion::Sound,
        ExitCode::NotApproved => Opinion::Damaged,
        ExitCode::Usage | ExitCode::Undecided => Opinion::Refused,
    }
}

/// The exit code for what both say.
fn both(ours: ExitCode, second: &SecondOpinion) -> ExitCode {
    match (opinion(ours), second.verdict) {
        _ if second.agrees => ours,
        (Opinion::Damaged, _) | (_, Opinion::Damaged) => ExitCode::NotApproved,
        _ => ExitCode::Undecided,
    }
}
