//! `wimproof inspect`: what a file says and holds.

use std::path::PathBuf;

use clap::Args;

use super::{
    Error, Global, Result,
    check::Level,
    diff, examining,
    forms::{Reports, Shape},
    output::Output,
    targets::{self, Target},
    tree,
};
use crate::{
    evidence::image,
    judge::ExitCode,
    report::{
        inert::Inert,
        result::{Document, SubjectReport},
    },
    sighting::FactKey,
    source::Opener,
};

/// Show what image files say and hold; needs no registry.
///
/// Ends with 0 when the file can be read, 1 when it is damaged, 3 when it cannot be read.
#[derive(Debug, Args)]
pub(super) struct Inspect {
    /// Image files, folders; with :N the image N of a file
    #[arg(required = true, value_name = "IMAGE[:N]")]
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
    #[command(flatten)]
    reports: Reports,
}

impl Inspect {
    pub(super) fn run(&self, global: &Global, output: &mut Output) -> Result {
        let named: Vec<(PathBuf, Option<u32>)> =
            self.images.iter().map(|image| diff::split_path(image)).collect();
        let paths: Vec<PathBuf> = named.iter().map(|(path, _)| path.clone()).collect();
        let (opener, inputs) = (global.opener(), targets::roots(&paths));
        output.keep_inputs(&inputs)?;
        self.reports.prepare(Shape::Seen, &inputs, output)?;
        let targets = self.targets(named, opener)?;
        let files = tree::Files { targets: &targets, opener };
        if self.xml {
            return Ok(print_xml(files, output));
        }
        if self.blobs {
            return tree::blobs(files, output);
        }
        if let Some(below) = &self.tree {
            return tree::trees(files, below, output);
        }
        let now = global.now();
        let mut worst = ExitCode::Approved;
        let mut subjects = Vec::new();
        for (target, index) in &targets {
            let mut subject =
                targets::read(target, opener, image::Depth::of(self.assurance.into()), |source, subject| {
                    if self.hash && !subject.facts.contains_key(&FactKey::FileSha256) {
                        image::hash_file(source, subject);
                    }
                });
            // Of a file that could not be read, what it holds is not known.
            if !subject.observations.iter().any(|observation| observation.trouble.prevents_judgement()) {
                examining::select(&mut subject, *index);
            }
            let report = SubjectReport::seen(&subject, now);
            worst = worse(worst, code_of(&subject, &report));
            subjects.push(report);
        }
        let document = Document::seen("inspect", now, worst, subjects);
        self.reports.write(&document, output)?;
        output.document(&document)?;
        Ok(worst)
    }
}

impl Inspect {
    /// The files, each with the image that is meant.
    fn targets(
        &self,
        named: Vec<(PathBuf, Option<u32>)>,
        opener: &Opener,
    ) -> Result<Vec<(Target, Option<u32>)>> {
        if named.iter().any(|(_, index)| index.is_some()) {
            if self.xml || self.blobs {
                let what = if self.xml { "--xml shows the XML data" } else { "--blobs lists the blob table" };
                return Err(Error::Usage(format!("{what} of the whole file: leave :N away")));
            }
            if self.index.is_some() {
                return Err(Error::Usage("name the image with :N or with --index, not with both".into()));
            }
        }
        let expanded = named.into_iter().flat_map(|(path, index)| {
            let targets = targets::expand(&[path], opener).into_iter();
            targets.map(move |target| (target, index.or(self.index)))
        });
        Ok(expanded.collect())
    }
}

/// The XML data: as text that commands nothing, or as they stand when written to a file.
fn print_xml(files: tree::Files<'_>, output: &mut Output) -> ExitCode {
    let raw = output.to_file();
    tree::for_each(files, |_, _, wim| {
        let (xml, bytes) = (wim.xml()?, wim.xml_bytes()?);
        let text = output.text();
        if raw {
            text.extend(bytes);
        } else {
            for line in xml.text.lines() {
                text.extend(format!("{}\n", Inert(line)).into_bytes());
            }
        }
        Ok(())
    })
}

/// Unreadable before damaged before sound.
pub(super) fn code_of(subject: &crate::sighting::Subject, report: &SubjectReport) -> ExitCode {
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
