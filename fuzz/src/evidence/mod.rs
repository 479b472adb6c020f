//! The readers of evidence: what a computer's logs, hives, event logs and archives can hold.

pub mod archive;
pub mod case;
pub mod catalog;
pub mod component_store;
pub mod event_log;
pub mod hive;
pub mod records;
pub mod servicing;
pub mod testimony;
