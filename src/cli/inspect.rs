//! `wimproof inspect`: what a file says and holds.

use std::{io::Write as _, path::PathBuf};

use clap::Args;

use super::{Error, Global, Result, check::Level, output::Output, targets, tree};
use crate::{
    evidence::image,
    judge::ExitCode,
    report::{
        inert::Inert,
        result::{Document, SCHEMA, SubjectReport, TOOL},
    },
    sighting::Assurance,
};

/// Show what image files say and hold; needs no registry.
///
/// Ends with 0 when the file can be read, 1 when it is damaged, 3 when it cannot be read.
#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Image files, folders
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// How far to read
    #[arg(long, value_name = "LEVEL", default_value = "declared")]
    assurance: Level,
    /// Read the whole file and show its SHA-256
    #[arg(long)]
    hash: bool,
    /// Print the XML data instead (unchanged when written to a file with -o)
    #[arg(long, conflicts_with_all = ["blobs", "tree"])]
    xml: bool,
    /// List the blob table instead
    #[arg(long, conflicts_with = "tree")]
    blobs: bool,
    /// List the directory tree of each image instead, from PATH down
    #[arg(long, value_name = "PATH", num_args = 0..=1, require_equals = true, default_missing_value = "\\")]
    tree: Option<String>,
    /// Only this image (with --tree)
    #[arg(long, value_name = "N", requires = "tree")]
    index: Option<u32>,
}

impl Inspect {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let files = targets::expand(&self.images);
        if self.xml {
            return print_xml(&files, output);
        }
        if self.blobs {
            return tree::blobs(&files, output);
        }
        if let Some(below) = &self.tree {
            return tree::trees(&files, self.index, below, output);
        }
        let now = global.now();
        let mut worst = ExitCode::Approved;
        let mut subjects = Vec::new();
        for path in files {
            let subject = targets::read(&path, self.assurance.into(), |source, subject| {
                if self.hash {
                    image::hash_file(source, subject);
                }
            });
            let report = SubjectReport::seen(&subject, now);
            worst = worse(worst, code_of(&subject, &report));
            subjects.push(report);
        }
        output.document(&Document {
            schema: SCHEMA,
            tool: TOOL,
            command: "inspect",
            now,
            registry: None,
            verdict: None,
            exit_code: worst.code(),
            subjects,
        })?;
        Ok(worst)
    }
}

fn print_xml(files: &[PathBuf], output: &mut Output) -> Result {
    let mut code = ExitCode::Approved;
    for path in files {
        let subject = targets::read(path, Assurance::Claimed, |_, _| {});
        let Some(xml) = subject.xml else {
            let why = subject.observations.first().map(|seen| seen.detail.clone()).unwrap_or_default();
            super::output::complain(&format!("{}: {why}", path.display()));
            code = ExitCode::Undecided;
            continue;
        };
        let raw = output.to_file();
        let text = output.text();
        if raw {
            writeln!(text, "{xml}").map_err(Error::Output)?;
        } else {
            for line in xml.lines() {
                writeln!(text, "{}", Inert(line)).map_err(Error::Output)?;
            }
        }
    }
    Ok(code)
}

/// Unreadable before damaged before sound.
fn code_of(subject: &crate::sighting::Subject, report: &SubjectReport) -> ExitCode {
    let mut observations =
        subject.observations.iter().chain(subject.images.iter().flat_map(|i| &i.observations));
    if observations.any(|observation| observation.trouble.prevents_judgement()) {
        ExitCode::Undecided
    } else if report.all_findings().any(|finding| finding.rule.rule().damage) {
        ExitCode::NotApproved
    } else {
        ExitCode::Approved
    }
}

pub(super) fn worse(a: ExitCode, b: ExitCode) -> ExitCode {
    if b.code() > a.code() { b } else { a }
}
