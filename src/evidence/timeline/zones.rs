//! Time zones that evidence names: in the event that Windows writes once a day (6013 of `EventLog`), and in the line by which
//! setup sets one. Both tell standard time alone. So a zone is only taken where it has no summer time, and one of events
//! only between two that name the same.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::evidence::statement::{Stamp, Statement, Testimony, Topic};

/// How far apart two events may lie for the time between them to be taken as of their zone.
const LONGEST_GAP: TimeDelta = TimeDelta::days(31);

/// Zones without summer time since Windows 10 came, by the names that Windows has for their standard time; minutes to add
/// to local time to get UTC.
const STEADY: [(&str, i32); 21] = [
    ("UTC", 0),
    ("Coordinated Universal Time", 0),
    ("协调世界时", 0),
    ("China Standard Time", -480),
    ("中国标准时间", -480),
    ("Taipei Standard Time", -480),
    ("台北标准时间", -480),
    ("Singapore Standard Time", -480),
    ("Malay Peninsula Standard Time", -480),
    ("马来西亚半岛标准时间", -480),
    ("Tokyo Standard Time", -540),
    ("东京标准时间", -540),
    ("Korea Standard Time", -540),
    ("韩国标准时间", -540),
    ("SE Asia Standard Time", -420),
    ("India Standard Time", -330),
    ("印度标准时间", -330),
    ("Nepal Standard Time", -345),
    ("E. Australia Standard Time", -600),
    ("US Mountain Standard Time", 420),
    ("Hawaiian Standard Time", 600),
];

/// Seconds by which local time is ahead of UTC in a zone, where that is always the same.
pub(super) fn steady(name: &str) -> Option<i64> {
    let known = STEADY.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    known.map(|(_, bias)| -i64::from(*bias) * 60)
}

/// The zones that the event logs of a computer name, and when.
#[derive(Debug, Clone, Default)]
pub struct Zones(Vec<(DateTime<Utc>, Option<i64>)>);

impl Zones {
    /// Gathers what event logs say. Other testimonies say nothing of a zone at an instant.
    pub fn of<'t>(testimonies: impl Iterator<Item = &'t Testimony>) -> Self {
        let named = |statement: &Statement| match (statement.stamp, statement.about.as_deref()) {
            (Some(Stamp::Utc(at, _)), Some(bias)) => {
                let ahead = bias.parse::<i64>().ok().map(|bias| -bias * 60);
                Some((at, ahead.filter(|ahead| steady(&statement.value) == Some(*ahead))))
            }
            _ => None,
        };
        let mut all: Vec<_> =
            testimonies.flat_map(|testimony| testimony.on(Topic::TimeZone)).filter_map(named).collect();
        all.sort_unstable();
        Self(all)
    }

    /// Seconds by which local time was ahead of UTC, where the events before and behind name one zone, and no other fits.
    pub(super) fn ahead(&self, local: NaiveDateTime) -> Option<i64> {
        let mut found = None;
        for pair in self.0.windows(2) {
            let [(from, Some(ahead)), (to, other)] = pair else { continue };
            let Some(at) = local.checked_sub_signed(TimeDelta::seconds(*ahead)) else { continue };
            let spans = (from.naive_utc()..=to.naive_utc()).contains(&at) && *to - from <= LONGEST_GAP;
            if spans && *other == Some(*ahead) {
                if found.is_some_and(|found| found != *ahead) {
                    return None;
                }
                found = Some(*ahead);
            }
        }
        found
    }
}
