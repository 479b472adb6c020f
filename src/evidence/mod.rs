//! Readers that turn bytes into sightings. A reader knows its format and nothing of approval.

pub mod catalog;
pub mod channel;
pub mod collection;
pub mod component_store;
pub mod deployment;
pub mod difference;
pub mod examination;
pub mod facts_file;
pub mod hive;
pub mod image;
pub mod image_hives;
pub mod inside;
pub mod mask;
pub mod media;
pub mod pe_version;
pub mod records;
pub mod redact;
pub mod second_opinion;
pub mod servicing;
pub mod split_set;
pub mod statement;
pub mod text_log;
pub mod timeline;
mod verified;
pub mod witness;
