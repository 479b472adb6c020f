//! From local stamps to instants: setup's logs are written in local time, in a zone that no line names, and that changes
//! inside one file when setup goes on in another system.
//!
//! A stamp becomes an instant only where a line of the same stretch of the log gives UTC and local time together
//! ([`Topic::UtcAnchor`]), or where the zone of the stretch is named and has no summer time. Else it stays what it is: a
//! local time.

mod zones;

pub use zones::Zones;

use chrono::{NaiveDateTime, TimeDelta};

use super::statement::{Known, PieceKind, Stamp, Statement, Testimony, Topic};
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
    known: Known,
}

impl Clock {
    /// Looks for anchors in a testimony, and for the zones of what has none.
    pub fn of(testimony: &Testimony, zones: &Zones) -> Self {
        let statements = &testimony.statements;
        let is_running = runs_in_system(testimony);
        let mut spans = Vec::new();
        let mut begin = 0;
        for end in 1..=statements.len() {
            if end == statements.len() || changes_between(statements, end) {
                spans_of(statements, begin, end, &mut spans);
                let is_anchored = spans.last().is_some_and(|span| span.first >= begin);
                let ahead = zone_of(statements, begin, end, zones, is_running).filter(|_| !is_anchored);
                spans.extend(ahead.map(|ahead| Span {
                    first: begin,
                    last: end - 1,
                    ahead,
                    known: Known::Zone,
                }));
                begin = end;
            }
        }
        Self(disjoint(spans))
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
        let behind = self.0.partition_point(|span| span.first <= position);
        let span = behind.checked_sub(1).and_then(|at| self.0.get(at)).filter(|span| position <= span.last);
        let utc = span.and_then(|span| local.checked_sub_signed(TimeDelta::seconds(span.ahead)));
        let known = utc.and(span).map(|span| name(span.known));
        Moment { local: Some(local), utc: utc.map(|at| at.and_utc()), known }
    }
}

fn name(known: Known) -> &'static str {
    match known {
        Known::Direct => "direct",
        Known::Bias => "bias",
        Known::Anchor => "anchor",
        Known::Zone => "zone",
    }
}

/// Whether the clock may be another from a statement on. That by which a zone is set stands alone: its own stamp may be of
/// either zone.
fn changes_between(statements: &[Statement], at: usize) -> bool {
    let sets_zone = |statement: &Statement| statement.topic == Topic::TimeZone;
    let before = at.checked_sub(1).and_then(|before| statements.get(before));
    before.is_some_and(sets_zone) || statements.get(at).is_some_and(changes_clock)
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
/// on before and behind anchors that agree without a step of the clock.
fn spans_of(statements: &[Statement], begin: usize, end: usize, spans: &mut Vec<Span>) {
    let stretch = statements.get(begin..end).unwrap_or_default().iter().enumerate();
    let anchors: Vec<(usize, i64)> =
        stretch.filter_map(|(at, statement)| Some((begin + at, ahead(statement)?))).collect();
    let Some((_, first)) = anchors.first().copied() else { return };
    if anchors.iter().all(|(_, ahead)| *ahead == first) {
        return spans.push(anchored(begin, end.saturating_sub(1), first));
    }
    let between = anchors.windows(2).filter_map(|pair| match pair {
        [(first, one), (last, other)] if one == other => Some(anchored(*first, *last, *one)),
        _ => None,
    });
    spans.extend(between);
    let mut anchors = anchors.as_slice();
    let mut chain = begin;
    for at in begin + 1..=end {
        if at < end && goes_on(statements, at - 1, at) {
            continue;
        }
        let (own, rest) = anchors.split_at(anchors.partition_point(|(anchor, _)| *anchor < at));
        if let Some((_, first)) = own.first().filter(|(_, first)| own.iter().all(|(_, ahead)| ahead == first))
        {
            spans.push(anchored(chain, at - 1, *first));
        }
        (anchors, chain) = (rest, at);
    }
}

/// Spans in order, of which no two have a statement in common. Where two do, they tell the same: both hold the anchor there.
fn disjoint(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| span.first);
    let mut joined: Vec<Span> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.first <= last.last && span.ahead == last.ahead => {
                last.last = last.last.max(span.last);
            }
            _ => joined.push(span),
        }
    }
    joined
}

fn anchored(first: usize, last: usize, ahead: i64) -> Span {
    Span { first, last, ahead, known: Known::Anchor }
}

/// Whether all of a piece was written by an installed system, whose events tell its zone: not by a booted Windows PE, nor on
/// another computer.
fn runs_in_system(testimony: &Testimony) -> bool {
    let is_booted = |statement: &Statement| match statement.topic {
        Topic::RamDrive => true,
        Topic::CommandLine => statement.value.to_lowercase().contains("/boot"),
        Topic::Session => statement.about.as_deref() == Some("winpe-setup"),
        _ => false,
    };
    match testimony.kind {
        PieceKind::SetupLog | PieceKind::LauncherLog | PieceKind::DeviceLog => {
            !testimony.statements.iter().any(is_booted)
        }
        _ => false,
    }
}

/// Seconds by which local time is ahead of UTC in a stretch that has no anchor: by the zone that was set before it, or by
/// that of the events around it, where it is of the system that ran when setup was started.
fn zone_of(
    statements: &[Statement],
    begin: usize,
    end: usize,
    zones: &Zones,
    is_running: bool,
) -> Option<i64> {
    let before = begin.checked_sub(1).and_then(|before| statements.get(before));
    if let Some(set) = before.filter(|before| before.topic == Topic::TimeZone) {
        return zones::steady(&set.value);
    }
    let stretch = statements.get(begin..end)?;
    let is_restarted = stretch
        .iter()
        .any(|statement| statement.about.as_deref() == Some("setup-platform") && changes_clock(statement));
    if !is_running || is_restarted {
        return None;
    }
    let mut locals = stretch.iter().filter_map(|statement| match statement.stamp {
        Some(Stamp::Local(local)) => Some(local),
        _ => None,
    });
    let first = locals.next()?;
    let (earliest, latest) =
        locals.fold((first, first), |(earliest, latest), at| (earliest.min(at), latest.max(at)));
    let ahead = zones.ahead(earliest)?;
    (zones.ahead(latest) == Some(ahead)).then_some(ahead)
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
        known(PieceKind::SetupLog, statements, &Zones::default(), position).map(|(utc, _)| utc)
    }

    fn known(
        kind: PieceKind,
        statements: &[Statement],
        zones: &Zones,
        position: usize,
    ) -> Option<(String, &'static str)> {
        let mut testimony = Testimony::new("setupact.log", kind);
        testimony.statements = statements.to_vec();
        let moment = Clock::of(&testimony, zones).moment(position, statements[position].stamp);
        Some((moment.utc?.format("%H:%M").to_string(), moment.known?))
    }

    /// Event logs that name a zone on days of December 2021 at noon.
    fn zones(named: &[(u32, &str, &str)]) -> Zones {
        let mut testimony = Testimony::new("System.evtx", PieceKind::EventLog);
        for (day, bias, name) in named {
            let at = NaiveDate::from_ymd_opt(2021, 12, *day).and_then(|day| day.and_hms_opt(12, 0, 0));
            let stamp = Stamp::Utc(at.expect("a time").and_utc(), Known::Direct);
            let zone = statement(Topic::TimeZone, name, NaiveDateTime::default());
            testimony.say(Statement { about: Some((*bias).into()), stamp: Some(stamp), ..zone });
        }
        Zones::of([&testimony].into_iter())
    }

    fn session(about: &str, value: &str, stamp: NaiveDateTime) -> Statement {
        Statement { about: Some(about.into()), ..statement(Topic::Session, value, stamp) }
    }

    #[test]
    fn events_around_a_log_name_its_zone() {
        let china = zones(&[(13, "-480", "China Standard Time"), (15, "-480", "中国标准时间")]);
        let log = [session("setuphost", "setuphost", at(8, 0)), statement(Topic::MediaPath, "D:", at(8, 1))];
        let told = known(PieceKind::SetupLog, &log, &china, 1);
        assert_eq!(told, Some(("00:01".to_owned(), "zone")));
        // Where the log has an anchor, that counts.
        let mut anchored = log.to_vec();
        anchored.push(statement(Topic::UtcAnchor, "2021-12-14T16:02:00Z", at(8, 2)));
        let told = known(PieceKind::SetupLog, &anchored, &china, 1);
        assert_eq!(told, Some(("16:01".to_owned(), "anchor")));
        // After a restart another system may write; a booted Windows PE has a clock of its own; sysprep ran elsewhere.
        let restarted = [session("setup-platform", "Safe OS", at(8, 0)), log[1].clone()];
        let booted = [log[0].clone(), log[1].clone(), statement(Topic::RamDrive, "X:", at(8, 2))];
        assert_eq!(known(PieceKind::SetupLog, &restarted, &china, 1), None);
        assert_eq!(known(PieceKind::SetupLog, &booted, &china, 1), None);
        assert_eq!(known(PieceKind::SysprepLog, &log, &china, 1), None);
    }

    #[test]
    fn a_zone_that_is_not_certain_is_none() {
        let log = [session("setuphost", "setuphost", at(8, 0)), statement(Topic::MediaPath, "D:", at(8, 1))];
        let china = (13, "-480", "China Standard Time");
        for (why, named) in [
            ("no event behind", vec![china]),
            ("another zone behind", vec![china, (15, "-540", "Tokyo Standard Time")]),
            ("summer time", vec![(13, "480", "Pacific Standard Time"), (15, "480", "Pacific Standard Time")]),
            ("another bias than the name's", vec![(13, "-420", china.2), (15, "-420", china.2)]),
            ("only before", vec![(11, china.1, china.2), (12, china.1, china.2)]),
        ] {
            assert_eq!(known(PieceKind::SetupLog, &log, &zones(&named), 1), None, "{why}");
        }
    }

    #[test]
    fn a_zone_that_setup_sets_holds_until_another_system_writes() {
        let log = [
            session("winpe-setup", "4", at(8, 0)),
            statement(Topic::TimeZone, "China Standard Time", at(8, 1)),
            statement(Topic::ComputerName, "PC", at(16, 2)),
            session("winpe-setup", "5", at(16, 9)),
            statement(Topic::TimeZone, "Pacific Standard Time", at(16, 10)),
            statement(Topic::ComputerName, "PC", at(16, 11)),
        ];
        let told = |position| known(PieceKind::SetupLog, &log, &Zones::default(), position);
        assert_eq!((told(0), told(1)), (None, None), "its own stamp may be of either");
        assert_eq!(told(2), Some(("08:02".to_owned(), "zone")));
        assert_eq!((told(3), told(5)), (None, None));
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
    fn anchors_that_contradict_each_other_at_once_tell_nothing() {
        let lines = [
            statement(Topic::UtcAnchor, "2021-12-14T16:00:00Z", at(8, 0)),
            statement(Topic::MediaPath, "D:", at(8, 1)),
            statement(Topic::UtcAnchor, "2021-12-14T17:02:00Z", at(8, 2)),
            statement(Topic::MediaPath, "D:", at(8, 3)),
        ];
        assert_eq!((utc(&lines, 1), utc(&lines, 3)), (None, None));
    }

    #[test]
    fn anchors_without_end_take_no_long_time() {
        let anchor = |number: usize| {
            let utc = if number.is_multiple_of(2) { "2021-12-14T16:00:00Z" } else { "2021-12-14T17:00:00Z" };
            statement(Topic::UtcAnchor, utc, at(8, 0))
        };
        let lines: Vec<Statement> = (0..200_000).map(anchor).collect();
        let mut testimony = Testimony::new("setupact.log", PieceKind::SetupLog);
        testimony.statements = lines;
        let clock = Clock::of(&testimony, &Zones::default());
        let stamp = testimony.statements[0].stamp;
        assert!((0..200_000).all(|position| clock.moment(position, stamp).utc.is_none()));
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
