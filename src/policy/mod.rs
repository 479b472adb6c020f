//! Reads the policy of a site from `policy.toml`, and the baseline from its file. What they mean is
//! [`crate::judge::policy`]'s concern.

pub mod baseline;
mod checked;
mod fault;
mod raw;

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::Path,
};

use sha2::{Digest as _, Sha256};

use crate::judge::policy::Terms;
use fault::Fault;

/// A policy with comments on all that can stand in one.
pub const TEMPLATE: &str = include_str!("template.toml");

/// Longest policy that is read, in bytes: room for some thousands of waivers.
const LONGEST: u64 = 1 << 20;

/// Why there is no policy. No decision is made under one that cannot be understood.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The answer of the system.
        source: io::Error,
    },
    /// It is no policy. The message shows each place, over several lines.
    #[error("{0}")]
    Faulty(String),
}

/// Reads a policy file.
pub fn read(path: &Path) -> Result<Terms, PolicyError> {
    let name = path.display().to_string();
    let bytes = bytes_of(path, LONGEST)?;
    let Ok(text) = String::from_utf8(bytes) else {
        return Err(PolicyError::Faulty(format!("{name}: not UTF-8")));
    };
    // Editors of Windows put it there.
    parse(text.strip_prefix('\u{feff}').unwrap_or(&text), &name)
        .map(|terms| Terms { sha256: Sha256::digest(&text).into(), ..terms })
}

fn bytes_of(path: &Path, longest: u64) -> Result<Vec<u8>, PolicyError> {
    let name = path.display().to_string();
    let io = |source| PolicyError::Io { path: name.clone(), source };
    // Opening a pipe would wait for a writer.
    if !fs::metadata(path).map_err(io)?.is_file() {
        return Err(PolicyError::Faulty(format!("{name}: not a regular file")));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(io)?.take(longest + 1).read_to_end(&mut bytes).map_err(io)?;
    match bytes.len() as u64 > longest {
        true => Err(PolicyError::Faulty(format!("{name}: longer than {longest} bytes"))),
        false => Ok(bytes),
    }
}

/// Understands the text of a policy.
fn parse(text: &str, name: &str) -> Result<Terms, PolicyError> {
    let faulty = |faults: &[Fault]| PolicyError::Faulty(fault::shown(faults, text, name));
    let raw: raw::Policy = toml::from_str(text).map_err(|error| faulty(&[Fault::of(&error)]))?;
    checked::terms(&raw, text, name).map_err(|faults| faulty(&faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_a_policy_that_changes_nothing() {
        let terms = parse(TEMPLATE, "policy.toml").expect("a policy");
        assert!(terms.enforced && terms.waivers.is_empty() && terms.levels.is_empty());
        assert!(!terms.baseline_allowed && !terms.break_glass.allowed);
        // What stands in its comments as an example is good as well.
        let example =
            |line: &str| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).map(str::to_owned);
        let all: Vec<String> = TEMPLATE
            .lines()
            .map(|line| line.strip_prefix("# [[").map(|rest| format!("[[{rest}")).or(example(line)))
            .zip(TEMPLATE.lines())
            .map(|(example, line)| example.unwrap_or_else(|| line.to_owned()))
            .collect();
        let terms = parse(&all.join("\n"), "policy.toml").expect("a policy");
        assert!(!terms.waivers.is_empty() && !terms.levels.is_empty() && terms.approval_days.is_some());
    }
}
