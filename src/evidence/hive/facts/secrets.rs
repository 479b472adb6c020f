//! What must never leave a hive: product keys and passwords.

/// Whether a value of this name may hold a secret, so that it is not read at all.
pub(in super::super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 6] =
        ["digitalproductid", "productkey", "password", "passphrase", "privatekey", "secret"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

/// Length of a group of a product key, and how many there are: `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX`.
const GROUP: usize = 5;
const KEY: usize = GROUP * (GROUP + 1) - 1;

/// A text in which what looks like a product key is blanked.
pub(super) fn blanked(text: &str) -> String {
    let mut key_ends = 0;
    let blank = |(at, character): (usize, char)| {
        if text.as_bytes().get(at..).is_some_and(begins_key) {
            key_ends = at + KEY;
        }
        if at < key_ends && character != '-' { '*' } else { character }
    };
    text.char_indices().map(blank).collect()
}

fn begins_key(bytes: &[u8]) -> bool {
    let Some((key, rest)) = bytes.split_at_checked(KEY) else { return false };
    let fits = |(at, byte): (usize, &u8)| match at % (GROUP + 1) {
        GROUP => *byte == b'-',
        _ => byte.is_ascii_alphanumeric(),
    };
    key.iter().enumerate().all(fits) && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::{blanked, is_secret};

    #[test]
    fn keys_are_blanked_and_nothing_else() {
        let key = "ABCDE-12345-FGHIJ-67890-KLMNO";
        let text = format!("/pkey {key} /x 神州");
        assert_eq!(blanked(&text), "/pkey *****-*****-*****-*****-***** /x 神州");
        for text in ["", "12345-12345-12345-12345", "8f2fc336-35d7-9963-cbb0-a43c4a916200", "a-b-c-d-e"] {
            assert_eq!(blanked(text), text);
        }
        assert_eq!(blanked(&key.to_lowercase()), "*****-*****-*****-*****-*****");
    }

    #[test]
    fn names_of_secrets() {
        for name in ["DigitalProductId4", "BackupProductKeyDefault", "DefaultPassword"] {
            assert!(is_secret(name), "{name}");
        }
        assert!(!is_secret("ProductName"));
    }
}
