//! Bytes that lie in several places of a source, read as one.

use std::io;

use super::ReadAt;

/// Bytes that follow one another in a source, or a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Offset in the source, in bytes; zeros where there is none.
    pub from: Option<u64>,
    /// Length in bytes.
    pub length: u64,
}

/// A part of a source that may lie in many runs.
#[derive(Debug, Clone)]
pub struct Extents<S> {
    source: S,
    /// Each with its offset in the whole, in order and without gaps.
    runs: Vec<(u64, Run)>,
    size: u64,
}

impl<S: ReadAt> Extents<S> {
    /// The first `size` bytes of some runs. An error where the runs hold fewer, or lie outside the source.
    pub fn new(source: S, runs: &[Run], size: u64) -> io::Result<Self> {
        let invalid = |what: String| io::Error::new(io::ErrorKind::InvalidData, what);
        let (mut placed, mut at) = (Vec::with_capacity(runs.len()), 0_u64);
        for run in runs.iter().filter(|run| run.length > 0) {
            let end = run.from.map_or(Some(0), |from| from.checked_add(run.length));
            if at < size && end.is_none_or(|end| end > source.size()) {
                let (from, all) = (run.from.unwrap_or_default(), source.size());
                return Err(invalid(format!(
                    "{} bytes at offset {from} lie outside of the {all} bytes there are",
                    run.length
                )));
            }
            placed.push((at, *run));
            at = at.checked_add(run.length).ok_or_else(|| invalid("extents without end".into()))?;
        }
        match at < size {
            true => Err(invalid(format!("its extents hold {at} bytes, it should have {size}"))),
            false => Ok(Self { source, runs: placed, size }),
        }
    }

    /// One run of a source.
    pub fn window(source: S, from: u64, size: u64) -> io::Result<Self> {
        Self::new(source, &[Run { from: Some(from), length: size }], size)
    }

    /// Where some bytes lie in the source, from `offset` on; an error where they are not all within.
    pub fn locate(&self, offset: u64, length: u64) -> io::Result<Vec<Run>> {
        if offset.checked_add(length).is_none_or(|end| end > self.size) {
            let what = format!("{length} bytes at offset {offset} of {} bytes", self.size);
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let (mut found, mut at, mut left) = (Vec::new(), offset, length);
        while left > 0 {
            let Some((from, length)) = self.piece(at, left) else { break };
            found.push(Run { from, length });
            at = at.saturating_add(length);
            left = left.saturating_sub(length);
        }
        Ok(found)
    }

    /// The bytes at an offset that follow one another in the source, at most `most`.
    fn piece(&self, offset: u64, most: u64) -> Option<(Option<u64>, u64)> {
        let next = self.runs.partition_point(|(start, _)| *start <= offset);
        let (start, run) = self.runs.get(next.checked_sub(1)?)?;
        let skipped = offset.checked_sub(*start)?;
        let left = run.length.checked_sub(skipped)?.min(self.size.checked_sub(offset)?).min(most);
        (left > 0).then(|| (run.from.map(|from| from.saturating_add(skipped)), left))
    }
}

impl<S: ReadAt> ReadAt for Extents<S> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let Some((from, length)) = self.piece(offset, buf.len() as u64) else { return Ok(0) };
        let wanted = usize::try_from(length).unwrap_or(usize::MAX).min(buf.len());
        let Some(buf) = buf.get_mut(..wanted) else { return Ok(0) };
        if let Some(from) = from {
            return self.source.read_at(from, buf);
        }
        buf.fill(0);
        Ok(wanted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Runs are read as if their bytes had been put one behind the other.
        #[test]
        #[allow(clippy::cast_possible_truncation, reason = "a few hundred bytes")]
        fn runs_are_read_as_one(
            source in prop::collection::vec(any::<u8>(), 1..300),
            runs in prop::collection::vec((any::<prop::sample::Index>(), 0..40_u64, any::<bool>()), 0..8),
            cut in 0..30_u64,
            offset in 0..200_u64,
            length in 0..100_usize,
        ) {
            let mut whole: Vec<u8> = Vec::new();
            let mut placed = Vec::new();
            for (at, length, hole) in runs {
                let at = at.index(source.len()) as u64;
                let length = length.min(source.len() as u64 - at);
                let bytes = &source[at as usize..(at + length) as usize];
                whole.extend(if hole { vec![0; bytes.len()] } else { bytes.to_vec() });
                placed.push(Run { from: (!hole).then_some(at), length });
            }
            whole.truncate(whole.len().saturating_sub(cut as usize));
            let size = whole.len() as u64;
            let extents = Extents::new(source.clone(), &placed, size).expect("within");
            let mut read = vec![0; whole.len()];
            extents.read_exact_at(0, &mut read).expect("all of it");
            prop_assert_eq!(&read, &whole);
            let (mut ours, mut theirs) = (vec![7; length], vec![7; length]);
            let n = extents.read_at(offset, &mut ours).expect("read");
            let available = whole.read_at(offset, &mut theirs).expect("read");
            prop_assert!(n <= available && (n > 0 || available == 0));
            prop_assert_eq!(&ours[..n], &theirs[..n]);
            prop_assert!(Extents::new(source, &placed, size + cut + 1).is_err());
        }
    }
}
