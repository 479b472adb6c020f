//! What must never leave a hive: product keys and passwords.

/// Whether a value of this name may hold a secret, so that it is not read at all.
pub(in super::super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 6] =
        ["digitalproductid", "productkey", "password", "passphrase", "privatekey", "secret"];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_of_secrets() {
        for name in ["DigitalProductId4", "BackupProductKeyDefault", "DefaultPassword"] {
            assert!(is_secret(name), "{name}");
        }
        assert!(!is_secret("ProductName"));
    }
}
