//! The sectors of a medium that tell something: its trees read, and the files in them opened.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::volume::{self, Places};

fuzz_target!(|bytes: &[u8]| volume::read(bytes, Places::Iso9660));
