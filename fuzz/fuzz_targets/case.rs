//! The pieces of a case: heard, put together, judged without a registry.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::case;

fuzz_target!(|bytes: &[u8]| case::judge(bytes));
