//! What modified images show, and what a site allows of it.

use super::{Examination, Findings, PhraseId, RuleId, text};
use crate::evidence::tells::{Kind, Place};

/// Every tell, by the rule of its kind.
pub(super) fn tells(examination: &Examination, findings: &mut Findings<'_>) {
    for tell in &examination.provenance.tells {
        let (rule, phrase) = judged(tell.kind);
        let said = match &tell.digest {
            Some(digest) => phrase.of([text(tell.place_shown()), text(&tell.shown), text(digest)]),
            None => phrase.of([
                text(tell.place_shown()),
                text(&tell.shown),
                PhraseId::WITHOUT_DIGEST.of([]).into(),
            ]),
        };
        let offset = match &tell.place {
            Place::File { offset, .. } => Some(*offset),
            Place::Registry { .. } => None,
        };
        findings.customisation(rule, said, offset, tell.place_shown(), tell.digest.as_deref());
    }
}

/// What the list of the site allows and the image does not have.
pub(super) fn unused(_: &Examination, findings: &mut Findings<'_>) {
    findings.unused_allowances();
}

fn judged(kind: Kind) -> (RuleId, PhraseId) {
    match kind {
        Kind::ShellAtLogon => (RuleId::SHELL_AT_LOGON, PhraseId::SHELL_AT_LOGON),
        Kind::KnownBad => (RuleId::KNOWN_BAD, PhraseId::KNOWN_BAD),
        Kind::SetupScript => (RuleId::IMAGE_SETUP_SCRIPT, PhraseId::IMAGE_SETUP_SCRIPT),
        Kind::AnswerFile => (RuleId::IMAGE_ANSWER_FILE, PhraseId::IMAGE_ANSWER_FILE),
        Kind::Password => (RuleId::STORED_PASSWORD, PhraseId::STORED_PASSWORD),
        Kind::AnswerCommand => (RuleId::ANSWER_COMMAND, PhraseId::ANSWER_COMMAND),
        Kind::HostsLine => (RuleId::HOSTS_LINE, PhraseId::HOSTS_LINE),
        Kind::ActivationHook => (RuleId::ACTIVATION_HOOK, PhraseId::ACTIVATION_HOOK),
        Kind::ActivationServer => (RuleId::ACTIVATION_SERVER, PhraseId::ACTIVATION_SERVER),
        Kind::DebuggerAtLogon => (RuleId::DEBUGGER_AT_LOGON, PhraseId::DEBUGGER),
        Kind::Debugger => (RuleId::DEBUGGER, PhraseId::DEBUGGER),
        Kind::HiddenTask => (RuleId::HIDDEN_TASK, PhraseId::HIDDEN_TASK),
        Kind::TaskAction => (RuleId::TASK_ACTION, PhraseId::TASK_ACTION),
        Kind::DefenderOff => (RuleId::DEFENDER_OFF, PhraseId::SETTING),
        Kind::UpdateOff => (RuleId::UPDATE_OFF, PhraseId::SETTING),
        Kind::UpdateServer => (RuleId::UPDATE_SERVER, PhraseId::SETTING),
        Kind::RootCertificate => (RuleId::ROOT_CERTIFICATE, PhraseId::ROOT_CERTIFICATE),
        Kind::RunEntry => (RuleId::RUN_ENTRY, PhraseId::RUN_ENTRY),
        Kind::LogonProgram => (RuleId::LOGON_PROGRAM, PhraseId::RUN_ENTRY),
        Kind::InjectedLibrary => (RuleId::INJECTED_LIBRARY, PhraseId::RUN_ENTRY),
        Kind::HardwareBypass => (RuleId::HARDWARE_BYPASS, PhraseId::SETTING),
        Kind::ProtectionOff => (RuleId::PROTECTION_OFF, PhraseId::SETTING),
        Kind::ProgramElsewhere => (RuleId::PROGRAM_ELSEWHERE, PhraseId::PROGRAM_ELSEWHERE),
        Kind::Proxy => (RuleId::PROXY, PhraseId::SETTING),
        Kind::CutShort => (RuleId::UNREAD, PhraseId::MORE_THAN_LOOKED_AT),
    }
}
