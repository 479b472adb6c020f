//! What went wrong between this program and a server, without the URL, which may hold credentials.

use std::io;

#[cfg(not(windows))]
use chrono::DateTime;
#[cfg(not(windows))]
use rustls::{CertificateError, pki_types::UnixTime};
use ureq::Error;

/// Names of a certificate that are told.
#[cfg(not(windows))]
const MAX_NAMES: usize = 4;

/// Whether the other end could not be shown to be the server. Another try would show nothing else.
pub(super) fn is_of_tls(error: &Error) -> bool {
    of_tls(error).is_some()
}

/// An error as it is told.
pub(super) fn told(error: &Error) -> io::Error {
    let (kind, what) = match error {
        error if is_of_tls(error) => (io::ErrorKind::InvalidData, of_tls(error).unwrap_or_default()),
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

/// What to do where a proxy does not let one through.
pub(super) const PROXY: &str = "the proxy is that of HTTPS_PROXY, HTTP_PROXY or ALL_PROXY (http://USER:PASSWORD@host:port), unless NO_PROXY names the server";

#[cfg(windows)]
fn of_tls(error: &Error) -> Option<String> {
    match error {
        Error::NativeTls(error) => Some(format!("the server cannot be shown to be the one named: {error}")),
        _ => None,
    }
}

#[cfg(not(windows))]
fn of_tls(error: &Error) -> Option<String> {
    match error {
        Error::Rustls(error) => Some(of_rustls(error)),
        Error::Tls(what) => Some((*what).to_owned()),
        // What fails in the handshake comes as an error of the connection.
        Error::Io(error) => error.get_ref()?.downcast_ref().map(of_rustls),
        _ => None,
    }
}

#[cfg(not(windows))]
fn of_rustls(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(error) => of_certificate(error),
        rustls::Error::InvalidMessage(_) => {
            "the server does not speak TLS on this port: is it http://, or another port?".to_owned()
        }
        rustls::Error::General(what) if what.contains("No CA certificates") => {
            "this system trusts nobody: its store of certificates is empty, or SSL_CERT_FILE and SSL_CERT_DIR name no \
             file with certificates (PEM)"
                .to_owned()
        }
        other => format!("no TLS with this server: {other}"),
    }
}

#[cfg(not(windows))]
fn of_certificate(error: &CertificateError) -> String {
    let since = |time: &UnixTime| {
        let time = i64::try_from(time.as_secs()).ok().and_then(|at| DateTime::from_timestamp(at, 0));
        time.map(|time| time.format("%Y-%m-%d").to_string()).unwrap_or_default()
    };
    match error {
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate of the server has expired on {}", since(not_after))
        }
        CertificateError::NotValidYetContext { not_before, .. } => {
            let from = since(not_before);
            format!("the certificate of the server is valid from {from} only: is the clock of this system right?")
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            let names = presented.iter().take(MAX_NAMES).cloned().collect::<Vec<_>>().join(", ");
            format!("the certificate of the server is for another name than the one in the URL: {names}")
        }
        CertificateError::UnknownIssuer => {
            "nobody whom this system trusts issued the certificate of the server; the certificate of a CA of one's own \
             belongs into the store of the system, or into a file (PEM) that SSL_CERT_FILE names"
                .to_owned()
        }
        other => format!("the certificate of the server is not valid: {other}"),
    }
}
