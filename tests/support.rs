//! What the tests share: running the program, making images.

use std::{
    ffi::OsStr,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;
use wimproof_testkit::{Entry, Image, Wim, filetime};

/// A time that tests take for now.
pub(crate) const NOW: &str = "2026-11-20T08:00:00Z";

/// A folder of its own for each test, with a registry in it.
pub(crate) struct Desk {
    dir: TempDir,
}

/// What a run of the program gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("no signal ended it"),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Run {
    /// Expects an exit code.
    #[track_caller]
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {} {}", self.out, self.err))
    }

    /// The ids of all rules that spoke.
    #[track_caller]
    pub(crate) fn rules(&self) -> Vec<String> {
        let json = self.json();
        let subjects = json["subjects"].as_array().expect("subjects");
        let findings = subjects.iter().flat_map(|subject| {
            let images = subject["images"].as_array().expect("images").iter();
            images.chain([subject]).flat_map(|of| of["findings"].as_array().expect("findings"))
        });
        let mut rules: Vec<String> =
            findings.map(|f| f["rule"].as_str().expect("a rule").to_owned()).collect();
        rules.sort();
        rules.dedup();
        rules
    }
}

/// The program, without settings of the user.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wimproof"));
    for setting in ["REGISTRY", "TRUST", "LOG_KEY", "SIGN_KEY", "POLICY"] {
        command.env_remove(format!("WIMPROOF_{setting}"));
    }
    for proxy in ["ALL_PROXY", "HTTP_PROXY", "HTTPS_PROXY"] {
        command.env_remove(proxy).env_remove(proxy.to_lowercase());
    }
    command.env("LC_ALL", "C").env("USER", "tester").stdin(Stdio::null());
    command
}

/// Runs the program.
pub(crate) fn wimproof<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    ended(program().args(arguments))
}

/// Starts the program and waits for its end.
///
/// Rarely Wine ends a program as it starts, with exit code 1 and no word (`docs/windows.md`): there, and only then, it is
/// tried once more.
fn ended(command: &mut Command) -> Run {
    let mut run: Run = command.output().expect("the program runs").into();
    if run.code == 1 && run.out.is_empty() && run.err.is_empty() && under_wine() {
        // Past the harness, which shows only what a failing test printed.
        let _ = writeln!(io::stderr(), "exit code 1 and no word, tried once more: {command:?}");
        run = command.output().expect("the program runs").into();
    }
    run
}

impl Desk {
    /// A folder with an empty registry.
    pub(crate) fn new() -> Self {
        let desk = Self::bare();
        desk.registry(["init", "--origin", "test.example/images"]).code(0);
        desk
    }

    /// A folder without a registry.
    pub(crate) fn bare() -> Self {
        Self { dir: TempDir::new().expect("a folder") }
    }

    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn registry_dir(&self) -> PathBuf {
        self.path("registry")
    }

    /// The program with the registry and the time of tests.
    pub(crate) fn command(&self) -> Command {
        let mut command = program();
        command.arg("--registry").arg(self.registry_dir()).args(["--now", NOW]).current_dir(self.dir.path());
        command
    }

    pub(crate) fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        ended(self.command().args(arguments))
    }

    pub(crate) fn registry<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        ended(self.command().arg("registry").args(arguments))
    }

    /// `check --format json`.
    pub(crate) fn check<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        ended(self.command().args(["check", "--format", "json"]).args(arguments))
    }

    /// Writes a WIM into the folder.
    pub(crate) fn wim(&self, name: &str, wim: &Wim) -> PathBuf {
        self.file(name, &wim.build().bytes)
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    /// Approves all images of a WIM.
    #[track_caller]
    pub(crate) fn approve(&self, path: &Path) {
        self.registry([OsStr::new("approve"), path.as_os_str(), OsStr::new("--all")]).code(0);
    }
}

/// The verdict of a checked document.
pub(crate) fn verdict(run: &Run) -> String {
    run.json()["verdict"].as_str().expect("a verdict").to_owned()
}

/// Some files.
pub(crate) fn root() -> Entry {
    let kernel: Vec<u8> = (0..90_000_u32).flat_map(|i| (i.wrapping_mul(i) >> 7).to_le_bytes()).collect();
    let day = filetime(2020, 1, 9, 1, 2, 3);
    let file = |name, bytes: &[u8]| Entry::file(name, bytes).times(day, day, day);
    Entry::dir("").times(day, day, day).child(
        Entry::dir("Windows")
            .times(day, day, day)
            .child(file("win.ini", b"[fonts]\r\n"))
            .child(file("empty.log", b""))
            .child(
                Entry::dir("System32")
                    .times(day, day, day)
                    .child(
                        file("kernel32.dll", &kernel)
                            .short_name("KERNEL~1.DLL")
                            .security(vec![1, 0, 4, 0x80]),
                    )
                    .child(file("ntdll.dll", b"same").hard_link_group(7))
                    .child(file("ntdll-link.dll", b"same").hard_link_group(7))
                    .child(file("zone.exe", b"MZ").stream("Zone.Identifier", &b"[ZoneTransfer]"[..])),
            ),
    )
}

/// An image with the labels of CMGE V2020-L.
pub(crate) fn cmge(root: Entry) -> Image {
    let created = filetime(2020, 1, 10, 2, 14, 7);
    labels("CMGE V2020-L", root).display_name("CMGE V2020-L").edition("EnterpriseG").created(created)
}

/// An image with a name, the build 17763.1911 and a creation time of its own.
pub(crate) fn labels(name: &str, root: Entry) -> Image {
    let second = name.bytes().fold(0, |sum, byte| (sum * 31 + u32::from(byte)) % 3600);
    Image::new(name)
        .description(name)
        .root(root)
        .created(filetime(2020, 1, 9, 2, second / 60, second % 60))
        .modified(filetime(2020, 1, 10, 2, 40, 0))
        .architecture(9)
        .languages(&["zh-CN"])
        .windows_version(10, 0, 17763, 1911)
}

/// A WIM with one image.
pub(crate) fn one(image: Image) -> Wim {
    Wim::new().image(image)
}

/// The corpus of hostile and real files, where it is at hand.
pub(crate) fn corpus(folder: &str) -> Option<PathBuf> {
    let root =
        std::env::var_os("WIMPROOF_CORPUS").map_or_else(|| PathBuf::from("../shared/corpus"), PathBuf::from);
    let path = root.join(folder);
    if !path.is_dir() {
        println!("skipped: no corpus at {}", path.display());
        return None;
    }
    Some(path)
}

/// Whether the program runs under Wine. That finds the programs of Linux too, which cannot read the paths of Windows.
fn under_wine() -> bool {
    std::env::var_os("WINELOADER").is_some()
}

/// Whether a program of the machine can be run.
pub(crate) fn has(program: &str) -> bool {
    let found = !under_wine() && Command::new(program).arg("--version").output().is_ok();
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}

/// Runs wimlib-imagex in the folder of a desk.
#[track_caller]
pub(crate) fn wimlib(desk: &Desk, arguments: &[&str]) {
    let run =
        Command::new("wimlib-imagex").args(arguments).current_dir(desk.path("")).output().expect("runs");
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
}
