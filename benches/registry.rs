//! Measures a long log: how long its index takes to make, and how long a check then takes to ask the registry.
//!
//!     cargo bench --bench registry [-- ENTRIES [FOLDER]]       default 1,000,000 in a folder that is removed
//!
//! The log is written here, not through the registry, which makes each entry last before it takes the next. Every
//! hundredth entry revokes an approval before it.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::needless_pass_by_value)]

use std::{
    fs,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use wimproof::registry::{ApprovalId, Frontier, Key, PAYLOAD_TYPE, Registry, Seal, leaf_hash};
use wimproof_testkit::{Entry, Image, Wim};

const REPEATS: usize = 9;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let entries: u64 = arguments.first().map_or(1_000_000, |word| word.parse().expect("a number"));
    let temporary = tempfile::tempdir().expect("a folder");
    let dir = arguments.get(1).map_or(temporary.path().to_owned(), PathBuf::from);
    make(&dir, entries);
    let registry = dir.join("registry");
    let bytes = fs::metadata(registry.join("log.intoto.jsonl")).expect("a log").len();
    println!("log: {entries} entries, {bytes} bytes");
    let state = dir.join("state");
    let open = || {
        let opened = Registry::open(&registry).expect("a registry");
        opened.own_index_first(state.join("asked"))
    };
    let question = |registry: &Registry, entry: u64| {
        let found = registry.standings(&[Key::Approval(ApprovalId(entry))]).expect("an answer");
        assert_eq!(found.len(), 1);
    };
    let start = Instant::now();
    question(&open(), 0);
    println!("the first question, which makes the index: {:?}", start.elapsed());
    let mut times = Vec::new();
    for round in 0..REPEATS as u64 {
        let start = Instant::now();
        let registry = open();
        question(&registry, round * 7919 % entries / 100 * 100);
        assert!(registry.index_trouble().is_none(), "the index served");
        times.push(start.elapsed());
    }
    println!("a question to a registry just opened: median {:?} of {REPEATS}", median(&mut times));
    check(&dir, &registry, "check with it");
    let small = dir.join("small");
    Registry::create(&small, "bench.example/small", &Seal::default()).expect("created");
    check(&dir, &small, "check with an empty one");
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The whole program, on an image that nobody approved. The first run, which makes the index, does not count.
fn check(dir: &Path, registry: &Path, what: &str) {
    let image = dir.join("image.wim");
    let built = Wim::new().image(Image::new("an image").root(Entry::dir(""))).build();
    fs::write(&image, &built.bytes).expect("written");
    let run = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wimproof"));
        command.args(["check", "--no-audit", "--registry"]).arg(registry).arg(&image);
        let output = command.env("XDG_STATE_HOME", dir.join("state")).output().expect("run");
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run();
    let mut times = Vec::new();
    for _ in 0..REPEATS {
        let start = Instant::now();
        run();
        times.push(start.elapsed());
    }
    println!("{what}: median {:?} of {REPEATS}", median(&mut times));
}

fn make(dir: &Path, entries: u64) {
    let registry = dir.join("registry");
    fs::create_dir_all(&registry).expect("created");
    let mut log = BufWriter::new(fs::File::create(registry.join("log.intoto.jsonl")).expect("created"));
    let mut tree = Frontier::default();
    for entry in 0..entries {
        let line = if entry % 100 == 99 { revocation(entry - 99) } else { approval(entry) };
        tree.push(leaf_hash(line.as_bytes()));
        writeln!(log, "{line}").expect("written");
    }
    log.flush().expect("written");
    let root = BASE64_STANDARD.encode(tree.root());
    let head = format!("bench.example/images\n{entries}\n{root}\n\n");
    fs::write(registry.join("checkpoint"), head).expect("written");
}

fn line(kind: &str, name: &str, digests: Value, predicate: Value) -> String {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": name, "digest": digests}],
        "predicateType": format!("urn:wimproof:{kind}:v1"),
        "predicate": predicate,
    });
    let payload = BASE64_STANDARD.encode(statement.to_string());
    json!({"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": []}).to_string()
}

fn approval(entry: u64) -> String {
    let digest = |what: &str| hex::encode(Sha256::digest(format!("{what} {entry}")));
    let name = format!("Windows 10 Enterprise {entry}");
    let created = format!("2026-{:02}-{:02}T08:00:00.{:07}Z", entry % 12 + 1, entry % 28 + 1, entry);
    let facts = json!({
        "name": name, "description": name, "edition": "Enterprise", "architecture": "x64",
        "version": "10.0.19041.1", "build": 19041, "languages": ["zh-CN"], "created": created,
        "total_bytes": 14_000_000_000_u64 + entry, "tree": digest("tree"), "content": digest("content"),
        "metadata_sha1": &digest("metadata")[..40], "file_size": 4_000_000_000_u64 + entry, "file_sha256": digest("file"),
    });
    let predicate = json!({
        "title": name, "facts": facts, "assurance": "verified", "at": "2026-11-20T08:00:00Z",
        "by": "image team", "ticket": format!("CHG-{entry}"),
    });
    line("approve", &name, json!({"sha256": digest("file"), "wimproofTreeV1": digest("tree")}), predicate)
}

fn revocation(of: u64) -> String {
    let id = ApprovalId(of).to_string();
    let predicate =
        json!({"approval": id, "at": "2026-11-21T08:00:00Z", "by": "image team", "reason": "corrupt"});
    line("revoke", &id, json!({"wimproofEntry": of.to_string()}), predicate)
}
