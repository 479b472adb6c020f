//! PKCS#7 `SignedData` (RFC 2315, 9): a content, certificates, and signatures.
//!
//! The content of a catalog is no octet string but a sequence; what is hashed is what stands inside it. The signature is
//! one of the authenticated attributes, which hold the hash of the content (9.3).

use der::{AnyRef, Tag, TagNumber, Tagged as _, oid::ObjectIdentifier};

use super::{
    Anchors, Elements, Error, Result, Trust, Untimely,
    attributes::{Attribute, is_oid},
    certificate::Certificate,
    chain,
    rsa::{Hash, RSA},
    signing_time,
};

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TRUST_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.10.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");

/// Certificates that a catalog may carry. Those of Windows carry two or three, countersignatures aside.
const MAX_CERTIFICATES: usize = 64;

pub(super) const fn context(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

/// A signed content.
pub(super) struct SignedData<'b> {
    /// What stands inside the certificate trust list.
    pub(super) content: &'b [u8],
    certificates: Vec<Certificate>,
    /// The first signature. Windows takes no other into account.
    signer: Option<Signer<'b>>,
}

/// A signature.
struct Signer<'b> {
    issuer: &'b [u8],
    serial: &'b [u8],
    digest: ObjectIdentifier,
    /// What stands inside the authenticated attributes.
    attributes: Option<&'b [u8]>,
    algorithm: ObjectIdentifier,
    signature: &'b [u8],
    /// What stands inside the attributes that are not signed: countersignatures.
    beside: Option<&'b [u8]>,
}

impl<'b> SignedData<'b> {
    pub(super) fn read(bytes: &'b [u8]) -> Result<Self> {
        let mut outer = Elements::inside(bytes, Tag::Sequence, "content info")?;
        expect(outer.any()?, SIGNED_DATA, "content info", "signed data")?;
        let mut fields = outer.enter(context(0), "content info")?.enter(Tag::Sequence, "signed data")?;
        fields.tagged(Tag::Integer)?;
        fields.tagged(Tag::Set)?;
        let mut content = fields.enter(Tag::Sequence, "signed content")?;
        expect(content.any()?, TRUST_LIST, "signed content", "a certificate trust list")?;
        let content = content.enter(context(0), "signed content")?.tagged(Tag::Sequence)?.value();
        let certificates = fields.optional(context(0))?.map_or(Ok(Vec::new()), certificates)?;
        fields.optional(context(1))?;
        let mut signers = fields.enter(Tag::Set, "signatures")?;
        let signer = if signers.is_finished() { None } else { Some(Signer::read(&mut signers)?) };
        Ok(Self { content, certificates, signer })
    }

    /// The certificate of a signer.
    fn certificate(&self, signer: &Signer<'_>) -> Option<&Certificate> {
        self.certificates.iter().find(|own| own.is_named(signer.issuer, signer.serial))
    }

    /// The time of the signature, where one is said and at none that is said the certificate of the signer was valid.
    pub(super) fn untimely(&self) -> Option<Untimely> {
        let signer = self.signer.as_ref()?;
        let (from, to) = self.certificate(signer)?.validity()?;
        let times = signing_time::times(signer.beside?);
        let first = *times.first()?;
        times.iter().all(|time| *time < from || *time > to).then_some(Untimely { signed: first, from, to })
    }

    /// What the signature is worth, and what it cost to check it.
    pub(super) fn trust(&self, anchors: &Anchors) -> (Trust, u64) {
        let mut cost = 0;
        (self.checked(anchors, &mut cost), cost)
    }

    fn checked(&self, anchors: &Anchors, cost: &mut u64) -> Trust {
        let unchecked = |reason: &str| Trust::Unchecked { reason: reason.into() };
        let altered = |reason: &str| Trust::Altered { reason: reason.into() };
        let Some(signer) = &self.signer else { return altered("it is not signed") };
        let Some(hash) = Hash::of(signer.digest) else {
            return unchecked(&format!("a signature with the hash function {}", signer.digest));
        };
        if signer.algorithm != RSA && Hash::of(signer.algorithm) != Some(hash) {
            return unchecked(&format!("a signature by the algorithm {}", signer.algorithm));
        }
        let Some(certificate) = self.certificate(signer) else {
            return altered("the certificate of its signer is not in it");
        };
        let Some(attributes) = signer.attributes else { return unchecked("a signature without attributes") };
        if !names(attributes, CONTENT_TYPE, |value| is_oid(value, TRUST_LIST)) {
            return altered("the signature is one of another kind of content");
        }
        let digest = hash.digest(self.content);
        if !names(attributes, MESSAGE_DIGEST, |value| value.value() == digest) {
            return altered("the hash of its content is not the one that was signed");
        }
        *cost += certificate.cost();
        if !certificate.signed(hash, &as_set(attributes), signer.signature) {
            return altered("the signature does not fit the key of its signer");
        }
        let subject = certificate.subject();
        let (anchor, cost_of_chain) = chain::anchor_of(certificate, &self.certificates, anchors);
        *cost += cost_of_chain;
        match anchor {
            Some(anchor) => Trust::Anchored { signer: subject, anchor },
            None => Trust::Unanchored { signer: subject, issuer: certificate.issuer() },
        }
    }
}

impl<'b> Signer<'b> {
    fn read(signers: &mut Elements<'b>) -> Result<Self> {
        let mut fields = signers.enter(Tag::Sequence, "signature")?;
        fields.tagged(Tag::Integer)?;
        let mut name = fields.enter(Tag::Sequence, "name of the signer")?;
        let (issuer, serial) = (name.whole()?, name.tagged(Tag::Integer)?.value());
        let digest = algorithm(&mut fields)?;
        let attributes = fields.optional(context(0))?.map(AnyRef::value);
        let algorithm = algorithm(&mut fields)?;
        let signature = fields.tagged(Tag::OctetString)?.value();
        // Nothing rests on them: what does not read there is passed over.
        let beside = fields.optional(context(1)).ok().flatten().map(AnyRef::value);
        Ok(Self { issuer, serial, digest, attributes, algorithm, signature, beside })
    }
}

fn algorithm(fields: &mut Elements<'_>) -> Result<ObjectIdentifier> {
    let structure = "algorithm";
    let identifier = fields.enter(Tag::Sequence, structure)?.tagged(Tag::ObjectIdentifier)?;
    identifier.decode_as().map_err(|source| Error::Der { structure, source })
}

/// The certificates of a set. One that does not read is left out: nothing can rest on it.
fn certificates(set: AnyRef<'_>) -> Result<Vec<Certificate>> {
    let mut elements = Elements::of(set.value(), "certificates")?;
    let mut found = Vec::new();
    let mut count = 0;
    while !elements.is_finished() {
        found.extend(Certificate::read(elements.whole()?));
        count += 1;
        if count > MAX_CERTIFICATES {
            return Err(Error::TooMany { structure: "certificates", limit: MAX_CERTIFICATES });
        }
    }
    Ok(found)
}

/// Whether the attributes hold one of a kind, once, with one value, and that one fits.
fn names(attributes: &[u8], kind: ObjectIdentifier, fits: impl Fn(AnyRef<'_>) -> bool) -> bool {
    let read = || -> Result<Vec<bool>> {
        let meant = Attribute::all(attributes)?.into_iter().filter(|attribute| attribute.is(kind));
        meant
            .map(|attribute| {
                let mut values = attribute.values()?;
                Ok(fits(values.any()?) && values.is_finished())
            })
            .collect()
    };
    read().is_ok_and(|found| found == [true])
}

/// What is signed of attributes: the same bytes under the tag of a set (RFC 2315, 9.3).
fn as_set(attributes: &[u8]) -> Vec<u8> {
    let length = attributes.len().to_be_bytes();
    let significant = length.iter().position(|byte| *byte != 0).unwrap_or(length.len() - 1);
    let digits = length.get(significant..).unwrap_or_default();
    let mut set = vec![0x31];
    match digits {
        [short @ 0..=0x7F] => set.push(*short),
        long => {
            set.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            set.extend_from_slice(long);
        }
    }
    set.extend_from_slice(attributes);
    set
}

fn expect(
    found: AnyRef<'_>,
    expected: ObjectIdentifier,
    structure: &'static str,
    name: &'static str,
) -> Result<()> {
    if is_oid(found, expected) {
        return Ok(());
    }
    let found = match found.decode_as::<ObjectIdentifier>() {
        Ok(other) => format!("content type {other}"),
        Err(_) => found.tag().to_string(),
    };
    Err(Error::Unexpected { structure, found, expected: name })
}
