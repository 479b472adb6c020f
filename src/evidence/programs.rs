//! Files that are run, or loaded into what runs, by their names.

const ENDINGS: [&str; 16] = [
    ".exe", ".dll", ".sys", ".com", ".scr", ".cpl", ".ocx", ".efi", ".cmd", ".bat", ".ps1", ".psm1", ".vbs",
    ".js", ".msi", ".wsf",
];

/// Whether a file is a program or script, by its name or path in lower case.
pub fn is_program(name: &str) -> bool {
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}
