@echo off
rem A gate in a task sequence: "Run Command Line" before "Apply Operating System", with this folder as its package. Works
rem in WinPE: one program, no network but the one that holds the image, nothing written but the log.
rem
rem How its failure looks: the step ends with 1 (not approved) or 3 (could not be judged); neither is a success code
rem (0 3010), so the task sequence stops before the disk is touched, and smsts.log shows the step with its exit code.
rem The page gate.html beside the log names the rule. Leave "Continue on error" off.
setlocal
set "IMAGE=%~1"
set "LOGS=%_SMSTSLogPath%"
if not defined LOGS set "LOGS=%TEMP%"
if not defined WIMPROOF_REGISTRY set "WIMPROOF_REGISTRY=%~dp0registry"
rem Of a signed registry, trust.toml in this folder says whose signatures count; without it, whoever can write the registry
rem can approve. WinPE remembers nothing: state = "none" in it says so.
if not defined WIMPROOF_TRUST if exist "%~dp0trust.toml" set "WIMPROOF_TRUST=%~dp0trust.toml"
wimproof check "%IMAGE%" --no-audit --report html="%LOGS%\gate.html" --report json="%LOGS%\gate.json"
exit /b %ERRORLEVEL%
