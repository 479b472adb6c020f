//! A witness signs the head of a log that continues what it signed before, and tells when.

use std::fs;

use chrono::{DateTime, Utc};

use super::{
    Error, Head, Registry, Result,
    checkpoint::Checkpoint,
    watch::{WITNESSES, witness_file},
    whole_file,
};
use crate::signing::SecretKey;

impl Registry {
    /// Signs the head, and puts it beside those of other witnesses.
    ///
    /// # Errors
    /// Where the registry was not opened with a trust file, or does not stand before it. The last head that was seen must
    /// be remembered: it is what a witness compares with.
    pub fn witness(&self, key: &SecretKey, at: DateTime<Utc>) -> Result<Head> {
        match &self.watch {
            None => return Err(Error::Usage("a witness needs a trust file: give --trust FILE".into())),
            Some(watch) if !watch.remembers() => {
                let message =
                    "a witness must remember what it signed: the trust file must not say state = \"none\"";
                return Err(Error::Refused(message.into()));
            }
            Some(_) => {}
        }
        // Reads the whole log, compares it with what was seen, and remembers its head.
        self.records()?;
        let mut checkpoint = Checkpoint { head: self.head.clone(), note: self.note.clone() };
        checkpoint.note.cosign(key, at);
        let folder = self.dir.join(WITNESSES);
        fs::create_dir_all(&folder).map_err(|source| Error::Io { path: folder.clone(), source })?;
        whole_file::write(&witness_file(&self.dir, &key.verifier()), checkpoint.note.to_string().as_bytes())?;
        Ok(checkpoint.head)
    }
}
