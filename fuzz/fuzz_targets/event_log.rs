//! Chunks of an event log. A panic of the crate that reads them is caught by our reader, and named.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::event_log;

fuzz_target!(init: event_log::let_the_crate_panic(), |bytes: &[u8]| event_log::read(bytes));
