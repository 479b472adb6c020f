//! What an image file holds and which of its images is chosen, in both dialects.

use super::super::{
    table::{Rule, Says, bracket, named},
    voice::Voice,
};
use crate::evidence::statement::Topic;

/// Setup of WinPE, which reads the XML of the file itself.
const IBS: &[&str] = &["IBS", ""];
/// Setup of a running system, and of WinPE since 24H2.
const HOST: &[&str] = &["MOUPG"];

pub(super) const RULES: &[Rule] = &[
    Rule { of: IBS, words: "CollectInformationForImage: Size of '", says: Says::Own(file_size) },
    Rule { of: IBS, words: "Source image file '", says: Says::Own(image_count) },
    Rule { of: IBS, words: "ImageXmlInfo::LogImages: ", says: Says::Own(xml_field) },
    Rule { of: IBS, words: "CDepImageXMLInfo::GetEditionID:EditionID=", says: Says::Own(flags) },
    Rule {
        of: IBS,
        words: "There is only a single matching OS image (index = ",
        says: Says::Own(only_match),
    },
    Rule { of: IBS, words: "Image Information: WIM - ", says: Says::Own(chosen) },
    Rule {
        of: IBS,
        words: "SetSelectedWindowsImageInfoOnBB:EditionID is ",
        says: Says::Bracket(Topic::ImageEdition, ""),
    },
    Rule { of: HOST, words: "WIM Path ", says: Says::Own(file) },
    Rule { of: HOST, words: "Image Count ", says: Says::Own(count) },
    Rule { of: HOST, words: "Install Index ", says: Says::Own(index) },
    Rule { of: HOST, words: "WinPE Index ", says: Says::Own(index) },
    Rule {
        of: HOST,
        words: "Product Name ",
        says: Says::Own(|voice, text| field(voice, "product_name", text)),
    },
    Rule { of: HOST, words: "Version ", says: Says::Own(version) },
    Rule {
        of: HOST,
        words: "Architecture ",
        says: Says::Own(|voice, text| field(voice, "architecture", text)),
    },
    Rule { of: HOST, words: "Edition ", says: Says::Own(|voice, text| field(voice, "edition", text)) },
    Rule {
        of: HOST,
        words: "Language ",
        says: Says::Own(|voice, text| field(voice, "default_language", text)),
    },
    Rule { of: HOST, words: "MigChoice: Initializing Wim Path:", says: Says::Own(migration_file) },
    Rule { of: HOST, words: "MigChoice: Initializing Image Index:", says: Says::Own(migration_index) },
    Rule {
        of: HOST,
        words: "MigChoice: Initializing Image Name:",
        says: Says::Brackets(Topic::ImageName, ""),
    },
    Rule {
        of: HOST,
        words: "MigChoice: Initializing Target Edition Id:",
        says: Says::Bracket(Topic::ImageEdition, ""),
    },
];

/// `D:\Sources\install.esd' is 3628584534`.
fn file_size(voice: &mut Voice<'_>, text: &str) {
    let Some((file, size)) = text.rsplit_once("' is ") else { return };
    voice.memory.image_file = Some(file.to_owned());
    if size.trim().parse::<u64>().is_ok() {
        voice.say(Topic::ImageFileSize, file, size);
    }
}

/// `D:\Sources\install.esd' has 8 sub-image(s)`.
fn image_count(voice: &mut Voice<'_>, text: &str) {
    if let Some((file, count)) = text.rsplit_once("' has ") {
        voice.say(Topic::ImageCount, file, count.split(' ').next().unwrap_or_default());
    }
}

/// `  Index = 7`, then `    Name = Windows 10 Pro` and so on.
fn xml_field(voice: &mut Voice<'_>, text: &str) {
    let Some((name, value)) = text.split_once('=').map(|(name, value)| (name.trim(), value.trim())) else {
        return;
    };
    let field = match name {
        "Index" => {
            voice.memory.index = Some(value.to_owned());
            return voice.memory.version.clear();
        }
        "Major version" => return value.clone_into(&mut voice.memory.version),
        "Minor version" => {
            let major = voice.memory.version.split('.').next().unwrap_or_default();
            voice.memory.version = format!("{major}.{value}");
            return;
        }
        "Build number" => {
            let version = format!("{}.{value}", std::mem::take(&mut voice.memory.version));
            image_field(voice, "version", &version);
            "build"
        }
        "Name" => "name",
        "Description" => "description",
        "Total bytes" => "total_bytes",
        "Architecture" => "architecture",
        "Default language" => "default_language",
        "Edition ID" => "edition",
        "SP Build" => "sp_build",
        "SP Level" => "sp_level",
        "Installation type" => "installation_type",
        _ => return,
    };
    if let ("edition", Some(index)) = (field, voice.memory.index.clone()) {
        voice.memory.keep_edition(&index, value);
    }
    image_field(voice, field, value);
}

/// `Cloud, Flags=Cloud : Returning Cloud, hr=0x0`: without an index, but in the order of the images.
fn flags(voice: &mut Voice<'_>, text: &str) {
    let Some((edition, rest)) = text.split_once(", Flags=") else { return };
    let Some(at) = voice.memory.editions.iter().position(|(_, kept)| kept == edition) else { return };
    let (index, _) = voice.memory.editions.remove(at);
    let flags = rest.split_once(" : ").map_or(rest, |(flags, _)| flags);
    voice.say(Topic::ImageField, &format!("{index} / flags"), flags);
}

/// `7)`.
fn only_match(voice: &mut Voice<'_>, text: &str) {
    let file = voice.memory.image_file.clone().unwrap_or_default();
    voice.say(Topic::ImageIndex, &file, text.split(')').next().unwrap_or_default());
}

/// `[D:\Sources\install.esd]    ImageIndex - [7]    WorkingDirectory - [...]`.
fn chosen(voice: &mut Voice<'_>, text: &str) {
    let index = named(text, "ImageIndex - [").unwrap_or_default();
    voice.say(Topic::ImageIndex, bracket(text).unwrap_or_default(), index);
}

/// `        [ C:\media\Sources\Install.wim ]`: a list of its images follows.
fn file(voice: &mut Voice<'_>, text: &str) {
    let file = bracket(text).unwrap_or_default();
    voice.memory.image_file = Some(file.to_owned());
    voice.memory.index = None;
    voice.say(Topic::InstallFile, "", file);
}

fn count(voice: &mut Voice<'_>, text: &str) {
    let file = voice.memory.image_file.clone().unwrap_or_default();
    voice.say(Topic::ImageCount, &file, bracket(text).unwrap_or_default());
}

fn index(voice: &mut Voice<'_>, text: &str) {
    voice.memory.index = bracket(text).map(str::to_owned);
}

fn field(voice: &mut Voice<'_>, name: &str, text: &str) {
    // A text in brackets and nothing before it, or another line that begins so.
    if text.trim_start().starts_with('[') {
        image_field(voice, name, bracket(text).unwrap_or_default());
    }
}

/// `        [ 10.0.19041 (1288.0) ]`: version, and in parentheses build and level of the service pack.
fn version(voice: &mut Voice<'_>, text: &str) {
    let Some(text) = text.trim_start().strip_prefix('[').and_then(|text| text.split(']').next()) else {
        return;
    };
    let (version, pack) = text.split_once('(').unwrap_or((text, ""));
    image_field(voice, "version", version);
    let build = version.trim().rsplit_once('.').map_or("", |(_, build)| build);
    image_field(voice, "build", build);
    if let Some((build, level)) = pack.split(')').next().and_then(|pack| pack.split_once('.')) {
        image_field(voice, "sp_build", build);
        image_field(voice, "sp_level", level);
    }
}

fn image_field(voice: &mut Voice<'_>, field: &str, value: &str) {
    if let Some(index) = &voice.memory.index {
        let about = format!("{index} / {field}");
        voice.say(Topic::ImageField, &about, value);
    }
}

fn migration_file(voice: &mut Voice<'_>, text: &str) {
    voice.memory.image_file = bracket(text).map(str::to_owned);
}

fn migration_index(voice: &mut Voice<'_>, text: &str) {
    let file = voice.memory.image_file.clone().unwrap_or_default();
    voice.say(Topic::ImageIndex, &file, bracket(text).unwrap_or_default());
}
