//! One compressed chunk.

use wimproof_wim::codec::{Codec, Decoder};

/// Uncompressed bytes at most: enough for every code path, as only the position slots depend on the chunk size.
const MAX_OUTPUT: usize = 256 << 10;

/// Bytes of a case before the chunk: its chunk size, by the exponent, then the uncompressed length in 3 bytes.
const HEAD: usize = 4;

/// Chunk sizes of a codec that are tried, as exponents. Those of LZMS above 1 MiB differ in nothing but memory.
fn orders(codec: Codec) -> std::ops::RangeInclusive<u32> {
    let sizes = codec.chunk_sizes();
    sizes.start().ilog2()..=sizes.end().ilog2().min(21)
}

/// The bytes of a case, from what it is: the inverse of what [`decode`] reads.
///
/// # Panics
/// If the chunk is larger than a case can have.
#[must_use]
pub fn case(codec: Codec, chunk_size: u32, plain_length: usize, chunk: &[u8]) -> Vec<u8> {
    let order = u8::try_from(chunk_size.ilog2() - orders(codec).start()).expect("an exponent");
    assert!(plain_length <= MAX_OUTPUT, "{plain_length} bytes");
    let [a, b, c, ..] = plain_length.to_le_bytes();
    [&[order, a, b, c][..], chunk].concat()
}

/// Decodes a case twice, by a new decoder and by one that was just used, into buffers that held different bytes: no panic,
/// the same answer, and no byte of output that does not come from the chunk.
///
/// # Panics
/// When one of these does not hold.
pub fn decode(codec: Codec, bytes: &[u8]) {
    let Some(([order, a, b, c], chunk)) = bytes.split_first_chunk::<HEAD>() else { return };
    let orders = orders(codec);
    let chunk_size = 1_u32 << (orders.start() + u32::from(*order) % (orders.end() - orders.start() + 1));
    let length = u32::from_le_bytes([*a, *b, *c, 0]) as usize % (MAX_OUTPUT + 1);
    let length = length.min(chunk_size as usize);

    let mut decoder = Decoder::new(codec, chunk_size).expect("a chunk size of the codec");
    let (mut first, mut second) = (vec![0x55; length], vec![0xAA; length]);
    let outcome = decoder.decode(chunk, &mut first);
    assert_eq!(outcome, decoder.decode(chunk, &mut second), "the second time");
    match outcome {
        Ok(()) => assert!(first == second, "bytes that were not decoded"),
        Err(error) => assert!(error.at <= chunk.len(), "{error}"),
    }
}
