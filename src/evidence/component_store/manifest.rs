//! Manifests: which files a component has, with their SHA-256.
//!
//! ```text
//! <assembly xmlns="urn:schemas-microsoft-com:asm.v3">
//!   <assemblyIdentity name="Microsoft-Windows-Core" version="10.0.26100.1" processorArchitecture="amd64" ... />
//!   <file name="core.dll" destinationPath="$(runtime.system32)\" ...>
//!     <asmv2:hash><dsig:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256" />
//!       <dsig:DigestValue>base64</dsig:DigestValue></asmv2:hash>
//! ```
//!
//! A deployment has an element `deployment`, no files, and a dependency on each component that is installed with it:
//!
//! ```text
//!   <dependency><dependentAssembly dependencyType="install"><assemblyIdentity name="Microsoft-Windows-Core" ... />
//! ```
//!
//! They are stored as text, or as `DCM\x01` and a delta against the base manifest of the servicing stack.

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};
use sha2::{Digest as _, Sha256};

use super::keyform::Identity;
use crate::evidence::delta;

const COMPRESSED: &[u8] = b"DCM\x01";
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Longest manifest as text. The longest of Windows Server 2025 has 3.3 MB.
const MAX_BYTES: u64 = 16 << 20;
/// Files of a component. Real ones have some thousands.
const MAX_FILES: usize = 100_000;
/// Elements inside each other.
const MAX_DEPTH: usize = 64;
/// Bytes of one attribute or digest that are kept.
const MAX_TEXT: usize = 4096;

/// A manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Whose.
    pub identity: Identity,
    /// The files it lists, in its order.
    pub files: Vec<ListedFile>,
    /// Of a deployment the components that are installed with it, without their versions.
    pub deploys: Vec<String>,
    /// SHA-256 of its text, which catalogs sign.
    pub sha256: [u8; 32],
    /// Bytes of its text.
    pub length: u64,
    /// Whether it was stored compressed.
    pub compressed: bool,
}

/// A file in a manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedFile {
    /// Its path below the folder of the component.
    pub name: String,
    /// Where it is put, with variables: `$(runtime.system32)\`.
    pub destination: String,
    /// What it is called there, if not as in the store.
    pub target: String,
    /// Digest of its content; `None` where there is none, as for files that are meant to change.
    pub digest: Option<FileDigest>,
}

/// A digest in a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileDigest {
    /// Since Windows 8.
    Sha256([u8; 32]),
    /// Before.
    Sha1([u8; 20]),
}

/// Why a manifest cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// The image file does not deliver it.
    #[error("{0}")]
    Unreadable(String),
    /// It is compressed, and the image has no base manifest that can be read.
    #[error("it is compressed, and the base that it needs was not found in the image")]
    NoBase,
    /// It makes no sense.
    #[error("{0}")]
    Malformed(String),
}

impl Manifest {
    /// Bytes of memory that it takes, about.
    pub(super) fn weight(&self) -> usize {
        let file = |file: &ListedFile| {
            size_of::<ListedFile>() + file.name.len() + file.destination.len() + file.target.len()
        };
        let deployed = |name: &String| size_of::<String>() + name.len();
        self.files.iter().map(file).sum::<usize>() + self.deploys.iter().map(deployed).sum::<usize>()
    }

    /// Reads a manifest as it is stored.
    ///
    /// # Errors
    /// Where it cannot be decompressed, or is no manifest.
    pub fn read(bytes: &[u8], base: Option<&[u8]>) -> Result<Self, ManifestError> {
        let text = match bytes.strip_prefix(COMPRESSED) {
            Some(delta) => {
                let base = base.ok_or(ManifestError::NoBase)?;
                let text = delta::apply(base, delta, MAX_BYTES);
                Cow::Owned(text.map_err(|error| ManifestError::Malformed(error.to_string()))?)
            }
            None => Cow::Borrowed(bytes),
        };
        let mut manifest = parse(&text).map_err(ManifestError::Malformed)?;
        manifest.compressed = bytes.starts_with(COMPRESSED);
        Ok(manifest)
    }
}

/// Reads the text of a manifest.
fn parse(bytes: &[u8]) -> Result<Manifest, String> {
    let text = std::str::from_utf8(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes));
    let text = text.map_err(|error| format!("no UTF-8 behind byte {}", error.valid_up_to()))?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser::default();
    loop {
        let at = reader.buffer_position();
        match reader.read_event().map_err(|error| format!("{error} (at byte {at})"))? {
            Event::Start(start) => parser.start(&start).map_err(|what| format!("{what} (at byte {at})"))?,
            Event::Text(words) if parser.in_digest => parser.digest(&words),
            Event::End(_) => parser.end(),
            Event::Eof if parser.depth > 0 => return Err("it ends within an element".into()),
            Event::Eof => break,
            _ => {}
        }
    }
    let identity = parser.identity.ok_or("it has no identity")?;
    let sha256 = Sha256::digest(bytes).into();
    let Parser { mut files, .. } = parser;
    let mut deploys = if parser.is_deployment { parser.deploys } else { Vec::new() };
    files.shrink_to_fit();
    deploys.shrink_to_fit();
    Ok(Manifest { identity, files, deploys, sha256, length: bytes.len() as u64, compressed: false })
}

#[derive(Default)]
struct Parser {
    depth: usize,
    identity: Option<Identity>,
    files: Vec<ListedFile>,
    /// The file that is read.
    file: Option<ListedFile>,
    /// The algorithm of the digest that is read.
    algorithm: String,
    in_digest: bool,
    digest: String,
    is_deployment: bool,
    /// Whether the dependency that is read is installed with the component.
    installs: bool,
    deploys: Vec<String>,
}

impl Parser {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        self.depth += 1;
        let name = start.local_name();
        match (self.depth, name.as_ref()) {
            (1, "assembly") => {}
            (1, other) => return Err(format!("the element {other:.40}, expected assembly")),
            (2, "assemblyIdentity") if self.identity.is_none() => self.identity = Some(identity(start)),
            (2, "file") if self.files.len() >= MAX_FILES => {
                return Err(format!("more than {MAX_FILES} files"));
            }
            (2, "file") => self.file = Some(file(start)),
            (2, "deployment") => self.is_deployment = true,
            (3, "dependentAssembly") => {
                let kind = attributes(start).find(|(name, _)| name == "dependencyType");
                self.installs = kind.is_some_and(|(_, kind)| kind == "install");
            }
            (4, "assemblyIdentity") if self.installs && self.deploys.len() >= MAX_FILES => {
                return Err(format!("more than {MAX_FILES} dependencies"));
            }
            (4, "assemblyIdentity") if self.installs => self.deploys.extend(identity(start).versionless()),
            (4, "DigestMethod") => {
                self.algorithm =
                    attributes(start).find(|(name, _)| name == "Algorithm").unwrap_or_default().1;
            }
            (4, "DigestValue") => (self.in_digest, self.digest) = (true, String::new()),
            (MAX_DEPTH.., _) => return Err(format!("more than {MAX_DEPTH} elements inside each other")),
            _ => {}
        }
        Ok(())
    }

    fn digest(&mut self, words: &str) {
        let room = MAX_TEXT.saturating_sub(self.digest.len());
        self.digest.extend(words.chars().filter(|c| !c.is_whitespace()).take(room));
    }

    fn end(&mut self) {
        match self.depth {
            2 => self.files.extend(self.file.take()),
            3 => self.installs = false,
            4 if self.in_digest => {
                self.in_digest = false;
                if let Some(file) = &mut self.file {
                    file.digest = digest(&self.algorithm, &self.digest);
                }
            }
            _ => {}
        }
        self.depth = self.depth.saturating_sub(1);
    }
}

fn digest(algorithm: &str, value: &str) -> Option<FileDigest> {
    let bytes = BASE64_STANDARD.decode(value).ok()?;
    if algorithm.ends_with("sha256") {
        bytes.try_into().ok().map(FileDigest::Sha256)
    } else if algorithm.ends_with("sha1") {
        bytes.try_into().ok().map(FileDigest::Sha1)
    } else {
        None
    }
}

/// The attributes of an `assemblyIdentity`.
pub(super) fn identity(start: &BytesStart<'_>) -> Identity {
    let mut identity = Identity::default();
    for (name, value) in attributes(start) {
        match &*name {
            "name" => identity.name = value,
            "language" | "culture" => identity.culture = value,
            "type" => identity.kind = value,
            "version" => identity.version = value,
            "publicKeyToken" => identity.token = value,
            "processorArchitecture" => identity.architecture = value,
            "versionScope" => identity.scope = value,
            _ => {}
        }
    }
    identity
}

fn file(start: &BytesStart<'_>) -> ListedFile {
    let mut file = ListedFile::default();
    for (name, value) in attributes(start) {
        match &*name {
            "name" => file.name = value.replace('/', "\\"),
            "destinationPath" => file.destination = value.replace('/', "\\"),
            "destinationName" => file.target = value,
            _ => {}
        }
    }
    file
}

fn attributes<'s>(start: &'s BytesStart<'_>) -> impl Iterator<Item = (String, String)> + use<'s> {
    let mut all = start.attributes();
    all.with_checks(false);
    all.flatten().map(|attribute| {
        let value = &*attribute.value;
        let value = value.get(..value.floor_char_boundary(MAX_TEXT)).unwrap_or_default();
        let plain = quick_xml::escape::unescape(value).map(Cow::into_owned);
        (attribute.key.local_name().as_ref().to_owned(), plain.unwrap_or_else(|_| value.to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">
  <assemblyIdentity name="A&amp;B" version="1.2.3.4" processorArchitecture="amd64" language="neutral" versionScope="nonSxS" />
  <dependency><dependentAssembly><assemblyIdentity name="other" version="9.9.9.9" /></dependentAssembly></dependency>
  <file name="sub/a.dll" destinationPath="$(runtime.system32)\" importPath="x">
    <asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">
      <dsig:Transforms><dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" /></dsig:Transforms>
      <dsig:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256" />
      <dsig:DigestValue>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</dsig:DigestValue>
    </asmv2:hash>
  </file>
  <file name="log.txt" destinationPath="$(runtime.windows)\" />
</assembly>"#;

    #[test]
    fn identity_and_files_are_read() {
        let manifest = Manifest::read(TEXT.as_bytes(), None).expect("a manifest");
        assert_eq!((&*manifest.identity.name, &*manifest.identity.version), ("A&B", "1.2.3.4"));
        let [first, second] = manifest.files.as_slice() else { panic!("{:?}", manifest.files) };
        assert_eq!(first.name, "sub\\a.dll");
        assert_eq!(first.digest, Some(FileDigest::Sha256(Sha256::digest(b"").into())));
        assert_eq!((&*second.name, second.digest), ("log.txt", None));
        let marked = [BYTE_ORDER_MARK, TEXT.as_bytes()].concat();
        assert_eq!(Manifest::read(&marked, None).expect("a manifest").files, manifest.files);
    }

    #[test]
    fn a_compressed_one_needs_its_base() {
        let base = b"<assembly xmlns=\"urn:schemas-microsoft-com:asm.v3\" manifestVersion=\"1.0\">";
        let stored = wimproof_testkit::delta::compressed_manifest(base, TEXT.as_bytes());
        assert_eq!(Manifest::read(&stored, None), Err(ManifestError::NoBase));
        let read = Manifest::read(&stored, Some(base)).expect("a manifest");
        let plain = Manifest::read(TEXT.as_bytes(), None).expect("a manifest");
        assert!(read.compressed && !plain.compressed);
        assert_eq!(Manifest { compressed: false, ..read }, plain);
        let another = b"<assembly xmlns=\"urn:schemas-microsoft-com:asm.v4\" manifest?ersion=\"1.0\">";
        assert_ne!(Manifest::read(&stored, Some(another)), Ok(Manifest { compressed: true, ..plain }));
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        for text in
            ["", "MZ\u{1}", "<a/>", "<assembly/>", "<assembly>", "<assembly><assemblyIdentity name='x'>"]
        {
            assert!(Manifest::read(text.as_bytes(), None).is_err(), "{text}");
        }
        let deep = "<assembly>".to_owned() + &"<x>".repeat(100);
        assert!(Manifest::read(deep.as_bytes(), None).is_err());
    }

    /// Manifests of Windows, where they are at hand: each gives its own name.
    #[test]
    fn manifests_of_windows_give_their_names() {
        let Some(corpus) = std::env::var_os("WIMPROOF_CORPUS") else {
            eprintln!("skipped: WIMPROOF_CORPUS names no corpus");
            return;
        };
        let folder = std::path::PathBuf::from(corpus).join("dcm");
        let base = std::fs::read(folder.join("base_manifest.bin")).expect("the base");
        let mut digests = 0;
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|end| end == "manifest") {
                let bytes = std::fs::read(&path).expect("a manifest");
                let manifest = Manifest::read(&bytes, Some(&base)).expect("a manifest");
                let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
                assert_eq!(manifest.identity.keyform(), name);
                digests += manifest.files.iter().filter(|file| file.digest.is_some()).count();
            }
        }
        assert!(digests > 0);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fail(text in "(<|>|/|assembly|assemblyIdentity|file|DigestValue| |\"|=|&|name)*") {
            let _ = Manifest::read(text.as_bytes(), None);
        }
    }
}
