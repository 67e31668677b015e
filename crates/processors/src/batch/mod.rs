#![doc = include_str!("README.md")]

mod config;
mod metrics;
mod state;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sdk::{BatchProcessor, BuildContext, BuildError, Context, Error, Next, Stability, async_trait};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

pub use self::config::Config;
use self::{
    metrics::Metrics,
    state::{Arrival, Batcher},
};

/// Batches that may wait in front of a batcher that is handing on; more of them wait in their
/// receivers.
const ARRIVALS_MAX: usize = 16;

/// The values of the metadata keys that set batches apart.
type Partition = Vec<Vec<String>>;

/// The `batch` processor.
#[derive(Debug)]
pub struct BatchRecords {
    config: Arc<Config>,
    metrics: Metrics,
    batchers: Mutex<HashMap<Partition, Running>>,
}

/// A batcher at work.
#[derive(Debug)]
struct Running {
    arrivals: mpsc::Sender<Arrival>,
    task: JoinHandle<()>,
}

#[async_trait]
impl BatchProcessor for BatchRecords {
    const KIND: &'static str = "batch";
    const STABILITY: Stability = Stability::Beta;
    const HOLDS: bool = true;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let metrics = Metrics::new(&context);
        Ok(Self { config: Arc::new(config), metrics, batchers: Mutex::default() })
    }

    async fn process(&self, batch: sdk::Batch, next: &Next) -> Result<(), Error> {
        if self.config.is_immediate() {
            let parts = state::parts_of(batch, &self.config);
            return state::send(parts, next, &self.metrics).await;
        }
        let arrivals = self.batcher(batch.context(), next)?;
        let is_waiting = self.config.is_waiting(next);
        let (answer, outcome) = oneshot::channel();
        let answer = is_waiting.then_some(answer);
        let stopping = |_| Error::refused("the batch processor is shutting down");
        arrivals.send(Arrival { batch, answer }).await.map_err(|_| stopping(()))?;
        // A client that waits must not keep the batcher from ending when it is told to.
        drop(arrivals);
        if !is_waiting {
            return Ok(());
        }
        outcome.await.map_err(|_| stopping(()))?.heard()
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let batchers = {
            let mut batchers = self.batchers.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *batchers)
        };
        // Dropping the senders ends the batchers once they are empty.
        let tasks: Vec<_> = batchers.into_values().map(|running| running.task).collect();
        for task in tasks {
            task.await.map_err(|error| Error::permanent(format!("a batch was lost: {error}")))?;
        }
        Ok(())
    }
}

impl BatchRecords {
    /// The batcher for the metadata of a request, started if there is none.
    fn batcher(&self, context: &Context, next: &Next) -> Result<mpsc::Sender<Arrival>, Error> {
        let values = |key: &String| context.metadata.get(key).to_vec();
        let partition: Partition = self.config.metadata_keys.iter().map(values).collect();
        let mut batchers = self.batchers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = batchers.get(&partition) {
            return Ok(running.arrivals.clone());
        }
        let limit = self.config.metadata_cardinality_limit as usize;
        if limit != 0 && batchers.len() >= limit {
            return Err(Error::permanent("too many batcher metadata-value combinations"));
        }
        let (sender, arrivals) = mpsc::channel(ARRIVALS_MAX);
        let batcher = Batcher {
            arrivals,
            next: next.clone(),
            config: self.config.clone(),
            metrics: self.metrics.clone(),
        };
        let task = tokio::spawn(batcher.run());
        batchers.insert(partition, Running { arrivals: sender.clone(), task });
        self.metrics.cardinality.set(i64::try_from(batchers.len()).unwrap_or(i64::MAX));
        Ok(sender)
    }
}
