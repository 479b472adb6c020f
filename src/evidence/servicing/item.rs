//! Lines of the block that a check of the store leaves behind: items, and the fields of the summary.
//!
//! ```text
//! (p)<TAB>CSI Payload Corrupt<TAB>(w)<TAB>(Fixed)<TAB>amd64_..._none_0123456789abcdef\file.dll
//! (f)<TAB>CBS MUM Corrupt<TAB>0x800F0900<TAB>servicing\Packages\X.mum<TAB><TAB>Line 1: ...
//! <TAB>CSI Payload Corruption:<TAB>94
//! ```
//!
//! Copies that went through a mail have blanks for the TABs.

use super::{Check, Code, Corruption, Field, Item, ItemKind, identity::is_keyform};

/// Kinds of items, by the words of their lines.
const KINDS: [(&str, ItemKind); 14] = [
    ("CSI Payload Corrupt", ItemKind::Payload),
    ("CSI Payload File Corrupt", ItemKind::Payload),
    ("CSI Payload File Missing", ItemKind::PayloadMissing),
    ("CSI Payload Missing", ItemKind::PayloadMissing),
    ("CSI Manifest Corrupt", ItemKind::Manifest),
    ("CSI Manifest Missing", ItemKind::Manifest),
    ("CSI Manifest All Zeros", ItemKind::Manifest),
    ("CSI Manifest All Zeroes", ItemKind::Manifest),
    ("CBS Catalog Corrupt", ItemKind::Catalog),
    ("CBS Catalog Missing", ItemKind::Catalog),
    ("CBS MUM Corrupt", ItemKind::Package),
    ("CBS MUM Missing", ItemKind::PackageMissing),
    ("CBS Watchlist Package Missing", ItemKind::PackageMissing),
    ("CBS Registry Error", ItemKind::Other),
];

/// Reads the line of an item.
pub(super) fn item(line: &str) -> Option<Item> {
    let (found, rest) = marked(line)?;
    let is_checksur = found != "(p)";
    let (kind, rest) = kind(rest)?;
    let mut item = Item {
        kind,
        component: "".into(),
        file: None,
        flag: None,
        code: None,
        fixed: found == "(fix)",
        no_replacement: false,
        on: None,
    };
    let rest = flags(rest, &mut item);
    match is_checksur {
        true => checksur_names(rest, &mut item),
        false => names(rest, &mut item),
    }
    (!item.component.is_empty()).then_some(item)
}

/// The mark of an item, and what stands behind.
fn marked(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim_start();
    let rest_of = |mark: &'static str| Some((mark, line.strip_prefix(mark)?));
    ["(p)", "(f)", "(fix)"].into_iter().find_map(rest_of).map(|(mark, rest)| (mark, rest.trim_start()))
}

fn kind(text: &str) -> Option<(ItemKind, &str)> {
    let known =
        KINDS.iter().filter_map(|(words, kind)| Some((words.len(), *kind, text.strip_prefix(words)?)));
    let known = known.filter(|(_, _, rest)| rest.is_empty() || rest.starts_with([' ', '\t', '(']));
    if let Some((_, kind, rest)) = known.max_by_key(|(length, ..)| *length) {
        return Some((kind, rest));
    }
    // A kind that is not known: its words end where the column does.
    let end = text.find('\t').or_else(|| text.find("  "))?;
    text.starts_with('C').then_some((ItemKind::Other, text.get(end..)?))
}

/// Reads the columns before the names: `(n)`, `(Fixed)`, `0x800F0900`.
fn flags<'t>(text: &'t str, item: &mut Item) -> &'t str {
    let mut rest = text.trim_start();
    loop {
        if let Some(behind) = rest.strip_prefix("(Fixed)") {
            item.fixed = true;
            rest = behind.trim_start();
        } else if let Some((flag, behind)) = flag(rest) {
            item.flag = Some(flag);
            rest = behind.trim_start();
        } else if rest.starts_with("0x") {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            item.code = Code::parse(rest);
            rest = rest.get(end..).unwrap_or_default().trim_start();
        } else {
            return rest;
        }
    }
}

fn flag(text: &str) -> Option<(char, &str)> {
    let mut letters = text.strip_prefix('(')?.chars();
    let flag = letters.next().filter(char::is_ascii_alphabetic)?;
    Some((flag, letters.as_str().strip_prefix(')')?))
}

/// `keyform\file`, or the identity of a package.
fn names(text: &str, item: &mut Item) {
    let text = text.trim_end();
    match text.split_once('\\').filter(|(component, _)| is_keyform(component)) {
        Some((component, file)) => {
            item.component = component.into();
            item.file = Some(file.into());
        }
        None => item.component = text.into(),
    }
}

/// The tool of Windows 7 gives the file first, then the component; for packages a path.
fn checksur_names(text: &str, item: &mut Item) {
    let mut columns = text.split('\t').flat_map(|column| column.split("  ")).map(str::trim);
    let mut columns = columns.by_ref().filter(|column| !column.is_empty());
    let first = columns.next().unwrap_or_default();
    if let Some(component) = columns.next().filter(|second| is_keyform(second)) {
        item.component = component.into();
        item.file = Some(first.into());
        return;
    }
    let name = first.rsplit('\\').next().unwrap_or_default();
    let name = [".mum", ".cat", ".manifest"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    item.component = name.into();
}

/// Reads a line of the summary.
pub(super) fn field(line: &str) -> Option<Field> {
    let line = line.trim();
    if let Some((name, value)) = line.split_once(':') {
        return named_field(name.trim(), value.trim());
    }
    // The tool of Windows 7.
    let count = |words: &str| number(line.strip_prefix(words)?);
    if line.starts_with("No errors detected") {
        return Some(Field::Detected(0));
    }
    let is_errors = line.ends_with(" errors") || line.ends_with(" error");
    is_errors.then_some(())?;
    count("Found ").map(Field::Detected).or_else(|| count("Fixed ").map(Field::Repaired))
}

fn named_field(name: &str, value: &str) -> Option<Field> {
    let part = |names: &[&str]| names.iter().position(|other| *other == name).zip(number(value));
    match name {
        "Operation" => Some(Field::Operation(value.into())),
        "Operation result" => Code::parse(value).map(Field::Result),
        "Last Successful Step" => Some(Field::LastStep(value.into())),
        "Total Detected Corruption" => number(value).map(Field::Detected),
        "Total Repaired Corruption" => number(value).map(Field::Repaired),
        "CSI Store Metadata refreshed" => Some(Field::Refreshed(value.eq_ignore_ascii_case("true"))),
        "Total Operation Time" | "Seconds executed" => number(value).map(Field::Seconds),
        _ => part(&CORRUPTION)
            .map(|(at, count)| Field::Corruption(at, count))
            .or_else(|| part(&REPAIRED).map(|(at, count)| Field::Repairs(at, count))),
    }
}

/// In the order of [`Corruption::ALL`].
const CORRUPTION: [&str; Corruption::ALL.len()] = [
    "CBS Manifest Corruption",
    "CBS Metadata Corruption",
    "CSI Manifest Corruption",
    "CSI Metadata Corruption",
    "CSI Payload Corruption",
];
const REPAIRED: [&str; 3] = ["CBS Manifest Repaired", "CSI Manifest Repaired", "CSI Payload Repaired"];

/// The first number of a text.
fn number(text: &str) -> Option<u64> {
    let from = text.find(|digit: char| digit.is_ascii_digit())?;
    let digits = text.get(from..)?;
    let end = digits.find(|digit: char| !digit.is_ascii_digit()).unwrap_or(digits.len());
    digits.get(..end)?.parse().ok()
}

impl Check {
    /// Takes a field of the summary.
    pub(super) fn take(&mut self, field: Field) {
        let place = match field {
            Field::Operation(value) => return self.operation = Some(value),
            Field::Result(code) => return self.result = Some(code),
            Field::LastStep(step) => return self.last_step = Some(step),
            Field::Refreshed(is) => return self.refreshed = Some(is),
            Field::Detected(count) => Some((&mut self.detected, count)),
            Field::Repaired(count) => Some((&mut self.repaired, count)),
            Field::Seconds(count) => Some((&mut self.seconds, count)),
            Field::Corruption(at, count) => self.corruption.get_mut(at).map(|place| (place, count)),
            Field::Repairs(at, count) => self.repairs.get_mut(at).map(|place| (place, count)),
        };
        if let Some((place, count)) = place {
            *place = Some(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const K: &str = "amd64_microsoft-windows-themecpl_31bf3856ad364e35_10.0.22621.1635_none_e0f4ab52b67a554e";

    fn read(line: &str) -> (ItemKind, String, Option<String>, Option<char>, bool) {
        let item = item(line).unwrap_or_else(|| panic!("{line}"));
        (item.kind, item.component.to_string(), item.file.map(Into::into), item.flag, item.fixed)
    }

    #[test]
    fn items_of_every_age() {
        let payload =
            |flag, fixed, file: &str| (ItemKind::Payload, K.to_owned(), Some(file.to_owned()), flag, fixed);
        for (line, expected) in [
            (
                format!("(p)\tCSI Payload Corrupt\t(n)\t\t\t{K}\\themecpl.dll"),
                payload(Some('n'), false, "themecpl.dll"),
            ),
            (
                format!("(p)\tCSI Payload Corrupt\t(w)\t(Fixed)\t{K}\\r\\x.dll"),
                payload(Some('w'), true, "r\\x.dll"),
            ),
            (
                format!("(p)\tCSI Payload Corrupt\t\t\t{K}\\themecpl.dll"),
                payload(None, false, "themecpl.dll"),
            ),
            (
                format!("(p)  CSI Payload Corrupt   (n)         {K}\\Windows Ding.wav"),
                payload(Some('n'), false, "Windows Ding.wav"),
            ),
            (format!("(p) CSI Payload Corrupt (w) (Fixed) {K}\\a.dll"), payload(Some('w'), true, "a.dll")),
        ] {
            assert_eq!(read(&line), expected, "{line}");
        }
    }

    #[test]
    fn items_of_packages() {
        let package = "Microsoft-Windows-X-Package~31bf3856ad364e35~amd64~~10.0.22621.1702";
        let (kind, component, file, ..) = read(&format!("(p)\tCBS Catalog Corrupt\t(n)\t\t\t{package}"));
        assert_eq!((kind, component.as_str(), file), (ItemKind::Catalog, package, None));
        let line = "(f)\tCBS MUM Corrupt\t0x800F0900\tservicing\\Packages\\Package_for_KB2~31bf3856ad364e35~amd64~~6.1.1.4.mum\t\tLine 1: x";
        let found = item(line).unwrap();
        assert_eq!((found.kind, found.code), (ItemKind::Package, Some(Code(0x800f_0900))));
        assert_eq!(&*found.component, "Package_for_KB2~31bf3856ad364e35~amd64~~6.1.1.4");
        let missing = item(&format!("(f)\tCSI Payload File Missing\t0x00000000\twinload.exe\t{K}")).unwrap();
        assert_eq!((missing.kind, missing.file.as_deref()), (ItemKind::PayloadMissing, Some("winload.exe")));
        assert!(item("(fix)\tCBS MUM Corrupt\tCBS File Replaced\tX.mum from Cabinet: y").unwrap().fixed);
        assert_eq!(item("(p)\tCSI Payload Corrupt\t(n)"), None);
        assert_eq!(item("(p) of what"), None);
    }

    #[test]
    fn fields_of_every_age() {
        assert_eq!(field("\tCSI Payload Corruption:\t94"), Some(Field::Corruption(4, 94)));
        assert_eq!(field("Total Detected Corruption:      94"), Some(Field::Detected(94)));
        assert_eq!(field("Operation: Detect only "), Some(Field::Operation("Detect only".into())));
        assert_eq!(field("Operation result: 0x800f0954"), Some(Field::Result(Code(0x800f_0954))));
        assert_eq!(field("Total Operation Time: 282 seconds."), Some(Field::Seconds(282)));
        assert_eq!(field(" Found 8 errors"), Some(Field::Detected(8)));
        assert_eq!(field("Staged Packages:"), None);
        assert_eq!(field("Total Detected Corruption: 99999999999999999999"), None);
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in any::<String>(), tail in "[()pfn\\t CSIBMU:0-9xa_\\\\]{0,60}") {
            let _ = (item(&line), field(&line));
            let _ = (item(&format!("(p){tail}")), item(&format!("(f)\tCSI Payload Corrupt{tail}")), field(&tail));
        }
    }
}
