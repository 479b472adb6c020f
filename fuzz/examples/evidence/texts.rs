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
