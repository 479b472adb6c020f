//! Which program wrote a file, by its habits.
//!
//! No field of the format names the writer, but the writers that are in use order and word the XML data differently. A
//! forger can imitate another program's habits: this is a hint for an investigation, never a proof.

use std::fmt;

use crate::{
    header::Header,
    xml::{ImageXml, Located, Xml},
};

/// A program that writes WIMs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Writer {
    /// Microsoft's library: DISM, `ImageX`, Windows Setup.
    Microsoft,
    /// wimlib: wimlib-imagex and what builds on it.
    Wimlib,
    /// 7-Zip.
    SevenZip,
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Microsoft => "Microsoft",
            Self::Wimlib => "wimlib",
            Self::SevenZip => "7-Zip",
        })
    }
}

/// A habit that was seen, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Habit {
    /// Whose: some share a habit.
    pub of: &'static [Writer],
    /// What was seen.
    pub what: &'static str,
}

/// The habits that a file shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprint(pub Vec<Habit>);

impl Fingerprint {
    /// Looks at header and XML data.
    pub fn of(header: &Header, xml: &Xml) -> Self {
        let mut habits = Vec::new();
        let first = xml.images.first();
        let mut see = |seen: Option<bool>, of: &'static [Writer], what: &'static str| {
            if seen == Some(true) {
                habits.push(Habit { of, what });
            }
        };
        let version_4 = header.guid.is_random_v4();
        see(Some(version_4), &[Writer::Microsoft], "the GUID is one of version 4");
        see(Some(!version_4), &[Writer::Wimlib, Writer::SevenZip], "the GUID is 16 random bytes");
        let total_first = first.and_then(|image| before(xml.total_bytes.as_ref(), image.name.as_ref()));
        see(
            total_first,
            &[Writer::Microsoft, Writer::SevenZip],
            "TOTALBYTES of the file stands before the images",
        );
        see(total_first.map(|is| !is), &[Writer::Wimlib], "TOTALBYTES of the file stands behind the images");
        if let Some(image) = first {
            image_habits(image, &mut see);
        }
        Self(habits)
    }

    /// The writer that most habits speak for; `None` where none leads.
    pub fn writer(&self) -> Option<Writer> {
        let count = |writer| self.0.iter().filter(|habit| habit.of.contains(&writer)).count();
        let mut counts =
            [Writer::Microsoft, Writer::Wimlib, Writer::SevenZip].map(|writer| (count(writer), writer));
        counts.sort_unstable();
        let [_, (second, _), (most, writer)] = counts;
        (most > second && most >= 2).then_some(writer)
    }
}

fn image_habits(image: &ImageXml, see: &mut impl FnMut(Option<bool>, &'static [Writer], &'static str)) {
    let named_first = before(image.name.as_ref(), image.dir_count.as_ref());
    see(named_first, &[Writer::Wimlib, Writer::SevenZip], "NAME is the first element of an image");
    see(named_first.map(|is| !is), &[Writer::Microsoft], "NAME stands behind the counts");
    let wim_boot = image.wim_boot.as_ref().map(|text| text.value == "0");
    see(wim_boot, &[Writer::Microsoft], "WIMBOOT says 0");
    let root_first = before(image.windows.system_root.as_ref(), image.windows.architecture.as_ref());
    see(root_first, &[Writer::Wimlib], "SYSTEMROOT is the first element of WINDOWS");
    let product = image.windows.product_name.as_ref();
    let resource = product.map(|text| text.value == "Microsoft\u{ae} Windows\u{ae} Operating System");
    see(resource, &[Writer::Microsoft], "PRODUCTNAME is that of the version resource");
    see(resource.map(|is| !is), &[Writer::Wimlib], "PRODUCTNAME is that of the registry");
    let numbered = image.name.as_ref().zip(image.index.as_ref());
    let numbered = numbered.map(|(name, index)| name.value == index.value.to_string());
    see(numbered, &[Writer::SevenZip], "NAME is the image's number");
    let same = image.created.as_ref().zip(image.modified.as_ref()).map(|(a, b)| a.value == b.value);
    see(
        same.map(|same| same && image.hard_link_bytes.is_none()),
        &[Writer::SevenZip],
        "both times are the same, and HARDLINKBYTES is absent",
    );
}

/// Whether one stands before the other; `None` where one is absent.
fn before<A, B>(a: Option<&Located<A>>, b: Option<&Located<B>>) -> Option<bool> {
    Some(a?.offset < b?.offset)
}
