//! A consumer that keeps what it is given and answers as it is told.

use std::{
    collections::{BTreeMap, VecDeque},
    future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use pdata::{Batch, Signal};
use sdk::{Consumer, Error, Next, Outputs};
use tokio::sync::{Notify, watch};

/// How a [`Sink`] answers one batch.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Takes it.
    Take,
    /// Fails: [`Error::refused`] for what may pass, [`Error::permanent`] for what may not.
    Fail(Error),
    /// Takes it once notified.
    TakeAfter(Arc<Notify>),
    /// Never answers.
    Hang,
}

/// Stands behind a component. Clones share what was received. Every batch is kept, whatever the
/// answer; without a script each is taken.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    inner: Arc<Inner>,
    is_queued: bool,
}

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    /// How many batches have come.
    count: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct State {
    batches: Vec<Batch>,
    script: VecDeque<Answer>,
}

impl Sink {
    /// A sink that answers so, batch by batch, and takes all that come after.
    #[must_use]
    pub fn scripted(answers: impl IntoIterator<Item = Answer>) -> Self {
        let sink = Self::default();
        sink.answer(answers);
        sink
    }

    /// The same sink, which says that it queues what it takes.
    #[must_use]
    pub fn queued(self) -> Self {
        Self { is_queued: true, ..self }
    }

    /// Adds answers for the batches that come next.
    pub fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.state().script.extend(answers);
    }

    /// The handle that a processor is given.
    #[must_use]
    pub fn next(&self) -> Next {
        Next::new(self.clone())
    }

    /// Outputs of a receiver or connector: this sink for every signal.
    #[must_use]
    pub fn outputs(&self) -> Outputs {
        self.outputs_for(&Signal::ALL)
    }

    /// Outputs of a receiver or connector: this sink for these signals only.
    #[must_use]
    pub fn outputs_for(&self, signals: &[Signal]) -> Outputs {
        let all = signals.iter().map(|signal| (*signal, self.next())).collect();
        Outputs::new(all, BTreeMap::new())
    }

    /// Everything received so far, in order.
    #[must_use]
    pub fn batches(&self) -> Vec<Batch> {
        self.state().batches.clone()
    }

    /// How many items each batch had.
    #[must_use]
    pub fn items(&self) -> Vec<usize> {
        self.state().batches.iter().map(Batch::items).collect()
    }

    /// Everything received since the last call.
    #[must_use]
    pub fn take(&self) -> Vec<Batch> {
        std::mem::take(&mut self.state().batches)
    }

    /// Waits until so many batches have come in all.
    pub async fn received(&self, count: usize) {
        let mut counts = self.inner.count.subscribe();
        // The sender lives in this sink, so waiting ends with the count.
        let _ = counts.wait_for(|received| *received >= count).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_answer(&self, batch: Batch) -> Answer {
        let mut state = self.state();
        state.batches.push(batch);
        state.script.pop_front().unwrap_or(Answer::Take)
    }
}

#[async_trait]
impl Consumer for Sink {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let answer = self.next_answer(batch);
        self.inner.count.send_modify(|count| *count += 1);
        match answer {
            Answer::Take => Ok(()),
            Answer::Fail(error) => Err(error),
            Answer::TakeAfter(told) => {
                told.notified().await;
                Ok(())
            }
            Answer::Hang => future::pending().await,
        }
    }

    fn is_queued(&self) -> bool {
        self.is_queued
    }
}
