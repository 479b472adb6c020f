//! Facts: what can be known of an image, by stable names.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Evidence, Value};

/// What values a fact has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A digest in lower-case hexadecimal digits.
    Digest,
    /// A number: bytes, a count, a version part.
    Number,
    /// A point in time, or a day.
    Time,
    /// Several texts.
    List,
}

/// What a fact belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// The file.
    File,
    /// One image in it.
    Image,
}

macro_rules! facts {
    ($($(#[doc = $doc:literal])+ $key:ident = $name:literal, $level:ident, $kind:ident;)+) => {
        /// The name of a fact. The names are part of the JSON contract and of the registry.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum FactKey { $($(#[doc = $doc])+ $key,)+ }

        impl FactKey {
            /// All facts.
            pub const ALL: &'static [Self] = &[$(Self::$key,)+];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$key => $name,)+ }
            }

            /// What values it has.
            pub fn kind(self) -> Kind {
                match self { $(Self::$key => Kind::$kind,)+ }
            }

            /// Whether it belongs to the file or to one image.
            pub fn level(self) -> Level {
                match self { $(Self::$key => Level::$level,)+ }
            }
        }
    };
}

facts! {
    /// `NAME`.
    Name = "name", Image, Text;
    /// `DESCRIPTION`.
    Description = "description", Image, Text;
    /// `DISPLAYNAME`.
    DisplayName = "display_name", Image, Text;
    /// `DISPLAYDESCRIPTION`.
    DisplayDescription = "display_description", Image, Text;
    /// `EDITIONID`, for example `EnterpriseS`.
    Edition = "edition", Image, Text;
    /// `FLAGS`.
    Flags = "flags", Image, Text;
    /// `INSTALLATIONTYPE`.
    InstallationType = "installation_type", Image, Text;
    /// `ARCH` in words: `x86`, `arm`, `ia64`, `x64`, `arm64`.
    Architecture = "architecture", Image, Text;
    /// Major, minor, build and service pack build, joined by points.
    Version = "version", Image, Text;
    /// Build number, for example 17763.
    Build = "build", Image, Number;
    /// Service pack build; since Windows 10 the update build revision.
    SpBuild = "sp_build", Image, Number;
    /// Service pack level.
    SpLevel = "sp_level", Image, Number;
    /// Build branch, for example `rs5_release`.
    Branch = "branch", Image, Text;
    /// Languages.
    Languages = "languages", Image, List;
    /// Default language.
    DefaultLanguage = "default_language", Image, Text;
    /// `PRODUCTNAME`.
    ProductName = "product_name", Image, Text;
    /// `PRODUCTTYPE`.
    ProductType = "product_type", Image, Text;
    /// `PRODUCTSUITE`.
    ProductSuite = "product_suite", Image, Text;
    /// `HAL`.
    Hal = "hal", Image, Text;
    /// `SYSTEMROOT`.
    SystemRoot = "system_root", Image, Text;
    /// `SERVICINGDATA/IMAGESTATE`.
    ImageState = "image_state", Image, Text;
    /// `SERVICINGDATA/GDRDUREVISION`.
    GdrDuRevision = "gdr_du_revision", Image, Text;
    /// `SERVICINGDATA/PKEYCONFIGVERSION`.
    PkeyConfigVersion = "pkey_config_version", Image, Text;
    /// `WIMBOOT`.
    WimBoot = "wim_boot", Image, Text;
    /// `CREATIONTIME`.
    Created = "created", Image, Time;
    /// `LASTMODIFICATIONTIME`.
    Modified = "modified", Image, Time;
    /// `IMAGE/TOTALBYTES`: bytes of all files of the image, each hard link counted.
    TotalBytes = "total_bytes", Image, Number;
    /// `HARDLINKBYTES`.
    HardLinkBytes = "hard_link_bytes", Image, Number;
    /// `DIRCOUNT`.
    DirCount = "dir_count", Image, Number;
    /// `FILECOUNT`.
    FileCount = "file_count", Image, Number;
    /// The latest time of last write of any file in the tree.
    NewestWrite = "newest_write", Image, Time;
    /// The digest `tree` (`wimproof-tree-v1`).
    Tree = "tree", Image, Digest;
    /// The digest `content` (`wimproof-content-v1`).
    Content = "content", Image, Digest;
    /// SHA-1 of the metadata resource, as the blob table gives it.
    MetadataSha1 = "metadata_sha1", Image, Digest;
    /// Length of the file in bytes.
    FileSize = "file_size", File, Number;
    /// SHA-256 of the file.
    FileSha256 = "file_sha256", File, Digest;
    /// SHA-256 over the SHA-256 (32 bytes each) of the parts of a split set, in their order.
    SetSha256 = "set_sha256", File, Digest;
    /// The GUID of the WIM.
    Guid = "guid", File, Text;
    /// Number of this part of a split set.
    Part = "part", File, Number;
    /// Parts of the set.
    Parts = "parts", File, Number;
    /// Index of the bootable image; 0 for none.
    BootIndex = "boot_index", File, Number;
    /// Images, as the header counts them.
    ImageCount = "image_count", File, Number;
    /// Codec of compressed resources: `none`, `XPRESS`, `LZX`, `LZMS`.
    Compression = "compression", File, Text;
    /// Uncompressed bytes of a chunk; 0 where nothing is compressed.
    ChunkSize = "chunk_size", File, Number;
    /// Format version: `1.13` or `0.14`.
    FormatVersion = "format_version", File, Text;
    /// `WIM/TOTALBYTES`: by all known writers the offset of the XML, not the length of the file.
    WimTotalBytes = "wim_total_bytes", File, Number;
}

impl fmt::Display for FactKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FactKey {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|key| key.name() == name).ok_or(())
    }
}

impl Serialize for FactKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for FactKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(|()| D::Error::custom(format!("no fact {name:?} in this version of wimproof")))
    }
}

/// A value, and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// The value.
    pub value: Value,
    /// Where it stood.
    pub evidence: Evidence,
}

/// Facts with their evidence.
pub type Facts = BTreeMap<FactKey, Fact>;

/// Facts without evidence, as a registry records them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Values(pub BTreeMap<FactKey, Value>);

impl Values {
    /// The value of a fact.
    pub fn get(&self, key: FactKey) -> Option<&Value> {
        self.0.get(&key)
    }

    /// The value of a fact that is text or a digest.
    pub fn text(&self, key: FactKey) -> Option<&str> {
        match self.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl FromIterator<(FactKey, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (FactKey, Value)>>(facts: I) -> Self {
        Self(facts.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Values {
    /// Facts that this version does not know are left out: a newer writer may record more.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = BTreeMap::<String, serde_json::Value>::deserialize(deserializer)?;
        let known = json.iter().filter_map(|(name, value)| Some((name.parse::<FactKey>().ok()?, value)));
        known
            .map(|(key, value)| match Value::from_json(key.kind(), value) {
                Ok(value) => Ok((key, value)),
                Err(expected) => Err(D::Error::custom(format!("fact {key}: expected {expected}"))),
            })
            .collect()
    }
}
