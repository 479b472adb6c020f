//! The forms of a result: which command has which, and the files that `--report` asks for.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::{Args, ValueEnum as _};

use super::{
    Error, Format, Result,
    output::{Output, make_way, write_whole},
};
use crate::{
    judge::{Language, Verdict},
    report::{
        self,
        answer::{Answer, Question},
        result::{Document, FindingReport},
        table::Table,
        text::Style,
    },
    signing::Signer,
};

/// What the results of a command are like; that decides which forms they have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Images and verdicts.
    Judged,
    /// Images.
    Seen,
    /// A case.
    Case,
    /// Rows, or text.
    List,
}

impl Shape {
    fn has(self, format: Format) -> bool {
        match format {
            Format::Human | Format::Json | Format::Csv => true,
            Format::Html => self != Self::List,
            Format::Vsa => self == Self::Judged,
            _ => matches!(self, Self::Judged | Self::Seen),
        }
    }

    /// Says which forms there are instead, before anything is read.
    pub(super) fn allows(self, format: Format) -> Result<()> {
        if self.has(format) {
            return Ok(());
        }
        let forms: Vec<String> =
            Format::value_variants().iter().filter(|form| self.has(**form)).map(|form| name(*form)).collect();
        let format = name(format);
        Err(Error::Usage(format!("this command has no form {format}; it has {}", forms.join(", "))))
    }
}

fn name(format: Format) -> String {
    format.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

/// Writes a result in a form. Forms that can be signed are, by the signers.
pub(super) fn write(
    out: &mut Vec<u8>,
    document: &Document,
    format: Format,
    style: Style,
    signers: &[Signer],
) -> Result<()> {
    match format {
        Format::Human => report::text::write(out, document, style)?,
        Format::Json => report::json::write(out, document)?,
        Format::Csv => report::csv::write(out, &images(document))?,
        Format::Html => report::html::gate(out, document, style)?,
        Format::Sarif => report::sarif::write(out, document, style)?,
        Format::Junit => report::junit::write(out, document, style)?,
        Format::Markdown => report::markdown::write(out, document, style)?,
        Format::Github => report::lines::github(out, document, style)?,
        Format::Azure => report::lines::azure(out, document, style)?,
        Format::Teamcity => report::lines::teamcity(out, document, style)?,
        Format::Gitlab => report::gitlab::write(out, document, style)?,
        Format::Vsa => vsa(out, document, style, signers)?,
    }
    Ok(())
}

fn vsa(out: &mut Vec<u8>, document: &Document, style: Style, signers: &[Signer]) -> Result<()> {
    if document.command != "check" {
        return Err(Error::Usage(format!(
            "the result of {} is no verdict to summarise as vsa",
            document.command
        )));
    }
    if signers.is_empty() {
        return Ok(report::vsa::write(out, document, style)?);
    }
    for line in report::vsa::signed(document, signers).map_err(crate::registry::Error::from)? {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// What a form leaves out, for a note beside it.
pub(super) fn left_out(document: &Document, format: Format) -> Option<String> {
    let without: Vec<&str> = match format {
        Format::Vsa => {
            report::vsa::without_statement(document).map(|subject| subject.source.as_str()).collect()
        }
        _ => Vec::new(),
    };
    let reason = "no statement is made of what was not read whole, or judged without a registry";
    (!without.is_empty()).then(|| format!("{reason}: {}", without.join(", ")))
}

/// More forms of the same result.
#[derive(Debug, Args)]
pub(super) struct Reports {
    /// Write the result in this form to this file as well (repeatable): junit=gate.xml
    #[arg(long = "report", value_name = "FORM=FILE")]
    reports: Vec<Report>,
}

/// A form and the file it goes to.
#[derive(Debug, Clone)]
struct Report {
    format: Format,
    file: PathBuf,
}

impl FromStr for Report {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (form, file) = text.split_once('=').ok_or("expected FORM=FILE, for example junit=gate.xml")?;
        let format = Format::from_str(form, false).map_err(|_| {
            let names: Vec<String> = Format::value_variants().iter().map(|form| name(*form)).collect();
            format!("no form {form:?}; there are {}", names.join(", "))
        })?;
        match file.is_empty() {
            true => Err(format!("no file is named after {form}=")),
            false => Ok(Self { format, file: file.into() }),
        }
    }
}

impl Reports {
    /// Refuses forms that the command does not have and files that would be written twice or over what is to be read;
    /// removes what an earlier run left, so that a failure does not leave an old answer behind.
    pub(super) fn prepare(&self, shape: Shape, inputs: &[PathBuf], output: &Output) -> Result<()> {
        for (position, Report { format, file }) in self.reports.iter().enumerate() {
            shape.allows(*format)?;
            let mut others = self.reports.iter().take(position).map(|other| other.file.as_path());
            if others.any(|other| other == file) || output.file() == Some(file) {
                return Err(Error::Usage(format!("{} is named for two results", file.display())));
            }
            make_way(file, inputs)?;
        }
        Ok(())
    }

    /// Writes the files.
    pub(super) fn write(&self, document: &Document, output: &Output) -> Result<()> {
        for Report { format, file } in &self.reports {
            let mut form = Vec::new();
            write(&mut form, document, *format, output.file_style(), output.signers())?;
            if let Some(note) = left_out(document, *format) {
                output.note(&note);
            }
            write_whole(file, |out| out.write_all(&form)).map_err(|source| failed(file, source))?;
        }
        Ok(())
    }
}

fn failed(path: &Path, source: std::io::Error) -> Error {
    Error::File { path: path.display().to_string(), source }
}

/// One row an image.
fn images(document: &Document) -> Table {
    let question = Question::of(document);
    let mut table = Table::new(&["source", "index", "name", "verdict", "approval", "assurance", "rules"]);
    for subject in &document.subjects {
        let named = |verdict: Option<Verdict>, answer: &Answer| {
            verdict.map_or_else(|| answer.name().to_owned(), |verdict| verdict.name().to_owned())
        };
        let rules = |findings: &[FindingReport]| {
            findings.iter().map(|finding| finding.rule.rule().id).collect::<Vec<_>>().join(" ")
        };
        if subject.images.is_empty() {
            let answer = question.on_file(subject, Language::En);
            let verdict = named(subject.verdict, &answer);
            let (none, rules) = (String::new, rules(&subject.findings));
            let assurance = subject.assurance.to_string();
            table.rows.push(vec![subject.source.clone(), none(), none(), verdict, none(), assurance, rules]);
        }
        for image in &subject.images {
            let answer = question.on_image(image, subject, Language::En);
            table.rows.push(vec![
                subject.source.clone(),
                image.index.map(|index| index.to_string()).unwrap_or_default(),
                image.name(),
                named(image.verdict, &answer),
                image.approval.as_ref().map(|approval| approval.id.clone()).unwrap_or_default(),
                subject.assurance.to_string(),
                rules(&image.findings),
            ]);
        }
    }
    table
}
