//! Small values of the format: SHA-1 digests, GUIDs, points in time, UTF-16 text.

use std::{cmp::Ordering, fmt};

use chrono::{DateTime, TimeDelta, Utc};

/// A SHA-1 digest, as the format stores it for every blob.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha1Digest(pub [u8; 20]);

impl Sha1Digest {
    /// All zero: the format's way to say "no content".
    pub const ZERO: Self = Self([0; 20]);

    /// Whether this stands for "no content".
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// The bytes as numbers of the same order: two comparisons, where a slice costs a call. Tables of a hundred thousand
    /// contents are searched for each file.
    fn numbers(&self) -> (u128, u32) {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, tail @ ..] = self.0;
        (u128::from_be_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]), u32::from_be_bytes(tail))
    }
}

impl Ord for Sha1Digest {
    fn cmp(&self, other: &Self) -> Ordering {
        self.numbers().cmp(&other.numbers())
    }
}

impl PartialOrd for Sha1Digest {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Sha1Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha1Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A GUID in the byte order of Windows: the first three fields are little-endian.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Guid(pub [u8; 16]);

impl Guid {
    /// Whether variant and version bits are those of a random (version 4) GUID, as Microsoft's writers make
    /// them. Other writers fill all 16 bytes at random.
    pub fn is_random_v4(&self) -> bool {
        self.0[7] >> 4 == 4 && self.0[8] >> 6 == 2
    }
}

impl fmt::Display for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g, h, i, j, k, node @ ..] = self.0;
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{j:02x}{k:02x}-{}",
            u32::from_le_bytes([a, b, c, d]),
            u16::from_le_bytes([e, g]),
            u16::from_le_bytes([h, i]),
            hex::encode(node)
        )
    }
}

impl fmt::Debug for Guid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A point in time as Windows stores it: 100 ns ticks since 1601-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FileTime(pub u64);

/// Ticks between 1601-01-01 and 1970-01-01.
const UNIX_EPOCH_TICKS: u64 = 116_444_736_000_000_000;

impl FileTime {
    /// The same instant in UTC, without loss; `None` where it lies outside the calendar of `chrono`.
    pub fn to_utc(self) -> Option<DateTime<Utc>> {
        let seconds = i64::try_from(self.0 / 10_000_000).ok()?;
        let nanos = i64::try_from(self.0 % 10_000_000).ok()? * 100;
        let since_1601 = TimeDelta::try_seconds(seconds)?.checked_add(&TimeDelta::nanoseconds(nanos))?;
        let unix_epoch = i64::try_from(UNIX_EPOCH_TICKS / 10_000_000).ok()?;
        DateTime::from_timestamp(-unix_epoch, 0)?.checked_add_signed(since_1601)
    }

    /// The tick at or before an instant; `None` before 1601.
    pub fn from_utc(instant: DateTime<Utc>) -> Option<Self> {
        let seconds = instant.timestamp().checked_add(i64::try_from(UNIX_EPOCH_TICKS / 10_000_000).ok()?)?;
        let ticks = u64::try_from(seconds).ok()?.checked_mul(10_000_000)?;
        ticks.checked_add(u64::from(instant.timestamp_subsec_nanos() / 100)).map(Self)
    }
}

/// UTF-16LE text as it stands in a metadata resource. It may hold lone surrogates; display replaces them.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Utf16<'a>(&'a [u8]);

impl<'a> Utf16<'a> {
    /// Takes an even number of bytes; an odd last byte is left out.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes.get(..bytes.len() & !1).unwrap_or_default())
    }

    /// The bytes, little-endian.
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether there is no text.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The code units.
    pub fn units(self) -> impl Iterator<Item = u16> + 'a {
        self.0.chunks_exact(2).map(|pair| match pair {
            [low, high] => u16::from_le_bytes([*low, *high]),
            _ => 0,
        })
    }

    /// Whether no surrogate stands alone.
    pub fn is_well_formed(self) -> bool {
        char::decode_utf16(self.units()).all(|unit| unit.is_ok())
    }

    /// Order by code units, the order that canonical listings use.
    pub fn cmp_units(self, other: Self) -> Ordering {
        self.units().cmp(other.units())
    }
}

impl fmt::Display for Utf16<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Nearly all names of Windows are ASCII, and each file's is asked for several times.
        let text: String = if self.units().all(|unit| unit < 0x80) {
            self.0.iter().step_by(2).map(|byte| char::from(*byte)).collect()
        } else {
            let chars = char::decode_utf16(self.units());
            chars.map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        };
        f.write_str(&text)
    }
}

impl fmt::Debug for Utf16<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filetime_is_utc_without_loss() {
        // 2020-07-29 10:25:11.1234567 UTC
        let instant: DateTime<Utc> = "2020-07-29T10:25:11.1234567Z".parse().expect("a date");
        let ticks = FileTime::from_utc(instant).expect("after 1601");
        assert_eq!(ticks.0, 132_404_919_111_234_567);
        assert_eq!(ticks.to_utc(), Some(instant));
        assert_eq!(FileTime(0).to_utc().map(|t| t.to_rfc3339()), Some("1601-01-01T00:00:00+00:00".into()));
        assert_eq!(FileTime(UNIX_EPOCH_TICKS).to_utc(), DateTime::from_timestamp(0, 0));
        for ticks in [1, 9_999_999, 10_000_001, u64::from(u32::MAX), i64::MAX as u64] {
            let instant = FileTime(ticks).to_utc().expect("within the calendar");
            assert_eq!(FileTime::from_utc(instant), Some(FileTime(ticks)));
        }
        let _ = FileTime(u64::MAX).to_utc();
    }

    #[test]
    fn digests_are_in_the_order_of_their_bytes() {
        let digest = |place: usize, byte: u8| {
            let mut bytes = [0x80; 20];
            bytes[place] = byte;
            Sha1Digest(bytes)
        };
        let places = (0..20).flat_map(|place| [0, 0x7f, 0x80, 0x81, 0xff].map(|byte| digest(place, byte)));
        let digests: Vec<Sha1Digest> = places.collect();
        for (one, other) in digests.iter().flat_map(|one| digests.iter().map(move |other| (one, other))) {
            assert_eq!(one.cmp(other), one.0.cmp(&other.0), "{one} {other}");
        }
    }

    #[test]
    fn text_is_shown_with_lone_surrogates_replaced() {
        let shown = |units: &[u16]| {
            let bytes: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
            Utf16::new(&bytes).to_string()
        };
        assert_eq!(shown(&[]), "");
        assert_eq!(shown(&[0x61, 0x7f, 0]), "a\u{7f}\0");
        assert_eq!(shown(&[0x61, 0x80]), "a\u{80}");
        assert_eq!(shown(&[0x955c, 0x50cf, 0xd83d, 0xde00]), "镜像😀");
        assert_eq!(shown(&[0x61, 0xd83d, 0x62]), "a\u{fffd}b");
    }

    #[test]
    fn guid_is_printed_as_windows_prints_it() {
        let guid = Guid([
            0xb4, 0x56, 0xbf, 0x93, 0x45, 0x86, 0xb8, 0x44, 0xa3, 0xd3, 0xb9, 0x6a, 0xa7, 0xf5, 0x08, 0xdf,
        ]);
        assert_eq!(guid.to_string(), "93bf56b4-8645-44b8-a3d3-b96aa7f508df");
        assert!(guid.is_random_v4());
    }
}
