//! Makes the seeds of the fuzz targets: `cargo run --example make_seeds` in `fuzz/`.
//!
//! The kit makes what it can write. It has no LZMS, no solid resources and no pipable files: those are made with
//! wimlib-imagex where it is installed, from the same tree, and else left as they are.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use wimproof_fuzz::{
    chunk,
    volume::{self, Places},
    xml,
};
use wimproof_testkit::{BlobOrder, Built, Compression, Entry, Image, LzxBlocks, Medium, Wim};
use wimproof_wim::codec::Codec;

fn main() -> io::Result<()> {
    let seeds = Seeds(Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds"));
    kit_chunks(&seeds)?;
    containers(&seeds)?;
    trees(&seeds)?;
    xml_data(&seeds)?;
    volumes(&seeds)?;
    wimlib(&seeds)
}

/// Media of a few files.
fn volumes(seeds: &Seeds) -> io::Result<()> {
    let medium = Medium::new().file("sources/install.wim", b"MSWIM").file("README.TXT", b"hello");
    for (name, medium) in [
        ("plain", medium.clone().without_iso()),
        ("metadata", medium.clone().without_iso().metadata_partition()),
        ("sparable", medium.clone().sparable(4)),
    ] {
        let case = volume::case(&medium.build(), Places::Udf);
        assert!(volume::files(&case, Places::Udf) == 2, "{name} does not lead to its files");
        seeds.put("udf", name, &case)?;
    }
    // The kit writes the folders of ISO 9660 far behind; here they stand right behind the descriptors.
    for (name, joliet) in [("plain", false), ("joliet", true)] {
        let volume = medium.clone().without_udf(joliet).build();
        seeds.put("iso9660", name, &volume::near(&volume))?;
    }
    Ok(())
}

/// The folder of the seeds, one folder for each target in it.
struct Seeds(PathBuf);

impl Seeds {
    fn put(&self, target: &str, name: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.0.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), bytes)
    }
}

/// Data of a few kinds that make an encoder use all that a format has.
fn plain() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("text", text(2000)),
        ("code", code(3000)),
        ("table", table(3000)),
        ("run", [vec![0; 4000], b"end".to_vec()].concat()),
        ("mixed", [text(700), code(900), table(900), noise(300), text(700)].concat()),
        ("tiny", b"abcabcabcabc".to_vec()),
        // Literals enough for the adaptive codes of LZMS to be made anew.
        ("digits", noise(9000).iter().map(|byte| b'0' + byte % 10).collect()),
    ]
}

fn text(length: usize) -> Vec<u8> {
    let verses = (1..).map(|n| format!("{n} green bottles hanging on the wall, and {} fell.\r\n", n % 7));
    verses.flat_map(String::into_bytes).take(length).collect()
}

/// Calls and jumps to a few targets, for the x86 filters.
fn code(length: usize) -> Vec<u8> {
    let instruction = |n: usize| -> Vec<u8> {
        let place = u32::try_from(n * 12).unwrap_or_default();
        let target = (u32::try_from(n % 5).unwrap_or_default() * 400).wrapping_sub(place).to_le_bytes();
        let opcode: &[u8] =
            [&[0xE8][..], &[0xE9], &[0xFF, 0x15], &[0x48, 0x8D, 0x05], &[0x4C, 0x8D, 0x1D]][n % 5];
        let filler = [0x48, 0x89, 0x5C, 0x24, 0x08, 0x57, 0x90];
        [opcode, &target, &filler[..7 - opcode.len().min(3)]].concat()
    };
    (0..).flat_map(instruction).take(length).collect()
}

/// Numbers that rise, for delta matches.
fn table(length: usize) -> Vec<u8> {
    (0_u32..).flat_map(|n| (n * 24 + 0x0040_1000).to_le_bytes()).take(length).collect()
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..length).map(|_| next()).collect()
}

/// Chunks: a resource of one chunk has no table, so its bytes are the chunk's.
fn kit_chunks(seeds: &Seeds) -> io::Result<()> {
    let kinds = [
        ("xpress", Codec::Xpress, Compression::Xpress, LzxBlocks::Verbatim, &[12, 15, 16][..]),
        ("lzx", Codec::Lzx, Compression::Lzx, LzxBlocks::Verbatim, &[15, 16, 21]),
        ("lzx", Codec::Lzx, Compression::Lzx, LzxBlocks::Mixed, &[16]),
    ];
    for (target, codec, compression, blocks, orders) in kinds {
        for &order in orders {
            for (name, data) in plain() {
                // The second block of a chunk is where the encoder changes the kind.
                let data = if blocks == LzxBlocks::Mixed { data.repeat(6) } else { data };
                let size = 1 << order;
                let data = &data[..data.len().min(1 << order)];
                let root = Entry::dir("").child(Entry::file("f", data));
                let built = Wim::new()
                    .image(Image::new("seed").root(root))
                    .compression(compression)
                    .lzx_blocks(blocks)
                    .chunk_size(size)
                    .build();
                let place = built.layout.blob_of(data);
                if place.entry.flags & 4 != 0 {
                    let case = chunk::case(codec, size, data.len(), built.slice(place.span()));
                    seeds.put(target, &format!("{blocks:?}-{order}-{name}").to_lowercase(), &case)?;
                }
            }
        }
    }
    Ok(())
}

/// A tree that has one of everything.
fn everything() -> Entry {
    let linked =
        |name: &str| Entry::file(name, text(50)).hard_link_group(7).security([1, 0, 4, 0x80, 0, 0, 0, 0]);
    Entry::tree_of(&[
        ("Windows/System32/a.dll", &code(600)),
        ("Windows/win.ini", b"[fonts]"),
        ("Empty/", b""),
    ])
    .child(linked("one.txt"))
    .child(linked("two.txt"))
    .child(Entry::file("PROGRA~1.TXT", "x").short_name("PROGRA~1").attributes(0x21))
    .child(Entry::file("streams", "x").stream("Zone.Identifier", "[ZoneTransfer]").stream("none", ""))
    .child(Entry::dir("link").reparse(0xA000_0003, *b"\0\0\x04\0\x06\0\0\0a\0\0\0b\0\0\0"))
    .child(Entry::file("tagged", "y").tagged(0x1, vec![3; 16]).tagged(0x2, vec![4; 5]))
    .child(Entry::file("wide", "z").raw_name(vec![0xD800, 0x5DE5, 0x884C]))
    .security([1, 0, 4, 0x80, 0x14, 0, 0, 0])
}

fn image(name: &str) -> Image {
    Image::new(name)
        .root(everything())
        .description("a description")
        .display_name("\u{955c}\u{50cf} & <name>")
        .display_description("shown")
        .flags("EnterpriseS")
        .architecture(9)
        .product_name("Microsoft\u{ae} Windows\u{ae} Operating System")
        .edition("EnterpriseS")
        .installation_type("Client")
        .languages(&["zh-CN", "en-US"])
        .windows_version(10, 0, 17763, 1911)
        .extra_xml("<CUSTOM><BATCH>2020-07</BATCH></CUSTOM>")
}

fn wims() -> Vec<(&'static str, Built)> {
    let one = || Wim::new().image(image("one"));
    let two = || one().image(Image::new("two").root(Entry::tree_of(&[("b", &text(5000))])));
    let split = two().build_split(2);
    let mut wims = vec![
        ("none", one().build()),
        ("none-integrity", two().integrity(Some(4096)).build()),
        ("xpress", two().compression(Compression::Xpress).chunk_size(4096).integrity(Some(1024)).build()),
        ("xpress-raw", one().compression(Compression::Xpress).raw_chunks().build()),
        ("lzx", two().compression(Compression::Lzx).blob_order(BlobOrder::Reversed).build()),
        ("lzx-boot", two().compression(Compression::Lzx).boot_index(2).blob_order(BlobOrder::Sorted).build()),
        ("no-xml", one().xml(None).build()),
        ("empty", Wim::new().build()),
    ];
    wims.extend(["part-1", "part-2"].into_iter().zip(split));
    wims
}

fn containers(seeds: &Seeds) -> io::Result<()> {
    wims().into_iter().try_for_each(|(name, wim)| seeds.put("container", name, &wim.bytes))
}

fn trees(seeds: &Seeds) -> io::Result<()> {
    let deep = (0..40).fold(Entry::file("leaf", "x"), |entry, n| Entry::dir(&format!("d{n}")).child(entry));
    let wide = (0..60).fold(Entry::dir(""), |root, n| root.child(Entry::file(&format!("f{n}"), "x")));
    for (name, root) in [
        ("everything", everything()),
        ("deep", Entry::dir("").child(deep)),
        ("wide", wide),
        ("root", Entry::dir("")),
    ] {
        let built = Wim::new().image(Image::new(name).root(root)).build();
        for metadata in &built.layout.metadata {
            seeds.put("metadata", name, &metadata.bytes)?;
        }
    }
    Ok(())
}

fn xml_data(seeds: &Seeds) -> io::Result<()> {
    for (name, wim) in wims() {
        let Some(span) = wim.layout.xml else { continue };
        let data = wim.slice(span);
        seeds.put("xml", &format!("{name}-raw"), &xml::case(xml::Form::Raw, data))?;
        let units = data.chunks_exact(2).skip(1).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        let text = String::from_utf16_lossy(&units.collect::<Vec<_>>());
        seeds.put("xml", &format!("{name}-text"), &xml::case(xml::Form::Text, text.as_bytes()))?;
    }
    let odd = "<WIM><TOTALBYTES>1</TOTALBYTES><ESD><ENCRYPTED>x</ENCRYPTED></ESD><IMAGE INDEX=\"2\"><NAME>a<!-- b -->c\
               </NAME><NAME><![CDATA[d]]>&#x41;&amp;</NAME><CREATIONTIME><HIGHPART>01D66592</HIGHPART></CREATIONTIME>\
               </IMAGE><n:IMAGE xmlns:n=\"urn:n\"/></WIM>";
    seeds.put("xml", "odd-text", &xml::case(xml::Form::Text, odd.as_bytes()))
}

/// What only wimlib writes.
fn wimlib(seeds: &Seeds) -> io::Result<()> {
    let work = std::env::temp_dir().join(format!("wimproof-seeds-{}", std::process::id()));
    let tree = work.join("tree");
    fs::create_dir_all(&tree)?;
    for (name, data) in plain() {
        fs::write(tree.join(name), data)?;
    }
    let kinds: [(&str, &[&str]); 6] = [
        ("lzms", &["--compress=lzms", "--chunk-size=32K"]),
        ("lzms-check", &["--compress=lzms", "--chunk-size=1M", "--check"]),
        ("solid-lzms", &["--solid", "--solid-chunk-size=32K"]),
        ("solid-xpress", &["--solid", "--solid-compress=xpress", "--solid-chunk-size=4K"]),
        ("solid-lzx", &["--compress=none", "--solid", "--solid-compress=lzx", "--solid-chunk-size=32K"]),
        ("pipable", &["--pipable", "--compress=xpress", "--chunk-size=4K"]),
    ];
    for (name, options) in kinds {
        let wim = work.join(name);
        let mut command = Command::new("wimlib-imagex");
        command
            .arg("capture")
            .args([&tree, &wim])
            .arg("seed")
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        match command.status() {
            Ok(status) if status.success() => {
                let bytes = fs::read(&wim)?;
                if name.starts_with("lzms") {
                    lzms_chunks(seeds, name, &bytes)?;
                }
                seeds.put("container", name, &bytes)?;
            }
            outcome => println!("{name} is not made: wimlib-imagex: {outcome:?}"),
        }
    }
    fs::remove_dir_all(work)
}

/// The chunks of a file of wimlib's.
fn lzms_chunks(seeds: &Seeds, name: &str, bytes: &[u8]) -> io::Result<()> {
    let wim = wimproof_wim::Wim::open(bytes).map_err(io::Error::other)?;
    let chunk_size = wim.header().chunk_size;
    for (number, blob) in wim.blob_table().map_err(io::Error::other)?.blobs().iter().enumerate() {
        let range = blob.resource.offset..blob.resource.offset + blob.resource.size_in_wim;
        let chunk = usize::try_from(range.start).ok().zip(usize::try_from(range.end).ok());
        let chunk = chunk.and_then(|(start, end)| bytes.get(start..end)).unwrap_or_default();
        let length = usize::try_from(blob.size()).unwrap_or_default();
        if blob.resource.is_compressed() && length <= chunk_size as usize {
            let case = chunk::case(Codec::Lzms, chunk_size, length, chunk);
            seeds.put("lzms", &format!("{name}-{number}"), &case)?;
        }
    }
    Ok(())
}
