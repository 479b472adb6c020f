#!/usr/bin/env python3
"""Makes the servicing logs of case-corrupt-image: a PC that was deployed from corrupt.wim.

    samples/make-cbs-log.py [FOLDER]      default samples/case-corrupt-image, beside this program

Reads corrupt.tsv (component, file, expected and actual SHA-256), which tests/kit/examples/case-corrupt-image.rs makes with
the images. The lines follow the grammar of real logs of build 17763; session ids are FILETIMEs. Nothing in them is of any
real computer.
"""

import csv
import datetime
import pathlib
import sys

ZONE = datetime.timedelta(hours=8)
EPOCH = datetime.datetime(1601, 1, 1)
STACK = "amd64_microsoft-windows-servicingstack_31bf3856ad364e35_10.0.17763.1879_none_7e2f5d5f4cc1a3a4"
ROLLUP = "Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.2061.1.7"
INSTALLED = "Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1911.1.6"


class Log:
    """Lines with local stamps, and the clock that gives them."""

    def __init__(self, begin):
        self.now = begin
        self.lines = []
        self.number = 0

    def wait(self, seconds):
        self.now += datetime.timedelta(seconds=seconds)

    def utc(self):
        return self.now - ZONE

    def line(self, component, text, level="Info"):
        self.lines.append(f"{self.now:%Y-%m-%d %H:%M:%S}, {level:<22}{component:<7}{text}")

    def cbs(self, text, level="Info"):
        self.line("CBS", text, level)

    def csi(self, text, level="Info", stamped=False):
        self.number += 1
        utc = self.utc()
        at = f"@{utc.year}/{utc.month}/{utc.day}:{utc:%H:%M:%S}.417" if stamped else ""
        self.line("CSI", f"{self.number:08x}{at} {text}", level)

    def bare(self, text):
        self.lines.append(text)

    def session(self):
        """A new session id: the halves of the FILETIME of now."""
        ticks = int((self.utc() - EPOCH).total_seconds()) * 10_000_000 + 4_170_000
        return f"{ticks >> 32}_{ticks & 0xFFFFFFFF}"

    def write(self, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xef\xbb\xbf" + "".join(f"{line}\r\n" for line in self.lines).encode())


def start(log):
    log.cbs("TI: --- Initializing Trusted Installer ---")
    log.cbs(r"Loaded Servicing Stack v10.0.17763.1879 with Core: C:\Windows\winsxs" + f"\\{STACK}\\cbscore.dll")
    log.csi("WcpInitialize (wcp.dll version 0.0.0.6) called (stack @0x7ffb0c5d3a89 @0x7ffb0c1a6f1c)", stamped=True)
    log.cbs("Starting TiWorker initialization.")
    log.cbs("Ending TiWorker initialization.")
    log.wait(1)


def update(log):
    """An update whose differential files do not fit what is there."""
    start(log)
    session = log.session()
    log.cbs(f"Session: {session} initialized by client WindowsUpdateAgent, external staging directory: (null), external registry directory: (null)")
    log.cbs(f"Appl: detect Parent, Package: {ROLLUP}, Parent: Microsoft-Windows-CoreEdition~31bf3856ad364e35~amd64~~10.0.17763.1, Disposition = Detect, VersionComp: EQ, BuildComp: GE, RevisionComp: GE, DistributionComp: GE, DistributionTag: , Exist: present")
    log.cbs(f"Exec: Processing started.  Session: {session}, Package: {ROLLUP}, Identifier: KB5004244")
    log.wait(41)
    log.csi("(F) Hydration failed with error NTSTATUS_FROM_WIN32(ERROR_INVALID_DATA) . Delta Type: Forward Delta , IntegrityState Valid: true , RetrievedChecksum: 239972166 , ComputedChecksum: 239972166[gle=0x80004005]", level="Error")
    log.cbs("Failed to resolve package files [HRESULT = 0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED]", level="Error")
    log.cbs("Failed to stage execution chain. [HRESULT = 0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED]", level="Error")
    log.cbs("Failed to process single phase execution. [HRESULT = 0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED]", level="Error")
    log.cbs(f"Exec: Processing complete.  Session: {session}, Package: {ROLLUP}, Identifier: KB5004244 [HRESULT = 0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED]")
    log.cbs(f"Session: {session} finalized. Reboot required: no [HRESULT = 0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED]", level="Error")


def check(log, files):
    """What `dism /online /cleanup-image /restorehealth` leaves behind where WSUS has no repair content."""
    start(log)
    session = log.session()
    log.cbs(f"Session: {session} initialized by client DISM Package Manager Provider, external staging directory: (null), external registry directory: (null)")
    log.cbs("Client specifies manual store corruption detect or repair.")
    log.cbs(f"Exec: Session processing started.  Client: Manual, Session(DISM Package Manager Provider Store Corruption Detect/Repair): {session}")
    log.cbs("FLOW: Entering stage: CheckCbs")
    log.wait(6)
    log.cbs("Repr: CBS Store check completes")
    log.csi("StoreCorruptionRepair transaction begun. WcpVersion: [l:38]'10.0.17763.1879 (WinBuild.160101.0800)'.")
    log.csi("Starting corruption detection (InnerFlags=5)", stamped=True)
    log.cbs("FLOW: Entering stage: CheckCsi")
    for row in files:
        log.wait(1)
        name, component = row["file"], row["component"]
        log.csi(f"Hashes for file member [l:{len(name)}]'{name}' do not match.")
        log.bare(f" Expected: {{l:32 ml:33 b:{row['expected']}}}.")
        log.bare(f" Actual: {{l:32 b:{row['actual']}}}.")
        log.csi(f"Warning: Unable to repair payload file ([l:{len(name)}]'{name}') for component ([l:{len(component)} ml:140]'{component}') from backups directory with disposition (2). A backup file may not exist or may be corrupt. Falling back to WU.")
    log.csi("(F) Attempting to mark store corrupt with category [l:18 ml:19]'CorruptPayloadFile'[gle=0x80004005]", level="Error", stamped=True)
    log.csi("Direct SIL provider: Number of files opened: 37349.")
    log.csi(f"Corruption detection complete. numCorruptions = {len(files)}, Disp = 1.", stamped=True)
    log.cbs("Repr: CSI meta data corruption found, will commit repair transaction if repair is asked.")
    log.cbs("Repr: CSI Store check completes")
    log.cbs("FLOW: Entering stage: CollectPayload")
    for row in files:
        log.cbs(f"Repr: Not able to find replacement file for component {row['component']}, file {row['file']} from any local source")
    log.wait(30)
    log.cbs("DWLD: Windows update search returned no result. [HRESULT = 0x800f0954 - CBS_E_INVALID_WINDOWS_UPDATE_COUNT_WSUS]")
    log.cbs("Repr: Finished repairing CSI store.")
    summary(log, files)
    log.cbs("CheckSur: hrStatus: 0x800f0954 [CBS_E_INVALID_WINDOWS_UPDATE_COUNT_WSUS], download Result: 0x800f0954 [CBS_E_INVALID_WINDOWS_UPDATE_COUNT_WSUS]")
    log.cbs("Count of times corruption detected: 1")
    log.cbs("Seconds between initial corruption detections: -1")
    log.cbs("Seconds between corruption and repair: -1")
    log.cbs(f"Exec: Processing complete, session(Corruption Repairing): {session} [HRESULT = 0x800f0954 - CBS_E_INVALID_WINDOWS_UPDATE_COUNT_WSUS]")
    log.cbs(f"Session: {session} finalized. Reboot required: no [HRESULT = 0x800f0954 - CBS_E_INVALID_WINDOWS_UPDATE_COUNT_WSUS]")


def summary(log, files):
    count = len(files)
    log.cbs("")
    log.cbs("=================================")
    log.cbs("Checking System Update Readiness.")
    log.cbs("")
    for row in files:
        log.cbs(f"(p)\tCSI Payload Corrupt\t(n)\t\t\t{row['component']}\\{row['file']}")
        log.cbs("Repair failed: Missing replacement payload.")
    for text in [
        "", "Summary:", "Operation: Detect and Repair ", "Operation result: 0x800f0954",
        "Last Successful Step: Entire operation completes.", f"Total Detected Corruption:\t{count}",
        "\tCBS Manifest Corruption:\t0", "\tCBS Metadata Corruption:\t0", "\tCSI Manifest Corruption:\t0",
        "\tCSI Metadata Corruption:\t0", f"\tCSI Payload Corruption:\t{count}", "Total Repaired Corruption:\t0",
        "\tCBS Manifest Repaired:\t0", "\tCSI Manifest Repaired:\t0", "\tCSI Payload Repaired:\t0",
        "\tCSI Store Metadata refreshed:\tTrue", "", f"Total Operation Time: {count + 37} seconds.",
    ]:
        log.cbs(text)


def main():
    here = pathlib.Path(__file__).resolve().parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here / "case-corrupt-image"
    with open(folder / "corrupt.tsv", encoding="ascii", newline="") as table:
        files = list(csv.DictReader(table, delimiter="\t"))
    log = Log(datetime.datetime(2021, 8, 3, 9, 2, 11))
    log.cbs(f"Appl: Evaluating package applicability for package {INSTALLED}, applicable state: Installed")
    update(log)
    log.wait(3600 * 26)
    update(log)
    log.wait(3600 * 3)
    check(log, files)
    log.write(folder / "pc/Windows/Logs/CBS/CBS.log")


main()
