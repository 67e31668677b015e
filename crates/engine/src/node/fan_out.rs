//! One batch for several consumers.

use std::sync::Arc;

use sdk::{Batch, Consumer, Error, async_trait};

use super::Station;
use crate::ledger::PipelineAccount;

/// Hands a batch to each of its stations, one after the other. They share its bytes; nobody edits
/// bytes in place, so there is nothing to clone (DESIGN §1).
pub(crate) struct FanOut<S> {
    stations: Vec<S>,
    /// Where copies are counted; nowhere when each station is a pipeline with an account of its own.
    account: Option<Arc<PipelineAccount>>,
}

impl<S> FanOut<S> {
    pub(crate) fn new(stations: Vec<S>, account: Option<Arc<PipelineAccount>>) -> Self {
        Self { stations, account }
    }

    /// A station took items for which whoever sent them still answers.
    fn copied(&self, items: usize) {
        if let Some(account) = &self.account {
            account.copy(items);
        }
    }
}

#[async_trait]
impl<S: Station> Consumer for FanOut<S> {
    /// Every station is called even if one before it failed; the errors become one.
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let Some((last, others)) = self.stations.split_last() else { return Ok(()) };
        let items = batch.items();
        let mut failed = None;
        for station in others {
            let outcome = station.send(batch.clone()).await;
            if outcome.is_ok() {
                self.copied(items);
            }
            failed = Error::combined(failed.into_iter().chain(outcome.err()));
        }
        let outcome = last.send(batch).await;
        if outcome.is_ok() && failed.is_some() {
            self.copied(items);
        }
        Error::combined(failed.into_iter().chain(outcome.err())).map_or(Ok(()), Err)
    }

    fn is_queued(&self) -> bool {
        self.stations.iter().all(Station::is_queued)
    }
}
