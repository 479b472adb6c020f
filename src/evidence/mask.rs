//! Product keys and passwords that stand in evidence: they are masked before anything keeps or shows the words.

mod announced;
mod commands;
mod keys;

use std::{borrow::Cow, ops::Range};

/// What stands in place of a product key.
pub const MASKED_KEY: &str = "*****-*****-*****-*****-*****";

/// What stands in place of a password.
pub const MASKED_PASSWORD: &str = "*****";

/// What stands in place of a recovery password of `BitLocker`.
pub const MASKED_RECOVERY: &str = "******-******-******-******-******-******-******-******";

/// Replaces each product key (five groups of five letters or digits, whatever dashes are between them), each recovery
/// password of `BitLocker`, each password behind a word that announces one
/// (`password=`, `"Password": "`, `/pwd `, `<Password><Value>` ...), each password inside an address
/// (`https://user:password@host`), and each that is an operand of `net user` or `net use`.
pub fn mask(text: &str) -> Cow<'_, str> {
    let mut secrets = keys::find(text);
    secrets.extend(announced::find(text));
    secrets.extend(commands::in_addresses(text));
    secrets.extend(commands::in_net(text));
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    secrets.sort_by_key(|(range, _)| (range.start, range.end));
    let mut masked = String::with_capacity(text.len());
    let mut kept = 0;
    for (range, mask) in secrets {
        if range.start >= kept {
            masked.push_str(text.get(kept..range.start).unwrap_or_default());
            masked.push_str(mask);
        }
        kept = kept.max(range.end);
    }
    masked.push_str(text.get(kept..).unwrap_or_default());
    Cow::Owned(masked)
}

type Secret = (Range<usize>, &'static str);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn product_keys_are_masked_wherever_they_stand() {
        assert_eq!(
            mask("Initializing ProductKey:   [ABCDE-12345-FGHIJ-67890-KLMNO] ok"),
            "Initializing ProductKey:   [*****-*****-*****-*****-*****] ok"
        );
        assert_eq!(mask("slmgr /ipk abcde-12345-fghij-67890-klmno"), format!("slmgr /ipk {MASKED_KEY}"));
        assert_eq!(mask("xABCDE-12345-FGHIJ-67890-KLMNOx"), format!("x{MASKED_KEY}x"));
        assert_eq!(mask("BCDFG HJKMP QRTVW XY234 6789N,"), format!("{MASKED_KEY},"));
        assert_eq!(mask("ＢＣＤＦＧ－12345－FGHIJ—67890 – KLMNO"), MASKED_KEY);
        assert_eq!(mask("AB\u{200b}CDE-12345-FGHIJ-67890-KLMNO"), MASKED_KEY);
        assert_eq!(mask("ABCDE-12345-FGHIJ-67890-KLMNO-PQRST."), format!("{MASKED_KEY}."));
        let words = "these plain words which until never";
        assert!(matches!(mask(words), Cow::Borrowed(_)), "{}", mask(words));
        let recovery = "123456-234567-345678-456789-567890-678901-789012-890123";
        assert_eq!(mask(&format!("RP: {recovery}")), format!("RP: {MASKED_RECOVERY}"));
        let guid = "{71a5f6d8-7fc8-4426-b304-b854a49430df} 00330-80000-00000-AA123";
        assert!(matches!(mask(guid), Cow::Borrowed(_)));
    }

    #[test]
    fn passwords_are_masked_behind_their_words() {
        for (open, masked) in [
            ("net use password=Hunter2 x", "net use password=***** x"),
            ("Password: [Hunter 2] done", "Password: [*****] done"),
            (r#"{"AdminPassword": "Hunter 2"}"#, r#"{"AdminPassword": "*****"}"#),
            ("setup /Password Hunter2 /quiet", "setup /Password ***** /quiet"),
            ("x -pwd:Hunter2", "x -pwd:*****"),
            ("<Password><Value>SGk=</Value>", "<Password><Value>*****</Value>"),
            ("PASSWORD = 'a b' c", "PASSWORD = '*****' c"),
            ("https://admin:Hunter2@host/x", "https://admin:*****@host/x"),
            ("DomainAdminPassword is now = Hunter2", "DomainAdminPassword is now = *****"),
            ("the password was wrong", "the password was wrong"),
            ("/nopassword /quiet", "/nopassword /quiet"),
            ("cmd /c \"net user admin Hunter2 /add\"", "cmd /c \"net user admin ***** /add\""),
            ("NET1.exe  User /add admin \"Hunter 2\"&& x", "NET1.exe  User /add admin *****&& x"),
            ("net user admin /active:yes", "net user admin /active:yes"),
            ("net user admin & net user", "net user admin & net user"),
            ("net user admin *", "net user admin *"),
            (r"net use Z: \\srv\a$ Hunter2 /user:x", r"net use Z: \\srv\a$ ***** /user:x"),
            (r"net use \\srv\a$ Hunter2", r"net use \\srv\a$ *****"),
            ("Pass-Word = Hunter2 x", "Pass-Word = ***** x"),
            ("Kennwort: Hunter2", "Kennwort: *****"),
            ("密码为Hunter2", "密码为*****"),
            ("密码：“Hunter 2”", "密码：“*****”"),
            ("$pw = 'Hunter 2'", "$pw = '*****'"),
            ("wimgapw: 7", "wimgapw: 7"),
            ("/RP Hunter2 /tn x", "/RP ***** /tn x"),
            ("/passive x", "/passive x"),
            ("x \u{2013}password Hunter2", "x \u{2013}password *****"),
            (r#"{\"Password\":\"Hunter2\"}"#, r#"{\"Password\":\"*****"}"#),
            ("&quot;Password&quot;: &quot;Hunter 2&quot;", "&quot;Password&quot;: &quot;*****&quot;"),
            ("Authorization: Basic SGk6 x", "Authorization: Basic ***** x"),
            (
                "ConvertTo-SecureString -String \"Hunter 2\" -AsPlainText",
                "ConvertTo-SecureString -String \"*****\" -AsPlainText",
            ),
            (
                "reg add HKLM /v DefaultPassword /t REG_SZ /d Hunter2 /f",
                "reg add HKLM /v DefaultPassword /t REG_SZ /d ***** /f",
            ),
            (
                "sp $k -Name 'DefaultPassword' -Value 'Hunter 2'",
                "sp $k -Name 'DefaultPassword' -Value '*****'",
            ),
            ("pwd pwd://Hunter2 /d a", "pwd pwd:***** /d *****"),
            ("AdminPassword is set to Hunter2", "AdminPassword is set to *****"),
            ("subnet user admin word", "subnet user admin word"),
        ] {
            assert_eq!(mask(open), masked);
        }
    }

    #[test]
    fn long_lines_of_announcements_take_no_long_time() {
        for words in [
            "password=",
            "password",
            "password \"",
            "pwd://a:b@",
            "://",
            "AAAAA-",
            "/pwd ",
            "net user /",
            "net use \"",
            "AAAAA \u{2014}",
            "123456-",
            "password /d ",
            "pw-string ",
        ] {
            for _ in 0..20 {
                let _ = mask(&words.repeat((64 << 10) / words.len()));
            }
        }
    }

    proptest! {
        #[test]
        fn no_key_is_left_and_masking_ends(
            before in ".{0,60}",
            groups in proptest::collection::vec("[A-Z0-9]{5}", 5),
            gap in "[ \u{a0}]?[-_\u{2010}-\u{2015}\u{2212}\u{ff0d}\u{fffd}][ \u{3000}]?",
            after in ".{0,60}",
        ) {
            let key = groups.join(&gap);
            let masked = mask(&format!("{before}{key}{after}")).into_owned();
            prop_assert!(keys::find(&masked).is_empty(), "{}", masked);
            prop_assert!(!masked.contains(&key), "{}", masked);
        }

        #[test]
        fn no_key_with_blanks_is_left(groups in proptest::collection::vec("[B-DF-HJKMP-RTV-Yb-df-hjkmp-rtv-y2346-9]{5}", 5), gap in "[ \t\u{a0}\u{3000}]{1,3}") {
            let key = groups.join(&gap);
            let text = format!("key: {key}.");
            prop_assert_eq!(mask(&text), format!("key: {MASKED_KEY}."));
        }

        #[test]
        fn no_announced_password_is_left(
            word in prop::sample::select(vec!["Password", "admin_password", "PASS-WORD", "Passwort", "пароль", "密码", "pwd", "Secret"]),
            sign in prop::sample::select(vec!["=", ": ", " = ", "：", " is now = ", "\":\"", "\" : '", "=[", " set to "]),
            secret in "[A-Za-z0-9!#%$]{6,20}",
        ) {
            let masked = mask(&format!("x {word}{sign}{secret} y")).into_owned();
            prop_assert!(!masked.contains(&secret), "{}", masked);
        }

        #[test]
        fn any_text_can_be_masked(text in r#"([a-z<>=:/@"' \[\]-]|password|pwd|://|net use|net user |é){0,80}"#) {
            let _ = mask(&text);
        }
    }
}
