//! Images on web servers: ranges only, one state of the file throughout, or an error that says what the server did.

use std::{thread, time::Duration};

use wimproof::source::http::{HttpSource, Patience};
use wimproof_testkit::{Entry, Medium};

use crate::{
    support::{Desk, Run, labels, one, root},
    web_server::{Request, Server, part, status},
};

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
    assert_eq!(server.connections(), 2, "one for each run");
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
            ("412", 1..) => status(stream, "412 Precondition Failed"),
            ("no tag", 0) => part(request, stream, &bytes, "W/\"weak\"", usize::MAX),
            _ => part(request, stream, &bytes, "\"one\"", usize::MAX),
        });
        let run = verify(&server.url("a.wim")).code(3);
        let expected = if how == "no tag" { "neither a strong ETag" } else { "changed while it was read" };
        assert!(run.out.contains(expected), "{how}: {}", run.out);
        if how == "tag" {
            let heads = server.heads();
            assert!(heads[1].contains("if-match: \"one\""), "{}", heads[1]);
        }
    }
}

#[test]
fn lost_connections_are_taken_up_again() {
    let bytes = image();
    let server = Server::new(move |request, stream| part(request, stream, &bytes, "\"one\"", 300_000));
    verify(&server.url("a.wim")).code(0);
    let nothing = Server::new(|_, _| Err(std::io::ErrorKind::ConnectionAborted.into()));
    let pause = Duration::from_millis(1);
    let patience = Patience { pause, ..Patience::of(Duration::from_secs(5)) };
    HttpSource::open(&nothing.url("a.wim"), patience).expect_err("nothing came");
    assert_eq!(nothing.requests(), 5);
}

/// What a program is told that is asked to come again, at once.
const BUSY: &str = "503 Service Unavailable\r\nRetry-After: 0";

#[test]
fn busy_servers_are_asked_again() {
    let bytes = image();
    // At first, and in the middle.
    let server = Server::new(move |request, stream| match request.number {
        0 | 4 => status(stream, BUSY),
        1 | 5 => status(stream, "429 Too Many Requests\r\nRetry-After: 0"),
        6 => part(request, stream, &bytes, "\"one\"", 100_000),
        7 => status(stream, "502 Bad Gateway\r\nRetry-After: 0"),
        _ => part(request, stream, &bytes, "\"one\"", usize::MAX),
    });
    verify(&server.url("a.wim")).code(0);
    assert!(server.requests() > 8);
}

#[test]
fn a_server_that_stays_busy_is_given_up() {
    let server = Server::new(|_, stream| status(stream, BUSY));
    let run = verify(&server.url("a.wim")).code(3);
    assert!(run.out.contains("503 Service Unavailable, asked 5 times"), "{}", run.out);
    assert_eq!(server.requests(), 5);
    // In the middle too, and nobody waits for an hour.
    let bytes = image();
    let server = Server::new(move |request, stream| match request.number {
        0 => part(request, stream, &bytes, "\"one\"", usize::MAX),
        _ => status(stream, "429 Too Many Requests\r\nRetry-After: 3600"),
    });
    let run = verify(&server.url("a.wim")).code(3);
    let expected = "429 Too Many Requests, asked once; it asks to come again in 3600 s";
    assert!(run.out.contains(expected), "{}", run.out);
    assert!(run.out.contains("bytes "), "{}", run.out);
}

#[test]
fn a_no_is_not_asked_for_again_and_comes_with_advice() {
    for (line, advice) in [
        ("401 Unauthorized", "https://USER:PASSWORD@host/path"),
        ("403 Forbidden", "the right to read the file"),
        ("404 Not Found", "upper and lower case"),
        ("407 Proxy Authentication Required", "HTTPS_PROXY"),
        ("418 I'm a teapot", "the server answered 418"),
    ] {
        let server = Server::new(move |_, stream| status(stream, line));
        let run = verify(&server.url("a.wim")).code(3);
        assert!(run.out.contains(advice) && run.out.contains(&line[..3]), "{}", run.out);
        assert_eq!(server.requests(), 1, "{line}");
    }
    let server = Server::new(|_, stream| status(stream, "401 Unauthorized"));
    let run = verify(&format!("http://tester:swordfish@127.0.0.1:{}/a.wim", server.port)).code(3);
    assert!(run.out.contains("does not accept these credentials"), "{}", run.out);
}

#[test]
fn a_proxy_that_lets_nobody_through_is_told() {
    let proxy = Server::new(|_, stream| status(stream, "407 Proxy Authentication Required"));
    let desk = Desk::bare();
    let mut command = desk.command();
    command.args(["verify", "https://images.example/a.wim"]).env_remove("NO_PROXY").env_remove("ALL_PROXY");
    command.env("HTTPS_PROXY", format!("http://tester:swordfish@127.0.0.1:{}", proxy.port));
    let run: Run = command.output().expect("the program runs").into();
    let run = run.code(3);
    assert!(run.out.contains("407") && run.out.contains("NO_PROXY"), "{}", run.out);
    assert!(!run.out.contains("swordfish") && !run.err.contains("swordfish"), "{} {}", run.out, run.err);
    assert_eq!(proxy.requests(), 1);
    assert!(proxy.heads()[0].starts_with("connect images.example:443 "), "{:?}", proxy.heads());
}

#[test]
fn a_page_is_told_from_a_file() {
    let page = "<!DOCTYPE html><title>Index of /images</title>";
    let server = Server::new(move |_, stream| {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8";
        write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{page}", page.len())
    });
    let desk = Desk::new();
    let run = desk.check([server.url("images/")]).code(3);
    assert!(run.out.contains("folders of web servers are not listed"), "{}", run.out);
    assert_eq!(server.requests(), 1);
    // One that is a file on the server can be asked for in ranges.
    let server = Server::new(move |request, stream| {
        let head = "HTTP/1.1 206 Partial Content\r\nContent-Type: TEXT/HTML\r\nETag: \"one\"";
        assert_eq!(request.first, 0);
        let (last, length) = (page.len() - 1, page.len());
        write!(
            stream,
            "{head}\r\nContent-Range: bytes 0-{last}/{length}\r\nContent-Length: {length}\r\n\r\n{page}"
        )
    });
    let run = desk.check([server.url("images/")]).code(3);
    assert!(run.out.contains("folders of web servers are not listed"), "{}", run.out);
    // An image that its server calls a page is an image.
    let bytes = image();
    let server = Server::new(move |request, stream| {
        write!(stream, "HTTP/1.1 206 Partial Content\r\nContent-Type: text/html\r\n")?;
        crate::web_server::rest_of_part(request, stream, &bytes, "\"one\"", usize::MAX)
    });
    verify(&server.url("a.wim")).code(0);
}

#[test]
fn redirects_lead_to_the_web_only() {
    for (to, said) in [
        ("file:///etc/hostname", "redirects from http: to file:, which is not followed"),
        ("ftp://127.0.0.1/a.wim", "redirects from http: to ftp:, which is not followed"),
        ("", "without saying where to"),
        ("http://", "not a URL"),
        ("http://a b/", "not a URL"),
    ] {
        let server = Server::new(move |_, stream| status(stream, &format!("302 Found\r\nLocation: {to}")));
        let run = verify(&server.url("a.wim")).code(3);
        assert!(run.out.contains(said), "{to}: {}", run.out);
        assert_eq!(server.requests(), 1, "{to}");
    }
}

/// A link with a signature that the server renews: the file behind it is the same.
#[test]
fn redirects_within_a_server_keep_the_credentials() {
    let bytes = image();
    let server = Server::new(move |request, stream| match request.head.starts_with("get /a.wim ") {
        true => status(stream, "307 Temporary Redirect\r\nLocation: b.wim?signature=x"),
        false => part(request, stream, &bytes, "\"one\"", usize::MAX),
    });
    verify(&format!("http://tester:swordfish@127.0.0.1:{}/a.wim", server.port)).code(0);
    let heads = server.heads();
    assert!(heads.iter().all(|head| head.contains("authorization: basic dgvzdgvyonn3b3jkzmlzaa==")));
    // The redirect is followed once.
    assert_eq!(heads.iter().filter(|head| head.starts_with("get /a.wim ")).count(), 1);
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
    let server = Server::new(move |_, stream| status(stream, &format!("302 Found\r\nLocation: {target}")));
    let url = format!("http://tester:swordfish@127.0.0.1:{}/a.wim?sig=swordfish", server.port);
    let desk = Desk::new();
    desk.approve(&desk.file("a.wim", &bytes));
    let run = desk.run(["check", "-v", "--format", "json", &url]).code(0);
    assert_eq!(run.json()["subjects"][0]["source"], format!("http://127.0.0.1:{}/a.wim?...", server.port));
    let audits = std::fs::read_to_string(desk.registry_dir().join("audits.jsonl")).expect("audits");
    for text in [&run.out, &run.err, &audits] {
        assert!(!text.contains("swordfish") && !text.contains("c3dvcmRmaXNo"), "{text}");
    }
    let asked = server.heads().join("");
    assert!(asked.contains("authorization: basic dgvzdgvy"), "{asked}");
    let forwarded = behind.heads().join("");
    assert!(!forwarded.contains("authorization"), "{forwarded}");
}

#[test]
fn credentials_are_not_told_in_errors() {
    let server = Server::new(|_, stream| status(stream, "404 Not Found"));
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
    let server = Server::new(|_, stream| status(stream, "302 Found\r\nLocation: /a.wim"));
    let run = verify(&server.url("a.wim")).code(3);
    assert!(run.out.contains("redirects"), "{}", run.out);
    assert!(server.requests() < 20, "{} requests", server.requests());
}
