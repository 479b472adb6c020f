//! How fast chunks are decoded and hashed: XPRESS, LZX, LZMS in chunks of 32 KiB, SHA-1 and SHA-256.
//!
//! The kit compresses the chunks of XPRESS and LZX. It has no LZMS: those are made by wimlib-imagex, and left out where
//! that is not installed.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a benchmark")]

use std::{fs, hint::black_box, io, path::Path, process::Command, time::Duration};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use wimproof_testkit::{Compression, Entry, Image};
use wimproof_wim::{
    Wim,
    codec::{Codec, Decoder},
};

#[allow(dead_code, reason = "texts are for the trees")]
mod plausible;

const CHUNK: usize = 32 << 10;

/// The plain bytes: enough chunks that no branch predictor learns them by heart.
fn plain() -> Vec<u8> {
    let mut bytes = plausible::program(1, 4 << 20);
    bytes.truncate(bytes.len() / CHUNK * CHUNK);
    bytes
}

/// A compressed chunk and its uncompressed length.
type Chunk = (Vec<u8>, usize);

/// The chunks of a file whose contents are one chunk each, so that their resources have no table.
fn chunks_of(wim: &[u8]) -> Vec<Chunk> {
    let opened = Wim::open(wim).expect("a WIM");
    let blobs = opened.blob_table().expect("a blob table").blobs();
    let compressed = blobs.iter().filter(|blob| blob.resource.is_compressed());
    let position = |n: u64| usize::try_from(n).expect("a small file");
    let chunk = |blob: &wimproof_wim::Blob| {
        let range =
            position(blob.resource.offset)..position(blob.resource.offset + blob.resource.size_in_wim);
        (wim[range].to_vec(), position(blob.size()))
    };
    compressed.map(chunk).collect()
}

fn by_the_kit(compression: Compression, plain: &[u8]) -> Vec<Chunk> {
    let files = plain.chunks(CHUNK).enumerate();
    let root = files.fold(Entry::dir(""), |root, (n, bytes)| root.child(Entry::file(&n.to_string(), bytes)));
    let wim = wimproof_testkit::Wim::new().compression(compression).chunk_size(32 << 10);
    chunks_of(&wim.image(Image::new("chunks").root(root)).build().bytes)
}

fn by_wimlib(compression: &str, plain: &[u8]) -> io::Result<Vec<Chunk>> {
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chunks");
    let (tree, wim) = (work.join("tree"), work.join("chunks.wim"));
    fs::create_dir_all(&tree)?;
    for (n, bytes) in plain.chunks(CHUNK).enumerate() {
        fs::write(tree.join(n.to_string()), bytes)?;
    }
    let mut command = Command::new("wimlib-imagex");
    command
        .arg("capture")
        .args([&tree, &wim])
        .arg(format!("--compress={compression}"))
        .arg("--chunk-size=32K");
    let outcome = command.output();
    let bytes = outcome.and_then(|_| fs::read(&wim));
    fs::remove_dir_all(work)?;
    bytes.map(|bytes| chunks_of(&bytes))
}

fn decoders(criterion: &mut Criterion) {
    let plain = plain();
    let sources = [
        (Codec::Xpress, Ok(by_the_kit(Compression::Xpress, &plain))),
        (Codec::Lzx, Ok(by_the_kit(Compression::Lzx, &plain))),
        (Codec::Lzms, by_wimlib("lzms", &plain)),
    ];
    let mut group = criterion.benchmark_group("decode");
    for (codec, chunks) in sources {
        let chunks = match chunks {
            Ok(chunks) => chunks,
            Err(error) => {
                println!("{} is left out: wimlib-imagex: {error}", codec.name());
                continue;
            }
        };
        let length: usize = chunks.iter().map(|(_, length)| length).sum();
        let compressed: usize = chunks.iter().map(|(bytes, _)| bytes.len()).sum();
        println!("{}: {} chunks, {compressed} of {length} bytes", codec.name(), chunks.len());
        group.throughput(Throughput::Bytes(length as u64));
        let mut decoder = Decoder::new(codec, 32 << 10).expect("a chunk size of each");
        let mut output = vec![0; CHUNK];
        group.bench_function(codec.name(), |bencher| {
            bencher.iter(|| {
                for (bytes, length) in &chunks {
                    decoder.decode(black_box(bytes), &mut output[..*length]).expect("a sound chunk");
                }
            });
        });
    }
}

fn hashes(criterion: &mut Criterion) {
    let plain = plain();
    let mut group = criterion.benchmark_group("hash");
    group.throughput(Throughput::Bytes(plain.len() as u64));
    group.bench_function("SHA-1", |bencher| bencher.iter(|| Sha1::digest(black_box(&plain))));
    group.bench_function("SHA-256", |bencher| bencher.iter(|| Sha256::digest(black_box(&plain))));
}

fn few() -> Criterion {
    Criterion::default().sample_size(30).measurement_time(Duration::from_secs(5))
}

criterion_group! { name = benches; config = few(); targets = decoders, hashes }
criterion_main!(benches);
