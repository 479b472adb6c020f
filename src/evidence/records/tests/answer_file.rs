use super::{said, wide};
use crate::{
    evidence::{
        records::{Settings, answer_file},
        statement::{Testimony, Topic},
        text_log::CodePage,
    },
    sighting::Locator,
};

const FILE: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<unattend xmlns="urn:schemas-microsoft-com:unattend" xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State">
  <!--CMGE V2020-L built 2020-07-29-->
  <settings pass="windowsPE">
    <component name="Microsoft-Windows-Setup" processorArchitecture="amd64">
      <ImageInstall><OSImage>
        <InstallFrom>
          <Path>\\srv\share\install.wim</Path>
          <Credentials><Username>deploy</Username><Domain>CORP</Domain><Password>Hunter2</Password></Credentials>
          <MetaData wcm:action="add"><Key>/IMAGE/NAME</Key><Value>Windows 10 &amp; more</Value></MetaData>
          <MetaData wcm:action="add"><Key>/IMAGE/INDEX</Key><Value>5</Value></MetaData>
        </InstallFrom>
        <InstallTo><DiskID>0</DiskID><PartitionID>2</PartitionID></InstallTo>
      </OSImage></ImageInstall>
      <UserData><ProductKey><Key>ABCDE-12345-FGHIJ-67890-KLMNO</Key><!-- was OTHERKEY --></ProductKey></UserData>
      <WindowsDeploymentServices><ImageSelection><InstallImage>
        <ImageName>Office PC</ImageName><ImageGroup>Clients</ImageGroup><Filename>pc.wim</Filename>
      </InstallImage></ImageSelection></WindowsDeploymentServices>
      <RunSynchronous><RunSynchronousCommand><Order>1</Order><Path>cmd /c net user admin Hunter2 /add</Path></RunSynchronousCommand></RunSynchronous>
    </component>
  </settings>
  <settings pass="specialize"><component name="Microsoft-Windows-Shell-Setup">
    <ComputerName>PC1</ComputerName><ProductKey>ABCDE-12345-FGHIJ-67890-KLMNO</ProductKey>
  </component></settings>
  <settings pass="oobeSystem"><component name="Microsoft-Windows-Shell-Setup">
    <ComputerName>*</ComputerName>
    <AutoLogon><Username>admin</Username><Password><Value>SHVudGVyMg==</Value><PlainText>false</PlainText></Password></AutoLogon>
    <FirstLogonCommands><SynchronousCommand><CommandLine>powershell -File <![CDATA[a.ps1 & b]]></CommandLine></SynchronousCommand></FirstLogonCommands>
  </component></settings>
  <cpi:offlineImage cpi:source="wim:c:/images/install.wim#Windows 10 Enterprise" xmlns:cpi="urn:schemas-microsoft-com:cpi"/>
</unattend>
"#;

fn read(bytes: &[u8]) -> Testimony {
    answer_file::read(bytes, "unattend.xml", &Settings::default())
}

#[test]
fn settings_that_name_an_image_are_told_and_secrets_are_not() {
    let testimony = read(FILE.as_bytes());
    let expected = [
        (Topic::Marker, "comment", "CMGE V2020-L built 2020-07-29"),
        (Topic::AnswerSetting, "InstallFrom/Path", r"\\srv\share\install.wim"),
        (Topic::AnswerSetting, "InstallFrom/Credentials/Username", "deploy"),
        (Topic::AnswerSetting, "InstallFrom/Credentials/Domain", "CORP"),
        (Topic::AnswerSetting, "MetaData /IMAGE/NAME", "Windows 10 & more"),
        (Topic::AnswerSetting, "MetaData /IMAGE/INDEX", "5"),
        (Topic::AnswerSetting, "InstallTo/DiskID", "0"),
        (Topic::AnswerSetting, "InstallTo/PartitionID", "2"),
        (Topic::AnswerSetting, "InstallImage/ImageName", "Office PC"),
        (Topic::AnswerSetting, "InstallImage/ImageGroup", "Clients"),
        (Topic::AnswerSetting, "InstallImage/Filename", "pc.wim"),
        (Topic::Script, "windowsPE", "cmd /c net user admin ***** /add"),
        (Topic::ComputerName, "specialize", "PC1"),
        (Topic::Script, "oobeSystem", "powershell -File a.ps1 & b"),
        (Topic::AnswerSetting, "offlineImage", "wim:c:/images/install.wim#Windows 10 Enterprise"),
    ];
    assert_eq!(said(&testimony), expected);
    assert!(testimony.partial.is_none(), "{:?}", testimony.partial);
    let everything = format!("{testimony:?}");
    for secret in ["Hunter2", "SHVudGVyMg", "ABCDE", "OTHERKEY"] {
        assert!(!everything.contains(secret), "{secret}");
    }
}

#[test]
fn a_place_is_a_line_in_any_encoding() {
    let index = FILE.find("      <ImageInstall>").unwrap();
    let path = FILE.find("          <Path>").unwrap();
    assert!(index < path);
    let plain = read(FILE.as_bytes());
    assert_eq!(plain.statements[1].locator, Locator::Line(8, path as u64));
    let marked = read(&[b"\xef\xbb\xbf", FILE.as_bytes()].concat());
    assert_eq!(marked.statements[1].locator, Locator::Line(8, path as u64 + 3));
    for mark in ["\u{feff}", ""] {
        let testimony = read(&wide(&format!("{mark}{FILE}")));
        assert_eq!(said(&testimony), said(&plain));
        let begin = 2 * (path as u64 + u64::from(!mark.is_empty()));
        assert_eq!(testimony.statements[1].locator, Locator::Line(8, begin));
    }
}

#[test]
fn a_place_is_where_the_line_stands_in_the_file_whatever_its_characters_became() {
    let before = b"<unattend>\n<!--\xae \xff\xb2\xe2 \x81\n-->";
    let narrow = [before, &b"\n  <ComputerName>PC1</ComputerName>\n</unattend>"[..]].concat();
    for code_page in [1252, 936, 932, 949, 950, 65001] {
        let settings = Settings { code_page: CodePage::of_number(code_page).unwrap() };
        let testimony = answer_file::read(&*narrow, "unattend.xml", &settings);
        let expected = Locator::Line(4, before.len() as u64 + 1);
        assert_eq!(testimony.statements.last().unwrap().locator, expected, "{code_page}");
    }
    // Half of a surrogate pair becomes one character, a whole one stays one.
    let text = wide("<a><!--\u{1f600}?-->\n<ComputerName>PC1</ComputerName></a>");
    let half = 2 * "<a><!--__".len();
    let text = [&text[..half], &[0x00, 0xd8], &text[half + 2..]].concat();
    assert_eq!(read(&text).statements.last().unwrap().locator, Locator::Line(2, 2 * 14));
}

#[test]
fn what_stands_before_damage_is_told() {
    let cut = &FILE[..FILE.find("<InstallTo>").unwrap()];
    let testimony = read(cut.as_bytes());
    assert_eq!(testimony.statements.len(), 6);
    let why = testimony.partial.unwrap();
    assert!(why.contains("Line(13,") && why.contains("expected </OSImage>"), "{why}");
    let deep = "<a>".repeat(1_000_000);
    assert!(read(deep.as_bytes()).partial.unwrap().contains("inside each other"));
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><unattend><ComputerName>&b;</ComputerName></unattend>";
    assert_eq!(said(&read(bomb.as_bytes())), [(Topic::ComputerName, "", "&b;")]);
}
