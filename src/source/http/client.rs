//! Requests for ranges.

use std::{
    io::{self, Read as _},
    time::Duration,
};

use ureq::{
    Agent, Body, Error,
    http::{Response, header},
};

use super::{
    Traffic,
    answer::{PAGE, State, changed, content_range, expect_partial, invalid, is_page},
    fault::told,
    patience::{Busy, Failure, Patience, Tries},
    tls, url,
};

/// Redirects that are followed.
const MAX_REDIRECTS: u32 = 5;
/// Bytes that must have come before a lost connection for it not to count.
const PROGRESS: u64 = 64 << 10;
/// Longest time to connect.
const CONNECT: Duration = Duration::from_secs(20);

/// Asks for ranges of one resource.
pub(super) struct Client {
    agent: Agent,
    /// Where the resource is, after redirects.
    place: Place,
    size: u64,
    state: State,
    patience: Patience,
}

/// Where a resource is, and how one shows that one may read it.
struct Place {
    url: String,
    credentials: Option<String>,
}

/// A range that was asked for: its first byte, and how many.
#[derive(Clone, Copy)]
struct Range {
    start: u64,
    length: u64,
}

impl Client {
    /// Asks for the first bytes of a resource.
    pub(super) fn open(
        named: &str,
        patience: Patience,
        length: u64,
        traffic: &mut Traffic,
    ) -> io::Result<(Self, Vec<u8>)> {
        let agent = agent(patience.answer);
        let (url, credentials) = url::take_credentials(named);
        let named = Place { url, credentials };
        let range = Range { start: 0, length };
        let mut tries = Tries::new(patience);
        let (place, mut response) = loop {
            match ask(&agent, &named, range, None, traffic) {
                Ok((moved, response)) => break (moved.unwrap_or(named), response),
                Err(failure) => tries.again(failure)?,
            }
        };
        expect_partial(&response, place.credentials.is_some())?;
        let (start, end, size) = content_range(response.headers())?;
        if start != 0 || end != length.min(size) {
            return Err(invalid(format!(
                "asked for bytes 0 to {length}, the server sent {start} to {end} of {size}"
            )));
        }
        let state = State::of(response.headers()).ok_or_else(|| {
            let why = "a file that changes while it is read could not be told";
            invalid(format!("the server gives neither a strong ETag nor Last-Modified: {why}"))
        })?;
        let page = is_page(response.headers());
        let client = Self { agent, place, size, state, patience };
        let mut bytes = Vec::new();
        let range = Range { start: 0, length: end };
        if let Err(error) = receive(&mut response, range, &mut bytes, traffic) {
            if bytes.len() as u64 == end {
                return Err(told(&error));
            }
            let rest = client.fetch(bytes.len() as u64, end - bytes.len() as u64, traffic)?;
            bytes.extend(rest);
        }
        // Servers also call a file a page whose name they do not know.
        if page && bytes.trim_ascii_start().starts_with(b"<") {
            return Err(invalid(PAGE.into()));
        }
        Ok((client, bytes))
    }

    /// Length of the resource in bytes.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Fetches a range that lies within the resource. Where a connection is lost, another goes on behind what came.
    pub(super) fn fetch(&self, start: u64, length: u64, traffic: &mut Traffic) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
        let mut tries = Tries::new(self.patience);
        loop {
            let came = bytes.len() as u64;
            let range = Range { start: start + came, length: length - came };
            if range.length == 0 {
                return Ok(bytes);
            }
            let failure = match ask(&self.agent, &self.place, range, Some(&self.state), traffic) {
                Err(failure) => failure,
                Ok((_, mut response)) => {
                    self.check(&response, range)?;
                    match receive(&mut response, range, &mut bytes, traffic) {
                        Ok(()) => continue,
                        Err(error) => Failure::Connection(error),
                    }
                }
            };
            let timed_out = matches!(failure, Failure::Connection(Error::Timeout(_)));
            if bytes.len() as u64 >= came + PROGRESS && !timed_out && failure.may_pass() {
                tries = Tries::new(self.patience);
                continue;
            }
            tries.again(failure).map_err(|error| {
                let Range { start, length } = range;
                io::Error::new(error.kind(), format!("bytes {start} to {}: {error}", start + length))
            })?;
        }
    }

    /// Whether an answer is of the same resource in the same state, and of the range that was asked for.
    fn check(&self, response: &Response<Body>, range: Range) -> io::Result<()> {
        if response.status() == 412 {
            return Err(changed());
        }
        expect_partial(response, self.place.credentials.is_some())?;
        let (start, end, size) = content_range(response.headers())?;
        if size != self.size || State::of(response.headers()).as_ref() != Some(&self.state) {
            return Err(changed());
        }
        if (start, end) != (range.start, range.start + range.length) {
            let Range { start: asked, length } = range;
            return Err(invalid(format!(
                "asked for bytes {asked} to {}, the server sent {start} to {end}",
                asked + length
            )));
        }
        Ok(())
    }
}

fn agent(timeout: Duration) -> Agent {
    Agent::config_builder()
        .tls_config(tls::config())
        // They are followed in `ask`.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("wimproof/", env!("CARGO_PKG_VERSION")))
        .accept("*/*")
        .accept_encoding("identity")
        .timeout_connect(Some(timeout.min(CONNECT)))
        .timeout_per_call(Some(timeout))
        .build()
        .into()
}

/// Asks once, wherever redirects lead; also says where that is, if it is elsewhere.
fn ask(
    agent: &Agent,
    place: &Place,
    range: Range,
    state: Option<&State>,
    traffic: &mut Traffic,
) -> Result<(Option<Place>, Response<Body>), Failure> {
    let mut moved: Option<Place> = None;
    for _ in 0..=MAX_REDIRECTS {
        let at = moved.as_ref().unwrap_or(place);
        let response = request(agent, at, range, state).map_err(Failure::Connection)?;
        traffic.requests += 1;
        if let Some(busy) = Busy::of(&response) {
            return Err(Failure::Busy(busy));
        }
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok((moved, response));
        }
        let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
        let to = url::redirected(&at.url, location.unwrap_or_default());
        let (url, _) = url::take_credentials(&to.map_err(|why| Failure::Refused(invalid(why)))?);
        // Who was not named does not get credentials; the same host on another port is somebody else.
        let same = url::origin(&url) == url::origin(&at.url);
        let credentials = at.credentials.clone().filter(|_| same);
        moved = Some(Place { url, credentials });
    }
    Err(Failure::Refused(invalid(format!("more than {MAX_REDIRECTS} redirects, or in a circle"))))
}

fn request(
    agent: &Agent,
    place: &Place,
    range: Range,
    state: Option<&State>,
) -> Result<Response<Body>, Error> {
    let last = range.start.saturating_add(range.length).saturating_sub(1);
    let mut request = agent.get(&place.url).header(header::RANGE, format!("bytes={}-{last}", range.start));
    if let Some(credentials) = &place.credentials {
        request = request.header(header::AUTHORIZATION, credentials);
    }
    request = match state {
        Some(State::ETag(tag)) => request.header(header::IF_MATCH, tag),
        Some(State::LastModified(time)) => request.header(header::IF_UNMODIFIED_SINCE, time),
        None => request,
    };
    request.call()
}

/// Takes the body of an answer, which must be as long as the range.
fn receive(
    response: &mut Response<Body>,
    range: Range,
    bytes: &mut Vec<u8>,
    traffic: &mut Traffic,
) -> Result<(), Error> {
    let before = bytes.len();
    let mut body = response.body_mut().as_reader();
    let outcome = body.by_ref().take(range.length).read_to_end(bytes);
    let came = (bytes.len() - before) as u64;
    traffic.bytes += came;
    outcome.map_err(Error::from)?;
    if came < range.length {
        let what = format!("the connection ended after {came} of {} bytes", range.length);
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what).into());
    }
    match body.read(&mut [0]) {
        Ok(0) => Ok(()),
        // Its length was said; what more comes is not of this file.
        Ok(_) => Err(Error::Other("more bytes came than were asked for".into())),
        Err(error) => Err(error.into()),
    }
}
