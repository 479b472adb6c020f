//! Logs of bad will.

use super::*;

#[test]
fn statements_and_their_text_are_bounded() {
    let log = line("IBS", "Fn:Detected root file/folder [x] in OS image.").repeat(MAX_STATEMENTS + 10);
    let testimony = testimony(&log);
    assert_eq!(testimony.statements.len(), MAX_STATEMENTS);
    assert!(testimony.partial.is_some_and(|why| why.contains("statements")));
    let wordy = line("IBS", &format!("Fn:Detected root file/folder [{}] in OS image.", "x".repeat(40_000)));
    let testimony = super::testimony(&wordy.repeat(4000));
    let text: usize = testimony.statements.iter().map(|said| said.value.len() + said.quote.len()).sum();
    assert!(text <= MAX_TEXT && text > MAX_TEXT / 2, "{text}");
    assert!(testimony.partial.is_some_and(|why| why.contains("bytes")));
}

#[test]
fn huge_and_tiny_lines() {
    let mut log = line("MOUPG", "*** ");
    log += &"x\n".repeat(1_000_000);
    log += &"y".repeat(3 << 20);
    log += "\n";
    let place = Locator::Line(1_000_003, log.len() as u64);
    log += &line("MOUPG", "SetupHost: Setup build version is: 10");
    let testimony = testimony(&log);
    assert_eq!(said(&testimony), [(Topic::SetupBuild, "", "10")]);
    assert_eq!(testimony.statements[0].locator, place);
}

#[test]
fn an_input_that_breaks_leaves_a_partial_testimony() {
    struct Broken<'b>(&'b [u8]);
    impl Read for Broken<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
            match self.0.is_empty() {
                true => Err(std::io::Error::other("unplugged")),
                false => self.0.read(buffer),
            }
        }
    }
    for lines in [2, 2000] {
        let log = line("MOUPG", "SetupHost: Setup build version is: 10").repeat(lines);
        let testimony = read(Broken(log.as_bytes()), "setupact.log", &Settings::default());
        assert!(testimony.partial.is_some_and(|why| why.contains("unplugged")));
        assert_eq!((testimony.sha256, testimony.size), (None, log.len() as u64));
        assert!(testimony.statements.len() >= lines.min(500), "{}", testimony.statements.len());
    }
}

/// One of each line that says something.
fn speaking_log() -> String {
    let mut log = String::new();
    for rule_words in rules::words() {
        for component in ["IBS", "MOUPG", "SP", "DISM", "CBS", "SYSPRP", "CONX"] {
            let tail = "[a, index: 5] = 'x' (2), index 3 to -> [b]=[0x7] at [c] | d | -- e-- f, ok";
            let _ = write!(log, "{}", line(component, &format!("{rule_words}{tail}")));
        }
    }
    log + &line("SP", "  1|a|Yes|2022-07-06 08:08:30|2022-07-06 08:08:30|")
        + &line("CSI", "00000001@2022/7/6:08:08:30.1 x")
}

#[test]
fn cut_and_flipped_logs_are_read() {
    let log = speaking_log().into_bytes();
    assert!(read(&log[..], "x", &Settings::default()).statements.len() > 100);
    for step in 1..200 {
        let mut flipped = log.clone();
        for at in (step..log.len()).step_by(17 + step) {
            flipped[at] ^= 1 << (at % 8);
        }
        let cut = flipped.len() - step * 13 % flipped.len();
        let _ = read(&flipped[..cut], "x", &Settings::default());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        let testimony = read(&bytes[..], "x", &Settings::default());
        prop_assert_eq!(testimony.size, bytes.len() as u64);
        prop_assert!(testimony.partial.is_none());
    }

    #[test]
    fn any_tail_of_any_rule_is_read(
        rule in 0_usize..1000,
        component in "(IBS|MOUPG|SP|DISM|CBS|SYSPRP|CONX|CSI|)",
        tail in r#"([\[\]\(\)'"=:,;|>/\\ .-]|-> \[|-- |, index |at|é|[0-9a-fx]){0,40}"#,
    ) {
        let words: Vec<&str> = rules::words().collect();
        let head = line("MOUPG", "***");
        let log = head + &line(&component, &format!("{}{tail}", words[rule % words.len()]));
        let _ = read(log.as_bytes(), "x", &Settings::default());
        let operation = line("SP", &format!("1{tail}"));
        let _ = read(operation.as_bytes(), "x", &Settings::default());
    }
}
