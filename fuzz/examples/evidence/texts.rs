//! Texts in the formats of which the sample case has none.

/// Logs of `DISM`, of the servicing stack, of setup in `WinPE`.
pub(crate) const LOGS: [(&str, &str); 3] = [
    (
        "dism",
        "2021-12-14 10:00:00, Info                  DISM   DISM.EXE: <----- Starting Dism.exe session ----->\r\n\
         2021-12-14 10:00:00, Info                  DISM   DISM.EXE: Host machine information: OS Version=10.0.17763, Running architecture=amd64, Number of processors=4\r\n\
         2021-12-14 10:00:00, Info                  DISM   DISM.EXE: Executing command line: dism /Apply-Image /ImageFile:D:\\sources\\install.wim /Index:1 /ApplyDir:W:\\\r\n\
         2021-12-14 10:05:00, Error                 DISM   DISM WIM Provider: PID=7 Error 5 - CWimManager::InternalOpApply(hr:0x80070005)\r\n\
         2021-12-14 10:05:01, Info                  DISM   DISM.EXE: <----- Ending Dism.exe session ----->\r\n",
    ),
    (
        "cbs",
        "2021-12-14 10:00:00, Info                  CBS    Loaded Servicing Stack v10.0.17763.1911 with Core: C:\\Windows\\cbscore.dll\r\n\
         2021-12-14 10:00:01, Info                  CSI    00000001@2021/12/14:02:00:01.123 WcpInitialize called (stack @0x7ff)\r\n\
         2021-12-14 10:00:02, Error                 CBS    Failed to open package. [HRESULT = 0x800f0805 - CBS_E_INVALID_PACKAGE]\r\n",
    ),
    (
        "winpe",
        "\u{feff}2019-06-05 13:00:00, Info                  IBS    Setup has been started with command line = [D:\\sources\\setup.exe /unattend:x]\r\n\
         2019-06-05 13:00:00, Info       [0x06403f] IBS    InstallWindows:Setup Phase = 2\r\n\
         2019-06-05 13:00:01, Info       [0x0601c1] IBS    InstallWindows:Install Path = D:\\sources\r\n\
         2019-06-05 13:00:02, Info       [0x0606cc] IBS    LogImageInfo:Image 1: NAME = [Windows 10], size 15000000000\r\n\
         2019-06-05 13:00:03, Warning    [0x0603d5] IBS    Callback_ImageApply: applying image index 1 of D:\\sources\\install.wim to C:\r\n\
         2019-06-05 13:09:00, Error      [0x0603d5] IBSLIB Failed[gle=0x00000005]\r\n",
    ),
];

/// Logs of the component store in every age of their grammar.
pub(crate) const SERVICING: [(&str, &str); 6] = [
    (
        "cbs",
        "2021-12-14 10:00:00, Info                  CBS    Session: 30928155_1000000000 initialized by client DISM Package Manager Provider, external staging directory: (null)\r\n\
         2021-12-14 10:00:00, Info                  CSI    00000020 Hashes for file member [l:12]'themecpl.dll' do not match.\r\n\
         \x20Expected: {l:32 ml:33 b:0101010101010101010101010101010101010101010101010101010101010101}.\r\n\
         \x20Actual: {l:32 b:0202020202020202020202020202020202020202020202020202020202020202}.\r\n\
         2021-12-14 10:00:00, Info                  CSI    00000021 Warning: Unable to repair payload file ([l:12]'themecpl.dll') for component ([l:84 ml:140]'amd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e') from backups directory\r\n\
         2021-12-14 10:00:00, Info                  CSI    00000072 [SR] Cannot repair member file [l:12]'themecpl.dll' of Microsoft-Windows-themecpl, version 10.0.17763.1, arch Host= amd64 Guest= x86, nonSxS, pkt {l:8 b:31bf3856ad364e35} in the store, hash mismatch\r\n\
         2021-12-14 10:00:00, Info                  CSI    00000073 (F) Hydration failed for component Microsoft-Windows-themecpl, version 10.0.17763.1, arch amd64, nonSxS, pkt {l:8 b:31bf3856ad364e35} on file themecpl.dll with NTSTATUS -1073283059.\r\n\
         2021-12-14 10:00:00, Info                  CSI    00000074 [SR] Repaired file \\SystemRoot\\WinSxS\\amd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\\\[l:12]'themecpl.dll' by copying from backup\r\n\
         2021-12-14 10:00:00, Info                  DEPLOY [Pnp] Corrupt file: C:\\Windows\\x.sys\r\n\
         2021-12-14 10:00:00, Info                  DEPLOY [Pnp] Repaired file: C:\\Windows\\x.sys\r\n\
         2021-12-14 10:00:00, Info                  CBS    Checking System Update Readiness.\r\n\
         2021-12-14 10:00:00, Info                  CBS    \r\n\
         2021-12-14 10:00:00, Info                  CBS    (p)\tCSI Payload Corrupt\t(n)\t\t\tamd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\themecpl.dll\r\n\
         2021-12-14 10:00:00, Info                  CBS    Repair failed: Missing replacement payload.\r\n\
         2021-12-14 10:00:00, Info                  CBS    (p)\tCSI Payload Corrupt\t(w)\t(Fixed)\tamd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\r\\x.dll\r\n\
         2021-12-14 10:00:00, Info                  CBS    (p)\tCBS MUM Missing\t(n)\t\t\tPackage_for_KB5004244~31bf3856ad364e35~amd64~~10.0.1.3\r\n\
         2021-12-14 10:00:00, Info                  CBS    \r\n\
         2021-12-14 10:00:00, Info                  CBS    Summary:\r\n\
         2021-12-14 10:00:00, Info                  CBS    Operation: Detect and Repair \r\n\
         2021-12-14 10:00:00, Info                  CBS    Operation result: 0x800f0954\r\n\
         2021-12-14 10:00:00, Info                  CBS    Last Successful Step: Entire operation completes.\r\n\
         2021-12-14 10:00:00, Info                  CBS    Total Detected Corruption:\t3\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCBS Manifest Corruption:\t1\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCBS Metadata Corruption:\t0\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCSI Manifest Corruption:\t0\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCSI Metadata Corruption:\t0\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCSI Payload Corruption:\t2\r\n\
         2021-12-14 10:00:00, Info                  CBS    Total Repaired Corruption:\t1\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCBS Manifest Repaired:\t0\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCSI Manifest Repaired:\t0\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCSI Payload Repaired:\t1\r\n\
         2021-12-14 10:00:00, Info                  CBS    \tCSI Store Metadata refreshed:\tTrue\r\n\
         2021-12-14 10:00:00, Info                  CBS    Total Operation Time: 282 seconds.\r\n\
         2021-12-14 10:00:00, Info                  CBS    Exec: Processing complete.  Session: 1_2, Package: Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.2061.1.7, Identifier: KB5004244 [HRESULT = 0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED]\r\n\
         2021-12-14 10:00:00, Info                  CBS    Failed to stage. [HRESULT = 0x80073712 - ERROR_SXS_COMPONENT_STORE_CORRUPT]\r\n",
    ),
    (
        "old",
        "2021-12-14 10:00:00, Info                  CBS    =================================\r\n\
         Checking System Update Readiness.\r\n\
         \r\n\
         (p)\tCSI Payload Corrupt\t(n)\t\t\tamd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\themecpl.dll\r\n\
         Repair failed: Missing replacement payload.\r\n\
         (p)\tCSI Payload Corrupt\t(w)\t(Fixed)\tamd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\r\\x.dll\r\n\
         (p)\tCBS MUM Missing\t(n)\t\t\tPackage_for_KB5004244~31bf3856ad364e35~amd64~~10.0.1.3\r\n\
         \r\n\
         Summary:\r\n\
         Operation: Detect and Repair \r\n\
         Operation result: 0x800f0954\r\n\
         Last Successful Step: Entire operation completes.\r\n\
         Total Detected Corruption:\t3\r\n\
         \x09CBS Manifest Corruption:\t1\r\n\
         \x09CBS Metadata Corruption:\t0\r\n\
         \x09CSI Manifest Corruption:\t0\r\n\
         \x09CSI Metadata Corruption:\t0\r\n\
         \x09CSI Payload Corruption:\t2\r\n\
         Total Repaired Corruption:\t1\r\n\
         \x09CBS Manifest Repaired:\t0\r\n\
         \x09CSI Manifest Repaired:\t0\r\n\
         \x09CSI Payload Repaired:\t1\r\n\
         \x09CSI Store Metadata refreshed:\tTrue\r\n\
         Total Operation Time: 282 seconds.\r\n\
         2021-12-14 10:00:00, Info                  CSI    0000000c Hashes for file member \\SystemRoot\\WinSxS\\amd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\a.dll do not match actual file [l:10{5}]\"a.dll\" :\r\n\
         \x20 Found: {l:32 b:0ERqRmcN0ERqRmcN0ERqRmcN0ERqRmcN0ERqRmcN0EQ=} Expected: {l:32 b:n520k714n520k714n520k714n520k714n520k714n50=}\r\n",
    ),
    (
        "checksur",
        "=================================\r\n\
         Checking System Update Readiness.\r\n\
         Binary Version 6.1.7601.21645\r\n\
         (f)\tCBS MUM Corrupt\t0x800F0900\tservicing\\Packages\\Package_for_KB2479628~31bf3856ad364e35~amd64~~6.1.1.4.mum\t\tLine 1: x\r\n\
         (f)\tCSI Payload File Missing\t0x00000000\twinload.exe\tamd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\r\n\
         (fix)\tCBS MUM Corrupt\tCBS File Replaced\tx.mum from Cabinet: y\r\n\
         Summary:\r\n\
         Seconds executed: 143\r\n\
         \x20Found 2 errors\r\n\
         \x20Fixed 1 errors\r\n",
    ),
    (
        "dism",
        "2021-12-14 10:00:00, Info                  DISM   DISM.EXE: Executing command line: dism /online /cleanup-image /restorehealth /source:I:\\install.wim /limitaccess\r\n\
         2021-12-14 10:00:00, Info                  DISM   DISM Package Manager: PID=1 TID=2  Error in operation: source for package or file not found, ResolveSource() unsuccessful. (CBS HRESULT=0x800f081f) - CCbsConUIHandler::Error\r\n",
    ),
    (
        "found",
        "0:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    \tCSI Metadata Corruption:\t0\r\n\
         1:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    \tCSI Payload Corruption:\t2\r\n\
         2:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    Total Repaired Corruption:\t1\r\n\
         3:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    \tCBS Manifest Repaired:\t0\r\n\
         4:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    \tCSI Manifest Repaired:\t0\r\n\
         5:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    \tCSI Payload Repaired:\t1\r\n\
         6:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    \tCSI Store Metadata refreshed:\tTrue\r\n\
         7:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    Total Operation Time: 282 seconds.\r\n\
         8:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    Exec: Processing complete.  Session: 1_2, Package: Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.2061.1.7, Identifier: KB5004244 [HRESULT = 0x800f0986 - PSFX_E_APPLY_FORWARD_DELTA_FAILED]\r\n\
         9:C:\\x\\CBS.log:2021-12-14 10:00:00, Info                  CBS    Failed to stage. [HRESULT = 0x80073712 - ERROR_SXS_COMPONENT_STORE_CORRUPT]\r\n",
    ),
    (
        "mail",
        "CBS    Checking System Update Readiness.\r\n\
         CBS    \r\n\
         CBS    (p)      CSI Payload Corrupt      (n)                  amd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\themecpl.dll\r\n\
         CBS    Repair failed: Missing replacement payload.\r\n\
         CBS    (p)      CSI Payload Corrupt      (w)      (Fixed)      amd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.17763.1_none_e0f4ab52b67a554e\\r\\x.dll\r\n\
         CBS    (p)      CBS MUM Missing      (n)                  Package_for_KB5004244~31bf3856ad364e35~amd64~~10.0.1.3\r\n\
         CBS    \r\n\
         CBS    Summary:\r\n\
         CBS    Operation: Detect and Repair \r\n\
         CBS    Operation result: 0x800f0954\r\n\
         CBS    Last Successful Step: Entire operation completes.\r\n\
         CBS    Total Detected Corruption:      3\r\n\
         CBS          CBS Manifest Corruption:      1\r\n\
         CBS          CBS Metadata Corruption:      0\r\n\
         CBS          CSI Manifest Corruption:      0\r\n\
         CBS          CSI Metadata Corruption:      0\r\n\
         CBS          CSI Payload Corruption:      2\r\n\
         CBS    Total Repaired Corruption:      1\r\n\
         CBS          CBS Manifest Repaired:      0\r\n\
         CBS          CSI Manifest Repaired:      0\r\n\
         CBS          CSI Payload Repaired:      1\r\n\
         CBS          CSI Store Metadata refreshed:      True\r\n\
         CBS    Total Operation Time: 282 seconds.\r\n",
    ),
];

/// As `ConfigMgr` writes.
pub(crate) const MANAGER: &str = "\
<![LOG[Set command line: smsboot.exe /target:WinPE]LOG]!><time=\"14:24:33.329+420\" date=\"06-26-2015\" component=\"TSManager\" context=\"\" type=\"1\" thread=\"1256\" file=\"ts.cpp:1\">\r\n\
<![LOG[Downloaded file from http://SRV1:8003/S$/SS10000C/sccm?/install.wim to C:\\_SMS\\SS10000C\\install.wim ]LOG]!><time=\"14:24:34.329+420\" date=\"06-26-2015\" component=\"ApplyOperatingSystem\" context=\"\" type=\"1\" thread=\"1256\" file=\"a.cpp:2\">\r\n\
<![LOG[Starting to apply image 1 from SS10000C\r\nto C:]LOG]!><time=\"14:25:34.329+420\" date=\"06-26-2015\" component=\"ApplyOperatingSystem\" context=\"\" type=\"2\" thread=\"1256\" file=\"a.cpp:2\">\r\n\
<![LOG[Successfully applied image to C:\\]LOG]!><time=\"01:00:00.000-120\" date=\"06-27-2015\" component=\"x\" context=\"\" type=\"3\" thread=\"7\" file=\"x\">\r\n";

/// As the scripts of the Deployment Toolkit write.
pub(crate) const TOOLKIT: &str = "\
<![LOG[Microsoft Deployment Toolkit version: 6.3.8456.1000]LOG]!><time=\"16:53:52.000+000\" date=\"06-26-2015\" component=\"LTIApply\" context=\"\" type=\"1\" thread=\"\" file=\"LTIApply\">\r\n\
<![LOG[Property InstallFromPath is now = \\\\SRV1\\Share$\\Operating Systems\\install.wim]LOG]!><time=\"16:53:52.000+000\" date=\"06-26-2015\" component=\"LTIApply\" context=\"\" type=\"1\" thread=\"\" file=\"LTIApply\">\r\n\
<![LOG[Property UserPassword is now = kept]LOG]!><time=\"16:53:53.000+000\" date=\"06-26-2015\" component=\"LTIApply\" context=\"\" type=\"1\" thread=\"\" file=\"LTIApply\">\r\n\
<![LOG[Console > Applying image (1) [100%]]LOG]!><time=\"16:53:54.000+000\" date=\"06-26-2015\" component=\"LTIApply\" context=\"\" type=\"1\" thread=\"\" file=\"LTIApply\">\r\n";

/// An answer file with what is looked for in one.
pub(crate) const ANSWERS: &str = "\
<?xml version=\"1.0\" encoding=\"utf-8\"?>
<unattend xmlns=\"urn:schemas-microsoft-com:unattend\" xmlns:wcm=\"http://schemas.microsoft.com/WMIConfig/2002/State\">
<!--built 2020-07-29--><settings pass=\"windowsPE\"><component name=\"Microsoft-Windows-Setup\"><ImageInstall><OSImage><InstallFrom>
<Path>\\\\srv\\share\\install.wim</Path><Credentials><Username>u</Username><Password>p</Password></Credentials>
<MetaData wcm:action=\"add\"><Key>/IMAGE/NAME</Key><Value>Windows 10 &amp; &#x6f;</Value></MetaData></InstallFrom>
<InstallTo><DiskID>0</DiskID></InstallTo></OSImage></ImageInstall>
<RunSynchronous><RunSynchronousCommand><Path>cmd /c net user admin secret /add</Path></RunSynchronousCommand></RunSynchronous>
</component></settings><settings pass=\"oobeSystem\"><component name=\"Microsoft-Windows-Shell-Setup\"><ComputerName>PC1</ComputerName>
<FirstLogonCommands><SynchronousCommand><CommandLine><![CDATA[a.ps1 & b]]></CommandLine></SynchronousCommand></FirstLogonCommands>
</component></settings><cpi:offlineImage cpi:source=\"wim:c:/install.wim#Windows 10\" xmlns:cpi=\"urn:schemas-microsoft-com:cpi\"/></unattend>
";

/// A result of `SetupDiag`.
pub(crate) const DIAGNOSIS: &str = "\
<?xml version=\"1.0\"?><SetupDiag><Version>1.6.0.0</Version><ProfileName>FindSPFatalError</ProfileName><SystemInfo>
<MachineName>PC1</MachineName><Manufacturer>Maker</Manufacturer><HostOSVersion>10.0.15063</HostOSVersion>
<TargetOSBuildString>10.0.18362.1 (19h1_release.190318-1202)</TargetOSBuildString><UpgradeStartTime>2019-06-06T21:19:10</UpgradeStartTime>
<RollbackEndTime>Offline</RollbackEndTime></SystemInfo>
<FailureDetails>Err = 0x00000057, LastOperation = Gather data, scope: EVERYTHING, LastPhase = Downlevel</FailureDetails></SetupDiag>
";
