//! How long and how often a server is asked.

use std::{io, thread, time::Duration};

use chrono::{DateTime, Utc};
use ureq::{
    Body, Error, Timeout,
    http::{HeaderMap, Response, StatusCode, header},
};

use super::{fault::told, tls};

/// Failures in a row after which there is no further try. One that took all its time counts twice.
const MAX_FAILURES: u32 = 5;

/// How long a server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Longest time of one answer.
    pub answer: Duration,
    /// Pause before the second try; each further one is twice as long.
    pub pause: Duration,
    /// Longest pause that a busy server gets by asking for it (`Retry-After`); one that asks for more is given up.
    pub longest_pause: Duration,
}

impl Patience {
    /// The one of the program, with the time that an answer may take.
    pub const fn of(answer: Duration) -> Self {
        Self { answer, pause: Duration::from_millis(500), longest_pause: Duration::from_secs(30) }
    }
}

/// What kept a range from being fetched, this time.
pub(super) enum Failure {
    Connection(Error),
    Busy(Busy),
    /// For good.
    Refused(io::Error),
}

/// A server that has no time at present.
pub(super) struct Busy {
    status: StatusCode,
    /// When it may be asked again, as it says.
    after: Option<Duration>,
}

impl Busy {
    /// Whether an answer says that the same request may succeed later (RFC 9110, 15.5.9 and 15.6; RFC 6585, 4).
    pub(super) fn of(response: &Response<Body>) -> Option<Self> {
        let status = response.status();
        let passing = matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504);
        passing.then(|| Self { status, after: retry_after(response.headers(), Utc::now()) })
    }
}

/// `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which is compared with the clock of the server where it tells it.
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let date = |text| DateTime::parse_from_rfc2822(text).ok();
    let asked = text(header::RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let now = text(header::DATE).and_then(date).map_or(now, |date| date.to_utc());
    Some((date(asked)?.to_utc() - now).to_std().unwrap_or_default())
}

impl Failure {
    /// Whether another try may succeed.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Busy(_) => true,
            Self::Refused(_) => false,
            Self::Connection(error) if tls::fault(error).is_some() => false,
            Self::Connection(error) => {
                matches!(
                    error,
                    Error::Io(_) | Error::ConnectionFailed | Error::Timeout(_) | Error::BodyStalled
                )
            }
        }
    }
}

/// The tries to fetch one range, which all failed so far.
pub(super) struct Tries {
    patience: Patience,
    times: u32,
    failures: u32,
}

impl Tries {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, times: 0, failures: 0 }
    }

    /// Waits before another try; where none is due, the error to tell.
    pub(super) fn again(&mut self, failure: Failure) -> io::Result<()> {
        self.times += 1;
        self.failures += match &failure {
            Failure::Connection(Error::Timeout(Timeout::PerCall)) => 2,
            _ => 1,
        };
        let last = self.failures >= MAX_FAILURES || !failure.may_pass();
        let own = self.patience.pause * 2_u32.pow(self.times.min(MAX_FAILURES) - 1);
        let pause = match failure {
            Failure::Refused(error) => return Err(error),
            Failure::Connection(error) if last => return Err(told(&error)),
            Failure::Connection(_) => own,
            Failure::Busy(Busy { status, after }) => {
                let too_long = after.filter(|after| *after > self.patience.longest_pause);
                if last || too_long.is_some() {
                    let asks = |after: Duration| format!("; it asks to come again in {} s", after.as_secs());
                    let asks = too_long.map(asks).unwrap_or_default();
                    let times =
                        if self.times == 1 { "once".to_owned() } else { format!("{} times", self.times) };
                    let what = format!("the server answered {status}, asked {times}{asks}");
                    return Err(io::Error::new(io::ErrorKind::ResourceBusy, what));
                }
                after.unwrap_or(own)
            }
        };
        thread::sleep(pause);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn headers(named: &[(&'static str, &str)]) -> HeaderMap {
        named
            .iter()
            .map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")))
            .collect()
    }

    #[test]
    fn seconds_and_dates_are_understood() {
        let now = "2026-11-20T08:00:00Z".parse().expect("a time");
        let asked = |named: &[_]| retry_after(&headers(named), now);
        assert_eq!(asked(&[("retry-after", " 7 ")]), Some(Duration::from_secs(7)));
        let date = ("retry-after", "Fri, 20 Nov 2026 08:00:30 GMT");
        assert_eq!(asked(&[date]), Some(Duration::from_secs(30)));
        // The clock of the server is what its date is compared with.
        assert_eq!(asked(&[date, ("date", "Fri, 20 Nov 2026 08:00:20 GMT")]), Some(Duration::from_secs(10)));
        assert_eq!(asked(&[date, ("date", "Fri, 20 Nov 2026 09:00:00 GMT")]), Some(Duration::ZERO));
        for odd in ["", "-1", "soon", "1e9", "99999999999999999999"] {
            assert_eq!(asked(&[("retry-after", odd)]), None, "{odd}");
        }
        assert_eq!(asked(&[]), None);
    }

    #[test]
    fn pauses_grow_and_end() {
        let pause = Duration::from_millis(1);
        let patience = Patience { answer: pause, pause, longest_pause: Duration::from_secs(9) };
        let busy = |after| Failure::Busy(Busy { status: StatusCode::SERVICE_UNAVAILABLE, after });
        let mut tries = Tries::new(patience);
        let start = Instant::now();
        let outcomes: Vec<_> = (0..5).map(|_| tries.again(busy(None))).collect();
        assert!(start.elapsed() >= 15 * pause, "1, 2, 4 and 8 of them");
        assert!(outcomes.iter().take(4).all(Result::is_ok));
        let told = outcomes.last().and_then(|last| last.as_ref().err()).map(ToString::to_string);
        assert_eq!(told.as_deref(), Some("the server answered 503 Service Unavailable, asked 5 times"));
        let told = Tries::new(patience).again(busy(Some(Duration::from_secs(10)))).expect_err("too long");
        assert!(told.to_string().ends_with("asked once; it asks to come again in 10 s"), "{told}");
    }
}
