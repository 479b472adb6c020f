//! Makes the seeds of the targets for component stores: `cargo run --example make_store_seeds` in `fuzz/`.

use std::{fs, io, path::Path};

use wimproof_testkit::{
    component_store::{BASE, Component, File},
    delta::{self, Codes},
    program,
};

fn main() -> io::Result<()> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let put = |target: &str, name: &str, bytes: &[u8]| {
        let folder = seeds.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    };
    let component =
        Component::new("Microsoft-Windows-Core", "10.0.26100.1").file(File::sound("core.dll", *b"x"));
    let manifest = component.manifest();
    put("manifest", "plain", manifest.as_bytes())?;
    put("manifest", "compressed", &delta::compressed_manifest(BASE.as_bytes(), manifest.as_bytes()))?;
    let base = &BASE.as_bytes()[..200];
    for (name, codes) in [("level", Codes::Level), ("blocks", Codes::Blocks)] {
        let made = delta::make(base, manifest.as_bytes(), codes);
        put("delta", name, &[&[200], base, &made[4..]].concat())?;
    }
    put("base_manifest", "program", &program::with_resource(614, 1, b"<assembly/>"))?;
    let head = b"wimproof component ledger 1\n";
    let entry = |key: u8| [&[key; 8][..], &[key; 20], &[0; 32]].concat();
    put("ledger", "two", &[&head[..], &entry(1), &entry(2)].concat())
}
