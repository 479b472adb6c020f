use super::{local, said, wide};
use crate::evidence::{
    records::{Settings, setup_diag},
    statement::Topic,
};

const FILE: &str = r#"<?xml version="1.0" encoding="utf-16"?>
<SetupDiag xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Version>1.6.0.0</Version>
  <ProfileName>FindSPFatalError</ProfileName>
  <ProfileGuid>A4028172-1B09-48F8-AD3B-86CDD7D55852</ProfileGuid>
  <SystemInfo>
    <MachineName>Offline</MachineName>
    <Manufacturer>Maker</Manufacturer>
    <Model>H170</Model>
    <FirmwareType>UEFI</FirmwareType>
    <HostOSVersion>10.0.15063</HostOSVersion>
    <HostOSBuildString>15063.1689.amd64fre.rs2_release.170317-1834</HostOSBuildString>
    <TargetOSBuildString>10.0.18362.1 (19h1_release.190318-1202)</TargetOSBuildString>
    <HostOSLanguageId />
    <UpgradeStartTime>2019-06-06T21:19:10</UpgradeStartTime>
    <UpgradeEndTime>2019-06-06T22:21:49</UpgradeEndTime>
    <RollbackStartTime>2019-06-06T22:16:50</RollbackStartTime>
    <RollbackEndTime>Offline</RollbackEndTime>
  </SystemInfo>
  <FailureDetails>Err = 0x00000057, LastOperation = Gather data, scope: EVERYTHING, LastPhase = Downlevel</FailureDetails>
</SetupDiag>"#;

#[test]
fn a_result_tells_systems_times_and_failure() {
    let expected = [
        (Topic::Result, "profile", "FindSPFatalError"),
        (Topic::Machine, "maker", "Maker"),
        (Topic::Machine, "model", "H170"),
        (Topic::Machine, "firmware", "UEFI"),
        (Topic::SourceOs, "version", "10.0.15063"),
        (Topic::SourceOs, "build_string", "15063.1689.amd64fre.rs2_release.170317-1834"),
        (Topic::TargetOs, "build_string", "10.0.18362.1 (19h1_release.190318-1202)"),
        (Topic::PhaseBegin, "", "upgrade"),
        (Topic::PhaseEnd, "", "upgrade"),
        (Topic::Rollback, "", "begin"),
        (Topic::Failure, "Gather data", "0x00000057"),
        (Topic::Result, "result", "0x00000057"),
        (Topic::Result, "phase", "Downlevel"),
        (Topic::Result, "operation", "Gather data"),
    ];
    for bytes in [FILE.as_bytes().to_vec(), wide(&format!("\u{feff}{FILE}")), wide(FILE)] {
        let testimony = setup_diag::read(&*bytes, "SetupDiagResults.xml", &Settings::default());
        assert_eq!(said(&testimony), expected);
        assert_eq!(testimony.statements[7].stamp, local("2019-06-06 21:19:10"));
        assert!(testimony.partial.is_none());
    }
}
