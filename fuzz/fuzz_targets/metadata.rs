//! An uncompressed metadata resource: parsed, walked, hashed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::tree;

fuzz_target!(|bytes: &[u8]| tree::walk(bytes));
