//! One image: its tree and what the XML says of it.

use crate::builder::{Edit, setters};
use crate::tree::Entry;

/// Where the `<IMAGE>` element comes from.
#[derive(Clone, Debug, Default)]
pub(crate) enum ImageXml {
    #[default]
    Generated,
    Inner(String),
    Absent,
}

/// One image of a WIM.
#[derive(Clone, Debug)]
pub struct Image {
    /// `<NAME>`; the element is left out when empty.
    pub name: String,
    /// Root directory.
    pub root: Entry,
    /// `<DESCRIPTION>`.
    pub description: Option<String>,
    /// `<DISPLAYNAME>`.
    pub display_name: Option<String>,
    /// `<DISPLAYDESCRIPTION>`.
    pub display_description: Option<String>,
    /// `<FLAGS>`.
    pub flags: Option<String>,
    /// `<CREATIONTIME>`, FILETIME.
    pub created: u64,
    /// `<LASTMODIFICATIONTIME>`, FILETIME.
    pub modified: u64,
    /// `<WINDOWS><ARCH>`.
    pub architecture: Option<u32>,
    /// `<WINDOWS><PRODUCTNAME>`.
    pub product_name: Option<String>,
    /// `<WINDOWS><EDITIONID>`.
    pub edition: Option<String>,
    /// `<WINDOWS><INSTALLATIONTYPE>`.
    pub installation_type: Option<String>,
    /// `<WINDOWS><LANGUAGES>`, the first is the default.
    pub languages: Vec<String>,
    /// `<WINDOWS><VERSION>`: MAJOR, MINOR, BUILD, SPBUILD.
    pub version: Option<(u32, u32, u32, u32)>,
    /// Raw XML put at the end of the `<IMAGE>` element.
    pub extra_xml: String,
    pub(crate) xml: ImageXml,
    pub(crate) replaced: Option<Vec<u8>>,
    pub(crate) edits: Vec<Edit<Vec<u8>>>,
}

impl Image {
    /// An image with an empty root and fixed dates.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let time = crate::filetime(2020, 7, 29, 10, 25, 11);
        Self {
            name: name.to_owned(),
            root: Entry::dir(""),
            description: None,
            display_name: None,
            display_description: None,
            flags: None,
            created: time,
            modified: time,
            architecture: None,
            product_name: None,
            edition: None,
            installation_type: None,
            languages: Vec::new(),
            version: None,
            extra_xml: String::new(),
            xml: ImageXml::Generated,
            replaced: None,
            edits: Vec::new(),
        }
    }

    setters! {
        /// Sets the root directory.
        root(root: Entry) root = root;
        /// Sets `<DESCRIPTION>`.
        description(text: &str) description = Some(text.to_owned());
        /// Sets `<DISPLAYNAME>`.
        display_name(text: &str) display_name = Some(text.to_owned());
        /// Sets `<DISPLAYDESCRIPTION>`.
        display_description(text: &str) display_description = Some(text.to_owned());
        /// Sets `<FLAGS>`.
        flags(text: &str) flags = Some(text.to_owned());
        /// Sets `<CREATIONTIME>`.
        created(filetime: u64) created = filetime;
        /// Sets `<LASTMODIFICATIONTIME>`.
        modified(filetime: u64) modified = filetime;
        /// Sets `<WINDOWS><ARCH>`: 0 x86, 5 ARM, 9 x86-64, 12 ARM64.
        architecture(code: u32) architecture = Some(code);
        /// Sets `<WINDOWS><PRODUCTNAME>`.
        product_name(text: &str) product_name = Some(text.to_owned());
        /// Sets `<WINDOWS><EDITIONID>`.
        edition(text: &str) edition = Some(text.to_owned());
        /// Sets `<WINDOWS><INSTALLATIONTYPE>`.
        installation_type(text: &str) installation_type = Some(text.to_owned());
        /// Sets `<WINDOWS><LANGUAGES>`; the first is the default.
        languages(codes: &[&str]) languages = codes.iter().map(|&code| code.to_owned()).collect();
        /// Replaces the metadata resource (uncompressed bytes).
        ///
        /// The blobs and counts still come from the tree.
        metadata_override(bytes: Vec<u8>) replaced = Some(bytes);
    }

    /// Sets `<WINDOWS><VERSION>`.
    #[must_use]
    pub fn windows_version(mut self, major: u32, minor: u32, build: u32, spbuild: u32) -> Self {
        self.version = Some((major, minor, build, spbuild));
        self
    }

    /// Adds raw XML at the end of the `<IMAGE>` element.
    #[must_use]
    pub fn extra_xml(mut self, xml: &str) -> Self {
        self.extra_xml.push_str(xml);
        self
    }

    /// Replaces all that stands inside the `<IMAGE>` element.
    #[must_use]
    pub fn xml(mut self, inner: impl Into<String>) -> Self {
        self.xml = ImageXml::Inner(inner.into());
        self
    }

    /// Leaves the `<IMAGE>` element out.
    #[must_use]
    pub fn no_xml(mut self) -> Self {
        self.xml = ImageXml::Absent;
        self
    }

    /// Changes the metadata resource before it is hashed and compressed.
    #[must_use]
    pub fn edit_metadata(mut self, edit: impl Fn(&mut Vec<u8>) + Send + Sync + 'static) -> Self {
        self.edits.push(Edit::new(edit));
        self
    }
}
