//! A segment in memory, as a source: what lies within costs no further read.

use std::{io, sync::Arc};

use crate::read_at::ReadAt;

pub(super) struct SegmentSource<'s, S> {
    pub(super) start: u64,
    pub(super) bytes: Arc<Vec<u8>>,
    /// For what lies outside, as forged tables may want.
    pub(super) file: &'s S,
}

impl<S: ReadAt> SegmentSource<'_, S> {
    /// Bytes of the file, if they lie within.
    pub(super) fn slice(&self, offset: u64, length: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }
}

impl<S: ReadAt> ReadAt for SegmentSource<'_, S> {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        match self.slice(offset, buf.len()) {
            Some(bytes) => {
                buf.copy_from_slice(bytes);
                Ok(buf.len())
            }
            None => self.file.read_at(offset, buf),
        }
    }
}
