//! A registry hive and its transaction logs: opened, walked, asked for all facts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::hive;

fuzz_target!(|bytes: &[u8]| hive::read(bytes));
