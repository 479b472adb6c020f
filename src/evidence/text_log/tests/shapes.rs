//! What lines of every known shape say.

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
        &["GetVolumePath - D:\\a-- b\\install.esd-- D:\\-- ESD-USB,-- 1806485031", "GetVolumePath - D:\\x"],
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
            (StoreRepair, "command", "dism /online /cleanup-image /restorehealth /source:wim:I:\\i.wim:1"),
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
        + &stamped("2019-03-29 00:33:01", "CSI", "00000001@2019/3/28:23:33:01.812 WcpInitialize (wcp.dll")
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
