//! A made-up case.

use super::*;

pub(super) const FIRST_LOG: &str = "evidence.zip!/Windows.old/Windows/Panther/setupact.log";
pub(super) const SECOND_LOG: &str = "evidence.zip!/Windows.old.000/Windows/Panther/setupact.log";
pub(super) const THIRD_LOG: &str = "evidence.zip!/Windows/Panther/setupact.log";

pub(super) fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("a time").to_utc()
}

pub(super) fn local(text: &str) -> NaiveDateTime {
    text.parse().expect("a local time")
}

/// A moment that another line of the same run ties to UTC; the clock is eight hours ahead.
pub(super) fn anchored(text: &str) -> Moment {
    let utc = utc(text);
    Moment { local: Some(utc.naive_utc() + TimeDelta::hours(8)), utc: Some(utc), known: Some("anchor") }
}

pub(super) fn unzoned(text: &str) -> Moment {
    Moment { local: Some(local(text)), ..Moment::default() }
}

pub(super) fn cited(source: &str, line: u64, quote: &str) -> Citation {
    let evidence = Evidence { source: source.into(), locator: Locator::Line(line, line * 97) };
    Citation { evidence, sha256: None, quote: quote.into(), at: Moment::default() }
}

pub(super) fn told(value: &str, source: &str, line: u64, quote: &str) -> Told {
    Told { value: value.to_owned(), value_zh: None, on: vec![cited(source, line, quote)] }
}

pub(super) fn worded(en: &str) -> Wording {
    Wording { en: en.to_owned(), zh: Some(en.to_owned()) }
}

pub(super) fn facts<const N: usize>(source: &str, list: [(FactKey, u64, Value); N]) -> Facts {
    let fact = |line: u64, value: Value| Fact {
        value,
        evidence: Evidence { source: source.into(), locator: Locator::Line(line, line * 97) },
    };
    list.into_iter().map(|(key, line, value)| (key, fact(line, value))).collect()
}

pub(super) fn sighting(facts: Facts) -> Sighting {
    Sighting {
        index: Some(1),
        facts,
        observations: Vec::new(),
        assurance: Assurance::Claimed,
        contents: None,
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(super) fn phase(name: &str, begun: Moment, ended: Moment) -> Phase {
    Phase { name: name.to_owned(), begun, ended }
}

/// Known by name only, from the traces of a system that is gone.
pub(super) fn first() -> Deployment {
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
        listed: Vec::new(),
        missing: vec![Missing {
            aspect: Aspect::UsbSerial,
            place: r"C:\Windows\INF\setupapi.dev.log".to_owned(),
        }],
    }
}

pub(super) fn second() -> Deployment {
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
        listed: Vec::new(),
        missing: Vec::new(),
    }
}

pub(super) fn third() -> Deployment {
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
        listed: Vec::new(),
        missing: vec![
            Missing {
                aspect: Aspect::Launcher,
                place: r"C:\Windows\System32\winevt\Logs\Security.evtx".to_owned(),
            },
            Missing { aspect: Aspect::AnswerFile, place: r"C:\Windows\Panther\unattend.xml".to_owned() },
        ],
    }
}

pub(super) fn finding(rule: RuleId, message: &str, source: &str, value: &str) -> FindingReport {
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

pub(super) fn judged(deployment: &Deployment, verdict: Verdict) -> DeploymentReport<'_> {
    DeploymentReport {
        deployment,
        verdict: Some(verdict),
        approval: None,
        compared: Vec::new(),
        findings: Vec::new(),
    }
}

pub(super) fn piece(source: &str, size: u64, statements: usize) -> PieceReport {
    let sha256 = <sha2::Sha256 as sha2::Digest>::digest(source.as_bytes()).into();
    PieceReport {
        source: source.to_owned(),
        kind: PieceKind::SetupLog,
        size,
        sha256: Some(sha256),
        statements,
        tells_of_deployments: true,
        tells_of_store: false,
        partial: None,
    }
}

pub(super) fn empty_case<'d>() -> CaseReport<'d> {
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
pub(super) fn seed_case(deployments: &[Deployment; 3]) -> CaseReport<'_> {
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
pub(super) fn file(name: &str, verdict: Verdict) -> SubjectReport {
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
