//! Reads the policy of a site from `policy.toml`, and the baseline from its file. What they mean is
//! [`crate::judge::policy`]'s concern.

pub mod baseline;
mod checked;
mod fault;
mod raw;
pub mod site;

use std::{io, path::Path};

use sha2::{Digest as _, Sha256};

use crate::{judge::policy::Terms, source::written};
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
    let text = written::text(&bytes).map_err(|source| PolicyError::Io { path: name.clone(), source })?;
    let folder = path.parent().unwrap_or(Path::new(""));
    parse(text, &name, folder).map(|terms| Terms { sha256: Sha256::digest(&bytes).into(), ..terms })
}

fn bytes_of(path: &Path, longest: u64) -> Result<Vec<u8>, PolicyError> {
    written::bytes(path, longest)
        .map_err(|source| PolicyError::Io { path: path.display().to_string(), source })
}

/// Understands the text of a policy, whose paths begin at a folder.
fn parse(text: &str, name: &str, folder: &Path) -> Result<Terms, PolicyError> {
    let faulty = |faults: &[Fault]| PolicyError::Faulty(fault::shown(faults, text, name));
    let raw: raw::Policy = toml::from_str(text).map_err(|error| faulty(&[Fault::of(&error)]))?;
    checked::terms(&raw, text, name, folder).map_err(|faults| faulty(&faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_a_policy_that_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let terms = parse(TEMPLATE, "policy.toml", folder.path()).expect("a policy");
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
        let root = include_str!("../evidence/catalog/anchors/microsoft-root-2010.pem");
        for (name, text) in [("site-root.pem", root), ("site.toml", ""), ("allow.toml", "")] {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        let terms = parse(&all.join("\n"), "policy.toml", folder.path()).expect("a policy");
        assert_eq!(terms.health.files.len(), 3);
        assert!(!terms.waivers.is_empty() && !terms.levels.is_empty() && terms.approval_days.is_some());
    }
}
