//! Logs in the format of `CMTrace`: what `ConfigMgr` (`smsts.log`) and the Microsoft Deployment Toolkit (`BDD.log`,
//! `ZTI*.log`) write while a task sequence puts Windows on a computer.
//!
//! ```text
//! <![LOG[message]LOG]!><time="10:19:13.567+240" date="10-18-2019" component="..." context="" type="1" thread="2580" file="...">
//! ```
//!
//! A message may span lines. Type 2 is a warning, 3 an error. The bias is the number of minutes to add to get UTC; the
//! scripts of the Deployment Toolkit, which name no thread, always print `+000`, and that is no zone. Seen on logs of both.
//! The words of `ConfigMgr` about the applied image (`Starting to apply image`, `Successfully applied image`) are known from
//! public descriptions only.

use std::{
    collections::HashSet,
    io::{self, Read},
};

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::{
    Settings,
    entry::{Entry, between, is_image_file, is_on_server},
    input::{broken, testify},
    lines::Lines,
};
use crate::{
    evidence::statement::{Known, PieceKind, Stamp, Testimony, Topic},
    sighting::Locator,
};

const OPEN: &str = "<![LOG[";
const CLOSE: &str = "]LOG]!>";

/// Bytes kept of a message.
const MAX_MESSAGE: usize = 64 << 10;

/// Statements that are remembered, not to be repeated: each script of a task sequence says the same again.
const MAX_REMEMBERED: usize = 4096;

/// Properties that the Deployment Toolkit sets, what they mean, and what the statement is about.
const PROPERTIES: [(&str, Topic, &str); 22] = [
    ("InstallFromPath", Topic::InstallFile, ""),
    ("SourcePath", Topic::SourcesFolder, ""),
    ("ImageIndex", Topic::ImageIndex, ""),
    ("ImageFlags", Topic::ImageEdition, ""),
    ("ImageBuild", Topic::TargetOs, "version"),
    ("ImageLanguage001", Topic::TargetOs, "language"),
    ("ImageProcessor", Topic::TargetOs, "architecture"),
    ("OSGUID", Topic::TaskSequence, "OSGUID"),
    ("TaskSequenceID", Topic::TaskSequence, "TaskSequenceID"),
    ("TaskSequenceName", Topic::TaskSequence, "TaskSequenceName"),
    ("DeploymentMethod", Topic::CommandOption, "DeploymentMethod"),
    ("DeploymentType", Topic::CommandOption, "DeploymentType"),
    ("WDSServer", Topic::CommandOption, "WDSServer"),
    ("UserID", Topic::Launcher, "UserID"),
    ("UserDomain", Topic::Launcher, "UserDomain"),
    ("OSDComputerName", Topic::ComputerName, ""),
    ("PHASE", Topic::PhaseBegin, ""),
    ("Make", Topic::Machine, "make"),
    ("Model", Topic::Machine, "model"),
    ("SerialNumber", Topic::Machine, "serial"),
    ("UUID", Topic::Machine, "uuid"),
    ("IPAddress001", Topic::Machine, "address"),
];

/// Variables that `ConfigMgr` sets.
const VARIABLES: [(&str, Topic, &str); 6] = [
    ("_SMSTSPackageName", Topic::TaskSequence, "name"),
    ("_SMSTSPackageID", Topic::TaskSequence, "id"),
    ("_SMSTSMachineName", Topic::ComputerName, ""),
    ("_SMSTSLaunchMode", Topic::CommandOption, "_SMSTSLaunchMode"),
    ("_SMSTSMediaType", Topic::CommandOption, "_SMSTSMediaType"),
    ("_SMSTSBootMediaPackageID", Topic::CommandOption, "_SMSTSBootMediaPackageID"),
];

/// Reads a log to its end.
pub fn read(input: impl Read, source: &str, settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::TaskSequenceLog, |input, testimony| {
        let mut log = Log { testimony, open: None, seen: HashSet::new(), applying: None };
        log.read(input, *settings)
    })
}

/// A message whose end was not met yet.
struct Open {
    number: u64,
    offset: u64,
    message: String,
}

struct Log<'t> {
    testimony: &'t mut Testimony,
    open: Option<Open>,
    seen: HashSet<(Topic, Box<str>, Box<str>)>,
    /// Image file and destination, from the command that applies to its return code.
    applying: Option<(String, String)>,
}

impl Log<'_> {
    fn read(&mut self, input: impl Read, settings: Settings) -> io::Result<()> {
        let mut lines = Lines::new(input);
        while let Some(line) = lines.next_line()? {
            let words = settings.code_page.decode(line.bytes);
            self.line(&words, line.number, line.offset);
        }
        if let Some(open) = self.open.take() {
            let place = format_args!("line {}, byte {}", open.number, open.offset);
            broken(self.testimony, format!("the message that begins at {place} has no end {CLOSE:?}"));
        }
        Ok(())
    }

    fn line(&mut self, words: &str, number: u64, offset: u64) {
        let rest = match words.split_once(OPEN) {
            // A message without an end was cut by whoever wrote the next one.
            Some((_, rest)) => {
                self.open = Some(Open { number, offset, message: String::new() });
                rest
            }
            None => words,
        };
        let Some(open) = &mut self.open else { return };
        let (text, attributes) = match rest.split_once(CLOSE) {
            Some((text, attributes)) => (text, Some(attributes)),
            None => (rest, None),
        };
        if !open.message.is_empty() {
            open.message.push('\n');
        }
        let room = text.floor_char_boundary(MAX_MESSAGE.saturating_sub(open.message.len()).min(text.len()));
        open.message.push_str(text.get(..room).unwrap_or_default());
        if let (Some(attributes), Some(open)) = (attributes, attributes.and_then(|_| self.open.take())) {
            self.message(&open, attributes);
        }
    }

    fn message(&mut self, open: &Open, attributes: &str) {
        match attribute(attributes, "type") {
            Some("2") => self.testimony.warnings.add(first_line(&open.message)),
            Some("3") => self.testimony.errors.add(first_line(&open.message)),
            _ => {}
        }
        let mut said = Vec::new();
        self.statements(open.message.trim(), attributes, &mut said);
        if said.is_empty() {
            return;
        }
        let locator = Locator::Line(open.number, open.offset);
        let mut entry = Entry::new(self.testimony, stamp(attributes), locator, &open.message);
        for (topic, about, value) in said {
            let repeats =
                matches!(topic, Topic::ApplyBegin | Topic::ApplyEnd | Topic::Session | Topic::PhaseBegin);
            if !repeats {
                let known = (topic, about.as_str().into(), value.as_str().into());
                if self.seen.contains(&known) {
                    continue;
                }
                if self.seen.len() < MAX_REMEMBERED {
                    self.seen.insert(known);
                }
            }
            entry.say(topic, &about, &value);
        }
    }

    fn statements(&mut self, message: &str, attributes: &str, said: &mut Vec<Said>) {
        let component = attribute(attributes, "component").unwrap_or_default();
        if message.starts_with("Starting Task Sequence Engine")
            || message == "No task sequence is in progress."
        {
            said.push(say(Topic::Session, "task-sequence", "task-sequence"));
        } else if let Some(version) = message.strip_prefix("Microsoft Deployment Toolkit version:") {
            said.push(say(Topic::SetupBuild, "Microsoft Deployment Toolkit", version));
        } else if let Some(rest) = message.strip_prefix("Property ") {
            said.extend(assignment(&PROPERTIES, rest.split_once(" is now = ")));
            said.extend(
                rest.strip_prefix("DeployRoot is now = ")
                    .filter(|root| is_on_server(root))
                    .map(|root| say(Topic::NetworkPath, "DeployRoot", root)),
            );
        } else if let Some((_, rest)) = message.split_once("environment variable ") {
            said.extend(assignment(&VARIABLES, rest.split_once('=')));
        } else if let Some(command) = command_line(message) {
            self.command(command, said);
        } else if let Some(code) = message.strip_prefix("Return code from command = ") {
            self.returned(code.trim(), said);
        } else {
            from_where(message, said);
            applied(message, said);
        }
        if attribute(attributes, "type") == Some("3") {
            let code = message.rsplit_once("(Error: ").and_then(|(_, rest)| rest.split([';', ')']).next());
            let about = between(message, "Failed to run the action: ", ".").unwrap_or(component);
            said.extend(code.map(|code| {
                let digits = code.trim_start_matches("0x");
                say(Topic::Failure, about, &format!("0x{digits}"))
            }));
        }
    }

    /// A command that was run: of interest where it deals with images or is setup.
    fn command(&mut self, command: &str, said: &mut Vec<Said>) {
        let lower = command.to_ascii_lowercase();
        let programs = [
            "dism.exe",
            "imagex.exe",
            "setup.exe",
            "osdapplyos",
            "osdupgrade",
            "setupprep",
            "windows10upgrade",
        ];
        let Some(program) = programs.iter().find(|program| lower.contains(*program)) else { return };
        let of_image =
            ["/apply-image", "/apply ", "/capture", "/image:", "/auto", "/unattend", "/installfrom"];
        if !of_image.iter().any(|option| lower.contains(option)) {
            return;
        }
        said.push(say(Topic::CommandLine, program.trim_end_matches(".exe"), command));
        let words = words(command);
        if let Some((file, index, destination)) = apply_image(&words).or_else(|| apply(&words)) {
            said.push(say(Topic::InstallFile, "", &file));
            said.push(say(Topic::ImageIndex, &file, &index));
            said.push(say(Topic::ApplyBegin, &file, &destination));
            self.applying = Some((file, destination));
        } else if lower.contains("osdapplyos")
            && let Some(package) = option(&words, "/image:")
        {
            let (id, index) = package.split_once(',').unwrap_or((package, ""));
            said.push(say(Topic::PackageId, "image", id));
            said.push(say(Topic::ImageIndex, id, index));
        }
    }

    fn returned(&mut self, code: &str, said: &mut Vec<Said>) {
        let Some((file, destination)) = self.applying.take() else { return };
        match code {
            "0" => said.push(say(Topic::ApplyEnd, &file, &destination)),
            _ => said.push(say(Topic::Failure, "apply image", code)),
        }
    }
}

/// Topic, about, value.
type Said = (Topic, String, String);

fn say(topic: Topic, about: &str, value: &str) -> Said {
    (topic, about.to_owned(), value.trim().to_owned())
}

fn first_line(message: &str) -> &[u8] {
    message.lines().next().unwrap_or_default().as_bytes()
}

/// The value of an attribute, `name="value"`.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    attributes.match_indices(name).find_map(|(at, _)| {
        let begins = attributes.get(..at)?.ends_with([' ', '<']);
        let value = attributes.get(at + name.len()..)?.strip_prefix("=\"")?;
        value.split_once('"').filter(|_| begins).map(|(value, _)| value)
    })
}

fn stamp(attributes: &str) -> Option<Stamp> {
    let time = attribute(attributes, "time")?;
    let date = NaiveDate::parse_from_str(attribute(attributes, "date")?, "%m-%d-%Y").ok()?;
    let split = time.find(['+', '-']).unwrap_or(time.len());
    let local = date.and_time(NaiveTime::parse_from_str(time.get(..split)?, "%H:%M:%S%.f").ok()?);
    let is_script = attribute(attributes, "thread").is_none_or(str::is_empty);
    let bias = time.get(split..).and_then(|bias| bias.parse::<i32>().ok());
    match bias.filter(|bias| bias.abs() <= 24 * 60 && !(is_script && *bias == 0)) {
        Some(bias) => {
            let utc = local.checked_add_signed(TimeDelta::minutes(bias.into()))?;
            Some(Stamp::Utc(utc.and_utc(), Known::Bias))
        }
        None => Some(Stamp::Local(local)),
    }
}

fn assignment(known: &[(&str, Topic, &str)], set: Option<(&str, &str)>) -> Option<Said> {
    let (name, value) = set?;
    let (_, topic, about) = known.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name.trim()))?;
    Some(say(*topic, about, value))
}

fn command_line(message: &str) -> Option<&str> {
    let heads = ["About to run command:", "Executing command line:", "Run Command:", "Command line:", "RUN:"];
    heads.iter().find_map(|head| message.strip_prefix(head)).map(str::trim)
}

/// Where something was taken from.
fn from_where(message: &str, said: &mut Vec<Said>) {
    if let Some((url, to)) =
        message.strip_prefix("Downloaded file from ").and_then(|rest| rest.rsplit_once(" to "))
    {
        if is_image_file(to) || is_image_file(url) {
            said.push(say(Topic::DownloadUrl, to, url));
            let package = url.split_once("/sccm?/").and_then(|(path, _)| path.rsplit_once('/'));
            said.extend(package.map(|(_, id)| say(Topic::PackageId, to, id)));
        }
    } else if let Some((letter, share)) =
        message.strip_prefix("Mapped Network UNC Path ").and_then(|rest| rest.split_once('='))
    {
        said.push(say(Topic::NetworkPath, letter.trim(), share));
        said.push(say(Topic::DriveLetter, letter.trim(), share));
    } else if let Some(share) = message.strip_prefix("Mapping server share: ") {
        said.push(say(Topic::NetworkPath, "", share));
    } else if let Some(file) = between(message, "LTI applying image ", " using ") {
        said.push(say(Topic::InstallFile, "", file));
    } else if let Some((file, value)) =
        message.strip_prefix("Updated ").and_then(|rest| rest.split_once(" with InstallFromPath="))
    {
        let value = value.split_once(" (value was").map_or(value, |(value, _)| value);
        said.push(say(Topic::AnswerFile, "", file));
        said.push(say(Topic::AnswerSetting, "InstallFromPath", value));
    } else if let Some((title, _)) = between(message, "Update (", "\n")
        .or_else(|| message.split_once("Update (").map(|(_, rest)| rest))
        .and_then(|rest| rest.split_once(": "))
        .and_then(|(_, rest)| rest.rsplit_once(" ("))
    {
        said.push(say(Topic::Update, "title", title));
    } else {
        let on_server =
            message.split(['"', '\'', ' ']).find(|word| is_on_server(word) && is_image_file(word));
        said.extend(on_server.map(|path| say(Topic::NetworkPath, "", path)));
    }
}

/// What `ConfigMgr` says of applying an image.
fn applied(message: &str, said: &mut Vec<Said>) {
    if let Some((index, rest)) =
        message.strip_prefix("Starting to apply image ").and_then(|rest| rest.split_once(" from "))
    {
        let (file, destination) = rest.rsplit_once(" to ").unwrap_or((rest, ""));
        said.push(say(Topic::ImageIndex, file, index));
        said.push(say(Topic::ApplyBegin, file, destination));
    } else if let Some(destination) = message.strip_prefix("Successfully applied image to ") {
        said.push(say(Topic::ApplyEnd, "", destination));
    } else if let Some(file) = message
        .strip_prefix("Image file ")
        .filter(|rest| rest.ends_with("will be applied"))
        .and_then(|rest| rest.split_once(" version").map(|(file, _)| file))
    {
        said.push(say(Topic::InstallFile, "", file));
    }
}

/// The words of a command line, without quotes around them or parts of them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for character in command.chars() {
        match character {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The value of an option `/name:value`.
fn option<'w>(words: &'w [String], name: &str) -> Option<&'w str> {
    words.iter().find_map(|word| {
        let head = word.get(..name.len())?;
        head.eq_ignore_ascii_case(name).then(|| word.get(name.len()..)).flatten()
    })
}

/// File, index and destination of `dism /Apply-Image`.
fn apply_image(words: &[String]) -> Option<(String, String, String)> {
    words.iter().find(|word| word.eq_ignore_ascii_case("/apply-image"))?;
    let value = |name| option(words, name).unwrap_or_default().to_owned();
    Some((option(words, "/imagefile:")?.to_owned(), value("/index:"), value("/applydir:")))
}

/// File, index and destination of `imagex /apply FILE INDEX DESTINATION`.
fn apply(words: &[String]) -> Option<(String, String, String)> {
    let at = words.iter().position(|word| word.eq_ignore_ascii_case("/apply"))?;
    let mut operands = words.iter().skip(at + 1).filter(|word| !word.starts_with('/')).cloned();
    Some((operands.next()?, operands.next()?, operands.next()?))
}
