//! XPRESS in its Huffman form: one code of 512 symbols for a chunk of up to 64 KiB.

use crate::bytes::small;
use crate::huffman::{Bits, Code};
use crate::lz::{Limits, Token, tokens};

/// Marks the end; the same symbol as a match of length 3 and offset 1.
const END: usize = 256;

/// Compresses one chunk.
pub(crate) fn compress(data: &[u8]) -> Vec<u8> {
    let tokens = tokens(data, Limits { shortest: 3, longest: 65_535, farthest: 65_535 });
    let mut counts = vec![0; 512];
    counts[END] = 1;
    for token in &tokens {
        counts[symbol(token)] += 1;
    }
    let code = Code::of(&counts, 15);
    let header = code.lengths.chunks(2).map(|pair| pair[0] | pair[1] << 4).collect();

    let mut bits = Bits::new(header, 1);
    for token in &tokens {
        bits.symbol(&code, symbol(token));
        if let Token::Match { length, offset } = *token {
            long_length(&mut bits, length - 3);
            let order = offset.ilog2();
            bits.put(small(offset), order);
        }
    }
    bits.symbol(&code, END);
    bits.finish()
}

/// Literals stand for themselves; a match for its length and the magnitude of its offset.
fn symbol(token: &Token) -> usize {
    match *token {
        Token::Literal(byte) => usize::from(byte),
        Token::Match { length, offset } => 256 + (length - 3).min(15) + 16 * offset.ilog2() as usize,
    }
}

/// What the symbol's four bits cannot say of the length follows as bytes.
fn long_length(bits: &mut Bits, length: usize) {
    let Some(rest) = length.checked_sub(15) else { return };
    match u8::try_from(rest) {
        Ok(rest) if rest < 255 => bits.bytes(&[rest]),
        _ => {
            bits.bytes(&[255]);
            bits.bytes(&u16::try_from(length).expect("within a chunk").to_le_bytes());
        }
    }
}
