//! One batch for several consumers.

use sdk::{Batch, Consumer, Error, async_trait};

use super::{End, Hop};

/// Hands a batch to each of its consumers, one after the other. They share its bytes; nobody edits
/// bytes in place, so there is nothing to clone (DESIGN §1).
pub(crate) struct FanOut<T>(Vec<T>);

impl<T> FanOut<T> {
    pub(crate) fn new(consumers: Vec<T>) -> Self {
        Self(consumers)
    }
}

/// What a fan-out can feed.
#[async_trait]
impl Consumer for FanOut<End> {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let mut failed = None;
        let Some((last, others)) = self.0.split_last() else { return Ok(()) };
        for end in others {
            failed = join(failed, end.send(batch.clone()).await);
        }
        join(failed, last.send(batch).await).map_or(Ok(()), Err)
    }
}

#[async_trait]
impl Consumer for FanOut<Hop> {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let mut failed = None;
        let Some((last, others)) = self.0.split_last() else { return Ok(()) };
        for hop in others {
            failed = join(failed, hop.send(batch.clone()).await);
        }
        join(failed, last.send(batch).await).map_or(Ok(()), Err)
    }
}

/// Every consumer is called even if one before it failed; the errors become one.
fn join(failed: Option<Error>, outcome: Result<(), Error>) -> Option<Error> {
    Error::combined(failed.into_iter().chain(outcome.err()))
}
