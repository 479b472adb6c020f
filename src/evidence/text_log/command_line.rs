//! Command lines of Windows: words, quotes, options.

use super::voice::Voice;
use crate::evidence::{servicing::Repair, statement::Topic};

/// Words of a command line that are looked at.
const MAX_WORDS: usize = 512;

/// Cuts a command line into words: blanks part them, quotes hold them together and vanish.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut quoted, mut begun) = (false, false);
    for character in line.chars() {
        match character {
            '"' => (quoted, begun) = (!quoted, true),
            ' ' | '\t' if !quoted => {
                if begun && words.len() < MAX_WORDS {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
                word.clear();
            }
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if begun && words.len() < MAX_WORDS {
        words.push(word);
    }
    words
}

/// Options with their values, whether `/name value`, `"/name" "value"` or `/name:value`.
pub(super) struct Options(Vec<String>);

impl Options {
    pub(super) fn of(line: &str) -> Self {
        Self(words(line))
    }

    /// Whether an option is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|word| option(word).is_some_and(|(option, _)| option.eq_ignore_ascii_case(name)))
    }

    /// The value of an option: of the first of that name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut words = self.0.iter();
        let found =
            words.find_map(|word| option(word).filter(|(option, _)| option.eq_ignore_ascii_case(name)));
        match found?.1 {
            Some(value) => Some(value),
            None => words.next().map(String::as_str).filter(|next| option(next).is_none()),
        }
    }
}

/// Name and value of `/name` or `/name:value`.
fn option(word: &str) -> Option<(&str, Option<&str>)> {
    let name = word.strip_prefix(['/', '-'])?;
    Some(name.split_once([':', '=']).map_or((name, None), |(name, value)| (name, Some(value))))
}

/// A command line of setup: the line, and what it says of warnings.
pub(super) fn setup(voice: &mut Voice<'_>, line: &str) {
    voice.say(Topic::CommandLine, "setuphost", line);
    voice.say(Topic::Compatibility, "command line", Options::of(line).value("compat").unwrap_or_default());
}

/// A command line of DISM: the line, and which image it mounts, applies or captures.
pub(super) fn dism(voice: &mut Voice<'_>, line: &str) {
    voice.say(Topic::CommandLine, "dism", line);
    let options = Options::of(line);
    let value = |name: &str| options.value(name).unwrap_or_default();
    let file = options.value("imagefile").or_else(|| options.value("wimfile")).unwrap_or_default();
    if options.has("mount-image") || options.has("mount-wim") {
        voice.say(Topic::ImageMounted, value("mountdir"), file);
    } else if options.has("apply-image") {
        voice.say(Topic::ApplyBegin, file, value("applydir"));
    } else if options.has("capture-image") || options.has("append-image") {
        let at = voice.stamp.map(|stamp| stamp.to_string()).unwrap_or_default();
        voice.say(Topic::ImageBorn, &format!("capture {file}"), &at);
    } else {
        if let Some(source) = options.value("source") {
            voice.say(Topic::CommandOption, "", &format!("/Source:{source}"));
        }
        return;
    }
    voice.say(Topic::ImageIndex, file, value("index"));
    voice.say(Topic::ImageName, file, value("name"));
}

/// A command line of DISM that repairs the component store of an installed system.
pub(super) fn repair(line: &str) -> Option<Repair> {
    let options = Options::of(line);
    options.has("restorehealth").then(|| Repair {
        command: line.into(),
        source: options.value("source").map(Into::into),
        limited: options.has("limitaccess"),
        code: None,
        on: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_setup() {
        let line = r#"/Install /Media  /InstallFile "C:\2 1\Sources\Install.wim" "/auto" "upgrade" "/Compat" "IgnoreWarning" "/noreboot" /MediaPath "C:\2 1""#;
        let options = Options::of(line);
        assert_eq!(options.value("installfile"), Some(r"C:\2 1\Sources\Install.wim"));
        assert_eq!(options.value("compat"), Some("IgnoreWarning"));
        assert_eq!(options.value("noreboot"), None);
        assert_eq!(options.value("mediapath"), Some(r"C:\2 1"));
        assert!(options.has("media") && !options.has("boot"));
    }

    #[test]
    fn options_of_dism() {
        let options = Options::of(
            r#"Dism  /Mount-Image /ImageFile:F:\sources\install.wim /Name:"a b" /MountDir:C:\x /index=2 """#,
        );
        assert_eq!(options.value("ImageFile"), Some(r"F:\sources\install.wim"));
        assert_eq!(options.value("name"), Some("a b"));
        assert_eq!(options.value("index"), Some("2"));
        assert!(options.has("mount-image"));
        assert_eq!(words(r#"a """#), ["a", ""]);
    }
}
