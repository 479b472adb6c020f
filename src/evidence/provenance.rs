//! What an image claims to be, and what it says itself: evidence for judging whether its labels are true and whether it was
//! tampered with.

use wildmatch::WildMatch;
use wimproof_wim::{ReadAt, Result};

use super::{
    catalog::Anchors,
    channel::Channels,
    driver_packages::DriverPackages,
    examination::Depth,
    inside::Inside,
    installation::Installation,
    package_catalogs::Catalogs,
    tells::{Tell, Tells},
    twin::Twin,
};
use crate::sighting::Facts;

/// What a site adds to what every image is held against.
#[derive(Debug, Default)]
pub struct Site {
    /// Certificates at which the chains of catalogs may end.
    pub anchors: Anchors,
    /// Agents that the site's images carry, and marks in their hives.
    pub channels: Channels,
}

/// Claims, and what they can be compared with.
#[derive(Debug, Default)]
pub struct Provenance {
    /// What the XML of the file claims of the image.
    pub claims: Facts,
    /// The Windows in it; `None` where it holds none.
    pub installation: Option<Installation>,
    /// The catalogs, where they were read.
    pub catalogs: Option<Catalogs>,
    /// The driver packages, where their catalogs were read.
    pub drivers: Option<DriverPackages>,
    /// What modified images show.
    pub tells: Vec<Tell>,
    /// Agents of the site that are not there.
    pub absent_agents: Vec<String>,
    /// References, and what differs from them.
    pub twins: Vec<Twin>,
}

impl Provenance {
    /// Gathers it of an image that makes these claims.
    ///
    /// # Errors
    /// Where a blob table cannot be read.
    pub fn of<S: ReadAt>(inside: &Inside<'_, S>, claims: Facts, depth: Depth, site: &Site) -> Result<Self> {
        let mut found =
            Self { claims, absent_agents: absent_agents(inside, &site.channels), ..Self::default() };
        let Some(mut windows) = Installation::of(inside) else { return Ok(found) };
        let mut tells = Tells::default();
        tells.of_files(inside, &windows);
        if depth >= Depth::Manifests {
            let hives = windows.read(inside, &site.channels.hive_markers());
            tells.of_contents(inside, &mut windows, &hives);
            found.catalogs = Some(Catalogs::of(inside, &windows, &site.anchors)?);
            found.drivers = Some(DriverPackages::of(inside, &windows, &site.anchors)?);
        }
        found.tells = tells.into_found();
        found.installation = Some(windows);
        Ok(found)
    }
}

/// The agents of which no file is in the image. Those that are told by other things than files are passed over.
fn absent_agents<S: ReadAt>(inside: &Inside<'_, S>, channels: &Channels) -> Vec<String> {
    let told = channels.agents.iter().map(|agent| {
        let patterns = agent.file_patterns().map(WildMatch::new_case_insensitive);
        (agent, patterns.collect::<Vec<_>>())
    });
    let mut absent: Vec<_> = told.filter(|(_, patterns)| !patterns.is_empty()).collect();
    for entry in inside.entries() {
        if absent.is_empty() {
            break;
        }
        let path = inside.path(&entry);
        let path = path.trim_start_matches('\\');
        absent.retain(|(_, patterns)| !patterns.iter().any(|pattern| pattern.matches(path)));
    }
    absent.into_iter().map(|(agent, _)| agent.name.clone()).collect()
}
