//! `wimproof health`: an image is compared with its own manifests.

use std::path::PathBuf;

use serde_json::{Value, json};
use wimproof_testkit::{
    Compression, Entry, Image, Wim,
    component_store::{self, Component, File},
    delta,
};

use crate::support::{Desk, NOW, Run, program, verdict};

const CORE: &str = "amd64_microsoft-windows-core_31bf3856ad364e35_10.0.26100.1_none_a943f5e781a44c5c";

fn wim(root: Entry) -> Wim {
    Wim::new().image(Image::new("an image").root(root))
}

fn run(wim: &Wim, arguments: &[&str]) -> Run {
    let desk = Desk::bare();
    wim.build().write(desk.path("a.wim")).expect("written");
    run_in(&desk, arguments.iter().copied().chain(["a.wim"]))
}

/// `health --format json` in a folder, without a registry.
fn run_in<'a>(desk: &Desk, arguments: impl IntoIterator<Item = &'a str>) -> Run {
    let mut command = program();
    command.args(["health", "--format", "json", "--now", NOW]).args(arguments).current_dir(desk.path("."));
    command.output().expect("the program runs").into()
}

fn health(components: &[Component], arguments: &[&str]) -> Run {
    run(&wim(component_store::image(components)), arguments)
}

/// The rules about the component store that spoke; others judge the same images too.
trait StoreRules {
    fn store_rules(&self) -> Vec<String>;
}

impl StoreRules for Run {
    fn store_rules(&self) -> Vec<String> {
        self.rules().into_iter().filter(|rule| ("WP3001"..="WP3039").contains(&&**rule)).collect()
    }
}

/// Component and file of the findings of a rule.
fn told(run: &Run, rule: &str) -> Vec<(String, String)> {
    let json = run.json();
    let images = json["subjects"][0]["images"].as_array().expect("images").iter();
    let findings = images.flat_map(|image| image["findings"].as_array().expect("findings"));
    let argument = |finding: &Value, place: usize| {
        finding["phrase"]["arguments"][place].as_str().unwrap_or("").to_owned()
    };
    findings
        .filter(|finding| finding["rule"] == rule)
        .map(|finding| (argument(finding, 0), argument(finding, 1)))
        .collect()
}

fn core() -> Component {
    Component::new("Microsoft-Windows-Core", "10.0.26100.1")
}

/// A store of a few sound components, one of them with a compressed manifest.
fn sound() -> Vec<Component> {
    vec![
        Component::servicing_stack("10.0.26100.1"),
        core()
            .file(File { linked: true, ..File::sound("core.dll", *b"the core") })
            .file(File::sound("empty.txt", *b"")),
        Component::new("Microsoft-Windows-TextInput", "10.0.26100.7")
            .compressed()
            .file(File::sound("CBS\\TextInput.dll", *b"text")),
    ]
}

fn with_core(file: File) -> Vec<Component> {
    let mut components = sound();
    components[1] = core().file(file);
    components
}

#[test]
fn an_image_without_a_store_is_not_called_healthy() {
    let found = run(&wim(Entry::dir("").with_file("readme.txt", *b"text")), &[]).code(3);
    assert_eq!(found.store_rules(), ["WP3018"]);
    run(&wim(Entry::dir("").with_file(r"Windows\WinSxS\readme.txt", *b"text")), &[]).code(3);
}

#[test]
fn an_image_that_holds_what_its_manifests_say_is_healthy_at_every_depth() {
    assert_eq!(core().keyform(), CORE);
    for depth in ["metadata", "manifests", "payloads"] {
        let found = health(&sound(), &["--depth", depth]).code(0);
        let rules: &[&str] = if depth == "metadata" { &["WP3003"] } else { &[] };
        assert_eq!(found.store_rules(), rules, "{depth}");
        let counts = &found.json()["subjects"][0]["images"][0]["health"];
        let mut expected = json!({"depth": depth, "components": 3, "manifests": 3, "files": 4});
        if depth != "metadata" {
            expected["unaccounted"] = json!({"files": 0, "of": 8, "folders": [], "named": []});
        }
        assert_eq!(*counts, expected);
    }
    for compression in [Compression::Xpress, Compression::Lzx] {
        let packed = wim(component_store::image(&sound())).compression(compression);
        assert_eq!(run(&packed, &[]).code(0).store_rules(), [""; 0]);
    }
}

#[test]
fn a_file_that_is_not_the_one_in_the_manifest_is_named() {
    let corrupt = File { stored: Some(b"the c0re".to_vec()), ..File::sound("core.dll", *b"the core") };
    let found = health(&with_core(corrupt.clone()), &[]).code(1);
    assert_eq!(told(&found, "WP3001"), [(CORE.to_owned(), "core.dll".to_owned())]);
    let in_compressed = Component::new("Microsoft-Windows-X", "1.2.3.4").compressed().file(corrupt);
    let mut components = sound();
    components.push(in_compressed.clone());
    let found = health(&components, &[]).code(1);
    assert_eq!(told(&found, "WP3001"), [(in_compressed.keyform(), "core.dll".to_owned())]);
    assert_eq!(found.store_rules(), ["WP3001"]);
    // The damage lies in no byte that a manifest alone would show.
    health(&components, &["--depth", "manifests"]).code(0);
}

#[test]
fn empty_absent_and_unlisted_files_are_told() {
    let empty = File { stored: Some(Vec::new()), ..File::sound("core.dll", *b"the core") };
    assert_eq!(health(&with_core(empty), &["--depth", "manifests"]).code(1).store_rules(), ["WP3003"]);
    let absent =
        core().file(File { stored: None, ..File::sound("core.dll", *b"x") }).file(File::sound("b", *b"y"));
    let found = health(&[absent], &["--depth", "manifests"]).code(0);
    assert_eq!(told(&found, "WP3005"), [(CORE.to_owned(), "core.dll".to_owned())]);
    let unlisted = File { listed: None, ..File::sound("mine.exe", *b"x") };
    let found = health(&with_core(unlisted), &["--depth", "manifests"]).code(0);
    assert_eq!(told(&found, "WP3006"), [(CORE.to_owned(), "mine.exe".to_owned())]);
}

#[test]
fn differentials_and_compressed_files_are_not_counted_as_corrupt() {
    let differential =
        |name: &str| File { listed: None, ..File::sound(name, delta::differential(b"PA30...")) };
    let updated = core()
        .file(File::sound("core.dll", *b"the core"))
        .file(differential("f\\core.dll"))
        .file(differential("r\\core.dll"))
        .file(File { stored: None, ..File::sound("new.dll", *b"made from nothing") })
        .file(differential("n\\new.dll"));
    assert_eq!(health(&[updated], &[]).code(0).store_rules(), [""; 0]);
    let wrapped =
        File { stored: Some(b"DCS\x01compressed".to_vec()), ..File::sound("core.dll", *b"the core") };
    assert_eq!(health(&with_core(wrapped), &[]).code(0).store_rules(), ["WP3021"]);
}

#[test]
fn a_differential_whose_checksum_is_wrong_is_named() {
    let differential = |name: &str, bytes: Vec<u8>| File { listed: None, ..File::sound(name, bytes) };
    let sound = delta::differential(b"PA31 a delta of some bytes");
    let mut bent = sound.clone();
    bent[20] ^= 1;
    let updated = core()
        .file(File::sound("core.dll", *b"the core"))
        .file(differential("f\\core.dll", bent))
        .file(differential("r\\core.dll", sound))
        .file(differential("n\\core.dll", b"\0\0\0\0\0\0\0\0\0".to_vec()));
    for compression in [Compression::None, Compression::Xpress] {
        let packed = wim(component_store::image(std::slice::from_ref(&updated))).compression(compression);
        let found = run(&packed, &[]).code(0);
        let bent = (CORE.to_owned(), "f\\core.dll".to_owned());
        assert_eq!(told(&found, "WP3012"), [bent, ("1".to_owned(), String::new())]);
    }
    // The checksum is of the bytes, and those are read at one depth only.
    assert_eq!(health(&[updated], &["--depth", "manifests"]).code(0).store_rules(), [""; 0]);
}

/// A store with a corrupt, an empty, an absent and a lacking file, and one that no image has.
fn broken() -> Vec<Component> {
    let stored = |name: &str, listed: &[u8], stored: Option<&[u8]>| File {
        stored: stored.map(<[u8]>::to_vec),
        ..File::sound(name, listed)
    };
    let mut components = sound();
    components[1] = core()
        .file(stored("core.dll", b"the core", Some(b"the c0re")))
        .file(stored("empty.txt", b"", Some(b"")))
        .file(stored("blank.dll", b"not blank", Some(b"")))
        .file(stored("gone.dll", b"not gone", None))
        .file(stored("own.dll", b"in no other image", Some(b"bent")));
    components
}

fn repaired() -> Vec<Component> {
    let mut components = sound();
    components[1] = core()
        .file(File::sound("core.dll", *b"the core"))
        .file(File::sound("blank.dll", *b"not blank"))
        .file(File::sound("gone.dll", *b"not gone"));
    components
}

#[test]
fn what_a_reference_could_repair_is_counted_and_the_rest_named() {
    let desk = Desk::bare();
    for (name, components) in [("good.wim", repaired()), ("bad.wim", broken()), ("poor.wim", vec![core()])] {
        wim(component_store::image(&components)).build().write(desk.path(name)).expect("written");
    }
    let with = |arguments: &[&str]| run_in(&desk, arguments.iter().copied().chain(["bad.wim"])).code(1);
    let messages = |run: &Run| -> Vec<String> {
        let findings = run.json()["subjects"][0]["images"][0]["findings"].clone();
        let of_rule = |finding: &&Value| finding["rule"] == "WP3017";
        let message = |finding: &Value| finding["message"].as_str().expect("text").to_owned();
        findings.as_array().expect("findings").iter().filter(of_rule).map(message).collect()
    };
    let own = format!("{CORE}\\own.dll");
    let found = messages(&with(&["--reference", "poor.wim", "--reference", "good.wim"]));
    let [best, poor] = &found[..] else { panic!("{found:?}") };
    assert_eq!(
        *best,
        format!(
            "good.wim:1 holds 3 of the 4 broken files with the bytes that their manifests name; not {own}"
        )
    );
    assert!(poor.starts_with("poor.wim:1 holds 0 of the 4 broken files"), "{poor}");
    // Without reading every byte the corrupt ones are not known to be broken.
    let found = messages(&with(&["--depth", "manifests", "--reference", "good.wim"]));
    assert!(found[0].starts_with("good.wim:1 holds 2 of the 2 broken files"), "{found:?}");
    assert!(messages(&with(&[])).is_empty());
    let sound = run_in(&desk, ["--reference", "good.wim", "good.wim"]).code(0);
    assert!(messages(&sound).is_empty());
}

#[test]
fn an_approved_image_could_repair_by_what_was_kept_of_it() {
    let desk = Desk::new();
    for (name, components) in [("good.wim", repaired()), ("bad.wim", broken())] {
        let image = Image::new(name).root(component_store::image(&components));
        Wim::new().image(image).build().write(desk.path(name)).expect("written");
    }
    desk.registry(["approve", "good.wim", "--as", "good", "--despite-findings"]).code(0);
    let found = desk.run(["health", "--format", "json", "bad.wim"]).code(1);
    let said = "A0 (good) holds 3 of the 4 broken files with the bytes that their manifests name; not ";
    assert!(found.out.contains(&format!("{said}{CORE}\\\\own.dll")), "{}", found.out);
}

#[test]
fn a_manifest_must_be_that_of_its_name() {
    let folder = r"Windows\WinSxS\Manifests";
    let manifest = core().manifest();
    let renamed = CORE.replace("26100.1_", "26100.2_");
    let stored = |name: &str, bytes: &[u8]| {
        wim(Entry::dir("").with_file(&format!(r"{folder}\{name}.manifest"), bytes.to_vec()))
    };
    let found = run(&stored(&renamed, manifest.as_bytes()), &[]).code(1);
    assert_eq!(told(&found, "WP3009"), [(renamed, CORE.to_owned())]);
    assert_eq!(run(&stored(CORE, b"\0\0\0\0"), &[]).code(1).store_rules(), ["WP3010"]);
    assert_eq!(run(&stored(CORE, manifest.as_bytes()), &[]).code(0).store_rules(), [""; 0]);
}

#[test]
fn compressed_manifests_without_their_base_leave_the_image_undecided() {
    let components = [core().compressed().file(File::sound("core.dll", *b"the core"))];
    assert_eq!(health(&components, &[]).code(3).store_rules(), ["WP3011"]);
    health(&components, &["--depth", "metadata"]).code(0);
}

#[test]
fn a_file_of_windows_that_is_not_from_the_store_is_told() {
    let root = component_store::image(&with_core(File::sound("core.dll", *b"the core")));
    let replaced = root.clone().with_file(r"Windows\System32\core.dll", *b"another");
    let found = run(&wim(replaced), &["--depth", "manifests"]).code(0);
    assert_eq!(told(&found, "WP3013"), [("\\Windows\\System32\\core.dll".to_owned(), CORE.to_owned())]);
    let copied = root.with_file(r"Windows\System32\core.dll", *b"the core");
    assert_eq!(run(&wim(copied), &["--depth", "manifests"]).code(0).store_rules(), [""; 0]);
}

#[test]
fn a_folder_needs_a_manifest() {
    let root = Entry::dir("").with_file(&format!(r"Windows\WinSxS\{CORE}\core.dll"), *b"payload");
    assert_eq!(run(&wim(root), &["--depth", "metadata"]).code(0).store_rules(), ["WP3004"]);
}

#[test]
fn a_content_that_the_file_lacks_is_named_by_component_and_file() {
    let root = component_store::image(&sound());
    let root =
        root.with_entries(&format!(r"Windows\WinSxS\{CORE}"), &[Entry::declared("more.dll", [7; 20], 1000)]);
    let found = run(&wim(root), &["--depth", "metadata"]).code(1);
    assert_eq!(told(&found, "WP3002"), [(CORE.to_owned(), "more.dll".to_owned())]);
}

#[test]
fn versions_that_override_updates_and_operations_under_way_are_told() {
    let override_all = Component::new("Z-NoDefender-Package", "38655.38527.65535.65535");
    let root = component_store::image(&[override_all]).with_file(r"Windows\WinSxS\pending.xml", *b"<x/>");
    assert_eq!(run(&wim(root), &[]).code(1).store_rules(), ["WP3015", "WP3016"]);
}

#[test]
fn a_reference_shows_the_same_at_the_cost_of_metadata() {
    let desk = Desk::bare();
    let corrupt = File { stored: Some(b"the c0re".to_vec()), ..File::sound("core.dll", *b"the core") };
    for (name, components) in [("good.wim", sound()), ("bad.wim", with_core(corrupt))] {
        wim(component_store::image(&components)).build().write(desk.path(name)).expect("written");
    }
    let compare = |image: &str, reference: &str| {
        run_in(&desk, ["--depth", "metadata", "--reference", reference, image])
    };
    let found = compare("bad.wim", "good.wim:1").code(1);
    assert_eq!(told(&found, "WP3007"), [(CORE.to_owned(), "core.dll".to_owned())]);
    assert!(told(&compare("good.wim", "good.wim").code(0), "WP3007").is_empty());
    compare("good.wim", "absent.wim").code(3);
    compare("good.wim", "good.wim:2").code(3);
}

#[test]
fn images_of_one_file_must_agree_on_their_components() {
    let image = |components: &[Component]| Image::new("x").root(component_store::image(components));
    let corrupt = File { stored: Some(b"the c0re".to_vec()), ..File::sound("core.dll", *b"the core") };
    let bad = with_core(corrupt);
    let both = Wim::new().image(image(&sound())).image(image(&bad));
    let found = run(&both, &["--depth", "metadata"]).code(1);
    assert_eq!(told(&found, "WP3008").len(), 2, "either may be wrong");
    let three = both.image(image(&sound()));
    let found = run(&three, &["--depth", "metadata"]).code(1);
    let images = &found.json()["subjects"][0]["images"];
    let of = |number: usize| images[number]["findings"].to_string().contains("WP3008");
    assert_eq!([of(0), of(1), of(2)], [false, true, false]);
    let found = run(&three, &[]).code(1);
    assert_eq!(told(&found, "WP3001").len(), 1);
}

#[test]
fn one_image_of_a_file_can_be_named() {
    let desk = Desk::bare();
    let image = |root| Image::new("x").root(root);
    let both = Wim::new().image(image(component_store::image(&sound()))).image(image(Entry::dir("")));
    both.build().write(desk.path("a.wim")).expect("written");
    run_in(&desk, ["a.wim:1"]).code(0);
    for other in ["a.wim:2", "a.wim:3", "a.wim", "absent.wim"] {
        run_in(&desk, [other]).code(3);
    }
}

/// The text form of `health`, in a language.
fn told_to_people(desk: &Desk, language: &str, arguments: &[&str]) -> Run {
    let mut command = program();
    command.args(["health", "--lang", language, "--now", NOW]).args(arguments).current_dir(desk.path("."));
    command.output().expect("the program runs").into()
}

/// The last lines: answer, numbers and exit code, then what to do.
fn closing(run: &Run) -> Vec<&str> {
    let from =
        run.out.lines().position(|line| line.starts_with("health: ") || line.starts_with("健康状况："));
    run.out.lines().skip(from.expect("an answer")).collect()
}

#[test]
fn people_are_told_the_answer_its_exit_code_and_the_next_step() {
    let desk = Desk::bare();
    let corrupt = File { stored: Some(b"the c0re".to_vec()), ..File::sound("core.dll", *b"the core") };
    let image = |root| Image::new("x").root(root);
    desk.wim("good.wim", &wim(component_store::image(&sound())));
    let both =
        Wim::new().image(image(component_store::image(&with_core(corrupt)))).image(image(Entry::dir("")));
    desk.wim("both.wim", &both);
    desk.file("broken.wim", &[0; 300]);
    let told = |language: &str, file: &str, code: i32| {
        let run = told_to_people(&desk, language, &[file]).code(code);
        closing(&run).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let said = told("en", "good.wim", 0);
    assert!(said[0].starts_with("health: HEALTHY; images: 1 healthy; findings: 0 deny,"), "{said:#?}");
    assert!(
        said[0].ends_with("(exit code 0: nothing speaks against them, as far as was looked)"),
        "{said:#?}"
    );
    let said = told("en", "both.wim", 1);
    assert!(said[0].starts_with("health: UNHEALTHY; images: 1 unhealthy, 1 undecided;"), "{said:#?}");
    assert!(said[0].contains("exit code 1: something speaks against them"), "{said:#?}");
    assert!(
        said[1].starts_with("advice: Do not deploy an image whose component store is not whole"),
        "{said:#?}"
    );
    let said = told("en", "broken.wim", 3);
    assert!(said[0].contains("UNDECIDED; images: 1 without an image that could be read"), "{said:#?}");
    assert!(said[0].contains("exit code 3: ") && said[1].contains("wimproof verify"), "{said:#?}");
    let said = told("zh-CN", "both.wim", 1);
    assert!(said[0].starts_with("健康状况：不健康；镜像：1 个不健康，1 个未能判定；"), "{said:#?}");
    assert!(
        said[0].ends_with("（退出码 1：有不利发现）") && said[1].starts_with("建议：组件存储"),
        "{said:#?}"
    );
}

/// A form of `health` or `verify`.
fn form(desk: &Desk, arguments: &[&str]) -> String {
    let mut command = program();
    let run: Run = command
        .args(arguments)
        .args(["--now", NOW])
        .current_dir(desk.path("."))
        .output()
        .expect("runs")
        .into();
    assert!(run.err.is_empty(), "{}", run.err);
    run.out
}

#[test]
fn every_form_for_people_and_build_servers_has_the_answer() {
    let desk = Desk::bare();
    let corrupt = File { stored: Some(b"the c0re".to_vec()), ..File::sound("core.dll", *b"the core") };
    desk.wim("good.wim", &wim(component_store::image(&sound())));
    desk.wim("bad.wim", &wim(component_store::image(&with_core(corrupt))));
    desk.wim("none.wim", &wim(Entry::dir("")));
    let mut torn = wim(component_store::image(&sound())).build().bytes;
    let at = torn.windows(8).position(|bytes| bytes == b"the core").expect("stored");
    torn[at] = b'T';
    desk.file("torn.wim", &torn);
    for (verb, file, en, zh) in [
        ("health", "good.wim", "healthy", "健康"),
        ("health", "bad.wim", "unhealthy", "不健康"),
        ("health", "none.wim", "undecided", "未能判定"),
        ("verify", "good.wim", "sound", "完好"),
        ("verify", "torn.wim", "damaged", "损坏"),
    ] {
        for format in ["markdown", "html", "github", "azure", "csv"] {
            for (language, word) in [("en", en), ("zh-CN", zh)] {
                let told = form(&desk, &[verb, file, "--format", format, "--lang", language]);
                let csv = format == "csv";
                let word = if csv { en } else { word };
                let found = match (format, language) {
                    ("markdown", "en") => told.contains(&format!(" {}", word.to_uppercase())),
                    ("csv", _) => told.contains(&format!(",{word},")),
                    ("html", _) => told.contains(&format!("</svg>{word}</")),
                    ("markdown", _) => told.contains(&format!(" {word}\n")),
                    _ => told.contains(&format!(": {word}. ")),
                };
                assert!(found, "{verb} {file} {format} {word}: {told}");
                assert!(!told.contains("No image was compared"), "{verb} {file} {format}: {told}");
                assert!(!told.to_lowercase().contains("not judged"), "{verb} {file} {format}: {told}");
            }
        }
    }
    let junit = form(&desk, &["health", "none.wim", "--format", "junit"]);
    assert!(junit.contains("<error message=\"undecided"), "{junit}");
    let junit = form(&desk, &["health", "bad.wim", "--format", "junit"]);
    assert!(junit.contains("<failure message=\"unhealthy: WP3001"), "{junit}");
    assert!(!form(&desk, &["health", "good.wim", "--format", "junit"]).contains("<failure"));
}

#[test]
fn healthy_does_not_say_more_than_was_looked_at() {
    let desk = Desk::bare();
    desk.wim("good.wim", &wim(component_store::image(&sound())));
    let absent =
        core().file(File { stored: None, ..File::sound("core.dll", *b"x") }).file(File::sound("b", *b"y"));
    desk.wim("absent.wim", &wim(component_store::image(&[absent])));
    let run = told_to_people(&desk, "en", &["absent.wim"]).code(0);
    let said = closing(&run);
    assert!(said[0].contains("nothing denies them, "), "{said:#?}");
    assert!(said[0].contains("to be looked at)") && !said[0].contains("speaks against"), "{said:#?}");
    assert!(said[1..].iter().any(|line| line.contains("--reference") && line.contains("do not deploy")));
    let run = told_to_people(&desk, "zh-CN", &["absent.wim"]).code(0);
    assert!(closing(&run)[0].contains("没有否决项"), "{}", run.out);
    for depth in ["metadata", "manifests"] {
        let run = told_to_people(&desk, "en", &["good.wim", "--depth", depth]).code(0);
        assert!(closing(&run)[0].ends_with(", no content was compared)"), "{}", run.out);
        let run =
            told_to_people(&desk, "en", &["good.wim", "--depth", depth, "--reference", "good.wim"]).code(0);
        assert!(!closing(&run)[0].contains("no content was compared"), "{}", run.out);
        let run = told_to_people(&desk, "zh-CN", &["good.wim", "--depth", depth]).code(0);
        assert!(closing(&run)[0].contains("未比对任何文件内容"), "{}", run.out);
    }
}

#[test]
fn what_could_repair_an_image_is_told_without_being_asked_for() {
    let desk = Desk::bare();
    desk.wim("broken.wim", &wim(component_store::image(&broken())));
    desk.wim("repaired.wim", &wim(component_store::image(&repaired())));
    let run = told_to_people(&desk, "en", &["broken.wim", "--reference", "repaired.wim"]).code(1);
    assert!(run.out.contains("WP3017"), "{}", run.out);
}

#[test]
fn people_are_told_of_an_image_without_a_store() {
    let desk = Desk::bare();
    desk.wim("a.wim", &wim(Entry::dir("").with_file("readme.txt", *b"text")));
    let run = told_to_people(&desk, "en", &["a.wim"]).code(3);
    assert!(run.out.contains("    depth payloads: no component store"), "{}", run.out);
    assert!(closing(&run)[1].contains("wimproof check"), "{}", run.out);
    let run = told_to_people(&desk, "zh-CN", &["a.wim"]).code(3);
    assert!(run.out.contains("    深度 payloads：没有组件存储"), "{}", run.out);
    // Kept as JSON and told later, it is the same.
    let json = run_in(&desk, ["a.wim"]).code(3);
    desk.file("a.json", json.out.as_bytes());
    let converted = desk.run(["convert", "a.json", "--format", "human"]);
    assert!(converted.out.contains("health: UNDECIDED; images: 1 undecided"), "{}", converted.out);
}

#[test]
fn what_denies_the_file_denies_the_images_in_it() {
    let unfinished = wim(component_store::image(&sound())).header_flags(0x40);
    assert!(run(&unfinished, &[]).code(1).rules().contains(&"WP2003".to_owned()));
}

/// The sample: an image with 94 corrupt files, and the same without.
#[test]
fn the_sample_has_94_corrupt_files_and_all_are_found() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("samples/case-corrupt-image");
    let list = std::fs::read_to_string(folder.join("corrupt.tsv")).expect("the list");
    let mut listed: Vec<(String, String)> = list
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split('\t').map(str::to_owned);
            (cells.next().expect("a component"), cells.next().expect("a file"))
        })
        .collect();
    listed.sort();
    assert_eq!(listed.len(), 94);
    let path = |name: &str| folder.join(name).into_os_string().into_string().expect("UTF-8");
    let (healthy, corrupt) = (path("healthy.wim"), path("corrupt.wim"));
    let desk = Desk::bare();
    let found = run_in(&desk, [&*corrupt]).code(1);
    let mut corrupt_files = told(&found, "WP3001");
    corrupt_files.sort();
    assert_eq!(corrupt_files, listed);
    assert_eq!(found.store_rules(), ["WP3001"]);
    assert_eq!(run_in(&desk, [&*healthy]).code(0).store_rules(), [""; 0]);
    let found = run_in(&desk, ["--depth", "metadata", "--reference", &*healthy, &*corrupt]).code(1);
    let mut different = told(&found, "WP3007");
    different.sort();
    assert_eq!(different, listed);
    // System32 has further names of the same files: each is told once.
    let images = found.json()["subjects"][0]["images"][0]["findings"].as_array().expect("findings").clone();
    assert_eq!(images.iter().filter(|finding| finding["severity"] == "deny").count(), 94);
    let subject = &found.json()["subjects"][0];
    let number = |name: &str| subject[name].as_u64().expect("a number");
    assert!(
        number("bytes_read") * 20 < number("file_size"),
        "{} of {}",
        number("bytes_read"),
        number("file_size")
    );
    // No hash of the file shows the damage.
    desk.run(["verify", &corrupt]).code(0);
}

/// What an approved image holds is kept, so that the next one is compared at the cost of metadata.
#[test]
fn an_approved_healthy_image_is_compared_with() {
    let desk = Desk::new();
    let corrupt = File { stored: Some(b"the c0re".to_vec()), ..File::sound("core.dll", *b"the core") };
    for (name, components) in [("good.wim", sound()), ("bad.wim", with_core(corrupt))] {
        let image = Image::new(name).root(component_store::image(&components));
        Wim::new().image(image).build().write(desk.path(name)).expect("written");
    }
    let metadata = |image: &str| desk.run(["health", "--format", "json", "--depth", "metadata", image]);
    // An unhealthy image is no reference, approved or not.
    desk.registry(["approve", "bad.wim", "--as", "bad", "--despite-findings"]).code(0);
    assert!(told(&metadata("good.wim").code(0), "WP3007").is_empty());
    desk.registry(["approve", "good.wim", "--as", "good", "--despite-findings"]).code(0);
    let found = metadata("bad.wim").code(1);
    assert_eq!(told(&found, "WP3007"), [(CORE.to_owned(), "core.dll".to_owned())]);
    assert!(found.out.contains("A1 (good)"));
    assert!(found.json()["registry"]["size"].is_number());
    desk.registry(["revoke", "A1", "--reason", "a mistake"]).code(0);
    assert!(told(&metadata("bad.wim").code(0), "WP3007").is_empty());
}

/// A desk with an image of these components that is approved as it is.
fn approved(components: &[Component]) -> Desk {
    let desk = Desk::new();
    desk.wim("a.wim", &wim(component_store::image(components)));
    desk.registry(["approve", "a.wim", "--as", "an image", "--despite-findings"]).code(0);
    desk
}

fn check_at(desk: &Desk, depth: &str, more: &str) -> Run {
    let text = format!("version = 1\n{more}\n[health]\ndepth = \"{depth}\"\n");
    desk.file("policy.toml", text.as_bytes());
    desk.check(["--policy", "policy.toml", "a.wim"])
}

#[test]
fn a_policy_that_asks_for_health_does_not_pass_an_approved_image_that_is_not() {
    let corrupt = File { stored: Some(b"the c0re".to_vec()), ..File::sound("core.dll", *b"the core") };
    let desk = approved(&with_core(corrupt));
    desk.check(["a.wim"]).code(0);
    check_at(&desk, "none", "").code(0);
    let found = check_at(&desk, "payloads", "").code(1);
    assert_eq!(verdict(&found), "unhealthy");
    assert_eq!(told(&found, "WP3001"), [(CORE.to_owned(), "core.dll".to_owned())]);
    assert_eq!(found.json()["subjects"][0]["images"][0]["health"]["depth"], "payloads");
    // The bytes are read for it, whatever an approval has to rest on; and are not where they are not asked for.
    assert_eq!(
        verdict(&check_at(&desk, "payloads", "require.assurance = \"declared\"").code(1)),
        "unhealthy"
    );
    assert_eq!(verdict(&check_at(&desk, "manifests", "").code(0)), "approved");
    let swept = ["sweep", ".", "--state", "state.json", "--policy", "policy.toml", "--no-audit"];
    check_at(&desk, "payloads", "").code(1);
    desk.run(swept).code(1);
}

#[test]
fn a_policy_that_asks_for_health_passes_what_is_healthy_and_nothing_unknown() {
    let desk = approved(&sound());
    for depth in ["metadata", "manifests", "payloads"] {
        let found = check_at(&desk, depth, "").code(0);
        assert_eq!(verdict(&found), "approved", "{depth}");
        assert_eq!(found.json()["subjects"][0]["images"][0]["health"]["depth"], depth);
    }
    let without_store = Desk::new();
    without_store.wim("a.wim", &wim(Entry::dir("").with_file("readme.txt", *b"text")));
    without_store.registry(["approve", "a.wim", "--as", "an image", "--despite-findings"]).code(0);
    without_store.check(["a.wim"]).code(0);
    let found = check_at(&without_store, "metadata", "").code(3);
    assert_eq!(verdict(&found), "undecided");
    assert!(found.rules().contains(&"WP3018".to_owned()));
    // Compressed manifests without their base were not read: nothing can be waived there.
    let no_base = Component::new("Microsoft-Windows-X", "1.2.3.4").compressed();
    let desk = approved(&[core().file(File::sound("core.dll", *b"the core")), no_base]);
    assert_eq!(verdict(&check_at(&desk, "manifests", "").code(3)), "undecided");
}
