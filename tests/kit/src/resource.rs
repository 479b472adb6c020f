//! Resources: data cut into chunks and compressed.

use crate::bytes::put32;
use crate::{lzx, xpress};

/// Compression of the resources of a WIM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Stored.
    #[default]
    None,
    /// XPRESS (LZ77 and Huffman), chunks of 4 KiB to 64 KiB.
    Xpress,
    /// LZX, chunks of 32 KiB to 2 MiB.
    Lzx,
}

impl Compression {
    /// Header flags that name the compression.
    #[must_use]
    pub fn header_flags(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Xpress => 0x2_0002,
            Self::Lzx => 0x4_0002,
        }
    }
}

/// How resources are encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Codec {
    pub(crate) compression: Compression,
    pub(crate) chunk_size: usize,
    pub(crate) raw_chunks: bool,
    pub(crate) lzx_blocks: lzx::Blocks,
}

/// An encoded resource.
pub(crate) struct Encoded {
    pub(crate) bytes: Vec<u8>,
    pub(crate) compressed: bool,
}

impl Codec {
    /// Encodes a resource: a table of chunk offsets, then the chunks.
    ///
    /// A resource that does not shrink is stored, unless raw chunks are asked for.
    pub(crate) fn encode(&self, data: &[u8]) -> Encoded {
        if self.compression == Compression::None || data.is_empty() {
            return stored(data);
        }
        let chunks: Vec<Vec<u8>> = data.chunks(self.chunk_size).map(|chunk| self.chunk(chunk)).collect();
        let mut bytes = Vec::new();
        let mut offset = 0;
        for chunk in &chunks[..chunks.len() - 1] {
            offset += chunk.len();
            put32(&mut bytes, offset);
        }
        bytes.extend(chunks.into_iter().flatten());
        if bytes.len() >= data.len() && !self.raw_chunks {
            return stored(data);
        }
        Encoded { bytes, compressed: true }
    }

    /// One chunk, raw if it does not shrink.
    fn chunk(&self, data: &[u8]) -> Vec<u8> {
        if self.raw_chunks {
            return data.to_vec();
        }
        let made = match self.compression {
            Compression::None => return data.to_vec(),
            Compression::Xpress => xpress::compress(data),
            Compression::Lzx => lzx::compress(data, self.chunk_size, self.lzx_blocks),
        };
        if made.len() < data.len() { made } else { data.to_vec() }
    }
}

fn stored(data: &[u8]) -> Encoded {
    Encoded { bytes: data.to_vec(), compressed: false }
}
