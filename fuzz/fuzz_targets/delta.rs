//! A delta of servicing.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::component_store;

fuzz_target!(|bytes: &[u8]| component_store::apply(bytes));
