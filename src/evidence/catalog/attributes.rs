//! Attributes of a signature (RFC 2315, 9.2): an identifier, and a set of values.

use der::{AnyRef, Tag, oid::ObjectIdentifier};

use super::{Elements, Result};

/// Attributes that are looked at. Signatures of Windows have some five.
const MAX_ATTRIBUTES: usize = 64;

/// An attribute.
pub(super) struct Attribute<'b> {
    kind: AnyRef<'b>,
    /// What stands inside the set of values.
    values: &'b [u8],
}

impl<'b> Attribute<'b> {
    /// The attributes in the bytes inside a set of them.
    pub(super) fn all(bytes: &'b [u8]) -> Result<Vec<Self>> {
        let mut elements = Elements::of(bytes, "attributes")?;
        let mut found = Vec::new();
        while !elements.is_finished() && found.len() < MAX_ATTRIBUTES {
            let mut attribute = elements.enter(Tag::Sequence, "attribute")?;
            let (kind, values) = (attribute.any()?, attribute.tagged(Tag::Set)?.value());
            found.push(Self { kind, values });
        }
        Ok(found)
    }

    pub(super) fn is(&self, kind: ObjectIdentifier) -> bool {
        is_oid(self.kind, kind)
    }

    pub(super) fn values(&self) -> Result<Elements<'b>> {
        Elements::of(self.values, "values of an attribute")
    }
}

pub(super) fn is_oid(value: AnyRef<'_>, expected: ObjectIdentifier) -> bool {
    value.decode_as::<ObjectIdentifier>().is_ok_and(|found| found == expected)
}
