#!/usr/bin/env python3
"""Write a small, fully synthetic Windows tree for the sample images.

usage: make-tree.py OUTDIR PROFILE [--impostor SALT]

PROFILE is one of: v0g, v0h, v2020l, v2022l (CMGE), vda (a tree of another
origin), pe (a maintenance system).  Every byte comes from the profile's name
and the constants below, so two runs give equal trees, file times included.
The files only look like Windows files: no byte of them is Microsoft's.

--impostor SALT swaps the content of the six set-up programs (HOOKS) for other
bytes of the same length and leaves everything else, times included, as it is.
"""
import argparse
import base64
import hashlib
import os
import struct
import sys
from datetime import datetime, timezone

# base: time of the tree; serviced: time of the components (a later update).
CMGE = dict(cmge=True, edition="EnterpriseG", branch="rs4_release")
PROFILES = {
    "v0g": dict(CMGE, label="CMGE V0-G", version="10.0.17134.112", scale=3,
                base="2018-07-18 01:30:00", serviced="2018-07-18 01:30:00"),
    "v0h": dict(CMGE, label="CMGE V0-H", version="10.0.17134.648", scale=4,
                base="2019-03-26 02:00:00", serviced="2019-03-26 02:00:00"),
    "v2020l": dict(CMGE, label="CMGE V2020-L", version="10.0.17763.1911", scale=6,
                   base="2020-01-10 01:40:00", serviced="2021-04-26 07:58:20"),
    "v2022l": dict(CMGE, label="CMGE V2022-L", version="10.0.19044.1415", scale=5,
                   base="2022-01-28 02:10:00", serviced="2022-01-28 02:10:00"),
    "vda": dict(cmge=False, edition="EnterpriseS", label="VDA", version="10.0.17763.1339",
                scale=5, base="2020-07-29 09:50:00", serviced="2020-07-29 09:50:00"),
    "pe": dict(cmge=False, edition="WindowsPE", label="Maintenance PE",
               version="10.0.17763.1", scale=2,
               base="2020-03-05 06:00:00", serviced="2020-03-05 06:00:00"),
}

NOTE = b"Wimproof sample: synthetic bytes, not a program. "

# Components: (file, size in units of 512 bytes times the profile's scale).
COMPONENTS = [
    ("ntdll.dll", 8), ("user32.dll", 6), ("gdi32.dll", 4), ("advapi32.dll", 5),
    ("crypt32.dll", 7), ("wintrust.dll", 3), ("lsass.exe", 2), ("svchost.exe", 2),
    ("winlogon.exe", 4), ("setupapi.dll", 7), ("wcp.dll", 6), ("ntfs.sys", 9),
    ("tcpip.sys", 10), ("disk.sys", 3),
]
PE_COMPONENTS = {"ntdll.dll", "user32.dll", "setupapi.dll", "ntfs.sys", "disk.sys"}

# The six programs that run during set-up, upgrade and reset: (path, bytes).
HOOKS = [
    ("Windows/Temp/InsPreConfig.exe", 7168),
    ("Windows/Temp/InsPostConfig.exe", 6144),
    ("Windows/Temp/UpgradeConfig.exe", 8192),
    ("Windows/Temp/UpgradeSchdTask.exe", 5632),
    ("Recovery/OEM/CMGE/ResetSources/ResetPreConfig.exe", 6656),
    ("Recovery/OEM/CMGE/ResetSources/ResetPostConfig.exe", 5120),
]


def noise(seed, size):
    """Incompressible bytes that depend on the seed only."""
    return hashlib.shake_256(seed.encode()).digest(size)


def pe_header(dll):
    """A PE32+ header for x64 with one section, 512 bytes."""
    head = bytearray(512)
    head[0:2] = b"MZ"
    struct.pack_into("<I", head, 0x3C, 0x80)
    head[0x80:0x84] = b"PE\0\0"
    struct.pack_into("<HHIIIHH", head, 0x84, 0x8664, 1, 0x5E000000, 0, 0, 0xF0,
                     0x2022 if dll else 0x0022)
    struct.pack_into("<H", head, 0x98, 0x20B)
    struct.pack_into("<II", head, 0xB8, 0x1000, 0x200)   # section and file alignment
    head[0x188:0x190] = b".text\0\0\0"
    head[0x40:0x40 + len(NOTE)] = NOTE
    return bytes(head)


def program(seed, size, dll, random_part=4):
    """A PE-looking file: code-like bytes, the last 1/random_part incompressible."""
    ops = [b"\x48\x89\x5c\x24\x08", b"\x57\x48\x83\xec\x20", b"\x48\x8b\xd9", b"\xe8",
           b"\x48\x8b\x05", b"\x33\xc0\xc3", b"\xcc" * 4, b"\x0f\x84", b"\x48\x8d\x0d",
           b"\xff\x15", b"\x48\x8b\xc8", b"\x48\x83\xc4\x20\x5f\xc3", b"\x85\xc0",
           b"\x4c\x8b\xc3", b"\x45\x33\xc9", b"\x90"]
    wide = {b"\xe8", b"\x48\x8b\x05", b"\x0f\x84", b"\x48\x8d\x0d", b"\xff\x15"}
    out = bytearray(pe_header(dll))
    code_end = size - (size // random_part)
    dice = iter(noise(seed + "/code", 4 * size))
    while len(out) < code_end:
        op = ops[next(dice) & 15]
        out += op
        if op in wide:          # a 32-bit operand: near targets are the more frequent ones
            far = next(dice)
            out += bytes((next(dice), next(dice) & 31, 0 if far & 3 else next(dice) & 3, 0))
    out = out[:code_end]
    out += noise(seed + "/data", size - len(out))
    return bytes(out)


class Tree:
    def __init__(self, root, profile):
        self.root = root
        self.p = profile
        self.base = when(profile["base"])
        self.serviced = when(profile["serviced"])
        self.late = set()               # paths that carry the serviced time

    def path(self, rel):
        return os.path.join(self.root, *rel.split("/"))

    def dir(self, rel):
        os.makedirs(self.path(rel), exist_ok=True)

    def file(self, rel, data, late=False):
        self.dir(os.path.dirname(rel))
        with open(self.path(rel), "wb") as f:
            f.write(data)
        if late:
            self.late.add(self.path(rel))

    def text(self, rel, text, encoding="utf-8", late=False):
        self.file(rel, text.replace("\n", "\r\n").encode(encoding), late)

    def link(self, old, new):
        self.dir(os.path.dirname(new))
        os.link(self.path(old), self.path(new))

    def set_times(self):
        """Children first: setting a child's time must not touch its folder's."""
        for folder, _, files in os.walk(self.root, topdown=False):
            for name in files:
                full = os.path.join(folder, name)
                stamp(full, self.serviced if full in self.late else self.base)
            stamp(folder, self.base)
        for full in self.late:          # the other names of a hard-linked file
            stamp(full, self.serviced)


def when(text):
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    return int(moment.timestamp()) * 10**9


def stamp(path, ns):
    os.utime(path, ns=(ns, ns))


def components(tree, name):
    p = tree.p
    version = p["version"]
    for i, (file, units) in enumerate(COMPONENTS):
        if name == "pe" and file not in PE_COMPONENTS:
            continue
        data = program(f"{name}/{file}", units * 512 * p["scale"], file.endswith(".dll"))
        comp = "microsoft-windows-" + file.split(".")[0]
        tag = hashlib.sha1(f"{comp} {version}".encode()).hexdigest()[:16]
        key = f"amd64_{comp}_31bf3856ad364e35_{version}_none_{tag}"
        store = f"Windows/WinSxS/{key}/{file}"
        folder = "Windows/System32/drivers" if file.endswith(".sys") else "Windows/System32"
        tree.file(store, data, late=True)
        tree.link(store, f"{folder}/{file}")
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        tree.text(f"Windows/WinSxS/Manifests/{key}.manifest", f'''\
<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v3" manifestVersion="1.0">
  <assemblyIdentity name="{comp}" version="{version}" processorArchitecture="amd64" language="neutral" buildType="release" publicKeyToken="31bf3856ad364e35" versionScope="nonSxS" />
  <file name="{file}" destinationPath="$(runtime.system32)\\" sourceName="{file}" importPath="$(build.nttree)\\" sourcePath=".\\">
    <asmv2:hash xmlns:asmv2="urn:schemas-microsoft-com:asm.v2" xmlns:dsig="http://www.w3.org/2000/09/xmldsig#">
      <dsig:Transforms>
        <dsig:Transform Algorithm="urn:schemas-microsoft-com:HashTransforms.Identity" />
      </dsig:Transforms>
      <dsig:DigestMethod Algorithm="http://www.w3.org/2000/09/xmldsig#sha256" />
      <dsig:DigestValue>{digest}</dsig:DigestValue>
    </asmv2:hash>
  </file>
</assembly>
''', late=True)


def system(tree, name):
    p = tree.p
    day = p["base"].split()[0]
    edition, label, version = p["edition"], p["label"], p["version"]
    tree.file("Windows/System32/kernel32.dll",
              program(f"{name}/kernel32.dll", 12 * 512 * p["scale"], True), late=True)
    components(tree, name)
    tree.text(f"Windows/servicing/Editions/{edition}Edition.xml",
              f'<?xml version="1.0" encoding="utf-8"?>\n'
              f'<edition name="{edition}" version="{version}" />\n')
    package = f"Microsoft-Windows-{edition}Edition~31bf3856ad364e35~amd64~~{version}"
    tree.text(f"Windows/servicing/Packages/{package}.mum",
              f'<?xml version="1.0" encoding="utf-8"?>\n<assembly manifestVersion="1.0">\n'
              f'  <package identifier="{edition}Edition" releaseType="Product" />\n'
              f'</assembly>\n')
    tree.text("Windows/Logs/CBS/CBS.log", "".join(
        f"{day} 01:{m:02}:{s:02}, Info                  CBS    Exec: Processing complete."
        f"  Session: {30000000 + m * 60 + s}, Package: {package} [HRESULT = 0x00000000 - S_OK]\n"
        for m in range(4) for s in range(0, 60, 3)))
    tree.text("Windows/Logs/DISM/dism.log", "".join(
        f"{day} 01:05:{s:02}, Info                  DISM   PID=1204 TID=2208 "
        f"DISM Manager: image session {s} done. - CDISMManager\n" for s in range(60)))
    tree.file("Windows/Fonts/empty.fon", b"")
    tree.dir("Windows/Temp")
    tree.dir("Windows/System32/Tasks")


def setup(tree):
    label = tree.p["label"]
    tree.text("Windows/Panther/unattend.xml", f'''\
<?xml version="1.0" encoding="utf-8"?>
<!--{label} {tree.p["version"]}-->
<unattend xmlns="urn:schemas-microsoft-com:unattend">
  <settings pass="oobeSystem">
    <component name="Microsoft-Windows-International-Core" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">
      <InputLocale>0804:00000804</InputLocale>
      <SystemLocale>zh-CN</SystemLocale>
      <UILanguage>zh-CN</UILanguage>
      <UserLocale>zh-CN</UserLocale>
    </component>
    <component name="Microsoft-Windows-Shell-Setup" processorArchitecture="amd64" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS">
      <OOBE>
        <HideEULAPage>true</HideEULAPage>
        <ProtectYourPC>3</ProtectYourPC>
      </OOBE>
      <TimeZone>China Standard Time</TimeZone>
    </component>
  </settings>
</unattend>
''')
    day = tree.p["base"].split()[0]
    tree.text("Windows/Panther/setupact.log", "".join(
        f"{day} 01:20:{s:02}, Info       [0x0606cc] IBS    Capture step {s} of 60 done\n"
        for s in range(60)))
    tree.text("Program Files/桌面管理/说明.txt",
              "\ufeff桌面管理客户端\n" + "本文件为合成样本，仅用于测试镜像溯源。\n" * 12,
              "utf-16-le")
    tree.file("Program Files/桌面管理/DeskAgent.exe", program(label + "/DeskAgent", 12288, False, 2))
    tree.text("Users/Public/Desktop/desktop.ini", "[.ShellClassInfo]\n")
    tree.dir("Users/Default/AppData/Local")
    tree.dir("PerfLogs")


def cmge(tree, name, salt):
    p = tree.p
    for folder, file, size in [
            ("CMITActivation", "CmitClient.exe", 9216),
            ("CMITControlCenter", "ControlCenter.exe", 7168),
            ("CmitUpdateAgent", "CmitServiceMonitor.exe", 8192),
            ("CMITOfflineUpdateInstaller", "csui.exe", 6144)]:
        tree.file(f"Program Files/{folder}/{file}", program(f"{name}/{file}", size, False, 3))
    tree.text("Windows/PolicyDefinitions/CMITCustomPolicy.admx",
              '<?xml version="1.0" encoding="utf-8"?>\n'
              '<policyDefinitions revision="1.0" schemaVersion="1.0">\n'
              '  <policyNamespaces>\n    <target prefix="cmit" namespace="Cmit.Policies" />\n'
              '  </policyNamespaces>\n</policyDefinitions>\n')
    tree.text("Windows/INF/cua.ini",
              f"[UpdateAgent]\nProduct={p['label']}\nServer=update.example\n")
    tree.text("Windows/Setup/Scripts/SetupComplete.cmd",
              "@echo off\n"
              "if not exist \"%SystemDrive%\\Windows.old\" exit /b 0\n"
              "\"%SystemRoot%\\Temp\\UpgradeConfig.exe\"\n"
              "\"%SystemRoot%\\Temp\\UpgradeSchdTask.exe\"\n")
    for path, size in HOOKS:
        seed = f"{name}/{path}" if salt is None else f"impostor {salt}/{path}"
        head = pe_header(False)
        tree.file(path, head + noise(seed, size - len(head)))


def vda(tree, name):
    tree.file("Program Files/VDA/VdaAgent.exe", program(f"{name}/VdaAgent", 32768, False, 3))
    tree.file("Program Files/VDA/VdaDisplay.dll", program(f"{name}/VdaDisplay", 24576, True, 3))
    tree.text("Program Files/VDA/vda.ini", "[Broker]\nServer=broker.example\nMode=Pooled\n")
    tree.text("Windows/Setup/Scripts/SetupComplete.cmd",
              "@echo off\n\"%ProgramFiles%\\VDA\\VdaAgent.exe\" /register\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("out")
    ap.add_argument("profile", choices=sorted(PROFILES))
    ap.add_argument("--impostor", metavar="SALT")
    a = ap.parse_args()
    p = PROFILES[a.profile]
    if a.impostor is not None and not p["cmge"]:
        ap.error("--impostor needs a CMGE profile")
    if os.path.exists(a.out) and os.listdir(a.out):
        sys.exit(f"make-tree: {a.out}: not empty")
    os.makedirs(a.out, exist_ok=True)
    tree = Tree(a.out, p)
    system(tree, a.profile)
    if a.profile == "pe":
        tree.text("Windows/System32/startnet.cmd", "wpeinit\n")
        tree.file("Windows/System32/winpeshl.exe", program("pe/winpeshl", 16384, False, 3))
    else:
        setup(tree)
    if p["cmge"]:
        cmge(tree, a.profile, a.impostor)
    if a.profile == "vda":
        vda(tree, a.profile)
    tree.set_times()


if __name__ == "__main__":
    main()
