//! The corpus of crafted files, where it is at hand: each gets an answer of the class its manifest names.

use crate::support::{corpus, wimproof};

#[test]
fn crafted_files_get_the_answer_of_their_class() {
    let Some(folder) = corpus("wim/crafted") else { return };
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).expect("a manifest");
    for line in manifest.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(name), Some(classes), Some(why)) = (columns.next(), columns.next(), columns.next()) else {
            continue;
        };
        let path = folder.join(format!("{name}.wim"));
        let run = wimproof([std::ffi::OsStr::new("verify"), "--format=json".as_ref(), path.as_os_str()]);
        let odd = run.out.contains("\"severity\": \"warn\"") || run.out.contains("\"severity\": \"deny\"");
        let class = match run.code {
            3 => "refused",
            1 => "damaged",
            _ if odd => "warn",
            _ => "sound",
        };
        assert!(
            classes.split('|').any(|expected| expected == class),
            "{name} ({why}): {class}, not {classes}"
        );
        assert!(!run.err.contains("internal error"), "{name}: {}", run.err);
    }
}

#[test]
fn one_tree_has_one_digest_in_every_container() {
    let Some(folder) = corpus("wim/small") else { return };
    let tree = |name: &str| {
        let path = folder.join(name);
        let run =
            wimproof([std::ffi::OsStr::new("inspect"), "--format=json".as_ref(), path.as_os_str()]).code(0);
        run.json()["subjects"][0]["images"][0]["digests"]["tree"].as_str().expect("a digest").to_owned()
    };
    let expected = tree("lzx-32K.wim");
    for name in [
        "lzx-2M.wim",
        "xpress-32K.wim",
        "lzms-128K.wim",
        "solid-lzms.esd",
        "pipable-lzx.wim",
        "splitcheck.swm",
        "splitcheck8.swm",
    ] {
        assert_eq!(tree(name), expected, "{name}");
    }
    assert_eq!(tree("props.wim"), tree("spoofed-date.wim"));
}
