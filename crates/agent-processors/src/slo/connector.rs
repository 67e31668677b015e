//! The connector: verdicts as log records, counts as metrics.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::UNIX_EPOCH,
};

use sdk::{
    Batch, BuildContext, BuildError, Clock, Connector, Error, NoSettings, Outputs, Signal,
    Stability, StartError, async_trait,
};
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Duration, Instant, MissedTickBehavior, interval},
};

use super::{
    encode::{self, Frame},
    state::{Desk, Shared},
};

/// How often runs are looked at and log records are handed on.
const EVERY: Duration = Duration::from_millis(500);
/// Log records in one batch, at most.
const BATCH: usize = 1000;

/// The `slo` connector: ends the pipelines that the processor of the same id stands in, and begins one
/// of logs with what was judged, one of metrics with what was counted, or both.
///
/// It looks at nothing that comes in. That the pipelines end in it tells the order of a shutdown: it
/// stops after everything that may still bring something to judge.
#[derive(Debug)]
pub struct Verdicts {
    teller: Arc<Teller>,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Tells what was judged and counted.
#[derive(Debug)]
struct Teller {
    desk: Arc<Desk>,
    id: String,
    version: String,
    resource: Vec<u8>,
    clock: Clock,
}

#[async_trait]
impl Connector for Verdicts {
    const KIND: &'static str = "slo";
    const STABILITY: Stability = Stability::Alpha;
    const PAIRS: &'static [(Signal, Signal)] = &[
        (Signal::Traces, Signal::Logs),
        (Signal::Traces, Signal::Metrics),
        (Signal::Logs, Signal::Logs),
        (Signal::Logs, Signal::Metrics),
    ];
    type Config = NoSettings;

    fn new(_: NoSettings, context: BuildContext) -> Result<Self, BuildError> {
        let (high, low) = (context.random.next_u64(), context.random.next_u64());
        let instance = format!("{high:016x}{low:016x}");
        let resource = encode::resource(&[
            ("service.instance.id", &instance),
            ("service.name", &context.info.command),
            ("service.version", &context.info.version),
        ]);
        let teller = Teller {
            desk: Desk::of(&context),
            id: context.id.to_string(),
            version: context.info.version,
            resource,
            clock: context.clock,
        };
        Ok(Self { teller: Arc::new(teller), running: Mutex::default() })
    }

    async fn start(&self, outputs: Outputs) -> Result<(), StartError> {
        if self.teller.desk.shared().is_none() {
            let id = &self.teller.id;
            tracing::warn!("no pipeline has a processor {id:?}, so there are no verdicts");
            return Ok(());
        }
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(self.teller.clone().run(outputs, stopped));
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        *running = Some(Running { stop, task });
        Ok(())
    }

    async fn consume(&self, _: Batch, _: &Outputs) -> Result<(), Error> {
        Ok(())
    }

    async fn shutdown(&self) -> Result<(), Error> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { stop, task }) = running else { return Ok(()) };
        let _ = stop.send(true);
        task.await.map_err(|error| Error::permanent(format!("the last verdicts are lost: {error}")))
    }
}

impl Teller {
    async fn run(self: Arc<Self>, outputs: Outputs, mut stopped: watch::Receiver<bool>) {
        let Some(shared) = self.desk.shared() else { return };
        let runs = shared.meeting.followed();
        if runs.is_none() && !shared.book.on(slo::Grain::Run).is_empty() {
            tracing::warn!(
                "no pipeline has a processor {:?}, so no run is judged",
                shared.config.agent_runs
            );
        }
        let start = self.nanos();
        let mut last = start;
        let every = shared.config.interval.to_std();
        let mut next = Instant::now() + every;
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = stopped.changed() => break,
                _ = ticks.tick() => {}
            }
            shared.review(self.desk.now(), self.nanos() / 1_000_000_000);
            let is_due = Instant::now() >= next;
            if is_due {
                next = (next + every).max(Instant::now());
            }
            // Not cut short at a stop: what was taken out of the book would be lost.
            self.tell(shared, &outputs, is_due, (start, &mut last)).await;
        }
        if let Some(runs) = runs {
            runs.finish();
        }
        shared.review(self.desk.now(), self.nanos() / 1_000_000_000);
        self.tell_verdicts(shared, &outputs, true).await;
        self.tell_counts(shared, &outputs, true, (start, &mut last)).await;
    }

    async fn tell(&self, shared: &Shared, outputs: &Outputs, is_due: bool, times: (u64, &mut u64)) {
        self.tell_verdicts(shared, outputs, false).await;
        if is_due {
            self.tell_counts(shared, outputs, false, times).await;
        }
    }

    /// Hands on all verdicts there are. What is refused for now is tried again with the next, except for
    /// the last time.
    async fn tell_verdicts(&self, shared: &Shared, outputs: &Outputs, is_last: bool) {
        let Some(next) = outputs.get(Signal::Logs) else {
            // Nobody hears of them; they must not fill the queue.
            drop(shared.book.board().take_tales(usize::MAX));
            return;
        };
        loop {
            let (tales, batch) = {
                let mut board = shared.book.board();
                let tales = board.take_tales(BATCH);
                let batch =
                    encode::verdicts(&tales, &shared.book.set, &board, &self.version, self.nanos());
                (tales, batch)
            };
            if tales.is_empty() {
                return;
            }
            match next.send(batch).await {
                Ok(()) => shared.metrics.events.add(tales.len()),
                Err(error) if error.is_permanent() || is_last => {
                    tracing::error!(%error, verdicts = tales.len(), "verdicts were lost");
                    shared.book.board().stats.dropped_events += tales.len() as u64;
                }
                Err(error) => {
                    tracing::warn!(%error, "verdicts were refused and wait");
                    shared.book.board().return_tales(tales);
                    return;
                }
            }
        }
    }

    async fn tell_counts(
        &self,
        shared: &Shared,
        outputs: &Outputs,
        is_last: bool,
        (start, last): (u64, &mut u64),
    ) {
        let Some(next) = outputs.get(Signal::Metrics) else { return };
        // A clock that was set back must not make points older than those before.
        *last = self.nanos().max(last.saturating_add(1));
        let frame =
            Frame { resource: &self.resource, version: &self.version, start, time: *last, is_last };
        let batches = encode::counts(&mut shared.book.board(), &shared.book.set, &frame);
        for batch in batches {
            if let Err(error) = next.send(batch).await {
                tracing::warn!(%error, "counts were not taken; the next ones hold the same and more");
            }
        }
    }

    fn nanos(&self) -> u64 {
        let since = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
    }
}
