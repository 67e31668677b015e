//! What one queued request holds and is owed while its items travel in batches.

use std::sync::{Mutex, MutexGuard, PoisonError};

use sdk::Error;
use tokio::sync::OwnedSemaphorePermit;

use super::{Answer, disk::Kept, failure::Failure, settle_kept, tell};

/// The room of a request in the queue and its answer. Its items may be spread over several parts;
/// the room is given back and the answer given when the last of them is done with.
pub(super) struct Claim(Mutex<State>);

struct State {
    /// Parts that are not done with.
    open: usize,
    /// What went wrong with parts so far.
    error: Option<Error>,
    /// Whether only the shutdown kept a part from being sent.
    interrupted: bool,
    room: Option<OwnedSemaphorePermit>,
    answer: Answer,
    kept: Option<Kept>,
}

impl Claim {
    /// Of a request that is one part so far.
    pub(super) fn new(room: OwnedSemaphorePermit, answer: Answer, kept: Option<Kept>) -> Self {
        let (error, room) = (None, Some(room));
        Self(Mutex::new(State { open: 1, error, interrupted: false, room, answer, kept }))
    }

    /// One more part holds items of this request.
    pub(super) fn spread(&self) {
        self.lock().open += 1;
    }

    /// A part is done with. Answers whether there is nothing to tell the log: the request's sender hears
    /// of the outcome, or the items stay on disk.
    pub(super) fn settle(&self, outcome: &Result<(), Failure>) -> bool {
        let mut state = self.lock();
        let waits = state.answer.as_ref().is_some_and(|answer| !answer.is_closed());
        let failed = outcome.as_ref().err().map(|failure| failure.error.clone());
        state.error = Error::combined(state.error.take().into_iter().chain(failed));
        let interrupted = outcome.as_ref().is_err_and(|failure| failure.shutdown);
        state.interrupted |= interrupted;
        let stays = interrupted && state.kept.is_some();
        state.open = state.open.saturating_sub(1);
        if state.open > 0 {
            return waits || stays;
        }
        let (room, answer, kept) = (state.room.take(), state.answer.take(), state.kept.take());
        let shutdown = state.interrupted;
        let error = state.error.take();
        drop(state);
        settle_kept(kept, shutdown);
        drop(room);
        let told = waits && tell(answer, error.map_or(Ok(()), Err)).is_ok();
        told || stays
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
