//! One line of the log: a DSSE envelope that holds an in-toto Statement.
//!
//! DSSE protocol 1.0.2, in-toto attestation framework v1. Signatures may be absent: who may write the log decides who
//! may approve, until keys are in use.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use serde::{Deserialize, Serialize};

/// Media type of an in-toto Statement in JSON.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Envelope {
    payload: String,
    #[serde(rename = "payloadType")]
    payload_type: String,
    #[serde(default)]
    signatures: Vec<Signature>,
}

/// A signature over an envelope.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Signature {
    /// A hint which key made it; never a reason to trust.
    #[serde(default)]
    pub keyid: String,
    /// The signature, base64.
    pub sig: String,
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

    /// The statement as a line of the log, without the line feed. `None` where it cannot be written as JSON.
    pub fn to_line(&self) -> Option<String> {
        let payload = BASE64_STANDARD.encode(serde_json::to_vec(self).ok()?);
        let envelope = Envelope { payload, payload_type: PAYLOAD_TYPE.into(), signatures: Vec::new() };
        serde_json::to_string(&envelope).ok()
    }

    /// Reads a line of the log.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn from_line(line: &[u8]) -> Result<Self, String> {
        let envelope: Envelope =
            serde_json::from_slice(line).map_err(|error| format!("no DSSE envelope: {error}"))?;
        if !envelope.payload_type.starts_with("application/vnd.in-toto") {
            return Err(format!("payload type {:?}, expected {PAYLOAD_TYPE:?}", envelope.payload_type));
        }
        let payload = decode_base64(&envelope.payload).ok_or("the payload is not base64")?;
        let statement: Self =
            serde_json::from_slice(&payload).map_err(|error| format!("no in-toto Statement: {error}"))?;
        if statement.kind != STATEMENT_TYPE {
            return Err(format!("statement type {:?}, expected {STATEMENT_TYPE:?}", statement.kind));
        }
        Ok(statement)
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
        let line = statement.to_line().expect("JSON");
        assert!(!line.contains('\n'));
        assert_eq!(Statement::from_line(line.as_bytes()), Ok(statement));
        for bad in ["", "{}", "{\"payload\":\"!\",\"payloadType\":\"application/vnd.in-toto+json\"}"] {
            assert!(Statement::from_line(bad.as_bytes()).is_err());
        }
    }
}
