//! Putting a finished file in the place of another.

use std::{
    fs, io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

/// For how long a target that others have open is tried.
const PATIENCE: Duration = Duration::from_secs(2);

/// Renames over `to`: a reader finds the old file or the new one, whole.
///
/// Windows refuses while another program has the old file open, except where both the volume and that program allow it;
/// a share, a reader of the moment or a virus scanner does not. So there it is tried for a while.
pub(crate) fn over(from: &Path, to: &Path) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match fs::rename(from, to) {
            Err(error) if is_passing(&error) && start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(20));
            }
            outcome => return outcome,
        }
    }
}

/// `ERROR_ACCESS_DENIED`, `ERROR_SHARING_VIOLATION` and `ERROR_USER_MAPPED_FILE` of Windows.
fn is_passing(error: &io::Error) -> bool {
    cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 1224))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_file_takes_the_place_of_the_old() {
        let dir = tempfile::tempdir().expect("a folder");
        let (from, to) = (dir.path().join("new"), dir.path().join("old"));
        fs::write(&from, "new").expect("written");
        fs::write(&to, "old").expect("written");
        over(&from, &to).expect("renamed");
        assert_eq!(fs::read(&to).expect("there"), b"new");
        assert!(!from.exists());
        assert_eq!(over(&from, &to).expect_err("nothing to rename").kind(), io::ErrorKind::NotFound);
    }

    /// A program that lets nobody else in, for a moment.
    #[cfg(windows)]
    #[test]
    fn a_target_in_use_is_waited_for() {
        use std::{os::windows::fs::OpenOptionsExt as _, sync::mpsc};
        let dir = tempfile::tempdir().expect("a folder");
        let (from, to) = (dir.path().join("new"), dir.path().join("old"));
        fs::write(&from, "new").expect("written");
        fs::write(&to, "old").expect("written");
        let held = fs::File::options().read(true).share_mode(0).open(&to).expect("opened");
        assert!(fs::rename(&from, &to).is_err(), "the system does not refuse by itself");
        let (begin, begun) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                begun.recv().expect("begun");
                thread::sleep(Duration::from_millis(100));
                drop(held);
            });
            begin.send(()).expect("heard");
            over(&from, &to).expect("renamed");
        });
        assert_eq!(fs::read(&to).expect("there"), b"new");
    }
}
