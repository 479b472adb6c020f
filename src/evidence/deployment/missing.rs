//! Evidence that is not there and would answer what is open about a deployment.

use crate::{
    evidence::collection::{Wanted, WantedKind},
    sighting::deployment::{Aspect, Deployment, Missing},
};

/// What a reader asks of a deployment first.
const ASKED: [Aspect; 4] = [Aspect::ImagePath, Aspect::MediaPath, Aspect::CommandLine, Aspect::FromOs];

/// Names, for each deployment, what is missing of the system that it made.
pub fn note(deployments: &mut [Deployment], wanted: &[Wanted]) {
    for deployment in deployments {
        let open: Vec<Aspect> =
            ASKED.into_iter().filter(|aspect| !deployment.aspects.contains_key(aspect)).collect();
        for wanted in wanted.iter().filter(|wanted| is_of(wanted, &deployment.told_in)) {
            let aspect = wanted.kind.aspects().iter().find(|aspect| open.contains(aspect));
            if let Some(aspect) = aspect {
                deployment.missing.push(Missing { aspect: *aspect, place: wanted.place.clone() });
            }
        }
    }
}

/// Whether it would tell of the system in this folder.
fn is_of(wanted: &Wanted, told_in: &str) -> bool {
    let place = wanted.place.to_lowercase();
    let folder = told_in.to_lowercase();
    match folder.as_str() {
        "windows" => !place.contains("windows.old") && wanted.kind != WantedKind::Generation,
        old => place.split('\\').any(|part| part == old),
    }
}
