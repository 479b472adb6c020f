//! `wimproof completions` and `wimproof man`: made from the definition of the command line.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

use super::{Error, Result, command, output::Output};
use crate::judge::ExitCode;

/// Write a completion script for a shell.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

/// Write man pages into a folder.
#[derive(Debug, Args)]
pub(super) struct Man {
    /// The folder; it is created where absent
    #[arg(value_name = "DIR")]
    dir: PathBuf,
}

impl Completions {
    #[allow(clippy::unnecessary_wraps, reason = "every verb is run alike")]
    pub(super) fn run(&self, output: &mut Output) -> Result {
        clap_complete::generate(self.shell, &mut command(), "wimproof", output.text());
        Ok(ExitCode::Approved)
    }
}

impl Man {
    pub(super) fn run(&self) -> Result {
        let failed = |source| Error::File { path: self.dir.display().to_string(), source };
        std::fs::create_dir_all(&self.dir).map_err(failed)?;
        clap_mangen::generate_to(command(), &self.dir).map_err(failed)?;
        Ok(ExitCode::Approved)
    }
}
