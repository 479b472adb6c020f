//! In place of libwim, where the program is built without it.

use std::path::Path;

use super::{Opinion, SecondOpinion, Unavailable};
use crate::sighting::Subject;

/// libwim: never there.
#[derive(Debug, Clone, Copy)]
pub enum Libwim {}

impl Libwim {
    /// Says that it is not there.
    pub fn load() -> Result<Self, Unavailable> {
        Err(Unavailable("this wimproof was built without the feature `wimlib`".into()))
    }

    /// Cannot be called.
    pub fn ask(&self, _: &Path, _: &Subject, _: Opinion) -> Option<SecondOpinion> {
        match *self {}
    }
}
