//! The certificates at which chains may end.

use der::Encode as _;
use x509_cert::Certificate as Parsed;

use super::{Error, Result, certificate::Certificate};

/// Microsoft Root Certificate Authority 2010, SHA-256
/// `df545bf919a2439c36983b54cdfc903dfa4f37d3996d8d84b4c31eec6f3c163e`, to which Windows itself chains; and that of
/// 2011, `847df6a78497943f27fc72eb93f9a637320a02b561d0a91b09e87a7807ed7c61`, to which programs of Microsoft do.
const MICROSOFT: [&str; 2] =
    [include_str!("anchors/microsoft-root-2010.pem"), include_str!("anchors/microsoft-root-2011.pem")];

/// Certificates that are pinned at most.
const MAX_ANCHORS: usize = 64;

/// Pinned certificates.
#[derive(Debug, Clone, Default)]
pub struct Anchors(Vec<Certificate>);

impl Anchors {
    /// Those of Microsoft that this program brings along.
    pub fn microsoft() -> Result<Self> {
        let mut anchors = Self::default();
        MICROSOFT.iter().try_for_each(|pem| anchors.add_pem(pem.as_bytes()))?;
        Ok(anchors)
    }

    /// Pins the certificates of a PEM file.
    pub fn add_pem(&mut self, pem: &[u8]) -> Result<()> {
        let structure = "PEM file";
        let malformed = |source| Error::Der { structure, source };
        let found = Parsed::load_pem_chain(pem).map_err(malformed)?;
        if found.is_empty() {
            return Err(Error::Unexpected { structure, found: "nothing".into(), expected: "certificates" });
        }
        for certificate in found {
            let der = certificate.to_der().map_err(malformed)?;
            self.0.push(Certificate::read(&der)?);
        }
        if self.0.len() > MAX_ANCHORS {
            return Err(Error::TooMany { structure: "pinned certificates", limit: MAX_ANCHORS });
        }
        Ok(())
    }

    pub(super) fn certificates(&self) -> &[Certificate] {
        &self.0
    }
}
