//! A ZIP archive: collected from, and all pieces read.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::archive;

fuzz_target!(|bytes: &[u8]| archive::read(bytes));
