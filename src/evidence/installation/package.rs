//! Identities of packages: `Name~PublicKeyToken~Architecture~Language~Version`, as their files are named.

/// Names of the packages that hold a cumulative update.
const ROLLUP: &str = "package_for_rollupfix";

/// A package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// The identity, as it stands.
    pub identity: String,
    /// Its first part.
    pub name: String,
    /// Its last part.
    pub version: String,
}

impl Package {
    /// Takes an identity apart.
    pub fn parse(identity: &str) -> Option<Self> {
        let parts: Vec<&str> = identity.split('~').collect();
        let [name, _, _, _, version] = parts[..] else { return None };
        let sound = !name.is_empty() && version.split('.').all(|part| part.parse::<u32>().is_ok());
        let [identity, name, version] = [identity, name, version].map(str::to_owned);
        sound.then_some(Self { identity, name, version })
    }

    /// Build and revision that it brings a system to, of a cumulative update: `17763.1911.1.6` brings it to 17763.1911.
    pub fn brings_to(&self) -> Option<(u32, u32)> {
        if !self.name.eq_ignore_ascii_case(ROLLUP) {
            return None;
        }
        let mut numbers = self.version.split('.').map(|number| number.parse().ok());
        Some((numbers.next()??, numbers.next()??))
    }

    /// The edition that it makes of a system: `Microsoft-Windows-EnterpriseSEdition` makes `EnterpriseS`.
    pub fn edition(&self) -> Option<&str> {
        let begin = "microsoft-windows-";
        let rest = self.name.get(..begin.len()).filter(|head| head.eq_ignore_ascii_case(begin));
        let rest = rest.and_then(|head| self.name.get(head.len()..))?;
        let edition = rest.len().checked_sub("edition".len()).and_then(|end| rest.split_at_checked(end))?;
        let sound = edition.1.eq_ignore_ascii_case("edition") && !edition.0.contains('-');
        (sound && !edition.0.is_empty()).then_some(edition.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Package;

    #[test]
    fn updates_and_editions_are_told_by_their_names() {
        let rollup = Package::parse("Package_for_RollupFix~31bf3856ad364e35~amd64~~17763.1911.1.6");
        assert_eq!(rollup.and_then(|package| package.brings_to()), Some((17763, 1911)));
        for (name, edition) in [
            (
                "Microsoft-Windows-EnterpriseSEdition~31bf3856ad364e35~amd64~~10.0.17763.1",
                Some("EnterpriseS"),
            ),
            ("Microsoft-Windows-EnterpriseSEdition-wrapper~31bf3856ad364e35~amd64~~10.0.17763.1", None),
            ("Microsoft-Windows-Foundation-Package~31bf3856ad364e35~amd64~~10.0.17763.1", None),
            ("Microsoft-Windows-Edition~31bf3856ad364e35~amd64~~10.0.17763.1", None),
        ] {
            let package = Package::parse(name).expect("a package");
            assert_eq!((package.edition(), package.brings_to()), (edition, None), "{name}");
        }
        for text in ["", "~~~~", "a~b~c~d", "a~b~c~d~e", "a~b~c~d~1.x", "\u{fc}\u{fc}\u{fc}~b~c~d~1"] {
            let package = Package::parse(text);
            assert!(package.is_none_or(|package| package.edition().is_none()), "{text}");
        }
    }
}
