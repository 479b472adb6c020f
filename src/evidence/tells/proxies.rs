//! Proxies, through which all that programs fetch from the web passes.
//!
//! They stand in values of `Internet Settings`, and packed in values of `Connections` below: a word for the version, one
//! that counts changes, one of flags (2: a proxy is used, 4: a file says which), then texts of one byte a character, each
//! behind its length: the proxy, what bypasses it, the address of the file.

use super::{
    Kind, Tells,
    hive::{Hive, Key},
    key, number, settings, value,
};

const PLACES: [&str; 2] = [
    "Microsoft\\Windows\\CurrentVersion\\Internet Settings",
    "Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings",
];

/// Packed settings: of programs of a user, and of services.
const PACKED: [&str; 2] = ["DefaultConnectionSettings", "WinHttpSettings"];

const USES_PROXY: u32 = 2;
const USES_FILE: u32 = 4;

/// Tells of the proxies of a hive, whose settings of programs stand below `root`.
pub(super) fn look(name: &str, hive: &Hive, root: &str, tells: &mut Tells) {
    for place in PLACES.iter().filter_map(|path| key(hive, &format!("{root}{path}"))) {
        if number(&place, "ProxyEnable") == Some(1) {
            settings::texts(name, &place, "ProxyServer", Kind::Proxy, |_| false, tells);
        }
        settings::texts(name, &place, "AutoConfigURL", Kind::Proxy, |_| false, tells);
        if let Ok(Some(connections)) = place.subkey("Connections") {
            packed(name, &connections, tells);
        }
    }
}

fn packed(name: &str, connections: &Key<'_>, tells: &mut Tells) {
    for setting in PACKED {
        let Some(value) = value(connections, setting).filter(|value| value.size() <= super::MAX_VALUE) else {
            continue;
        };
        if let Some(said) = value.data().ok().and_then(|data| unpacked(&data)) {
            tells.value(Kind::Proxy, name, connections, &value, &said);
        }
    }
}

/// The proxy that is used, and the address of the file that is.
fn unpacked(data: &[u8]) -> Option<String> {
    let word = |at: usize| Some(u32::from_le_bytes(data.get(at..at.checked_add(4)?)?.try_into().ok()?));
    let text = |at: usize| {
        let (begin, length) = (at.checked_add(4)?, usize::try_from(word(at)?).ok()?);
        let end = begin.checked_add(length)?;
        Some((String::from_utf8_lossy(data.get(begin..end)?).into_owned(), end))
    };
    let flags = word(8)?;
    let (proxy, end) = text(12)?;
    // The settings of services end behind what bypasses the proxy.
    let file = text(end).and_then(|(_, end)| text(end)).map(|(file, _)| file).unwrap_or_default();
    let used = [(USES_PROXY, proxy), (USES_FILE, file)].into_iter();
    let used = used.filter(|(flag, text)| flags & flag != 0 && !text.is_empty()).map(|(_, text)| text);
    let used: Vec<String> = used.collect();
    (!used.is_empty()).then(|| used.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unpacked;

    fn settings(flags: u32, texts: &[&str]) -> Vec<u8> {
        let mut data = [0x46, 7, flags].map(u32::to_le_bytes).concat();
        for text in texts {
            data.extend(u32::try_from(text.len()).expect("short").to_le_bytes());
            data.extend(text.as_bytes());
        }
        data
    }

    #[test]
    fn what_is_used_is_told() {
        let texts = ["proxy.example:8080", "<local>", "http://x.example/p.pac"];
        for (flags, told) in [
            (1, None),
            (3, Some("proxy.example:8080")),
            (5, Some("http://x.example/p.pac")),
            (7, Some("proxy.example:8080, http://x.example/p.pac")),
        ] {
            assert_eq!(unpacked(&settings(flags, &texts)).as_deref(), told, "{flags}");
        }
        assert_eq!(unpacked(&settings(3, &["proxy.example:8080"])).as_deref(), Some("proxy.example:8080"));
        assert_eq!(unpacked(&settings(3, &["", "", ""])), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(data: Vec<u8>) {
            let _ = unpacked(&data);
        }
    }
}
