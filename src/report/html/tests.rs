//! The report on a made-up case, in both languages, and on hostile ones.

mod seed;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use roxmltree::{Document, Node, ParsingOptions};

use seed::*;

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
