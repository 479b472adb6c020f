//! Channels: the ways an image takes to a computer, told by what they leave in evidence. The rules are data: those that
//! are built in, and those of a site.

use std::path::Path;

use serde::Deserialize;
use wildmatch::WildMatch;

use super::{
    collection::{Generation, Piece},
    deployment::Line,
    hive::facts::Marker,
    statement::Topic,
};
use crate::{
    sighting::{
        Evidence, Locator,
        deployment::{Channel, Citation, Moment, Wording},
    },
    source::written,
};

const BUILT_IN: &str = include_str!("builtin.toml");

/// Longest channel file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Quotations that are kept for a condition.
const MAX_QUOTED: usize = 3;

/// Channel rules, mandated agents and registry markers of a site.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// The channels, those of the site first.
    #[serde(default, rename = "channel")]
    pub channels: Vec<Rule>,
    /// Programs that the site's images carry.
    #[serde(default, rename = "agent")]
    pub agents: Vec<Agent>,
    /// Marks to look for in registry hives.
    #[serde(default, rename = "marker")]
    pub markers: Vec<HiveMarker>,
}

/// How a channel is known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable id.
    pub id: String,
    /// Title in English.
    pub title: String,
    /// Title in Simplified Chinese.
    #[serde(default)]
    pub title_zh: Option<String>,
    /// Whether the site approves of it.
    #[serde(default)]
    pub approved: Option<bool>,
    /// All of these must hold.
    #[serde(default)]
    pub all: Vec<Condition>,
    /// One of these must hold, where there are any.
    #[serde(default)]
    pub any: Vec<Condition>,
    /// None of these may hold.
    #[serde(default)]
    pub none: Vec<Condition>,
    /// What a reader should know of it.
    #[serde(default)]
    pub note: Option<String>,
    /// The same in Simplified Chinese.
    #[serde(default)]
    pub note_zh: Option<String>,
    /// Whether it is one of those that every site has.
    #[serde(skip)]
    built_in: bool,
}

/// A program that the site's images carry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agent {
    /// What it is called.
    pub name: String,
    /// It is there where one of these holds.
    pub any: Vec<Condition>,
    /// Whether another program puts it into replaced systems afterwards, so that its presence there proves nothing.
    #[serde(default)]
    pub may_be_backfilled: bool,
    /// What a reader should know of it.
    #[serde(default)]
    pub warning: Option<String>,
    /// The same in Simplified Chinese.
    #[serde(default)]
    pub warning_zh: Option<String>,
}

/// A mark in a registry hive.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HiveMarker {
    /// A name for it.
    pub name: String,
    /// `system` or `software`; for the reader of the file, the key decides.
    #[serde(default)]
    pub hive: Option<String>,
    /// Path of the key in the hive.
    pub key: String,
    /// Name of the value.
    #[serde(default)]
    pub value: Option<String>,
}

/// Something that evidence says, or a file that is there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// What is spoken of.
    #[serde(default)]
    topic: Option<String>,
    /// What the statement is about: a pattern with `*` and `?`.
    #[serde(default)]
    about: Option<String>,
    /// Words in the value; case does not matter.
    #[serde(default)]
    contains: Option<String>,
    /// The whole value; case does not matter.
    #[serde(default)]
    equals: Option<String>,
    /// A pattern for the whole value, with `*` and `?`.
    #[serde(default)]
    matches: Option<String>,
    /// A file of the installed system: a pattern for its path below the root of the disk.
    #[serde(default)]
    file: Option<String>,
}

/// A file that a pattern asked for.
#[derive(Debug, Clone)]
pub struct Present {
    /// In which system.
    pub generation: Generation,
    /// The pattern, by its position in [`Channels::file_patterns`].
    pub pattern: usize,
    /// The file.
    pub citation: Citation,
}

impl Present {
    /// The files that patterns asked for, among pieces of evidence.
    pub fn of<'p>(pieces: impl IntoIterator<Item = &'p Piece>) -> Vec<Self> {
        let present = |piece: &Piece| {
            let evidence = Evidence { source: piece.name().into(), locator: Locator::Whole };
            let citation =
                Citation { evidence, sha256: None, quote: piece.path().into(), at: Moment::default() };
            let generation = piece.place().generation.clone();
            let patterns = piece.markers().to_vec();
            patterns.into_iter().map(move |pattern| Self {
                generation: generation.clone(),
                pattern,
                citation: citation.clone(),
            })
        };
        pieces.into_iter().flat_map(present).collect()
    }
}

impl Agent {
    /// The patterns of files by which it is known, below the root of the disk.
    pub fn file_patterns(&self) -> impl Iterator<Item = &str> {
        self.any.iter().filter_map(|condition| condition.file.as_deref())
    }
}

impl Channels {
    /// The channels that every site has.
    ///
    /// # Errors
    /// None, as a test shows.
    pub fn built_in() -> Result<Self, String> {
        let mut channels = Self::parse(BUILT_IN)?;
        channels.channels.iter_mut().for_each(|rule| rule.built_in = true);
        Ok(channels)
    }

    /// Reads a channel file and puts its channels before those that are there.
    ///
    /// # Errors
    /// Names file, line and what is wrong.
    pub fn add_file(&mut self, path: &Path) -> Result<(), String> {
        let failed = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
        let bytes = written::bytes(path, MAX_FILE).map_err(|error| failed(&error))?;
        let text = written::text(&bytes).map_err(|error| failed(&error))?;
        self.add(text).map_err(|error| failed(&error))
    }

    /// Takes the text of a channel file and puts its channels before those that are there.
    ///
    /// # Errors
    /// Says line and what is wrong.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let mut site = Self::parse(text)?;
        site.channels.append(&mut self.channels);
        self.channels = site.channels;
        self.agents.append(&mut site.agents);
        self.markers.append(&mut site.markers);
        Ok(())
    }

    fn parse(text: &str) -> Result<Self, String> {
        let channels: Self = written::toml(text)?;
        for condition in channels.conditions() {
            condition.check()?;
        }
        let none = channels.channels.iter().find(|rule| rule.all.is_empty() && rule.any.is_empty());
        match none {
            Some(rule) => {
                Err(format!("channel {:?} has neither `all` nor `any`: it would always hold", rule.id))
            }
            None => Ok(channels),
        }
    }

    fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let of_channels =
            self.channels.iter().flat_map(|rule| rule.all.iter().chain(&rule.any).chain(&rule.none));
        of_channels.chain(self.agents.iter().flat_map(|agent| &agent.any))
    }

    /// The patterns of files that rules ask for, in a fixed order.
    pub fn file_patterns(&self) -> Vec<String> {
        self.conditions().filter_map(|condition| condition.file.clone()).collect()
    }

    /// The marks to look for in hives.
    pub fn hive_markers(&self) -> Vec<Marker> {
        let marker = |marker: &HiveMarker| Marker {
            name: marker.name.clone(),
            key: marker.key.clone(),
            value: marker.value.clone(),
        };
        self.markers.iter().map(marker).collect()
    }

    /// The channels that a deployment can have come by: those of the site; where it describes none that fits, those that
    /// are built in.
    pub fn of(&self, evidence: &Traces<'_>) -> Vec<Channel> {
        let of = |built_in: bool| -> Vec<Channel> {
            let rules = self.channels.iter().filter(|rule| rule.built_in == built_in);
            rules.filter_map(|rule| rule.holds(evidence, self)).collect()
        };
        let site = of(false);
        if site.is_empty() { of(true) } else { site }
    }
}

/// What there is to tell a channel by.
#[derive(Debug)]
pub struct Traces<'t> {
    /// What is said of the deployment.
    pub lines: Vec<Line<'t>>,
    /// Files in the system that it made.
    pub present: Vec<&'t Present>,
}

impl Rule {
    fn holds(&self, evidence: &Traces<'_>, channels: &Channels) -> Option<Channel> {
        let mut on = Vec::new();
        for condition in &self.all {
            let found = condition.found(evidence, channels);
            if found.is_empty() {
                return None;
            }
            on.extend(found);
        }
        let any: Vec<Citation> =
            self.any.iter().flat_map(|condition| condition.found(evidence, channels)).collect();
        let excluded = self.none.iter().any(|condition| !condition.found(evidence, channels).is_empty());
        if excluded || (any.is_empty() && !self.any.is_empty()) {
            return None;
        }
        on.extend(any);
        Some(Channel {
            id: self.id.clone(),
            title: self.title.clone(),
            title_zh: self.title_zh.clone(),
            approved: self.approved,
            note: self.note.clone().map(|en| Wording { en, zh: self.note_zh.clone() }),
            on,
        })
    }
}

impl Agent {
    /// Where it shows.
    pub fn found(&self, evidence: &Traces<'_>, channels: &Channels) -> Vec<Citation> {
        self.any.iter().flat_map(|condition| condition.found(evidence, channels)).collect()
    }
}

impl Condition {
    fn check(&self) -> Result<(), String> {
        let texts = [&self.about, &self.contains, &self.equals, &self.matches, &self.file];
        if texts.into_iter().flatten().any(String::is_empty) {
            return Err("an empty text in a condition fits everything".to_owned());
        }
        match (&self.topic, &self.file) {
            (Some(topic), None) => {
                topic.parse::<Topic>().map(|_| ()).map_err(|()| format!("there is no topic {topic:?}"))
            }
            (None, Some(_)) => Ok(()),
            _ => Err("a condition has either `topic` or `file`".to_owned()),
        }
    }

    fn found(&self, evidence: &Traces<'_>, channels: &Channels) -> Vec<Citation> {
        if let Some(file) = &self.file {
            let patterns = channels.file_patterns();
            let asked = |present: &&&Present| patterns.get(present.pattern) == Some(file);
            let found = evidence.present.iter().filter(asked).take(MAX_QUOTED);
            return found.map(|present| present.citation.clone()).collect();
        }
        let holds = |line: &&Line<'_>| self.holds(line);
        evidence.lines.iter().filter(holds).take(MAX_QUOTED).map(Line::citation).collect()
    }

    fn holds(&self, line: &Line<'_>) -> bool {
        let pattern = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| WildMatch::new_case_insensitive(pattern).matches(text))
        };
        let lower = line.value().to_lowercase();
        self.topic.as_deref() == Some(line.statement.topic.name())
            && pattern(&self.about, line.about())
            && pattern(&self.matches, line.value())
            && self.contains.as_ref().is_none_or(|words| lower.contains(&words.to_lowercase()))
            && self.equals.as_ref().is_none_or(|words| lower == words.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_channels_make_sense() {
        let channels = Channels::built_in().expect("they parse");
        assert!(channels.channels.len() >= 8);
        assert!(channels.channels.iter().all(|rule| rule.title_zh.is_some() && rule.approved.is_none()));
    }

    #[test]
    fn what_is_wrong_in_a_channel_file_is_told() {
        for (text, told) in [
            ("[[channel]]\nid = \"x\"\ntitle = \"x\"\n", "neither `all` nor `any`"),
            ("[[channel]]\nid = \"x\"\ntitle = \"x\"\nall = [{ topic = \"nothing\" }]\n", "no topic"),
            ("[[channel]]\nid = \"x\"\ntitle = \"x\"\nall = [{ contains = \"x\" }]\n", "either"),
            ("[[channel]]\nid = \"x\"\ncolour = 1\n", "colour"),
        ] {
            let error = Channels::parse(text).expect_err(text);
            assert!(error.contains(told), "{error}");
        }
    }
}
