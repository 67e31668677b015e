//! A config with its receivers and exporters replaced: those are fed, these keep what they are given.
//! Processors and connectors are the real ones. Nothing listens, and nothing is sent.

use std::{
    collections::BTreeMap,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use config::Id;
use engine::{
    run::{Service, ServiceError, ServiceOptions},
    settings::Settings,
};
use sdk::{
    Batch, BuildContext, BuildError, Clock, Config, Delivered, Delivery, ErasedConfig, Error,
    Exporter, Outputs, Random, Receiver, Signal, StartError, async_trait,
    telemetry::{Level, Telemetry},
};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use super::file::{Case, Input, TestFile};
use crate::{cli::Request, environment, loader::Loader};

/// What exporters were given, in order.
type Came = BTreeMap<Id, Vec<Batch>>;

/// A config that is ready to be tried.
pub(super) struct Bench {
    settings: Arc<Settings>,
    runtime: Runtime,
}

/// What receivers and exporters of one try share.
#[derive(Debug, Default)]
struct Shared {
    outputs: Mutex<BTreeMap<Id, Outputs>>,
    came: Mutex<Came>,
}

impl Bench {
    /// Reads and checks the config as it is, with its own receivers and exporters.
    pub(super) fn new(file: &TestFile, request: &Request) -> Result<Self, String> {
        let configs = file.config.iter().map(|path| file.place(path)).collect();
        let request = Request { configs, ..request.clone() };
        let loader = Loader::new(&request)?.with_variables(file.env.clone());
        let settings = loader.load()?;
        Ok(Self { settings, runtime: environment::runtime()? })
    }

    /// Feeds a test's input to the config and stops that: what processors and connectors hold comes out
    /// then, so nothing is waited for.
    pub(super) fn run(&self, file: &TestFile, case: &Case) -> Result<Came, String> {
        let shared = Arc::new(Shared::default());
        let settings = Arc::new(replaced(&self.settings, &shared));
        let now = file.now()?;
        let options = ServiceOptions {
            info: environment::build_info(),
            telemetry: Telemetry::new(Level::None),
            clock: Clock::new(move || now),
            random: Random::from_seed(1),
        };
        self.runtime.block_on(async {
            let failed = |ServiceError(reason)| reason;
            let mut service = Service::build(settings, options).map_err(failed)?;
            service.start().await.map_err(failed)?;
            let mut outcome = Ok(());
            for (at, input) in case.input.iter().enumerate() {
                let fed = self.feed(file, input, &shared).await;
                outcome = fed.map_err(|reason| format!("input[{at}]: {reason}"));
                if outcome.is_err() {
                    break;
                }
            }
            service.shutdown().await.map_err(failed)?;
            outcome
        })?;
        let mut came = shared.came.lock().unwrap_or_else(PoisonError::into_inner);
        let unknown = case.expect.keys().find(|id| !self.settings.exporters.contains_key(id));
        match unknown {
            Some(id) => Err(format!("expect: there is no exporter {:?}", id.to_string())),
            None => Ok(mem::take(&mut *came)),
        }
    }

    async fn feed(&self, file: &TestFile, input: &Input, shared: &Shared) -> Result<(), String> {
        let outputs = shared.outputs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let receiver = match &input.receiver {
            Some(id) => outputs
                .get(id)
                .ok_or_else(|| format!("no pipeline has the receiver {:?}", id.to_string()))?,
            None if outputs.len() == 1 => outputs.values().next().ok_or("there is no receiver")?,
            None => {
                let ids: Vec<_> = outputs.keys().map(ToString::to_string).collect();
                return Err(format!("`receiver` must say which: {}", ids.join(", ")));
            }
        };
        for batch in file.batches(input)? {
            let signal = batch.signal();
            let next = receiver
                .get(signal)
                .ok_or_else(|| format!("no pipeline takes {signal} from this receiver"))?;
            next.send(batch).await.map_err(|error| format!("the pipeline refuses it: {error}"))?;
        }
        Ok(())
    }
}

/// The same pipelines between other ends. Extensions are left out: nobody is there to serve.
fn replaced(settings: &Settings, shared: &Arc<Shared>) -> Settings {
    let mut settings = settings.clone();
    let config = || -> Box<dyn ErasedConfig> { Box::new(Ends { shared: Arc::clone(shared) }) };
    for receiver in settings.receivers.values_mut() {
        receiver.config = config();
        receiver.entry.make = |config, context| Ok(Box::new(Feed::new(ends(config)?, context)?));
    }
    for exporter in settings.exporters.values_mut() {
        exporter.config = config();
        exporter.entry.delivery = |_, _| Ok(Delivery::default());
        exporter.entry.make =
            |config, signals, context| Ok(Arc::new(Keep::new(ends(config)?, signals, context)?));
    }
    settings.service.extensions.clear();
    settings
}

/// The settings of both ends.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Ends {
    #[serde(skip)]
    shared: Arc<Shared>,
}

impl Config for Ends {}

fn ends(config: &dyn ErasedConfig) -> Result<Ends, BuildError> {
    let ends = config.as_any().downcast_ref::<Ends>().cloned();
    ends.ok_or_else(|| BuildError("these are not the settings of a test".to_owned()))
}

/// A receiver that is fed.
struct Feed {
    id: Id,
    ends: Ends,
}

#[async_trait]
impl Receiver for Feed {
    const KIND: &'static str = "feed";
    type Config = Ends;

    fn new(ends: Ends, context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { id: context.id, ends })
    }

    async fn start(&mut self, outputs: Outputs) -> Result<(), StartError> {
        let mut all = self.ends.shared.outputs.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(self.id.clone(), outputs);
        Ok(())
    }

    async fn shutdown(&mut self) -> Result<(), Error> {
        self.ends.shared.outputs.lock().unwrap_or_else(PoisonError::into_inner).clear();
        Ok(())
    }
}

/// An exporter that keeps.
struct Keep {
    id: Id,
    ends: Ends,
}

#[async_trait]
impl Exporter for Keep {
    const KIND: &'static str = "keep";
    type Config = Ends;

    fn new(ends: Ends, _: &[Signal], context: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { id: context.id, ends })
    }

    async fn export(&self, batch: Batch) -> Result<Delivered, Error> {
        let mut came = self.ends.shared.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.entry(self.id.clone()).or_default().push(batch);
        Ok(Delivered::all())
    }
}
