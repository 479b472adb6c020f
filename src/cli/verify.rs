//! `wimproof verify`: every byte, every hash.

use std::path::PathBuf;

use clap::Args;

use super::{
    Global, Result,
    forms::{Reports, Shape},
    inspect,
    output::Output,
    progress::Work,
    targets,
};
use crate::{
    judge::ExitCode,
    report::result::{Document, SubjectReport},
    sighting::Assurance,
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
        output.keep_inputs(&self.images)?;
        self.reports.prepare(Shape::Seen, &self.images, output)?;
        for target in targets::expand(&self.images) {
            let progress = self.work.progress(&target.path, global);
            let add = |bytes| progress.add(bytes);
            let subject = targets::read(&target, self.work.depth(Assurance::Verified, &add), |_, _| {});
            let report = SubjectReport::seen(&subject, now);
            worst = inspect::worse(worst, inspect::code_of(&subject, &report));
            subjects.push(report);
        }
        let document = Document::seen("verify", now, worst, subjects);
        self.reports.write(&document, output)?;
        output.document(&document)?;
        Ok(worst)
    }
}
