//! An image of Windows as its maker made it, small: labels, hives, kernel, packages and catalogs agree.

use wimproof_testkit::{
    Entry, Image, Wim,
    component_store::{self, Component, File},
    filetime,
    hive::{Hive, Key},
    program,
};

use crate::support::{Desk, NOW, Run, program};

pub(crate) const GENUINE: &[u8] = include_bytes!("catalogs/genuine.cat");
pub(crate) const MUM: &[u8] = include_bytes!("catalogs/sample.mum");
const ROOT: &[u8] = include_bytes!("catalogs/root.pem");

/// Where the cumulative update is.
pub(crate) const ROLLUP: &str =
    r"Windows\servicing\Packages\Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1935.1.6";

/// Parts of an image that a test may change before it is built.
pub(crate) struct Windows {
    pub(crate) software: Key,
    /// What is done to the file of `software`.
    pub(crate) damage: Option<fn(&mut Vec<u8>)>,
    pub(crate) system: Key,
    pub(crate) root: Entry,
    pub(crate) edition: &'static str,
    pub(crate) version: (u32, u32, u32, u32),
    pub(crate) created: u64,
    pub(crate) name: &'static str,
    pub(crate) architecture: u32,
    pub(crate) languages: &'static [&'static str],
}

/// A key at a path below a root, made where it is missing.
pub(crate) fn at<'k>(root: &'k mut Key, path: &str) -> &'k mut Key {
    path.split('\\').fold(root, |key, name| {
        let found = key.subkeys.iter().position(|key| key.name == name);
        let place = found.unwrap_or_else(|| {
            key.subkeys.push(Key::new(name));
            key.subkeys.len() - 1
        });
        &mut key.subkeys[place]
    })
}

/// Sets a value of the key at a path.
pub(crate) fn set(root: &mut Key, path: &str, value: impl FnOnce(Key) -> Key) {
    let key = at(root, path);
    *key = value(key.clone());
}

pub(crate) const CURRENT_VERSION: &str = r"Microsoft\Windows NT\CurrentVersion";

/// The kernel of a version, for x64.
pub(crate) fn kernel(build: u16, revision: u16) -> Vec<u8> {
    let mut info: Vec<u8> = vec![0; 6];
    info.extend("VS_VERSION_INFO\0".encode_utf16().flat_map(u16::to_le_bytes));
    info.resize(info.len().next_multiple_of(4), 0);
    info.extend(0xFEEF_04BD_u32.to_le_bytes());
    info.extend(0x1_0000_u32.to_le_bytes());
    for word in [0, 10, revision, build] {
        info.extend(word.to_le_bytes());
    }
    info.resize(info.len() + 36, 0);
    program::with_resource(16, 1, &info)
}

fn software() -> Key {
    let mut software = Key::new("ROOT");
    set(&mut software, CURRENT_VERSION, |key| {
        key.sz("EditionID", "EnterpriseS").sz("CurrentBuild", "17763").dword("UBR", 1935)
    });
    set(&mut software, &format!(r"{CURRENT_VERSION}\Winlogon"), |key| {
        key.sz("Shell", "explorer.exe").sz("Userinit", r"C:\Windows\system32\userinit.exe,")
    });
    set(&mut software, r"Microsoft\Windows\CurrentVersion\Run", |key| {
        key.value("SecurityHealth", 2, &wide(r"%windir%\system32\SecurityHealthSystray.exe"))
    });
    set(&mut software, &format!(r"{CURRENT_VERSION}\Image File Execution Options\svchost.exe"), |key| {
        key.dword("MinimumStackCommitInBytes", 32_768)
    });
    let cache = format!(r"{CURRENT_VERSION}\Schedule\TaskCache");
    set(&mut software, &format!(r"{cache}\Tree\Microsoft\Windows\Speech\SpeechModelDownloadTask"), |key| {
        key.sz("Id", "{4D595DA6}").dword("Index", 3).value("SD", 3, &[1, 0, 4, 0x80])
    });
    set(&mut software, &format!(r"{cache}\Tasks\{{4D595DA6}}"), |key| {
        key.value("Actions", 3, &wide(r"%windir%\system32\speech_onecore\common\SpeechModelDownload.exe"))
    });
    software
}

/// UTF-16LE with a NUL.
pub(crate) fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn system() -> Key {
    let mut system = Key::new("ROOT");
    set(&mut system, "Select", |key| key.dword("Current", 1));
    for (service, start) in [("WinDefend", 2), ("WdFilter", 0), ("wuauserv", 3), ("UsoSvc", 2)] {
        set(&mut system, &format!(r"ControlSet001\Services\{service}"), |key| key.dword("Start", start));
    }
    system
}

/// The image, as its maker made it.
pub(crate) fn windows() -> Windows {
    let components = [Component::new("Microsoft-Windows-Core", "10.0.17763.1935")
        .file(File { linked: true, ..File::sound("core.dll", *b"the core") })];
    let edition = r"Windows\servicing\Packages\Microsoft-Windows-EnterpriseSEdition~31bf3856ad364e35~amd64~~10.0.17763.1";
    let digest = "GENUINE";
    let files: [(&str, &[u8]); 12] = [
        (r"Windows\System32\ntoskrnl.exe", &kernel(17763, 1935)),
        (r"Windows\System32\cmd.exe", b"MZ command line"),
        (r"Windows\System32\utilman.exe", b"MZ ease of access"),
        (r"Windows\System32\sethc.exe", b"MZ sticky keys"),
        (r"Windows\explorer.exe", b"MZ explorer"),
        (r"Windows\System32\zh-CN\cmd.exe.mui", b"words"),
        (r"Windows\System32\drivers\etc\hosts", b"# sample\r\n#\t127.0.0.1 localhost\r\n"),
        (&format!("{ROLLUP}.mum"), MUM),
        (&format!("{ROLLUP}.cat"), GENUINE),
        (&format!("{edition}.mum"), MUM),
        (&format!("{edition}.cat"), GENUINE),
        (&format!(r"Windows\WinSxS\Catalogs\{digest}.cat"), GENUINE),
    ];
    let named = catalog_name(GENUINE);
    let root = files.iter().fold(component_store::image(&components), |root, (path, bytes)| {
        root.with_file(&path.replace(digest, &named), bytes.to_vec())
    });
    Windows {
        software: software(),
        damage: None,
        system: system(),
        root,
        edition: "EnterpriseS",
        version: (10, 0, 17763, 1935),
        created: filetime(2021, 6, 1, 2, 3, 4),
        name: "Gold 2021-06",
        architecture: 9,
        languages: &["zh-CN"],
    }
}

/// The name of a catalog in `WinSxS\Catalogs`: its SHA-256.
pub(crate) fn catalog_name(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    hex::encode(Sha256::digest(bytes))
}

impl Windows {
    pub(crate) fn file(&mut self, path: &str, bytes: &[u8]) {
        let (folder, name) = path.rsplit_once('\\').expect("a folder");
        let mut place = &mut self.root;
        for part in folder.split('\\') {
            let wanted: Vec<u16> = part.encode_utf16().collect();
            let found = place.children.iter().position(|entry| entry.name == wanted);
            let index = found.unwrap_or_else(|| {
                place.children.push(Entry::dir(part));
                place.children.len() - 1
            });
            place = &mut place.children[index];
        }
        let wanted: Vec<u16> = name.encode_utf16().collect();
        place.children.retain(|entry| entry.name != wanted);
        place.children.push(Entry::file(name, bytes));
    }

    pub(crate) fn wim(mut self) -> Wim {
        let (mut software, system) =
            (Hive::new(self.software.clone()).build(), Hive::new(self.system.clone()).build());
        if let Some(damage) = self.damage {
            damage(&mut software);
        }
        self.file(r"Windows\System32\config\SOFTWARE", &software);
        self.file(r"Windows\System32\config\SYSTEM", &system);
        let (major, minor, build, revision) = self.version;
        let image = Image::new(self.name)
            .root(self.root)
            .edition(self.edition)
            .architecture(self.architecture)
            .languages(self.languages)
            .windows_version(major, minor, build, revision)
            .created(self.created)
            .modified(self.created);
        Wim::new().image(image)
    }
}

/// Writes an image, and the root of its catalogs.
pub(crate) fn write(desk: &Desk, name: &str, windows: Windows) {
    desk.wim(name, &windows.wim());
    desk.file("root.pem", ROOT);
}

/// Examines an image.
pub(crate) fn examine(desk: &Desk, arguments: &[&str]) -> Run {
    let common = ["--roots", "root.pem", "--depth", "manifests"];
    health(desk, &[&common[..], arguments].concat())
}

/// Runs `health` without a registry.
pub(crate) fn health(desk: &Desk, arguments: &[&str]) -> Run {
    let mut command = program();
    command.args(["--now", NOW, "health", "--format", "json"]).args(arguments).current_dir(desk.path(""));
    command.output().expect("the program runs").into()
}

/// Examines an image alone.
pub(crate) fn health_of(windows: Windows) -> Run {
    let desk = Desk::bare();
    write(&desk, "a.wim", windows);
    examine(&desk, &["a.wim"])
}

/// Rule, severity and message of all findings on the first image.
pub(crate) fn findings(run: &Run) -> Vec<(String, String, String)> {
    let json = run.json();
    let findings = json["subjects"][0]["images"][0]["findings"].as_array().expect("findings").clone();
    let text = |finding: &serde_json::Value, name: &str| finding[name].as_str().expect("text").to_owned();
    findings.iter().map(|f| (text(f, "rule"), text(f, "severity"), text(f, "message"))).collect()
}

/// Findings that are more than worth knowing.
pub(crate) fn serious(run: &Run) -> Vec<(String, String, String)> {
    findings(run).into_iter().filter(|(_, severity, _)| severity != "info").collect()
}

/// Expects one rule to speak, once and of these words, besides what is only worth knowing.
#[track_caller]
pub(crate) fn only(run: &Run, rule: &str, severity: &str, words: &[&str]) {
    let found = if severity == "info" { findings(run) } else { serious(run) };
    let of_rule: Vec<_> = found.iter().filter(|(id, ..)| id == rule).collect();
    let [(_, seen, message)] = of_rule[..] else { panic!("{rule} not once in {found:#?}") };
    assert_eq!(seen, severity, "{message}");
    assert!(words.iter().all(|word| message.contains(word)), "{message}");
    assert!(severity == "info" || found.len() == 1, "{found:#?}");
}
