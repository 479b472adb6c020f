//! Local times as Windows writes them in names and texts: without a zone.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// A local time whose zone the evidence does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalStamp {
    /// Date and time, in a zone that is not known here.
    pub local: NaiveDateTime,
    /// Whether day and month could be the other way round: the order follows the locale of the machine.
    pub ambiguous: bool,
}

impl LocalStamp {
    /// A stamp such as `5/16/2019 00:55:20`. Month before day where both are possible, as in all samples known; year
    /// first where it has four digits; `/`, `-` or `.` between.
    pub(super) fn of_date_and_time(text: &str) -> Option<Self> {
        let (date, time) = text.trim().split_once(' ')?;
        let (hour, rest) = time.trim().split_once(':')?;
        let (minute, second) = rest.split_once(':')?;
        let time = NaiveTime::from_hms_opt(number(hour)?, number(minute)?, number(second)?)?;
        let mut parts = date.split(['/', '-', '.']);
        let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let day = |year: &str, month: &str, day: &str| {
            NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?)
        };
        if first.len() == 4 {
            return Some(Self { local: day(first, second, third)?.and_time(time), ambiguous: false });
        }
        let (month_first, day_first) = (day(third, first, second), day(third, second, first));
        let ambiguous = month_first.is_some() && day_first.is_some() && month_first != day_first;
        Some(Self { local: month_first.or(day_first)?.and_time(time), ambiguous })
    }

    /// A stamp as C's `ctime` writes it: `Mon Mar 18 21:56:38 2019`.
    pub(super) fn of_ctime(text: &str) -> Option<Self> {
        let local = NaiveDateTime::parse_from_str(text.trim(), "%a %b %e %H:%M:%S %Y").ok()?;
        Some(Self { local, ambiguous: false })
    }
}

/// One or two digits.
fn number(text: &str) -> Option<u32> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::LocalStamp;

    fn date(text: &str) -> Option<(String, bool)> {
        LocalStamp::of_date_and_time(text).map(|stamp| (stamp.local.to_string(), stamp.ambiguous))
    }

    #[test]
    fn dates_in_the_orders_of_locales() {
        assert_eq!(date("5/16/2019 00:55:20"), Some(("2019-05-16 00:55:20".into(), false)));
        assert_eq!(date("1/6/2019 02:18:37"), Some(("2019-01-06 02:18:37".into(), true)));
        assert_eq!(date("5/5/2019 2:18:37"), Some(("2019-05-05 02:18:37".into(), false)));
        assert_eq!(date("16.5.2019 00:55:20"), Some(("2019-05-16 00:55:20".into(), false)));
        assert_eq!(date("2019/5/16 00:55:20"), Some(("2019-05-16 00:55:20".into(), false)));
        for wrong in
            ["", "5/16/2019", "31/31/2019 00:00:00", "5/16/2019 25:00:00", "5/16/2019/1 00:00:00", "a b c"]
        {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ctime() {
        let stamp = |text| LocalStamp::of_ctime(text).map(|stamp| stamp.local.to_string());
        assert_eq!(stamp("Mon Mar 18 21:56:38 2019"), Some("2019-03-18 21:56:38".into()));
        assert_eq!(stamp("Wed Jul  1 01:02:03 2020"), Some("2020-07-01 01:02:03".into()));
        assert_eq!(stamp("Tue Mar 18 21:56:38 2019"), None, "a Monday");
        assert_eq!(stamp(""), None);
    }
}
