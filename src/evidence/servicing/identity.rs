//! Names of components and packages as they stand in log lines. A package is `Name~token~architecture~culture~version`.

use super::literal::string;
use crate::evidence::component_store::keyform::{Identity, Keyform};

/// Bytes of the last part of a keyform, with the `_` before it.
const HASH: usize = 17;

/// Whether a name is a keyform.
pub fn is_keyform(name: &str) -> bool {
    Keyform::parse(name).is_some()
}

/// Whether a name is a keyform without its hash, as the system file checker's lines allow to make it.
fn is_without_hash(name: &str) -> bool {
    is_keyform(&format!("{name}_{:016x}", 0))
}

/// Whether two names are those of one component: keyforms, or a keyform and one without hash.
pub fn same_component(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let Some(rest) = long.strip_prefix(short) else { return false };
    rest.is_empty()
        || (rest.len() == HASH && rest.starts_with('_') && is_keyform(long) && is_without_hash(short))
}

/// The keyform without hash of a component as the system file checker names it, and what stands behind:
///
/// ```text
/// Microsoft-Windows-X, version 10.0.22621.1, arch amd64, nonSxS, pkt {l:8 b:31bf3856ad364e35} in the store, ...
/// Microsoft-Windows-X, Version = 6.1.7600.16385, pA = PROCESSOR_ARCHITECTURE_AMD64 (9), Culture neutral, ...
/// ```
pub(in crate::evidence) fn component_of_member(text: &str) -> Option<String> {
    let (name, rest) = text.split_once(", ")?;
    let behind = |words: [&str; 2]| words.into_iter().find_map(|word| Some(rest.split_once(word)?.1));
    let word = |text: &str| -> String {
        let end = text.find([',', ' ', '}']).unwrap_or(text.len());
        text.get(..end).unwrap_or_default().to_lowercase()
    };
    let version = word(behind(["version ", "Version = "])?);
    let architecture = behind(["arch ", "pA = PROCESSOR_ARCHITECTURE_"])?;
    let architecture = match architecture.strip_prefix("Host= ") {
        Some(_) => "wow64".to_owned(),
        None => match word(architecture).as_str() {
            "intel" => "x86".to_owned(),
            "ia32_on_win64" => "wow64".to_owned(),
            other => other.to_owned(),
        },
    };
    let token = rest.split_once("{l:8 b:").map(|(_, token)| word(token)).unwrap_or_default();
    let culture = behind(["culture ", "Culture = "]).and_then(string).map(|(culture, _)| culture);
    let (name, culture) = (name.to_owned(), culture.unwrap_or_default().to_owned());
    let keyform = Identity { name, culture, version, token, architecture, ..Identity::default() }.keyform();
    // The hash is over all attributes, and the line does not give all of them.
    is_keyform(&keyform).then(|| keyform.rsplit_once('_').map(|(rest, _)| rest.to_owned())).flatten()
}

/// The identity of a package somewhere in a text.
pub(in crate::evidence) fn package_in(text: &str) -> Option<&str> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | '\'' | '"' | '[' | ']' | '(' | ')' | '\\');
    text.split(is_end).find(|word| word.split('~').count() == 5 && !word.starts_with('~'))
}

/// The KB that the identity of a package names, `KB5004244` of `Package_1_for_KB5004244~...`. `KB777778` is what
/// packages on demand say where they have none.
pub fn kb_of(package: &str) -> Option<String> {
    let (_, rest) = package.split_once("KB")?;
    let end = rest.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(rest.len());
    let digits = rest.get(..end).filter(|digits| (5..=8).contains(&digits.len()) && *digits != "777778")?;
    Some(format!("KB{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DNS: &str =
        "amd64_microsoft-windows-dns-client-minwin_31bf3856ad364e35_10.0.22621.1485_none_757900759eb5b9e6";

    #[test]
    fn keyforms_have_a_shape() {
        for name in [
            DNS,
            "wow64_microsoft-windows-n..-backgroundtransfer_31bf3856ad364e35_10.0.22621.1_none_77cf9bc206166f64",
            "x86_a_none_1.0.0.0_zh-cn_0123456789abcdef",
        ] {
            assert!(is_keyform(name), "{name}");
        }
        for name in [
            "",
            "amd64_a_b",
            "mips_a_none_1.0.0.0_none_0123456789abcdef",
            "x86_a_none_1.0.0_none_0123456789abcdef",
        ] {
            assert!(!is_keyform(name), "{name}");
        }
    }

    #[test]
    fn members_are_components() {
        let new = "Microsoft-Windows-DNS-Client-MinWin, version 10.0.22621.1485, arch amd64, nonSxS, pkt {l:8 b:31bf3856ad364e35} in the store, hash mismatch";
        let component = component_of_member(new).unwrap();
        assert!(same_component(&component, DNS) && same_component(DNS, &component), "{component}");
        let old = "Microsoft-Windows-Printer-Drivers-Canon-And-Friends-Long, Version = 6.2.9200.16384, pA = PROCESSOR_ARCHITECTURE_AMD64 (9), Culture = [l:10{5}]\"en-US\", VersionScope = 1 nonSxS, PublicKeyToken = {l:8 b:31bf3856ad364e35}, Type neutral in the store, file is missing";
        assert_eq!(
            component_of_member(old).unwrap(),
            "amd64_microsoft-windows-p..on-and-friends-long_31bf3856ad364e35_6.2.9200.16384_en-us"
        );
        let guest = "Microsoft-Windows-themecpl, version 10.0.22621.1635, arch Host= amd64 Guest= x86, nonSxS, pkt {l:8 b:31bf3856ad364e35} in the store";
        assert!(component_of_member(guest).unwrap().starts_with("wow64_microsoft-windows-themecpl_"));
        assert_eq!(component_of_member("x, nothing"), None);
    }

    #[test]
    fn other_components_are_others() {
        let (begin, _) = DNS.rsplit_once('_').unwrap();
        assert!(!same_component(DNS, &format!("{begin}_0000000000000000")));
        assert!(!same_component("amd64_a", DNS));
        assert!(!same_component("", DNS));
    }

    #[test]
    fn packages_in_lines() {
        let line = "Session: 1_2, Package: Package_for_KB5004244~31bf3856ad364e35~amd64~~17763.2061.1.7, Identifier: X";
        let package = package_in(line).unwrap();
        assert_eq!(package, "Package_for_KB5004244~31bf3856ad364e35~amd64~~17763.2061.1.7");
        assert_eq!(kb_of(package).as_deref(), Some("KB5004244"));
        assert_eq!(kb_of("Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1911.1.6"), None);
        assert_eq!(package_in("no ~ package ~ here"), None);
    }
}
