//! Tests by behaviour: a module for each promise of the README. They run the program and look at exit code, JSON and
//! text; images are made by the test kit.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "a test that cannot go on has failed, and a skipped one says so"
)]

mod agreement;
mod approvers;
mod case_endings;
mod chinese;
mod claims;
mod cli;
mod crafted;
mod customised;
mod destinations;
mod far_away;
mod flips;
mod forms;
mod garbage;
mod genuine;
mod guide;
mod health;
mod hostile;
#[cfg(feature = "http")]
mod http;
// On Windows the system speaks TLS, and its store cannot be given for a test.
#[cfg(all(feature = "http", not(windows)))]
mod https;
mod identity;
mod index;
mod inspect;
mod iso;
mod lineage;
mod openssh;
mod own_index;
mod past;
mod planted;
mod policy;
#[cfg(target_os = "linux")]
mod readme;
mod registry;
mod samples;
mod second_opinion;
mod seed_case;
mod servicing;
mod signed;
mod site_files;
mod support;
mod sweep;
mod tampering;
mod tickets;
mod trace;
mod trust;
mod users;
mod verdicts;
#[cfg(feature = "http")]
mod web_server;
#[cfg(windows)]
mod windows;
mod zip_sources;
