//! Logs of servicing: what is corrupt on a computer, whether its image is to blame, and which image could repair it.

mod images;

use std::path::Path;

use serde_json::Value;
use wimproof_testkit::Entry;

use crate::support::{Desk, Run, corpus, labels, one, program};

/// Components of a made-up store; both begin with the same file name.
const THEME: &str = "amd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e";
const FONTS: &str = "amd64_microsoft-windows-fonts_31bf3856ad364e35_10.0.17763.1_none_10eeed168993f23b";

/// A file of the store, sound and corrupt.
struct File {
    component: &'static str,
    name: &'static str,
    sound: &'static [u8],
    corrupt: &'static [u8],
}

const FILES: [File; 3] = [
    File { component: THEME, name: "themecpl.dll", sound: b"MZ theme", corrupt: b"MZ \0\0\0\0\0" },
    File { component: THEME, name: r"en-US\theme.mui", sound: b"MZ words", corrupt: b"MZ word\0" },
    File { component: FONTS, name: "arial.ttf", sound: b"true type", corrupt: b"true type?" },
];

fn entry(component: &str, message: &str) -> String {
    format!("2021-08-03 10:15:42, Info                  {component:<6} {message}\r\n")
}

fn hex_digest(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex::encode(sha2::Sha256::digest(bytes))
}

/// The lines on a file whose hash is wrong, as of Windows 10.
fn mismatch(file: &File) -> String {
    let (name, component) = (file.name, file.component);
    [
        entry("CSI", &format!("00000020 Hashes for file member [l:{}]'{name}' do not match.", name.len())),
        format!(" Expected: {{l:32 ml:33 b:{}}}.\r\n", hex_digest(file.sound)),
        format!(" Actual: {{l:32 b:{}}}.\r\n", hex_digest(file.corrupt)),
        entry("CSI", &format!("00000021 Warning: Unable to repair payload file ([l:{}]'{name}') for component ([l:{} ml:140]'{component}') from backups directory with disposition (2).", name.len(), component.len())),
    ]
    .concat()
}

/// The block of a check that found all files corrupt; `fields` stand behind the items.
fn block(line: impl Fn(&str) -> String, fields: &[String]) -> String {
    let mut lines = vec![
        "=================================".to_owned(),
        "Checking System Update Readiness.".to_owned(),
        String::new(),
    ];
    for file in &FILES {
        lines.push(format!("(p)\tCSI Payload Corrupt\t(n)\t\t\t{}\\{}", file.component, file.name));
        lines.push("Repair failed: Missing replacement payload.".to_owned());
    }
    lines.extend([String::new(), "Summary:".to_owned()]);
    lines.extend(fields.iter().cloned());
    lines.iter().map(|text| line(text)).collect()
}

fn fields(detected: u64, payload: u64) -> Vec<String> {
    let text = format!(
        "Operation: Detect and Repair \nOperation result: 0x800f0954\nLast Successful Step: Entire operation completes.\n\
         Total Detected Corruption:\t{detected}\n\tCBS Manifest Corruption:\t0\n\tCBS Metadata Corruption:\t0\n\
         \tCSI Manifest Corruption:\t0\n\tCSI Metadata Corruption:\t0\n\tCSI Payload Corruption:\t{payload}\n\
         Total Repaired Corruption:\t0\n\tCBS Manifest Repaired:\t0\n\tCSI Manifest Repaired:\t0\n\tCSI Payload Repaired:\t0\n\
         \tCSI Store Metadata refreshed:\tTrue\n\nTotal Operation Time: 282 seconds."
    );
    text.lines().map(str::to_owned).collect()
}

/// A log of a check, with hashes.
fn log() -> String {
    let hashes: String = FILES.iter().map(mismatch).collect();
    let begin = entry(
        "CBS",
        "Session: 30902419_1000000000 initialized by client CbsTask, external staging directory: (null)",
    );
    [begin, hashes, block(|text| entry("CBS", text), &fields(3, 3))].concat()
}

/// An image whose store holds the files, each with the bytes that are asked for.
fn image(desk: &Desk, name: &str, bytes: impl Fn(&File) -> &'static [u8]) -> std::path::PathBuf {
    let below = |component: &str| {
        let mut folder = Entry::dir(component);
        for file in FILES.iter().filter(|file| file.component == component) {
            folder = folder.child(match file.name.split_once('\\') {
                Some((inner, leaf)) => Entry::dir(inner).child(Entry::file(leaf, bytes(file))),
                None => Entry::file(file.name, bytes(file)),
            });
        }
        folder
    };
    let store = Entry::dir("WinSxS").child(below(FONTS)).child(below(THEME));
    desk.wim(name, &one(labels(name, Entry::dir("").child(Entry::dir("Windows").child(store)))))
}

fn trace(desk: &Desk, more: &[&str]) -> Run {
    let mut command = program();
    command.args(["trace", "--now", "2026-11-20"]).args(more).arg(desk.path("pc"));
    command.output().expect("runs").into()
}

fn json(desk: &Desk, more: &[&str]) -> Value {
    trace(desk, &[more, &["--format", "json"]].concat()).json()
}

fn write_log(desk: &Desk, name: &str, log: impl AsRef<[u8]>) {
    desk.file(&format!("pc/Windows/Logs/{name}"), log.as_ref());
}

fn rules(case: &Value) -> Vec<&str> {
    case["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter_map(|finding| finding["rule"].as_str())
        .collect()
}

fn messages<'c>(case: &'c Value, rule: &str) -> Vec<&'c str> {
    let findings = case["findings"].as_array().expect("findings").iter();
    findings
        .filter(|finding| finding["rule"] == rule)
        .filter_map(|finding| finding["message"].as_str())
        .collect()
}

/// The component store of the only system.
fn store(case: &Value) -> &Value {
    let stores = case["servicing"].as_array().expect("a list");
    assert_eq!(stores.len(), 1, "{stores:?}");
    &stores[0]
}

#[track_caller]
fn expect_three(case: &Value) {
    let store = store(case);
    let check = store["checks"].as_array().expect("checks").last().expect("one");
    assert_eq!(
        (&check["detected"], &check["repaired"], &check["listed"]),
        (&3.into(), &0.into(), &3.into()),
        "{check}"
    );
    assert_eq!((&check["corruption"]["csi_payload"], &check["adds_up"]), (&3.into(), &true.into()));
    assert_eq!(check["result"]["code"], "0x800f0954");
    let corrupt = store["corrupt"].as_array().expect("items");
    for (corrupt, file) in corrupt.iter().zip(&FILES) {
        assert_eq!((&corrupt["component"], &corrupt["file"]), (&file.component.into(), &file.name.into()));
        assert_eq!(corrupt["replacement_missing"], true, "{corrupt}");
    }
    assert_eq!(corrupt.len(), FILES.len());
}

#[track_caller]
fn expect_hashes(case: &Value) {
    for (corrupt, file) in store(case)["corrupt"].as_array().expect("items").iter().zip(&FILES) {
        assert_eq!(corrupt["expected_sha256"], hex_digest(file.sound));
        assert_eq!(corrupt["actual_sha256"], hex_digest(file.corrupt));
    }
}

#[test]
fn a_corrupt_store_is_told_file_by_file() {
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", log());
    let run = trace(&desk, &["--format", "json"]).code(3);
    let case = run.json();
    expect_three(&case);
    expect_hashes(&case);
    let corrupt = &store(&case)["corrupt"][0];
    let quote = corrupt["evidence"][0]["value"].as_str().expect("a quote");
    assert!(quote.contains("CSI Payload Corrupt") && corrupt["evidence"][0]["line"].is_u64(), "{corrupt}");
    let found = rules(&case);
    assert!(found.contains(&"WP3301") && found.contains(&"WP3306") && found.contains(&"WP3310"), "{found:?}");
    assert!(!found.contains(&"WP3304") && !found.contains(&"WP3305"), "{found:?}");
    let names = &store(&case)["checks"][0]["result"]["names"];
    assert_eq!(names.as_array().map(Vec::len), Some(2), "a name that depends on the build: {names}");
}

#[test]
fn blocks_of_every_age_and_through_a_mail_are_read() {
    let bare = |text: &str| format!("{text}\r\n");
    let stamped =
        format!("{}{}", entry("CBS", "=================================").trim_end_matches("\r\n"), "\r\n");
    let pasted = |text: &str| format!("CBS    {}\n", text.replace('\t', "      "));
    let found = |text: &str| format!("1207:C:\\Windows\\Logs\\CBS\\CBS.log:{}", entry("CBS", text));
    let begin = entry("CBS", "Starting TiWorker initialization.");
    for (what, log) in [
        (
            "Windows 8: one stamp, then bare lines",
            [begin.clone(), stamped, block(bare, &fields(3, 3))].concat(),
        ),
        ("a mail without stamps", block(pasted, &fields(3, 3))),
        ("found by a search", block(found, &fields(3, 3))),
        (
            "a note above, and a mark",
            format!("\u{feff}*** my log\n\n{begin}{}", block(|text| entry("CBS", text), &fields(3, 3))),
        ),
        (
            "begins within the block",
            block(|text| entry("CBS", text), &fields(3, 3)).lines().skip(3).map(bare).collect(),
        ),
        ("UTF-16", log()),
    ] {
        let desk = Desk::bare();
        let bytes = match what {
            "UTF-16" => format!("\u{feff}{log}").encode_utf16().flat_map(u16::to_le_bytes).collect(),
            _ => log.into_bytes(),
        };
        write_log(&desk, "CBS/CBS.log", bytes);
        println!("{what}");
        expect_three(&json(&desk, &[]));
    }
}

#[test]
fn hashes_of_windows_8_are_in_base64() {
    use base64::Engine as _;
    let encode = |text: &[u8]| {
        base64::engine::general_purpose::STANDARD.encode(<sha2::Sha256 as sha2::Digest>::digest(text))
    };
    let line = |file: &File| {
        let (component, name, units) = (file.component, file.name, file.name.len());
        let first = format!(
            r#"0000000c Hashes for file member \SystemRoot\WinSxS\{component}\{name} do not match actual file [l:{}{{{units}}}]"{name}" :"#,
            2 * units
        );
        format!(
            "{}  Found: {{l:32 b:{}}} Expected: {{l:32 b:{}}}\r\n",
            entry("CSI", &first),
            encode(file.corrupt),
            encode(file.sound)
        )
    };
    let hashes: String = FILES.iter().map(line).collect();
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", [hashes, block(|text| entry("CBS", text), &fields(3, 3))].concat());
    expect_hashes(&json(&desk, &[]));
}

#[test]
fn a_file_of_one_name_in_two_components_gets_no_foreign_hash() {
    // Neither line of hashes names its component, and two files have the name.
    let hashes = |byte: &str| {
        format!(
            " Expected: {{l:32 ml:33 b:{}}}.\r\n Actual: {{l:32 b:{}}}.\r\n",
            byte.repeat(32),
            "77".repeat(32)
        )
    };
    let first = entry("CSI", "00000020 Hashes for file member [l:9]'arial.ttf' do not match.");
    let log =
        [first.clone(), hashes("01"), first, hashes("02"), block(|text| entry("CBS", text), &fields(3, 3))]
            .concat();
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", log);
    let case = json(&desk, &[]);
    assert!(store(&case)["corrupt"][2]["expected_sha256"].is_null(), "{}", store(&case)["corrupt"][2]);
}

#[test]
fn the_tool_of_windows_7_is_understood() {
    let log = format!(
        "=================================\r\nChecking System Update Readiness.\r\nBinary Version 6.1.7601.21645\r\n2012-04-01 15:55\r\n\r\n\
         Checking Package Manifests and Catalogs\r\n(f)\tCBS MUM Corrupt\t0x800F0900\tservicing\\Packages\\Package_for_KB2479628~31bf3856ad364e35~amd64~~6.1.1.4.mum\t\tLine 1: x\r\n\
         (f)\tCSI Payload File Missing\t0x00000000\twinload.exe\t{THEME}\r\nSummary:\r\nSeconds executed: 143\r\n Found 2 errors\r\n"
    );
    let desk = Desk::bare();
    write_log(&desk, "CBS/CheckSUR.log", log);
    let case = json(&desk, &[]);
    let store = store(&case);
    assert_eq!((&store["checks"][0]["detected"], &store["checks"][0]["seconds"]), (&2.into(), &143.into()));
    let kinds: Vec<&Value> =
        store["corrupt"].as_array().expect("items").iter().map(|item| &item["kind"]).collect();
    assert_eq!(kinds, ["package", "payload-missing"]);
}

#[test]
fn numbers_that_do_not_fit_are_noticed() {
    for (detected, payload, rule, other) in [(4, 3, "WP3304", "WP3399"), (4, 4, "WP3305", "WP3304")] {
        let desk = Desk::bare();
        write_log(&desk, "CBS/CBS.log", block(|text| entry("CBS", text), &fields(detected, payload)));
        let case = json(&desk, &[]);
        assert!(rules(&case).contains(&rule) && !rules(&case).contains(&other), "{:?}", rules(&case));
    }
}

#[test]
fn the_checker_of_files_names_components_without_their_hash() {
    let line = "00000072 [SR] Cannot repair member file [l:12]'themecpl.dll' of Microsoft-Windows-themecpl, version 10.0.17763.1, arch amd64, nonSxS, pkt {l:8 b:31bf3856ad364e35} in the store, hash mismatch";
    let hashes = mismatch(&FILES[0]);
    let hashes = hashes.split("2021-08-03").take(2).collect::<Vec<_>>().join("2021-08-03");
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", [hashes, entry("CSI", line)].concat());
    let bad = image(&desk, "bad.wim", |file| file.corrupt).display().to_string();
    let case = trace(&desk, &["--format", "json", "--image", &bad]).code(1).json();
    assert_eq!(store(&case)["corrupt"].as_array().map(Vec::len), Some(1));
    assert!(rules(&case).contains(&"WP3312") && rules(&case).contains(&"WP3320"), "{:?}", rules(&case));
}

#[test]
fn updates_that_fail_are_named() {
    let ended = |code: &str, package: &str| {
        entry(
            "CBS",
            &format!(
                "Exec: Processing complete.  Session: 30902419_1, Package: {package}, Identifier: x [HRESULT = {code}]"
            ),
        )
    };
    let rollup = "Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.2061.1.7";
    let other = "Package_for_KB5003243~31bf3856ad364e35~amd64~~10.0.1.3";
    let noise =
        entry("CBS", "Failed to internally open package. [HRESULT = 0x800f0805 - CBS_E_INVALID_PACKAGE]");
    let failing = ended("0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED", rollup);
    let fails_once = ended("0x800f0922 - CBS_E_INSTALLERS_FAILED", other);
    let succeeds = ended("0x00000000 - S_OK", other);
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", [noise.repeat(100), failing.repeat(2), fails_once, succeeds].concat());
    let case = json(&desk, &[]);
    assert_eq!(
        messages(&case, "WP3308"),
        [
            "KB5004244 (build 17763.2061 of 2021-07-13, security update) failed 2 times with 0x800f0986 (PSFX_E_APPLY_FORWARD_DELTA_FAILED)"
        ]
    );
    assert!(!rules(&case).contains(&"WP3307"), "it succeeded after all: {case}");
    assert!(!case.to_string().contains("0x800f0805"), "a common code says nothing alone");
    let failure = &store(&case)["failures"][1];
    assert_eq!(
        (&failure["kb"], &failure["released"]),
        (&"KB5004244".into(), &"2021-07-13".into()),
        "{failure}"
    );
}

#[test]
fn a_repair_without_a_source_is_explained_and_its_user_masked() {
    let line = |message: &str| entry("DISM", message);
    let log = [
        line(r"DISM.EXE: Executing command line: dism  /online /cleanup-image /restorehealth /source:C:\Users\zhang\install.wim /limitaccess"),
        line("DISM Package Manager: PID=1 TID=2  Error in operation: source for package or file not found, ResolveSource() unsuccessful. (CBS HRESULT=0x800f081f) - CCbsConUIHandler::Error"),
        line(r"DISM.EXE: Executing command line: dism  /online /cleanup-image /scanhealth"),
        line("DISM Package Manager: PID=1 TID=2 Failed to restore the image health. - CPackageManagerCLIHandler::ProcessCmdLine_CleanupImage(hr:0x800f081f)"),
    ]
    .concat();
    let desk = Desk::bare();
    write_log(&desk, "DISM/dism.log", log);
    let case = json(&desk, &[]);
    assert_eq!(
        messages(&case, "WP3309"),
        [
            r"C:\Users\zhang\install.wim does not hold what the repair needs: 0x800f081f (CBS_E_SOURCE_MISSING)"
        ]
    );
    assert_eq!(
        (&store(&case)["repairs"][0]["limit_access"], store(&case)["repairs"].as_array().map(Vec::len)),
        (&true.into(), Some(1))
    );
    for format in ["json", "human", "html", "csv"] {
        let shown = trace(&desk, &["--redact", "-v", "--format", format]).out;
        assert!(!shown.contains("zhang"), "{format}: {shown}");
    }
}

#[test]
fn a_file_that_is_no_log_is_said_to_be_none() {
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", "Телефон, ціна\nplain list\n");
    let case = json(&desk, &[]);
    assert_eq!(rules(&case).iter().filter(|rule| **rule == "WP3311").count(), 1, "{case}");
    assert_eq!(case["servicing"], Value::Array(Vec::new()));
}

#[test]
fn the_last_check_of_several_logs_counts() {
    let sound = fields(0, 0);
    let later = entry("CBS", "Checking System Update Readiness.").replace("2021-08-03", "2021-09-01");
    let later: String = [later]
        .into_iter()
        .chain(
            ["Summary:".to_owned()]
                .iter()
                .chain(&sound)
                .map(|text| entry("CBS", text).replace("2021-08-03", "2021-09-01")),
        )
        .collect();
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", later);
    write_log(&desk, "CBS/CbsPersist_20210803101542.log", log());
    let case = json(&desk, &[]);
    assert!(rules(&case).contains(&"WP3303") && !rules(&case).contains(&"WP3301"), "{:?}", rules(&case));
    assert_eq!(store(&case)["checks"].as_array().map(Vec::len), Some(2));
}

#[test]
fn every_form_tells_of_it_in_both_languages() {
    let desk = Desk::bare();
    write_log(&desk, "CBS/CBS.log", log());
    let bad = image(&desk, "bad.wim", |file| file.corrupt).display().to_string();
    let english = trace(&desk, &["--image", &bad]).code(1).out;
    assert!(english.contains("themecpl.dll (corrupt in the image)"), "{english}");
    assert!(english.contains("20 GB of free space") && english.contains("one by one"), "{english}");
    let chinese = trace(&desk, &["--lang", "zh-CN", "--image", &bad]).code(1).out;
    assert!(chinese.contains("损坏来自镜像") && chinese.contains("20 GB 可用空间"), "{chinese}");
    let rows = trace(&desk, &["--format", "csv"]).out;
    assert!(rows.contains("store check: Detect and Repair"), "{rows}");
    for (language, word) in [("en", "corrupt in the image"), ("zh-CN", "镜像中已损坏")] {
        let page = trace(&desk, &["--format", "html", "--lang", language, "--image", &bad]).code(1).out;
        assert!(page.contains(word) && page.contains("themecpl.dll"), "{page}");
    }
}

#[test]
fn hostile_logs_cost_no_more_than_their_length() {
    let desk = Desk::bare();
    let item =
        |number: usize| entry("CBS", &format!("(p)\tCSI Payload Corrupt\t(n)\t\t\t{THEME}\\f{number}.dll"));
    let items: String = (0..30_000).map(item).collect();
    write_log(&desk, "CBS/CBS.log", [entry("CBS", "Checking System Update Readiness."), items].concat());
    let case = json(&desk, &[]);
    let store = store(&case);
    assert_eq!((&store["checks"][0]["listed"], &store["omitted"]), (&30_000.into(), &10_000.into()));
    assert_eq!(store["corrupt"].as_array().map(Vec::len), Some(20_000));
    let evil = format!("(p)\tCSI Payload Corrupt\t(n)\t\t\t{THEME}\\\u{1b}[31m::error::<script>.dll");
    write_log(&desk, "CBS/CBS.log", entry("CBS", &evil));
    for format in ["human", "html", "csv", "json"] {
        let out = trace(&desk, &["-v", "--format", format]).out;
        assert!(!out.contains('\u{1b}') && !out.contains("\n::error"), "{format}: {out}");
        assert!(format != "html" || !out.contains("<script"), "{out}");
    }
}

/// What a real log says: detected and repaired of each check, and the hours by which local time is ahead of UTC.
type Expected = (&'static str, &'static [(u64, u64)], f64);

#[test]
fn real_logs_are_summed_up() {
    let Some(folder) = corpus("cbs") else { return };
    let logs: [Expected; 3] = [
        ("18362-restorehealth-repaired", &[(9, 9)], 7.0),
        ("22621-corrupt-unrepaired", &[(8, 0), (9, 0)], -7.0),
        ("no-corruption", &[(0, 0)], 3.0),
    ];
    for (name, expected, ahead) in logs {
        let mut command = program();
        command.args(["trace", "--format", "json"]).arg(folder.join(format!("{name}.CBS.log")));
        let case = Run::from(command.output().expect("runs")).code(3).json();
        let store = store(&case);
        let checks = store["checks"].as_array().expect("checks");
        let numbers: Vec<(u64, u64)> = checks
            .iter()
            .map(|check| {
                (check["detected"].as_u64().expect("a number"), check["repaired"].as_u64().expect("a number"))
            })
            .collect();
        assert_eq!(numbers, expected, "{name}");
        for check in checks {
            assert_eq!((&check["adds_up"], &check["listed"]), (&true.into(), &check["detected"]), "{name}");
            let time = |zone: &str| check["at"][zone].as_str().expect("a time").trim_end_matches('Z').parse();
            let [local, utc]: [chrono::NaiveDateTime; 2] =
                [time("local").expect("one"), time("utc").expect("one")];
            let hours = f64::from(i32::try_from((local - utc).num_minutes()).expect("small")) / 60.0;
            assert!((hours - ahead).abs() < 1e-9, "{name}: {hours}");
        }
        assert_eq!(
            store["corrupt"].as_array().map(Vec::len),
            expected.last().map(|(items, _)| usize::try_from(*items).expect("small"))
        );
    }
    let repaired = folder.join("18362-restorehealth-repaired.CBS.log");
    let mut command = program();
    command.args(["trace", "--format", "json"]).arg(repaired);
    let case = Run::from(command.output().expect("runs")).json();
    let hashed = store(&case)["corrupt"]
        .as_array()
        .expect("items")
        .iter()
        .filter(|item| item["expected_sha256"].is_string());
    assert_eq!(hashed.count(), 9, "each item has its hashes");
}

#[test]
fn a_real_repair_that_fails_is_explained() {
    let Some(folder) = corpus("dism") else { return };
    let mut command = program();
    let path: &Path = &folder.join("22621-restorehealth-from-wim-fails.dism.log");
    command.args(["trace", "--format", "json"]).arg(path);
    let case = Run::from(command.output().expect("runs")).code(3).json();
    let told = messages(&case, "WP3309");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told[0].starts_with(r"I:\sources\install.wim does not hold") && told[0].contains("0x800f081f"),
        "{told:?}"
    );
}
