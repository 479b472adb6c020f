//! Images on web servers: ranges only, one state of the file throughout, or an error that says what the server did.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use wimproof_testkit::{Entry, Medium};

use crate::support::{Desk, Run, labels, one, root};

/// A request: its head, and the range it asks for.
struct Request {
    head: String,
    first: usize,
    last: usize,
    /// How many came before it.
    number: u64,
}

/// A server on this computer, that answers with what a function writes. It ends with the test program.
struct Server {
    port: u16,
    requests: Arc<AtomicU64>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn new(answer: impl Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (requests, heads) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (answer, count, kept) = (Arc::new(answer), requests.clone(), heads.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, count, kept) = (answer.clone(), count.clone(), kept.clone());
                thread::spawn(move || serve(stream, &*answer, &count, &kept));
            }
        });
        Self { port, requests, heads }
    }

    /// One that serves a file as it should.
    fn good(bytes: Vec<u8>) -> Self {
        Self::new(move |request, stream| part(request, stream, &bytes, "\"one\"", usize::MAX))
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(
    mut stream: TcpStream,
    answer: &dyn Fn(&Request, &mut TcpStream) -> std::io::Result<()>,
    count: &AtomicU64,
    heads: &Mutex<Vec<String>>,
) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return,
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let lower = head.to_lowercase();
        let range = lower.split("range: bytes=").nth(1).and_then(|rest| rest.lines().next()).unwrap_or("0-0");
        let (first, last) = range.split_once('-').expect("a range");
        let (first, last) = (first.parse().expect("a number"), last.parse().expect("a number"));
        heads.lock().expect("no panic").push(head.clone());
        let number = count.fetch_add(1, Ordering::SeqCst);
        if answer(&Request { head, first, last, number }, &mut stream).is_err() {
            return;
        }
    }
}

/// Answers with a part of a file; after `cut` bytes the connection ends.
fn part(
    request: &Request,
    stream: &mut TcpStream,
    bytes: &[u8],
    tag: &str,
    cut: usize,
) -> std::io::Result<()> {
    let end = bytes.len().min(request.last + 1);
    let body = &bytes[request.first..end];
    write!(
        stream,
        "HTTP/1.1 206 Partial Content\r\nETag: {tag}\r\nContent-Range: bytes {}-{}/{}\r\nContent-Length: {}\r\n\r\n",
        request.first,
        end - 1,
        bytes.len(),
        body.len()
    )?;
    stream.write_all(&body[..body.len().min(cut)])?;
    stream.flush()?;
    if cut < body.len() { Err(std::io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
}

/// An image of about 6 MB.
fn image() -> Vec<u8> {
    let mut state = 1_u64;
    let noise = (0..6_000_000).map(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    });
    let noise = Entry::file("noise.bin", noise.collect::<Vec<u8>>());
    one(labels("Remote", root().child(noise))).build().bytes
}

fn verify(url: &str) -> Run {
    Desk::bare().run(["verify", "--timeout", "5", url])
}

#[test]
fn what_a_file_declares_costs_few_bytes() {
    let desk = Desk::new();
    let bytes = image();
    desk.approve(&desk.file("install.wim", &bytes));
    let server = Server::good(bytes.clone());
    let url = server.url("install.wim");
    let run = desk.check(["--assurance", "declared", &url]).code(0);
    assert_eq!(run.json()["subjects"][0]["source"], url);
    assert!(server.requests() <= 4, "{} requests", server.requests());
    let fetched = run.err.split(": ").nth(2).and_then(|rest| rest.split(' ').next()).expect("a note");
    let fetched: usize = fetched.parse().expect("a number of bytes");
    assert!(fetched < 400_000 && fetched > 100_000, "{fetched} bytes of {}", bytes.len());
    // The same bytes of JSON as ever, whatever the server did.
    let again = desk.check(["--assurance", "declared", &url]).code(0);
    assert_eq!(run.out, again.out);
}

#[test]
fn every_byte_is_fetched_about_once() {
    let desk = Desk::new();
    let bytes = image();
    desk.approve(&desk.file("install.wim", &bytes));
    let server = Server::good(bytes.clone());
    let run = desk.run(["check", &server.url("install.wim"), "--copy-to", "copy.wim"]).code(0);
    assert_eq!(std::fs::read(desk.path("copy.wim")).expect("published"), bytes);
    assert!(run.err.contains(" bytes fetched by "), "{}", run.err);
    assert!(server.requests() <= 12, "{} requests", server.requests());
    verify(&server.url("install.wim")).code(0);
}

#[test]
fn members_of_remote_media_are_read_in_place() {
    let image = image();
    let volume = Medium::new().file("sources/install.wim", &image).build();
    let server = Server::good(volume);
    let desk = Desk::bare();
    let url = server.url("x.iso");
    let run = desk.run(["inspect", "--format", "json", &url]).code(0);
    assert_eq!(run.json()["subjects"][0]["source"], format!("{url}!/sources/install.wim"));
    assert!(server.requests() <= 8, "{} requests", server.requests());
    desk.run(["verify", &format!("{url}!/sources/install.wim")]).code(0);
}

#[test]
fn a_server_without_ranges_is_told() {
    let server = Server::new(|_, stream| write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    let run = verify(&server.url("a.wim")).code(3);
    assert!(run.out.contains("only whole files"), "{}", run.out);
    assert_eq!(server.requests(), 1);
}

#[test]
fn a_wrong_range_is_told() {
    let bytes = image();
    let server = Server::new(move |request, stream| {
        let shift = usize::from(request.number > 0);
        let shifted = Request { first: request.first + shift, head: request.head.clone(), ..*request };
        part(&shifted, stream, &bytes, "\"one\"", usize::MAX)
    });
    let run = verify(&server.url("a.wim")).code(3);
    assert!(run.out.contains("the server sent"), "{}", run.out);
}

#[test]
fn a_file_that_changes_is_told() {
    let bytes = image();
    for how in ["tag", "length", "412", "no tag"] {
        let bytes = bytes.clone();
        let server = Server::new(move |request, stream| match (how, request.number) {
            ("tag", 1..) => part(request, stream, &bytes, "\"two\"", usize::MAX),
            ("length", 1..) => part(request, stream, &bytes[..bytes.len() - 1], "\"one\"", usize::MAX),
            ("412", 1..) => write!(stream, "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\n\r\n"),
            ("no tag", 0) => part(request, stream, &bytes, "W/\"weak\"", usize::MAX),
            _ => part(request, stream, &bytes, "\"one\"", usize::MAX),
        });
        let run = verify(&server.url("a.wim")).code(3);
        let expected = if how == "no tag" { "neither a strong ETag" } else { "changed while it was read" };
        assert!(run.out.contains(expected), "{how}: {}", run.out);
        if how == "tag" {
            let heads = server.heads.lock().expect("no panic");
            assert!(heads[1].to_lowercase().contains("if-match: \"one\""), "{}", heads[1]);
        }
    }
}

#[test]
fn lost_connections_are_taken_up_again() {
    let bytes = image();
    let server = Server::new(move |request, stream| part(request, stream, &bytes, "\"one\"", 300_000));
    verify(&server.url("a.wim")).code(0);
    let nothing = Server::new(|_, _| Err(std::io::ErrorKind::ConnectionAborted.into()));
    verify(&nothing.url("a.wim")).code(3);
    assert!(nothing.requests() < 20, "{} requests", nothing.requests());
}

#[test]
fn more_bytes_than_asked_for_are_told() {
    let bytes = image();
    let server = Server::new(move |request, stream| {
        write!(
            stream,
            "HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Range: bytes {}-{}/{}\r\n\r\n",
            request.first,
            request.last.min(bytes.len() - 1),
            bytes.len()
        )?;
        // Without end, until the program hangs up.
        loop {
            stream.write_all(&bytes[..65536])?;
        }
    });
    let run = verify(&server.url("a.wim")).code(3);
    assert!(run.out.contains("more bytes came than were asked for"), "{}", run.out);
}

#[test]
fn slow_servers_are_given_up() {
    let bytes = image();
    let server = Server::new(move |request, stream| {
        part(request, stream, &bytes, "\"one\"", 10).ok();
        for byte in &bytes[10..] {
            thread::sleep(Duration::from_millis(200));
            stream.write_all(&[*byte])?;
        }
        Ok(())
    });
    let run = Desk::bare().run(["verify", "--timeout", "1", &server.url("a.wim")]).code(3);
    assert!(run.out.contains("too slow"), "{}", run.out);
}

#[test]
fn redirects_are_followed_but_not_with_credentials() {
    let bytes = image();
    let behind = Server::good(bytes.clone());
    let target = behind.url("real.wim");
    let server = Server::new(move |_, stream| {
        write!(stream, "HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n")
    });
    let url = format!("http://tester:swordfish@127.0.0.1:{}/a.wim?sig=swordfish", server.port);
    let desk = Desk::new();
    desk.approve(&desk.file("a.wim", &bytes));
    let run = desk.run(["check", "-v", "--format", "json", &url]).code(0);
    assert_eq!(run.json()["subjects"][0]["source"], format!("http://127.0.0.1:{}/a.wim?...", server.port));
    let audits = std::fs::read_to_string(desk.registry_dir().join("audits.jsonl")).expect("audits");
    for text in [&run.out, &run.err, &audits] {
        assert!(!text.contains("swordfish") && !text.contains("c3dvcmRmaXNo"), "{text}");
    }
    let asked = server.heads.lock().expect("no panic").join("");
    assert!(asked.to_lowercase().contains("authorization: basic dgvzdgvy"), "{asked}");
    let forwarded = behind.heads.lock().expect("no panic").join("").to_lowercase();
    assert!(!forwarded.contains("authorization"), "{forwarded}");
}

#[test]
fn credentials_are_not_told_in_errors() {
    let server =
        Server::new(|_, stream| write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
    let base = format!("http://tester:swordfish@127.0.0.1:{}/a.wim?sig=swordfish", server.port);
    let desk = Desk::bare();
    for arguments in [
        vec!["verify", &base],
        vec!["dir", &base, "1"],
        vec!["extract", &base, "1", "x", "-o", "out"],
        vec!["diff", &base, &base],
        vec!["inspect", "--xml", &base],
        vec!["verify", "--progress", "json", &base],
        vec!["registry", "approve", &base],
    ] {
        let run = desk.run(&arguments);
        assert_ne!(run.code, 0, "{arguments:?}");
        let told = format!("{}{}", run.out, run.err);
        assert!(!told.contains("swordfish"), "{arguments:?}: {told}");
    }
}

#[test]
fn redirects_in_a_circle_end() {
    let server = Server::new(|_, stream| {
        write!(stream, "HTTP/1.1 302 Found\r\nLocation: /a.wim\r\nContent-Length: 0\r\n\r\n")
    });
    let run = verify(&server.url("a.wim")).code(3);
    assert!(run.out.contains("redirects"), "{}", run.out);
    assert!(server.requests() < 20, "{} requests", server.requests());
}
