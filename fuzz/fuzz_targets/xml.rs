//! The XML data, as they stand in a file or as text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::xml;

fuzz_target!(|bytes: &[u8]| xml::parse(bytes));
