//! Bounds on what a hive may make the program hold or do, with their reasons.

/// Bytes of a hive file or of a transaction log. The largest hives of real machines, `SOFTWARE` and `COMPONENTS`, have
/// some 200 MB; they are held in memory because a log is replayed over the whole of them.
pub const MAX_HIVE_BYTES: u64 = 512 << 20;

/// Bytes of one value. Windows advises against values above 1 MiB; those of real hives stay below.
pub const MAX_VALUE_BYTES: u32 = 64 << 20;

/// Bytes of a value that is read as text.
pub const MAX_TEXT_BYTES: u32 = 1 << 20;

/// Subkeys of one key. The largest real lists (`COMPONENTS`) have some 100,000.
pub const MAX_SUBKEYS: usize = 1 << 20;

/// Values of one key.
pub const MAX_VALUES: usize = 1 << 20;

/// Keys on the way from the root to a key: Windows nests keys at most 512 deep.
pub const MAX_DEPTH: usize = 512;

/// Entries of one transaction log that are looked at.
pub const MAX_LOG_ENTRIES: usize = 1 << 20;

/// Anomalies and problems of one hive that are described one by one; further ones are only counted.
pub const MAX_DESCRIBED: usize = 100;

/// Bytes of keys, names and texts that the facts of one hive may take: many values may share one huge text.
pub const MAX_FACT_BYTES: usize = 16 << 20;

/// Keys and values that are looked at for the facts of one hive: many keys may share one huge list. Those of a real
/// machine with hundreds of devices take some 100,000.
pub const MAX_FACT_STEPS: usize = 4 << 20;

/// Bytes of a key's name: Windows allows 255 characters.
pub const MAX_KEY_NAME: usize = 510;

/// Values of one key that are listed where a key is shown as a whole.
pub const MAX_LISTED: usize = 256;
