//! The calendar along the left side.

use chrono::{DateTime, Datelike as _, NaiveDate};

use super::{Range, text};
use crate::report::html::markup::Markup;

/// Where it stands.
pub(super) const X: i64 = 92;

/// Least distance of two dates.
const TICK_GAP: i64 = 24;

/// The calendar along the left side.
#[derive(Debug)]
pub(super) struct Axis {
    range: Range,
    top: i64,
    height: i64,
}

impl Axis {
    /// For marks at these seconds; it takes `height` units from `top` on.
    pub(super) fn new(marks: impl Iterator<Item = i64>, top: i64, height: i64) -> Self {
        Self { range: Range::of(marks), top, height }
    }

    /// The place of a time.
    pub(super) fn y(&self, seconds: i64) -> i64 {
        self.top + self.range.share(seconds, self.height)
    }

    /// Draws it, with dates.
    pub(super) fn draw(&self, m: &mut Markup) {
        if self.range.is_empty() {
            return;
        }
        let (top, bottom) = (self.top - 12, self.top + self.height + 12);
        m.empty("path.axis", &[("d", &format_args!("M{X} {top}V{bottom}"))]);
        for (seconds, date) in ticks(self.range.first, self.range.last, self.height / TICK_GAP) {
            let y = self.y(seconds);
            m.empty("path.axis", &[("d", &format_args!("M{} {y}H{X}", X - 5))]);
            text(m, "text.tick", X - 9, y + 4, date);
        }
    }
}

/// Dates to write along the axis, at most about `most`, with their seconds since 1970.
fn ticks(first: i64, last: i64, most: i64) -> Vec<(i64, String)> {
    let date = |seconds: i64| DateTime::from_timestamp(seconds, 0).map(|at| at.date_naive());
    let (Some(from), Some(to)) = (date(first), date(last)) else { return Vec::new() };
    let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let (begin, end) = (months(from), months(to));
    let fits = |step: &i64| (end - begin) / step < most.max(1);
    let steps = [1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 12_000, 120_000];
    let regular = steps.into_iter().find(fits).filter(|_| end - begin >= 2);
    let starts =
        regular.map(|step| (begin.div_euclid(step) + 1..=end.div_euclid(step)).map(move |n| n * step));
    let mut found: Vec<(i64, String)> = starts.into_iter().flatten().filter_map(month_start).collect();
    if found.is_empty() {
        // All within weeks: the first and the last day say it.
        found.push((first, from.to_string()));
        if to != from && most >= 1 {
            found.push((last, to.to_string()));
        }
    }
    found
}

fn month_start(months: i64) -> Option<(i64, String)> {
    let (year, month) =
        (i32::try_from(months.div_euclid(12)).ok()?, u32::try_from(months.rem_euclid(12)).ok()?);
    let day = NaiveDate::from_ymd_opt(year, month + 1, 1)?;
    Some((day.and_hms_opt(0, 0, 0)?.and_utc().timestamp(), format!("{year:04}-{:02}", month + 1)))
}
