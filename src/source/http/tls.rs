//! TLS, by the system's own on Windows and by rustls elsewhere; trusted is whom the system trusts.

pub(super) use platform::{config, fault};

/// Schannel: the store of the computer and user, which a domain manages.
#[cfg(windows)]
mod platform {
    use ureq::{
        Error,
        tls::{RootCerts, TlsConfig, TlsProvider},
    };

    pub(in super::super) fn config() -> TlsConfig {
        let config = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        config.provider(TlsProvider::NativeTls).build()
    }

    /// Why the other end could not be shown to be the server, if that is what an error says. Another try would show
    /// nothing else.
    pub(in super::super) fn fault(error: &Error) -> Option<String> {
        match error {
            Error::NativeTls(error) => {
                Some(format!("the server cannot be shown to be the one named: {error}"))
            }
            _ => None,
        }
    }
}

/// Rustls: the store of the system, or the files that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
#[cfg(not(windows))]
mod platform {
    use chrono::DateTime;
    use rustls::{CertificateError, crypto::ring, pki_types::UnixTime};
    use ureq::{
        Error,
        tls::{RootCerts, TlsConfig, TlsProvider},
    };

    /// Names of a certificate that are told.
    const MAX_NAMES: usize = 4;

    pub(in super::super) fn config() -> TlsConfig {
        TlsConfig::builder()
            .root_certs(RootCerts::PlatformVerifier)
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(ring::default_provider().into())
            .build()
    }

    /// Why the other end could not be shown to be the server, if that is what an error says. Another try would show
    /// nothing else.
    pub(in super::super) fn fault(error: &Error) -> Option<String> {
        match error {
            Error::Rustls(error) => Some(of_rustls(error)),
            Error::Tls(what) => Some((*what).to_owned()),
            // What fails in the handshake comes as an error of the connection.
            Error::Io(error) => error.get_ref()?.downcast_ref().map(of_rustls),
            _ => None,
        }
    }

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
}
