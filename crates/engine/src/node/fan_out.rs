//! One batch for several consumers.

use sdk::{Batch, Consumer, Error, async_trait};

use super::Station;

/// Hands a batch to each of its stations, one after the other. They share its bytes; nobody edits
/// bytes in place, so there is nothing to clone (DESIGN §1).
pub(crate) struct FanOut<S>(Vec<S>);

impl<S> FanOut<S> {
    pub(crate) fn new(stations: Vec<S>) -> Self {
        Self(stations)
    }
}

#[async_trait]
impl<S: Station> Consumer for FanOut<S> {
    /// Every station is called even if one before it failed; the errors become one.
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let Some((last, others)) = self.0.split_last() else { return Ok(()) };
        let mut failed = None;
        for station in others {
            let outcome = station.send(batch.clone()).await;
            failed = Error::combined(failed.into_iter().chain(outcome.err()));
        }
        let outcome = last.send(batch).await;
        Error::combined(failed.into_iter().chain(outcome.err())).map_or(Ok(()), Err)
    }

    fn is_queued(&self) -> bool {
        self.0.iter().all(Station::is_queued)
    }
}
