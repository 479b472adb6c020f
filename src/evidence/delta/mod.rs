//! Deltas of Microsoft's `msdelta`, signature `PA30`, of raw files: what servicing compresses manifests with.
//!
//! Behind the signature and a FILETIME stands a bit stream: numbers (file type set, file type, flags, target size, hash
//! algorithm), then three buffers (hash, preprocessing, patch). The patch is a bit stream of its own: a bit for a table of
//! rifts, the code lengths, then literals and copies from a window that begins with the base. What is written here follows
//! from public descriptions of the format and from manifests of Windows that decode to the byte.
//!
//! Deltas of programs, which transform their base first, are not read.

mod bits;
mod code;

use bits::Bits;
use code::{Codes, blocks};

/// Why a delta cannot be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// It does not begin with `PA30`.
    #[error("not a delta of the kind PA30")]
    NotADelta,
    /// It needs what this version does not do.
    #[error("a delta with {0}, which is not read")]
    Unsupported(&'static str),
    /// It would become longer than allowed.
    #[error("the delta claims {claimed} bytes, at most {limit} are allowed")]
    TooLarge {
        /// Bytes.
        claimed: u64,
        /// Bytes.
        limit: u64,
    },
    /// It makes no sense.
    #[error("{what} (at bit {bit} of the delta)")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Bits before it in the stream that it stands in.
        bit: u64,
    },
}

type Result<T> = std::result::Result<T, DeltaError>;

const SIGNATURE: &[u8] = b"PA30";
/// The kind of a file that is not transformed.
const RAW: u64 = 1;

/// Makes the target from its base, at most `limit` bytes of it.
///
/// # Errors
/// Where the delta is none, is for other kinds of files, or does not fit the base.
pub fn apply(base: &[u8], delta: &[u8], limit: u64) -> Result<Vec<u8>> {
    let stream = delta.strip_prefix(SIGNATURE).ok_or(DeltaError::NotADelta)?;
    // The time of the target.
    let stream = stream.get(8..).ok_or(DeltaError::NotADelta)?;
    let mut bits = Bits::new(stream)?;
    let (_type_set, file_type) = (bits.number()?, bits.number()?);
    if file_type != RAW {
        return Err(DeltaError::Unsupported("a file type other than raw"));
    }
    let _flags = bits.number()?;
    let size = bits.number()?;
    if size > limit {
        return Err(DeltaError::TooLarge { claimed: size, limit });
    }
    let _hash_algorithm = bits.number()?;
    let _hash = bits.buffer()?;
    if !bits.buffer()?.is_empty() {
        return Err(DeltaError::Unsupported("preprocessing"));
    }
    let patch = bits.buffer()?;
    decompress(base, patch, usize::try_from(size).unwrap_or(usize::MAX))
}

fn decompress(base: &[u8], patch: &[u8], size: usize) -> Result<Vec<u8>> {
    let mut bits = Bits::new(patch)?;
    if bits.read(1)? != 0 {
        return Err(DeltaError::Unsupported("a table of rifts"));
    }
    let blocks = blocks(&mut bits)?;
    let mut window = Window { base, output: Vec::new(), size, recent: [0; 3] };
    let mut blocks = blocks.iter().peekable();
    let mut codes = blocks.next();
    while window.output.len() < size {
        let position = window.position();
        while let Some(next) = blocks.next_if(|next| next.start <= position) {
            codes = Some(next);
        }
        let Some(block) = codes else { return Err(bits.malformed("no code lengths")) };
        match item(&mut bits, &block.codes)? {
            Item::Literal(byte) => window.output.push(byte),
            Item::Copy(from, length) => {
                let distance =
                    window.distance(from).ok_or_else(|| bits.malformed("a distance of nothing"))?;
                window.copy(distance, length).ok_or_else(|| bits.malformed("a copy outside the window"))?;
            }
        }
    }
    match bits.left() {
        0 => Ok(window.output),
        _ => Err(bits.malformed("bits behind the end")),
    }
}

enum Item {
    Literal(u8),
    Copy(From, u64),
}

/// Where a copy comes from.
#[derive(Clone, Copy)]
enum From {
    /// So far back.
    Back(u64),
    /// The same place in the base, and so far before it.
    Base(i64),
    /// The distance of an earlier copy.
    Recent(usize),
}

/// Literals come first among the symbols; the others hold a slot, for the place, and the low numbers of a length.
fn item(bits: &mut Bits<'_>, codes: &Codes) -> Result<Item> {
    let symbol = codes.main.symbol(bits)?;
    let Some(pair) = symbol.checked_sub(256) else {
        return Ok(Item::Literal(u8::try_from(symbol).unwrap_or_default()));
    };
    let from = place(bits, codes, u32::from(pair >> 3))?;
    let length = match u64::from(pair & 7) {
        0 => match u64::from(codes.length.symbol(bits)?) {
            0 => 8 + long_length(bits)?,
            more => 8 + more,
        },
        short => short + 1,
    };
    Ok(Item::Copy(from, length))
}

fn place(bits: &mut Bits<'_>, codes: &Codes, slot: u32) -> Result<From> {
    let near = |bits: &mut Bits<'_>, width: u32, before: i64| {
        let raw = i64::from(bits.read(width)?) - (1 << (width - 1));
        Ok(From::Base(if raw < 0 { raw - before } else { raw + before }))
    };
    match slot {
        0 => near(bits, 14, 0),
        1 => near(bits, 16, 0x2000),
        2 => near(bits, 18, 0xA000),
        3 => Ok(From::Base(0)),
        4..=6 => Ok(From::Recent(slot as usize - 4)),
        7 => {
            let slot = match bits.read(1)? {
                0 => 43 + bits.read(2)?,
                _ => match bits.read(1)? {
                    0 => 47 + bits.read(3)?,
                    _ => 55 + bits.read(4)?,
                },
            };
            far(bits, codes, slot)
        }
        _ => far(bits, codes, slot),
    }
}

/// Distances, in slots that double every second time; the lowest four bits of long ones have a code of their own.
fn far(bits: &mut Bits<'_>, codes: &Codes, slot: u32) -> Result<From> {
    let Some(doubling) = slot.checked_sub(11) else { return Ok(From::Back(u64::from(slot - 7))) };
    let (top, width) = (u64::from(2 | (doubling & 1)), (doubling >> 1) + 1);
    let low = if width < 4 {
        u64::from(bits.read(width)?)
    } else {
        let middle = u64::from(bits.read(width - 4)?);
        (middle << 4) | u64::from(codes.aligned.symbol(bits)?)
    };
    Ok(From::Back((top << width) | low))
}

/// A number of at least 256: its bits counted in unary, then the bits below the highest.
fn long_length(bits: &mut Bits<'_>) -> Result<u64> {
    let mut width = 8;
    while bits.read(1)? == 0 {
        width += 1;
        if width > 31 {
            return Err(bits.malformed("a length of more than 32 bits"));
        }
    }
    Ok((1 << width) | u64::from(bits.read(width)?))
}

/// The base, and behind it what was made so far.
struct Window<'b> {
    base: &'b [u8],
    output: Vec<u8>,
    /// What the output is to become.
    size: usize,
    /// The last three distances, the latest first.
    recent: [u64; 3],
}

impl Window<'_> {
    fn position(&self) -> u64 {
        (self.base.len() as u64).saturating_add(self.output.len() as u64)
    }

    /// How far back a copy begins; keeps it for copies to come.
    fn distance(&mut self, from: From) -> Option<u64> {
        let distance = match from {
            From::Back(distance) => distance,
            From::Base(before) => (self.base.len() as u64).checked_add_signed(before)?,
            From::Recent(number) => *self.recent.get(number)?,
        };
        let [first, second, third] = self.recent;
        if distance != first {
            self.recent = [distance, first, if distance == second { third } else { second }];
        }
        (distance > 0).then_some(distance)
    }

    /// Copies to the end; what is copied may be part of what it makes.
    fn copy(&mut self, distance: u64, length: u64) -> Option<()> {
        let start = usize::try_from(self.position().checked_sub(distance)?).ok()?;
        let length = usize::try_from(length).ok()?;
        if length > self.size - self.output.len() {
            return None;
        }
        let from_base = self.base.len().saturating_sub(start).min(length);
        self.output.extend_from_slice(self.base.get(start..start + from_base).unwrap_or_default());
        let mut left = length - from_base;
        let mut at = (start + from_base).saturating_sub(self.base.len());
        while left > 0 {
            let piece = left.min(self.output.len() - at);
            self.output.extend_from_within(at..at + piece);
            (at, left) = (at + piece, left - piece);
        }
        Some(())
    }
}

#[cfg(test)]
mod tests;
