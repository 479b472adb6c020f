//! A whole file: everything that is read of one, and its verification.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::container;

fuzz_target!(|bytes: &[u8]| container::read(bytes));
