//! What an answer must be.

use std::io;

use ureq::{
    Body,
    http::{HeaderMap, Response, header},
};

use super::fault::PROXY;

/// What tells one state of the resource from another.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum State {
    ETag(String),
    LastModified(String),
}

impl State {
    /// A strong `ETag`, else the time of the last change.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let tag = text(header::ETAG).filter(|tag| tag.starts_with('"')).map(Self::ETag);
        tag.or_else(|| text(header::LAST_MODIFIED).map(Self::LastModified))
    }
}

/// Whether an answer is a part of a file. `known` is whether credentials were sent.
pub(super) fn expect_partial(response: &Response<Body>, known: bool) -> io::Result<()> {
    let status = response.status();
    let coding = response.headers().get(header::CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
    let why = match status.as_u16() {
        206 => match coding {
            None | Some("identity") => return Ok(()),
            Some(coding) => format!("the server encoded the bytes ({coding})"),
        },
        200 if is_page(response.headers()) => PAGE.to_owned(),
        200 => {
            "the server does not send ranges, only whole files: copy the file and check the copy".to_owned()
        }
        416 => "the server has no byte of this range; the file may be empty".to_owned(),
        401 if known => format!("the server does not accept these credentials ({status})"),
        401 => format!("the server asks for credentials ({status}): https://USER:PASSWORD@host/path"),
        403 => format!(
            "the server denies access ({status}): ask for the right to read the file; a link with a signature may have \
             run out"
        ),
        404 | 410 => format!("the server has no such file ({status}): upper and lower case may count"),
        407 => format!("the proxy asks for credentials ({status}): {PROXY}"),
        _ => format!("the server answered {status}"),
    };
    let kind = match status.as_u16() {
        404 | 410 => io::ErrorKind::NotFound,
        401 | 403 | 407 => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::InvalidData,
    };
    Err(io::Error::new(kind, why))
}

/// A listing of a folder, a page that asks to log in, a page of an error.
pub(super) const PAGE: &str = "the server sent a page (text/html), not a file: name the image itself; folders of web \
                               servers are not listed, and nobody logs in on a page";

/// Whether what was sent says of itself that it is a page.
pub(super) fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    ["text/html", "application/xhtml+xml"].iter().any(|page| kind.eq_ignore_ascii_case(page))
}

/// First byte, byte behind the last, and length of the whole.
pub(super) fn content_range(headers: &HeaderMap) -> io::Result<(u64, u64, u64)> {
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

pub(super) fn changed() -> io::Error {
    invalid("the file on the server changed while it was read".into())
}

pub(super) fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}
