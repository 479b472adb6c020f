//! One line of the log: a DSSE envelope that holds an in-toto Statement.
//!
//! DSSE protocol 1.0.2, in-toto attestation framework v1. Signatures may be absent; whether that will do is for who trusts
//! the log to say.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use serde::{Deserialize, Serialize};

use crate::signing::{Signer, SigningError};

/// Media type of an in-toto Statement in JSON.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// An envelope of DSSE: a payload and who signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<Signature>,
}

/// The form in JSON. Others may add members.
#[derive(Serialize, Deserialize)]
struct Form {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    #[serde(default)]
    signatures: Vec<Signature>,
}

/// A signature over an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// A hint which key made it; never a reason to trust. Written always: some verifiers look at no other.
    #[serde(default)]
    pub keyid: String,
    /// The signature, base64.
    pub sig: String,
}

impl Envelope {
    /// Puts a statement in an envelope and has it signed. `None` where it cannot be written as JSON.
    pub fn seal(statement: &impl Serialize, signers: &[Signer]) -> Option<Result<Self, SigningError>> {
        let payload = serde_json::to_vec(statement).ok()?;
        let mut envelope = Self { payload_type: PAYLOAD_TYPE.into(), payload, signatures: Vec::new() };
        let message = envelope.signed_bytes();
        for signer in signers {
            match signer.sign(&message) {
                Ok((keyid, sig)) => envelope.signatures.push(Signature { keyid, sig }),
                Err(error) => return Some(Err(error)),
            }
        }
        Some(Ok(envelope))
    }

    /// Reads a line of the log.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn from_line(line: &[u8]) -> Result<Self, String> {
        let form: Form =
            serde_json::from_slice(line).map_err(|error| format!("no DSSE envelope: {error}"))?;
        let payload = decode_base64(&form.payload).ok_or("the payload is not base64")?;
        Ok(Self { payload_type: form.payload_type, payload, signatures: form.signatures })
    }

    /// As a line of the log, without the line feed. `None` where it cannot be written as JSON.
    pub fn to_line(&self) -> Option<String> {
        let payload = BASE64_STANDARD.encode(&self.payload);
        let (payload_type, signatures) = (self.payload_type.clone(), self.signatures.clone());
        serde_json::to_string(&Form { payload, payload_type, signatures }).ok()
    }

    /// The statement in it.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn statement(&self) -> Result<Statement, String> {
        if !self.payload_type.starts_with("application/vnd.in-toto") {
            return Err(format!("payload type {:?}, expected {PAYLOAD_TYPE:?}", self.payload_type));
        }
        let statement: Statement = serde_json::from_slice(&self.payload)
            .map_err(|error| format!("no in-toto Statement: {error}"))?;
        if statement.kind != STATEMENT_TYPE {
            return Err(format!("statement type {:?}, expected {STATEMENT_TYPE:?}", statement.kind));
        }
        Ok(statement)
    }

    /// What a signature signs.
    pub fn signed_bytes(&self) -> Vec<u8> {
        pre_authentication_encoding(&self.payload_type, &self.payload)
    }

    /// The signatures with the hints which keys made them; those that are not base64 are no signatures.
    pub fn signatures(&self) -> Vec<(String, Vec<u8>)> {
        let decode = |s: &Signature| Some((s.keyid.clone(), decode_base64(&s.sig)?));
        self.signatures.iter().filter_map(decode).collect()
    }
}

/// What an in-toto Statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Digests by algorithm. SHA-1 is never among them: a consumer may accept any one that matches.
    pub digest: std::collections::BTreeMap<String, String>,
}

/// An in-toto Statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    /// What it is about.
    pub subject: Vec<Resource>,
    /// What kind of predicate it carries.
    #[serde(rename = "predicateType")]
    pub predicate_type: String,
    /// What it says.
    pub predicate: serde_json::Value,
}

impl Statement {
    /// A statement about a subject.
    pub fn new(subject: Resource, predicate_type: &str, predicate: serde_json::Value) -> Self {
        let (kind, predicate_type) = (STATEMENT_TYPE.into(), predicate_type.into());
        Self { kind, subject: vec![subject], predicate_type, predicate }
    }
}

/// Readers of DSSE must take both alphabets of base64.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decode = |alphabet: &alphabet::Alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok();
    decode(&alphabet::STANDARD).or_else(|| decode(&alphabet::URL_SAFE))
}

/// The bytes that a DSSE signature covers (pre-authentication encoding).
pub fn pre_authentication_encoding(payload_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), body.len());
    [head.as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_authentication_encoding_is_that_of_dsse() {
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn a_statement_survives_its_line() {
        let digest = [("sha256".to_owned(), "00".repeat(32))].into();
        let subject = Resource { name: Some("\u{955c}\u{50cf}\n".into()), digest };
        let statement = Statement::new(subject, "urn:example:test:v1", serde_json::json!({"a": 1}));
        let envelope = Envelope::seal(&statement, &[]).expect("JSON").expect("nobody signs");
        let line = envelope.to_line().expect("JSON");
        assert!(!line.contains('\n'));
        let again = Envelope::from_line(line.as_bytes()).expect("an envelope");
        assert_eq!((&again, again.statement()), (&envelope, Ok(statement)));
        for bad in ["", "{}", "{\"payload\":\"!\",\"payloadType\":\"application/vnd.in-toto+json\"}"] {
            assert!(Envelope::from_line(bad.as_bytes()).is_err());
        }
    }
}
