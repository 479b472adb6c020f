//! The keyform of a component: its identity as the name of a folder.
//!
//! `<architecture>_<name>_<public key token>_<version>_<culture>_<hash>`, in lower case. Long names are cut in the middle;
//! the hash, over all attributes of the identity, tells apart what is then the same.

/// Longest name that is not cut.
const NAME: usize = 40;
/// Longest culture that is not cut.
const CULTURE: usize = 8;

/// The parts of a keyform, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keyform<'k> {
    /// For example `amd64`.
    pub architecture: &'k str,
    /// Perhaps cut in the middle.
    pub name: &'k str,
    /// Public key token, 16 hexadecimal digits, or `none`.
    pub token: &'k str,
    /// Four numbers.
    pub version: [u32; 4],
    /// `none` for neutral; perhaps cut in the middle.
    pub culture: &'k str,
    /// 16 hexadecimal digits.
    pub hash: u64,
}

impl<'k> Keyform<'k> {
    /// Takes a name apart; `None` for one that is no keyform.
    pub fn parse(name: &'k str) -> Option<Self> {
        let (architecture, rest) = name.split_once('_')?;
        let mut parts = rest.rsplitn(5, '_');
        let (hash, culture, version, token) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let name = parts.next()?;
        let lower_hex =
            |text: &str| text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let known = ["amd64", "x86", "wow64", "msil", "arm64", "arm", "arm64.x86", "ia64"];
        let fits = known.contains(&architecture)
            && lower_hex(hash)
            && (lower_hex(token) || token == "none")
            && !name.is_empty()
            && name.len() <= NAME
            && !culture.is_empty();
        if !fits {
            return None;
        }
        let hash = u64::from_str_radix(hash, 16).ok()?;
        Some(Self { architecture, name, token, version: parse_version(version)?, culture, hash })
    }
}

/// Four numbers with dots between them.
pub fn parse_version(text: &str) -> Option<[u32; 4]> {
    let mut numbers = text.split('.').map(|number| {
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| number.parse().ok()).flatten()
    });
    let version = [numbers.next()??, numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(version)
}

/// The identity of a component, as its manifest gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// `name`.
    pub name: String,
    /// `language`, or `culture` in old manifests.
    pub culture: String,
    /// `type`.
    pub kind: String,
    /// `version`.
    pub version: String,
    /// `publicKeyToken`.
    pub token: String,
    /// `processorArchitecture`.
    pub architecture: String,
    /// `versionScope`.
    pub scope: String,
}

impl Identity {
    /// The name of its folder and manifest.
    pub fn keyform(&self) -> String {
        let or_none = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_lowercase() };
        let culture = neutral_as_none(&self.culture);
        format!(
            "{}_{}_{}_{}_{}_{:016x}",
            or_none(&self.architecture),
            short_name(&self.name),
            or_none(&self.token),
            self.version,
            cut(&or_none(culture), CULTURE),
            self.hash()
        )
    }

    /// The hash over its attributes.
    fn hash(&self) -> u64 {
        let attributes = [
            ("name", &*self.name),
            ("culture", neutral_as_none(&self.culture)),
            ("type", &self.kind),
            ("version", &self.version),
            ("publickeytoken", &self.token),
            ("processorarchitecture", neutral_as_none(&self.architecture)),
            ("versionscope", &self.scope),
        ];
        let given = |value: &str| !value.is_empty() && !value.eq_ignore_ascii_case("none");
        attributes.iter().filter(|(_, value)| given(value)).fold(0_u64, |key, (name, value)| {
            let attribute = hash_of(value).wrapping_add(STEP.wrapping_mul(hash_of(name)));
            attribute.wrapping_add(STEP.wrapping_mul(key))
        })
    }
}

/// The name of a component as its keyform has it: in lower case, cut in the middle where it is long.
pub fn short_name(name: &str) -> String {
    let kept: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || "-._".contains(*c)).collect();
    cut(&kept.to_lowercase(), NAME)
}

/// Both say that a component is for every culture or architecture.
fn neutral_as_none(value: &str) -> &str {
    if value.eq_ignore_ascii_case("neutral") { "none" } else { value }
}

const STEP: u64 = 0x1_FFFF_FFF7;

/// The hash of a text in lower case: four sums, each over every fourth UTF-16 unit, put together.
fn hash_of(text: &str) -> u64 {
    let mut sums = [0_u32; 4];
    for (unit, place) in text.to_lowercase().encode_utf16().zip((0..4).cycle()) {
        if let Some(sum) = sums.get_mut(place) {
            *sum = sum.wrapping_mul(0x1_003F).wrapping_add(u32::from(unit));
        }
    }
    let weights = [0x1E5_FFFF_FD27, 0xFFFF_FFDC_0000_0051, STEP, 1];
    sums.iter()
        .zip(weights)
        .fold(0, |all, (sum, weight): (&u32, u64)| all.wrapping_add(u64::from(*sum).wrapping_mul(weight)))
}

/// What is longer than `limit` keeps both ends, with two dots between them.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let keep = limit / 2 - 1;
    let head: String = text.chars().take(keep).collect();
    let tail: Vec<char> = text.chars().rev().take(keep).collect();
    head + ".." + &tail.into_iter().rev().collect::<String>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn identity(name: &str, culture: &str, kind: &str, version: &str) -> Identity {
        Identity {
            name: name.into(),
            culture: culture.into(),
            kind: kind.into(),
            version: version.into(),
            token: "31bf3856ad364e35".into(),
            architecture: "amd64".into(),
            scope: "nonSxS".into(),
        }
    }

    /// Names of components of Windows 11 24H2, each with the identity that its manifest gives.
    #[test]
    fn identities_give_the_names_that_windows_gives() {
        let version = "10.0.26100.1";
        for (identity, keyform) in [
            (
                identity("Microsoft-Windows-Core", "neutral", "", version),
                "amd64_microsoft-windows-core_31bf3856ad364e35_10.0.26100.1_none_a943f5e781a44c5c",
            ),
            (
                identity("dual_netvg63a.inf", "neutral", "dualModeDriver", version),
                "amd64_dual_netvg63a.inf_31bf3856ad364e35_10.0.26100.1_none_9162a10543917fc7",
            ),
            (
                identity("MultiPoint-SRCRes.Resources", "en-US", "", version),
                "amd64_multipoint-srcres.resources_31bf3856ad364e35_10.0.26100.1_en-us_6ab3ac0cf789ac3d",
            ),
        ] {
            assert_eq!(identity.keyform(), keyform);
        }
    }

    #[test]
    fn long_names_are_cut_in_the_middle() {
        let long =
            identity("Microsoft-Windows-Storage-Group-Policy-Driver-Extension", "neutral", "", "1.2.3.4");
        let keyform = long.keyform();
        assert!(keyform.starts_with("amd64_microsoft-windows-s..cy-driver-extension_31bf"), "{keyform}");
        assert_eq!(Keyform::parse(&keyform).expect("a keyform").name.len(), NAME);
        assert_eq!(cut("sr-latn-rs", CULTURE), "sr-..-rs");
    }

    #[test]
    fn other_folders_of_the_store_are_no_components() {
        for name in [
            "Manifests",
            "Catalogs",
            "Temp",
            "amd64_x_31bf3856ad364e35_10.0_none_a943f5e781a44c5c",
            "",
            "_____",
        ] {
            assert_eq!(Keyform::parse(name), None, "{name}");
        }
        let underscores = "x86_a_b_c_none_1.2.3.4_none_0123456789abcdef";
        assert_eq!(Keyform::parse(underscores).map(|keyform| keyform.name), Some("a_b_c"));
    }

    proptest! {
        #[test]
        fn every_identity_gives_a_keyform(name in "[A-Za-z][A-Za-z0-9._-]{0,80}", version in "[0-9]{1,5}(\\.[0-9]{1,5}){3}") {
            let keyform = identity(&name, "neutral", "", &version).keyform();
            prop_assert!(Keyform::parse(&keyform).is_some(), "{}", keyform);
        }

        #[test]
        fn no_name_makes_the_parser_fail(name in "\\PC*") {
            let _ = Keyform::parse(&name);
        }
    }
}
