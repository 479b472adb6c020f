//! `wimproof convert`: another form of a result that was kept.

use std::{fs::File, path::PathBuf};

use clap::Args;

use super::{
    Error, Result,
    forms::{Reports, Shape},
    output::Output,
};
use crate::{judge::ExitCode, report::reading};

/// Give a result that was kept as JSON another form.
///
/// Reads what `check`, `inspect` or `verify` wrote with `--format json` and writes what the same run would have written
/// with another `--format`, or several with `--report`. It shows what the file says and judges nothing: ends with 0 when
/// the form is written, whatever the verdict in it, and with 3 when the file is not a result.
#[derive(Debug, Args)]
pub(super) struct Convert {
    /// A result of the form wimproof/result/v1
    #[arg(value_name = "RESULT.json")]
    result: PathBuf,
    #[command(flatten)]
    reports: Reports,
}

impl Convert {
    pub(super) fn run(&self, output: &mut Output) -> Result {
        let inputs = [self.result.clone()];
        output.keep_inputs(&inputs)?;
        self.reports.prepare(Shape::Judged, &inputs, output)?;
        let path = self.result.display();
        let file =
            File::open(&self.result).map_err(|source| Error::File { path: path.to_string(), source })?;
        let document = reading::read(file).map_err(|error| Error::Unreadable(format!("{path}: {error}")))?;
        self.reports.write(&document, output)?;
        output.document(&document)?;
        Ok(ExitCode::Approved)
    }
}
