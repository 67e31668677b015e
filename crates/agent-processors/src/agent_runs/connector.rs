//! The events of runs, as log records into the pipelines that begin with this connector.

use std::sync::{Arc, Mutex, PoisonError};

use sdk::{
    Batch, BuildContext, BuildError, Clock, Connector, Error, NoSettings, Outputs, Signal,
    Stability, StartError, async_trait,
};
use tokio::{
    task::JoinHandle,
    time::{Duration, MissedTickBehavior, interval},
};

use super::{
    decode, encode,
    state::{Desk, Runs},
};

/// How often events are handed on.
const EVERY: Duration = Duration::from_secs(1);
/// Events in one batch, at most.
const BATCH: usize = 1000;

/// The `agent_runs` connector: ends the pipelines that the processor of the same id stands in, and
/// begins one of logs with what happened to the runs in them.
///
/// It looks at nothing that comes in. That the pipelines end in it tells the order of a shutdown: it
/// stops after everything that may still bring parts of runs.
#[derive(Debug)]
pub struct RunEvents {
    desk: Arc<Desk>,
    id: String,
    version: String,
    clock: Clock,
    outputs: Mutex<Option<Outputs>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

#[async_trait]
impl Connector for RunEvents {
    const KIND: &'static str = "agent_runs";
    const STABILITY: Stability = Stability::Beta;
    const PAIRS: &'static [(Signal, Signal)] =
        &[(Signal::Traces, Signal::Logs), (Signal::Logs, Signal::Logs)];
    type Config = NoSettings;

    fn new(_: NoSettings, context: BuildContext) -> Result<Self, BuildError> {
        let desk = Desk::of(&context);
        desk.listen();
        Ok(Self {
            desk,
            id: context.id.to_string(),
            version: context.info.version,
            clock: context.clock,
            outputs: Mutex::default(),
            task: Mutex::default(),
        })
    }

    async fn start(&self, outputs: Outputs) -> Result<(), StartError> {
        *self.outputs.lock().unwrap_or_else(PoisonError::into_inner) = Some(outputs.clone());
        let Some(runs) = self.desk.runs().cloned() else {
            tracing::warn!("no pipeline has a processor {:?}, so there are no events", self.id);
            return Ok(());
        };
        let (version, clock) = (self.version.clone(), self.clock.clone());
        let task = tokio::spawn(async move {
            let mut ticks = interval(EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                runs.review();
                hand_on(&runs, &outputs, &version, &clock, false).await;
            }
        });
        *self.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(())
    }

    async fn consume(&self, _: Batch, _: &Outputs) -> Result<(), Error> {
        Ok(())
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let task = self.task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            // It ends where it waits; what it was about to hand on is counted as dropped below.
            let _ = task.await;
        }
        let outputs = self.outputs.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let (Some(runs), Some(outputs)) = (self.desk.runs(), outputs) {
            runs.finish();
            hand_on(runs, &outputs, &self.version, &self.clock, true).await;
        }
        Ok(())
    }
}

/// Hands on all events there are. What is refused for now is tried again with the next, except for the
/// last time.
async fn hand_on(runs: &Runs, outputs: &Outputs, version: &str, clock: &Clock, is_last: bool) {
    let Some(next) = outputs.get(Signal::Logs) else { return };
    loop {
        let events = runs.take_events(BATCH);
        if events.is_empty() {
            return;
        }
        let batch = encode::events(&events, version, decode::nanos(clock));
        match next.send(batch).await {
            Ok(()) => runs.metrics.events.add(events.len()),
            Err(error) if error.is_permanent() || is_last => {
                tracing::error!(%error, events = events.len(), "events of runs were lost");
                runs.metrics.events_dropped.add(events.len());
            }
            Err(error) => {
                tracing::warn!(%error, "events of runs were refused and wait");
                runs.return_events(events);
                return;
            }
        }
    }
}
