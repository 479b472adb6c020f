//! A security catalog: its list is read, its signature is followed to pinned certificates.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::catalog;

fuzz_target!(|bytes: &[u8]| catalog::read(bytes));
