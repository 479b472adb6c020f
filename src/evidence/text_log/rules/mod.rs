//! The lines that say something, by the program that writes them.

mod images;
mod platform;
mod servicing;
mod setup_host;
mod sysprep;
mod unattend;
mod winpe;

use std::sync::LazyLock;

use super::table::Table;

pub(super) use platform::{failure, host_property, operation_row};

/// All rules.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    Table::of(&[
        images::RULES,
        platform::RULES,
        servicing::RULES,
        setup_host::RULES,
        sysprep::RULES,
        unattend::RULES,
        winpe::RULES,
    ])
});

#[cfg(test)]
mod tests {
    #[test]
    fn every_rule_can_be_found() {
        for rules in [
            super::images::RULES,
            super::platform::RULES,
            super::servicing::RULES,
            super::setup_host::RULES,
            super::sysprep::RULES,
            super::unattend::RULES,
            super::winpe::RULES,
        ] {
            for rule in rules {
                let component = rule.of.first().copied().unwrap_or_default();
                let found = super::TABLE.find(component.as_bytes(), rule.words.as_bytes());
                assert_eq!(found.map(|(found, _)| found.words), Some(rule.words));
            }
        }
    }
}
