//! The file of a package (`.mum`): which components it brings.
//!
//! ```text
//! <assembly xmlns="urn:schemas-microsoft-com:asm.v3">
//!   <assemblyIdentity name="Microsoft-Windows-X-Package" ... />
//!   <package identifier="..." releaseType="Feature Pack">
//!     <update name="..."><component><assemblyIdentity name="Microsoft-Windows-X-Deployment" ... /></component></update>
//!     <update name="..."><package integrate="hidden"><assemblyIdentity ... /></package></update>
//! ```
//!
//! What stands in `package` is another package, which may not apply to an edition and then is not there.

use quick_xml::{Reader, events::Event};

use super::manifest::identity;

/// Longest file that is read. Those of cumulative updates have some MB.
pub const MAX_BYTES: usize = 16 << 20;
/// Components of one package.
const MAX_COMPONENTS: usize = 100_000;
/// Elements inside each other.
const MAX_DEPTH: usize = 64;

const WAY: [&str; 5] = ["assembly", "package", "update", "component", "assemblyIdentity"];

/// The components that a package brings, without their versions (see [`Keyform::versionless`]); those of a file that is none
/// as far as it can be read.
///
/// [`Keyform::versionless`]: super::keyform::Keyform::versionless
pub fn components(bytes: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(bytes.get(..MAX_BYTES).unwrap_or(bytes)).unwrap_or_default();
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    // Elements around, and how many of them are those of the way.
    let (mut depth, mut fitting) = (0, 0);
    let mut found = Vec::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(start) => {
                let fits = fitting == depth
                    && WAY.get(depth).is_some_and(|name| *name == start.local_name().as_ref());
                fitting += usize::from(fits);
                depth += 1;
                if fitting == WAY.len() && fits {
                    found.extend(identity(&start).versionless());
                }
                if depth > MAX_DEPTH || found.len() >= MAX_COMPONENTS {
                    break;
                }
            }
            Event::End(_) => {
                depth = depth.saturating_sub(1);
                fitting = fitting.min(depth);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::components;

    #[test]
    fn components_are_told_and_packages_and_parents_are_not() {
        let one = |name: &str, language: &str| {
            format!(
                r#"<assemblyIdentity name="{name}" version="10.0.1.1" processorArchitecture="amd64" language="{language}" publicKeyToken="31bf3856ad364e35" versionScope="nonSxS" />"#
            )
        };
        let text = format!(
            r#"<?xml version="1.0"?><assembly xmlns="urn:schemas-microsoft-com:asm.v3">{}<package identifier="KB1">
            <parent>{}</parent><update name="1"><package integrate="hidden">{}</package></update>
            <update name="2"><applicable><detectUpdate><update name="1"/></detectUpdate></applicable><component>{}</component></update>
            <update name="3"><component>{}</component></update><update name="4"><driver>{}</driver></update></package></assembly>"#,
            one("the-package", "neutral"),
            one("its-parent", "neutral"),
            one("another-package", "neutral"),
            one("X-Deployment", "neutral"),
            one("x-all", "*"),
            one("a-driver", "neutral"),
        );
        assert_eq!(components(text.as_bytes()), ["amd64_x-deployment_31bf3856ad364e35_none"]);
        for other in [&b""[..], b"\xff\xfe<", b"<assembly>", b"<package><update/></package>"] {
            assert!(components(other).is_empty());
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(text in "(<|>|/|assembly|assemblyIdentity|package|update|component| |\"|=|name)*") {
            let _ = components(text.as_bytes());
        }
    }
}
