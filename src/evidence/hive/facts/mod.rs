//! x
use super::Hive;
/// x
pub fn system(_: &Hive) {}
/// x
pub fn software(_: &Hive) {}
