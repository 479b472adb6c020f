//! Setup started in a running system, since 24H2 in WinPE too: `SetupHost.exe` (components `MOUPG`, `CONX`).

use super::super::{
    command_line,
    instant::filetime,
    table::{Rule, Says, bracket, brackets, named},
    voice::Voice,
};
use crate::evidence::statement::Topic;

const HOST: &[&str] = &["MOUPG"];

const fn rule(words: &'static str, says: Says) -> Rule {
    Rule { of: HOST, words, says }
}

pub(super) const RULES: &[Rule] = &[
    // The run.
    rule("*****", Says::Own(run)),
    rule("SetupHost::Initialize: CmdLine", Says::Own(command)),
    rule("SetupHost::Initialize: ModulePath", Says::Brackets(Topic::ModulePath, "")),
    rule("SetupHost::Initialize: MediaPath", Says::Brackets(Topic::MediaPath, "")),
    rule("SetupHost::Initialize: InstallFilePath", Says::Brackets(Topic::InstallFile, "")),
    rule("SetupHost::Initialize: Mode", Says::Bracket(Topic::CommandOption, "mode")),
    rule("SetupHost::Initialize: Scenario", Says::Bracket(Topic::CommandOption, "scenario")),
    rule("SetupManager: Install file found: ", Says::Brackets(Topic::InstallFile, "")),
    rule("Setup build version is: ", Says::Rest(Topic::SetupBuild, "")),
    rule("SetupManager: Reporting Data - DataId = ", Says::Own(reported)),
    rule("CSetupDiagnostics: Tracing Data ", Says::Own(traced)),
    rule("UpdateMedia: Initializing BoxDownloadPath: ", Says::Brackets(Topic::Launcher, "")),
    rule("CreateDlpFile: Source = ", Says::Own(download)),
    // The systems.
    Rule { of: &["CONX"], words: "Source OS: Host SKU Info: ", says: Says::Own(host_sku) },
    rule("Host OS Version ", Says::Bracket(Topic::SourceOs, "version")),
    rule("Host OS Build String ", Says::Bracket(Topic::SourceOs, "build_string")),
    rule("Host OS Edition ", Says::Bracket(Topic::SourceOs, "edition")),
    rule("Host OS Language Id ", Says::Bracket(Topic::SourceOs, "language")),
    rule("Host OS Architecture ", Says::Bracket(Topic::SourceOs, "architecture")),
    rule("ProductKey: Host OS install channel is ", Says::Bracket(Topic::SourceOs, "channel")),
    rule("OneSettings: OsVer ", Says::Own(build_with_revision)),
    rule("Target OS: Edition = ", Says::Bracket(Topic::TargetOs, "edition")),
    rule("Target OS: Language = ", Says::Bracket(Topic::TargetOs, "language")),
    rule("Target OS: Architecture = ", Says::Bracket(Topic::TargetOs, "architecture")),
    rule("Target OS: Version = ", Says::Bracket(Topic::TargetOs, "version")),
    rule("Target OS: SPVersion = ", Says::Own(service_pack)),
    rule("Target OS: Detected Source DomainName = ", Says::Bracket(Topic::Machine, "domain")),
    // The way it goes.
    rule("Setup phase change: ", Says::Own(phase_change)),
    rule("ImageExit: Initializing SetupResult: ", Says::Bracket(Topic::Result, "result")),
    rule("ImageExit: Initializing Extended: ", Says::Bracket(Topic::Result, "extended")),
    rule("Finalize: Remapping install error ", Says::Own(remapped)),
    rule("SetupHost: Reporting error event -> ", Says::Own(error_event)),
    rule("SetupManager: FailureCount = ", Says::Bracket(Topic::FailedAttempt, "")),
    rule("CompatInstallReq: Initializing Ignore Dismissible Blocks: ", Says::Own(ignored_blocks)),
    rule("DataMigration: Initializing Migrate Custom Scripts: ", Says::Brackets(Topic::Script, "")),
];

const RUN: &str = "setuphost";

/// `********** SetupHost Logging Begin **********`.
fn run(voice: &mut Voice<'_>, text: &str) {
    match text.trim_matches(['*', ' ']) {
        "SetupHost Logging Begin" => {
            voice.memory.begin_run(voice.stamp);
            voice.say(Topic::Session, RUN, RUN);
        }
        "SetupHost Logging End" => voice.say(Topic::SessionEnd, RUN, RUN),
        _ => {}
    }
}

fn command(voice: &mut Voice<'_>, text: &str) {
    command_line::setup(voice, brackets(text).unwrap_or_default());
}

/// `[10], Value = [3]`. The numbers were told by their values beside the names in the traced data.
fn reported(voice: &mut Voice<'_>, text: &str) {
    let value = named(text, "Value = [").unwrap_or_default();
    match bracket(text) {
        Some("10") => voice.say(Topic::DriveType, "", value),
        Some("17") => {
            if let Some(begun) = value.parse().ok().and_then(filetime) {
                voice.likely_anchor(begun);
            }
        }
        _ => {}
    }
}

/// `[DWORD] -> [SetupMediaDriveType]=[0x3] [...]`: a dictionary at the end of a run; or `[CUSTOM] -> [...] -> [Media360]`.
fn traced(voice: &mut Voice<'_>, text: &str) {
    let Some((kind, rest)) = text.split_once(" -> [") else { return };
    let Some((name, rest)) = rest.split_once(']') else { return };
    if kind == "[CUSTOM]" {
        return voice.say(Topic::CommandOption, "client", bracket(rest).unwrap_or_default());
    }
    let Some(value) = rest.strip_prefix("=[").and_then(|rest| rest.split(']').next()) else { return };
    let number = || number(value).map(|number| number.to_string()).unwrap_or_default();
    match name {
        "SetupBuildString" => voice.say(Topic::SetupBuild, "", value),
        "SetupMediaDriveType" => voice.say(Topic::DriveType, "", &number()),
        "IsWebSetupCreatedMedia" => voice.say(Topic::CommandOption, "web-media", &number()),
        "SystemManufacturer" => voice.say(Topic::Machine, "manufacturer", value),
        "SystemProductName" => voice.say(Topic::Machine, "model", value),
        "TargetOsImageIndex" => voice.say(Topic::ImageIndex, "", &number()),
        "TargetOsEditionId" => voice.say(Topic::TargetOs, "edition", value),
        "TargetOsLanguage" => voice.say(Topic::TargetOs, "language", value),
        "HostOsEditionId" => voice.say(Topic::SourceOs, "edition", value),
        "HostOsSkuName" => voice.say(Topic::SourceOs, "product_name", value),
        "SourceOsBuildQFE" => voice.say(Topic::SourceOs, "ubr", &number()),
        "SourceOsLanguage" => voice.say(Topic::SourceOs, "language", value),
        "PKeyDownlevelInstallChannel" => voice.say(Topic::SourceOs, "channel", value),
        "Setup360Result" => voice.say(Topic::Result, "result", value),
        "Setup360MappedResult" => voice.say(Topic::Result, "mapped", value),
        "Setup360Extended" => voice.say(Topic::Result, "extended", value),
        "SetupStartTime" => start_time(voice, value),
        _ => {}
    }
}

/// The instant at which the run began: known together with the local time at which its log begins, if that is not of a
/// later start. Said where nothing better was.
fn start_time(voice: &mut Voice<'_>, value: &str) {
    if voice.memory.is_anchored() {
        return;
    }
    let Some(begun) = number(value).and_then(filetime) else { return };
    let now = std::mem::replace(&mut voice.stamp, voice.memory.begun);
    voice.likely_anchor(begun);
    voice.stamp = now;
}

/// `0x1d891311b7045bb` or a decimal number.
fn number(value: &str) -> Option<u64> {
    match value.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => value.parse().ok(),
    }
}

/// `[https://...], Target = [C:\...]`.
fn download(voice: &mut Voice<'_>, text: &str) {
    let target = named(text, "Target = [").unwrap_or_default();
    voice.say(Topic::DownloadUrl, target, bracket(text).unwrap_or_default());
}

/// `Edition = 'Professional', ... Product Name = 'Windows 10 Pro', Arch = amd64, ...`.
fn host_sku(voice: &mut Voice<'_>, text: &str) {
    let quoted = |name: &str| Some(text.split_once(name)?.1.split('\'').next()?.to_owned());
    voice.say(Topic::SourceOs, "edition", &quoted("Edition = '").unwrap_or_default());
    voice.say(Topic::SourceOs, "product_name", &quoted("Product Name = '").unwrap_or_default());
}

/// `[10.0.17134.677.amd64fre.rs4_release.180410-1804]`: the fourth number is the revision.
fn build_with_revision(voice: &mut Voice<'_>, text: &str) {
    let revision = bracket(text).and_then(|build| build.split('.').nth(3)).unwrap_or_default();
    if revision.parse::<u32>().is_ok() {
        voice.say(Topic::SourceOs, "ubr", revision);
    }
}

/// `[1288.0]`: the revision, and the level of the service pack.
fn service_pack(voice: &mut Voice<'_>, text: &str) {
    let revision = bracket(text).and_then(|pack| pack.split('.').next());
    voice.say(Topic::TargetOs, "ubr", revision.unwrap_or_default());
}

/// `[SetupPhaseInstall] -> [SetupPhaseError]`.
fn phase_change(voice: &mut Voice<'_>, text: &str) {
    let (from, to) = (bracket(text).unwrap_or_default(), named(text, "-> [").unwrap_or_default());
    if from != "SetupPhaseUnknown" {
        voice.say(Topic::PhaseEnd, "", from);
    }
    voice.say(Topic::PhaseBegin, "", to);
    if to == "SetupPhaseError" {
        voice.say(Topic::Result, "phase", from);
    }
    if to.contains("Rollback") {
        voice.say(Topic::Rollback, "", to);
    }
}

/// `[0x80070032] -> [0xC1900108] for telemetry.`
fn remapped(voice: &mut Voice<'_>, text: &str) {
    voice.say(Topic::Result, "result", bracket(text).unwrap_or_default());
    voice.say(Topic::Result, "mapped", named(text, "-> [").unwrap_or_default());
}

/// `[0x80070032, 0x50013]`.
fn error_event(voice: &mut Voice<'_>, text: &str) {
    if let Some((result, extended)) = bracket(text).and_then(|codes| codes.split_once(',')) {
        voice.say(Topic::Result, "result", result);
        voice.say(Topic::Result, "extended", extended);
    }
}

fn ignored_blocks(voice: &mut Voice<'_>, text: &str) {
    if bracket(text) == Some("TRUE") {
        voice.say(Topic::Compatibility, "", "dismissible blocks are ignored");
    }
}
