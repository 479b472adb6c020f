//! Where results and notes go: results to the standard output or a file, notes to the standard error.

use std::{
    fs,
    io::{self, IsTerminal as _, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    Error, Format, Global, Result,
    forms::{self, Shape},
};
use crate::{
    judge::{Language, Texts},
    registry::Registry,
    rename,
    report::{
        self, case::CaseReport, inert::Inert, result::Document, table::Table, text::Style, words::filled,
    },
    signing::Signer,
};

/// Collects the result of a command and delivers it at the end, so that a file is written whole or not at all.
pub(super) struct Output {
    buffer: Vec<u8>,
    file: Option<PathBuf>,
    format: Format,
    style: Style,
    quiet: bool,
    signers: Vec<Signer>,
}

impl Output {
    pub(super) fn new(global: &Global) -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let color = global.output.is_none() && !no_color && io::stdout().is_terminal() && obeys_colors();
        Self {
            buffer: Vec::new(),
            file: global.output.clone(),
            format: global.format,
            style: Style { color, verbose: global.verbose, language: global.language() },
            quiet: global.quiet,
            signers: Vec::new(),
        }
    }

    /// Has what can be signed be signed.
    pub(super) fn sign_with(&mut self, signers: Vec<Signer>) {
        self.signers = signers;
    }

    /// Who signs what can be signed.
    pub(super) fn signers(&self) -> &[Signer] {
        &self.signers
    }

    /// Refuses to write the result over what is to be read; else removes what an earlier run left, so that a failure
    /// does not leave an old answer behind.
    pub(super) fn keep_inputs(&self, inputs: &[PathBuf]) -> Result<()> {
        self.file.as_deref().map_or(Ok(()), |file| make_way(file, inputs))
    }

    /// The file that the result goes to.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// How results are shown in a file.
    pub(super) fn file_style(&self) -> Style {
        Style { color: false, ..self.style }
    }

    /// Refuses to write the result into evidence: nothing below what is to be read may change.
    pub(super) fn keep_evidence(&self, inputs: &[PathBuf]) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let places = [fs::canonicalize(file), fs::canonicalize(folder)];
        let within = |input: &PathBuf| {
            fs::canonicalize(input)
                .is_ok_and(|input| places.iter().flatten().any(|place| place.starts_with(&input)))
        };
        match inputs.iter().any(within) {
            true => Err(Error::Usage(format!("-o {} lies in what is to be read", file.display()))),
            false => Ok(()),
        }
    }

    /// Whether the result goes to a file, where nothing obeys it.
    pub(super) fn to_file(&self) -> bool {
        self.file.is_some()
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    /// The language of what is written for people.
    pub(super) fn language(&self) -> Language {
        self.style.language
    }

    /// The language of names in a list: programs find the English ones.
    pub(super) fn list_language(&self) -> Language {
        if self.format == Format::Human { self.style.language } else { Language::En }
    }

    /// A line for people: a text in their language with values that may be hostile.
    pub(super) fn say<const N: usize>(&mut self, texts: Texts, values: [&str; N]) -> Result<()> {
        let values = values.map(|value| Inert(value).to_string());
        let values = values.each_ref().map(String::as_str);
        Ok(writeln!(self.buffer, "{}", filled(texts, self.style.language, values))?)
    }

    /// A place for free text.
    pub(super) fn text(&mut self) -> &mut Vec<u8> {
        &mut self.buffer
    }

    /// The result of a check or an inspection.
    pub(super) fn document(&mut self, document: &Document) -> Result<()> {
        forms::write(&mut self.buffer, document, self.format, self.style, &self.signers)?;
        if let Some(note) = forms::left_out(document, self.format) {
            self.note(&note);
        }
        Ok(())
    }

    /// A list; `json` is its form for programs.
    pub(super) fn list(&mut self, table: &Table, json: &impl Serialize) -> Result<()> {
        match self.format {
            Format::Human => table.clone().headed(self.style.language).write(&mut self.buffer, 0)?,
            Format::Json => report::json::write(&mut self.buffer, json)?,
            Format::Csv => report::csv::write(&mut self.buffer, table)?,
            other => return Shape::List.allows(other),
        }
        Ok(())
    }

    /// The result of a trace.
    pub(super) fn case(&mut self, case: &CaseReport<'_>) -> Result<()> {
        match self.format {
            Format::Human => report::case_text::write(&mut self.buffer, case, self.style)?,
            Format::Json => report::json::write(&mut self.buffer, case)?,
            Format::Csv => report::csv::write(&mut self.buffer, &report::case_text::timeline(case))?,
            Format::Html => report::html::render(case, self.style.language, &mut self.buffer)?,
            other => return Shape::Case.allows(other),
        }
        Ok(())
    }

    /// Something to know beside the result.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            complain_as("note", text);
        }
    }

    /// Says why the index of a registry was of no use, to those who want to know.
    pub(super) fn index_note(&self, registry: &Registry) {
        if let Some(why) = registry.index_trouble().filter(|_| self.style.verbose) {
            self.note(&format!("the log of the registry was read, not its index: {why}"));
        }
    }

    /// Says that nothing vouches for a registry, to those who want to know.
    pub(super) fn trust_note(&self, registry: &Registry) {
        if self.style.verbose && registry.vouched_by().is_none() {
            let signed =
                if registry.is_signed() { "its signatures were not looked at" } else { "it is not signed" };
            self.note(&format!("nothing vouches for the registry: {signed} (no trust file)"));
        }
    }

    /// Delivers the result.
    pub(super) fn finish(self) -> Result<()> {
        if let Some(path) = self.file {
            return write_whole(&path, |file| file.write_all(&self.buffer))
                .map_err(|source| Error::File { path: path.display().to_string(), source });
        }
        let mut out = io::stdout().lock();
        Ok(out.write_all(&self.buffer).and_then(|()| out.flush())?)
    }
}

/// Whether the terminal obeys escape sequences. A console of Windows does when asked to, since Windows 10; the terminals
/// of Cygwin are no consoles and say it in `TERM`.
fn obeys_colors() -> bool {
    use anstyle_query::{term_supports_ansi_color, windows::enable_ansi_colors};
    enable_ansi_colors().is_none_or(|enabled| enabled || term_supports_ansi_color())
}

/// Removes the file that a result is to replace, unless it is one of the `inputs`.
pub(super) fn make_way(file: &Path, inputs: &[PathBuf]) -> Result<()> {
    refuse_input(file, inputs)?;
    if file.is_file() {
        fs::remove_file(file).map_err(|source| Error::File { path: file.display().to_string(), source })?;
    }
    Ok(())
}

/// Refuses to write to one of the `inputs`, under whatever name.
pub(super) fn refuse_input(file: &Path, inputs: &[PathBuf]) -> Result<()> {
    let Ok(same) = fs::canonicalize(file) else { return Ok(()) };
    match inputs.iter().any(|input| fs::canonicalize(input).is_ok_and(|input| input == same)) {
        true => Err(Error::Usage(format!("{} is to be read: the result would overwrite it", file.display()))),
        false => Ok(()),
    }
}

/// Writes a file whole or not at all: beside its place, then by rename. A pipe or device is written to, as what it is.
pub(super) fn write_whole(
    path: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> io::Result<()> {
    if is_special(path) {
        return write(&mut fs::File::options().write(true).open(path)?);
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    let temporary = path.with_file_name(name);
    // What a process of this number left behind, or somebody put there to be written through.
    let _ = fs::remove_file(&temporary);
    let mut file = fs::File::create_new(&temporary)?;
    let written = write(&mut file);
    // Shares do not let an open file be renamed.
    drop(file);
    let written = written.and_then(|()| rename::over(&temporary, path));
    if written.is_err() {
        // What is left of it is of no use to anyone.
        let _ = fs::remove_file(&temporary);
    }
    written
}

/// Whether there is something that is neither file nor folder: nobody who names it means to replace it.
pub(super) fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|about| !about.is_file() && !about.is_dir())
}

/// Says what went wrong.
pub(super) fn complain(text: &str) {
    complain_as("error", text);
}

fn complain_as(what: &str, text: &str) {
    // Messages of parsers show the place over several lines. All but the first are indented, so that no text of a file
    // passes for a line of ours.
    let lines: Vec<String> = text.trim_end().lines().map(|line| Inert(line).to_string()).collect();
    // Nobody can be told that the standard error is closed.
    let _ = writeln!(io::stderr(), "{what}: {}", lines.join("\n    "));
}
