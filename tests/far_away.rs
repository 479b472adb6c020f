//! Names in Chinese, and paths longer than the 260 UTF-16 units that Windows takes without a prefix.

use std::{fs, path::PathBuf};

use crate::support::{Desk, NOW, cmge, one, program, root};

/// A folder far below that of a desk, as a relative path.
fn far() -> PathBuf {
    (0..6).map(|_| "批准的映像".repeat(9)).collect()
}

#[test]
fn images_are_judged_wherever_they_lie() {
    let desk = Desk::new();
    let near = desk.wim("近.wim", &one(cmge(root())));
    desk.approve(&near);
    let far = far();
    fs::create_dir_all(desk.path(&far)).expect("made");
    fs::copy(&near, desk.path(far.join("远.wim"))).expect("copied");
    let absolute = desk.path(far.join("远.wim"));
    assert!(absolute.as_os_str().to_string_lossy().encode_utf16().count() > 260);
    for path in [absolute, far.join("远.wim"), far.clone()] {
        let json = desk.check([&path]).code(0).json();
        let source = json["subjects"][0]["source"].as_str().expect("a source");
        assert!(source.contains("批准的映像"), "{source}");
    }
}

#[test]
fn a_registry_and_a_result_lie_far_away() {
    let desk = Desk::bare();
    let image = desk.wim("近.wim", &one(cmge(root())));
    let far = desk.path(far());
    let run = |verb: &[&str]| -> crate::support::Run {
        let mut command = program();
        command.arg("--registry").arg(far.join("登记")).args(["--now", NOW]).args(verb);
        command.current_dir(desk.path("")).output().expect("runs").into()
    };
    run(&["registry", "init"]).code(0);
    run(&["registry", "approve", "近.wim", "--as", "神州网信政府版"]).code(0);
    run(&["registry", "verify"]).code(0);
    let written = far.join("结果.json");
    let target = written.to_str().expect("UTF-8");
    run(&["check", image.to_str().expect("UTF-8"), "--format", "json", "-o", target]).code(0);
    let result = fs::read_to_string(&written).expect("UTF-8, whatever the code page");
    assert!(result.contains("神州网信政府版"), "{result}");
}
