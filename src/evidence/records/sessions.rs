//! The history of the servicing stack, `servicing\Sessions\Sessions.xml`: an element `Session` for each, whose `id` is the
//! instant at which it was made and whose `client` opened it, with elements `package` for what it was to install.

use std::io::Read;

use super::{
    Settings,
    document::{Document, Node, walk},
    input::{broken, head, testify},
};
use crate::evidence::{
    servicing::Recorder,
    statement::{PieceKind, Testimony},
    text_log,
};

/// Bytes that are read. Systems of some years have some ten million.
pub const MAX_BYTES: u64 = 32 << 20;

/// How the identity of a cumulative update begins.
const ROLLUP: &str = "Package_for_RollupFix~";

/// Reads the history into the account of a testimony.
pub fn read(input: impl Read, source: &str, settings: &Settings) -> Testimony {
    testify(input, source, PieceKind::Other, |input, testimony| {
        let bytes = head(input, MAX_BYTES, "history of sessions", testimony)?;
        let document = Document::of(&bytes, |bytes| settings.code_page.decode(bytes).into_owned());
        let mut recorder = Recorder::default();
        if let Err(why) = walk(&document, |node| meet(&node, &mut recorder)) {
            broken(testimony, why);
        }
        testimony.servicing = recorder.finish();
        Ok(())
    })
}

fn meet(node: &Node<'_>, recorder: &mut Recorder) {
    let Node::Begin(leaf) = node else { return };
    let attribute = |name: &str| {
        let found = leaf.attributes.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    };
    match leaf.path.last().map(String::as_str) {
        Some("Session") => {
            if let Some(client) = attribute("client") {
                recorder.client(client, attribute("id").and_then(text_log::session_id));
            }
        }
        Some("package") => {
            if let Some(package) = attribute("id").filter(|id| id.starts_with(ROLLUP)) {
                recorder.rollup(package);
            }
        }
        _ => {}
    }
}
