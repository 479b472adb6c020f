//! When a signature was made, as a countersignature beside it says: one of PKCS#9 (RFC 2985, 5.3.6), which holds a signing
//! time, or a token of RFC 3161. The countersignature itself is not checked: a time proves nothing in favour of a signature,
//! but one at which the certificate was not valid speaks against it.

use chrono::{DateTime, NaiveDateTime, Utc};
use der::{AnyRef, Tag, Tagged as _, oid::ObjectIdentifier};

use super::{
    Elements, Result,
    attributes::{Attribute, is_oid},
    signed_data::context,
};

const COUNTERSIGNATURE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");
const SIGNING_TIME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.5");
/// A token of RFC 3161, under the identifier that Microsoft gave it.
const TOKEN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.3.3.1");
const TOKEN_CONTENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// The times in the attributes of a signature that are not signed. What does not read says none.
pub(super) fn times(attributes: &[u8]) -> Vec<DateTime<Utc>> {
    let attributes = Attribute::all(attributes).unwrap_or_default();
    let time = |attribute: Attribute<'_>| {
        if attribute.is(COUNTERSIGNATURE) {
            countersigned(attribute.values().ok()?).ok().flatten()
        } else if attribute.is(TOKEN) {
            stamped(attribute.values().ok()?).ok().flatten()
        } else {
            None
        }
    };
    attributes.into_iter().filter_map(time).collect()
}

/// `SignerInfo`: version, name of the signer, algorithm, signed attributes.
fn countersigned(mut values: Elements<'_>) -> Result<Option<DateTime<Utc>>> {
    let mut fields = values.enter(Tag::Sequence, "countersignature")?;
    fields.tagged(Tag::Integer)?;
    fields.tagged(Tag::Sequence)?;
    fields.tagged(Tag::Sequence)?;
    let Some(signed) = fields.optional(context(0))? else { return Ok(None) };
    let attributes = Attribute::all(signed.value())?;
    let time = attributes.iter().find(|attribute| attribute.is(SIGNING_TIME));
    time.map_or(Ok(None), |time| Ok(read(time.values()?.any()?)))
}

/// `ContentInfo` around signed data, whose content is `TSTInfo`: version, policy, imprint, serial number, time.
fn stamped(mut values: Elements<'_>) -> Result<Option<DateTime<Utc>>> {
    let structure = "time stamp";
    let mut outer = values.enter(Tag::Sequence, structure)?;
    outer.tagged(Tag::ObjectIdentifier)?;
    let mut fields = outer.enter(context(0), structure)?.enter(Tag::Sequence, structure)?;
    fields.tagged(Tag::Integer)?;
    fields.tagged(Tag::Set)?;
    let mut content = fields.enter(Tag::Sequence, structure)?;
    if !is_oid(content.any()?, TOKEN_CONTENT) {
        return Ok(None);
    }
    let info = content.enter(context(0), structure)?.tagged(Tag::OctetString)?.value();
    let mut fields = Elements::inside(info, Tag::Sequence, structure)?;
    fields.tagged(Tag::Integer)?;
    fields.tagged(Tag::ObjectIdentifier)?;
    fields.tagged(Tag::Sequence)?;
    fields.tagged(Tag::Integer)?;
    Ok(read(fields.tagged(Tag::GeneralizedTime)?))
}

/// `YYMMDDhhmmssZ`, of this and the last century (RFC 5280, 4.1.2.5.1); or `YYYYMMDDhhmmss`, perhaps a fraction, `Z`.
fn read(time: AnyRef<'_>) -> Option<DateTime<Utc>> {
    let text = std::str::from_utf8(time.value()).ok()?.strip_suffix('Z')?;
    let text = match time.tag() {
        Tag::UtcTime => {
            let century = if text < "50" { "20" } else { "19" };
            format!("{century}{text}")
        }
        Tag::GeneralizedTime => text.split_once('.').map_or(text, |(whole, _)| whole).to_owned(),
        _ => return None,
    };
    let time = NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%S").ok().filter(|_| text.len() == 14)?;
    Some(time.and_utc())
}
