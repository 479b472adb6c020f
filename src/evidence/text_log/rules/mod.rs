//! The lines that say something, by the program that writes them.

mod images;
mod platform;
mod servicing;
mod setup_host;
mod store;
mod sysprep;
mod unattend;
mod winpe;

use std::sync::LazyLock;

use super::table::{Rule, Table};

pub(super) use platform::{failure, host_property, operation_row};
pub(super) use store::{
    are_hashes, block_line, has_failed, hashes, is_of_block, names_rollup, rollup, servicing_failure,
    without_component,
};

const ALL: &[&[Rule]] = &[
    images::RULES,
    platform::RULES,
    servicing::RULES,
    setup_host::RULES,
    store::RULES,
    sysprep::RULES,
    unattend::RULES,
    winpe::RULES,
];

/// All rules.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(ALL));

/// The words of all rules.
#[cfg(test)]
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    ALL.iter().flat_map(|rules| rules.iter()).map(|rule| rule.words)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_rule_can_be_found() {
        for rule in super::ALL.iter().flat_map(|rules| rules.iter()) {
            let component = rule.of.first().copied().unwrap_or_default();
            let found = super::TABLE.find(component.as_bytes(), rule.words.as_bytes());
            assert_eq!(found.map(|(found, _)| found.words), Some(rule.words));
        }
    }
}
