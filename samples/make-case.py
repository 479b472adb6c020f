#!/usr/bin/env python3
"""Write samples/case-rogue-upgrade: what was collected from one synthetic PC.

usage: make-case.py                              write the tree and the ZIP
       make-case.py --check                      compare them with what would be written
       make-case.py --without-live-panther DEST  write the tree to DEST, less Windows/Panther

The PC got three systems.  Each log lies where Windows leaves it, in the grammar
of Windows Setup; every name, serial and number is made up:

  2019-04-15  CMGE V0-H, clean, from a DVD                  Windows.old
  2021-12-10  CMGE V2020-L, in place, by the update client  Windows.old.000
  2021-12-14  ICBC VDA Win10 LTSC 2019, from a USB stick    Windows

The registry hives are made by tests/kit/examples/case-hives.rs; here they are
only taken along.
"""
import argparse
import io
import sys
import zipfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

SAMPLES = Path(__file__).resolve().parent
TREE = SAMPLES / "case-rogue-upgrade"
ZIP = SAMPLES / "case-rogue-upgrade-without-live-panther.zip"
HIVES = {f"{system}Windows/System32/config/{hive}" for hive in ("SYSTEM", "SOFTWARE")
         for system in ("", "Windows.old.000/")}
LIVE_PANTHER = "Windows/Panther/"

CHINA = 8
BOM = b"\xef\xbb\xbf"


# ---------------------------------------------------------------- the story

@dataclass(frozen=True)
class Image:
    name: str
    edition: str
    build: int
    revision: int
    total_bytes: int
    size: int
    language: str = "zh-CN"


@dataclass(frozen=True)
class Device:
    instance: str
    description: str
    driver: str
    service: str
    hardware: tuple = ()
    friendly: str = ""


@dataclass(frozen=True)
class Medium:
    letter: str
    kind: str
    disk: int | None
    arc: str
    nt: str
    label: str
    serial: int
    devices: tuple


@dataclass(frozen=True)
class Install:
    """A clean install from WinPE."""
    image: Image
    medium: Medium
    begun: datetime             # UTC
    winpe_zone: int             # hours ahead of UTC
    winpe: str                  # version of WinPE and its setup
    computer: str
    answer_file: str | None     # on the medium
    archive: str | None         # folder for the system that was there; None: the disk was formatted
    roots: tuple                # folders in the root of the image
    extra_error: tuple = ()


V0H = Image("CMGE V0-H", "EnterpriseG", 17134, 648, 12_874_365_921, 4_187_593_216)
V2020L = Image("CMGE V2020-L", "EnterpriseG", 17763, 1911, 14_652_918_430, 4_702_118_206)
ROGUE = Image("ICBC VDA Win10 LTSC 2019", "EnterpriseS", 17763, 1339, 17_193_402_613, 5_554_353_356)

OLD_COMPUTER, NEW_COMPUTER = "CASHDESK-017", "VDI-7F3K2"
STICK_SERIAL = "60A5EED0C0DEF00D117A0042"
STICK_VOLUME = 0x5EED2C19
CUA_MEDIA = r"C:\Windows\SoftwareDistribution\CUACache\V2020-L.1911"

PCI_ROOT = Device(r"ACPI\PNP0A08\0", "PCI Express 根复合体", "PCI Express Root Complex", "pci",
                  (r"ACPI\VEN_PNP&DEV_0A08", r"ACPI\PNP0A08", "*PNP0A08"))
STICK = Medium("D:", "Removable (2)", 1, "multi(0)disk(0)rdisk(0)partition(1)",
               r"\Device\Harddisk1\Partition1", "VDA_DEPLOY", STICK_VOLUME, (
    Device(rf"USBSTOR\DISK&VEN_KINGSTON&PROD_DATATRAVELER_3.0&REV_PMAP\{STICK_SERIAL}&0", "磁盘驱动器",
           "Disk drive", "disk", (r"USBSTOR\DiskKingstonDataTraveler_3.0PMAP",
                                  r"USBSTOR\DiskKingstonDataTraveler_3.0", r"USBSTOR\DiskKingston",
                                  r"USBSTOR\GenDisk", "GenDisk"), "Kingston DataTraveler 3.0 USB Device"),
    Device(rf"USB\VID_0951&PID_1666\{STICK_SERIAL}", "USB 大容量存储设备", "USB Mass Storage Device",
           "USBSTOR", (r"USB\VID_0951&PID_1666&REV_0110", r"USB\VID_0951&PID_1666")),
    Device(r"USB\ROOT_HUB30\4&2F0E5A71&0&0", "USB 根集线器(USB 3.0)", "USB Root Hub (USB 3.0)", "USBHUB3",
           (r"USB\ROOT_HUB30&VID8086&PIDA12F&REV0031", r"USB\ROOT_HUB30&VID8086&PIDA12F",
            r"USB\ROOT_HUB30")),
    Device(r"PCI\VEN_8086&DEV_A12F&SUBSYS_06B91028&REV_31\3&11583659&0&A0", "符合 USB xHCI 的主机控制器",
           "USB xHCI Compliant Host Controller", "USBXHCI",
           (r"PCI\VEN_8086&DEV_A12F&SUBSYS_06B91028&REV_31", r"PCI\VEN_8086&DEV_A12F&CC_0C0330"),
           "Intel(R) USB 3.0 可扩展主机控制器 - 1.0 (Microsoft)"),
    PCI_ROOT))
DVD = Medium("D:", "CD-ROM (5)", None, "multi(0)disk(0)cdrom(0)", r"\Device\CdRom0", "CMGE_V0H",
             0x2A6D91F4, (
    Device(r"SCSI\CDROM&VEN_NORTHWND&PROD_DVDRAM_N24\4&1A2B3C4D&0&010000", "CD-ROM 驱动器", "CD-ROM Drive",
           "cdrom", (r"SCSI\CdRomNORTHWNDDVDRAM_N24_________1.00", r"GenCdRom"), "NORTHWND DVDRAM N24"),
    Device(r"PCI\VEN_8086&DEV_A102&SUBSYS_06B91028&REV_31\3&11583659&0&B8", "标准 SATA AHCI 控制器",
           "Standard SATA AHCI Controller", "storahci",
           (r"PCI\VEN_8086&DEV_A102&SUBSYS_06B91028&REV_31", r"PCI\VEN_8086&DEV_A102&CC_010601")),
    PCI_ROOT))

WINDOWS_ROOTS = ("$Recycle.Bin", "PerfLogs", "Program Files", "Program Files (x86)", "ProgramData", "Users",
                 "Windows")
CLEAN = Install(V0H, DVD, datetime(2019, 4, 15, 1, 12, 40), -7, "10.0.17134.1", OLD_COMPUTER, None, None,
                (*WINDOWS_ROOTS, "Recovery"))
TAKEOVER = Install(ROGUE, STICK, datetime(2021, 12, 14, 2, 21, 8), -8, "10.0.17763.1", NEW_COMPUTER,
                   r"D:\autounattend.xml", "Windows.old.000", (*WINDOWS_ROOTS, "VDATools"),
                   ("SYSPRP", "ActionPlatform::LaunchModule: Failure occurred while executing "
                    r"'Sysprep_Specialize_Bcd' from C:\Windows\System32\spbcd.dll; dwRet = 0x2"))
UPGRADE_BEGUN = datetime(2021, 12, 10, 6, 2, 31)        # UTC: 14:02:31 in China
SYSPREP_BEGUN = datetime(2020, 7, 29, 9, 58, 12)        # UTC, on the computer that built the rogue image


# ---------------------------------------------------------------- the grammar

def filetime(at):
    return ((at - datetime(1601, 1, 1)) // timedelta(microseconds=1)) * 10


class Log:
    """A log of entries with local stamps: level in column 22, event id 33, component 44, message 51."""

    def __init__(self, begun, zone):
        self.now, self.zone, self.lines, self.rows = begun, zone, [], []

    def pass_time(self, seconds):
        self.now += timedelta(seconds=seconds)

    def local(self):
        return self.now + timedelta(hours=self.zone)

    def say(self, component, message, event="", level="Info"):
        stamp = self.local().strftime("%Y-%m-%d %H:%M:%S")
        mark = f"[{event}]" if event else ""
        self.lines.append(f"{stamp}, {level:<10} {mark:<10} {component:<6} {message}")
        if level != "Info":
            self.rows.append((level, stamp, component, message, event))

    def all(self, component, *messages):
        for message in messages:
            self.say(component, message)

    def warn(self, component, message, event=""):
        self.say(component, message, event, "Warning")

    def fail(self, component, message, event=""):
        self.say(component, message, event, "Error")

    def more(self, *lines):
        """Lines without a stamp, which belong to the entry above."""
        self.lines.extend(lines)

    def anchor(self):
        """Servicing stack lines: the first gives the instant in UTC beside the local stamp."""
        utc = f"{self.now:%Y/%m/%d:%H:%M:%S}.{self.now.second * 13 % 1000:03}"
        self.say("CSI", f"00000001@{utc.replace('/0', '/')} WcpInitialize (wcp.dll version 0.0.0.6) called "
                 "(stack @0x7ffa10024519 @0x7ffa1042b8b6 @0x7ffa1042bd78)")
        self.say("CSI", "00000002 CSI Store 1874233651664 initialized")

    def bytes(self):
        return text_bytes(self.lines)

    def errors(self):
        return text_bytes(line for line in self.lines if line[21:31].strip() == "Error")

    def rowset(self, level):
        return rowset([row for row in self.rows if row[0] == level])


def text_bytes(lines):
    """UTF-8 with byte order mark; lines with Chinese words in code page 936, as Windows writes them."""
    return BOM + b"".join(line.encode("ascii" if line.isascii() else "gbk") + b"\r\n" for line in lines)


def crlf(text):
    return text.replace("\n", "\r\n").encode("utf-8")


COLUMNS = (("Cls", "string"), ("Sev", "int"), ("Maj", "string"), ("Min", "string"), ("LN", "int"),
           ("Fil", "string"), ("Fun", "string"), ("Uid", "int"), ("Msg", "string"), ("PID", "int"),
           ("TID", "int"), ("Con", "string"), ("Exe", "string"), ("Mod", "string"), ("Err", "int"),
           ("MD", "hexBinary"), ("DT", "dateTime"))


def rowset(rows):
    """diagerr.xml or diagwrn.xml: a row for each entry of the level."""
    out = ['<xml xmlns:s="uuid:BDC6E3F0-6DA3-11d1-A2A3-00AA00C14882"',
           ' xmlns:dt="uuid:C2F41010-65B3-11d1-A29F-00AA00C14882"', ' xmlns:rs="urn:schemas-microsoft-com:rowset"',
           ' xmlns:z="#RowsetSchema">', '<s:Schema id="RowsetSchema">',
           '<s:ElementType name="row" content="eltOnly" rs:updatable="true">']
    for number, (name, kind) in enumerate(COLUMNS):
        out += [f'<s:AttributeType name="{name}" rs:number="{number}">', f'<s:datatype dt:type="{kind}"/>',
                "</s:AttributeType>"]
    out += ["</s:ElementType>", "</s:Schema>", "<rs:data>"]
    for level, stamp, component, message, event in rows:
        severity = {"Error": 33554432, "Warning": 50331648}[level]
        values = ("D", severity, component or "Def", "Def", 405, "", "LogMessage", int(event or "0", 16) or severity,
                  message, 1148, 1176, "", r"X:\Sources\setup.exe", "winsetup.dll", 0, "", stamp.replace(" ", "T"))
        cells = (f"{name}={quoteattr(str(value))}" for (name, _), value in zip(COLUMNS, values))
        out.append(f"<z:row {' '.join(cells)}/>")
    out += ["</rs:data>", "</xml>", ""]
    return BOM + "\n".join(out).encode("utf-8")


# ---------------------------------------------------------------- setup of WinPE (IBS)

MODULES = {
    "winsetup.dll": "ScenarioDetect Engine Internal ErrorHandler Unattend ParseCommandLine PrepareInstallDrive "
                    "TempDrive CopySetupFiles BootPrep BootEntries ProductKey ComputerName License DiskInformation "
                    "DiskConfig CreatePageFile Imaging CopyImages DeployImages DiskSpace Completion MountDev "
                    "FirstBootCleanup ExternalDrivers CBS LanguagePack UnattendImgInstall Rollback Locale",
    "diagnostic.dll": "Diagnostic", "cmisetup.dll": "Cmi SkuAssembly", "win32ui.dll": "WinPEUI",
    "spprgrss.dll": "WinPEProgress", "wdsclient.dll": "WdsClient", "cryptosetup.dll": "Cryptography",
}


def winpe_log(install):
    log = Log(install.begun, install.winpe_zone)
    begin_phase_2(log, install)
    find_medium(log, install)
    read_image_xml(log, install)
    choose_image(log, install)
    prepare_disk(log, install)
    apply_image(log, install)
    finish_phase_2(log, install)
    first_boot(log, install)
    return log


def begin_phase_2(log, install):
    medium = install.medium
    log.say("IBS", f"InstallWindows:Successfully loaded resource language [{install.image.language.lower()}]")
    log.say("IBS", r"InstallWindows:Install Path = X:\Sources", "0x0601c1")
    log.say("IBS", "InstallWindows:Setup Phase = 2", "0x0601c2")
    log.say("IBS", f"LogBootDeviceInfo:The firmware boot device ARC path is [{medium.arc}] and NT path is "
            f"[{medium.nt}].", "0x0606cc")
    log.say("IBS", "LogBootDeviceInfo:The system boot device ARC path is [ramdisk(0)] and NT path is "
            r"[\Device\Ramdisk{5eed0001-684e-4dcb-ab79-03cfa2f60001}].", "0x0606cc")
    version = install.winpe.rsplit(".", 1)[0]
    log.say("IBS", f"CheckWinPEVersion:Compatible WinPE Version {version} sp 0.0", "0x0601e9")
    log.say("IBS", "InstallWindows:Starting a new install from WinPE", "0x0601c9")
    log.say("IBS", r"InstallWindows: Setup working directory = X:\windows\panther")
    log.say("IBS", f"Setup has started phase 2 at {log.local():%Y-%m-%d %H:%M:%S}", "0x0601ce")
    log.say("IBS", r"Install source is X:\Sources", "0x0601cf")
    log.say("IBS", f"Build version is {install.winpe} (WinBuild.160101.0800)", "0x0601d0")
    log.say("IBSLIB", r"CreateSetupBlackboard:Creating a new persistent blackboard. Path is "
            r"[X:\windows\panther\SetupInfo] Setup phase is [2]", "0x06403f")
    log.say("PANTHR", r"CBlackboard::Open: X:\windows\panther\SetupInfo succeeded.", "0x090008")
    log.say("IBS", "InstallWindows:Setup architecture is [x64]")
    load_modules(log)
    log.say("IBS", "Callback_ScenarioDetect:Setup is starting from [2] phase ", "0x060359")
    log.say("IBS", "Callback_BootEnvironmentDetect:FirmwareType 1.")
    log.say("IBS", "Callback_BootEnvironmentDetect: Detected boot environment: BIOS")
    log.say("IBS", r"Callback_Engine_StartupScenarioIsWinPE:Setup is running from RAM drive. Path is [X:\Sources]")
    for option in ("/HideWelcome", "/uilanguage:zh-cn", "/targetlanguage:zh-cn",
                   "/Targetinputlocale:0804:{81D4E9C9-1D3B-41BC-9E6C-4B40BF79E35E}{FA550B04-5AD7-411f-A5AC-CA038EC515D7}",
                   "/Targetuserlocale:zh-CN", "/HideOOBELangPage:TRUE"):
        log.say("IBS", f"CallBack_ParseCommandLine:Publishing command line option [{option}]", "0x06019f")


def load_modules(log):
    for library, names in MODULES.items():
        for name in names.split():
            log.say("PANTHR", "InitializeModule: Initializing ExecQueue->csLock;")
            log.say("IBS", f"LoadWorkerModules:Successfully added worker module {name} in {library}", "0x0601a4")
    log.say("", "PnPIBS: Initializing the PnP IBS Module ...")
    log.more("")


def find_medium(log, install):
    medium = install.medium
    log.pass_time(5)
    disk_information(log, install)
    if install.answer_file:
        log.say("IBS", "Unattend: Setup is running in WinPE; will wait for removable storage devices to initialize "
                "before unattend search")
        log.say("", f"UnattendSearchExplicitPath: Found unattend file at [{install.answer_file}]; examining for "
                "applicability.")
        log.say("", f"UnattendSearchExplicitPath: Found usable unattend file for pass [windowsPE] at "
                f"[{install.answer_file}].")
        log.say("IBS", f"Callback_Unattend_InitEngine:Using unattend file at path [{install.answer_file}].")
        log.say("", rf"Caching copy of unattend file: [{install.answer_file}] cached at --> "
                r"[X:\windows\panther\unattend.xml]")
    else:
        log.say("IBS", "Callback_Unattend_InitEngine:Didn't find unattend file for this phase of Setup.")
    log.say("IBS", "Callback_WinPE_SetSourceMediaInfo_Unattend:Trying to determine source path.")
    log.say("IBS", "Callback_WinPE_SetSourceMediaInfo_Unattend:Media boot.")
    log.say("IBS", "FindSetupMedia:Checking source type 1.")
    log.say("IBS", rf"Callback_WinPE_SetSourceMediaInfo:Sources folder path is [{medium.letter}\sources]", "0x0605af")
    log.say("IBS", f"LogMediaDriveInfo: Media drive is of type {medium.kind}", "0x0606cc")
    if medium.disk is not None:
        log.say("IBS", f"LogMediaDriveInfo: Media drive [{medium.letter}] is known as disk [{medium.disk}]", "0x0606cc")
    for number, device in enumerate(medium.devices):
        device_information(log, number, device, install.winpe)


def disk_information(log, install):
    def say(text):
        log.say("IBS", f"DiskInfo: {text}", "0x0606cc")
    log.say("IBS", "GatherDiskInfo_ThreadFunc:Querying disk information...", "0x0606cc")
    say("------------------ Disk [0] ------------------")
    say(r" NT path: [\Device\Harddisk0\DR0]")
    say(" Size (bytes) [256060514304 / 0x3b9e656000]")
    if install.archive:
        say(" ------ NT partition number [1] -------")
        say("   Offset (bytes) [1048576 / 0x100000]")
        say("   Size (bytes) [255500222464 / 0x3b7d000000]")
        say("   DOS drive letter [C:]")
        say("   File system type: [NTFS]")
        say("   Volume free space (bytes) [158412308480]")
    else:
        say(" ------- Unallocated disk region --------")
        say("   Offset (bytes) [1048576 / 0x100000]")
    if install.medium.disk is not None:
        say(f"------------------ Disk [{install.medium.disk}] ------------------")
        say("   Offset (bytes) [1048576 / 0x100000]")
        say("   Size (bytes) [30943995904 / 0x734670000]")
        say(f"   DOS drive letter [{install.medium.letter}]")
        say("   File system type: [NTFS]")
        say(f"   Volume label: [{install.medium.label}]")
    log.say("IBS", "GatherDiskInfo_ThreadFunc:Finished gathering disk information.", "0x0606cc")


def device_information(log, number, device, version):
    def say(text):
        log.say("IBS", f"LogDeviceInfo: {text}", "0x0606cc")
    say(f"----- Device instance ID: [{device.instance}] -----")
    say(rf"	Physical device name = [\Device\{0x33 - number:08x}]")
    say(f"	Description = [{device.description}]")
    if device.friendly:
        say(f"	Friendly name = [{device.friendly}]")
    say(f"	Service = [{device.service}]")
    say(f"	Driver description = [{device.driver}]")
    say(f"	Driver version = [{version}]")
    say("	Hardware IDs =")
    for name in device.hardware:
        say(f"	      {name}")


def wim(install):
    return rf"{install.medium.letter}\sources\install.wim"


def read_image_xml(log, install):
    path, image = wim(install), install.image
    log.say("", "SetOSImageInfoOnBB: Entry")
    log.say("", f"SetOSImageInfoOnBB: Windows image file location is [{path}]")
    log.say("IBS", f"CollectInformationForImage: Size of '{path}' is {image.size}")
    log.say("IBS", f"CollectInformationForImage: Source image file '{path}' has 1 sub-image(s)")
    log.say("", f"CDepImageInfoSetCache::UpdateCachedInfoSet: Caching image info for [{path}]")
    log.say("", "SetOSImageInfoOnBB: Successfully collected information for Windows image file")
    log.say("IBS", rf"Callback_WinPE_SetSourceMediaInfo:Install source path is [{install.medium.letter}\sources]",
            "0x0605b0")
    log.warn("UI", "CLanguages::v_InitLanguage - Failed to load en-US resources with error 2. Will load fallback "
             "binaries")
    log.pass_time(31)
    fields = (("Name", image.name), ("Description", image.name), ("Total bytes", image.total_bytes),
              ("Architecture", 9), ("Default language", image.language), ("Edition ID", image.edition),
              ("Major version", 10), ("Minor version", 0), ("Build number", image.build),
              ("SP Build", image.revision), ("SP Level", 0), ("Installation type", "Client"))
    log.say("", "ImageXmlInfo::LogImages: Start")
    log.say("", "ImageXmlInfo::LogImages:   Index = 1")
    for name, value in fields:
        log.say("", f"ImageXmlInfo::LogImages:     {name} = {value}")
    log.say("", "ImageXmlInfo::LogImages: End")


def choose_image(log, install):
    path, image, medium = wim(install), install.image, install.medium
    edition = (f"CDepImageXMLInfo::GetEditionID:EditionID={image.edition}, Flags={image.edition} : Returning "
               f"{image.edition}, hr=0x0")
    log.say("IBS", edition, "0x0606cc")
    log.say("IBS", "CallBack_SelectImageOrShowUi: There is only a single matching OS image (index = 1)", "0x0603eb")
    log.say("IBS", f"Callback_License_LoadLicenseText: Image Information: WIM - [{path}]    ImageIndex - [1]    "
            r"WorkingDirectory - [X:\windows\panther]")
    log.say("IBS", "Callback_Productkey_Validate: EulaType (a.k.a. ChannelType) for product key is [Volume].")
    log.say("IBS", f"SetSelectedWindowsImageInfoOnBB:EditionID is [{image.edition}].")
    log.say("IBS", "CheckAdditionalMediaRequirements:Image part count is [1]", "0x060088")
    log.say("DIAG", "CallBack_EditionID: Called with notification for TransferImage")
    log.say("DIAG", rf"GetVolumePath - {path}-- {medium.letter}\-- {medium.label},-- {medium.serial}")
    log.say("DIAG", "CallBack_EditionID: Build is staged", "0x07003e")
    log.say("IBS", f"DiskSpaceReqs: Windows image size (from metadata) = [{image.total_bytes * 3 // 5}] bytes", "0x0601ba")
    log.warn("DIAG", "Win32_Processor : Unable to retrieve Stepping, vtType = 8. Error code = 0x0", "0x070026")


def prepare_disk(log, install):
    log.pass_time(48)
    if not install.archive:
        log.say("IBS", "PerformInstallDiskPreparationOps:Auto-formatting install drive (NTFS)...")
        log.pass_time(4)
        log.say("IBS", "PerformInstallDiskPreparationOps:Formatted via Setup; this volume [disk 0x0, offset 0x100000] "
                "can be trusted")
    log.say("IBS", "CallBack_PrepareInstallDrive:Install drive path is C:\\", "0x06024e")
    if not install.archive:
        log.say("", "SetupVerifyTrustedVolume: The volume [disk-offset] [0x0-0x100000] was formatted by Setup and can "
                "be trusted")
    log.say("", r"SetupSetVolume: Marking [C:\] for tracking as [InstallVolume]")
    log.say("IBS", r"Callback_Engine_ReInitialize:New working directory is [C:\$WINDOWS.~BT\Sources\Panther]")
    log.say("IBS", f"Setup was started at {install.begun + timedelta(hours=install.winpe_zone):%Y-%m-%d %H:%M:%S}",
            "0x060287")
    log.say("IBS", r"Install Source is X:\Sources", "0x060288")
    log.say("IBS", f"Build version is {install.winpe} (WinBuild.160101.0800)")
    checkpoint(log, "StartPhaseCleanUpCheckpoint")
    checkpoint(log, "WinPEPrepareInstallDriveCheckpoint")
    log.warn("IBS", r"DeleteFileEx: Unable to clear out attributes on [C:\$WINDOWS.~BT\Sources\Rollback\bootsec.dat]; "
             "GLE = 0x2", "0x0606cc")


def checkpoint(log, name):
    log.say("IBSLIB", f'SetCheckpoint: Checkpoint("{name}") in progress...', "0x06412c")
    log.say("IBSLIB", f'SetCheckpoint: Checkpoint "{name}" successfully set.', "0x06412e")


def apply_image(log, install):
    log.say("IBS", "DeployOSImage:Successfully opened and resolved image", "0x060093")
    log.say("IBS", "DeployOSImage:Destination drive = C:\\", "0x060095")
    log.say("UI", r"progress task ProgressInfo\TransferFinalImage : StartProgress", "0x0a0023")
    log.pass_time(1)
    log.say("IBS", "Calling WIMApplyImage (flags = 0x108)...", "0x0606cc")
    log.pass_time(1)
    for name in install.roots:
        log.say("IBS", rf"PopulateRootPathsOnBBCallBack: Detected root file/folder [{name}\] in OS image.")
    checkpoint(log, "WinPEArchiveOldWindowsFoldersStartCheckpoint")
    for name in install.roots:
        if install.archive and name in WINDOWS_ROOTS:
            log.say("IBS", rf"MoveOldOSFiles:Successfully moved [C:\{name}\] to [C:\{install.archive}\{name}\].")
        else:
            log.say("IBS", rf"MoveOldOSFiles:File/folder [C:\{name}\] doesn't exist; no need to move it before "
                    "applying image.")
    checkpoint(log, "WinPEArchiveOldWindowsFoldersDoneCheckpoint")
    checkpoint(log, "WinPEImageApplyReadyCheckpoint")
    log.say("IBS", "DeployWIMImage:Calling IDepWIMImageResolved::Apply...", "0x06009e")
    log.pass_time(1)
    log.say("IBS", "Calling WIMApplyImage (flags = 0x8180)...", "0x0606cc")
    log.pass_time(install.image.size // 14_000_000)
    log.say("IBS", r"DeployImage:Successfully applied image. Destination was [C:\]", "0x06009f")
    checkpoint(log, "WinPEImageApplyDoneCheckpoint")
    log.say("UI", r"progress task ProgressInfo\TransferFinalImage : EndProgress", "0x0a0024")
    log.say("IBS", "Callback_ImageTransfer:Successfully laid down the OS image ", "0x060080")


def finish_phase_2(log, install):
    log.pass_time(12)
    log.say("IBS", r"CallBack_FinalizeImage: Calling ModifyOfflineRegHives. Windows path = C:\WINDOWS", "0x06006c")
    log.fail("IBS", "[SetupCl library] Required profile hive does not exist: "
             r"[\??\C:\WINDOWS\system32\config\systemprofile\NTUSER.DAT].", "0x0606ae")
    log.pass_time(22)
    log.say("IBS", "FixMountedDevicesKey:Fixing mounted devices key for Disk [0] Partition offset [0x100000] to come up "
            "as Drive letter C:", "0x0602c6")
    log.say("IBS", "mdl_pkey:UpdateProductKey: Wrote PID40 value; hr = 0x0", "0x06013d")
    log.pass_time(6)
    log.say("IBS", "ValidateOfflineImage: Calling dism.exe to validate serviceability of image...")
    log.say("IBS", r"LaunchPackageManager: Launching [X:\Sources\dism.exe  "
            r"/logpath:C:\$WINDOWS.~BT\Sources\Panther\cbs.log /scratchdir:C:\$WINDOWS.~LS\PackageTemp\5eed /image:C:\ "
            r"/is-serviceable]...")
    log.anchor()
    log.pass_time(2)
    log.say("IBS", "ValidateOfflineImage: dism.exe returned with exit code [0x0].")
    for step in ("ServiceBootFiles MuiOnly:n Res:y Fonts:y BootMgrOvw:n BootStatOvw:y DbgTrn:y SuspendBDE:n",
                 "VolumePathName for C:\\Windows is C:\\", "Creating OsLoader object.",
                 "Create BOOTMGR object RetainBootDefault:n", "Cleaning up debugger settings."):
        log.say("IBSLIB", f"BFSVC: {step}")
    log.say("IBS", "CallBack_MungeBootEntries:Successfully modified boot entries", "0x060219")
    log.pass_time(9)
    log.say("", f"StoreHostOSInformationOnBB: Host OS = {install.winpe.rsplit('.', 1)[0]} (SP 0.0); productname = "
            "[Windows (TM) 10 Preinstallation Environment]")
    log.say("IBS", f"Setup has completed phase 2 at {log.local():%Y-%m-%d %H:%M:%S}", "0x0601dc")


def first_boot(log, install):
    log.pass_time(104)
    log.say("IBS", r"InstallWindows:Install Path = C:\Windows\system32\oobe", "0x0601c1")
    log.say("IBS", "InstallWindows:Setup Phase = 4", "0x0601c2")
    log.say("", "[setup.exe] OrchestrateUpdateImageState: Updating image state from "
            "[IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE] --> [IMAGE_STATE_UNDEPLOYABLE]")
    log.say("IBS", r"PrepareSetupForFirstBootPhase:Working directory is [C:\Windows\Panther]; we are continuing an "
            "installation", "0x0601ee")
    log.say("IBS", f"Setup has started phase 4 at {log.local():%Y-%m-%d %H:%M:%S}", "0x0601ce")
    log.say("IBS", r"Install source is C:\Windows\system32\oobe", "0x0601cf")
    log.say("IBS", f"Build version is 10.0.{install.image.build}.1 (WinBuild.160101.0800)", "0x0601d0")
    load_modules(log)
    log.warn("IBSLIB", r"RewriteBlackboardPaths:Corresponding path not found. Key name [\ImageInfo\OSImage] Value name "
             f"[FilePath]. Path name {wim(install)}.")
    log.anchor()
    log.pass_time(17)
    log.say("IBS", f"Callback_ComputerName_Validate:Computer name is {install.computer}", "0x06021d")
    log.say("", f"[setup.exe] OrchestrateSetComputerNameOnline: Set the computer name to {install.computer}")
    log.say("IBS", "Callback_Specialize: Attempting to specialize image")
    log.say("SYSPRP", "SysprepSession::CreateSession: Successfully created instance with action file "
            r"C:\Windows\System32\Sysprep\ActionFiles\Specialize.xml, and mode <null>")
    for name in ("Microsoft-Windows-WofUtil", "Microsoft-Windows-PnpSysprep", "Microsoft-Windows-Setup-Component",
                 "Microsoft-Windows-Shell-Setup"):
        log.say("SYSPRP", f"  Name: {name}, Order: 0")
    log.pass_time(3)
    log.anchor()
    log.pass_time(31)
    log.zone = CHINA                    # specialize has set the zone
    if install.extra_error:
        log.fail(*install.extra_error)
    log.say("", "[setup.exe] OrchestrateUpdateImageState: Updating image state from [IMAGE_STATE_UNDEPLOYABLE] --> "
            "[IMAGE_STATE_SPECIALIZE_RESEAL_TO_OOBE]")
    log.say("CBS", "Startup: Processing advanced operation queue, startupPhase: 0")
    log.anchor()
    log.pass_time(4)
    log.say("CBS", "Startup: Processing complete. [HRESULT = 0x00000000 - S_OK]")
    log.say("CMI", "Callback_CMI_ConfigInstall: CBS startup processing complete.")
    log.say("IBS", r"CallBack_TempDrive_Cleanup:Successfully deleted the local sources folder [C:\$WINDOWS.~LS]", "0x0600f4")
    log.pass_time(2)
    log.anchor()
    log.say("IBSLIB", r"DoSetupCleanup:Successfully deleted folder C:\$WINDOWS.~BT", "0x0640c4")
    log.say("IBS", f"Setup has completed phase 4 at {log.local():%Y-%m-%d %H:%M:%S}", "0x0601dc")
    log.say("IBS", "Successfully logged Setup information onto event viewer system channel")
    log.say("IBS", "InstallWindows:First boot phase of setup done!!!!", "0x0601e1")


# ---------------------------------------------------------------- setup of a running system (MOUPG)

BT = r"C:\$WINDOWS.~BT"
CUA_WIM = CUA_MEDIA + r"\Sources\install.wim"
CUA_OPTIONS = (rf'/Install /Media  /InstallFile "{CUA_WIM}" "/auto" "upgrade" "/quiet" "/noreboot" "/ShowOOBE" "none" '
               rf'"/Telemetry" "Disable" "/DynamicUpdate" "Disable" /MediaPath "{CUA_MEDIA}"')
RUN_IDS = "[5eed0002-7fc8-4426-b304-b854a4940001][5eed0003-b731-43c0-9dd2-5c8a0b000001]"

# Number and name of the operations of each phase; seconds that they take.
PHASES = {
    "Downlevel": ((1, "Cleanup snapshot", 0),
                  (43, rf"Extract files from WIM file PathForNewOSFile, index 1 to {BT}\Sources\SafeOS", 3),
                  (38, rf"Apply WIM file PathForNewOSFile, index 1 to {BT}\NewOS", 521),
                  (41, "Complete new OS apply", 1),
                  (47, "Gather data, scope: EVERYTHING", 208),
                  (34, "Gather Optional Component status", 9)),
    "Pre-Finalize": ((50, rf"Run sysprep specialization offline on {BT}\NewOS", 4),
                     (101, "Prepare the new OS for first boot", 6)),
    "Finalize": ((98, "Add safe OS boot entry", 1),
                 (102, "Orchestrate OS switch for NewOS with safe OS SafeOS and rollback OS ExternalRollback. "
                       "DelayedSwitch: 1", 2)),
    "Safe OS": ((58, "Boot WinPE", 48),
                (25, "Apply Optional Component status", 92),
                (37, "Apply Drivers", 31),
                (46, "Reconstruct OS from Packages", 64),
                (51, "Offline portion of first and oobe boot apply operations", 141),
                (82, f"Relocate OS from {BT}\\NewOS to C:\\", 7),
                (103, "Orchestrate OS switch for NewOS with safe OS SafeOS and rollback OS ExternalRollback. "
                      "DelayedSwitch: 0", 1)),
    "Pre First Boot": ((117, "Setup the recovery partition", 5),),
    "Pre SysPrep": ((125, "Start system services", 3),),
    "Post SysPrep": ((127, "First boot apply", 166),),
    "Post First Boot": ((97, "Migrate boot settings", 1),),
    "Pre OOBE Boot": ((130, r"Create registry key HKLM\SYSTEM\Setup\FirstBoot\Cleanup (value name: "
                            rf"%SystemDrive%\$WINDOWS.~BT) on the new system", 1),),
    "Pre OOBE": ((132, "OOBE boot apply", 118),),
    "Post OOBE": ((48, "Migrate framework (Full)", 74),
                  (135, "Gather end install, scope: EVERYTHING", 6)),
    "Post OOBE Boot": (),
    "End": (),
}
# Phases that begin after a restart, and the zone of the system that carries them out.
RESTARTS = {"Safe OS": -8, "Pre First Boot": CHINA, "Pre OOBE": CHINA}


class Upgrade:
    """The in-place upgrade: a log, and what the table of operations shows so far."""

    def __init__(self):
        self.log = Log(UPGRADE_BEGUN, CHINA)
        self.done = {}

    def write(self):
        start_setuphost(self.log)
        read_upgrade_media(self.log)
        prepare(self.log)
        install(self)
        finish_downlevel(self)
        for phase in list(PHASES)[3:]:
            if phase in RESTARTS:
                restart(self, phase)
            self.run_phase(phase)
            self.log.anchor()
        finish_upgrade(self)
        return self.log

    def run_phase(self, phase):
        log = self.log
        log.say("SP", f"OPERATIONTRACK ExecuteOperations: Start execution phase {phase}")
        log.say("SP", f"Started phase [{phase}]")
        for number, name, seconds in PHASES[phase]:
            log.say("SP", f"Executing operation: {name}")
            if number == 38:
                log.say("SP", rf"Applying WIM file: {CUA_WIM}, index 1(create EAs), to {BT}\NewOS. Work dir: {BT}\Work")
            begun = log.local()
            self.progress(number, seconds)
            log.say("SP", f"Operation completed successfully: {name}")
            self.done[number] = (begun, log.local())
        log.say("SP", f"Ended phase [{phase}]")
        log.say("SP", f"Execution phase [{phase}] exiting with HRESULT [0x00000000]")

    def progress(self, number, seconds):
        if number != 38:
            return self.log.pass_time(seconds)
        for percent in range(0, 100, 4):
            self.log.say("SP", f"SPWIMCallback: Image apply. Progress: {percent}")
            self.log.pass_time(seconds // 25)
        self.log.pass_time(seconds % 25)

    def recap(self):
        log = self.log
        log.all("SP", "Operations recap:", "=================")
        for phase, operations in PHASES.items():
            log.say("SP", f"Phase: {phase}")
            if not operations:
                continue
            log.say("SP", table_row("ID ", "Name", "Executed", "Start Time", "End Time", "Elapsed",
                                    "Disk space(estim.)", "Disk space(actual)"))
            log.say("SP", "|".join("-" * width for width in (3, 80, 8, 19, 19, 8, 18, 18)))
            for number, name, _ in operations:
                log.say("SP", self.row(number, name))
            log.say("SP", "-" * 180)

    def row(self, number, name):
        if number not in self.done:
            return table_row(f"{number:3}", name, "No", "", "", "", "0", "")
        begin, end = self.done[number]
        return table_row(f"{number:3}", name, "Yes", f"{begin:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}",
                         f"0{end - begin}", "0", "0")


def table_row(number, name, executed, begin, end, elapsed, estimate, actual):
    return (f"{number}|{name[:80]:<80}|{executed:<8}|{begin:<19}|{end:<19}|{elapsed:<8}|{estimate:>18}|{actual:>18}")


def start_setuphost(log):
    log.say("MOUPG", "*************** SetupHost Logging Begin ***************")
    log.say("MOUPG", "SetupHost::Initialize")
    for name, value in (("ModulePath", rf"{BT}\Sources"), ("WorkingPath", rf"{BT}\Sources"),
                        ("LoggingPath", rf"{BT}\Sources\Panther"), ("MediaPath", CUA_MEDIA),
                        ("InstallFilePath", CUA_WIM), ("ActionListFilePath", ""), ("CmdLine", CUA_OPTIONS),
                        ("Mode", "0x2"), ("Scenario", "0x1"), ("Flags", "0x801")):
        log.say("MOUPG", f"SetupHost::Initialize: {name:<22} = [{value}]")
    log.say("MOUPG", "SetupHost: Setup build version is: 10.0.17763.1 (rs5_release.180914-1434)")
    log.say("CONX", "Source OS: Host SKU Info: Edition = 'EnterpriseG', Edition Type = 'Client', Installation Type = "
            "'Complete', Product Name = 'Windows 10 Enterprise G', Arch = amd64, StationType = Client Workstation, "
            "Stage type = Staged Image")
    for name, value in (("License State", "Genuine"), ("Architecture", "x64"), ("Language Id", "2052"),
                        ("Edition", "EnterpriseG"), ("Version", "10.0.17134"),
                        ("Build String", "17134.1.amd64fre.rs4_release.180410-1804")):
        log.say("MOUPG", f"   {'Host OS ' + name:<21}[ {value} ]")
    log.all("MOUPG", "SetupHost: Creating setup mutex...", "SetupHost::InitializeComponents",
            rf"SetupHost: Loading ID: [c7b6e4de-b741-42d8-ac05-16738c9e0bc5] from [{BT}\Sources\SetupMgr.dll]...",
            "SetupHost: Loading complete.")
    host_information(log)
    log.say("MOUPG", "OneSettings: OsVer [10.0.17134.648.amd64fre.rs4_release.180410-1804]")
    log.say("MOUPG", "OneSettings: EditionId [EnterpriseG]")
    log.say("MOUPG", "OneSettings: AppVer [10.0.17763.1]")


def host_information(log):
    log.say("SP", "CSetupPlatform::Initialize: Setup log starts:")
    log.say("SP", "Host system information:")
    log.more(*(" " * 35 + line for line in (
        "VM: NO", "Firmware type: PCAT", "Manufacturer: Northwind Systems", "Model : NW Cashdesk 40",
        "BIOS name : NW 2.11", "BIOS version : NW 2.11", "BIOS release date : 20180911000000.000000+000",
        "Total memory : 8589934592", "Number of physical CPUs : 1", "Number of logical CPUs : 4",
        "Processor architecture : x64")), "")


def read_upgrade_media(log):
    for name, value in (("Working Directory:", rf"{BT}\Sources"), ("Local Media Path:", BT),
                        ("Media Path:", CUA_MEDIA), ("Drivers Path:", rf"{BT}\Drivers")):
        log.say("MOUPG", f"SetupManager: {name:<19} [{value}]")
    log.say("MOUPG", f"SetupManager: Install file found: [{CUA_WIM}]")
    for name, value in (("WIM Path", CUA_WIM), ("Image Count", 1), ("Install Count", 1), ("WinPE Count", 0)):
        log.say("MOUPG", f"    {name:<15} [ {value} ]")
    log.say("MOUPG", "-------------------------")
    for name, value in (("Install Index", 1), ("Product Name", "Windows Operating System"),
                        ("Version", f"10.0.{V2020L.build} ({V2020L.revision}.0)"), ("Architecture", "x64"),
                        ("Edition", V2020L.edition), ("Language", V2020L.language)):
        log.say("MOUPG", f"    {name:<15} [ {value} ]")
    for number, value in ((1, 9), (2, 1), (4, 2), (17, filetime(UPGRADE_BEGUN) + 4_310_027), (6, 2), (9, 0),
                          (15, "5eed0004-e42f-4d50-9399-6b0b248f0001"), (13, 0), (10, 3)):
        log.say("MOUPG", f"SetupManager: Reporting Data - DataId = [{number}], Value = [{value}]")
    log.say("MOUPG", "SetupManager: WebSetup data file not found")
    log.say("MOUPG", "SetupHost::Execute")
    log.say("MOUPG", "SetupManager::Execute called")


def phase_change(log, begin, end):
    log.say("MOUPG", f"Setup phase change: [SetupPhase{begin}] -> [SetupPhase{end}]")
    log.say("MOUPG", f"SetupManager::OpenOrCreateTask: Creating new task [{end}].")


def actions(log, *names, seconds=2):
    for name in names:
        log.say("MOUPG", f"{name}: Entering Execute Method")
        log.warn("MOUPG", "CSetupDiagnostics::ReportData - Not reporting WINDLP data point [0x2002]")
        log.pass_time(seconds)
        log.say("MOUPG", f"{name}: Leaving Execute Method")


def prepare(log):
    log.say("MOUPG", "SetupManager::DetermineSetupPhase: CurrentSetupPhase [SetupPhaseUnpack]")
    phase_change(log, "Unknown", "Unpack")
    log.say("MOUPG", "SetupManager: InstallAttempts = [1]")
    log.say("MOUPG", f"MediaLayout: Initializing Source Layout Path: [{CUA_MEDIA}]")
    log.say("MOUPG", f"MediaLayout: Initializing Target Layout Path: [{BT}]")
    actions(log, "MediaLayout", seconds=14)
    phase_change(log, "Unpack", "Prepare")
    log.say("CONX", "Compatibility scan started. Scenario: 3, Categories: 0x0000000000000010 ")
    actions(log, "CompatSysRequirement", seconds=6)
    log.say("CONX", "CHostIsNewerChecker: checked HostIsNewer, found NoIssue.")
    log.say("MOUPG", "ProductKey: Host OS install channel is [Volume].")
    log.say("MOUPG", "ProductKey: Product EditionID = EnterpriseG")
    actions(log, "ProductKeyValidate")
    for name, value in (("IsServer", "FALSE"), ("Edition", "EnterpriseG"), ("SystemLanguage", "zh-CN"),
                        ("BoxDownloadPath", r"C:\Windows\Temp\UpdateMedia\MCT.exe"),
                        ("ConfigFilePath", r"C:\Windows\Temp\UpdateMedia\SetupConfig.ini")):
        log.say("MOUPG", f"UpdateMedia: Initializing {name + ':':<25} [{value}]")
    actions(log, "UpdateMedia", "Eula")
    for name, value in (("Drive Letter", "C"), ("Wim Path", CUA_WIM), ("Image Index", 1), ("Image Name", V2020L.name),
                        ("Target Edition Id", V2020L.edition)):
        log.say("MOUPG", f"MigChoice: Initializing {name + ':':<22} [{value}]")
    log.say("MOUPG", "MigChoice: Selected install choice: [8]")
    actions(log, "CompatMigrationChoice", "DUImage")
    for name, value in (("Edition", V2020L.edition), ("Language", V2020L.language), ("Architecture", "amd64"),
                        ("Version", f"10.0.{V2020L.build}.0"), ("SPVersion", f"{V2020L.revision}.0"),
                        ("Detected Source DomainName", "DEMOBANK")):
        log.say("MOUPG", f"Target OS: {name} = [{value}]")
    log.say("CONX", "Compatibility scan finished. Scenario: 3, Categories: 0x0000000000000010 ")
    actions(log, "CompatInstallRequirement", "DiskSpaceInstallRequirement", "Summary", seconds=5)
    log.fail("CSI", "00000003 (F) STATUS_OBJECT_NAME_NOT_FOUND #40# from Windows::Rtl::SystemImplementation::"
             "DirectRegistryProvider::SysQueryValueKey(flags = 0, key = 9c0)[gle=0xd0000034]")


def install(upgrade):
    log = upgrade.log
    phase_change(log, "Prepare", "Install")
    log.say("MOUPG", f"ImageDeploy: Initializing Wim Path:              [{CUA_WIM}]")
    log.say("MOUPG", "ImageDeploy: Entering Execute Method")
    log.say("MOUPG", f"Target Image: Edition = [{V2020L.edition}]")
    log.say("SP", rf"Creating new system (1). WIM File: {CUA_WIM}, index: 1, System drive: C")
    log.say("SP", "SPGetOSInformation: Adding OS piece: Name: WINDOWS, Original path: C:\\WINDOWS, Current path: "
            "C:\\WINDOWS (allow relocation)")
    for number, phase in enumerate(PHASES, 1):
        log.say("SP", f"OPERATIONTRACK: Add phase: {number}|{phase}")
    for operations in PHASES.values():
        for number, name, _ in operations:
            log.say("SP", f"OPERATIONTRACK: Enqueue Operation: {number:3}|{name}")
    for name, path in (("USERS", r"C:\Users"), ("PROGRAMFILES", r"C:\Program Files"),
                       ("PROGRAMDATA", r"C:\ProgramData"), ("USERPROFILE", r"C:\Users\cashdesk")):
        log.say("SP", f"SPGetOSInformation: Adding OS piece: Name: {name}, Original path: {path}, Current path: {path} "
                "(allow relocation)")
    upgrade.recap()
    upgrade.run_phase("Downlevel")
    log.say("MOUPG", "ImageDeploy: Leaving Execute Method")
    log.say("MOUPG", "DataMigration: Initializing Migrate Custom Scripts:             [success.cmd]")
    actions(log, "PackageMigration", "DataMigration")
    upgrade.run_phase("Pre-Finalize")


def finish_downlevel(upgrade):
    log = upgrade.log
    phase_change(log, "Install", "Finalize")
    upgrade.run_phase("Finalize")
    upgrade.recap()
    traced = (("STRING", "SetupBuildString", "10.0.17763.1.amd64fre.rs5_release.180914-1434"),
              ("STRING", "SystemManufacturer", "Northwind Systems"), ("STRING", "SystemProductName", "NW Cashdesk 40"),
              ("DWORD", "Setup360Scenario", "0x1"), ("DWORD", "Setup360Mode", "0x2"),
              ("DWORD", "IsWebSetupCreatedMedia", "0x0"), ("DWORD", "SetupMediaDriveType", "0x3"),
              ("DWORD", "TargetOsImageIndex", "0x1"), ("DWORD", "TargetOsArchitecture", "0x9"),
              ("DWORD", "TargetOsVersionBuildNumber", hex(V2020L.build)),
              ("DWORD", "TargetOsServicePackBuildNumber", hex(V2020L.revision)),
              ("DWORD", "HostOsBuildNumber", hex(V0H.build)), ("DWORD", "SourceOsBuildQFE", hex(V0H.revision)),
              ("QUADWORD", "SetupStartTime", hex(filetime(UPGRADE_BEGUN) + 4_310_027)),
              ("STRING", "PKeyDownlevelInstallChannel", "Volume"), ("STRING", "TargetOsEditionId", V2020L.edition),
              ("STRING", "TargetOsLanguage", V2020L.language), ("STRING", "HostOsEditionId", V0H.edition),
              ("STRING", "HostOsSkuName", "Windows 10 Enterprise G"), ("DWORD", "Setup360Result", "0x0"),
              ("DWORD", "Setup360Extended", "0x0"))
    for kind, name, value in traced:
        log.say("MOUPG", f"CSetupDiagnostics: Tracing Data [{kind}] -> [{name}]=[{value}] {RUN_IDS}")
    log.say("MOUPG", "CSetupDiagnostics: Tracing Data [CUSTOM] -> [5eed0002-7fc8-4426-b304-b854a4940001] -> [Media360]")
    log.say("MOUPG", "ImageExit: Initializing SetupResult: [0x0]")
    log.say("MOUPG", "Finalize: Reporting result value: [0x0]")
    log.pass_time(3)
    log.say("MOUPG", "**************** SetupHost Logging End ****************")


def restart(upgrade, phase):
    """Setup goes on in another system; the recovery environment knows no zone but its own."""
    log = upgrade.log
    log.pass_time(95)
    log.zone = RESTARTS[phase]
    host_information(log)
    log.say("SP", rf"Attempting to resurrect a new system from {BT}\Sources")
    log.warn("SP", r"FindGlobalPath: Cannot find volume name for \\?\GLOBALROOT\Device\HardDisk0\Partition2. Error: "
             "0x0000007B")
    log.say("SP", "CDeploymentBase::StreamRead: Deserializing operations")
    log.say("IBSLIB", "RollbackReinitialize in progress...")
    upgrade.recap()


def finish_upgrade(upgrade):
    log = upgrade.log
    log.say("SP", r"Cleanup Windows.old at end: keep C:\Windows.old for 10 days")
    log.say("SP", "OPERATIONTRACK: CNewSystem Release")
    upgrade.recap()
    log.say("SP", "Closing Panther Logging")


def bluebox_log():
    begun = f"{UPGRADE_BEGUN + timedelta(hours=CHINA, seconds=-9):%Y-%m-%d %H:%M:%S}"
    lines = ("BuildInfo: [10.0.17763.1 (rs5_release.180914-1434)]",
             rf"CommandLine: [{CUA_MEDIA}\Sources\SetupPrep.exe /auto upgrade /quiet /noreboot]",
             rf"Opening Box: [{CUA_MEDIA}\Sources\SetupPrep.exe]", "Opening Box Result: [0x0]",
             "Deleting box result...", r"Creating path (with ACL): [C:\$WINDOWS.~BT]...",
             rf"Launching process: [{BT}\Sources\SetupHost.exe] with command-line [{CUA_OPTIONS}] in Session: [-1]",
             "Waiting for process events...")
    return text_bytes(f"{begun}: {line}" for line in lines)


# ---------------------------------------------------------------- what lies beside the logs

def sysprep_log():
    log = Log(SYSPREP_BEGUN, CHINA)
    bar = "=" * 56
    log.all("SYSPRP", bar, f"==={'Beginning of a new sysprep run':^50}===", bar)
    log.say("SYSPRP", f"The time is now {log.local():%Y-%m-%d %H:%M:%S}", "0x0f004d")
    log.say("SYSPRP", r"Initialized SysPrep log at C:\Windows\system32\sysprep\Panther", "0x0f004e")
    log.say("SYSPRP", "ValidatePrivileges:User has required privileges to sysprep machine", "0x0f0054")
    for option in ("GENERALIZE", "OOBE", "SHUTDOWN"):
        log.say("SYSPRP", f"ParseCommands:Found supported command line option '{option}'", "0x0f005f")
    for number, name in ((3, "Cleanup"), (1, "Generalize")):
        log.say("SYSPRP", f"RunDlls:Running platform actions specified in action file for phase {number}")
        log.say("SYSPRP", "SysprepSession::CreateSession: Successfully created instance with action file "
                rf"C:\Windows\System32\Sysprep\ActionFiles\{name}.xml, and mode <null>")
        log.pass_time(70)
        log.say("SYSPRP", f"SysprepSession::Execute: Successfully executed actions of {name}.xml")
    log.say("SYSPRP", "WinMain:Setting generalize state.", "0x0f00d7")
    log.say("SYSPRP", "Shutting down SysPrep log", "0x0f0052")
    log.say("SYSPRP", f"The time is now {log.local():%Y-%m-%d %H:%M:%S}", "0x0f004d")
    return log


def unattend_gc_log():
    """The passes that Windows goes through after setup: here the zone and the name are set."""
    log = Log(TAKEOVER.begun + timedelta(seconds=640), TAKEOVER.winpe_zone)
    log.say("", "[windeploy.exe] ------------------------------------------------")
    log.say("", "[windeploy.exe] WinDeploy.exe launched with command-line []...")
    log.say("", r"[windeploy.exe] Launching [C:\WINDOWS\system32\oobe\setup.exe]...")
    log.pass_time(20)
    log.say("", "[SETUPUGC.EXE] SetupUGC launched with command line [specialize]")
    log.say("", r"[SETUPUGC.EXE] Found RunSynchronous command: [cmd.exe /c C:\VDATools\prepare.cmd]")
    log.pass_time(9)
    log.say("", "[SETUPUGC.EXE] Process returned with exit code 0x0")
    log.say("", "[Shell Unattend] Running 'specialize' pass")
    log.say("", f"[Shell Unattend] ComputerName set to {NEW_COMPUTER} ")
    log.say("", "[Shell Unattend] TimeZone: Time zone set to 'China Standard Time' ")
    log.zone = CHINA
    log.say("", "[Shell Unattend] Exiting 'specialize' pass with status 0x002c1000")
    log.say("", "[windeploy.exe] Process exited with exit code [0x0]")
    log.say("", "[windeploy.exe] WinDeploy.exe exiting with code [0x0]")
    return log


UNATTEND = r"""<?xml version="1.0" encoding="utf-8"?>
<unattend xmlns="urn:schemas-microsoft-com:unattend">
  <settings pass="windowsPE">
    <component name="Microsoft-Windows-Setup" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS" xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State">
      <ImageInstall>
        <OSImage>
          <InstallFrom>
            <Path>D:\sources\install.wim</Path>
            <MetaData wcm:action="add">
              <Key>/IMAGE/INDEX</Key>
              <Value>1</Value>
            </MetaData>
          </InstallFrom>
        </OSImage>
      </ImageInstall>
    </component>
  </settings>
  <settings pass="specialize">
    <component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">
      <ComputerName>VDI-7F3K2</ComputerName>
      <TimeZone>China Standard Time</TimeZone>
    </component>
  </settings>
  <settings pass="oobeSystem">
    <component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">
      <UserAccounts>
        <AdministratorPassword>*SENSITIVE*DATA*DELETED*</AdministratorPassword>
      </UserAccounts>
    </component>
  </settings>
</unattend>
"""

DRIVER_LOG = r"""AudMig: No audio endpoint migration settings found 0x2
[12/14/2021 10:36.52.118] WudfCoInstaller: Configuring UMDF Service.
[12/14/2021 10:36.52.130] WudfCoInstaller: Service WudfSvc is already running.
[12/14/2021 10:37.03.204] WdfCoInstaller: DIF_INSTALLDEVICE: Coinstaller version: 1.9.7600
dispci.dll:  DisplayClassInstaller: DIF_REGISTERDEVICE
dispci.dll:  DisplayClassInstaller: DIF_INSTALLDEVICE
"""

CUA_INI = r"""[Client]
Product=CMGE
Version=V2020-L
Channel=CUA
Cache=%windir%\SoftwareDistribution\CUACache
"""

SETUP_COMPLETE = r"""@echo off
if exist %SystemDrive%\Windows.old %windir%\Temp\UpgradeConfig.exe
if exist %SystemDrive%\Windows.old %windir%\Temp\UpgradeSchdTask.exe
rd /s /q %windir%\SoftwareDistribution\CUACache
"""

PLACEHOLDER = "A file of this folder stands here for all of them.\n"


def device_log():
    begun = datetime(2021, 12, 14, 10, 41, 7)
    lines = ["[Device Install Log]", "     OS Version = 10.0.17763", "     Service Pack = 0.0", "     Suite = 0x0100",
             "     ProductType = 1", "     Architecture = amd64", "", "[BeginLog]", "",
             f"[Boot Session: {begun:%Y/%m/%d %H:%M:%S}.500]", ""]
    sections = ((rf"USB\VID_0951&PID_1666\{STICK_SERIAL}", "usbstor.inf", "USB Mass Storage Device", 14),
                (rf"USBSTOR\Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP\{STICK_SERIAL}&0", "disk.inf",
                 "Disk drive", 15),
                (rf"SWD\WPDBUSENUM\_??_USBSTOR#Disk&Ven_Kingston&Prod_DataTraveler_3.0&Rev_PMAP#{STICK_SERIAL}&0#"
                 "{53f56307-b6bf-11d0-94f2-00a0c91efb8b}", "wpdfs.inf", "WPD FileSystem Volume Driver", 17))
    for device, inf, description, after in sections:
        at = f"{begun + timedelta(seconds=after):%Y/%m/%d %H:%M:%S}"
        time = at[11:]
        lines += [f">>>  [Device Install (Hardware initiated) - {device}]", f">>>  Section start {at}.114",
                  f"     dvi: {{Build Driver List}} {time}.120", f"     dvi:      Searching for hardware ID(s): {device.lower()}",
                  f"     dvi: {{Build Driver List - exit(0x00000000)}} {time}.139",
                  f"     ndv:      Driver INF Path = C:\\Windows\\INF\\{inf}",
                  f"     ndv:      Driver Description = {description}", f"     dvi: {{Core Device Install}} {time}.151",
                  f"     dvi: {{Core Device Install - exit(0x00000000)}} {time}.203", f"<<<  Section end {at}.207",
                  "<<<  [Exit status: SUCCESS]", "", ""]
    return crlf("\n".join(lines))


def transcript(at, program, *lines):
    """A transcript of a script that the vendor's image runs after setup."""
    bar = "*" * 22
    head = (bar, "Windows PowerShell transcript start", f"Start time: {at:%Y%m%d%H%M%S}", r"Username: WORKGROUP\SYSTEM",
            f"Machine: {OLD_COMPUTER} (Microsoft Windows NT 10.0.17763.0)",
            rf"Host Application: C:\Windows\Temp\{program}", bar)
    tail = (bar, "Windows PowerShell transcript end", f"End time: {at + timedelta(seconds=41):%Y%m%d%H%M%S}", bar, "")
    return BOM + crlf("\n".join((*head, *lines, *tail)))


def cmge_traces():
    done = datetime(2021, 12, 10, 14, 34, 5)
    old, new = "Windows.old/", "Windows.old.000/"
    files = {
        f"{new}Windows/Temp/CMGE_Registry_Upgrade.log": transcript(
            done, "UpgradeConfig.exe", r"Found C:\Windows.old, this is an upgrade.",
            r"Copied C:\Windows.old\Windows\System32\config\SOFTWARE to C:\Windows\Temp\cmit.",
            r"Copied C:\Windows.old\Windows\INF\cua.ini to C:\Windows\Temp\cmit.",
            r"Copied missing folders of the update client to C:\Windows.old\Program Files.",
            "EditionSubVersion is V2020-L.1911.000."),
        f"{new}Windows/Temp/CMGE_Registry_Upgrade_CMD.log": crlf(
            "robocopy /XC /XN /XO \"C:\\Program Files\\CmitUpdateAgent\" \"C:\\Windows.old\\Program Files\\CmitUpdateAgent\"\n"
            "The operation completed successfully.\n"),
        f"{new}Windows/Temp/CMGE_Registry_UpgradeSchdTask.log": transcript(
            done + timedelta(seconds=52), "UpgradeSchdTask.exe",
            r"Registered \CMIT\CmitUpdateAgent\CmitUpdateAgent Daily Runner."),
        f"{new}Windows/Setup/Scripts/SetupComplete.cmd": crlf(SETUP_COMPLETE),
        f"{new}Windows/Temp/cmit/cua.ini": crlf(CUA_INI.replace("V2020-L", "V0-H")),
        f"{old}Windows/Temp/CMGE_Registry_InsPostConfig.log": transcript(
            datetime(2019, 4, 15, 9, 41, 2), "InsPostConfig.exe", "Clean installation of CMGE V0-H."),
    }
    for system, version in ((old, "V0-H"), (new, "V2020-L")):
        files[f"{system}Windows/INF/cua.ini"] = crlf(CUA_INI.replace("V2020-L", version))
        files[f"{system}Program Files/CmitUpdateAgent/placeholder.txt"] = crlf(PLACEHOLDER)
    return files


# ---------------------------------------------------------------- the tree

def panther(folder, log, rowsets=True):
    files = {f"{folder}setupact.log": log.bytes(), f"{folder}setuperr.log": log.errors()}
    if rowsets:
        files |= {f"{folder}diagerr.xml": log.rowset("Error"), f"{folder}diagwrn.xml": log.rowset("Warning")}
    return files


def tree():
    """Every file but the hives, by its path."""
    return {
        **panther("Windows.old/Windows/Panther/", winpe_log(CLEAN)),
        **panther("Windows.old.000/Windows/Panther/", Upgrade().write()),
        **panther(LIVE_PANTHER, winpe_log(TAKEOVER)),
        **panther(f"{LIVE_PANTHER}UnattendGC/", unattend_gc_log(), rowsets=False),
        **panther("Windows/System32/Sysprep/Panther/", sysprep_log(), rowsets=False),
        f"{LIVE_PANTHER}unattend.xml": crlf(UNATTEND),
        "Windows.old.000/Windows/Logs/MoSetup/BlueBox.log": bluebox_log(),
        "Windows/setupact.log": crlf(DRIVER_LOG),
        "Windows/INF/setupapi.dev.log": device_log(),
        **cmge_traces(),
    }


def with_hives(files):
    there = {path: (TREE / path).read_bytes() for path in HIVES if (TREE / path).is_file()}
    return files | there


def without_live_panther(files):
    return {path: data for path, data in files.items() if not path.startswith(LIVE_PANTHER)}


# ---------------------------------------------------------------- the ZIP

NOTE = """Ticket 4711: PC 017 shows another Windows since this morning.
The collector's ZIP is attached. It took Windows.old and Windows.old.000,
as was asked for, and of C:\\Windows all but Panther.
"""


def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path, (2021, 12, 15, 9, 30, 0))
            member.compress_type = zipfile.ZIP_STORED if path.endswith(".zip") else zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, files[path])
    return out.getvalue()


def ticket():
    files = without_live_panther(with_hives(tree()))
    collected = zipped({f"C/{path}": data for path, data in files.items()})
    return zipped({"ticket-4711/note.txt": crlf(NOTE), "ticket-4711/collected.zip": collected})


def members(data):
    """The content of a ZIP and of those in it: compressors differ, contents must not."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        read = {info.filename: archive.read(info) for info in archive.infolist()}
    return {name: members(data) if name.endswith(".zip") else data for name, data in read.items()}


# ---------------------------------------------------------------- commands

def write(files, top):
    for path, data in files.items():
        place = top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def check():
    """Tells what on disk is not what would be written; the exit code."""
    wanted = with_hives(tree())
    there = {path.relative_to(TREE).as_posix(): path for path in TREE.rglob("*") if path.is_file()}
    wrong = [f"missing: {path}" for path in sorted(wanted.keys() - there.keys())]
    wrong += [f"not made here: {path}" for path in sorted(there.keys() - wanted.keys())]
    both = sorted(wanted.keys() & there.keys())
    wrong += [f"differs: {path}" for path in both if there[path].read_bytes() != wanted[path]]
    wrong += [f"missing: {path}" for path in sorted(HIVES - there.keys())]
    if not ZIP.is_file() or members(ZIP.read_bytes()) != members(ticket()):
        wrong.append(f"differs: {ZIP.name}")
    print("\n".join(wrong) or f"{len(wanted)} files and the ZIP are as they should be")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="compare only")
    what.add_argument("--without-live-panther", metavar="DEST", type=Path, help="write the tree less Windows/Panther")
    chosen = parser.parse_args()
    if chosen.check:
        return check()
    if chosen.without_live_panther:
        write(without_live_panther(with_hives(tree())), chosen.without_live_panther)
        return 0
    write(tree(), TREE)
    ZIP.write_bytes(ticket())
    return 0


if __name__ == "__main__":
    sys.exit(main())
