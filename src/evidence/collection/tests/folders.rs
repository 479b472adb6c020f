//! Folders and single files.

use super::{
    folder, look, look_with, paths, text,
    zip_file::{Member, zip},
};
use crate::evidence::collection::{GapKind, Generation, Options, Role, Why, collect};

#[test]
fn a_disk_with_all_its_generations() {
    let disk = folder(&[
        ("WINDOWS/panther/SetupAct.log", b"live"),
        ("WINDOWS/setupact.log", b"AudMig"),
        ("WINDOWS/explorer.exe", b"MZ"),
        ("WINDOWS/WinSxS/x/setupact.log", b"hidden"),
        ("Windows.old/Windows/Panther/setupact.log", b"old"),
        ("Windows.old.000/Windows/Panther/setupact (1).log", b"older"),
        ("Windows.old.000/Windows/System32/config/SYSTEM", b"regf"),
        ("Windows.old.000/Windows/System32/config/SYSTEM.LOG2", b"b"),
        ("Windows.old.000/Windows/System32/config/system.log1", b"a"),
        ("Windows.old.000/Windows/System32/config/SOFTWARE.LOG1", b"stray"),
    ]);
    let found = look(disk.path());
    let expected = [
        "WINDOWS\\panther\\SetupAct.log",
        "Windows.old\\Windows\\Panther\\setupact.log",
        "Windows.old.000\\Windows\\Panther\\setupact (1).log",
        "Windows.old.000\\Windows\\System32\\config\\SYSTEM",
    ];
    let mut seen = paths(&found);
    seen.sort_unstable();
    let mut sorted = expected;
    sorted.sort_unstable();
    assert_eq!(seen, sorted);

    let hive = found.pieces.iter().find(|piece| piece.path().ends_with("SYSTEM")).expect("the hive");
    assert_eq!(hive.partners().iter().map(text).collect::<String>(), "ab");
    assert_eq!(hive.place().generation, Generation::Old("Windows.old.000".into()));
    assert!(hive.file().is_some_and(|file| file.ends_with("SYSTEM")));

    let aside: Vec<_> = found.set_aside.iter().map(|it| (it.piece.path(), it.why)).collect();
    assert_eq!(aside, [("WINDOWS\\setupact.log", Why::DriverLog)]);
    assert_eq!(found.not_entered.len(), 1, "{:?}", found.not_entered);
    // The program and the transaction log without a hive.
    assert_eq!(found.ignored, 2);
    assert_eq!(found.gaps, []);
}

#[test]
fn the_part_of_a_computer_that_is_named_keeps_its_place() {
    let disk = folder(&[("Windows.old/Windows/Panther/UnattendGC/setupact.log", b"x")]);
    for part in [
        "",
        "Windows.old",
        "Windows.old/Windows",
        "Windows.old/Windows/Panther",
        "Windows.old/Windows/Panther/UnattendGC",
    ] {
        let found = look(disk.path().join(part));
        let [piece] = found.pieces.as_slice() else { panic!("{part}: {found:?}") };
        assert_eq!(piece.path(), "Windows.old\\Windows\\Panther\\UnattendGC\\setupact.log", "{part}");
        assert_eq!(piece.place().role, Role::UnattendGc);
        assert_eq!(&*piece.place().root, disk.path().display().to_string(), "{part}");
    }
}

#[test]
fn a_single_file_is_taken_whatever_its_name() {
    let disk = folder(&[("mail.txt", b"x"), ("Windows/Panther/setupact.log", b"y"), ("empty", b"")]);
    let of = |name: &str| {
        look(disk.path().join(name)).pieces.pop().map(|it| (it.path().to_owned(), it.place().role))
    };
    assert_eq!(of("mail.txt"), Some(("mail.txt".into(), Role::Other)));
    assert_eq!(of("empty"), Some(("empty".into(), Role::Other)));
    assert_eq!(
        of("Windows/Panther/setupact.log"),
        Some(("Windows\\Panther\\setupact.log".into(), Role::Panther))
    );
}

#[test]
fn several_paths_are_one_inventory_and_a_file_named_twice_is_one() {
    let log = zip(&[Member::stored("setupact.log", b"z")]);
    let disk = folder(&[("Panther/setupact.log", b"x"), ("Panther/setuperr.log", b"y"), ("case.zip", &log)]);
    let named =
        ["Panther", "Panther/setupact.log", "case.zip", "case.zip"].map(|name| disk.path().join(name));
    let found = collect(&named, &Options::default());
    assert_eq!(found.pieces.iter().map(text).collect::<String>(), "xyz");
    assert_eq!(found.gaps, []);
}

#[test]
fn what_is_not_there_is_a_gap() {
    let disk = folder(&[]);
    let found = look(disk.path().join("absent"));
    assert_eq!(found.gaps.first().map(|gap| gap.kind), Some(GapKind::Inaccessible));
    assert!(found.pieces.is_empty());
}

#[test]
fn bounds_on_files_and_pieces_are_told() {
    let disk = folder(&[("a/setupact.log", b""), ("b/setupact.log", b""), ("c/setupact.log", b"")]);
    let mut options = Options::default();
    options.limits.pieces = 2;
    let found = look_with(disk.path(), &options);
    assert_eq!((found.pieces.len(), found.ignored), (2, 1));
    assert_eq!(found.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Bounded]);

    options.limits.files = 3;
    let found = look_with(disk.path(), &options);
    assert_eq!(found.pieces.len(), 1, "the folder, a, and its log");
    assert_eq!(found.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>(), [GapKind::Bounded]);
}

#[test]
fn bytes_are_read_up_to_the_limit() {
    let disk = folder(&[("setupact.log", b"12345")]);
    let found = look(disk.path());
    let piece = &found.pieces[0];
    assert_eq!(piece.bytes(5).expect("fits"), b"12345");
    assert_eq!(piece.bytes(4).expect_err("too long").kind(), std::io::ErrorKind::FileTooLarge);
    assert_eq!(piece.read_at().expect("opens").expect("a file").size(), 5);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;

    let outside = folder(&[("Windows/Panther/setupact.log", b"outside")]);
    let disk = folder(&[("Panther/setuperr.log", b"inside")]);
    symlink(outside.path(), disk.path().join("C")).expect("a link");
    symlink(disk.path(), disk.path().join("Panther/loop")).expect("a link");
    symlink(outside.path().join("Windows/Panther/setupact.log"), disk.path().join("setupact.log"))
        .expect("a link");
    let found = look(disk.path());
    assert_eq!(paths(&found), ["Panther\\setuperr.log"]);
    let aside: Vec<_> = found.set_aside.iter().map(|it| (it.piece.path(), it.why)).collect();
    assert_eq!(aside, [("setupact.log", Why::Link)]);
}

#[cfg(unix)]
#[test]
fn a_closed_folder_is_a_gap_with_a_hint() {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    let disk =
        folder(&[("Windows.old/Windows/Panther/setupact.log", b""), ("Windows/Panther/setupact.log", b"")]);
    let closed = disk.path().join("Windows.old");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("its own folder");
    let readable_all_the_same = fs::read_dir(&closed).is_ok();
    let found = look(disk.path());
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).expect("its own folder");
    if readable_all_the_same {
        println!("skipped: this user may read everything");
        return;
    }
    assert_eq!(found.pieces.len(), 1);
    let gap = found.gaps.first().expect("a gap");
    assert_eq!(gap.kind, GapKind::Denied);
    assert!(gap.name.ends_with("Windows.old") && gap.kind == GapKind::Denied, "{gap:?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_not_waited_for() {
    let disk = folder(&[]);
    let pipe = disk.path().join("setupact.log");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo");
        return;
    }
    assert_eq!(look(&pipe).gaps.len(), 1);
    assert_eq!(look(disk.path()).pieces.len(), 0);
}
