//! Real logs.

use super::{Topic::*, *};

fn log(path: &str) -> Option<(Vec<u8>, Testimony)> {
    let top = std::env::var_os("WIMPROOF_CORPUS")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus"), PathBuf::from);
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
        devices[0].starts_with("USBSTOR\\DISK&VEN_") && devices[1].starts_with("USB\\VID_7614&PID_1000\\")
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
    assert!(about(&log, CommandLine, "setuphost")[0].starts_with("/Install /Media  /InstallFile \"C:\\21H2"));
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
