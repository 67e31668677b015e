//! The hand-over from those who fill the queue to those who empty it.

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
};

/// First in, first out. Of the readers that wait, the last to go idle is woken first: it is the one
/// whose memory is still warm. Bounded by whoever pushes: each entry stands for room in the queue.
pub(super) struct Channel<T>(Mutex<State<T>>);

struct State<T> {
    entries: VecDeque<T>,
    /// Readers that wait, the last to come at the end; at most one entry for each.
    idle: Vec<(usize, Waker)>,
    closed: bool,
}

impl<T> Channel<T> {
    /// An open channel.
    pub(super) fn new() -> Self {
        let state = State { entries: VecDeque::new(), idle: Vec::new(), closed: false };
        Self(Mutex::new(state))
    }

    /// Adds an entry and wakes one reader, if any waits.
    ///
    /// # Errors
    ///
    /// The channel is closed; the entry comes back.
    pub(super) fn push(&self, entry: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.closed {
            return Err(entry);
        }
        state.entries.push_back(entry);
        let reader = state.idle.pop();
        drop(state);
        if let Some((_, waker)) = reader {
            waker.wake();
        }
        Ok(())
    }

    /// Takes the oldest entry, waiting for one; none once the channel is closed and empty.
    ///
    /// Cancel safe for a reader that calls again. `reader` is its number; no two share one.
    pub(super) async fn pop(&self, reader: usize) -> Option<T> {
        poll_fn(|task| {
            let mut state = self.lock();
            if let Some(entry) = state.entries.pop_front() {
                return Poll::Ready(Some(entry));
            }
            if state.closed {
                return Poll::Ready(None);
            }
            match state.idle.iter_mut().find(|(number, _)| *number == reader) {
                Some((_, waker)) => waker.clone_from(task.waker()),
                None => state.idle.push((reader, task.waker().clone())),
            }
            Poll::Pending
        })
        .await
    }

    /// Takes nothing more, and tells all readers.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        for (_, waker) in idle {
            waker.wake();
        }
    }

    /// Takes out all that is in it.
    pub(super) fn take_all(&self) -> VecDeque<T> {
        std::mem::take(&mut self.lock().entries)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
