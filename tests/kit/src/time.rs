//! Calendar dates as FILETIME.

/// Seconds between 1601-01-01 and 1970-01-01.
const EPOCH_OFFSET: i64 = 11_644_473_600;

/// The FILETIME (100 ns since 1601-01-01 UTC) of a UTC date in the Gregorian calendar.
///
/// # Panics
/// If the date is before 1601.
#[must_use]
pub fn filetime(year: i32, month: u32, day: u32, hour: u32, minute: u32, second: u32) -> u64 {
    // Years start in March here, so that the leap day is the last day of a year.
    let shifted = i64::from(year) - i64::from(month <= 2);
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    let of_day = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    let seconds = days * 86_400 + of_day + EPOCH_OFFSET;
    u64::try_from(seconds).expect("a date from 1601 on") * 10_000_000
}

#[cfg(test)]
mod tests {
    use super::filetime;

    #[test]
    fn known_dates() {
        assert_eq!(filetime(1601, 1, 1, 0, 0, 0), 0);
        assert_eq!(filetime(1970, 1, 1, 0, 0, 0), 11_644_473_600 * 10_000_000_u64);
        assert_eq!(filetime(2000, 2, 29, 12, 0, 0), (11_644_473_600 + 951_825_600) * 10_000_000_u64);
        assert_eq!(filetime(2020, 7, 29, 10, 25, 11) >> 32, 0x01D6_6592, "high part");
    }
}
