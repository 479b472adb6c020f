//! Lines in the grammar of the real logs, hostile bytes, and real logs where a corpus is at hand.

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

mod shapes {
    use super::{Topic::*, *};

    #[test]
    fn phases_of_winpe() {
        check(
            "IBS",
            &[
                "Setup has started phase 2 at 2022-07-06 08:08:30",
                "Setup has completed phase 2 at 2022-07-06 08:08:30",
            ],
            &[
                (Session, "winpe-setup", "2"),
                (PhaseBegin, "", "2"),
                (PhaseEnd, "", "2"),
                (SessionEnd, "winpe-setup", "2"),
            ],
        );
    }

    #[test]
    fn the_medium() {
        check(
            "IBS",
            &[
                "Callback_Engine_StartupScenarioIsWinPE:Setup is running from RAM drive. Path is [X:\\Sources]",
                "Callback_WinPE_SetSourceMediaInfo:Sources folder path is [D:\\Sources]",
                "LogMediaDriveInfo: Media drive is of type Remote (4)",
                "LogMediaDriveInfo: Media drive [D:] is known as disk [1]",
                "LogDeviceInfo: ----- Device instance ID: [USBSTOR\\DISK&VEN_A\\0123&0] -----",
                "LogDeviceInfo: \tFriendly name = [A [1] stick]",
                "LogDeviceInfo: \tHardware IDs =",
                "LogDeviceInfo: \t      USBSTOR\\GenDisk",
                "LogDeviceInfo: ----- Device instance ID: [USB\\VID_1\\0123] -----",
            ],
            &[
                (RamDrive, "", "X:\\Sources"),
                (SourcesFolder, "", "D:\\Sources"),
                (DriveType, "", "4"),
                (DriveDisk, "D:", "1"),
                (DeviceInstance, "", "USBSTOR\\DISK&VEN_A\\0123&0"),
                (DeviceProperty, "USBSTOR\\DISK&VEN_A\\0123&0 / Friendly name", "A [1] stick"),
                (DeviceInstance, "", "USB\\VID_1\\0123"),
            ],
        );
        check(
            "DIAG",
            &[
                "GetVolumePath - D:\\a-- b\\install.esd-- D:\\-- ESD-USB,-- 1806485031",
                "GetVolumePath - D:\\x",
            ],
            &[
                (VolumeLabel, "D:\\a-- b\\install.esd", "ESD-USB"),
                (VolumeSerial, "D:\\a-- b\\install.esd", "1806485031"),
            ],
        );
    }

    #[test]
    fn images_by_the_xml_of_the_file() {
        check(
            "IBS",
            &[
                "CollectInformationForImage: Size of 'D:\\Sources\\install.esd' is 5554353356",
                "CollectInformationForImage: Source image file 'D:\\Sources\\install.esd' has 2 sub-image(s)",
                "ImageXmlInfo::LogImages: Start",
                "ImageXmlInfo::LogImages:   Index = 1",
                "ImageXmlInfo::LogImages:     Name = A = B",
                "ImageXmlInfo::LogImages:     Edition ID = EnterpriseS",
                "ImageXmlInfo::LogImages:     Major version = 10",
                "ImageXmlInfo::LogImages:     Minor version = 0",
                "ImageXmlInfo::LogImages:     Build number = 17763",
                "ImageXmlInfo::LogImages:   Index = 2",
                "ImageXmlInfo::LogImages:     Edition ID = EnterpriseS",
                "CDepImageXMLInfo::GetEditionID:EditionID=EnterpriseS, Flags=F1 : Returning EnterpriseS, hr=0x0",
                "CDepImageXMLInfo::GetEditionID:EditionID=EnterpriseS, Flags=F2 : Returning EnterpriseS, hr=0x0",
                "CDepImageXMLInfo::GetEditionID:EditionID=EnterpriseS, Flags=F2 : Returning EnterpriseS, hr=0x0",
                "CallBack_SelectImageOrShowUi: There is only a single matching OS image (index = 2)",
                "Fn: Image Information: WIM - [D:\\Sources\\install.esd]    ImageIndex - [2]    WorkingDirectory - [X:\\x]",
            ],
            &[
                (ImageFileSize, "D:\\Sources\\install.esd", "5554353356"),
                (ImageCount, "D:\\Sources\\install.esd", "2"),
                (ImageField, "1 / name", "A = B"),
                (ImageField, "1 / edition", "EnterpriseS"),
                (ImageField, "1 / version", "10.0.17763"),
                (ImageField, "1 / build", "17763"),
                (ImageField, "2 / edition", "EnterpriseS"),
                (ImageField, "1 / flags", "F1"),
                (ImageField, "2 / flags", "F2"),
                (ImageIndex, "D:\\Sources\\install.esd", "2"),
                (ImageIndex, "D:\\Sources\\install.esd", "2"),
            ],
        );
    }

    #[test]
    fn an_image_is_applied_by_winpe() {
        check(
            "IBS",
            &[
                "Calling WIMApplyImage (flags = 0x108)...",
                "PopulateRootPathsOnBBCallBack: Detected root file/folder [Tools\\] in OS image.",
                "MoveOldOSFiles:File/folder [E:\\Windows\\] doesn't exist; no need to move it before applying image.",
                "Calling WIMApplyImage (flags = 0x8180)...",
                "DeployImage:Successfully applied image. Destination was [E:\\]",
                "[setup.exe] OrchestrateUpdateImageState: Updating image state from [A] --> [B]",
                "SetupVerifyTrustedVolume: The volume [disk-offset] [0x0-0x22600000] was formatted by Setup and can be trusted",
                "SetupVerifyTrustedVolume: The volume [disk-offset] [0x0-0x22600000] cannot be trusted",
            ],
            &[
                (ImageRoot, "", "Tools\\"),
                (
                    OldSystem,
                    "",
                    "File/folder [E:\\Windows\\] doesn't exist; no need to move it before applying image.",
                ),
                (ApplyBegin, "", "flags 0x8180"),
                (ApplyEnd, "", "E:\\"),
                (ImageState, "", "A --> B"),
                (VolumeFormatted, "", "0x0-0x22600000"),
            ],
        );
    }

    #[test]
    fn a_run_in_a_running_system() {
        check(
            "MOUPG",
            &[
                "*************** SetupHost Logging Begin ***************",
                "SetupHost::Initialize: MediaPath              = [\\\\server\\share\\media]",
                "SetupHost::Initialize: ActionListFilePath     = []",
                "SetupHost::Initialize: CmdLine                = [/Install /Package \"/Compat\" \"IgnoreWarning\" /x \"[1]\"]",
                "SetupHost: Setup build version is: 10.0.17763.1 (rs5_release.180914-1434)",
                "    Host OS Build String    [ 17134.1.amd64fre.rs4_release.180410-1804 ]",
                "OneSettings: OsVer [10.0.17134.677.amd64fre.rs4_release.180410-1804]",
                "SetupManager: Reporting Data - DataId = [10], Value = [5]",
                "SetupManager: Reporting Data - DataId = [17], Value = [133015829107197371]",
                "CreateDlpFile: Source = [https://example.org/x], Target = [C:\\x.cab]",
                "**************** SetupHost Logging End ****************",
            ],
            &[
                (Session, "setuphost", "setuphost"),
                (MediaPath, "", "\\\\server\\share\\media"),
                (NetworkPath, "", "\\\\server\\share\\media"),
                (CommandLine, "setuphost", "/Install /Package \"/Compat\" \"IgnoreWarning\" /x \"[1]\""),
                (Compatibility, "command line", "IgnoreWarning"),
                (SetupBuild, "", "10.0.17763.1 (rs5_release.180914-1434)"),
                (SourceOs, "build_string", "17134.1.amd64fre.rs4_release.180410-1804"),
                (SourceOs, "ubr", "677"),
                (DriveType, "", "5"),
                (UtcAnchor, "", "2022-07-06T12:08:30.719Z"),
                (DownloadUrl, "C:\\x.cab", "https://example.org/x"),
                (SessionEnd, "setuphost", "setuphost"),
            ],
        );
    }

    #[test]
    fn images_in_blocks() {
        check(
            "MOUPG",
            &[
                "    WIM Path        [ C:\\m\\Sources\\Install.wim ]",
                "    Image Count     [ 2 ]",
                "-------------------------",
                "    Install Index   [ 5 ]",
                "    Product Name    [ Microsoft Windows ]",
                "    Version         [ 10.0.17763 (379.0) ]",
                "    Architecture    [ x64 ]",
                "    Edition         [ EnterpriseS ]",
                "    Language        [ zh-CN ]",
                "MigChoice: Initializing Wim Path:              [C:\\m\\Sources\\Install.wim]",
                "MigChoice: Initializing Image Index:           [5]",
                "MigChoice: Initializing Image Name:            [ICBC VDA [2019]]",
            ],
            &[
                (InstallFile, "", "C:\\m\\Sources\\Install.wim"),
                (ImageCount, "C:\\m\\Sources\\Install.wim", "2"),
                (ImageField, "5 / product_name", "Microsoft Windows"),
                (ImageField, "5 / version", "10.0.17763"),
                (ImageField, "5 / build", "17763"),
                (ImageField, "5 / sp_build", "379"),
                (ImageField, "5 / sp_level", "0"),
                (ImageField, "5 / architecture", "x64"),
                (ImageField, "5 / edition", "EnterpriseS"),
                (ImageField, "5 / default_language", "zh-CN"),
                (ImageIndex, "C:\\m\\Sources\\Install.wim", "5"),
                (ImageName, "", "ICBC VDA [2019]"),
            ],
        );
    }

    #[test]
    fn a_run_fails() {
        check(
            "MOUPG",
            &[
                "Setup phase change: [SetupPhaseUnknown] -> [SetupPhaseInstall]",
                "Setup phase change: [SetupPhaseInstall] -> [SetupPhaseError]",
                "ImageExit: Initializing SetupResult: [0x80070032]",
                "Finalize: Remapping install error [0x80070032] -> [0xC1900108] for telemetry.",
                "SetupHost: Reporting error event -> [0x80070032, 0x50013]",
                "CSetupDiagnostics: Tracing Data [DWORD] -> [SetupMediaDriveType]=[0x3] [71a5f6d8][x][][0x1]",
                "CSetupDiagnostics: Tracing Data [CUSTOM] -> [Downlevel] -> [Media360]",
                "CSetupDiagnostics: Tracing Data [DWORD] -> [Setup360Extended]=[0x50013] [71a5f6d8][x][][0x1]",
            ],
            &[
                (PhaseBegin, "", "SetupPhaseInstall"),
                (PhaseEnd, "", "SetupPhaseInstall"),
                (PhaseBegin, "", "SetupPhaseError"),
                (Result, "phase", "SetupPhaseInstall"),
                (Result, "result", "0x80070032"),
                (Result, "result", "0x80070032"),
                (Result, "mapped", "0xC1900108"),
                (Result, "result", "0x80070032"),
                (Result, "extended", "0x50013"),
                (DriveType, "", "3"),
                (CommandOption, "client", "Media360"),
                (Result, "extended", "0x50013"),
            ],
        );
        let log = line("SP", "x")
            + "2022-07-06 08:08:30, Error                 MOUPG  CSetupManager::Execute(295): Result = 0x80070032[gle=0x2]\n\
               2022-07-06 08:08:30, Error                 SYSPRP ActionPlatform::LaunchModule: Failure in 'X: y'; dwRet = 0x3cf2\n\
               2022-07-06 08:08:30, Error                 MOUPG  Something else: 0x80070032\n";
        let testimony = testimony(&log);
        let expected = [
            (Failure, "CSetupManager::Execute", "0x80070032"),
            (Failure, "ActionPlatform::LaunchModule", "0x3cf2"),
        ];
        assert_eq!(said(&testimony), expected);
        assert_eq!((testimony.errors.count, testimony.warnings.count), (3, 0));
    }

    #[test]
    fn operations_of_the_platform() {
        check(
            "SP",
            &[
                "CSetupPlatform::Initialize: Setup log starts:",
                "Started phase [Pre SysPrep]",
                "Creating new system (1). WIM File: C:\\m\\Sources\\Install.wim, index: 5, System drive: C",
                "  Applying WIM file: C:\\m\\Sources\\Install.wim, index 5(create EAs), to C:\\$WINDOWS.~BT\\NewOS. Work dir: C:\\x",
                "Operation completed successfully: Apply WIM file PathForNewOSFile (compact), index 5 to C:\\$WINDOWS.~BT\\NewOS",
                "   46|Reconstruct OS from Packages   |Yes     |2025-05-02 15:13:44|2025-05-02 15:17:38|00:03:54|  1|  2|",
                "   46|Reconstruct OS from Packages   |Yes     |2025-05-02 15:13:44|2025-05-02 15:17:38|00:03:54|  1|  2|",
                "   53|Set boot command               |No      |                   |                   |        |  0|   |",
                "   54|Run                            |Yes     |2025-05-02 15:13:44|                   |        |  0|   |",
                "Operation failed: Set boot command for phase Dism. Error: 0x80040154[gle=0x000000b7]",
                "SPGetOSInformation: Adding OS piece: Name: USERS, Original path: C:\\Users, Current path: C:\\Users (allow relocation)",
                "SPGetOSInformation: Adding OS piece: Name: USERS, Original path: X:\\Users, Current path: C:\\$WINDOWS.~BT\\NewOS\\Users (allow relocation)",
                "Execution phase [Pre SysPrep] exiting with HRESULT [0x00000000]",
                "Execution phase [Safe OS] exiting with HRESULT [0x80070002]",
                "Ended phase [Pre SysPrep]",
            ],
            &[
                (Session, "setup-platform", "setup-platform"),
                (Session, "setup-platform", "Pre SysPrep"),
                (PhaseBegin, "", "Pre SysPrep"),
                (InstallFile, "", "C:\\m\\Sources\\Install.wim"),
                (ImageIndex, "C:\\m\\Sources\\Install.wim", "5"),
                (ApplyBegin, "C:\\m\\Sources\\Install.wim", "C:\\$WINDOWS.~BT\\NewOS"),
                (ImageIndex, "C:\\m\\Sources\\Install.wim", "5"),
                (ApplyEnd, "", "C:\\$WINDOWS.~BT\\NewOS"),
                (Operation, "46 Reconstruct OS from Packages", "2025-05-02T15:13:44 2025-05-02T15:17:38"),
                (Operation, "54 Run", "2025-05-02T15:13:44"),
                (Failure, "Set boot command for phase Dism", "0x80040154"),
                (OldPiece, "USERS", "C:\\Users"),
                (Failure, "Safe OS", "0x80070002"),
                (PhaseEnd, "", "Pre SysPrep"),
            ],
        );
    }

    #[test]
    fn the_computer_in_lines_without_stamps() {
        let log = line("SP", "Host system information:")
            + "                                   Manufacturer: Maker: Inc.\r\n\
               \u{20}                                  Model : Box 7\r\n\r\n\
               \u{20}                                  Model : not of the block\r\n";
        let testimony = testimony(&log);
        assert_eq!(said(&testimony), [(Machine, "manufacturer", "Maker: Inc."), (Machine, "model", "Box 7")]);
        assert!(testimony.statements.iter().all(|said| said.stamp.is_some()));
        assert_eq!(testimony.statements[1].locator, Locator::Line(3, 138));
    }

    #[test]
    fn sysprep() {
        check(
            "SYSPRP",
            &[
                "========================================================",
                "===          Beginning of a new sysprep run          ===",
                "The time is now 2022-07-06 08:08:30",
                "ParseCommands:Found supported command line option 'GENERALIZE'",
                "Shutting down SysPrep log",
                "The time is now 2022-07-06 08:08:31",
            ],
            &[
                (Session, "sysprep", "sysprep"),
                (ImageBorn, "sysprep", "2022-07-06 08:08:30"),
                (CommandOption, "", "GENERALIZE"),
                (SessionEnd, "sysprep", "sysprep"),
            ],
        );
    }

    #[test]
    fn dism_mounts_applies_and_captures() {
        check(
            "DISM",
            &[
                "DISM.EXE: <----- Starting Dism.exe session ----->",
                "DISM.EXE: Executing command line: Dism  /Mount-Image /ImageFile:F:\\i.wim /Index:2 /MountDir:C:\\m",
                "DISM.EXE: Executing command line: dism /Apply-Image /ImageFile:\"\\\\s\\d$\\a b.wim\" /Index:3 /ApplyDir:W:\\",
                "DISM.EXE: Executing command line: dism /Capture-Image /ImageFile:D:\\c.wim /CaptureDir:W:\\ /Name:\"New one\"",
                "DISM.EXE: Executing command line: dism /online /cleanup-image /restorehealth /source:wim:I:\\i.wim:1",
                "API: PID=8312 TID=9104 DismApi.dll: Parent process command line: sysreset.exe  -continue - DismInitializeInternal",
                "PID=7092 TID=5908 Scratch directory set to 'C:\\Users\\user\\AppData\\Local\\Temp\\'. - CDISMManager::put_ScratchDir",
                "PID=7092 TID=5908 Scratch directory set to 'C:\\$WINDOWS.~BT\\Work'. - CDISMManager::put_ScratchDir",
                "DISM.EXE: <----- Ending Dism.exe session ----->",
            ],
            &[
                (Session, "dism", "dism"),
                (CommandLine, "dism", "Dism  /Mount-Image /ImageFile:F:\\i.wim /Index:2 /MountDir:C:\\m"),
                (ImageMounted, "C:\\m", "F:\\i.wim"),
                (ImageIndex, "F:\\i.wim", "2"),
                (
                    CommandLine,
                    "dism",
                    "dism /Apply-Image /ImageFile:\"\\\\s\\d$\\a b.wim\" /Index:3 /ApplyDir:W:\\",
                ),
                (ApplyBegin, "\\\\s\\d$\\a b.wim", "W:\\"),
                (ImageIndex, "\\\\s\\d$\\a b.wim", "3"),
                (
                    CommandLine,
                    "dism",
                    "dism /Capture-Image /ImageFile:D:\\c.wim /CaptureDir:W:\\ /Name:\"New one\"",
                ),
                (ImageBorn, "capture D:\\c.wim", "2022-07-06 08:08:30"),
                (ImageName, "D:\\c.wim", "New one"),
                (CommandLine, "dism", "dism /online /cleanup-image /restorehealth /source:wim:I:\\i.wim:1"),
                (CommandOption, "", "/Source:wim:I:\\i.wim:1"),
                (ParentCommandLine, "dism", "sysreset.exe  -continue"),
                (Launcher, "scratch directory", "C:\\Users\\user\\AppData\\Local\\Temp\\"),
                (SessionEnd, "dism", "dism"),
            ],
        );
    }

    #[test]
    fn anchors_of_the_servicing_stack() {
        let stamped = |stamp: &str, component: &str, message: &str| {
            format!("{stamp}, Info                  {component:<7}{message}\n")
        };
        let log = stamped("2019-03-29 00:33:01", "CBS", "Starting TiWorker initialization.")
            + &stamped(
                "2019-03-29 00:33:01",
                "CSI",
                "00000001@2019/3/28:23:33:01.812 WcpInitialize (wcp.dll",
            )
            + &stamped("2019-03-29 00:33:02", "CBS", "Universal Time is: 2019-03-28 23:33:02.718")
            + &stamped("2019-03-28 23:35:01", "CSI", "00000002@2019/3/28:23:35:01.000 CSI perf trace:")
            + &stamped(
                "2019-07-29 22:34:35",
                "CBS",
                "Session: 30754339_543620214 initialized by client X, a: (null)",
            );
        let testimony = read(log.as_bytes(), "CBS.log", &Settings::default());
        assert_eq!(testimony.kind, PieceKind::ServicingLog);
        let expected = [
            (Session, "cbs", "cbs"),
            (UtcAnchor, "", "2019-03-28T23:33:01.812Z"),
            (ClockJump, "", "3481"),
            (UtcAnchor, "", "2019-03-28T23:35:01.000Z"),
            (UtcAnchor, "", "2019-07-29T15:34:35.871Z"),
            (ServicingClient, "", "X"),
        ];
        assert_eq!(said(&testimony), expected);
    }

    #[test]
    fn answer_files_and_scripts() {
        check(
            "",
            &[
                "[windeploy.exe] UnattendSearchExplicitPath: Found unattend file at [E:\\unattend.xml]; examining",
                "UnattendSearchExplicitPath: Found usable unattend file for pass [specialize] at [E:\\unattend.xml].",
                "[setup.exe] Caching copy of unattend file: [E:\\unattend.xml] cached at --> [C:\\Windows\\panther\\unattend.xml]",
                "[setup.exe] Found RunSynchronous command: [cmd.exe /c \"if [1] echo\"]",
                "ExecuteCommandFromValue: Executing command line: C:\\x\\SetupPlatform.exe /presysprep",
                "Time zone set to 'Qyzylorda Standard Time'",
                "Set the computer name to PC-001",
            ],
            &[
                (AnswerFile, "", "E:\\unattend.xml"),
                (AnswerFile, "", "E:\\unattend.xml"),
                (AnswerFile, "cached", "C:\\Windows\\panther\\unattend.xml"),
                (Script, "run-synchronous", "cmd.exe /c \"if [1] echo\""),
                (Script, "command", "C:\\x\\SetupPlatform.exe /presysprep"),
                (TimeZone, "", "Qyzylorda Standard Time"),
                (ComputerName, "", "PC-001"),
            ],
        );
    }

    #[test]
    fn a_launcher() {
        let log = "\u{feff}2025-04-26 05:07:00: BuildInfo: [10.0.26100.1 (ge_release.240331-1435)]\r\n\
                   2025-04-26 05:07:00: CommandLine: [V:\\Sources\\SetupPrep.exe ]\r\n\
                   2025-04-26 05:07:00: Launching process: [V:\\Sources\\SetupHost.exe] with command-line [/Install /Boot  \
                   /InstallFile \"V:\\Sources\\Install.wim\" /MediaPath \"V:\"] in Session: [-1]\r\n";
        let testimony = read(log.as_bytes(), "BlueBox.log", &Settings::default());
        assert_eq!(testimony.kind, PieceKind::LauncherLog);
        let line = "/Install /Boot  /InstallFile \"V:\\Sources\\Install.wim\" /MediaPath \"V:\"";
        let expected = [
            (Session, "launcher", "launcher"),
            (SetupBuild, "", "10.0.26100.1 (ge_release.240331-1435)"),
            (CommandLine, "setupprep", "V:\\Sources\\SetupPrep.exe"),
            (CommandLine, "setuphost", line),
            (InstallFile, "", "V:\\Sources\\Install.wim"),
            (MediaPath, "", "V:"),
        ];
        assert_eq!(said(&testimony), expected);
    }
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

mod hostile {
    use super::*;

    #[test]
    fn statements_and_their_text_are_bounded() {
        let log = line("IBS", "Fn:Detected root file/folder [x] in OS image.").repeat(MAX_STATEMENTS + 10);
        let testimony = testimony(&log);
        assert_eq!(testimony.statements.len(), MAX_STATEMENTS);
        assert!(testimony.partial.is_some_and(|why| why.contains("statements")));
        let wordy =
            line("IBS", &format!("Fn:Detected root file/folder [{}] in OS image.", "x".repeat(40_000)));
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
}

/// Real logs; none are shipped.
mod corpus {
    use super::{Topic::*, *};

    fn log(path: &str) -> Option<(Vec<u8>, Testimony)> {
        let top = std::env::var_os("WIMPROOF_CORPUS").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"),
            PathBuf::from,
        );
        let Ok(bytes) = std::fs::read(top.join(path)) else {
            println!("skipped: no {path} in the corpus");
            return None;
        };
        let testimony = read(&bytes[..], path, &Settings::default());
        assert!(testimony.partial.is_none());
        Some((bytes, testimony))
    }

    fn values(testimony: &Testimony, topic: Topic) -> Vec<&str> {
        testimony.on(topic).map(|said| &*said.value).collect()
    }

    fn about<'t>(testimony: &'t Testimony, topic: Topic, about: &str) -> Vec<&'t str> {
        let on = testimony.on(topic).filter(|said| said.about.as_deref() == Some(about));
        on.map(|said| &*said.value).collect()
    }

    #[test]
    fn clean_install_from_a_stick() {
        let Some((_, log)) = log("panther/winpe-usb-16299.setupact.log") else { return };
        assert_eq!(log.kind, PieceKind::SetupLog);
        let file = "D:\\Sources\\install.esd";
        assert_eq!(about(&log, ImageFileSize, file), ["3628584534"]);
        assert_eq!(about(&log, ImageCount, file), ["8"]);
        assert_eq!(about(&log, ImageIndex, file), ["7", "7"]);
        let names: Vec<&str> =
            (1..=8).flat_map(|index| about(&log, ImageField, &format!("{index} / name"))).collect();
        assert_eq!(names.len(), 8);
        assert_eq!((names[0], names[6]), ("Windows 10 S", "Windows 10 Pro"));
        assert_eq!(about(&log, ImageField, "7 / total_bytes"), ["16165061609"]);
        assert_eq!(about(&log, ImageField, "7 / flags"), ["Professional"]);
        assert_eq!(about(&log, ImageField, "8 / version"), ["10.0.16299"]);
        assert_eq!(
            log.on(ImageField).filter(|said| said.about.as_deref().unwrap().ends_with("total_bytes")).count(),
            8
        );
        assert_eq!(values(&log, DriveType), ["2"]);
        assert_eq!(about(&log, DriveDisk, "D:"), ["1"]);
        assert_eq!(values(&log, SourcesFolder), ["D:\\Sources"; 2]);
        let devices = values(&log, DeviceInstance);
        assert_eq!(devices.len(), 8);
        assert!(
            devices[0].starts_with("USBSTOR\\DISK&VEN_")
                && devices[1].starts_with("USB\\VID_7614&PID_1000\\")
        );
        assert_eq!(about(&log, VolumeLabel, file), ["ESD-USB"]);
        assert_eq!(about(&log, VolumeSerial, file), ["1806485031"]);
        let times = |topic| {
            let at = |said: &Statement| match said.stamp {
                Some(Stamp::Local(at)) => format!("{} {at}", said.value),
                _ => String::new(),
            };
            log.on(topic).map(at).collect::<Vec<_>>()
        };
        assert_eq!(times(PhaseBegin), ["2 2019-03-29 00:25:29", "4 2019-03-29 00:35:14"]);
        assert_eq!(times(PhaseEnd), ["2 2019-03-29 00:33:15", "4 2019-03-29 00:35:57"]);
        assert_eq!(values(&log, UtcAnchor), ["2019-03-28T23:33:01.718Z", "2019-03-28T23:35:56.633Z"]);
        assert_eq!(values(&log, ApplyBegin), ["flags 0x8180"]);
        assert_eq!(values(&log, ApplyEnd), ["E:\\"]);
        assert_eq!(values(&log, ImageRoot).len(), 7);
        assert_eq!(values(&log, OldSystem).len(), 7);
        assert_eq!(values(&log, RamDrive), ["X:\\Sources"]);
        assert_eq!((log.errors.count, log.warnings.count), (1, 27));
    }

    #[test]
    fn upgrade_from_a_folder_that_failed() {
        let Some((_, log)) = log("panther/inplace-media-19041-failed.setupact.log") else { return };
        let file = "C:\\21H2\\Sources\\Install.wim";
        assert!(
            about(&log, CommandLine, "setuphost")[0].starts_with("/Install /Media  /InstallFile \"C:\\21H2")
        );
        assert_eq!(values(&log, MediaPath), ["C:\\21H2"]);
        assert!(values(&log, InstallFile).iter().all(|value| *value == file));
        assert_eq!(values(&log, DriveType), ["3", "3"]);
        assert_eq!(about(&log, ImageCount, file), ["10"]);
        assert!(values(&log, ImageIndex).iter().all(|index| *index == "5"));
        assert_eq!(values(&log, ImageName), ["Windows 10 Pro"]);
        assert_eq!(about(&log, ImageField, "5 / edition"), ["Professional"]);
        assert_eq!(about(&log, ImageField, "5 / sp_build"), ["1288"]);
        assert_eq!(about(&log, ImageField, "5 / product_name"), ["Microsoft® Windows® Operating System"]);
        assert!(
            values(&log, Launcher)
                .iter()
                .all(|path| path.starts_with("C:\\Users\\user01\\AppData\\Local\\Temp\\"))
        );
        assert!(about(&log, Result, "result").iter().all(|code| *code == "0x80070032"));
        assert_eq!(about(&log, Result, "phase"), ["SetupPhaseInstall"]);
        assert_eq!(about(&log, Result, "extended"), ["0x50013"; 3]);
        assert_eq!(about(&log, Result, "mapped"), ["0xC1900108"; 2]);
        assert_eq!(values(&log, SetupBuild)[0], "10.0.19041.1253 (vb_release_svc_prod2.210811-1921)");
        assert_eq!(about(&log, SourceOs, "build_string"), ["17134.1.amd64fre.rs4_release.180410-1804"]);
        assert_eq!(about(&log, SourceOs, "ubr"), ["677", "677"]);
        assert_eq!(about(&log, TargetOs, "version"), ["10.0.19041.0"; 2]);
        assert_eq!(about(&log, Session, "setuphost").len(), 1);
        assert_eq!(about(&log, SessionEnd, "setuphost").len(), 1);
        assert_eq!(values(&log, UtcAnchor), ["2022-07-06T12:08:30.719Z"]);
        assert_eq!(about(&log, CommandOption, "client"), ["Media360"; 2]);
        assert_eq!(values(&log, Operation).len(), 9);
        assert_eq!((log.errors.count, log.warnings.count), (61, 162));
    }

    #[test]
    fn an_image_is_generalized() {
        let Some((_, log)) = log("panther/sysprep-19041-zhcn.setupact.log") else { return };
        assert_eq!(log.kind, PieceKind::SysprepLog);
        assert_eq!(about(&log, ImageBorn, "sysprep"), ["2020-07-31 02:39:03", "2020-07-31 03:23:11"]);
        assert_eq!(values(&log, CommandOption)[..5], ["QUIET", "GENERALIZE", "OOBE", "QUIT", "UNATTEND"]);
        assert!(about(&log, Failure, "WinMain").contains(&"0x80073cf2"));
        assert_eq!(log.errors.count, 40);
    }

    #[test]
    fn a_launcher_of_winpe() {
        let Some((_, log)) = log("panther/winpe-26100.BlueBox.log") else { return };
        assert_eq!(log.kind, PieceKind::LauncherLog);
        assert_eq!(values(&log, MediaPath), ["V:"]);
        assert_eq!(values(&log, InstallFile), ["V:\\Sources\\Install.wim"]);
        assert_eq!(values(&log, SetupBuild), ["10.0.26100.1 (ge_release.240331-1435)"]);
    }

    #[test]
    fn every_stamped_line_is_an_entry_and_no_key_is_left() {
        for (path, kind) in [
            ("cbs/18362-restorehealth-repaired.CBS.log", PieceKind::ServicingLog),
            ("cbs/22621-corrupt-unrepaired.CBS.log", PieceKind::ServicingLog),
            ("cbs/no-corruption.CBS.log", PieceKind::ServicingLog),
            ("dism/22621-restorehealth-from-wim-fails.dism.log", PieceKind::DismLog),
            ("panther/winpe-usb-16299.setupact.log", PieceKind::SetupLog),
            ("panther/inplace-media-19041-failed.setupact.log", PieceKind::SetupLog),
            ("panther/sysprep-19041-zhcn.setupact.log", PieceKind::SysprepLog),
        ] {
            let Some((bytes, log)) = log(path) else { continue };
            assert_eq!(log.kind, kind, "{path}");
            assert_eq!(log.sha256, Some(Sha256::digest(&bytes).into()));
            let mut lines = Lines::new(&bytes[..], Form::of(&bytes));
            let (mut stamped, mut known) = (0, 0);
            while let Some(line) = lines.next_line().unwrap() {
                let stamp =
                    line.bytes.get(..21).is_some_and(|head| head.starts_with(b"20") && head.ends_with(b", "));
                let entry = entry::Entry::of(line.bytes);
                assert_eq!(stamp, entry.is_some(), "{path} line {}", line.number);
                stamped += u32::from(stamp);
                let component = entry.map_or(&b""[..], |entry| entry.component);
                known += u32::from(stamp && (component.is_empty() || component.len() >= 2));
            }
            assert!(stamped > 100 && stamped == known, "{path}");
            for said in &log.statements {
                for text in [&said.value, &said.quote] {
                    assert!(crate::evidence::mask::mask(text) == **text, "{text}");
                }
            }
        }
    }

    #[test]
    fn a_repair_from_a_file() {
        let Some((_, log)) = log("dism/22621-restorehealth-from-wim-fails.dism.log") else { return };
        let expected = ["/Source:I:\\sources\\install.wim", "/Source:F:\\Win\\Win11\\sources\\install.wim"];
        assert_eq!(values(&log, CommandOption)[..2], expected);
        assert!(values(&log, ParentCommandLine)[0].ends_with("{97D38BE6-F241-4127-B05F-6935E8D83D18}"));
    }
}
