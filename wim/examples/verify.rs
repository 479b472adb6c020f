//! Verifies WIM files: every byte, every hash.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "an example")]

use wimproof_wim::{FileSource, VerifyOptions, Wim};

fn main() {
    for path in std::env::args().skip(1) {
        let wim = match FileSource::open(&path)
            .map_err(|e| e.to_string())
            .and_then(|s| Wim::open(s).map_err(|e| e.to_string()))
        {
            Ok(wim) => wim,
            Err(error) => {
                println!("{path}: {error}");
                continue;
            }
        };
        let full = std::env::var_os("FULL").is_some();
        let jobs = std::env::var("JOBS").ok().and_then(|j| j.parse().ok()).unwrap_or(2);
        let options = VerifyOptions { jobs, file_digest: full, content_digests: full, progress: &|_| {} };
        match wim.verify(&options) {
            Ok(found) => {
                println!(
                    "{path}: {} contents, {} bytes, slots {:?}, sound {}",
                    found.contents,
                    found.content_bytes,
                    found.slots,
                    found.is_sound()
                );
                for bad in found.bad_contents.iter().take(5) {
                    println!("  {:?} {} {:?}: {}", bad.content, bad.sha1, bad.range, bad.damage);
                }
                println!("  bad slots {:?} file {:?}", found.bad_slots, found.file_sha256.map(hex::encode));
            }
            Err(error) => println!("{path}: {error}"),
        }
    }
}
