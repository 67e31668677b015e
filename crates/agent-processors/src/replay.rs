//! Objectives over recorded telemetry: every verdict with the facts that led to it.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use pdata::rewrite;
use sdk::{
    Around, Batch, BuildContext, BuildError, BuildInfo, Clock, ComponentKind, Host, HostApi,
    Record, RecordProcessor, StatusEvent,
    telemetry::{Level, Telemetry},
};
use slo::{Known, Set, Verdict, Weight};

use crate::{
    agent_runs::{self, AgentRuns},
    slo::{Config, Slo, Told},
};

/// One thing that was judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// By which objective, by its place in the set.
    pub objective: usize,
    /// The verdict; none where the objective does not match.
    pub verdict: Option<Verdict>,
    /// The one before, which this one replaces.
    pub before: Option<Verdict>,
    /// When it ended, nanoseconds since 1970.
    pub at: u64,
    /// Its trace.
    pub trace: [u8; 16],
    /// Its span; of a run, its root. 0 if there is none.
    pub span: u64,
    /// How many it stands for.
    pub weight: Weight,
    /// Whether the root never came.
    pub is_partial: bool,
    /// What is known about it, with every attribute that the objectives ask for.
    pub facts: Known,
}

/// Keeps what is judged.
#[derive(Debug, Default)]
pub(crate) struct Recorder(Mutex<Vec<Judged>>);

impl Recorder {
    pub(crate) fn keep(&self, judged: Judged) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(judged);
    }

    fn take(&self) -> Vec<Judged> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The processors `agent_runs` and `slo` over recorded telemetry, as they stand in a pipeline. What is
/// open at the end is judged as it is then: a run without a root is partial.
///
/// What is kept grows with what was judged, since that is what is asked for.
#[derive(Debug)]
pub struct Replay {
    runs: AgentRuns,
    slo: Slo,
    recorder: Arc<Recorder>,
}

impl Replay {
    /// Nothing replayed yet. The settings are those of the processor.
    ///
    /// # Errors
    /// Settings that have problems.
    pub fn new(config: Config) -> Result<Self, BuildError> {
        let id = config.runs().ok_or_else(|| BuildError::from("agent_runs is no id".to_owned()))?;
        let own = "slo".parse().map_err(|error| BuildError::from(format!("{error}")))?;
        let context = BuildContext {
            kind: ComponentKind::Processor,
            id: own,
            info: BuildInfo {
                command: "tollgate".to_owned(),
                description: String::new(),
                version: String::new(),
            },
            telemetry: Telemetry::new(Level::None),
            clock: Clock::new(|| SystemTime::UNIX_EPOCH),
            random: sdk::Random::from_seed(0),
            shared: sdk::Shared::default(),
            host: Host::new(Arc::new(Alone)),
        };
        let of_runs = BuildContext { id, ..context.clone() };
        let runs = agent_runs::Config { max_runs: u32::MAX, max_mib: 4096, ..Default::default() };
        let recorder = Arc::new(Recorder::default());
        let config = Config { tags: Told::None, events: Told::None, ..config };
        let runs = AgentRuns::new(runs, of_runs)?;
        let slo = Slo::recorded(config, context, recorder.clone())?;
        Ok(Self { runs, slo, recorder })
    }

    /// The objectives.
    #[must_use]
    pub fn set(&self) -> &Set {
        self.slo.set()
    }

    /// Takes in a batch of spans or log records.
    pub fn add(&mut self, batch: &Batch) {
        let mut visit = |record: &mut Record<'_>, around: &Around<'_, '_>| {
            let verdict = self.runs.process(record, around);
            let _ = self.slo.process(record, around);
            verdict
        };
        rewrite(batch, self.slo.records(), &mut visit);
    }

    /// Everything that was judged, in the order in which it was. Of a run that changed, the last verdict
    /// counts.
    #[must_use]
    pub fn finish(self) -> Vec<Judged> {
        if let Some(runs) = self.slo.followed() {
            runs.finish();
        }
        self.recorder.take()
    }
}

/// A host without anything else in it.
struct Alone;

impl HostApi for Alone {
    fn capabilities(&self, _: &sdk::Id) -> Option<sdk::Capabilities> {
        None
    }

    fn report(&self, _: StatusEvent) {}

    fn statuses(&self) -> Vec<StatusEvent> {
        Vec::new()
    }
}
