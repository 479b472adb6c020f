//! A lane: bytes come from several threads in any order, and are consumed in the one order that a hash needs.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Bytes on their way to a lane: a part of a buffer that others use too.
pub(super) struct Piece(pub(super) Arc<Vec<u8>>, pub(super) Range<usize>);

impl Piece {
    pub(super) fn bytes(&self) -> &[u8] {
        self.0.get(self.1.clone()).unwrap_or_default()
    }
}

/// Takes bytes in order.
pub(super) trait Consumer: Send {
    fn consume(&mut self, bytes: &[u8]);
}

struct State<C> {
    /// Taken out by the thread that feeds it.
    consumer: Option<C>,
    next: u64,
    waiting: BTreeMap<u64, Piece>,
}

/// An ordered way to a consumer, from position `start` to position `end`.
pub(super) struct Lane<C> {
    state: Mutex<State<C>>,
    end: u64,
}

impl<C: Consumer> Lane<C> {
    pub(super) fn new(consumer: C, range: Range<u64>) -> Self {
        let state = State { consumer: Some(consumer), next: range.start, waiting: BTreeMap::new() };
        Self { state: Mutex::new(state), end: range.end }
    }

    /// Brings the bytes at a position. If they are next, and no other thread is feeding the consumer, this one does,
    /// with everything that is ready. Returns the consumer when it has had the last byte.
    pub(super) fn submit(&self, position: u64, piece: Piece) -> Option<C> {
        let mut state = self.lock();
        state.waiting.insert(position, piece);
        let mut consumer = state.consumer.take()?;
        loop {
            let next = state.next;
            let Some(piece) = state.waiting.remove(&next) else { break };
            drop(state);
            consumer.consume(piece.bytes());
            state = self.lock();
            state.next = next + piece.bytes().len() as u64;
        }
        if state.next == self.end {
            return Some(consumer);
        }
        state.consumer = Some(consumer);
        None
    }

    /// Whether it waits for bytes still.
    pub(super) fn is_unfinished(&self) -> bool {
        self.lock().consumer.is_some()
    }

    /// Takes the consumer out of a lane that did not get all its bytes.
    pub(super) fn into_consumer(self) -> Option<C> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).consumer
    }

    /// A thread that panicked leaves whole numbers behind: the state is as good as before.
    fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Consumer for Vec<u8> {
        fn consume(&mut self, bytes: &[u8]) {
            self.extend_from_slice(bytes);
        }
    }

    #[test]
    fn order_is_restored() {
        let lane = Lane::new(Vec::new(), 10..16);
        assert_eq!(lane.submit(14, Piece(Arc::new(b"ef".to_vec()), 0..2)), None);
        assert_eq!(lane.submit(12, Piece(Arc::new(b"xcdx".to_vec()), 1..3)), None);
        assert_eq!(lane.submit(10, Piece(Arc::new(b"ab".to_vec()), 0..2)), Some(b"abcdef".to_vec()));
    }
}
