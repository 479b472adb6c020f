//! XPRESS: a chunk size and an uncompressed length, then a chunk.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wimproof_fuzz::chunk;
use wimproof_wim::codec::Codec;

fuzz_target!(|bytes: &[u8]| chunk::decode(Codec::Xpress, bytes));
