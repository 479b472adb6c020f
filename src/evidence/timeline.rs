//! From local stamps to instants: setup's logs are written in local time, in a zone that no line names, and that changes
//! inside one file when setup goes on in another system.
//!
//! A stamp becomes an instant only where a line of the same stretch of the log gives UTC and local time together
//! ([`Topic::UtcAnchor`]). Where there is none, it stays what it is: a local time.

use chrono::{NaiveDateTime, TimeDelta};

use super::statement::{Known, Stamp, Statement, Topic};
use crate::sighting::deployment::Moment;

/// All zones of the earth are whole quarters of an hour from UTC.
const QUARTER: i64 = 15 * 60;

/// How far an anchor may lie beside a whole quarter, in seconds: the two times of a line are not taken at once.
const TOLERANCE: i64 = 5;

/// The largest distance of a zone from UTC, in seconds.
const FARTHEST: i64 = 14 * 3600;

/// What is known of the zones that a piece of evidence was written in.
#[derive(Debug, Clone, Default)]
pub struct Clock(Vec<Span>);

/// Statements in which local time is ahead of UTC by a known time.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: usize,
    last: usize,
    ahead: i64,
}

impl Clock {
    /// Looks for anchors.
    pub fn of(statements: &[Statement]) -> Self {
        let mut spans = Vec::new();
        let mut begin = 0;
        for end in 1..=statements.len() {
            if end == statements.len() || statements.get(end).is_some_and(changes_clock) {
                spans_of(statements, begin, end, &mut spans);
                begin = end;
            }
        }
        Self(spans)
    }

    /// When the statement at this position was made.
    pub fn moment(&self, position: usize, stamp: Option<Stamp>) -> Moment {
        match stamp {
            None => Moment::default(),
            Some(Stamp::Utc(utc, known)) => Moment { local: None, utc: Some(utc), known: Some(name(known)) },
            Some(Stamp::Local(local)) => self.local(position, local),
        }
    }

    /// When something happened that a statement tells of by a local time of the same system.
    pub fn local(&self, position: usize, local: NaiveDateTime) -> Moment {
        let span = self.0.iter().find(|span| (span.first..=span.last).contains(&position));
        let utc = span.and_then(|span| local.checked_sub_signed(TimeDelta::seconds(span.ahead)));
        let known = utc.map(|_| name(Known::Anchor));
        Moment { local: Some(local), utc: utc.map(|at| at.and_utc()), known }
    }
}

fn name(known: Known) -> &'static str {
    match known {
        Known::Direct => "direct",
        Known::Bias => "bias",
        Known::Anchor => "anchor",
    }
}

/// Whether another system, or another zone, may write from here on. Setup's phases up to "Finalize" run in the old system.
fn changes_clock(statement: &Statement) -> bool {
    match statement.topic {
        Topic::ClockJump | Topic::TimeZone => true,
        Topic::Session => match statement.about.as_deref() {
            Some("setup-platform") => {
                !["setup-platform", "Downlevel", "Pre-Finalize", "Finalize"].contains(&&*statement.value)
            }
            Some("dism" | "cbs") => false,
            _ => true,
        },
        _ => false,
    }
}

/// The spans of one stretch: all of it where its anchors agree; else what lies between anchors that agree, and what goes
/// on from an anchor without a step of the clock.
fn spans_of(statements: &[Statement], begin: usize, end: usize, spans: &mut Vec<Span>) {
    let stretch = statements.get(begin..end).unwrap_or_default().iter().enumerate();
    let anchors: Vec<(usize, i64)> =
        stretch.filter_map(|(at, statement)| Some((begin + at, ahead(statement)?))).collect();
    let Some((_, first)) = anchors.first().copied() else { return };
    if anchors.iter().all(|(_, ahead)| *ahead == first) {
        return spans.push(Span { first: begin, last: end.saturating_sub(1), ahead: first });
    }
    let between = anchors.windows(2).filter_map(|pair| match pair {
        [(first, one), (last, other)] if one == other => {
            Some(Span { first: *first, last: *last, ahead: *one })
        }
        _ => None,
    });
    spans.extend(between);
    spans.extend(anchors.iter().map(|(at, ahead)| {
        let last = (*at + 1..end).take_while(|at| goes_on(statements, at - 1, *at)).last().unwrap_or(*at);
        let first = (begin + 1..=*at).rev().take_while(|at| goes_on(statements, at - 1, *at)).last();
        Span { first: first.map_or(*at, |at| at - 1), last, ahead: *ahead }
    }));
}

/// Whether the clock went on between two statements: another zone would show as a step of a quarter of an hour or more.
fn goes_on(statements: &[Statement], before: usize, after: usize) -> bool {
    let local = |at: usize| match statements.get(at)?.stamp? {
        Stamp::Local(local) => Some(local),
        Stamp::Utc(..) => None,
    };
    let (Some(before), Some(after)) = (local(before), local(after)) else { return false };
    (0..QUARTER).contains(&after.signed_duration_since(before).num_seconds())
}

/// Seconds by which local time is ahead of UTC, by an anchor that makes sense.
fn ahead(statement: &Statement) -> Option<i64> {
    let (Topic::UtcAnchor, Some(Stamp::Local(local))) = (statement.topic, statement.stamp) else {
        return None;
    };
    let utc = chrono::DateTime::parse_from_rfc3339(&statement.value).ok()?.naive_utc();
    let distance = local.signed_duration_since(utc).num_seconds();
    let quarters = (distance + distance.signum() * QUARTER / 2) / QUARTER;
    let ahead = quarters * QUARTER;
    ((distance - ahead).abs() <= TOLERANCE && ahead.abs() <= FARTHEST).then_some(ahead)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::sighting::Locator;

    fn at(hour: u32, minute: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2021, 12, 14)
            .and_then(|day| day.and_hms_opt(hour, minute, 0))
            .expect("a time")
    }

    fn statement(topic: Topic, value: &str, stamp: NaiveDateTime) -> Statement {
        let (stamp, locator) = (Some(Stamp::Local(stamp)), Locator::Whole);
        Statement { topic, about: None, value: value.into(), stamp, locator, quote: "".into() }
    }

    fn utc(statements: &[Statement], position: usize) -> Option<String> {
        let moment = Clock::of(statements).moment(position, statements[position].stamp);
        moment.utc.map(|utc| utc.format("%H:%M").to_string())
    }

    #[test]
    fn no_anchor_no_instant() {
        let lines = [statement(Topic::Session, "2", at(8, 0)), statement(Topic::MediaPath, "D:", at(8, 1))];
        assert_eq!(utc(&lines, 1), None);
    }

    #[test]
    fn an_anchor_speaks_for_its_stretch_and_no_other() {
        let lines = [
            statement(Topic::Session, "2", at(8, 0)),
            statement(Topic::MediaPath, "D:", at(8, 1)),
            statement(Topic::UtcAnchor, "2021-12-14T16:02:03Z", at(8, 2)),
            statement(Topic::ApplyEnd, "E:", at(8, 3)),
            statement(Topic::Session, "4", at(16, 9)),
            statement(Topic::PhaseEnd, "4", at(16, 10)),
        ];
        assert_eq!(utc(&lines, 1).as_deref(), Some("16:01"));
        assert_eq!(utc(&lines, 3).as_deref(), Some("16:03"));
        assert_eq!(utc(&lines, 5), None);
    }

    #[test]
    fn anchors_that_disagree_speak_only_as_far_as_the_clock_goes_on() {
        let lines = [
            statement(Topic::UtcAnchor, "2021-12-14T16:00:00Z", at(8, 0)),
            statement(Topic::MediaPath, "D:", at(8, 40)),
            statement(Topic::UtcAnchor, "2021-12-14T17:02:00Z", at(9, 2)),
            statement(Topic::MediaPath, "D:", at(9, 3)),
            statement(Topic::MediaPath, "D:", at(12, 0)),
            statement(Topic::UtcAnchor, "2021-12-14T15:04:00Z", at(23, 4)),
            statement(Topic::MediaPath, "D:", at(23, 5)),
        ];
        assert_eq!(utc(&lines, 1).as_deref(), Some("16:40"), "between two that agree");
        assert_eq!(utc(&lines, 3).as_deref(), Some("17:03"), "a minute after an anchor");
        assert_eq!(utc(&lines, 4), None, "hours after one, hours before another");
        assert_eq!(utc(&lines, 6).as_deref(), Some("15:05"));
    }

    #[test]
    fn an_anchor_beside_every_zone_is_none() {
        for stamp in ["2021-12-14T16:07:00Z", "2021-12-13T16:02:00Z", "never"] {
            let lines =
                [statement(Topic::UtcAnchor, stamp, at(8, 2)), statement(Topic::MediaPath, "D:", at(8, 3))];
            assert_eq!(utc(&lines, 1), None, "{stamp}");
        }
    }
}
