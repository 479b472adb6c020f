//! Which Windows a key of the form of `CurrentVersion` describes.

use wimproof_wim::FileTime;

use super::{
    super::Key,
    reader::{Found, Reader},
};

/// Seconds between 1601-01-01 and 1970-01-01.
const EPOCH_OFFSET: u64 = 11_644_473_600;

/// Which Windows it is, as its values in the registry say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OsIdentity {
    /// `ProductName`. Of Windows 11 it says "Windows 10" as well.
    pub product_name: Option<Found<String>>,
    /// `EditionID`, for example `EnterpriseS`.
    pub edition_id: Option<Found<String>>,
    /// `InstallationType`, for example `Client`.
    pub installation_type: Option<Found<String>>,
    /// `ReleaseId`, for example `1809`; stands still at `2009`.
    pub release_id: Option<Found<String>>,
    /// `DisplayVersion`, for example `21H2`.
    pub display_version: Option<Found<String>>,
    /// `CurrentBuild`.
    pub current_build: Option<Found<String>>,
    /// `UBR`, the revision behind the build.
    pub ubr: Option<Found<u32>>,
    /// `BuildLabEx`.
    pub build_lab_ex: Option<Found<String>>,
    /// `InstallDate`: seconds since 1970, here as FILETIME (UTC).
    pub install_date: Option<Found<FileTime>>,
    /// `InstallTime`: FILETIME (UTC).
    pub install_time: Option<Found<FileTime>>,
    /// `RegisteredOrganization`.
    pub registered_organization: Option<Found<String>>,
    /// Every value whose name begins with `EditionSub` and that says something: who made what of the edition. Empty on
    /// systems as Microsoft makes them. The name stands in the origin.
    pub edition_sub: Vec<Found<String>>,
}

impl OsIdentity {
    pub(super) fn read<'h>(reader: &mut Reader<'h>, key: &Key<'h>) -> Self {
        Self {
            product_name: reader.text(key, "ProductName"),
            edition_id: reader.text(key, "EditionID"),
            installation_type: reader.text(key, "InstallationType"),
            release_id: reader.text(key, "ReleaseId"),
            display_version: reader.text(key, "DisplayVersion"),
            current_build: reader.text(key, "CurrentBuild"),
            ubr: reader.dword(key, "UBR"),
            build_lab_ex: reader.text(key, "BuildLabEx"),
            install_date: reader.dword(key, "InstallDate").and_then(|found| found.and_then(since_1970)),
            install_time: reader.time(key, "InstallTime"),
            registered_organization: reader.text(key, "RegisteredOrganization"),
            edition_sub: edition_sub(reader, key),
        }
    }
}

fn edition_sub<'h>(reader: &mut Reader<'h>, key: &Key<'h>) -> Vec<Found<String>> {
    let values = reader.values(key);
    let names = values.iter().map(|value| value.name().to_owned());
    let names: Vec<String> = names.filter(|name| begins_with(name, "EditionSub")).collect();
    names.iter().filter_map(|name| reader.text(key, name)).collect()
}

/// Whether a name begins with another, whose case does not count.
pub(super) fn begins_with(name: &str, beginning: &str) -> bool {
    name.get(..beginning.len()).is_some_and(|head| head.eq_ignore_ascii_case(beginning))
}

/// Zero stands in images that were not installed yet.
fn since_1970(seconds: u32) -> Option<FileTime> {
    (seconds != 0).then(|| FileTime((u64::from(seconds) + EPOCH_OFFSET) * 10_000_000))
}
