//! Writes component stores: folders of components, their manifests, the servicing stack with its base manifest, and the
//! hard links to the files outside.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest as _, Sha256};

use crate::{delta, program, tree::Entry};

/// A text of ours that compressed manifests are made from.
pub const BASE: &str = r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" copyright="A base for tests.">
  <assemblyIdentity name="Component-" version="10.0." processorArchitecture="amd64" language="neutral" buildType="release" publicKeyToken="31bf3856ad364e35" versionScope="nonSxS" />
  <file name=".dll" destinationPath="$(runtime.system32)\" sourceName=".dll" importPath="$(build.nttree)\" sourcePath=".\">
    <securityDescriptor name="WRP_FILE_DEFAULT_SDDL" />
    <asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"><dsig:Transforms><dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" /></dsig:Transforms><dsig:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256" /><dsig:DigestValue>"#;

/// A component.
#[derive(Clone, Debug)]
pub struct Component {
    /// Its name, as in its manifest.
    pub name: String,
    /// Four numbers.
    pub version: String,
    /// Whether its manifest is stored compressed.
    pub compressed: bool,
    /// Its files.
    pub files: Vec<File>,
    /// Of a deployment the identities, as XML, of what is installed with it.
    pub deploys: Vec<String>,
}

/// A file of a component.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path below the folder of the component.
    pub name: String,
    /// What the manifest lists; `None` where it does not list the file.
    pub listed: Option<Vec<u8>>,
    /// What the folder holds; `None` where it lacks the file.
    pub stored: Option<Vec<u8>>,
    /// Whether it stands in System32 too, as a hard link.
    pub linked: bool,
}

impl File {
    /// A file as it should be.
    pub fn sound(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self { name: name.into(), listed: Some(bytes.clone()), stored: Some(bytes), linked: false }
    }
}

impl Component {
    /// A component without files and with a plain manifest.
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            compressed: false,
            files: Vec::new(),
            deploys: Vec::new(),
        }
    }

    /// Adds a file.
    #[must_use]
    pub fn file(mut self, file: File) -> Self {
        self.files.push(file);
        self
    }

    /// Stores its manifest compressed.
    #[must_use]
    pub fn compressed(mut self) -> Self {
        self.compressed = true;
        self
    }

    /// Installs another component with this one, which is then a deployment.
    #[must_use]
    pub fn deploys(mut self, other: &Self) -> Self {
        self.deploys.push(other.identity());
        self
    }

    /// Its identity, as XML.
    fn identity(&self) -> String {
        format!(
            r#"<assemblyIdentity name="{}" version="{}" processorArchitecture="amd64" language="neutral" buildType="release" publicKeyToken="31bf3856ad364e35" versionScope="nonSxS" />"#,
            self.name, self.version
        )
    }

    /// The servicing stack, with the base manifest in its `wcp.dll`.
    pub fn servicing_stack(version: &str) -> Self {
        let program = program::with_resource(614, 1, BASE.as_bytes());
        Self::new("Microsoft-Windows-ServicingStack", version).file(File::sound("wcp.dll", program))
    }

    /// The name of its folder and manifest.
    pub fn keyform(&self) -> String {
        let attributes = [
            ("name", &*self.name),
            ("version", &self.version),
            ("publickeytoken", "31bf3856ad364e35"),
            ("processorarchitecture", "amd64"),
            ("versionscope", "nonsxs"),
        ];
        let hash = attributes.iter().fold(0_u64, |before, (name, value)| {
            let own = hash(value).wrapping_add(hash(name).wrapping_mul(0x1_FFFF_FFF7));
            own.wrapping_add(before.wrapping_mul(0x1_FFFF_FFF7))
        });
        let name = self.name.to_lowercase();
        let name = match name.len() {
            0..=40 => name,
            length => format!("{}..{}", &name[..19], &name[length - 19..]),
        };
        format!("amd64_{name}_31bf3856ad364e35_{}_none_{hash:016x}", self.version)
    }

    /// Its manifest as text.
    pub fn manifest(&self) -> String {
        let listed = self.files.iter().filter_map(|file| Some((&file.name, file.listed.as_ref()?)));
        let elements = listed.map(|(name, listed)| {
            let digest = BASE64_STANDARD.encode(Sha256::digest(listed));
            format!(
                r#"  <file name="{name}" destinationPath="$(runtime.system32)\" sourceName="{name}" importPath="$(build.nttree)\" sourcePath=".\">
    <securityDescriptor name="WRP_FILE_DEFAULT_SDDL" />
    <asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#"><dsig:Transforms><dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" /></dsig:Transforms><dsig:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256" /><dsig:DigestValue>{digest}</dsig:DigestValue></asmv2:hash>
  </file>
"#
            )
        });
        let files = elements.collect::<Vec<_>>().concat();
        let installed = self.deploys.iter().map(|identity| {
            format!(
                r#"  <dependency discoverable="no"><dependentAssembly dependencyType="install">{identity}</dependentAssembly></dependency>
"#
            )
        });
        let installed = installed.collect::<Vec<_>>().concat();
        let deployment = if installed.is_empty() { "" } else { "  <deployment />\n" };
        format!(
            r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0" copyright="Made for tests.">
  {}
{deployment}{installed}{files}</assembly>
"#,
            self.identity()
        )
    }

    fn stored_manifest(&self) -> Vec<u8> {
        let text = self.manifest().into_bytes();
        if self.compressed { delta::compressed_manifest(BASE.as_bytes(), &text) } else { text }
    }
}

/// The file of a package that brings these components.
pub fn package(name: &str, version: &str, components: &[&Component]) -> String {
    let updates = components.iter().enumerate().map(|(number, component)| {
        format!(r#"<update name="{number}"><component>{}</component></update>"#, component.identity())
    });
    let updates = updates.collect::<Vec<_>>().concat();
    format!(
        r#"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">
  <assemblyIdentity name="{name}" version="{version}" processorArchitecture="amd64" language="neutral" buildType="release" publicKeyToken="31bf3856ad364e35" />
  <package identifier="{name}" releaseType="Feature Pack">{updates}</package>
</assembly>
"#
    )
}

/// The root of an image with these components.
pub fn image(components: &[Component]) -> Entry {
    let (mut store, mut manifests) = (Entry::dir("WinSxS"), Entry::dir("Manifests"));
    let mut system = Entry::dir("System32");
    let mut group = 0;
    for component in components {
        let keyform = component.keyform();
        manifests = manifests.child(Entry::file(&format!("{keyform}.manifest"), component.stored_manifest()));
        let mut folder = Entry::dir(&keyform);
        for (file, bytes) in component.files.iter().filter_map(|file| Some((file, file.stored.clone()?))) {
            if let Some((below, name)) = file.name.split_once('\\') {
                folder = folder.with_file(&format!("{below}\\{name}"), bytes);
                continue;
            }
            let mut stored = Entry::file(&file.name, bytes.clone());
            if file.linked {
                group += 1;
                stored = stored.hard_link_group(group);
                system = system.child(Entry::file(&file.name, bytes).hard_link_group(group));
            }
            folder = folder.child(stored);
        }
        store = store.child(folder);
    }
    Entry::dir("").child(Entry::dir("Windows").child(system).child(store.child(manifests)))
}

fn hash(text: &str) -> u64 {
    let mut sums = [0_u32; 4];
    for (place, unit) in text.to_lowercase().encode_utf16().enumerate() {
        sums[place % 4] = sums[place % 4].wrapping_mul(0x1_003F).wrapping_add(unit.into());
    }
    let weights = [0x1E5_FFFF_FD27, 0xFFFF_FFDC_0000_0051, 0x1_FFFF_FFF7, 1_u64];
    sums.iter()
        .zip(weights)
        .fold(0, |all, (sum, weight)| all.wrapping_add(weight.wrapping_mul(u64::from(*sum))))
}
