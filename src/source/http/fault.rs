//! What went wrong between this program and a server, without the URL, which may hold credentials.

use std::io;

use ureq::Error;

use super::tls;

/// What to do where a proxy does not let one through.
pub(super) const PROXY: &str = "the proxy is that of HTTPS_PROXY, HTTP_PROXY or ALL_PROXY \
    (http://USER:PASSWORD@host:port), unless NO_PROXY names the server";

/// An error as it is told.
pub(super) fn told(error: &Error) -> io::Error {
    if let Some(why) = tls::fault(error) {
        return io::Error::new(io::ErrorKind::InvalidData, why);
    }
    let (kind, what) = match error {
        Error::Timeout(what) => (io::ErrorKind::TimedOut, format!("the server is too slow ({what})")),
        Error::HostNotFound => (io::ErrorKind::NotFound, "there is no such host".to_owned()),
        Error::BadUri(_) | Error::Http(_) => (io::ErrorKind::InvalidInput, "not a URL".to_owned()),
        Error::Protocol(error) => {
            let hint = "where the server speaks TLS, name it by https://";
            (io::ErrorKind::InvalidData, format!("its answer is not understood ({error}); {hint}"))
        }
        Error::ConnectProxyFailed(why) => (io::ErrorKind::ConnectionRefused, format!("{why}; {PROXY}")),
        Error::Io(error) => (error.kind(), error.to_string()),
        other => (io::ErrorKind::Other, other.to_string()),
    };
    io::Error::new(kind, what)
}
