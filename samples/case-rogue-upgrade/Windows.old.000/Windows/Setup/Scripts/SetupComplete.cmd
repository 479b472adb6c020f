@echo off
if exist %SystemDrive%\Windows.old %windir%\Temp\UpgradeConfig.exe
if exist %SystemDrive%\Windows.old %windir%\Temp\UpgradeSchdTask.exe
rd /s /q %windir%\SoftwareDistribution\CUACache
