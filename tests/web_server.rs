//! A web server for tests: it answers with what a function writes.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

/// A request: its head, and the range it asks for.
pub(crate) struct Request {
    pub(crate) head: String,
    pub(crate) first: usize,
    pub(crate) last: usize,
    /// How many came before it.
    pub(crate) number: u64,
}

/// Writes an answer.
type Answer = dyn Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync;

/// A server on this computer, that answers with what a function writes. It ends with the test program.
pub(crate) struct Server {
    pub(crate) port: u16,
    scheme: &'static str,
    seen: Arc<Seen>,
}

/// What a server was asked.
#[derive(Default)]
struct Seen {
    connections: AtomicU64,
    requests: AtomicU64,
    heads: Mutex<Vec<String>>,
}

/// A connection.
pub(crate) trait Stream: Read + Write {}

impl<S: Read + Write> Stream for S {}

impl Server {
    pub(crate) fn new(
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::over("http", |stream| Box::new(stream), answer)
    }

    /// One that speaks through what `wrap` makes of a connection.
    pub(crate) fn over(
        scheme: &'static str,
        wrap: impl Fn(TcpStream) -> Box<dyn Stream> + Send + Sync + 'static,
        answer: impl Fn(&Request, &mut dyn Write) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (seen, wrap): (Arc<Seen>, _) = (Arc::default(), Arc::new(wrap));
        let (answer, kept): (Arc<Answer>, _) = (Arc::new(answer), seen.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, wrap, kept) = (answer.clone(), wrap.clone(), kept.clone());
                thread::spawn(move || serve(&mut *wrap(stream), &*answer, &kept));
            }
        });
        Self { port, scheme, seen }
    }

    /// One that serves a file as it should.
    pub(crate) fn good(bytes: Vec<u8>) -> Self {
        Self::new(move |request, stream| part(request, stream, &bytes, "\"one\"", usize::MAX))
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}://127.0.0.1:{}/{path}", self.scheme, self.port)
    }

    pub(crate) fn connections(&self) -> u64 {
        self.seen.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> u64 {
        self.seen.requests.load(Ordering::SeqCst)
    }

    /// The heads of all requests, in lower case.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.seen.heads.lock().expect("no panic").clone()
    }
}

fn serve(stream: &mut dyn Stream, answer: &Answer, seen: &Seen) {
    seen.connections.fetch_add(1, Ordering::SeqCst);
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            match stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return,
            }
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let range = head.split("range: bytes=").nth(1).and_then(|rest| rest.lines().next()).unwrap_or("0-0");
        let (first, last) = range.split_once('-').expect("a range");
        let (first, last) = (first.parse().expect("a number"), last.parse().expect("a number"));
        seen.heads.lock().expect("no panic").push(head.clone());
        let number = seen.requests.fetch_add(1, Ordering::SeqCst);
        let mut out: &mut dyn Stream = &mut *stream;
        if answer(&Request { head, first, last, number }, &mut out).is_err() {
            return;
        }
    }
}

/// Answers without a body; what stands behind the status line in `line` are header fields.
pub(crate) fn status(stream: &mut dyn Write, line: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n")?;
    stream.flush()
}

/// Answers with a part of a file; after `cut` bytes the connection ends.
pub(crate) fn part(
    request: &Request,
    stream: &mut dyn Write,
    bytes: &[u8],
    tag: &str,
    cut: usize,
) -> io::Result<()> {
    write!(stream, "HTTP/1.1 206 Partial Content\r\n")?;
    rest_of_part(request, stream, bytes, tag, cut)
}

/// The same from behind the status line and perhaps some header fields.
pub(crate) fn rest_of_part(
    request: &Request,
    stream: &mut dyn Write,
    bytes: &[u8],
    tag: &str,
    cut: usize,
) -> io::Result<()> {
    let end = bytes.len().min(request.last + 1);
    let body = &bytes[request.first..end];
    write!(
        stream,
        "ETag: {tag}\r\nContent-Range: bytes {}-{}/{}\r\nContent-Length: {}\r\n\r\n",
        request.first,
        end - 1,
        bytes.len(),
        body.len()
    )?;
    stream.write_all(&body[..body.len().min(cut)])?;
    stream.flush()?;
    if cut < body.len() { Err(io::ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
}
