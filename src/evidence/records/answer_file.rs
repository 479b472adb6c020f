//! Answer files (`unattend.xml`, `autounattend.xml`): from where they tell Windows Setup to install which image, and what
//! to run then.
//!
//! Elements by Microsoft's reference of unattended setup: `ImageInstall/OSImage/InstallFrom` (`Path`, `MetaData` with `Key`
//! and `Value`), `WindowsDeploymentServices/ImageSelection`, commands, `ComputerName`; and the `offlineImage` that the
//! editor of answer files leaves. Passwords and product keys are never kept, whatever stands around them.

use std::io::Read;

use super::{
    Settings,
    document::{Document, Leaf, Node, walk},
    entry::Entry,
    input::{broken, head, testify},
};
use crate::{
    evidence::statement::{PieceKind, Testimony, Topic},
    sighting::Locator,
};

/// Bytes of an answer file that are read. Large ones carry scripts.
pub const MAX_BYTES: u64 = 16 << 20;

/// Settings that name an image or its source, by the end of their path.
const SETTINGS: [(&[&str], &str); 12] = [
    (&["InstallFrom", "Path"], "InstallFrom/Path"),
    (&["InstallFrom", "Credentials", "Username"], "InstallFrom/Credentials/Username"),
    (&["InstallFrom", "Credentials", "Domain"], "InstallFrom/Credentials/Domain"),
    (&["InstallImage", "ImageName"], "InstallImage/ImageName"),
    (&["InstallImage", "ImageGroup"], "InstallImage/ImageGroup"),
    (&["InstallImage", "Filename"], "InstallImage/Filename"),
    (&["InstallTo", "DiskID"], "InstallTo/DiskID"),
    (&["InstallTo", "PartitionID"], "InstallTo/PartitionID"),
    (&["DataImage", "Path"], "DataImage/Path"),
    (&["DriverPaths", "PathAndCredentials", "Path"], "DriverPaths/Path"),
    (&["OSImage", "InstallToAvailablePartition"], "OSImage/InstallToAvailablePartition"),
    (&["UpgradeData", "Upgrade"], "UpgradeData/Upgrade"),
];

/// Commands, by the end of their path.
const COMMANDS: [&[&str]; 5] = [
    &["RunSynchronousCommand", "Path"],
    &["RunAsynchronousCommand", "Path"],
    &["SynchronousCommand", "CommandLine"],
    &["AsynchronousCommand", "CommandLine"],
    &["LogonCommands", "CommandLine"],
];

/// Reads an answer file.
pub fn read(input: impl Read, source: &str, settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::AnswerFile, |input, testimony| {
        let bytes = head(input, MAX_BYTES, "answer file", testimony)?;
        let document = Document::of(&bytes, |bytes| settings.code_page.decode(bytes).into_owned());
        let mut answers = Answers { testimony, pass: String::new(), key: String::new() };
        if let Err(why) = walk(&document, |node| answers.meet(node)) {
            broken(testimony, why);
        }
        Ok(())
    })
}

struct Answers<'t> {
    testimony: &'t mut Testimony,
    /// The configuration pass whose settings follow.
    pass: String,
    /// The key of metadata whose value follows.
    key: String,
}

impl Answers<'_> {
    fn meet(&mut self, node: Node<'_>) {
        match node {
            Node::Begin(leaf) => self.begin(&leaf),
            Node::End(leaf) if !is_secret(leaf.path) => self.setting(&leaf),
            Node::Comment(leaf) if !is_secret(leaf.path) => {
                let words = format!("<!--{}-->", leaf.text);
                self.entry(&leaf.locator, &words).say(Topic::Marker, "comment", leaf.text);
            }
            Node::End(_) | Node::Comment(_) => {}
        }
    }

    fn begin(&mut self, leaf: &Leaf<'_>) {
        let attribute =
            |name: &str| leaf.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value);
        match leaf.path.last().map(String::as_str) {
            Some("settings") => self.pass = attribute("pass").cloned().unwrap_or_default(),
            Some("offlineImage") => {
                if let Some(source) = attribute("source") {
                    let words = format!("<offlineImage source=\"{source}\"/>");
                    self.entry(&leaf.locator, &words).say(Topic::AnswerSetting, "offlineImage", source);
                }
            }
            Some("MetaData") => self.key.clear(),
            _ => {}
        }
    }

    fn setting(&mut self, leaf: &Leaf<'_>) {
        let name = leaf.path.last().map_or("", String::as_str);
        let words = format!("<{name}>{}</{name}>", leaf.text);
        let pass = self.pass.clone();
        if ends(leaf.path, &["MetaData", "Key"]) {
            leaf.text.clone_into(&mut self.key);
        } else if ends(leaf.path, &["MetaData", "Value"]) {
            let key = std::mem::take(&mut self.key);
            let words = format!("<Key>{key}</Key>{words}");
            self.entry(&leaf.locator, &words).say(
                Topic::AnswerSetting,
                &format!("MetaData {key}"),
                leaf.text,
            );
        } else if let Some((_, about)) = SETTINGS.iter().find(|(path, _)| ends(leaf.path, path)) {
            self.entry(&leaf.locator, &words).say(Topic::AnswerSetting, about, leaf.text);
        } else if COMMANDS.iter().any(|path| ends(leaf.path, path)) {
            self.entry(&leaf.locator, &words).say(Topic::Script, &pass, leaf.text);
        } else if name == "ComputerName" && leaf.text != "*" {
            self.entry(&leaf.locator, &words).say(Topic::ComputerName, &pass, leaf.text);
        }
    }

    fn entry<'e>(&'e mut self, locator: &Locator, words: &'e str) -> Entry<'e> {
        Entry::new(self.testimony, None, locator.clone(), words)
    }
}

fn ends(path: &[String], with: &[&str]) -> bool {
    path.len() >= with.len() && path.iter().rev().zip(with.iter().rev()).all(|(name, end)| name == end)
}

/// Whether an element, or one around it, holds a password or a product key.
fn is_secret(path: &[String]) -> bool {
    path.iter().any(|name| {
        let name = name.to_ascii_lowercase();
        ["password", "productkey", "accountdata", "wlankey", "passphrase"]
            .iter()
            .any(|secret| name.contains(secret))
    })
}
