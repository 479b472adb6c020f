//! Forensics: what was put on a computer, when, from where, by the evidence that setup leaves behind.

use std::{
    fs::{self, File},
    io::Write as _,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::support::{Desk, Run, corpus, program};

const CASE: &str = "samples/case-rogue-upgrade";

/// A trace with the sample registry and the site's channel file.
fn trace(paths: &[&Path], more: &[&str]) -> Run {
    let mut command = program();
    command.args(["trace", "--registry", "samples/registry", "--now", "2026-11-20", "--code-page", "936"]);
    command.args(["--channels", "samples/channels/cmge-cua.toml"]).args(more).args(paths);
    command.output().expect("runs").into()
}

fn json(paths: &[&Path]) -> Value {
    trace(paths, &["--format", "json"]).json()
}

fn aspect<'j>(deployment: &'j Value, name: &str) -> &'j str {
    deployment["aspects"][name]["value"].as_str().unwrap_or_else(|| panic!("no {name} in {deployment}"))
}

#[test]
fn the_case_is_rebuilt() {
    let run = trace(&[CASE.as_ref()], &["--format", "json"]).code(1);
    let case = run.json();
    assert_eq!((&case["schema"], &case["verdict"]), (&"wimproof/case/v1".into(), &"rogue".into()));
    let deployments = case["deployments"].as_array().expect("deployments");
    let verdicts: Vec<&Value> = deployments.iter().map(|deployment| &deployment["verdict"]).collect();
    assert_eq!(verdicts, ["consistent", "consistent", "rogue"]);
    let channels: Vec<&Value> =
        deployments.iter().map(|deployment| &deployment["channels"][0]["id"]).collect();
    assert_eq!(channels, ["cmge-release-disc", "cmge-cua", "removable-drive"]);
    let rogue = &deployments[2];
    let claims = &rogue["image"]["claims"];
    assert_eq!(
        (&claims["name"], &claims["file_size"]),
        (&"ICBC VDA Win10 LTSC 2019".into(), &5_554_353_356_u64.into())
    );
    assert_eq!(aspect(rogue, "usb_serial"), "60A5EED0C0DEF00D117A0042");
    assert_eq!(aspect(rogue, "volume_label"), "VDA_DEPLOY");
    assert_eq!(aspect(rogue, "volume_serial"), "5EED-2C19");
    assert_eq!(rogue["begun"]["utc"], "2021-12-14T02:21:08Z");
    let serial = &rogue["aspects"]["usb_serial"]["evidence"];
    assert!(serial.as_array().expect("a list").len() > 1, "hive and device log know the stick too: {serial}");
    assert!(serial[0]["line"].is_u64() && serial[0]["sha256"].is_string(), "{serial}");
    let set_aside = case["set_aside"][0]["source"].as_str().expect("a path").replace('\\', "/");
    assert!(set_aside.ends_with("Windows/setupact.log"), "{set_aside}");
}

#[test]
fn without_the_live_log_it_is_said_what_is_missing() {
    let zip = Path::new("samples/case-rogue-upgrade-without-live-panther.zip");
    let run = trace(&[zip], &["--format", "json"]).code(1);
    let case = run.json();
    let last = &case["deployments"][2];
    assert_eq!((&last["verdict"], &last["kind"]), (&"undecided".into(), &"inherited".into()));
    let missing: Vec<&str> =
        last["missing"].as_array().expect("a list").iter().filter_map(|m| m["place"].as_str()).collect();
    assert_eq!(missing.first(), Some(&"C:\\Windows\\Panther"), "{missing:?}");
    let text = trace(&[zip], &[]).out;
    assert!(text.contains("Collect now from the computer: C:\\Windows\\Panther"), "{text}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let once = || trace(&[CASE.as_ref()], &["--format", "json"]).out;
    assert_eq!(once(), once());
}

#[test]
fn the_report_for_people_in_both_languages() {
    let english = trace(&[CASE.as_ref()], &[]).code(1).out;
    assert!(english.contains("file of 5,554,353,356 bytes (5.17 GiB)"), "{english}");
    let chinese = trace(&[CASE.as_ref()], &["--lang", "zh-CN"]).code(1).out;
    assert!(chinese.contains("部署渠道未获批准"), "{chinese}");
    for (language, words) in [("en", "ROGUE"), ("zh-CN", "未登记")] {
        let page = trace(&[CASE.as_ref()], &["--format", "html", "--lang", language]).code(1).out;
        assert!(page.starts_with("<!DOCTYPE html>") && page.to_uppercase().contains(words), "{language}");
        assert!(!page.contains("<script") && page.contains("default-src &#39;none&#39;"));
    }
    let rows = trace(&[CASE.as_ref()], &["--format", "csv"]).code(1).out;
    assert!(rows.lines().any(|row| row.starts_with("3,clean-install,2021-12-14T02:21:08Z")), "{rows}");
}

#[test]
fn names_can_be_masked() {
    for format in ["human", "json", "html", "csv"] {
        let shown = trace(&[CASE.as_ref()], &["--redact", "--format", format, "-v"]).code(1).out;
        for name in ["CASHDESK-017", "VDI-7F3K2"] {
            assert!(!shown.to_lowercase().contains(&name.to_lowercase()), "{name} in {format}");
        }
    }
}

/// A log of setup in Windows PE, as far as a test needs it.
fn winpe_log(name: &str, size: u64, total_bytes: u64) -> String {
    let line = |component: &str, message: &str| {
        format!("2024-02-03 10:00:00, Info                  {component:<6} {message}\r\n")
    };
    [
        line("IBS", "Setup has started phase 2 at 2024-02-03 10:00:00"),
        line(
            "IBS",
            "Callback_Engine_StartupScenarioIsWinPE:Setup is running from RAM drive. Path is [X:\\Sources]",
        ),
        line("IBS", "LogMediaDriveInfo: Media drive is of type Removable (2)"),
        line("", "SetOSImageInfoOnBB: Windows image file location is [D:\\sources\\install.wim]"),
        line("IBS", &format!("CollectInformationForImage: Size of 'D:\\sources\\install.wim' is {size}")),
        line("", "ImageXmlInfo::LogImages:   Index = 1"),
        line("", &format!("ImageXmlInfo::LogImages:     Name = {name}")),
        line("", &format!("ImageXmlInfo::LogImages:     Total bytes = {total_bytes}")),
        line("IBS", "Setup has completed phase 2 at 2024-02-03 10:10:00"),
    ]
    .concat()
}

#[test]
fn a_name_alone_makes_an_impostor() {
    let desk = Desk::bare();
    for (size, total, verdict, code) in [
        (4_187_593_216, 12_874_365_921, "consistent", 0),
        (4_187_593_216, 12_874_365_922, "impostor", 1),
        (4_187_593_217, 12_874_365_921, "impostor", 1),
    ] {
        let path = desk.file("setupact.log", winpe_log("CMGE V0-H", size, total).as_bytes());
        let mut command = program();
        command.args(["trace", "--registry", "samples/registry", "--format", "json"]).arg(path);
        let run = Run::from(command.output().expect("runs")).code(code);
        assert_eq!(run.json()["deployments"][0]["verdict"], verdict, "{size} {total}");
    }
}

/// A log of setup in a running system that names an image, and what else is said of it.
fn upgrade_log(name: &str, more: &[&str]) -> String {
    let line = |message: &str| format!("2024-02-03 10:00:00, Info                  MOUPG  {message}\r\n");
    let said = [
        "**************** SetupHost Logging Begin ****************",
        "SetupHost::Initialize: CmdLine                = [/Install /Media /InstallFile \"D:\\sources\\install.wim\"]",
        &format!("MigChoice: Initializing Image Name:            [{name}]"),
    ];
    said.iter().chain(more).map(|message| line(message)).collect()
}

#[test]
fn the_same_name_and_nothing_else_to_compare_is_no_decision() {
    let desk = Desk::bare();
    let build = "Target OS: Version = [10.0.17763.0]";
    let edition = "Target OS: Edition = [EnterpriseG]";
    for (more, verdict, code) in [
        (&[][..], "undecided", 3),
        (&[edition], "undecided", 3),
        (&[edition, build], "consistent", 0),
        (&["Target OS: Version = [10.0.19041.0]"], "impostor", 1),
    ] {
        let path = desk.file("setupact.log", upgrade_log("CMGE V2020-L", more).as_bytes());
        let mut command = program();
        command.args(["trace", "--registry", "samples/registry", "--format", "json"]).arg(path);
        let run = Run::from(command.output().expect("runs")).code(code);
        let deployment = &run.json()["deployments"][0];
        assert_eq!(deployment["verdict"], verdict, "{more:?}");
        let findings = deployment["findings"].as_array().expect("a list");
        let alone = findings.iter().find(|finding| finding["rule"] == "WP4017");
        assert_eq!(alone.is_some(), verdict == "undecided", "{more:?}: {findings:?}");
        if let Some(finding) = alone {
            let message = finding["message"].as_str().expect("a message");
            assert!(message.contains("total_bytes") && message.contains("build"), "{message}");
        }
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

#[test]
fn the_chinese_report_is_chinese_throughout() {
    for path in [CASE, "samples/case-rogue-upgrade-without-live-panther.zip"] {
        let shown = trace(&[path.as_ref()], &["--lang", "zh-CN", "-v"]).out;
        // What is indented further is quoted.
        let ours = shown.lines().filter(|line| !line.is_empty() && !line.starts_with("    "));
        let english: Vec<&str> = ours.filter(|line| !is_chinese(line)).collect();
        // Phases that setup itself has names for.
        assert!(english.iter().all(|line| line.starts_with("  ") && line.contains("：")), "{english:#?}");
        for words in [
            "warn ",
            "info ",
            "deny ",
            "succeeded",
            "booted",
            "formatted",
            "service",
            "missing",
            "local time",
        ] {
            let found = shown.lines().find(|line| !line.starts_with("    ") && line.contains(words));
            assert!(found.is_none(), "{words}: {found:?}");
        }
        let case = trace(&[path.as_ref()], &["--format", "json"]).json();
        let lists =
            case["deployments"].as_array().expect("a list").iter().map(|deployment| &deployment["findings"]);
        for finding in lists.chain([&case["findings"]]).flat_map(|list| list.as_array().expect("a list")) {
            assert!(!finding["phrase"].is_null(), "only in English: {finding}");
        }
    }
}

#[test]
fn logs_of_other_line_ends_are_read_and_of_other_characters_are_named() {
    let desk = Desk::bare();
    let log = fs::read(format!("{CASE}/Windows/Panther/setupact.log")).expect("read");
    let log = String::from_utf8_lossy(&log).replace("\r\n", "\n");
    let path = desk.file("setupact.log", log.replace('\n', "\r").as_bytes());
    let deployment = &json(&[&path])["deployments"][0];
    assert_eq!(deployment["verdict"], "rogue");
    assert_eq!(aspect(deployment, "usb_serial"), "60A5EED0C0DEF00D117A0042");
    let wide: Vec<u8> = log.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    let path = desk.file("setupact.log", &wide);
    let run = trace(&[&path], &["--format", "json"]).code(3);
    let findings = run.json()["findings"].clone();
    let named = findings.as_array().expect("a list").iter().find(|finding| finding["rule"] == "WP4005");
    assert!(named.is_some_and(|f| f["message"].as_str().is_some_and(|m| m.contains("UTF-32"))), "{findings}");
}

#[test]
fn events_that_name_a_zone_with_summer_time_give_no_instant() {
    let Some(events) = corpus("evtx") else { return };
    let desk = Desk::bare();
    let events = fs::read(events.join("2-vss_7-System.evtx")).expect("read");
    desk.file("Windows/System32/winevt/Logs/System.evtx", &events);
    let log = upgrade_log("x", &[]).replace("2024-02-03", "2018-07-20");
    desk.file("Windows/Panther/setupact.log", log.as_bytes());
    let deployment = &json(&[&desk.path("")])["deployments"][0];
    assert_eq!(deployment["begun"]["local"], "2018-07-20T10:00:00");
    assert!(deployment["begun"]["utc"].is_null(), "{}", deployment["begun"]);
}

#[test]
fn without_an_anchor_times_stay_local() {
    let desk = Desk::bare();
    let path = desk.file("setupact.log", winpe_log("x", 1, 2).as_bytes());
    let deployment = &json(&[&path])["deployments"][0];
    assert_eq!(deployment["begun"]["local"], "2024-02-03T10:00:00");
    assert!(deployment["begun"]["utc"].is_null(), "{}", deployment["begun"]);
    let rules: Vec<&Value> =
        deployment["findings"].as_array().expect("a list").iter().map(|f| &f["rule"]).collect();
    assert!(rules.contains(&&"WP4012".into()), "{rules:?}");
}

#[test]
fn product_keys_and_passwords_are_never_shown() {
    let desk = Desk::bare();
    // Made up; no key of anyone.
    let key = ["ABCDE", "12345", "FGHJK", "67890", "LMNPQ"].join("-");
    let line = "2024-02-03 10:00:01, Info                  IBS    CallBack_ParseCommandLine:Publishing command line option";
    let log = format!("{}{line} [/productkey:{key}]\r\n", winpe_log("x", 1, 2));
    desk.file("Windows/Panther/setupact.log", log.as_bytes());
    let answers = format!(
        "<unattend xmlns=\"urn:schemas-microsoft-com:unattend\"><settings pass=\"windowsPE\"><component name=\"Microsoft-Windows-Setup\">\
         <UserData><ProductKey><Key>{key}</Key></ProductKey></UserData><ImageInstall><OSImage><InstallFrom>\
         <Credentials><Password>hunter2hunter2</Password></Credentials><Path>\\\\srv\\share\\install.wim</Path></InstallFrom>\
         </OSImage></ImageInstall></component></settings></unattend>"
    );
    desk.file("Windows/Panther/unattend.xml", answers.as_bytes());
    for format in ["human", "json", "html"] {
        let shown = trace(&[&desk.path("")], &["--format", format, "-v"]).out;
        assert!(!shown.contains(&key) && !shown.contains("hunter2"), "{format}: {shown}");
    }
}

#[test]
fn edited_logs_are_noticed() {
    let desk = Desk::bare();
    copy_tree(Path::new(CASE), &desk.path("case"));
    let log = desk.path("case/Windows/Panther/setupact.log");
    let text = fs::read(&log).expect("read");
    let edited: Vec<&[u8]> =
        text.split_inclusive(|byte| *byte == b'\n').filter(|line| !contains(line, b", Error ")).collect();
    fs::write(&log, edited.concat()).expect("written");
    let findings = json(&[&desk.path("case")])["findings"].clone();
    let differs = findings.as_array().expect("a list").iter().filter(|finding| finding["rule"] == "WP4004");
    assert!(differs.count() >= 2, "setuperr.log and diagerr.xml still have the error: {findings}");
    let whole = json(&[CASE.as_ref()])["findings"].clone();
    assert!(whole.as_array().expect("a list").iter().all(|finding| finding["rule"] != "WP4004"), "{whole}");
}

fn contains(line: &[u8], words: &[u8]) -> bool {
    line.windows(words.len()).any(|window| window == words)
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("listed").map(|entry| entry.expect("an entry")) {
        let target = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => copy_tree(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

#[test]
fn broken_evidence_gives_an_answer_and_no_panic() {
    let desk = Desk::bare();
    copy_tree(Path::new(CASE), &desk.path("case"));
    let mut files = Vec::new();
    list(&desk.path("case"), &mut files);
    for (number, file) in files.iter().enumerate() {
        let mut bytes = fs::read(file).expect("read");
        match number % 3 {
            0 => bytes.truncate(bytes.len() / 2),
            1 => bytes.iter_mut().step_by(97).for_each(|byte| *byte ^= 0x5a),
            _ => bytes.extend([0xff; 4096]),
        }
        fs::write(file, bytes).expect("written");
    }
    for path in files.iter().chain([&desk.path("case")]) {
        let run = trace(&[path], &["--format", "json"]);
        assert!([0, 1, 3].contains(&run.code), "{}: {} {}", path.display(), run.code, run.err);
        assert!(!run.err.contains("internal error"), "{}", run.err);
        run.json();
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("listed").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() { list(&entry, files) } else { files.push(entry) }
    }
    files.sort();
}

#[test]
fn nothing_to_see_is_no_decision() {
    let desk = Desk::bare();
    File::create(desk.path("empty.log")).expect("made").write_all(b"nothing\n").expect("written");
    trace(&[&desk.path("empty.log")], &[]).code(3);
    trace(&[&desk.path("absent")], &[]).code(3);
    trace(&[CASE.as_ref()], &["--channels", "samples/README.md"]).code(3);
}

/// The upgrade of the case, told as another: later, another image.
fn other_upgrade() -> Vec<u8> {
    let log = fs::read(format!("{CASE}/Windows.old.000/Windows/Panther/setupact.log")).expect("read");
    let log = String::from_utf8_lossy(&log).into_owned();
    log.replace("CMGE V2020-L", "Evil Win10").replace("2021-12-10", "2021-12-20").into_bytes()
}

#[test]
fn a_second_image_does_not_hide_behind_the_first() {
    let good = fs::read(format!("{CASE}/Windows.old.000/Windows/Panther/setupact.log")).expect("read");
    let evil = other_upgrade();
    let without = |words: &[u8]| {
        let lines = evil.split_inclusive(|byte| *byte == b'\n').filter(|line| !contains(line, words));
        lines.collect::<Vec<_>>().concat()
    };
    // In one log, with and without the lines by which a run is known; or in a folder beside it.
    for (name, log, beside) in [
        ("a run", [&good[..], &evil].concat(), None),
        ("no command line", [&good[..], &without(b"CmdLine")].concat(), None),
        ("no begin", [&good[..], &without(b"Logging Begin")].concat(), None),
        ("beside", good.clone(), Some("UnattendGC")),
        ("new system", good.clone(), Some("NewOs/Panther")),
    ] {
        let desk = Desk::bare();
        desk.file("Windows/Panther/setupact.log", &log);
        if let Some(folder) = beside {
            desk.file(&format!("Windows/Panther/{folder}/setupact.log"), &evil);
        }
        let run = trace(&[&desk.path("")], &["--format", "json"]);
        assert_eq!(run.code, 1, "{name}: {}", run.out);
    }
}

#[test]
fn another_computer_is_no_copy() {
    let desk = Desk::bare();
    let good = fs::read(format!("{CASE}/Windows.old/Windows/Panther/setupact.log")).expect("read");
    let evil = String::from_utf8_lossy(&good).replace("CMGE V0-H", "Evil Win10").into_bytes();
    desk.file("pc1/Windows/Panther/setupact.log", &good);
    desk.file("pc2/Windows/Panther/setupact.log", &evil);
    let run = trace(&[&desk.path("pc1"), &desk.path("pc2")], &["--format", "json"]).code(1);
    assert_eq!(run.json()["deployments"].as_array().expect("a list").len(), 2);
}

#[test]
fn the_system_that_is_there_must_be_the_one_that_was_deployed() {
    let desk = Desk::bare();
    let log = fs::read(format!("{CASE}/Windows.old.000/Windows/Panther/setupact.log")).expect("read");
    desk.file("Windows/Panther/setupact.log", &log);
    for hive in ["SYSTEM", "SOFTWARE"] {
        let bytes = fs::read(format!("{CASE}/Windows/System32/config/{hive}")).expect("read");
        desk.file(&format!("Windows/System32/config/{hive}"), &bytes);
    }
    let run = trace(&[&desk.path("")], &["--format", "json"]).code(1);
    let rules: Vec<Value> = run.json()["deployments"][0]["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| f["rule"].clone())
        .collect();
    assert!(rules.contains(&"WP4016".into()), "{rules:?}");
}

#[test]
fn evidence_is_never_written_to() {
    let desk = Desk::bare();
    let log = desk.file("Windows/Panther/setupact.log", winpe_log("x", 1, 2).as_bytes());
    let before = fs::read(&log).expect("read");
    for output in [log.clone(), desk.path("Windows/new.html")] {
        trace(&[&desk.path("")], &["-o", &output.display().to_string()]).code(2);
        assert_eq!(fs::read(&log).expect("read"), before);
    }
    assert!(!desk.path("Windows/new.html").exists());
}

#[test]
fn what_speaks_against_a_channel_outweighs_what_speaks_for_one() {
    let desk = Desk::bare();
    let channels = desk.file("site.toml", b"[[channel]]\nid = \"a\"\ntitle = \"a\"\napproved = true\nall = [{ topic = \"ram-drive\" }]\n\
        [[channel]]\nid = \"b\"\ntitle = \"b\"\napproved = false\nall = [{ topic = \"drive-type\", equals = \"2\" }]\n");
    let log =
        desk.file("evidence/setupact.log", winpe_log("CMGE V0-H", 4_187_593_216, 12_874_365_921).as_bytes());
    let mut command = program();
    command.args(["trace", "--registry", "samples/registry", "--channels"]).arg(&channels).arg(log);
    Run::from(command.output().expect("runs")).code(1);
}

/// Hours by which local time is ahead of UTC, of everything below that has both.
fn distances(json: &Value, found: &mut Vec<f64>) {
    match json {
        Value::Object(fields) => {
            if let (Some(local), Some(utc)) =
                (fields.get("local").and_then(Value::as_str), fields.get("utc").and_then(Value::as_str))
            {
                let local: chrono::NaiveDateTime = local.parse().expect("a local time");
                let utc = chrono::DateTime::parse_from_rfc3339(utc).expect("an instant").naive_utc();
                found.push(f64::from(i32::try_from((local - utc).num_seconds()).expect("small")) / 3600.0);
            }
            fields.values().for_each(|field| distances(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| distances(item, found)),
        _ => {}
    }
}

#[test]
fn instants_of_real_logs_agree_with_their_anchors() {
    let Some(panther) = corpus("panther") else { return };
    // What the CSI lines and FILETIMEs in these logs say.
    for (log, hours) in [("inplace-media-19041-failed", -4.0), ("winpe-usb-16299", 1.0)] {
        let mut found = Vec::new();
        distances(&json(&[&panther.join(format!("{log}.setupact.log"))]), &mut found);
        assert!(
            !found.is_empty() && found.iter().all(|ahead| (ahead - hours).abs() < 1e-9),
            "{log}: {found:?}"
        );
    }
}

#[test]
fn real_logs_are_understood() {
    let Some(panther) = corpus("panther") else { return };
    let usb = &json(&[&panther.join("winpe-usb-16299.setupact.log")])["deployments"][0];
    let claims = &usb["image"]["claims"];
    assert_eq!((&claims["file_size"], &claims["image_count"]), (&3_628_584_534_u64.into(), &8.into()));
    assert_eq!((&usb["image"]["index"], &claims["total_bytes"]), (&7.into(), &16_165_061_609_u64.into()));
    assert_eq!((aspect(usb, "volume_label"), aspect(usb, "volume_serial")), ("ESD-USB", "6BAC-C627"));
    assert_eq!(aspect(usb, "drive_type"), "removable (2)");
    let listed = usb["listed"].as_array().expect("a list");
    assert_eq!(listed.len(), 8);
    assert!(
        listed
            .iter()
            .all(|image| image["claims"]["name"].is_string() && image["claims"]["total_bytes"].is_u64())
    );
    let in_place = &json(&[&panther.join("inplace-media-19041-failed.setupact.log")])["deployments"][0];
    assert_eq!((&in_place["outcome"], &in_place["image"]["index"]), (&"failed".into(), &5.into()));
    assert_eq!(in_place["image"]["claims"]["name"], "Windows 10 Pro");
    assert_eq!(in_place["begun"]["utc"], "2022-07-06T12:08:29Z");
    assert!(aspect(in_place, "failure_code").starts_with("0x80070032"), "{in_place}");
    assert_eq!(aspect(in_place, "media_path"), "C:\\21H2");
    let sysprep = json(&[&panther.join("sysprep-19041-zhcn.setupact.log")]);
    let message = sysprep["findings"][0]["message"].as_str().expect("a message");
    assert!(message.contains("2020-07-31 02:39:03") && message.contains("GENERALIZE OOBE QUIT"), "{message}");
}
