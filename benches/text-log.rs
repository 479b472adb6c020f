//! Measures how fast logs are read, SHA-256 included: a log in the grammar of Windows Setup, and one in that of the
//! servicing stack, are made and read from memory in pieces, so that no disk is measured.
//!
//!     cargo bench --bench text-log [-- MEGABYTES]       default 500
#![allow(clippy::print_stdout, clippy::cast_precision_loss)]

use std::{
    hint::black_box,
    io::{Read, Result},
    time::{Duration, Instant},
};

use sha2::{Digest as _, Sha256};
use wimproof::evidence::text_log::{Settings, read};

/// Lines as they come in a log of an upgrade; the last says something, and comes once in a minute.
const MESSAGES: [(&str, &str, &str); 32] = [
    ("Info", "MOUPG", "Action progress: [8%]"),
    ("Info", "MOUPG", "Overall progress: [21%]"),
    (
        "Info",
        "SP",
        "  Operation (remaining): Add boot entry for C:\\$WINDOWS.~BT\\NewOS\\WINDOWS. Locale = en-US",
    ),
    ("Info", "SP", "  AddSpace: add:      -356515840, current:        566231040, peak:        922746880"),
    (
        "Info",
        "MIG",
        "Gather started at 2022-07-06 08:08:30 for C:\\Windows\\System32\\drivers\\etc (recursive)",
    ),
    ("Info", "CSI", "00000032 Direct SIL provider: Number of files opened: 37349."),
    ("Info", "CBS", "Lock: New lock added: CCbsSessionManager, level: 11, total lock:4"),
    (
        "Info",
        "",
        "SPGetFootprintCapabilities: Could not find footprint file C:\\$WINDOWS.~BT\\Sources\\dismapi.dll",
    ),
    ("Warning", "MOUPG", "CSetupDiagnostics::ReportData - Not reporting WINDLP data point [0x2004]"),
    ("Info", "CONX", "Windows::Compat::Appraiser::WicaEngine::RunComponents (1366):   Engine finished."),
    (
        "Info",
        "MIG",
        "Ignoring invalid path: C:\\Users\\user01\\AppData\\Local\\Packages\\Microsoft.Windows.Cortana_cw5n1h2txyewy",
    ),
    ("Info", "", "[SetupHost.exe] Enter WinReGetConfig"),
    ("Info", "", "[SetupHost.exe] Parameters: configWinDir: C:\\windows"),
    ("Info", "PANTHR", "InitializeModule: Initializing ExecQueue->csLock;"),
    ("Info", "IBS", "DumpDeviceIDs:      Compat ID [PCI\\CC_010601]"),
    ("Info", "IBS", "IsDeviceSupported:Device [Standard SATA AHCI Controller] is supported"),
    ("Info", "SP", "SPWIMCallback: Image apply. Progress: 47"),
    ("Info", "MOUPG", "Mapped Global progress: [38%]"),
    (
        "Info",
        "DISM",
        "API: PID=8312 TID=9104 Successfully enqueued command object - CCommandThread::EnqueueCommandObject",
    ),
    ("Info", "MIG", "AgentManager: Processing gather of Microsoft-Windows-Shell-Setup\\Settings"),
    (
        "Error",
        "SP",
        "pGetVolumeInformation: failed for \\\\?\\Volume{97D38BE6-F241-4127-B05F-6935E8D83D18}[gle=0x00000015]",
    ),
    (
        "Info",
        "MIG",
        "Discovered component Microsoft-Windows-Kernel-PnP-Drivers for migration (online, user scope)",
    ),
    (
        "Info",
        "SP",
        "   38|Apply WIM file PathForNewOSFile, index 5 to C:\\x  |Yes     |2022-07-06 08:08:53|2022-07-06 08:11:38|",
    ),
    ("Info", "CSI", "0000001f@2022/7/6:12:34:41.359 Starting corruption detection (InnerFlags=2)"),
    ("Info", "MOUPG", "ProgressHandlerAction FinalUpdate: 0x7, 0x64 / 0x64, 0x0"),
    (
        "Info",
        "CBS",
        "Appl: detect Parent, Package: Microsoft-Windows-Client-Features-Package, parent found: ~~10.0.19041.1",
    ),
    ("Info", "DPX", "Started DPX phase: Apply Deltas Provided In File"),
    ("Info", "UI", "Accepting Next. Exiting Page Progress."),
    ("Info", "MOUPG", "CInstallUI::OnActionChanged: Posted MSG_INSTALLUI_UPDATE_PROGRESS"),
    ("Info", "MIG", "Estimating time for unit C:\\Program Files (x86)\\Common Files\\System\\Ole DB\\*.*"),
    ("Info", "IBSLIB", "BFSVC: Servicing fonts and resources of the boot manager"),
    ("Info", "MOUPG", "MigChoice: Initializing Image Name:            [Windows 10 Pro]"),
];

/// Lines as they come in a log of the servicing stack, the last ones of a check that finds corruption.
const SERVICING: [(&str, &str, &str); 16] = [
    ("Info", "CBS", "Lock: New lock added: TiWorkerClassFactory, level: 30, total lock:2"),
    (
        "Info",
        "CBS",
        "Appl: Package: Microsoft-Windows-IIS-WebServer-Package~31bf3856ad364e35~amd64~~10.0.22621.608, Update: IIS-WebServer, Applicable: NeedsParent, Disposition: Staged",
    ),
    ("Info", "CBS", "Failed to internally open package. [HRESULT = 0x800f0805 - CBS_E_INVALID_PACKAGE]"),
    ("Info", "CSI", "00000032 Performing 1 operations as follows:"),
    (
        "Info",
        "CBS",
        "Session: 31033555_3478826163 initialized by client WindowsUpdateAgent, external staging directory: (null)",
    ),
    ("Info", "CSI", "0000001f@2022/7/6:12:34:41.359 Starting corruption detection (InnerFlags=2)"),
    ("Info", "CBS", "Not able to read BranchName [HRESULT = 0x80070002 - ERROR_FILE_NOT_FOUND]"),
    ("Info", "CSI", "000001d9 [SR] Verifying 100 components"),
    (
        "Info",
        "CBS",
        "Appl: detect Parent, Package: Package_for_RollupFix~31bf3856ad364e35~amd64~~22621.1702.1.7, Parent: Microsoft-Windows-CoreEdition",
    ),
    ("Info", "CSI", "000001da [SR] Beginning Verify and Repair transaction"),
    ("Info", "CBS", "FC:   FCAcquirerWUClient: WULib DownloadProgress: [0 / 100]"),
    ("Info", "SXS", "Blocking store modifications while an installer runs"),
    (
        "Info",
        "CBS",
        "Exec: Session processing started.  Client: Manual, Session(Store Corruption Detect/Repair): 30754339_543620214",
    ),
    ("Info", "CSI", "000001db [SR] Verify complete"),
    ("Info", "CSI", "00000020 Hashes for file member [l:14]'wmploc.DLL.mun' do not match."),
    (
        "Info",
        "CBS",
        "(p)\tCSI Payload Corrupt\t(n)\t\t\tamd64_microsoft-windows-mediaplayer-core_31bf3856ad364e35_10.0.22621.1635_none_eb3c6e8acabe92c4\\wmploc.DLL.mun",
    ),
];

/// A log without end, cut at some length.
struct Endless<'l> {
    lines: &'l [u8],
    at: usize,
    left: usize,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let rest = &self.lines[self.at..];
        let count = rest.len().min(buffer.len()).min(self.left);
        buffer[..count].copy_from_slice(&rest[..count]);
        self.at = (self.at + count) % self.lines.len();
        self.left -= count;
        Ok(count)
    }
}

/// A minute of a log; its `telling` last messages come once in it.
fn lines(messages: &[(&str, &str, &str)], telling: usize) -> Vec<u8> {
    let mut lines = String::new();
    for second in 0..60 {
        let quiet = messages.len() - if second > 0 { telling } else { 0 };
        for (level, component, message) in &messages[..quiet] {
            let words = format!("{level:<22}{component:<7}{message}");
            lines.extend(["2022-07-06 08:08:", &format!("{second:02}, {words}\r\n")]);
        }
    }
    lines.into_bytes()
}

/// The most memory that this process ever had, in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse().ok()
}

/// Time that this thread was given by a processor, where the system tells; else time that went by.
fn processor_time(begun: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

fn best(megabytes: usize, mut run: impl FnMut()) -> String {
    let clock = Instant::now();
    let time = |_| {
        let begun = processor_time(clock);
        run();
        processor_time(clock).saturating_sub(begun)
    };
    let best = (0..5).map(time).min().unwrap_or(Duration::MAX);
    format!("{:.0} MB/s", megabytes as f64 / best.as_secs_f64())
}

fn main() {
    let megabytes = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(500);
    let setup = lines(&MESSAGES, 1);
    let endless = |lines, megabytes: usize| Endless { lines, at: 0, left: megabytes * 1_000_000 };
    let hashing = best(megabytes, || {
        let (mut input, mut hash, mut buffer) = (endless(&setup, megabytes), Sha256::new(), vec![0; 1 << 18]);
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            hash.update(&buffer[..count]);
        }
        black_box(hash.finalize());
    });
    println!("{megabytes} MB: SHA-256 alone {hashing}");
    for (name, lines) in [("setupact.log", &setup), ("CBS.log", &lines(&SERVICING, 2))] {
        black_box(read(endless(lines, 1), name, &Settings::default()));
        let before = peak();
        let mut statements = 0;
        let reading = best(megabytes, || {
            statements = read(endless(lines, megabytes), name, &Settings::default()).statements.len();
        });
        println!("{name}: {reading}, {statements} statements");
        if let (Some(before), Some(after)) = (before, peak()) {
            println!("memory: {} KiB more than for 1 MB, at its peak", after - before);
        }
    }
}
