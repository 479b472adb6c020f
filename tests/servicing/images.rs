//! Images beside what is corrupt on a computer: which carries the corruption, and which could repair it.

use std::path::Path;

use serde_json::Value;
use wimproof_testkit::Entry;

use super::{image, json, log, messages, rules, store, trace, write_log};
use crate::support::{Desk, Run, labels, one, program};

#[test]
fn an_image_that_carries_the_corruption_is_found_and_one_that_repairs_it() {
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", log());
    let bad = image(&desk, "bad.wim", |file| file.corrupt).display().to_string();
    let good = image(&desk, "good.wim", |file| file.sound).display().to_string();
    let run = trace(&desk, &["--format", "json", "--image", &bad, "--image", &format!("{good}:1")]).code(1);
    let case = run.json();
    assert_eq!(case["verdict"], "unhealthy");
    let store = store(&case);
    assert!(
        store["corrupt"].as_array().expect("items").iter().all(|item| item["origin"] == "birth"),
        "{store}"
    );
    let scores: Vec<(u64, u64)> = store["images"]
        .as_array()
        .expect("images")
        .iter()
        .map(|image| {
            (image["corrupt"].as_u64().expect("a number"), image["could_repair"].as_u64().expect("a number"))
        })
        .collect();
    assert_eq!(scores, [(3, 0), (0, 3)]);
    assert!(messages(&case, "WP3320")[0].starts_with("3 of the 3 corrupt files have the same corrupt bytes"));
    assert!(messages(&case, "WP3323")[1].ends_with("could repair 3 of the 3 corrupt files"), "{case}");
    assert!(!rules(&case).contains(&"WP3321"), "nothing broke later");
    // The sound one alone tells another story.
    let case = trace(&desk, &["--format", "json", "--image", &good]).code(3).json();
    assert!(rules(&case).contains(&"WP3321") && !rules(&case).contains(&"WP3320"), "{:?}", rules(&case));
    assert!(case["verdict"] == "undecided" && store_origin(&case, "later"), "{case}");
}

fn store_origin(case: &Value, origin: &str) -> bool {
    store(case)["corrupt"].as_array().expect("items").iter().all(|item| item["origin"] == origin)
}

#[test]
fn what_an_image_cannot_tell_is_said() {
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", log());
    let other = image(&desk, "other.wim", |_| b"something else").display().to_string();
    let case = trace(&desk, &["--format", "json", "--image", &other]).code(3).json();
    assert!(store_origin(&case, "unknown"));
    assert_eq!(store(&case)["images"][0]["other"], 3);
    assert!(rules(&case).contains(&"WP3322"), "{:?}", rules(&case));
    let empty = desk.wim("empty.wim", &one(labels("x", Entry::dir("")))).display().to_string();
    assert_eq!(store(&json(&desk, &["--image", &empty]))["images"][0]["absent"], 3);
    for unreadable in ["absent.wim", "good.wim:9"] {
        image(&desk, "good.wim", |file| file.sound);
        let unreadable = desk.path(unreadable).display().to_string();
        let case = trace(&desk, &["--format", "json", "--image", &unreadable]).code(3).json();
        assert!(rules(&case).contains(&"WP3324"), "{unreadable}: {:?}", rules(&case));
        assert!(store(&case)["corrupt"][0]["origin"].is_null());
    }
}

/// The sample case: what is said of an image, by its place in the list.
fn sample(evidence: &Path, images: &[&str]) -> Run {
    let mut command = program();
    command.args(["trace", "--now", "2026-11-20", "--format", "json"]).arg(evidence);
    for image in images {
        command.arg("--image").arg(format!("{SAMPLE}/{image}.wim"));
    }
    command.output().expect("runs").into()
}

const SAMPLE: &str = "samples/case-corrupt-image";

#[track_caller]
fn expect_score(case: &Value, position: usize, corrupt: u64, could_repair: u64) {
    let image = &store(case)["images"][position];
    assert_eq!(
        (&image["files"], &image["corrupt"], &image["could_repair"]),
        (&94.into(), &corrupt.into(), &could_repair.into()),
        "{}",
        image["image"]
    );
}

#[test]
fn the_94_files_of_the_sample_were_corrupt_at_birth() {
    let case = sample(SAMPLE.as_ref(), &["corrupt", "healthy"]).code(1).json();
    assert_eq!(case["verdict"], "unhealthy");
    expect_score(&case, 0, 94, 0);
    expect_score(&case, 1, 0, 94);
    assert!(store_origin(&case, "birth"));
    let found = rules(&case);
    for rule in ["WP3301", "WP3306", "WP3308", "WP3310", "WP3315", "WP3320", "WP3323"] {
        assert!(found.contains(&rule), "{rule}: {found:?}");
    }
    assert!(!found.iter().any(|rule| ["WP3304", "WP3305", "WP3321", "WP3322"].contains(rule)), "{found:?}");
    assert!(
        messages(&case, "WP3315")[0].contains("KB5001384 (build 17763.1911 of 2021-04-22, preview"),
        "{case}"
    );
    let check = &store(&case)["checks"][0];
    assert_eq!(
        (&check["at"]["utc"], &check["at"]["local"]),
        (&"2021-08-04T06:05:46Z".into(), &"2021-08-04T14:05:46".into())
    );
    let case = sample(format!("{SAMPLE}/pc").as_ref(), &["healthy"]).code(3).json();
    assert!(store_origin(&case, "later"));
}

#[test]
fn without_hashes_in_the_log_the_manifests_of_the_image_decide() {
    let log = std::fs::read_to_string(format!("{SAMPLE}/pc/Windows/Logs/CBS/CBS.log")).expect("read");
    let desk = Desk::bare();
    let without: String = log
        .split_inclusive('\n')
        .filter(|line| !line.starts_with(" Expected") && !line.starts_with(" Actual"))
        .collect();
    write_log(&desk, "CBS/CBS.log", without);
    let case = sample(&desk.path("pc"), &["corrupt", "healthy"]).code(1).json();
    assert!(store(&case)["corrupt"][0]["expected_sha256"].is_null());
    expect_score(&case, 0, 94, 0);
    expect_score(&case, 1, 0, 94);
    assert!(messages(&case, "WP3320")[0].contains("are not what their manifests say in"), "{case}");
}
