//! What an answer file would do: passwords that it holds, commands that it runs.

use quick_xml::{Reader, events::Event};

use crate::evidence::{
    records::{Settings, answer_file},
    statement::Topic,
};

/// Commands of one file that are told.
const MAX_COMMANDS: usize = 100;

/// Elements of one file that are looked at.
const MAX_EVENTS: usize = 1 << 20;

/// What an answer file says.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Whether it holds a password that is not empty. It is never kept.
    pub(super) holds_password: bool,
    /// Commands, without secrets.
    pub(super) commands: Vec<String>,
}

pub(super) fn read(bytes: &[u8]) -> Said {
    let testimony = answer_file::read(bytes, "answer file", &Settings::default());
    let scripts = testimony.statements.iter().filter(|statement| statement.topic == Topic::Script);
    let commands = scripts.map(|script| script.value.to_string()).take(MAX_COMMANDS).collect();
    Said { holds_password: holds_password(bytes), commands }
}

/// What setup puts in place of a password when it has used an answer file.
const DELETED: &str = "*SENSITIVE*DATA*DELETED*";

fn is_secret(text: &str) -> bool {
    !matches!(text.trim(), "" | DELETED)
}

/// Whether an element whose name ends in `Password` has text, or has an element `Value` with text. UTF-16 is taken as the
/// bytes come: its names are found with the zero bytes left out.
fn holds_password(bytes: &[u8]) -> bool {
    let narrow: Vec<u8> = match bytes {
        [0xFF, 0xFE, rest @ ..] | [0xFE, 0xFF, rest @ ..] => {
            rest.iter().copied().filter(|byte| *byte != 0).collect()
        }
        _ => bytes.to_vec(),
    };
    let text = String::from_utf8_lossy(&narrow);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().check_end_names = false;
    // How deep within an element of a password the reader is, and whether in its `PlainText`, which is true or false.
    let (mut within, mut of_form) = (0_usize, false);
    for _ in 0..MAX_EVENTS {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let local = start.local_name().as_ref().to_ascii_lowercase();
                within = if within > 0 || local.ends_with("password") { within + 1 } else { 0 };
                of_form = local == "plaintext";
            }
            Ok(Event::End(_)) => (within, of_form) = (within.saturating_sub(1), false),
            Ok(Event::Text(text)) if within > 0 && !of_form && is_secret(&text) => return true,
            Ok(Event::CData(text)) if within > 0 && is_secret(&text) => return true,
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
    false
}
