//! Instants in UTC as logs write them between their local stamps.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

/// Seconds from 1601 to 1970.
const FILETIME_EPOCH: i64 = 11_644_473_600;

/// A FILETIME: 100 ns since 1601-01-01.
pub(super) fn filetime(value: u64) -> Option<DateTime<Utc>> {
    let seconds = i64::try_from(value / 10_000_000).ok()?.checked_sub(FILETIME_EPOCH)?;
    DateTime::from_timestamp(seconds, u32::try_from(value % 10_000_000).ok()? * 100)
}

/// The id of a CBS session, `30754339_543620214`: the halves of the FILETIME at which it was made.
pub(in crate::evidence) fn session_id(text: &str) -> Option<DateTime<Utc>> {
    let (high, low) = text.split_once('_')?;
    let (high, low): (u32, u32) = (high.parse().ok()?, low.parse().ok()?);
    filetime(u64::from(high) << 32 | u64::from(low))
}

/// The beginning of some CSI messages, `00000001@2019/3/28:23:33:01.812`: a sequence number and the instant.
pub(super) fn csi(message: &[u8]) -> Option<DateTime<Utc>> {
    let (number, rest) = message.split_at_checked(8)?;
    let rest = rest.strip_prefix(b"@")?;
    if !number.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let end = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
    let text = std::str::from_utf8(rest.get(..end)?).ok()?;
    utc(text, "%Y/%m/%d:%H:%M:%S%.f")
}

/// `2019-03-28 23:33:01.718`.
pub(super) fn plain(text: &str) -> Option<DateTime<Utc>> {
    utc(text.trim(), "%Y-%m-%d %H:%M:%S%.f")
}

fn utc(text: &str, format: &str) -> Option<DateTime<Utc>> {
    let at = NaiveDateTime::parse_from_str(text, format).ok()?.and_utc();
    // Far years would break sums with zones.
    (at > DateTime::UNIX_EPOCH && at < DateTime::UNIX_EPOCH + TimeDelta::days(365 * 1000)).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_of_every_kind() {
        let text = |at: Option<DateTime<Utc>>| at.unwrap().to_rfc3339();
        assert_eq!(text(filetime(133_015_829_107_197_371)), "2022-07-06T12:08:30.719737100+00:00");
        assert_eq!(text(session_id("30754339_543620214")), "2019-07-29T15:34:35.871755800+00:00");
        assert_eq!(
            text(csi(b"00000001@2019/3/28:23:33:01.812 WcpInitialize")),
            "2019-03-28T23:33:01.812+00:00"
        );
        assert_eq!(text(plain(" 2019-03-28 23:33:01.718")), "2019-03-28T23:33:01.718+00:00");
    }

    #[test]
    fn what_is_none_is_refused() {
        assert_eq!(csi(b"00000001 Shim considered"), None);
        assert_eq!(csi(b"0000000x@2019/3/28:23:33:01.812"), None);
        assert_eq!(csi(b"00000001@2019/13/28:23:33:01.812"), None);
        assert_eq!(csi(b"00000001@99999/1/28:23:33:01.812"), None);
        assert_eq!(session_id("1_2_3"), None);
        assert_eq!(plain("yesterday"), None);
        let _ = filetime(u64::MAX);
    }
}
