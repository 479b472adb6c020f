//! Lines in the grammar of the real logs, hostile bytes, and real logs where a corpus is at hand.

mod corpus;
mod hostile;
mod shapes;

use std::{fmt::Write as _, path::PathBuf};

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{super::statement::*, *};
use crate::sighting::Locator;

/// A line in the common grammar.
fn line(component: &str, message: &str) -> String {
    format!("2022-07-06 08:08:30, Info                  {component:<7}{message}\r\n")
}

fn testimony(log: &str) -> Testimony {
    read(log.as_bytes(), "setupact.log", &Settings::default())
}

type Said<'t> = (Topic, &'t str, &'t str);

fn said(testimony: &Testimony) -> Vec<Said<'_>> {
    testimony
        .statements
        .iter()
        .map(|said| (said.topic, said.about.as_deref().unwrap_or(""), &*said.value))
        .collect()
}

/// Checks what a log of some lines of one component says.
#[track_caller]
fn check(component: &str, messages: &[&str], expected: &[Said<'_>]) {
    let log: String = messages.iter().map(|message| line(component, message)).collect();
    assert_eq!(said(&testimony(&log)), expected);
}

#[test]
fn a_statement_says_where_it_stands_and_how_it_was_written() {
    let log = b"\xef\xbb\xbf\r\n2022-07-06 08:08:30, Info                  MOUPG  MigChoice: Initializing Image Name: [B\xfcro \xae]\n";
    let testimony = read(&log[..], "x/setupact.log", &Settings::default());
    let said = &testimony.statements[0];
    assert_eq!(&*said.value, "Büro ®");
    assert_eq!(
        &*said.quote,
        "2022-07-06 08:08:30, Info                  MOUPG  MigChoice: Initializing Image Name: [Büro ®]"
    );
    assert_eq!(said.locator, Locator::Line(2, 5));
    assert_eq!(said.stamp, entry::date_time(b"2022-07-06 08:08:30").map(Stamp::Local));
    assert_eq!(testimony.size, log.len() as u64);
    assert_eq!(testimony.sha256, Some(Sha256::digest(log).into()));
    let chinese = Settings { code_page: CodePage::of_number(936).unwrap() };
    let log = b"2022-07-06 08:08:30, Info                  MOUPG  MigChoice: Initializing Image Name: [\xb2\xe2\xca\xd4]\n";
    assert_eq!(&*read(&log[..], "x", &chinese).statements[0].value, "测试");
}

#[test]
fn utf_16_logs_are_read_alike() {
    let log = line("MOUPG", "SetupHost: Setup build version is: 10.0.1 (ä)");
    let wide: Vec<u8> = log.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = read(&wide[..], "x", &Settings::default());
    assert_eq!((wide.kind, said(&wide)), (PieceKind::SetupLog, vec![(Topic::SetupBuild, "", "10.0.1 (ä)")]));
}

#[test]
fn secrets_are_never_said() {
    let log = line(
        "MOUPG",
        "SetupHost::Initialize: CmdLine = [/Install /PKey ABCDE-12345-FGHIJ-67890-KLMNO /Password Hunter2]",
    ) + &line(
        "",
        "ExecuteCommandFromValue: Executing command line: slmgr /ipk ABCDE-12345-FGHIJ-67890-KLMNO",
    );
    let testimony = testimony(&log);
    assert_eq!(testimony.statements.len(), 2);
    for said in &testimony.statements {
        for text in [&said.value, &said.quote] {
            assert!(!text.contains("ABCDE") && !text.contains("Hunter2"), "{text}");
            assert!(text.contains(crate::evidence::mask::MASKED_KEY));
        }
    }
}

#[test]
fn errors_of_both_logs_add_up_alike() {
    let error = |text: &str| format!("2022-07-06 08:08:30, Error                 SP     {text}\r\n");
    let errors = [error("one"), error("two")];
    let log = ["\u{feff}".to_owned(), line("SP", "x"), errors[0].clone(), line("SP", "y"), errors[1].clone()]
        .concat();
    let act = testimony(&log);
    let err =
        read(format!("\u{feff}{}{}", errors[0], errors[1]).as_bytes(), "setuperr.log", &Settings::default());
    assert_eq!((act.kind, err.kind), (PieceKind::SetupLog, PieceKind::SetupErrors));
    assert_eq!(act.errors, err.errors);
    assert_eq!(act.errors.count, 2);
    let swapped =
        read(format!("{}{}", errors[1], errors[0]).as_bytes(), "setuperr.log", &Settings::default());
    assert_ne!(swapped.errors.digest, act.errors.digest);
    let nothing = read(&b""[..], "Panther/setuperr.log", &Settings::default());
    assert_eq!((nothing.kind, nothing.errors), (PieceKind::SetupErrors, Tally::default()));
}

#[test]
fn pieces_are_told_by_their_bytes() {
    use PieceKind::*;
    let entry = |component: &str| line(component, "words");
    for (text, name, kind) in [
        (entry("MOUPG"), "x.txt", SetupLog),
        (entry("DISM") + &entry("DISM") + &entry("SP"), "setupact.log", SetupLog),
        (entry("DISM"), "setupact_1.log", SetupLog),
        (entry("SYSPRP") + &entry("CSI"), "setupact.log", SysprepLog),
        (entry("DISM") + &entry("CSI"), "dism.log", DismLog),
        ("*** junk before\r\n\r\n".to_owned() + &entry("CBS"), "a.log", ServicingLog),
        ("AudMig: not stamped\r\n".to_owned(), "setupact.log", DriverLog),
        ("[01/02/2020 10:11.12.123] WudfCoInstaller: x\r\n".to_owned(), "setupact.log", DriverLog),
        ("<![LOG[x]LOG]!><time=".to_owned(), "smsts.log", TaskSequenceLog),
        ("[Device Install Log]\r\n".to_owned(), "setupapi.dev.log", DeviceLog),
        ("\u{feff}<xml xmlns:s='uuid:x'".to_owned(), "diagerr.xml", Rowset),
        ("<?xml version='1.0'?>\n<unattend xmlns=''>".to_owned(), "unattend.xml", AnswerFile),
        ("<?xml version='1.0'?>\n<SetupDiag xmlns=''>".to_owned(), "SetupDiagResults.xml", SetupDiag),
        ("regf\0\0\0\0".to_owned(), "SYSTEM", Hive),
        ("ElfFile\0".to_owned(), "System.evtx", EventLog),
        (format!("{}DRBKLBSM", "\0".repeat(24)), "setupinfo", Blackboard),
        ("MSWIM\0\0\0".to_owned(), "install.wim", Image),
        ("03/15 12:00:01\tInfo\tVolume is Fixed Drive".to_owned(), "DDACLSys.log", Other),
        (
            "1/2/2020 3:4:5 - PFRO Error: \\??\\x, |delete operation|, 0xc0000034".to_owned(),
            "PFRO.log",
            Other,
        ),
        (String::new(), "setupact.log", Other),
    ] {
        assert_eq!(sniff(text.as_bytes(), &format!("C:\\Windows\\Panther\\{name}")), kind, "{name}: {text}");
    }
}
