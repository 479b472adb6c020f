//! Reads a piece once, counting and hashing what goes by.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use crate::evidence::statement::{PieceKind, Testimony};

/// An input that is counted and hashed while it is read.
pub(super) struct Metered<R> {
    input: R,
    hash: Sha256,
    size: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        self.size += count as u64;
        Ok(count)
    }
}

/// Runs a reader over an input, and reads on to the end for the length and the digest of the whole.
pub(super) fn testify<R: Read>(
    input: R,
    source: &str,
    kind: PieceKind,
    read: impl FnOnce(&mut Metered<R>, &mut Testimony) -> io::Result<()>,
) -> Testimony {
    let mut input = Metered { input, hash: Sha256::new(), size: 0 };
    let mut testimony = Testimony::new(source, kind);
    let answer = read(&mut input, &mut testimony)
        .and_then(|()| io::copy(&mut input, &mut io::sink()))
        .map(|_| input.hash.finalize().into());
    testimony.size = input.size;
    match answer {
        Ok(sha256) => testimony.sha256 = Some(sha256),
        Err(error) => broken(&mut testimony, format!("reading stopped at byte {}: {error}", input.size)),
    }
    testimony
}

/// Says why not all of a piece could be read. The first reason stays.
pub(super) fn broken(testimony: &mut Testimony, why: String) {
    testimony.partial.get_or_insert(why);
}

/// The first bytes of an input, all of it where it is not longer than a limit; else the testimony is marked as partial.
pub(super) fn head(
    input: &mut impl Read,
    limit: u64,
    what: &str,
    testimony: &mut Testimony,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    input.take(limit).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == limit && input.read(&mut [0])? > 0 {
        broken(testimony, format!("{what}: longer than {limit} bytes, the rest was not read"));
    }
    Ok(bytes)
}
