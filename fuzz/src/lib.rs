//! What the fuzz targets share: how a fuzzer's bytes become input, and what must hold of the answer.

pub mod chunk;
pub mod container;
pub mod evidence;
pub mod tree;
pub mod volume;
pub mod xml;
