<#
.SYNOPSIS
Judges Windows images and returns an object for each.
.DESCRIPTION
How its failure looks: with -Throw a terminating error that names the verdict; without, objects whose property Approved is
false. An image that could not be judged is never approved. Works in Windows PowerShell 5.1 and PowerShell 7: the result
goes through a file, since `>` of 5.1 writes it in another encoding. Of a signed registry, $env:WIMPROOF_TRUST names the
trust file, which says whose signatures count; without it, whoever can write the registry can approve.
.EXAMPLE
Test-WindowsImage.ps1 -Image D:\sources\install.wim -Registry \\server\images\registry -Throw
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Image,
    [string] $Registry = $env:WIMPROOF_REGISTRY,
    [ValidateSet('claimed', 'declared', 'verified')] [string] $Assurance = 'verified',
    [switch] $Throw
)
$ErrorActionPreference = 'Stop'
$result = [IO.Path]::GetTempFileName()
try {
    wimproof check "$Image" --registry "$Registry" --assurance "$Assurance" --format json --output "$result"
    $code = $LASTEXITCODE
    if ($code -notin 0, 1, 3 -or -not (Test-Path $result)) { throw "wimproof ended with $code" }
    $document = Get-Content -Raw -Encoding UTF8 $result | ConvertFrom-Json
} finally {
    Remove-Item -Force -ErrorAction SilentlyContinue $result
}
foreach ($subject in $document.subjects) {
    foreach ($one in $subject.images) {
        [pscustomobject]@{
            Source   = $subject.source
            Index    = $one.index
            Name     = $one.claims.name
            Verdict  = $one.verdict
            Approved = $code -eq 0 -and $one.verdict -eq 'approved'
            Approval = $one.approval.id
            Rules    = @($one.findings.rule)
        }
    }
}
if ($Throw -and $code -ne 0) { throw "$($document.verdict): $Image" }
