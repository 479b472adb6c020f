//! Threads and progress of commands that read every byte.

use std::{
    io::{self, IsTerminal as _, Write as _},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Global, targets::Target};
use crate::{evidence::image::Depth, report::inert::Inert, sighting::Assurance, source::Opener};

/// Options of commands that read every byte.
#[derive(Debug, Args)]
pub(super) struct Work {
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N")]
    jobs: Option<usize>,
    /// How to show progress, on the standard error
    #[arg(long, value_name = "FORM", default_value = "auto")]
    progress: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A bar, on a terminal
    Auto,
    /// One JSON object a line, about one a second
    Json,
    /// None
    None,
}

/// Shows how far the reading of a file is.
pub(super) struct Progress(Kind);

enum Kind {
    Silent,
    Bar(ProgressBar),
    Json { source: String, total: u64, done: AtomicU64, last: Mutex<Instant> },
}

impl Work {
    /// Begins to show progress on a file.
    pub(super) fn progress(&self, target: &Target, opener: &Opener, global: &Global) -> Progress {
        let (source, total) = (target.name(), target.size(opener));
        Progress(match self.progress {
            Form::Json => {
                Kind::Json { source, total, done: AtomicU64::new(0), last: Mutex::new(Instant::now()) }
            }
            Form::Auto if !global.quiet && io::stderr().is_terminal() => {
                let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
                let template = "{prefix} {bar:30} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta}";
                bar.set_style(
                    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
                );
                bar.set_prefix(Inert(source).to_string());
                Kind::Bar(bar)
            }
            Form::Auto | Form::None => Kind::Silent,
        })
    }

    /// How far to read.
    pub(super) fn depth<'p>(&self, assurance: Assurance, progress: &'p (dyn Fn(u64) + Sync)) -> Depth<'p> {
        let of = Depth::of(assurance);
        // More threads than anyone has cores would only take memory.
        let jobs = self.jobs.map_or(of.jobs, |jobs| jobs.clamp(1, 256));
        Depth { assurance, jobs, progress }
    }
}

impl Progress {
    /// Bytes were dealt with.
    pub(super) fn add(&self, bytes: u64) {
        match &self.0 {
            Kind::Silent => {}
            Kind::Bar(bar) => bar.inc(bytes),
            Kind::Json { source, total, done, last } => {
                let done = done.fetch_add(bytes, Ordering::Relaxed) + bytes;
                let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
                if done < *total && last.elapsed() < Duration::from_secs(1) {
                    return;
                }
                *last = Instant::now();
                let line = serde_json::json!({"source": source, "bytes": done, "total": total});
                // Nobody can be told that the standard error is closed.
                let _ = writeln!(io::stderr(), "{}", Inert(line));
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Kind::Bar(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
