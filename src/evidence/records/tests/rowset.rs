use std::io::Read;

use super::{local, said, values};
use crate::{
    evidence::{
        records::{Settings, rowset},
        statement::{Testimony, Topic},
    },
    sighting::Locator,
};

const HEAD: &str = "<xml xmlns:s=\"uuid:BDC6E3F0-6DA3-11d1-A2A3-00AA00C14882\"\n xmlns:z=\"#RowsetSchema\">\n<s:Schema id=\"RowsetSchema\">\n\
<s:ElementType name=\"row\" content=\"eltOnly\" rs:updatable=\"true\">\n<s:AttributeType name=\"Cls\" rs:number=\"0\">\n\
<s:datatype dt:type=\"string\"/>\n</s:AttributeType>\n</s:ElementType>\n</s:Schema>\n<rs:data>\n";
const TAIL: &str = "</rs:data>\n</xml>\n";

const WARNING: u32 = 0x0300_0000;
const ERROR: u32 = 0x0200_0000;

fn row(severity: u32, function: &str, message: &str, error: u32) -> String {
    format!(
        "<z:row Cls=\"D\" Sev=\"{severity}\" Maj=\"Def\" Min=\"Def\" LN=\"127\" Fil=\"\" Fun=\"{function}\" Uid=\"{severity}\" \
         Msg=\"{message}\" PID=\"1012\" TID=\"316\" Con=\"\" Exe=\"X:\\Sources\\setup.exe\" Mod=\"WinSetup.dll\" Err=\"{error}\" \
         MD=\"\" DT=\"2019-06-05T13:04:59\"/>\n"
    )
}

fn file(rows: &[String]) -> String {
    format!("{HEAD}{}{TAIL}", rows.concat())
}

fn read(text: impl AsRef<[u8]>) -> Testimony {
    rowset::read(text.as_ref(), "diagwrn.xml", &Settings::default())
}

fn rewritten(key: &str, value: &str, path: &str) -> String {
    let message = format!(
        "RewriteBlackboardPaths:Corresponding path not found. Key name [{key}] Value name [{value}]. Path name {path}."
    );
    row(WARNING, "RewriteBlackboardPaths", &message, 87)
}

#[test]
fn rows_of_several_roots_tell_where_the_image_came_from() {
    let arc = "[setup.exe] UnattendSearchSetupSourceDrive: Unable to convert ARC path [MULTI(0)DISK(0)CDROM(0)] to NT path";
    let first = file(&[row(WARNING, "UnattendLogWV", arc, 0)]);
    let second = file(&[
        rewritten(r"\LangPacks\LanguageList\en-us", "SrcLocation", r"X:\Langpacks\en-us"),
        rewritten(r"\InstallSource", "InstallSourcesPath", r"E:\Sources"),
        rewritten(r"\ImageInfo\OSImage", "FilePath", r"E:\Sources\install.wim"),
    ]);
    let text = format!("\u{feff}{first}{second}{}", file(&[]));
    let testimony = read(&text);
    let expected = [
        (Topic::ModulePath, "", r"X:\Sources"),
        (Topic::BootDevice, "", "MULTI(0)DISK(0)CDROM(0)"),
        (Topic::SourcesFolder, "", r"E:\Sources"),
        (Topic::InstallFile, "", r"E:\Sources\install.wim"),
    ];
    assert_eq!(said(&testimony), expected);
    assert_eq!((testimony.errors.count, testimony.warnings.count), (0, 4));
    let last = &testimony.statements[3];
    assert_eq!(last.stamp, local("2019-06-05 13:04:59"));
    let at = text.rfind("<z:row").unwrap();
    let line = text[..at].matches('\n').count() as u64 + 1;
    assert_eq!(last.locator, Locator::Line(line, at as u64));
    assert!(last.quote.starts_with("<z:row") && last.quote.ends_with("/>"));
    assert!(testimony.partial.is_none() && testimony.sha256.is_some());
}

#[test]
fn errors_are_counted_and_quoted_with_their_codes() {
    let testimony = read(file(&[
        row(ERROR, "CBSWdsLog", "Failed &lt;x&gt; [HRESULT = 0x80070002 &#45; &quot;gone&quot;]", 0),
        row(ERROR, "CallBack", "removing the MultiEdition key failed\nat once", 1168),
        row(0x0400_0000, "Other", "information", 0),
    ]));
    let failures: Vec<(&str, &str)> =
        testimony.on(Topic::Failure).map(|said| (said.about.as_deref().unwrap(), &*said.value)).collect();
    assert_eq!(failures, [("CBSWdsLog", "0x80070002"), ("CallBack", "0x00000490")]);
    assert_eq!((testimony.errors.count, testimony.warnings.count), (2, 0));
}

#[test]
fn what_is_broken_is_said_and_the_next_row_is_read() {
    let whole = rewritten(r"\InstallSource", "InstallSourcesPath", r"E:\Sources");
    // A quotation mark without a partner.
    let odd = row(WARNING, "x", "a\" b", 0);
    let cut = &odd[..60];
    for (broken, warnings) in [(format!("{cut}{whole}"), 2), (format!("{odd}{whole}"), 2)] {
        let testimony = read(format!("{HEAD}{broken}{TAIL}"));
        assert_eq!(values(&testimony, Topic::SourcesFolder), [r"E:\Sources"], "{broken}");
        assert_eq!(testimony.warnings.count, warnings);
    }
    let testimony = read(format!("{HEAD}{whole}{cut}"));
    assert_eq!(testimony.warnings.count, 2);
    assert!(testimony.partial.unwrap().contains("has no end"));
    assert!(read(b"\xff\xfe<\0x\0").partial.unwrap().contains("UTF-16"));
}

#[test]
fn entities_do_not_expand() {
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;\">]>";
    let testimony = read(format!("{bomb}{}", file(&[row(ERROR, "f", "&b; &amp; &#x110000; &#0; &", 1)])));
    assert_eq!(testimony.errors.count, 1);
    assert_eq!(testimony.statements.len(), 2);
}

/// Gives the same rows again and again, a few bytes at a time.
struct Endless {
    text: Vec<u8>,
    at: usize,
    left: u64,
    step: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let rest = &self.text[self.at..];
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = rest.len().min(buffer.len()).min(self.step).min(left);
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at = (self.at + count) % self.text.len();
        self.left -= count as u64;
        Ok(count)
    }
}

#[test]
fn rows_are_the_same_however_the_input_is_cut() {
    let rows: String = (0..40).map(|n| row(WARNING, "f", &format!("message {n}"), 0)).collect();
    let text = rows.into_bytes();
    let left = 3 * text.len() as u64;
    let whole = rowset::read(&*text.repeat(3), "x", &Settings::default());
    for step in [1, 7, 4096, 1 << 22] {
        let input = Endless { text: text.clone(), at: 0, left, step };
        let testimony = rowset::read(input, "x", &Settings::default());
        assert_eq!(testimony.warnings, whole.warnings);
        assert_eq!(testimony.warnings.count, 120);
        assert_eq!((testimony.size, testimony.sha256), (whole.size, whole.sha256));
    }
}

#[test]
fn utf_16_is_seen_even_if_its_mark_comes_in_two_reads() {
    for text in [&b"\xff\xfe<\0x\0"[..], b"\xfe\xff\0<\0x"] {
        let input = Endless { text: text.into(), at: 0, left: text.len() as u64, step: 1 };
        let testimony = rowset::read(input, "x", &Settings::default());
        assert!(testimony.partial.is_some_and(|why| why.contains("UTF-16")), "{text:?}");
    }
}

#[test]
fn a_row_that_never_ends_is_passed_by() {
    let text = format!("<z:row Sev=\"50331648\" Msg=\"{}", "a".repeat(1000)).into_bytes();
    let endless = Endless { text: vec![b'a'; 1 << 16], at: 0, left: 8 << 20, step: 1 << 16 };
    let after = file(&[row(WARNING, "f", "m", 0)]).into_bytes();
    let testimony = rowset::read(text.chain(endless).chain(&*after), "x", &Settings::default());
    assert_eq!(testimony.warnings.count, 2);
    assert!(testimony.partial.unwrap().contains("has no end"));
}
