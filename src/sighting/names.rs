//! Names that look alike.
//!
//! A name in an image is attacker text: full-width letters, Cyrillic look-alikes, zero-width characters or bidi controls
//! make another name that a person reads as the approved one.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};
use unicode_security::skeleton;

/// Characters of a name that are compared: no real one is longer.
const COMPARED: usize = 1024;

/// What a name looks like: NFKC, without invisible characters, confusable letters mapped to one (UTS 39), in lower case,
/// blanks folded. Names with the same form are taken for each other.
pub fn normal_form(name: &str) -> String {
    let visible: String = name.chars().take(COMPARED).nfkc().filter(|c| !is_invisible(*c)).collect();
    // Lower case first brings K (Kelvin sign) and the like home; the skeleton maps `1`, `I` and `l` to one letter and
    // may give upper case again.
    let lower: String = skeleton(&visible.to_lowercase()).collect::<String>().to_lowercase();
    let folded: String = skeleton(&lower).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is another form of an ASCII one: full-width, mathematical, circled letters.
pub fn imitates_ascii(c: char) -> bool {
    let mut plain = c.nfkc();
    !c.is_ascii() && !c.is_whitespace() && plain.next().is_some_and(|first| first.is_ascii_alphanumeric())
}

/// Whether a character shows nothing, or changes how its neighbours are shown: controls, format characters (bidi,
/// zero-width), unassigned and private ones.
pub fn is_invisible(c: char) -> bool {
    // Line separators, blank letters, and what Unicode lets a reader ignore.
    let blank = matches!(c,
        '\u{2028}' | '\u{2029}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}');
    blank
        || matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::Unassigned
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_alikes_have_one_form() {
        let approved = normal_form("CMGE V2020-L");
        for other in [
            "cmge v2020-l",
            " CMGE  V2020-L ",
            "\u{ff23}\u{ff2d}\u{ff27}\u{ff25} V2020-L", // full-width
            "CMG\u{415} V2020-L",                       // Cyrillic
            "CMGE\u{200b} V2020\u{200d}-L",             // zero-width
            "\u{202d}CMGE V2020-L\u{202c}",             // bidi
            "CMGE V2O2O-L",                             // letters for digits
            "CMGE\u{a0}V2020\u{2010}L",                 // other blank, other hyphen
        ] {
            assert_eq!(normal_form(other), approved, "{other:?}");
        }
        for other in ["CMGE V2022-L", "CMGE V0-H", "ICBC VDA Win10 LTSC 2019", ""] {
            assert_ne!(normal_form(other), approved, "{other:?}");
        }
    }

    #[test]
    fn chinese_names_stay_apart() {
        assert_ne!(normal_form("\u{5de5}\u{884c} 2019"), normal_form("\u{5efa}\u{884c} 2019"));
    }
}
