//! Images behind HTTPS: the server must be the one that was named, by the certificates that the system trusts.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivatePkcs8KeyDer};

use crate::{
    support::{Desk, Run, cmge, one, root},
    web_server::{Server, part, status},
};

/// A certification authority.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("signed").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A server with a certificate for `name`, which `with` changes.
    fn server_for(&self, name: &str, with: impl FnOnce(&mut CertificateParams)) -> Arc<ServerConfig> {
        let (mut params, key) = certificate(name);
        with(&mut params);
        configuration(&params.signed_by(&key, &self.issuer).expect("signed"), &key)
    }
}

fn certificate(name: &str) -> (CertificateParams, KeyPair) {
    let params = CertificateParams::new([name.to_owned()]).expect("a name");
    (params, KeyPair::generate().expect("a key"))
}

fn configuration(certificate: &rcgen::Certificate, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("versions").with_no_client_auth();
    Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key.into()).expect("a pair"))
}

/// A server that serves a file by TLS.
fn serving(configuration: Arc<ServerConfig>, bytes: Vec<u8>) -> Server {
    answering(configuration, move |request, stream| part(request, stream, &bytes, "\"one\"", usize::MAX))
}

fn answering(
    configuration: Arc<ServerConfig>,
    answer: impl Fn(&crate::web_server::Request, &mut dyn std::io::Write) -> std::io::Result<()>
    + Send
    + Sync
    + 'static,
) -> Server {
    let wrap = move |stream| {
        let connection = ServerConnection::new(configuration.clone()).expect("a configuration");
        Box::new(StreamOwned::new(connection, stream)) as Box<dyn crate::web_server::Stream>
    };
    Server::over("https", wrap, answer)
}

/// Checks what a URL names, with a system that trusts the certificates in a file.
fn check(desk: &Desk, trusted: &str, url: &str) -> Run {
    desk.file("trusted.pem", trusted.as_bytes());
    let mut command = desk.command();
    command.args(["check", "--format", "json", url]);
    command.env("SSL_CERT_FILE", desk.path("trusted.pem")).env_remove("SSL_CERT_DIR");
    command.output().expect("the program runs").into()
}

/// A desk with an approved image.
fn desk() -> (Desk, Vec<u8>) {
    let (desk, bytes) = (Desk::new(), one(cmge(root())).build().bytes);
    desk.approve(&desk.file("approved.wim", &bytes));
    (desk, bytes)
}

#[test]
fn an_image_is_judged_over_tls() {
    let (desk, bytes) = desk();
    let authority = Authority::new("Images CA");
    let server = serving(authority.server_for("127.0.0.1", |_| ()), bytes);
    let url = server.url("install.wim");
    let run = check(&desk, &authority.pem, &url).code(0);
    assert_eq!(run.json()["subjects"][0]["source"], url);
    // The file may hold others too.
    check(&desk, &format!("{}{}", Authority::new("Another").pem, authority.pem), &url).code(0);
}

#[test]
fn a_server_that_is_not_the_one_named_is_told() {
    let (desk, bytes) = desk();
    let authority = Authority::new("Images CA");
    let (params, key) = certificate("127.0.0.1");
    let self_signed = configuration(&params.self_signed(&key).expect("signed"), &key);
    let expired = authority.server_for("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 5, 17));
    let future = authority.server_for("127.0.0.1", |params| params.not_before = date_time_ymd(3000, 1, 2));
    for (configuration, said) in [
        (authority.server_for("images.example", |_| ()), "for another name than the one in the URL"),
        (expired, "has expired on 2020-05-17"),
        (future, "valid from 3000-01-02 only"),
        (self_signed, "nobody whom this system trusts"),
        (Authority::new("Images CA").server_for("127.0.0.1", |_| ()), "is not valid"),
        (Authority::new("Somebody").server_for("127.0.0.1", |_| ()), "nobody whom this system trusts"),
    ] {
        let server = serving(configuration, bytes.clone());
        let run = check(&desk, &authority.pem, &server.url("install.wim")).code(3);
        assert!(run.out.contains(said), "{said}: {}", run.out);
        // It would be no other the next time.
        assert_eq!((server.connections(), server.requests()), (1, 0), "{said}");
    }
}

#[test]
fn a_system_that_trusts_nobody_is_told() {
    let (desk, bytes) = desk();
    let server = serving(Authority::new("Images CA").server_for("127.0.0.1", |_| ()), bytes);
    let run = check(&desk, "no certificate", &server.url("install.wim")).code(3);
    assert!(
        run.out.contains("this system trusts nobody") && run.out.contains("SSL_CERT_FILE"),
        "{}",
        run.out
    );
}

#[test]
fn a_server_without_tls_on_its_port_is_told() {
    let (desk, bytes) = desk();
    let plain = Server::over(
        "https",
        |mut stream| {
            // What a web server says to a greeting that is no request.
            let bad = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            std::io::Write::write_all(&mut stream, bad).expect("written");
            Box::new(stream)
        },
        |_, _| Ok(()),
    );
    let authority = Authority::new("Images CA");
    let run = check(&desk, &authority.pem, &plain.url("install.wim")).code(3);
    assert!(run.out.contains("does not speak TLS on this port"), "{}", run.out);
    // And the other way round.
    let server = serving(authority.server_for("127.0.0.1", |_| ()), bytes);
    let url = server.url("install.wim").replace("https:", "http:");
    let run = check(&desk, &authority.pem, &url).code(3);
    assert!(run.out.contains("name it by https://"), "{}", run.out);
}

#[test]
fn redirects_stay_with_tls_and_take_no_credentials_along() {
    let (desk, bytes) = desk();
    let authority = Authority::new("Images CA");
    let configuration = authority.server_for("127.0.0.1", |_| ());
    let redirect = |to: String| {
        answering(configuration.clone(), move |_, stream| {
            status(stream, &format!("302 Found\r\nLocation: {to}"))
        })
    };
    let plain = Server::good(bytes.clone());
    let server = redirect(plain.url("install.wim"));
    let run = check(&desk, &authority.pem, &server.url("install.wim")).code(3);
    assert!(run.out.contains("redirects from https: to http:"), "{}", run.out);
    assert_eq!((plain.connections(), server.requests()), (0, 1));
    let server = redirect("file:///etc/hostname".to_owned());
    let run = check(&desk, &authority.pem, &server.url("install.wim")).code(3);
    assert!(run.out.contains("redirects from https: to file:, which is not followed"), "{}", run.out);
    let server = redirect("/install.wim".to_owned());
    let run = check(&desk, &authority.pem, &server.url("install.wim")).code(3);
    assert!(run.out.contains("redirects, or in a circle"), "{}", run.out);
    assert_eq!(server.requests(), 6);
    // To another server that is trusted too.
    let behind = serving(configuration.clone(), bytes);
    let server = redirect(behind.url("real.wim"));
    let url = format!("https://tester:swordfish@127.0.0.1:{}/install.wim?token=swordfish", server.port);
    let run = check(&desk, &authority.pem, &url).code(0);
    assert!(server.heads().join("").contains("authorization: basic dgvzdgvyonn3b3jkzmlzaa=="));
    assert!(behind.heads().iter().all(|head| !head.contains("authorization") && !head.contains("swordfish")));
    assert!(!run.out.contains("swordfish") && !run.err.contains("swordfish"), "{}", run.out);
}
