//! What one queued request holds and is owed while its items travel in batches.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sdk::Error;
use tokio::sync::OwnedSemaphorePermit;

use super::{Answer, tell};

/// The room of a request in the queue and its answer. Its items may be spread over several parts;
/// the room is given back and the answer given when the last of them is done with.
pub(super) struct Claim(Mutex<State>);

struct State {
    /// Parts that are not done with.
    open: usize,
    /// What went wrong with parts so far.
    error: Option<Error>,
    room: Option<OwnedSemaphorePermit>,
    answer: Answer,
}

impl Claim {
    /// Of a request that is one part so far.
    pub(super) fn new(room: OwnedSemaphorePermit, answer: Answer) -> Self {
        Self(Mutex::new(State { open: 1, error: None, room: Some(room), answer }))
    }

    /// One more part holds items of this request.
    pub(super) fn spread(&self) {
        self.lock().open += 1;
    }

    /// A part is done with. Answers whether the request's sender hears of the outcome.
    pub(super) fn settle(&self, outcome: &Result<(), Error>) -> bool {
        let mut state = self.lock();
        let waits = state.answer.as_ref().is_some_and(|answer| !answer.is_closed());
        let failed = outcome.as_ref().err().cloned();
        state.error = Error::combined(state.error.take().into_iter().chain(failed));
        state.open = state.open.saturating_sub(1);
        if state.open > 0 {
            return waits;
        }
        let (room, answer) = (state.room.take(), state.answer.take());
        let outcome = state.error.take().map_or(Ok(()), Err);
        drop(state);
        drop(room);
        waits && tell(answer, outcome).is_ok()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
