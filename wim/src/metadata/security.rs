//! The security data at the head of a metadata resource.

use std::ops::Range;

use crate::{
    error::{Error, Place, Result},
    limits::MAX_SECURITY_DESCRIPTORS,
};

/// Where the security descriptors stand.
#[derive(Debug)]
pub(super) struct SecurityTable {
    descriptors: Vec<Range<u32>>,
    end: u64,
}

fn place(offset: u64) -> Place {
    Place::new("security data of a metadata resource", offset)
}

impl SecurityTable {
    /// On disk: u32 total length (0 means 8), u32 count, count x u64 lengths, then the descriptors.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let ([total, count], rest) = match bytes.as_chunks::<4>().0 {
            [total, count, ..] => {
                ([*total, *count].map(u32::from_le_bytes), bytes.get(8..).unwrap_or_default())
            }
            _ => return Err(place(0).malformed(format_args!("{} bytes", bytes.len()), "at least 8")),
        };
        let total = u64::from(total.max(8));
        let count = u64::from(count);
        let available = bytes.len() as u64;
        let table_end = 8 + 8 * count;
        if total > available || table_end > total {
            return Err(place(0).malformed(
                format_args!("{count} descriptors in {total} bytes"),
                format_args!("lengths and descriptors within {total} of {available} bytes"),
            ));
        }
        if count > MAX_SECURITY_DESCRIPTORS {
            return Err(Error::TooLarge { place: place(0), claimed: count, limit: MAX_SECURITY_DESCRIPTORS });
        }
        let lengths = rest.as_chunks::<8>().0.iter().map(|length| u64::from_le_bytes(*length));
        let mut at = table_end;
        let mut descriptors = Vec::new();
        for (i, length) in lengths.take(usize::try_from(count).unwrap_or_default()).enumerate() {
            let end = at.checked_add(length).filter(|end| *end <= total);
            let (Some(end), Ok(start)) = (end, u32::try_from(at)) else {
                return Err(place(at).malformed(
                    format_args!("descriptor {i} of {length} bytes"),
                    format_args!("descriptors that end by {total}"),
                ));
            };
            descriptors.push(start..u32::try_from(end).unwrap_or(u32::MAX));
            at = end;
        }
        let end = total.next_multiple_of(8);
        if end >= available {
            return Err(Error::Malformed {
                place: place(0),
                found: format!("{total} bytes of security data in a resource of {available}"),
                expected: "a root directory behind it".into(),
            });
        }
        Ok(Self { descriptors, end })
    }

    /// Where the root entry begins.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    pub(super) fn descriptors(&self) -> impl ExactSizeIterator<Item = Range<usize>> {
        self.descriptors.iter().map(|range| range.start as usize..range.end as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.descriptors.len()
    }
}
