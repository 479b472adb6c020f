//! Requests for ranges, and what an answer must be.

use std::{
    io::{self, Read as _},
    thread,
    time::Duration,
};

use ureq::{
    Agent, Body, Error, ResponseExt as _, Timeout,
    config::RedirectAuthHeaders,
    http::{HeaderMap, Response, header},
    tls::{RootCerts, TlsConfig, TlsProvider},
};

use super::{Traffic, url};

/// Redirects that are followed.
const MAX_REDIRECTS: u32 = 5;
/// Failures of one range after which no further try is made. One that took all its time counts twice.
const MAX_FAILURES: u32 = 5;
/// Bytes that must have come before a lost connection for it not to count.
const PROGRESS: u64 = 64 << 10;
/// Pause before the second try; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(200);

/// Asks for ranges of one resource.
pub(super) struct Client {
    agent: Agent,
    /// Where the resource is, after redirects.
    url: String,
    credentials: Option<String>,
    size: u64,
    state: State,
}

/// What tells one state of the resource from another.
#[derive(Clone, PartialEq, Eq)]
enum State {
    ETag(String),
    LastModified(String),
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
        timeout: Duration,
        length: u64,
        traffic: &mut Traffic,
    ) -> io::Result<(Self, Vec<u8>)> {
        let (url, credentials) = url::take_credentials(named);
        let agent = agent(url::is_https(&url), timeout);
        let range = Range { start: 0, length };
        let asked = url;
        let mut response = first(&agent, &asked, credentials.as_deref(), range, traffic)?;
        let url = response.get_uri().to_string();
        // Who was not asked with credentials does not get them.
        let credentials = credentials.filter(|_| url::origin(&url) == url::origin(&asked));
        if response.status() == 401 && credentials.is_some() && url != asked {
            response = first(&agent, &url, credentials.as_deref(), range, traffic)?;
        }
        expect_partial(&response)?;
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
        let client = Self { agent, url, credentials, size, state };
        let mut bytes = Vec::new();
        let range = Range { start: 0, length: end };
        if let Err(error) = receive(&mut response, range, &mut bytes, traffic) {
            if bytes.len() as u64 == end {
                return Err(told(&error));
            }
            let rest = client.fetch(bytes.len() as u64, end - bytes.len() as u64, traffic)?;
            bytes.extend(rest);
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
        let mut failures = 0;
        loop {
            let came = bytes.len() as u64;
            let range = Range { start: start + came, length: length - came };
            if range.length == 0 {
                return Ok(bytes);
            }
            let asked = ask(&self.agent, &self.url, self.credentials.as_deref(), range, Some(&self.state));
            let outcome = match asked {
                Ok(mut response) => {
                    traffic.requests += 1;
                    self.check(&response, range)?;
                    receive(&mut response, range, &mut bytes, traffic)
                }
                Err(error) => Err(error),
            };
            if bytes.len() as u64 >= came + PROGRESS && !matches!(outcome, Err(Error::Timeout(_))) {
                failures = 0;
            }
            if let Err(error) = outcome {
                let place = |error: io::Error| {
                    let Range { start, length } = range;
                    io::Error::new(error.kind(), format!("bytes {start} to {}: {error}", start + length))
                };
                retry(&error, &mut failures).map_err(|()| place(told(&error)))?;
            }
        }
    }

    /// Whether an answer is of the same resource in the same state, and of the range that was asked for.
    fn check(&self, response: &Response<Body>, range: Range) -> io::Result<()> {
        if response.status() == 412 {
            return Err(changed());
        }
        expect_partial(response)?;
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

/// Asks for the first time, until there is an answer.
fn first(
    agent: &Agent,
    url: &str,
    credentials: Option<&str>,
    range: Range,
    traffic: &mut Traffic,
) -> io::Result<Response<Body>> {
    let mut failures = 0;
    loop {
        match ask(agent, url, credentials, range, None) {
            Ok(response) => {
                traffic.requests += 1;
                return Ok(response);
            }
            Err(error) => retry(&error, &mut failures).map_err(|()| told(&error))?,
        }
    }
}

fn agent(https_only: bool, timeout: Duration) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
    #[cfg(windows)]
    let tls = tls.provider(TlsProvider::NativeTls);
    #[cfg(not(windows))]
    let tls = tls
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(rustls::crypto::ring::default_provider().into());
    Agent::config_builder()
        .tls_config(tls.build())
        // The same host on another port is somebody else.
        // Who was asked by HTTPS does not send elsewhere by HTTP.
        .https_only(https_only)
        .max_redirects(MAX_REDIRECTS)
        .redirect_auth_headers(RedirectAuthHeaders::Never)
        .http_status_as_error(false)
        .user_agent(concat!("wimproof/", env!("CARGO_PKG_VERSION")))
        .accept("*/*")
        .accept_encoding("identity")
        .timeout_connect(Some(timeout.min(Duration::from_secs(20))))
        .timeout_per_call(Some(timeout))
        .save_redirect_history(true)
        .build()
        .into()
}

fn ask(
    agent: &Agent,
    url: &str,
    credentials: Option<&str>,
    range: Range,
    state: Option<&State>,
) -> Result<Response<Body>, Error> {
    let last = range.start.saturating_add(range.length).saturating_sub(1);
    let mut request = agent.get(url).header(header::RANGE, format!("bytes={}-{last}", range.start));
    if let Some(credentials) = credentials {
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

/// Waits before another try; an error where none is due.
fn retry(error: &Error, failures: &mut u32) -> Result<(), ()> {
    *failures += match error {
        Error::Timeout(Timeout::PerCall) => 2,
        Error::Io(_)
        | Error::ConnectionFailed
        | Error::Timeout(_)
        | Error::BodyStalled
        | Error::Protocol(_) => 1,
        _ => MAX_FAILURES,
    };
    if *failures >= MAX_FAILURES {
        return Err(());
    }
    thread::sleep(PAUSE * 2_u32.pow(*failures - 1));
    Ok(())
}

impl State {
    /// A strong `ETag`, else the time of the last change.
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let tag = text(header::ETAG).filter(|tag| tag.starts_with('"')).map(Self::ETag);
        tag.or_else(|| text(header::LAST_MODIFIED).map(Self::LastModified))
    }
}

fn expect_partial(response: &Response<Body>) -> io::Result<()> {
    let status = response.status();
    let why = match status.as_u16() {
        206 => {
            let coding =
                response.headers().get(header::CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
            match coding {
                None | Some("identity") => return Ok(()),
                Some(coding) => format!("the server encoded the bytes ({coding})"),
            }
        }
        200 => {
            "the server does not send ranges, only whole files: copy the file and check the copy".to_owned()
        }
        416 => "the server has no byte of this range; the file may be empty".to_owned(),
        401 | 407 => format!("the server asks for credentials ({status}): https://USER:PASSWORD@host/path"),
        _ => format!("the server answered {status}"),
    };
    let kind = match status.as_u16() {
        404 | 410 => io::ErrorKind::NotFound,
        _ => io::ErrorKind::InvalidData,
    };
    Err(io::Error::new(kind, why))
}

/// First byte, byte behind the last, and length of the whole.
fn content_range(headers: &HeaderMap) -> io::Result<(u64, u64, u64)> {
    let text = headers.get(header::CONTENT_RANGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parsed = text.strip_prefix("bytes ").and_then(|text| {
        let (range, size) = text.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let [first, last, size]: [u64; 3] = [first.parse().ok()?, last.parse().ok()?, size.parse().ok()?];
        (first <= last && last < size).then_some((first, last + 1, size))
    });
    parsed.ok_or_else(|| {
        invalid(format!("the server sent a part without saying which: Content-Range is {text:?}"))
    })
}

fn changed() -> io::Error {
    invalid("the file on the server changed while it was read".into())
}

fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// An error without the URL, which may hold credentials.
fn told(error: &Error) -> io::Error {
    let (kind, what) = match error {
        Error::Timeout(what) => (io::ErrorKind::TimedOut, format!("the server is too slow ({what})")),
        Error::HostNotFound => (io::ErrorKind::NotFound, "there is no such host".to_owned()),
        Error::TooManyRedirects => {
            (io::ErrorKind::InvalidData, format!("more than {MAX_REDIRECTS} redirects, or in a circle"))
        }
        Error::RequireHttpsOnly(_) => (
            io::ErrorKind::InvalidData,
            "the server redirects from https to http, which is not followed".to_owned(),
        ),
        Error::BadUri(_) => (io::ErrorKind::InvalidInput, "not a URL".to_owned()),
        Error::Io(error) => (error.kind(), error.to_string()),
        other => (io::ErrorKind::Other, other.to_string()),
    };
    io::Error::new(kind, what)
}
