use chrono::{TimeZone as _, Utc};

use super::{local, said, values};
use crate::{
    evidence::{
        records::{Settings, cmtrace},
        statement::{Known, Stamp, Testimony, Topic},
    },
    sighting::Locator,
};

fn entry(message: &str, time: &str, component: &str, kind: u8, thread: &str) -> String {
    let file = if thread.is_empty() { component.to_owned() } else { format!("{component}.cpp:1626") };
    format!(
        "<![LOG[{message}]LOG]!><time=\"{time}\" date=\"06-26-2015\" component=\"{component}\" context=\"\" \
         type=\"{kind}\" thread=\"{thread}\" file=\"{file}\">\r\n"
    )
}

/// As `ConfigMgr` writes.
fn manager(message: &str) -> String {
    entry(message, "14:24:33.329+420", "ApplyOperatingSystem", 1, "1256")
}

/// As the scripts of the Deployment Toolkit write.
fn script(message: &str) -> String {
    entry(message, "16:53:52.000+000", "LTIApply", 1, "")
}

fn read(text: &str) -> Testimony {
    cmtrace::read(text.as_bytes(), "smsts.log", &Settings::default())
}

#[test]
fn a_download_names_server_and_package_at_an_instant() {
    let url = "http://SRV1:8003/SCCM_BranchCache$/SS10000C/sccm?/install.wim";
    let file = r"C:\_SMSTaskSequence\Packages\SS10000C\install.wim";
    let driver = "Downloaded file from http://SRV1:80/SMS_DP_SMSPKG$/SS10000D/sccm?/a/b.inf to C:\\x\\b.inf ";
    let log = manager(driver) + &manager(&format!("Downloaded file from {url} to {file} "));
    let testimony = read(&log);
    assert_eq!(said(&testimony), [(Topic::DownloadUrl, file, url), (Topic::PackageId, file, "SS10000C")]);
    let first = &testimony.statements[0];
    let instant =
        Utc.with_ymd_and_hms(2015, 6, 26, 21, 24, 33).unwrap() + chrono::TimeDelta::milliseconds(329);
    assert_eq!(first.stamp, Some(Stamp::Utc(instant, Known::Bias)), "the bias is added");
    assert_eq!(first.locator, Locator::Line(2, manager(driver).len() as u64));
    assert!(first.quote.starts_with("Downloaded file from http"));
    assert_eq!(testimony.size, log.len() as u64);
    assert!(testimony.sha256.is_some() && testimony.partial.is_none());
}

#[test]
fn plus_zero_of_a_script_is_no_zone() {
    let testimony = read(&script("Property TaskSequenceID is now = TS-1"));
    assert_eq!(testimony.statements[0].stamp, local("2015-06-26 16:53:52"));
    let greenwich = entry("Successfully applied image to C:\\", "16:53:52.000+000", "x", 1, "7");
    assert!(matches!(read(&greenwich).statements[0].stamp, Some(Stamp::Utc(_, Known::Bias))));
    let east = entry("Successfully applied image to C:\\", "01:00:00.000-120", "x", 1, "7");
    let at = Utc.with_ymd_and_hms(2015, 6, 25, 23, 0, 0).unwrap();
    assert_eq!(read(&east).statements[0].stamp, Some(Stamp::Utc(at, Known::Bias)));
}

#[test]
fn the_deployment_toolkit_tells_what_it_applies() {
    let share = r"\\SRV1\DeploymentShare$";
    let file = format!(r"{share}\Operating Systems\Windows 11\Sources\install.wim");
    let log = [
        "Microsoft Deployment Toolkit version: 6.3.8456.1000",
        "No task sequence is in progress.",
        "Property PHASE is now = PREINSTALL",
        &format!("Mapped Network UNC Path Z:  = {share}"),
        "Property UserID is now = ADMIN1",
        "Property UserPassword is now = Hunter2",
        "Property TaskSequenceName is now = Windows 11",
        &format!("Property InstallFromPath is now = {file}"),
        "Property ImageIndex is now = 3",
        "Microsoft Deployment Toolkit version: 6.3.8456.1000",
        &format!("LTI applying image {file} using DISM"),
        &format!(r#"About to run command: "X:\Deploy\Tools\DISM.exe"  /Apply-Image /ImageFile:"{file}" /Index:3 /ApplyDir:D:"#),
        "  Console > The operation completed successfully.",
        "Return code from command = 0",
        "Return code from command = 0",
        "About to run command: dism.exe /Online /Get-Packages",
        r"Updated D:\MININT\Unattend.xml with InstallFromPath=Z:\x.wim (value was .\x.wim)",
    ]
    .map(script)
    .concat();
    let testimony = read(&log);
    let expected = [
        (Topic::SetupBuild, "Microsoft Deployment Toolkit", "6.3.8456.1000"),
        (Topic::Session, "task-sequence", "task-sequence"),
        (Topic::PhaseBegin, "", "PREINSTALL"),
        (Topic::NetworkPath, "Z:", share),
        (Topic::DriveLetter, "Z:", share),
        (Topic::Launcher, "UserID", "ADMIN1"),
        (Topic::TaskSequence, "TaskSequenceName", "Windows 11"),
        (Topic::InstallFile, "", &file),
        (Topic::NetworkPath, "", &file),
        (Topic::ImageIndex, "", "3"),
    ];
    let all = said(&testimony);
    assert_eq!(all[..expected.len()], expected);
    assert_eq!(all[expected.len()].0, Topic::CommandLine);
    let rest = [
        (Topic::ImageIndex, &*file, "3"),
        (Topic::ApplyBegin, &*file, "D:"),
        (Topic::ApplyEnd, &*file, "D:"),
        (Topic::AnswerFile, "", r"D:\MININT\Unattend.xml"),
        (Topic::AnswerSetting, "InstallFromPath", r"Z:\x.wim"),
    ];
    assert_eq!(all[expected.len() + 1..], rest);
    assert!(!format!("{testimony:?}").contains("Hunter2"));
}

#[test]
fn configmgr_tells_image_sequence_and_failure() {
    let log = manager("Starting Task Sequence Engine . . . ")
        + &manager("Set a global environment variable _SMSTSPackageName=Build PC")
        + &manager("Set a global environment variable _SMSTSPackageID=SS100001")
        + &manager(
            r#"Command line: "OSDApplyOS.exe" /image:SS10000C,1 "/config:SS10000D,a.xml" /runfromnet:False"#,
        )
        + &manager(
            r#"Image file C:\_SMSTaskSequence\Packages\SS10000C\install.wim version "" will be applied"#,
        )
        + &manager(r"Starting to apply image 1 from install.wim to C:\")
        + &manager(r"Successfully applied image to C:\")
        + &manager(r#"Resolved source to "\\SRV1\SMSPKGD$\SS10000C\install.wim"."#);
    let testimony = read(&log);
    let all = said(&testimony);
    let file = r"C:\_SMSTaskSequence\Packages\SS10000C\install.wim";
    for expected in [
        (Topic::Session, "task-sequence", "task-sequence"),
        (Topic::TaskSequence, "name", "Build PC"),
        (Topic::TaskSequence, "id", "SS100001"),
        (Topic::PackageId, "image", "SS10000C"),
        (Topic::ImageIndex, "SS10000C", "1"),
        (Topic::InstallFile, "", file),
        (Topic::ApplyBegin, "install.wim", r"C:\"),
        (Topic::ApplyEnd, "", r"C:\"),
        (Topic::NetworkPath, "", r"\\SRV1\SMSPKGD$\SS10000C\install.wim"),
    ] {
        assert!(all.contains(&expected), "{expected:?} in {all:?}");
    }
    let message = "Failed to run the action: Apply Operating System.\nThe system cannot find the file. (Error: 80070002; Source: Windows)";
    let testimony = read(&entry(message, "14:24:33.329+420", "TSManager", 3, "1"));
    assert_eq!(said(&testimony), [(Topic::Failure, "Apply Operating System", "0x80070002")]);
    assert_eq!((testimony.errors.count, testimony.warnings.count), (1, 0));
}

#[test]
fn an_older_tool_names_file_index_and_destination_in_order() {
    let log = script(r#"About to run command: "X:\imagex.exe" /apply "\\S\d$\a b.wim" 2 C:"#)
        + &script("Return code from command = 5");
    let testimony = read(&log);
    assert_eq!(values(&testimony, Topic::InstallFile), [r"\\S\d$\a b.wim"]);
    assert_eq!(values(&testimony, Topic::ImageIndex), ["2"]);
    assert_eq!(values(&testimony, Topic::ApplyBegin), ["C:"]);
    assert_eq!(values(&testimony, Topic::ApplyEnd), [""; 0]);
    assert_eq!(values(&testimony, Topic::Failure), ["5"]);
}

#[test]
fn messages_without_an_end_are_said_to_be() {
    let cut = "<![LOG[Property ImageIndex is now = 1\n";
    let testimony = read(&format!("noise\n{cut}"));
    let why = testimony.partial.unwrap();
    assert!(why.contains("line 2, byte 6"), "{why}");
    // One that is cut by the next one loses nothing else.
    let testimony = read(&(cut.to_owned() + &script("Property ImageIndex is now = 2")));
    assert_eq!(values(&testimony, Topic::ImageIndex), ["2"]);
    assert!(testimony.partial.is_none());
}

#[test]
fn a_message_of_any_length_is_held_within_bounds() {
    let long = "x\n".repeat(2_000_000);
    let testimony = read(&(script(&long) + &script("Property ImageIndex is now = 2")));
    assert_eq!(values(&testimony, Topic::ImageIndex), ["2"]);
}
