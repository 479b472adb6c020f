//! The history of servicing sessions.

use proptest::prelude::*;

use super::wide;
use crate::evidence::records::{Settings, sessions};

const XML: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<Sessions>
<Session version="1.0" id="30018265_436341867" client="WindowsUpdateAgent" status="0x0"><Tasks><Phase seq="1">
<package id="Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1935.1.6" name="KB5003171" targetState="Installed"/>
<package id="Package_for_KB972636~31bf3856ad364e35~amd64~~6.1.1.0" name="KB972636"/></Phase></Tasks></Session>
<Session version="1.0" id="30754339_543620214" client="WindowsUpdateAgent"/>
<Session version="1.0" id="no id" client="CbsTask"/>
<Session version="1.0" id="30754339_543620214" client=" "/>
</Sessions>"#;

#[test]
fn clients_times_and_updates_are_read_in_either_encoding() {
    let utf16 = [&[0xFF, 0xFE][..], &wide(XML)].concat();
    for bytes in [XML.as_bytes(), &utf16] {
        let testimony = sessions::read(bytes, "Sessions.xml", &Settings::default());
        assert_eq!(testimony.partial, None);
        let clients = testimony.servicing.clients.iter().map(|client| {
            (&*client.name, client.sessions, client.latest.map(|at| at.format("%F %H:%M").to_string()))
        });
        let expected = [("WindowsUpdateAgent", 2, Some("2019-07-29 15:34".to_owned())), ("CbsTask", 1, None)];
        assert_eq!(clients.collect::<Vec<_>>(), expected);
        let rollups: Vec<&str> = testimony.servicing.rollups.iter().map(|rollup| &*rollup.package).collect();
        assert_eq!(rollups, ["Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1935.1.6"]);
    }
}

#[test]
fn what_was_said_before_an_error_counts() {
    let cut = XML.split("<Session version=\"1.0\" id=\"no id\"").next().expect("a part");
    let testimony = sessions::read(cut.as_bytes(), "Sessions.xml", &Settings::default());
    assert_eq!(testimony.servicing.clients.first().map(|client| client.sessions), Some(2));
    assert!(testimony.partial.is_some());
}

proptest! {
    #[test]
    fn any_history_ends(bytes: Vec<u8>, text in r#"(<Session |id="|client="|"|/?>|</Session>|<package |_|[0-9]{1,12}|[ -~]){0,80}"#) {
        for bytes in [&*bytes, text.as_bytes()] {
            let testimony = sessions::read(bytes, "x", &Settings::default());
            prop_assert_eq!(testimony.size, bytes.len() as u64);
        }
    }
}
