//! A log of the servicing stack, DISM or the tool of Windows 7, or a cabinet with one: read, put together and judged.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::evidence::servicing;

fuzz_target!(|bytes: &[u8]| servicing::read(bytes));
