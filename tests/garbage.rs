//! Images of Windows whose files are not what their names say: each is told or passed over, and nothing ends for it.

use wimproof_testkit::component_store::{self, Component, File};

use crate::{
    genuine::{GENUINE, ROLLUP, Windows, examine, health_of, kernel, serious, windows, write},
    support::{Desk, Run},
};

/// Bytes in which no reader finds anything, the same each time.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(next).collect()
}

/// What stands in place of a file that begins so: noise behind its beginning, a part of it, and it with bits turned.
fn instead_of(sound: &[u8]) -> Vec<Vec<u8>> {
    let head = &sound[..sound.len().min(16)];
    let mut made = vec![[head, &noise(5000)].concat(), [head, &[0xFF; 5000]].concat(), head.to_vec()];
    made.extend([2, 3, 7].map(|part| sound[..sound.len() / part].to_vec()));
    made.extend((0..8_usize).map(|turn| {
        let mut turned = sound.to_vec();
        let step = (turned.len() / 13).max(1);
        turned.iter_mut().skip(turn).step_by(step).for_each(|byte| *byte ^= 1 << turn);
        turned
    }));
    made
}

/// Ended as it should, with words of a length that somebody reads.
#[track_caller]
fn bore(run: &Run, what: &str) {
    assert!([0, 1, 3].contains(&run.code), "{what}: {}", run.err);
    assert!(!run.err.contains("internal error"), "{what}: {}", run.err);
    let longest = serious(run).into_iter().map(|(.., message)| message.len()).max().unwrap_or(0);
    assert!(longest < 2000, "{what}: {longest}");
}

fn with(path: &str, bytes: &[u8]) -> Run {
    let mut windows: Windows = windows();
    windows.file(path, bytes);
    health_of(windows)
}

#[track_caller]
fn rules(run: &Run) -> Vec<String> {
    serious(run).into_iter().map(|(rule, ..)| rule).collect()
}

#[test]
fn catalogs_that_are_none() {
    for (number, bytes) in instead_of(GENUINE).iter().enumerate() {
        let run = with(&format!("{ROLLUP}.cat"), bytes);
        bore(&run, &format!("catalog {number}"));
        let told = rules(&run);
        let said = ["WP3041", "WP3042", "WP3043", "WP3044", "WP3045", "WP3047", "WP3048"];
        assert!(told.iter().any(|rule| said.contains(&&**rule)), "catalog {number}: {told:?}");
    }
}

#[test]
fn kernels_that_are_none() {
    for (number, bytes) in instead_of(&kernel(17763, 1935)).iter().enumerate() {
        bore(&with(r"Windows\System32\ntoskrnl.exe", bytes), &format!("kernel {number}"));
    }
}

#[test]
fn hives_that_are_none() {
    let mut user = wimproof_testkit::hive::Key::new("ROOT");
    crate::genuine::set(&mut user, r"Software\Microsoft\Windows\CurrentVersion\Run", |key| {
        key.sz("x", "x.exe")
    });
    let hive = wimproof_testkit::hive::Hive::new(user).build();
    for (number, bytes) in instead_of(&hive).iter().enumerate() {
        for path in [r"Users\Default\NTUSER.DAT", r"Windows\System32\config\DEFAULT"] {
            bore(&with(path, bytes), &format!("hive {number}"));
        }
    }
}

/// What a broken hive would tell is not known: that is no health.
#[test]
fn a_hive_of_the_machine_that_is_broken_leaves_the_image_undecided() {
    let damages: [fn(&mut Vec<u8>); 4] = [
        |hive| hive.truncate(4096),
        |hive| hive.truncate(5000),
        |hive| {
            // The signature of the first key behind the root.
            let keys: Vec<usize> = (4096..hive.len() - 2).filter(|at| &hive[*at..*at + 2] == b"nk").collect();
            hive[keys[1]] = b'x';
        },
        |hive| *hive = Vec::new(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let run = health_of(Windows { damage: Some(damage), ..windows() }).code(3);
        let told = serious(&run);
        let unread =
            |(rule, _, message): &(String, String, String)| rule == "WP3114" && message.contains("SOFTWARE");
        assert!(told.iter().any(unread), "damage {number}: {told:?}");
        assert_eq!(run.json()["subjects"][0]["images"][0]["health"]["undecided"], true, "damage {number}");
    }
    // The answer on the image is the answer on all.
    let desk = Desk::bare();
    write(&desk, "a.wim", Windows { damage: Some(damages[0]), ..windows() });
    let mut command = crate::support::program();
    command
        .args(["health", "a.wim", "--depth", "manifests", "--roots", "root.pem"])
        .current_dir(desk.path(""));
    let run = Run::from(command.output().expect("runs")).code(3);
    assert!(run.out.contains("images: 1 undecided"), "{}", run.out);
}

#[test]
fn nothing_is_hidden_behind_many_values_or_in_the_next_control_set() {
    let many =
        |key: wimproof_testkit::hive::Key| (0..2000).fold(key, |key, n| key.dword(&format!("n{n}"), n));
    let mut hidden = windows();
    crate::genuine::set(&mut hidden.software, r"Policies\Microsoft\Windows Defender", |key| {
        many(key).dword("DisableAntiSpyware", 1)
    });
    crate::genuine::set(&mut hidden.system, "Select", |key| {
        many(key).dword("Current", 1).dword("Default", 2)
    });
    crate::genuine::set(&mut hidden.system, r"ControlSet002\Services\wuauserv", |key| key.dword("Start", 4));
    assert_eq!(rules(&health_of(hidden).code(0)), ["WP3213", "WP3214"]);
}

#[test]
fn histories_that_are_none() {
    let session = "<Session id=\"30000000_1\" client=\"CbsTask\"><package id=\"x\"/></Session>".repeat(50);
    let xml = format!("<Sessions>{session}</Sessions>");
    let wide: Vec<u8> = xml.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let deep = "<Session>".repeat(5000);
    let others = [
        wide,
        deep.into_bytes(),
        b"<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><x>&b;</x>".to_vec(),
    ];
    for (number, bytes) in instead_of(xml.as_bytes()).into_iter().chain(others).enumerate() {
        for path in [r"Windows\servicing\Sessions\Sessions.xml", r"Windows\Logs\CBS\CBS.log"] {
            bore(&with(path, &bytes), &format!("history {number}"));
        }
    }
}

/// A store with a compressed manifest, in whose place stands something else.
fn with_manifest(bytes: &[u8]) -> Run {
    let compressed = Component::new("Microsoft-Windows-X", "10.0.17763.1935")
        .compressed()
        .file(File::sound("x.dll", *b"x"));
    let keyform = compressed.keyform();
    let components = [Component::servicing_stack("10.0.17763.1935"), compressed];
    let mut windows = windows();
    windows.root = component_store::image(&components);
    windows.file(&format!(r"Windows\WinSxS\Manifests\{keyform}.manifest"), bytes);
    let desk = Desk::bare();
    write(&desk, "a.wim", windows);
    examine(&desk, &["a.wim"])
}

#[test]
fn compressed_manifests_that_are_none() {
    let text = Component::new("Microsoft-Windows-X", "10.0.17763.1935").manifest();
    let sound =
        wimproof_testkit::delta::compressed_manifest(component_store::BASE.as_bytes(), text.as_bytes());
    assert!(!rules(&with_manifest(&sound)).contains(&"WP3010".to_owned()));
    for (number, bytes) in instead_of(&sound).iter().enumerate() {
        let run = with_manifest(bytes);
        bore(&run, &format!("manifest {number}"));
    }
    for (what, bytes) in
        [("noise", [b"DCM\x01PA30", &noise(4000)[..]].concat()), ("nothing", b"DCM\x01".to_vec())]
    {
        let run = with_manifest(&bytes).code(1);
        assert!(rules(&run).contains(&"WP3010".to_owned()), "{what}: {:?}", rules(&run));
    }
}

#[test]
fn a_manifest_that_would_fill_the_memory_is_refused() {
    // More than a manifest may have, in a delta of some bytes.
    let huge =
        wimproof_testkit::delta::compressed_manifest(component_store::BASE.as_bytes(), &vec![b' '; 17 << 20]);
    assert!(huge.len() < 1 << 20, "{}", huge.len());
    let run = with_manifest(&huge).code(1);
    let told = serious(&run);
    let told = told.iter().find(|(rule, ..)| rule == "WP3010").expect("it is told");
    assert!(told.2.contains("17825792"), "{told:?}");
}
