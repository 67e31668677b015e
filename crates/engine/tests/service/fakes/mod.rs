//! Small components whose every act is recorded, and the world they act in.

mod components;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex},
};

use engine::{
    gates::Gates,
    run::{Service, ServiceError, ServiceOptions},
    settings::Settings,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::any_value::Value as Any,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;
use sdk::{
    Batch, BuildContext, BuildInfo, Clock, Context, Error, Host, Outputs, Random, Signal,
    telemetry::{Level, Telemetry},
};

pub(crate) use self::components::registry;

/// What the fakes of one service did, and what they will do.
#[derive(Default)]
pub(crate) struct World {
    events: Mutex<Vec<String>>,
    outputs: Mutex<HashMap<String, Outputs>>,
    received: Mutex<Vec<(String, Batch)>>,
    scripts: Mutex<HashMap<String, VecDeque<Error>>>,
    host: Mutex<Option<Host>>,
    ports: Mutex<BTreeSet<u16>>,
}

/// Worlds by the command name in `BuildInfo`, the one thing a test can put into a context.
static WORLDS: Mutex<BTreeMap<String, Arc<World>>> = Mutex::new(BTreeMap::new());

impl World {
    pub(crate) fn named(name: &str) -> Arc<Self> {
        WORLDS.lock().unwrap().entry(name.to_owned()).or_default().clone()
    }

    pub(crate) fn of(context: &BuildContext) -> Arc<Self> {
        *Self::named(&context.info.command).host.lock().unwrap() = Some(context.host.clone());
        Self::named(&context.info.command)
    }

    pub(crate) fn event(&self, event: impl Into<String>) {
        self.events.lock().unwrap().push(event.into());
    }

    /// What happened since the last call.
    pub(crate) fn events(&self) -> Vec<String> {
        std::mem::take(&mut *self.events.lock().unwrap())
    }

    /// Names of the spans each exporter got since the last call, a list for each batch.
    pub(crate) fn received(&self) -> Vec<(String, Vec<String>)> {
        let received = std::mem::take(&mut *self.received.lock().unwrap());
        received.into_iter().map(|(id, batch)| (id, spans(&batch))).collect()
    }

    pub(crate) fn received_batches(&self) -> Vec<(String, Batch)> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }

    /// The next exports of an exporter fail like this.
    pub(crate) fn script(&self, exporter: &str, errors: impl IntoIterator<Item = Error>) {
        let mut scripts = self.scripts.lock().unwrap();
        scripts.entry(exporter.to_owned()).or_default().extend(errors);
    }

    pub(crate) fn outputs(&self, receiver: &str) -> Outputs {
        self.outputs.lock().unwrap().get(receiver).cloned().expect("the receiver has started")
    }

    /// Sends through a receiver.
    pub(crate) async fn push(&self, receiver: &str, batch: Batch) -> Result<(), Error> {
        let outputs = self.outputs(receiver);
        outputs.get(batch.signal()).expect("somebody listens").send(batch).await
    }

    pub(crate) fn host(&self) -> Host {
        self.host.lock().unwrap().clone().expect("a component was made")
    }
}

/// A batch of spans with these names.
pub(crate) fn traces(names: &[&str]) -> Batch {
    let span = |name: &&str| Span { name: (*name).to_owned(), ..Span::default() };
    let scope = ScopeSpans { spans: names.iter().map(span).collect(), ..ScopeSpans::default() };
    let resource = ResourceSpans { scope_spans: vec![scope], ..ResourceSpans::default() };
    let request = ExportTraceServiceRequest { resource_spans: vec![resource] };
    let context = Context { transport: "grpc", ..Context::default() };
    Batch::checked(Signal::Traces, request.encode_to_vec().into(), Arc::new(context)).unwrap()
}

/// The names of the spans, each with the path it took if a `tag` wrote one: `a@one,two`.
pub(crate) fn spans(batch: &Batch) -> Vec<String> {
    if batch.signal() != Signal::Traces {
        return vec![format!("({})", batch.signal())];
    }
    let request = ExportTraceServiceRequest::decode(batch.bytes().clone()).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes
        .flat_map(|scope| scope.spans)
        .map(|span| format!("{}{}", span.name, path(&span)))
        .collect()
}

fn path(span: &Span) -> String {
    let path = span.attributes.iter().find(|attribute| attribute.key == "path");
    match path.and_then(|attribute| attribute.value.as_ref()?.value.as_ref()) {
        Some(Any::StringValue(path)) => format!("@{path}"),
        _ => String::new(),
    }
}

/// Reads settings from YAML text and checks them.
pub(crate) fn settings_with(yaml: &str, gates: &str) -> Result<Arc<Settings>, String> {
    let value = config::parse(yaml, "config.yaml").map_err(|error| error.to_string())?;
    let settings = Settings::decode(&value, &registry()).map_err(|error| error.to_string())?;
    let mut enabled = Gates::default();
    enabled.apply(gates)?;
    settings.validate(&enabled).map_err(|error| error.to_string())?;
    Ok(Arc::new(settings))
}

pub(crate) fn settings(yaml: &str) -> Arc<Settings> {
    settings_with(yaml, "").unwrap()
}

pub(crate) fn options(world: &str) -> ServiceOptions {
    ServiceOptions {
        info: BuildInfo {
            command: world.to_owned(),
            description: "fakes".to_owned(),
            version: "0.0.0".to_owned(),
        },
        telemetry: Telemetry::new(Level::Normal),
        clock: Clock::system(),
        random: Random::from_seed(1),
    }
}

/// A service that was built from YAML, and its world.
pub(crate) fn build(world: &str, yaml: &str) -> Result<(Service, Arc<World>), ServiceError> {
    Ok((Service::build(settings(yaml), options(world))?, World::named(world)))
}

/// A service that runs.
pub(crate) async fn started(world: &str, yaml: &str) -> (Service, Arc<World>) {
    let (mut service, world) = build(world, yaml).unwrap();
    service.start().await.unwrap();
    (service, world)
}
