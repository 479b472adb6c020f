//! Logs of device installation, `setupapi.dev.log`, `.setup.log`, `.offline.log`, `.upgrade.log`: when which stick or drive
//! was there.
//!
//! ```text
//! [Device Install Log]
//!      OS Version = 10.0.19043
//! [Boot Session: 2022/02/05 11:18:36.223]
//! >>>  [Device Install (Hardware initiated) - USBSTOR\Disk&Ven_...\serial&0]
//! >>>  Section start 2022/02/05 11:20:49.867
//!      dvi: ...
//! <<<  Section end 2022/02/05 11:20:50.102
//! ```
//!
//! Times are local. Seen on logs of Windows 10; the section `Setup Plug and Play Device Install` of the setup log lists
//! each device that was there at the first boot.

use std::{
    collections::HashSet,
    io::{self, Read},
};

use chrono::NaiveDateTime;

use super::{Settings, device_id::Carrier, entry::Entry, input::testify, lines::Lines};
use crate::{
    evidence::statement::{PieceKind, Stamp, Testimony, Topic},
    sighting::Locator,
};

/// Devices of one section that are remembered, not to be repeated.
const MAX_REMEMBERED: usize = 1024;

/// Reads a log to its end.
pub fn read(input: impl Read, source: &str, settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::DeviceLog, |input, testimony| {
        Log { testimony, title: None, stamp: None, seen: HashSet::new() }.read(input, *settings)
    })
}

struct Log<'t> {
    testimony: &'t mut Testimony,
    /// The title of a section whose start was not met yet: it stands in the line before.
    title: Option<(Locator, String)>,
    /// Start of the section, else of the boot session.
    stamp: Option<Stamp>,
    /// Devices that this section named.
    seen: HashSet<String>,
}

impl Log<'_> {
    fn read(&mut self, input: impl Read, settings: Settings) -> io::Result<()> {
        let mut lines = Lines::new(input);
        while let Some(line) = lines.next_line()? {
            if is_telling(line.bytes) {
                let locator = Locator::Line(line.number, line.offset);
                self.line(settings.code_page.decode(line.bytes).trim(), locator);
            } else {
                self.end_title();
            }
        }
        self.end_title();
        Ok(())
    }

    fn line(&mut self, words: &str, locator: Locator) {
        if let Some(rest) = words.strip_prefix(">>>") {
            if let Some(start) = rest.trim().strip_prefix("Section start ") {
                self.stamp = time(start).or(self.stamp);
                self.end_title();
            } else {
                self.end_title();
                self.seen.clear();
                self.title = Some((locator, words.to_owned()));
            }
            return;
        }
        self.end_title();
        if let Some(start) = words.strip_prefix("[Boot Session: ").and_then(|rest| rest.strip_suffix(']')) {
            self.stamp = time(start);
            Entry::new(self.testimony, self.stamp, locator, words).say(Topic::Boot, "", start);
        } else if let Some(version) = words.strip_prefix("OS Version = ") {
            Entry::new(self.testimony, None, locator, words).say(Topic::InstalledOs, "OS Version", version);
        } else if !words.starts_with("<<<") {
            self.device(locator, words);
        }
    }

    /// Says what the title of a section names, now that its time is known or will not be.
    fn end_title(&mut self) {
        if let Some((locator, words)) = self.title.take() {
            self.device(locator, &words);
        }
    }

    fn device(&mut self, locator: Locator, words: &str) {
        let Some(carrier) = Carrier::find(words) else { return };
        let known = carrier.id.to_lowercase();
        if self.seen.contains(&known) {
            return;
        }
        if self.seen.len() < MAX_REMEMBERED {
            self.seen.insert(known);
        }
        carrier.say(&mut Entry::new(self.testimony, self.stamp, locator, words));
    }
}

/// Whether a line may say something: nearly all do not, and are not decoded.
fn is_telling(line: &[u8]) -> bool {
    let words = line.trim_ascii_start();
    let begins = |with: &[u8]| words.starts_with(with);
    let names = |what: &[u8]| words.windows(what.len()).any(|part| part.eq_ignore_ascii_case(what));
    begins(b">>>")
        || begins(b"[Boot")
        || begins(b"OS Version")
        || (memchr::memchr2(b'\\', b'#', words).is_some()
            && (names(br"usbstor\") || names(b"usbstor#") || names(br"usb\vid_") || names(b"cdrom&")))
}

/// `2022/02/05 11:18:36.223`.
fn time(text: &str) -> Option<Stamp> {
    NaiveDateTime::parse_from_str(text.trim(), "%Y/%m/%d %H:%M:%S%.f").ok().map(Stamp::Local)
}
