//! How fast rowsets of Windows Setup are read, and how much memory that takes: 250 MB of rows as setup writes them, made while
//! they are read. `cargo bench --bench rowset`

#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::{
    io::{Read, Result},
    time::{Duration, Instant},
};

use wimproof::evidence::records::{Settings, rowset};

/// Bytes that are read.
const LENGTH: u64 = 250_000_000;

fn main() {
    for run in 1..=5 {
        let input = Rows { text: rows(), at: 0, left: LENGTH };
        let (begun, used) = (Instant::now(), processor());
        let testimony = rowset::read(input, "diagwrn.xml", &Settings::default());
        let wall = rate(Some(begun.elapsed()));
        let core = rate(processor().zip(used).map(|(now, used)| now.saturating_sub(used)));
        let (rows, said) = (testimony.warnings.count + testimony.errors.count, testimony.statements.len());
        let peak = peak();
        println!("run {run}: {wall}, of a core {core}; {rows} rows, {said} statements, peak memory {peak}");
    }
}

fn rate(time: Option<Duration>) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = |time: Duration| LENGTH as f64 / time.as_secs_f64() / 1e6;
    time.map_or_else(|| "unknown".to_owned(), |time| format!("{:.0} MB/s", rate(time)))
}

/// Time that a core worked for this process, where the system tells.
fn processor() -> Option<Duration> {
    let times = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    times.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// A thousand rows: mostly warnings, an error and a path now and then.
fn rows() -> Vec<u8> {
    let row = |number: usize| {
        let (severity, function, message) = match number % 1000 {
            0 => (33_554_432, "CBSWdsLog", "Failed to load session [HRESULT = 0x80070002]".to_owned()),
            1 => (50_331_648, "RewriteBlackboardPaths", PATH.to_owned()),
            n => (
                50_331_648,
                "LogCallback",
                format!(r"DeleteFileEx: cannot clear attributes on [F:\$WINDOWS.~BT\{n}.dat]"),
            ),
        };
        format!(
            "<z:row Cls=\"D\" Sev=\"{severity}\" Maj=\"Def\" Min=\"Def\" LN=\"127\" Fil=\"\" Fun=\"{function}\" Uid=\"50741248\" \
             Msg=\"{message}\" PID=\"1012\" TID=\"316\" Con=\"\" Exe=\"X:\\Sources\\setup.exe\" Mod=\"WinSetup.dll\" Err=\"87\" \
             MD=\"\" DT=\"2019-06-05T13:04:59\"/>\n"
        )
    };
    (0..1000).flat_map(|number| row(number).into_bytes()).collect()
}

const PATH: &str = r"RewriteBlackboardPaths:Corresponding path not found. Key name [\InstallSource] Value name [InstallSourcesPath]. Path name E:\Sources.";

/// The same rows again and again.
struct Rows {
    text: Vec<u8>,
    at: usize,
    left: u64,
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let left = usize::try_from(self.left).unwrap_or(usize::MAX);
        let count = rest.len().min(buffer.len()).min(left);
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.at = (self.at + count) % self.text.len();
        self.left -= count as u64;
        Ok(count)
    }
}

/// The most memory that this process ever held, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or("unknown", str::trim).to_owned()
}
