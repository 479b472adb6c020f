//! The registry hives of an image, read where they lie in it, with their transaction logs.

use serde::Serialize;
use wimproof_wim::ReadAt;

use super::{
    hive::{
        self, Hive,
        difference::{self, Differences},
    },
    inside::Inside,
};

/// Bytes of a hive that is read out of an image, by its name. `SOFTWARE` and `COMPONENTS` of new systems have up to some
/// 100 MB. Several are held at once: `SOFTWARE`, `SYSTEM` and one of a user, or two of one name.
const MAX_BYTES: [(&str, u64); 3] =
    [("software", 160 << 20), ("components", 160 << 20), ("ntuser.dat", 32 << 20)];

/// The same of all others. `SYSTEM` has some 30 MB.
const MAX_OTHER_BYTES: u64 = 96 << 20;

/// Longest log of a hive that is replayed, of three. Windows writes some megabytes before it begins anew.
const MAX_LOG_BYTES: u64 = 16 << 20;

/// Hives that are compared. An image has some ten, and two for each user.
const MAX_COMPARED: usize = 64;

/// Names of hives in `System32\config`.
const CONFIG: [&str; 9] =
    ["software", "system", "default", "sam", "security", "components", "drivers", "bbi", "elam"];

/// Names of hives elsewhere.
const ELSEWHERE: [&str; 4] = ["ntuser.dat", "usrclass.dat", "schema.dat", "settings.dat"];

/// What differs in a hive that two images have at the same path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HiveDifference {
    /// The path in the images.
    pub path: String,
    /// What differs.
    #[serde(flatten)]
    pub differences: Differences,
    /// Why it could not be compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Whether a file is a registry hive, by its path.
pub fn is_hive(path: &str) -> bool {
    let path = path.to_lowercase();
    let (folder, name) = path.rsplit_once('\\').unwrap_or(("", &path));
    let in_config = folder.ends_with("\\config") || folder.contains("\\config\\");
    (in_config && CONFIG.contains(&name)) || ELSEWHERE.contains(&name)
}

/// Whether a file belongs to hives: one, or a log of its transactions.
pub fn belongs_to_hive(path: &str) -> bool {
    let path = path.to_lowercase();
    let log = [".log", ".log1", ".log2"].iter().find_map(|end| path.strip_suffix(end));
    is_hive(log.unwrap_or(&path)) || [".regtrans-ms", ".blf"].iter().any(|end| path.ends_with(end))
}

/// Whether a hive holds credentials: nothing of it is shown.
fn holds_credentials(path: &str) -> bool {
    let path = path.to_lowercase();
    path.ends_with("\\sam") || path.ends_with("\\security")
}

/// Reads a hive of an image; `None` where the image has no such file. Logs that cannot be read are passed over.
pub fn open<S: ReadAt>(inside: &Inside<'_, S>, path: &str) -> Option<Result<Hive, String>> {
    let file = inside.find(path).filter(|entry| !entry.is_folder())?;
    let name = file.name().to_lowercase();
    let limit =
        MAX_BYTES.iter().find(|(known, _)| *known == name).map_or(MAX_OTHER_BYTES, |(_, limit)| *limit);
    let read = inside.read(&file, limit).map_err(|error| error.to_string());
    let logs = [".LOG1", ".LOG2", ".LOG"].iter().filter_map(|end| {
        let log = inside.find(&format!("{path}{end}"))?;
        inside.read(&log, MAX_LOG_BYTES).ok().filter(|log| !log.is_empty())
    });
    let logs: Vec<Vec<u8>> = logs.collect();
    Some(read.and_then(|bytes| Hive::open(bytes, &logs).map_err(|error| error.to_string())))
}

/// Compares those of the files at some paths that are hives.
pub fn differences<A: ReadAt, B: ReadAt>(
    a: &Inside<'_, A>,
    b: &Inside<'_, B>,
    paths: &[&str],
) -> Vec<HiveDifference> {
    let hives = paths.iter().filter(|path| is_hive(path)).take(MAX_COMPARED);
    hives.filter_map(|path| compared(a, b, path)).collect()
}

fn compared<A: ReadAt, B: ReadAt>(
    a: &Inside<'_, A>,
    b: &Inside<'_, B>,
    path: &str,
) -> Option<HiveDifference> {
    let (first, second) = (open(a, path)?, open(b, path)?);
    let compare =
        |a: &Hive, b: &Hive| -> hive::Result<Differences> { difference::of(a, b, holds_credentials(path)) };
    let compared = first.and_then(|first| compare(&first, &second?).map_err(|error| error.to_string()));
    let (differences, error) = match compared {
        Ok(differences) => (differences, None),
        Err(error) => (Differences::default(), Some(error)),
    };
    Some(HiveDifference { path: path.to_owned(), differences, error })
}

#[cfg(test)]
mod tests {
    use super::{belongs_to_hive, is_hive};

    #[test]
    fn hives_are_known_by_their_paths() {
        for path in [
            r"\Windows\System32\config\SOFTWARE",
            r"\Windows\System32\config\RegBack\SYSTEM",
            r"\Users\Default\NTUSER.DAT",
        ] {
            assert!(is_hive(path) && belongs_to_hive(path), "{path}");
        }
        for path in [r"\Windows\System32\config\SOFTWARE.LOG1", r"\Users\Default\NTUSER.DAT.LOG2"] {
            assert!(!is_hive(path) && belongs_to_hive(path), "{path}");
        }
        for path in [r"\Windows\System32\system", r"\Program Files\SAM\sam.exe", ""] {
            assert!(!belongs_to_hive(path), "{path}");
        }
    }
}
