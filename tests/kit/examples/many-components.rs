//! Makes an image of about 100,000 files that is a component store: for measuring `wimproof health`.
//!
//! `cargo run --release -p wimproof-testkit --example many-components -- FILE [COMPONENTS] [BYTES]`

#![allow(clippy::expect_used, reason = "a program that may fail")]

use wimproof_testkit::{
    Compression, Image, Wim,
    component_store::{self, Component, File},
};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("a file");
    let mut number =
        |default: usize| arguments.next().map_or(default, |text| text.parse().expect("a number"));
    // Of each component two files, both again in System32, and a manifest: five files.
    let (count, size) = (number(20_000), number(10_000));
    let mut components = vec![Component::servicing_stack("10.0.17763.1879")];
    components.extend((0..count).map(|number| component(number, size)));
    let image = Image::new("many components").root(component_store::image(&components));
    Wim::new().image(image).compression(Compression::Xpress).build().write(path).expect("written");
}

fn component(number: usize, size: usize) -> Component {
    let mut component = Component::new(&format!("Microsoft-Windows-Part{number:05}"), "10.0.17763.1");
    component.compressed = !number.is_multiple_of(8);
    for file in 0..2 {
        let name = format!("part{number:05}{file}.dll");
        let bytes = program(number * 2 + file, size / 2 + number * 7919 % size);
        component.files.push(File { linked: true, ..File::sound(&name, bytes) });
    }
    component
}

/// Bytes of which about half are found again nearby, as in programs.
fn program(seed: usize, size: usize) -> Vec<u8> {
    let mut state = seed as u64 + 1;
    let mut bytes = b"MZ".to_vec();
    while bytes.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let step = state.to_le_bytes();
        bytes.extend([0x48, 0x8B, step[3] & 7, step[4], step[5], 0x48, 0x89, step[6], step[7] & 15, 0]);
    }
    bytes
}
