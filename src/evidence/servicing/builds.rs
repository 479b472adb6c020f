//! Which update brought a build of Windows: of the line 17763 (1809, Server 2019, LTSC 2019), from Microsoft's page of
//! release information.

use std::sync::LazyLock;

/// `ubr`, date, kind, KB, separated by TABs, in the order of `ubr`.
const TABLE_17763: &str = include_str!("build_kb_17763.tsv");

/// How an update was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseKind {
    /// The first release of the system.
    First,
    /// Security update of the second Tuesday of a month ("B").
    Security,
    /// Preview of the next month's, without security fixes ("C", "D").
    Preview,
    /// Out of band.
    OutOfBand,
}

impl ReleaseKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "first-release",
            Self::Security => "security",
            Self::Preview => "preview",
            Self::OutOfBand => "out-of-band",
        }
    }
}

/// A build and the update that brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// For example 17763.
    pub build: u32,
    /// The number behind the build: 1911.
    pub revision: u32,
    /// When it was released, `2021-04-22`.
    pub date: &'static str,
    /// How.
    pub kind: ReleaseKind,
    /// `KB5001384`; none for the first release.
    pub kb: Option<&'static str>,
}

static RELEASES: LazyLock<Vec<Release>> = LazyLock::new(|| {
    let lines = TABLE_17763.lines().filter(|line| !line.starts_with('#'));
    let releases = lines.filter_map(|line| {
        let mut columns = line.split('\t');
        let revision = columns.next()?.parse().ok()?;
        let (date, kind, kb) = (columns.next()?, columns.next()?, columns.next().filter(|kb| !kb.is_empty()));
        let kind = match kind {
            "A" => ReleaseKind::First,
            "B" => ReleaseKind::Security,
            "OOB" => ReleaseKind::OutOfBand,
            _ => ReleaseKind::Preview,
        };
        Some(Release { build: 17763, revision, date, kind, kb })
    });
    releases.collect()
});

/// The release of a build, where it is known.
pub fn release(build: u32, revision: u32) -> Option<&'static Release> {
    RELEASES.iter().find(|release| (release.build, release.revision) == (build, revision))
}

/// The release that a package brings, by its identity: `Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1911.1.6`
/// is that of 17763.1911.
pub fn release_of_package(identity: &str) -> Option<&'static Release> {
    let identity = identity.strip_prefix("Package_for_RollupFix~")?;
    let mut numbers = identity.rsplit('~').next()?.split('.');
    release(numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_have_their_updates() {
        let preview =
            release_of_package("Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1911.1.6").unwrap();
        assert_eq!((preview.kb, preview.date), (Some("KB5001384"), "2021-04-22"));
        assert_eq!(preview.kind, ReleaseKind::Preview);
        assert_eq!(release(17763, 2061).and_then(|release| release.kb), Some("KB5004244"));
        assert_eq!(release(17763, 1).map(|release| release.kind), Some(ReleaseKind::First));
        assert_eq!(release(17763, 2), None);
        assert_eq!(release_of_package("Package_for_KB5004244~31bf3856ad364e35~amd64~~10.0.1.3"), None);
        assert_eq!(RELEASES.len(), TABLE_17763.lines().filter(|line| !line.starts_with('#')).count());
    }
}
