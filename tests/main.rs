//! Tests by behaviour: a module for each promise of the README. They run the program and look at exit code, JSON and
//! text; images are made by the test kit.

mod agreement;
mod cli;
mod crafted;
mod hostile;
mod identity;
mod index;
mod inspect;
mod registry;
mod samples;
mod seed_case;
mod support;
mod verdicts;
