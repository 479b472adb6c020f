//! The report on a made-up case, in both languages, and on hostile ones.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use roxmltree::{Document, Node, ParsingOptions};

use super::*;
use crate::{
    evidence::statement::PieceKind,
    judge::{ExitCode, RuleId},
    report::{
        case::{CASE_SCHEMA, PieceReport, SetAsideReport},
        json,
        result::{
            ApprovalReport, ComparedReport, FileDigest, FileDigests, FindingReport, ImageReport, QuoteReport,
            RegistryHead, SubjectReport, TOOL,
        },
    },
    sighting::{
        Assurance, Evidence, Fact, FactKey, Facts, Locator, Sighting, SubjectKind, Value,
        deployment::{
            AgentSeen, Aspect, Channel, Citation, Deployment, DeploymentKind, Missing, Moment, Outcome,
            Phase, Told, Wording,
        },
    },
};

const LANGUAGES: [Language; 2] = [Language::En, Language::ZhCn];

const FIRST_LOG: &str = "evidence.zip!/Windows.old/Windows/Panther/setupact.log";
const SECOND_LOG: &str = "evidence.zip!/Windows.old.000/Windows/Panther/setupact.log";
const THIRD_LOG: &str = "evidence.zip!/Windows/Panther/setupact.log";

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
}

fn local(text: &str) -> NaiveDateTime {
    text.parse().expect("a local time")
}

/// A moment that another line of the same run ties to UTC; the clock is eight hours ahead.
fn anchored(text: &str) -> Moment {
    let utc = utc(text);
    Moment { local: Some(utc.naive_utc() + TimeDelta::hours(8)), utc: Some(utc), known: Some("anchor") }
}

fn unzoned(text: &str) -> Moment {
    Moment { local: Some(local(text)), ..Moment::default() }
}

fn cited(source: &str, line: u64, quote: &str) -> Citation {
    let evidence = Evidence { source: source.into(), locator: Locator::Line(line, line * 97) };
    Citation { evidence, sha256: None, quote: quote.into(), at: Moment::default() }
}

fn told(value: &str, source: &str, line: u64, quote: &str) -> Told {
    Told { value: value.to_owned(), value_zh: None, on: vec![cited(source, line, quote)] }
}

fn worded(en: &str) -> Wording {
    Wording { en: en.to_owned(), zh: Some(en.to_owned()) }
}

fn facts<const N: usize>(source: &str, list: [(FactKey, u64, Value); N]) -> Facts {
    let fact = |line: u64, value: Value| Fact {
        value,
        evidence: Evidence { source: source.into(), locator: Locator::Line(line, line * 97) },
    };
    list.into_iter().map(|(key, line, value)| (key, fact(line, value))).collect()
}

fn sighting(facts: Facts) -> Sighting {
    Sighting {
        index: Some(1),
        facts,
        observations: Vec::new(),
        assurance: Assurance::Claimed,
        contents: None,
    }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn phase(name: &str, begun: Moment, ended: Moment) -> Phase {
    Phase { name: name.to_owned(), begun, ended }
}

/// Known by name only, from the traces of a system that is gone.
fn first() -> Deployment {
    Deployment {
        number: 1,
        kind: DeploymentKind::CleanInstall,
        outcome: Outcome::Succeeded,
        begun: anchored("2019-05-21T01:12:40Z"),
        ended: anchored("2019-05-21T01:49:03Z"),
        told_in: "Windows.old".to_owned(),
        aspects: [
            (Aspect::ToOs, told("CMGE V0-H, 10.0.17134", FIRST_LOG, 512, "IBS    OSVersion = 10.0.17134")),
            (Aspect::Computer, told("PC-0042", FIRST_LOG, 77, "IBS    ComputerName = PC-0042")),
        ]
        .into(),
        phases: Vec::new(),
        agents: Vec::new(),
        contradictions: Vec::new(),
        channels: vec![Channel {
            id: "setup-media".to_owned(),
            title: "Booted installation media".to_owned(),
            title_zh: None,
            note: None,
            approved: Some(true),
            on: vec![cited(FIRST_LOG, 11, "IBS    Setup has started phase 1 at 2019-05-21 09:12:40")],
        }],
        sighting: sighting(facts(FIRST_LOG, [(FactKey::Name, 498, text("CMGE V0-H"))])),
        missing: vec![Missing {
            aspect: Aspect::UsbSerial,
            place: r"C:\Windows\INF\setupapi.dev.log".to_owned(),
        }],
    }
}

fn second() -> Deployment {
    let at = |minute: i64| {
        let utc = utc("2021-12-10T06:02:11Z") + TimeDelta::minutes(minute);
        Moment { utc: Some(utc), known: Some("direct"), ..Moment::default() }
    };
    let command = r"MOUPG  SetupHost::Initialize: CmdLine = [/Install /Auto Upgrade /InstallFile C:\CMIT\Sources\install.wim]";
    Deployment {
        number: 2,
        kind: DeploymentKind::InPlace,
        outcome: Outcome::Succeeded,
        begun: at(0),
        ended: at(71),
        told_in: "Windows.old.000".to_owned(),
        aspects: [
            (Aspect::FromOs, told("CMGE V0-H, 10.0.17134", SECOND_LOG, 40, "Host OS: 10.0.17134")),
            (
                Aspect::ToOs,
                told("CMGE V2020-L, 10.0.17763.1911", SECOND_LOG, 812, "Target OS: 10.0.17763.1911"),
            ),
            (Aspect::CommandLine, told(r"/Install /Auto Upgrade", SECOND_LOG, 9, command)),
            (
                Aspect::Parent,
                told("CmitUpdateAgent.exe", SECOND_LOG, 15, "Parent: CmitUpdateAgent.exe /upgrade"),
            ),
        ]
        .into(),
        phases: vec![
            phase("Downlevel", at(0), at(34)),
            phase("SafeOS", at(34), at(46)),
            phase("First boot", at(47), at(58)),
            phase("Second boot", at(59), at(71)),
        ],
        contradictions: Vec::new(),
        agents: vec![AgentSeen {
            name: "CmitUpdateAgent".to_owned(),
            on: vec![cited(SECOND_LOG, 15, "Parent: CmitUpdateAgent.exe /upgrade")],
            backfilled: Some(worded("the upgrade script copies it there")),
        }],
        channels: vec![Channel {
            id: "update-client".to_owned(),
            title: "Update client of the vendor".to_owned(),
            title_zh: Some("厂商更新客户端".to_owned()),
            note: Some(worded("The client upgrades only to images of the vendor.")),
            approved: Some(true),
            on: vec![cited(SECOND_LOG, 15, "Parent: CmitUpdateAgent.exe /upgrade")],
        }],
        sighting: sighting(facts(
            SECOND_LOG,
            [
                (FactKey::Name, 640, text("CMGE V2020-L")),
                (FactKey::Version, 644, text("10.0.17763.1911")),
                (FactKey::TotalBytes, 646, Value::Number(16_412_783_911)),
            ],
        )),
        missing: Vec::new(),
    }
}

fn third() -> Deployment {
    let stick = r"IBS    Device instance ID: USBSTOR\Disk&Ven_Kingston&Prod_DataTraveler_3.0\E0D55EA574F1&0";
    let size = r"IBS    CollectInformationForImage: Size of 'D:\sources\install.wim' is 5554353356";
    let volume = "IBS    Volume label [WIN10_LTSC], serial [7C3A-91F2]";
    Deployment {
        number: 3,
        kind: DeploymentKind::CleanInstall,
        outcome: Outcome::Succeeded,
        begun: unzoned("2021-12-14T09:03:17"),
        ended: unzoned("2021-12-14T09:41:52"),
        told_in: "Windows".to_owned(),
        aspects: [
            (
                Aspect::ToOs,
                told(
                    "Windows 10 Enterprise LTSC 2019, 10.0.17763.1339",
                    THIRD_LOG,
                    655,
                    "Version 10.0.17763",
                ),
            ),
            (Aspect::ImagePath, told(r"D:\sources\install.wim", THIRD_LOG, 432, size)),
            (Aspect::DriveType, told("removable", THIRD_LOG, 331, "IBS    Drive type: removable")),
            (Aspect::VolumeLabel, told("WIN10_LTSC", THIRD_LOG, 680, volume)),
            (Aspect::VolumeSerial, told("7C3A-91F2", THIRD_LOG, 680, volume)),
            (Aspect::Device, told("Kingston DataTraveler 3.0", THIRD_LOG, 333, stick)),
            (Aspect::UsbSerial, told("E0D55EA574F1", THIRD_LOG, 333, stick)),
        ]
        .into(),
        phases: vec![
            phase("WinPE", unzoned("2021-12-14T09:03:17"), unzoned("2021-12-14T09:14:02")),
            phase("Specialize", unzoned("2021-12-14T09:15:30"), unzoned("2021-12-14T09:33:00")),
            phase("OOBE", unzoned("2021-12-14T09:33:00"), unzoned("2021-12-14T09:41:52")),
        ],
        contradictions: Vec::new(),
        agents: vec![AgentSeen { name: "CmitUpdateAgent".to_owned(), on: Vec::new(), backfilled: None }],
        channels: vec![Channel {
            id: "usb-media".to_owned(),
            title: "USB stick booted to WinPE".to_owned(),
            title_zh: None,
            note: None,
            approved: Some(false),
            on: vec![cited(THIRD_LOG, 331, "IBS    Drive type: removable"), cited(THIRD_LOG, 333, stick)],
        }],
        sighting: sighting(facts(
            THIRD_LOG,
            [
                (FactKey::Name, 498, text("ICBC VDA Win10 LTSC 2019")),
                (FactKey::Description, 499, text("ICBC VDA Win10 LTSC 2019")),
                (FactKey::Edition, 510, text("EnterpriseS")),
                (FactKey::Created, 503, Value::Time(utc("2020-07-29T10:25:11Z"))),
                (FactKey::FileSize, 432, Value::Number(5_554_353_356)),
            ],
        )),
        missing: vec![
            Missing {
                aspect: Aspect::Launcher,
                place: r"C:\Windows\System32\winevt\Logs\Security.evtx".to_owned(),
            },
            Missing { aspect: Aspect::AnswerFile, place: r"C:\Windows\Panther\unattend.xml".to_owned() },
        ],
    }
}

fn finding(rule: RuleId, message: &str, source: &str, value: &str) -> FindingReport {
    let evidence = Evidence { source: source.into(), locator: Locator::Line(432, 38_112) };
    let place = (&evidence).into();
    let evidence = vec![QuoteReport { place, value: value.to_owned() }];
    FindingReport {
        rule,
        severity: rule.rule().severity,
        message: message.to_owned(),
        phrase: None,
        waived: None,
        known: None,
        evidence,
    }
}

fn judged(deployment: &Deployment, verdict: Verdict) -> DeploymentReport<'_> {
    DeploymentReport {
        deployment,
        verdict: Some(verdict),
        approval: None,
        compared: Vec::new(),
        findings: Vec::new(),
    }
}

fn piece(source: &str, size: u64, statements: usize) -> PieceReport {
    let sha256 = <sha2::Sha256 as sha2::Digest>::digest(source.as_bytes()).into();
    PieceReport {
        source: source.to_owned(),
        kind: PieceKind::SetupLog,
        size,
        sha256: Some(sha256),
        statements,
        partial: None,
    }
}

fn empty_case<'d>() -> CaseReport<'d> {
    CaseReport {
        schema: CASE_SCHEMA,
        tool: crate::report::result::Tool { version: "0.0.0".into(), ..TOOL },
        now: utc("2022-01-10T08:00:00Z"),
        registry: None,
        verdict: None,
        exit_code: ExitCode::Undecided.code(),
        paths: Vec::new(),
        findings: Vec::new(),
        deployments: Vec::new(),
        images: Vec::new(),
        used: Vec::new(),
        set_aside: Vec::new(),
        missing: Vec::new(),
        advice: Vec::new(),
        servicing: Vec::new(),
        redacted: None,
    }
}

/// The case that the product was made for.
fn seed_case(deployments: &[Deployment; 3]) -> CaseReport<'_> {
    let [first, second, third] = deployments;
    let mut reports = vec![
        judged(first, Verdict::Consistent),
        judged(second, Verdict::Consistent),
        judged(third, Verdict::Rogue),
    ];
    for (report, (id, title)) in reports
        .iter_mut()
        .zip([("8c1d0f4e", "CMGE V0-H for branches"), ("a4027b95", "CMGE V2020-L for branches")])
    {
        report.approval = Some(ApprovalReport { id: id.to_owned(), title: title.to_owned() });
        let name = report.deployment.sighting.facts.get(&FactKey::Name).expect("a name").value.clone();
        report.compared.push(ComparedReport {
            fact: FactKey::Name,
            approved: name.clone(),
            seen: name,
            agrees: true,
        });
        let source = report.deployment.aspects[&Aspect::ToOs].on[0].evidence.source.to_string();
        report.findings.push(finding(
            RuleId::WEAK_MATCH,
            "the name agrees with the approval, no digest could be compared",
            &source,
            title,
        ));
    }
    if let Some(rogue) = reports.last_mut() {
        rogue.findings.push(finding(
            RuleId::NOT_IN_REGISTRY,
            "no approval knows \"ICBC VDA Win10 LTSC 2019\" or an image file of 5,554,353,356 bytes",
            THIRD_LOG,
            r"CollectInformationForImage: Size of 'D:\sources\install.wim' is 5554353356",
        ));
    }
    CaseReport {
        registry: Some(RegistryHead {
            origin: "bank.example/images".to_owned(),
            size: 41,
            root: "8f".repeat(32),
            signed_by: None,
        }),
        verdict: Some(Verdict::Rogue),
        exit_code: ExitCode::NotApproved.code(),
        paths: vec!["evidence.zip".to_owned()],
        deployments: reports,
        images: Vec::new(),
        used: vec![
            piece(FIRST_LOG, 484_137, 31),
            piece(SECOND_LOG, 818_270, 64),
            PieceReport {
                partial: Some("line 9,001: cut off".to_owned()),
                sha256: None,
                ..piece(THIRD_LOG, 511_204, 57)
            },
        ],
        set_aside: vec![SetAsideReport {
            source: "evidence.zip!/Windows/setupact.log".to_owned(),
            reason: "a log of drivers: it tells of no deployment".to_owned(),
            reason_zh: "驱动日志：不记载任何部署".to_owned(),
        }],
        missing: vec![Missing {
            aspect: Aspect::Device,
            place: r"C:\Windows\System32\config\SYSTEM".to_owned(),
        }],
        advice: vec![
            "Find the USB stick with the serial number E0D55EA574F1 and the volume serial 7C3A-91F2."
                .to_owned(),
            r"Collect C:\Windows\System32\config\SYSTEM and trace again.".to_owned(),
        ],
        servicing: Vec::new(),
        redacted: Some(2),
        ..empty_case()
    }
}

/// An image file among the evidence.
fn file(name: &str, verdict: Verdict) -> SubjectReport {
    let facts = || [(FactKey::Name, text(name)), (FactKey::TotalBytes, Value::Number(1))].into();
    let compared =
        ComparedReport { fact: FactKey::Name, approved: text(name), seen: text(name), agrees: false };
    let image = ImageReport {
        index: Some(1),
        claims: facts(),
        digests: [(FactKey::Tree, text(&"5a".repeat(32)))].into(),
        evidence: BTreeMap::new(),
        verdict: Some(verdict),
        unwaived_verdict: None,
        approval: Some(ApprovalReport { id: name.to_owned(), title: name.to_owned() }),
        compared: vec![compared],
        findings: vec![finding(RuleId::IMPERSONATION, name, name, name)],
        relatives: Vec::new(),
        health: None,
    };
    SubjectReport {
        source: name.to_owned(),
        kind: SubjectKind::Wim,
        file_size: Some(5_554_353_356),
        bytes_read: 4096,
        assurance: Assurance::Declared,
        digests: FileDigests { file: Some(FileDigest { sha256: text(name) }) },
        claims: facts(),
        evidence: BTreeMap::new(),
        verdict: Some(verdict),
        findings: vec![finding(RuleId::AMBIGUOUS_XML, name, name, name)],
        checked: None,
        second_opinion: None,
        writer: None,
        images: vec![image],
        deployments: Vec::new(),
    }
}

#[test]
fn image_files_among_the_evidence_are_judged() {
    let case = CaseReport { images: vec![file("install.wim", Verdict::Impostor)], ..empty_case() };
    for language in LANGUAGES {
        let page = written(&case, language);
        show("file", language, &page);
        let document = checked(&page);
        let names: Vec<_> = document.descendants().filter_map(|node| node.text()).collect();
        for word in
            ["install.wim", labels::verdict(Verdict::Impostor).get(language), labels::DIFFERS.get(language)]
        {
            assert!(names.contains(&word), "{word}");
        }
    }
}

fn written(case: &CaseReport<'_>, language: Language) -> String {
    let mut bytes = Vec::new();
    render(case, language, &mut bytes).expect("written");
    String::from_utf8(bytes).expect("UTF-8")
}

/// Leaves a page where somebody wants to look at it with a browser: in the folder `WIMPROOF_HTML_OUT`.
fn show(name: &str, language: Language, page: &str) {
    if let Some(folder) = std::env::var_os("WIMPROOF_HTML_OUT") {
        let name = format!("{name}.{}.html", labels::LANGUAGE_TAG.get(language));
        std::fs::write(std::path::Path::new(&folder).join(name), page).expect("a page to look at");
    }
}

/// Reads the page as XML, and holds it to what every page promises.
fn checked(page: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(page, options).expect("well-formed XML");
    let mut ids = BTreeSet::new();
    for node in document.descendants().filter(Node::is_element) {
        assert!(!["script", "iframe", "img", "object", "link", "form"].contains(&node.tag_name().name()));
        for attribute in node.attributes() {
            assert!(attribute.name() != "style" && !attribute.name().starts_with("on"), "{attribute:?}");
            let target = attribute.value().starts_with('#') || !["href", "src"].contains(&attribute.name());
            assert!(target, "leads out of the page: {attribute:?}");
        }
        if let Some(id) = node.attribute("id") {
            assert!(ids.insert(id), "two elements have the id {id}");
        }
    }
    for link in document.descendants().filter_map(|node| node.attribute("href")) {
        assert!(ids.contains(link.trim_start_matches('#')), "{link} leads nowhere");
    }
    assert!(!page.contains("##") && !page.contains("::") && !page.contains("#["));
    let invisible = page.chars().find(|c| *c != '\n' && crate::sighting::names::is_invisible(*c));
    assert_eq!(invisible, None);
    document
}

#[test]
fn the_seed_case_in_both_languages() {
    let deployments = [first(), second(), third()];
    let case = seed_case(&deployments);
    for language in LANGUAGES {
        let page = written(&case, language);
        assert_eq!(page, written(&case, language), "the same input gives the same bytes");
        let document = checked(&page);
        let root = document.root_element();
        assert_eq!(root.attribute("lang"), Some(labels::LANGUAGE_TAG.get(language)));
        show("case", language, &page);
        let (head, rest) = page.split_once("<style>").expect("a style sheet");
        let (_, body) = rest.split_once("</style>").expect("a style sheet");
        let policy = head.find("sha256-").and_then(|at| head.get(at..at + 51)).expect("a hash");
        let head = head.replace(policy, "sha256-HASH");
        insta::assert_snapshot!(labels::LANGUAGE_TAG.get(language), format!("{head}<style></style>{body}"));
    }
}

#[test]
fn the_policy_names_the_style_sheet_that_is_there() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256};

    let page = written(&empty_case(), Language::ZhCn);
    let document = checked(&page);
    let text = |name: &str| {
        let node =
            document.descendants().find(|node| node.has_tag_name(("http://www.w3.org/1999/xhtml", name)));
        node.and_then(|node| node.text()).expect("an element").to_owned()
    };
    let hash = STANDARD.encode(Sha256::digest(text("style").as_bytes()));
    let policy =
        document.descendants().find_map(|node| node.attribute("content").filter(|c| c.contains("src")));
    let expected =
        format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
    assert_eq!(policy, Some(expected.as_str()));
}

const HOSTILE: [&str; 7] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>' style='color:red",
    "\u{202e}gnp.exe\u{2066}\u{200b}",
    "\x1b[2J\x1b]0;owned\x07\r\n::error::x ##vso[task.complete]",
    "]]> --> </style></title></svg></html> <!-- &amp; &#0; <![CDATA[",
    "javascript:alert(1)\u{0}\u{ffff}\u{fffe}",
    "\u{5de5}\u{884c}\u{5de5}\u{884c}",
];

fn hostile(hostile: &str) -> (Deployment, Arc<str>) {
    let source: Arc<str> = Arc::from(hostile);
    let evil = || hostile.to_owned();
    let at = unzoned("2021-12-14T09:03:17");
    let on = || {
        let evidence = Evidence { source: Arc::clone(&source), locator: Locator::Key(evil()) };
        vec![Citation { evidence, sha256: None, quote: Arc::clone(&source), at }; 9]
    };
    let fact = |key: FactKey| {
        let evidence = Evidence { source: Arc::clone(&source), locator: Locator::Whole };
        (key, Fact { value: Value::Text(evil()), evidence })
    };
    let deployment = Deployment {
        aspects: Aspect::ALL
            .iter()
            .map(|a| (*a, Told { value: evil(), value_zh: Some(evil()), on: on() }))
            .collect(),
        phases: (0..40).map(|_| phase(hostile, at, at)).collect(),
        contradictions: Vec::new(),
        agents: vec![AgentSeen { name: evil(), on: on(), backfilled: Some(worded(&evil())) }],
        channels: vec![Channel {
            id: evil(),
            title: evil(),
            title_zh: Some(evil()),
            approved: None,
            note: Some(worded(&evil())),
            on: on(),
        }],
        sighting: sighting(FactKey::ALL.iter().map(|key| fact(*key)).collect()),
        missing: vec![Missing { aspect: Aspect::Url, place: evil() }],
        told_in: evil(),
        ..third()
    };
    (deployment, source)
}

#[test]
fn hostile_text_stays_text() {
    let long = "\u{5de5}x\u{202e}<b>".repeat(5000);
    for text in HOSTILE.into_iter().chain([long.as_str()]) {
        let (deployment, _) = hostile(text);
        let evil = || text.to_owned();
        let mut report = judged(&deployment, Verdict::Impostor);
        report.approval = Some(ApprovalReport { id: evil(), title: evil() });
        report.findings = vec![finding(RuleId::HOSTILE_NAME, text, text, text)];
        let mut case = CaseReport {
            registry: Some(RegistryHead {
                origin: evil(),
                size: u64::MAX,
                root: evil(),
                signed_by: Some(vec![evil()]),
            }),
            paths: vec![evil()],
            findings: vec![finding(RuleId::REGISTRY_CHANGED, text, text, text)],
            images: vec![file(text, Verdict::Rogue)],
            used: vec![PieceReport { partial: Some(evil()), ..piece(text, u64::MAX, usize::MAX) }],
            set_aside: vec![SetAsideReport { source: evil(), reason: evil(), reason_zh: evil() }],
            missing: vec![Missing { aspect: Aspect::Url, place: evil() }],
            advice: vec![evil()],
            ..empty_case()
        };
        case.deployments.push(report);
        for language in LANGUAGES {
            let page = written(&case, language);
            let document = checked(&page);
            let names: BTreeSet<_> = document.descendants().map(|node| node.tag_name().name()).collect();
            assert!(!names.contains("b"), "{names:?}");
            show("hostile", language, &page);
            assert!(page.len() < 4_000_000, "{} bytes", page.len());
        }
    }
}

/// The numbers of an attribute of all elements of a class in the drawing.
fn places(document: &Document<'_>, class: &str, attribute: &str) -> Vec<i64> {
    let nodes = document.descendants().filter(|node| node.attribute("class") == Some(class));
    nodes.filter_map(|node| node.attribute(attribute)?.parse().ok()).collect()
}

#[test]
fn a_timeline_of_any_number_of_deployments() {
    // Some far apart, some within a second, one without any time.
    let mut all: Vec<Deployment> = (0..12).map(|_| second()).collect();
    for (deployment, number) in all.iter_mut().zip(1_u32..) {
        deployment.number = number;
        if number > 6 {
            let days = TimeDelta::days(400 * i64::from(number));
            deployment.begun.utc = deployment.begun.utc.map(|at| at + days);
        }
    }
    if let Some(last) = all.last_mut() {
        (last.begun, last.ended, last.phases) = (Moment::default(), Moment::default(), Vec::new());
    }
    for count in 0..=all.len() {
        let mut case = empty_case();
        case.deployments =
            all.iter().take(count).map(|deployment| judged(deployment, Verdict::Approved)).collect();
        let page = written(&case, Language::En);
        let document = checked(&page);
        show(if count == 0 { "empty" } else { "many" }, Language::En, &page);
        let names = places(&document, "image", "y");
        assert_eq!(names.len(), count);
        assert!(names.windows(2).all(|pair| pair[1] - pair[0] >= 40), "rows overlap: {names:?}");
        let dates = places(&document, "tick", "y");
        assert!(dates.windows(2).all(|pair| pair[1] - pair[0] >= 15), "dates overlap: {dates:?}");
        assert_eq!(places(&document, "dot", "cy").len(), count.min(11));
    }
}

#[test]
fn times_that_cannot_be_do_not_harm() {
    let mut deployment = third();
    let far = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC]
        .map(|utc| Moment { utc: Some(utc), ..Moment::default() });
    (deployment.begun, deployment.ended) = (far[1], far[0]);
    deployment.phases = vec![phase("backwards", far[1], far[0]), phase("forwards", far[0], far[1])];
    let mut other = second();
    other.begun = far[0];
    let mut case = empty_case();
    case.deployments = vec![judged(&deployment, Verdict::Rogue), judged(&other, Verdict::Rogue)];
    for language in LANGUAGES {
        checked(&written(&case, language));
    }
}

#[test]
fn local_times_are_said_to_be_local() {
    let deployment = third();
    let mut case = empty_case();
    case.deployments = vec![judged(&deployment, Verdict::Rogue)];
    let page = written(&case, Language::En);
    let document = checked(&page);
    assert_eq!(places(&document, "dot local", "cy").len(), 1);
    assert_eq!(places(&document, "phase even local", "x").len(), 2);
    assert!(page.contains("<time>2021-12-14 09:03:17</time>") && page.contains("local time, zone unknown"));
    assert!(page.contains("38 min 35 s by the local clock"), "a length by one clock");
}

#[test]
fn the_case_as_json() {
    let deployments = [first(), second(), third()];
    let case = seed_case(&deployments);
    let mut bytes = Vec::new();
    json::write(&mut bytes, &case).expect("JSON");
    let value: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(value["schema"], CASE_SCHEMA);
    let rogue = &value["deployments"][2];
    assert_eq!(rogue["verdict"], "rogue");
    assert_eq!(rogue["kind"], "clean-install");
    assert_eq!(rogue["begun"]["local"], "2021-12-14T09:03:17");
    assert_eq!(rogue["begun"]["utc"], serde_json::Value::Null);
    assert_eq!(rogue["image"]["claims"]["file_size"], 5_554_353_356_u64);
    assert_eq!(rogue["aspects"]["usb_serial"]["evidence"][0]["line"], 333);
    assert_eq!(value["deployments"][1]["begun"]["utc"], "2021-12-10T06:02:11Z");
    assert_eq!(value["deployments"][1]["begun"]["known"], "direct");
    assert_eq!(value["used"][0]["kind"], "setup-log");
    assert_eq!(value["used"][0]["sha256"].as_str().map(str::len), Some(64));
    assert_eq!(value["missing"][0]["aspect"], "device");
}
