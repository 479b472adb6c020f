//! The elements of a DER structure, one after another.

use der::{AnyRef, Reader as _, SliceReader, Tag, Tagged as _};

use super::{Error, Result};

/// What stands inside a constructed element.
pub(super) struct Elements<'b> {
    structure: &'static str,
    reader: SliceReader<'b>,
}

impl<'b> Elements<'b> {
    /// The elements of bytes that hold nothing else.
    pub(super) fn of(bytes: &'b [u8], structure: &'static str) -> Result<Self> {
        let reader = SliceReader::new(bytes).map_err(|source| Error::Der { structure, source })?;
        Ok(Self { structure, reader })
    }

    /// The elements inside the one element that bytes begin with.
    pub(super) fn inside(bytes: &'b [u8], tag: Tag, structure: &'static str) -> Result<Self> {
        let outer = Self::of(bytes, structure)?.tagged(tag)?;
        Self::of(outer.value(), structure)
    }

    pub(super) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    /// The next element.
    pub(super) fn any(&mut self) -> Result<AnyRef<'b>> {
        self.reader.decode().map_err(|source| Error::Der { structure: self.structure, source })
    }

    /// The next element with its tag and length.
    pub(super) fn whole(&mut self) -> Result<&'b [u8]> {
        self.reader.tlv_bytes().map_err(|source| Error::Der { structure: self.structure, source })
    }

    /// The next element, which has to have this tag.
    pub(super) fn tagged(&mut self, tag: Tag) -> Result<AnyRef<'b>> {
        let found = self.any()?;
        if found.tag() == tag {
            return Ok(found);
        }
        let found = format!("{} where {tag} stands", found.tag());
        Err(Error::Unexpected { structure: self.structure, found, expected: "the structure of a catalog" })
    }

    /// The elements inside the next one, which has to have this tag.
    pub(super) fn enter(&mut self, tag: Tag, structure: &'static str) -> Result<Self> {
        Self::of(self.tagged(tag)?.value(), structure)
    }

    /// The next element if it has this tag.
    pub(super) fn optional(&mut self, tag: Tag) -> Result<Option<AnyRef<'b>>> {
        if !self.is_finished() && self.next_is(tag)? { self.any().map(Some) } else { Ok(None) }
    }

    fn next_is(&self, tag: Tag) -> Result<bool> {
        let next = Tag::peek(&self.reader);
        next.map(|next| next == tag).map_err(|source| Error::Der { structure: self.structure, source })
    }
}
