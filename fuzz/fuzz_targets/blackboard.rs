//! A blackboard of setup.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::records::{self, Format};

fuzz_target!(|bytes: &[u8]| records::read(Format::Blackboard, bytes));
