//! From the command line to checked settings.

use std::{collections::BTreeMap, sync::Arc};

use ::config::{
    EnvProvider, FileProvider, HttpProvider, Provider, Resolved, Resolver, YamlProvider,
    resolve::Lists,
};
use engine::{
    gates::{Gates, MERGE_APPEND},
    settings::{Settings, SettingsError},
};
use sdk::Registry;

use crate::{cli::Request, watch::Watched};

/// Reads the config that a command line names, as often as asked.
pub(crate) struct Loader {
    configs: Vec<String>,
    sets: Vec<String>,
    /// Which feature gates are on.
    pub(crate) gates: Gates,
    /// What can be built.
    pub(crate) registry: Registry,
    /// What there is instead of the environment of this process.
    variables: Option<BTreeMap<String, String>>,
    /// The files that were read, if they are to be watched.
    pub(crate) watched: Option<Watched>,
}

impl Loader {
    /// Takes what the command line says; the first wrong feature gate is an error.
    pub(crate) fn new(request: &Request) -> Result<Self, String> {
        let mut gates = Gates::default();
        for gate in &request.gates {
            gates.apply(gate)?;
        }
        let registry = crate::components::registry();
        let (configs, sets) = (request.configs.clone(), request.sets.clone());
        let watched = request.watches.then(Watched::default);
        Ok(Self { configs, sets, gates, registry, variables: None, watched })
    }

    /// Takes these for the variables of the environment, and no others.
    pub(crate) fn with_variables(self, variables: BTreeMap<String, String>) -> Self {
        Self { variables: Some(variables), ..self }
    }

    /// Resolves and decodes; does not validate.
    pub(crate) fn decode(&self) -> Result<Settings, String> {
        let Resolved { value, warnings, .. } = self.resolve()?;
        let mut settings = Settings::decode(&value, &self.registry)
            .map_err(|error| format!("failed to get config: {error}"))?;
        settings.warnings.splice(0..0, warnings);
        settings.gates = self.gates.clone();
        Ok(settings)
    }

    /// Resolves, decodes and validates.
    pub(crate) fn load(&self) -> Result<Arc<Settings>, String> {
        let settings = self.decode()?;
        self.validate(&settings).map_err(|error| format!("invalid configuration: {error}"))?;
        Ok(Arc::new(settings))
    }

    /// Checks settings that were decoded before.
    pub(crate) fn validate(&self, settings: &Settings) -> Result<(), SettingsError> {
        settings.validate(&self.gates)
    }

    fn resolve(&self) -> Result<Resolved, String> {
        if self.configs.is_empty() {
            return Err("at least one config flag must be provided; name a config file: \
                        tollgate --config configs/quickstart.yaml"
                .to_owned());
        }
        let lists =
            if self.gates.is_enabled(MERGE_APPEND) { Lists::Append } else { Lists::Replace };
        let variables = match self.variables.clone() {
            Some(variables) => EnvProvider::new(move |name| variables.get(name).cloned()),
            None => EnvProvider::from_process(),
        };
        let files: Box<dyn Provider> = match &self.watched {
            Some(watched) => {
                watched.begin();
                watched.provider()
            }
            None => Box::new(FileProvider),
        };
        let resolver = resolver_with(files, variables).with_lists(lists);
        resolver.resolve(&self.configs, &self.sets).map_err(|error| {
            format!("failed to get config: cannot resolve the configuration: {error}")
        })
    }
}

/// What reads a config from wherever it is, and puts its variables in place.
pub(crate) fn resolver() -> Resolver {
    resolver_with(Box::new(FileProvider), EnvProvider::from_process())
}

fn resolver_with(files: Box<dyn Provider>, variables: EnvProvider) -> Resolver {
    let fetch = |scheme: &'static str| HttpProvider::new(scheme, Box::new(fetch));
    Resolver::new(vec![
        files,
        Box::new(variables),
        Box::new(YamlProvider),
        Box::new(fetch("http")),
        Box::new(fetch("https")),
    ])
}

/// GETs a config over HTTP, on a runtime of its own: this happens before and beside the collector's.
fn fetch(url: &str) -> Result<(u16, Vec<u8>), String> {
    let url = url.to_owned();
    let get = move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        runtime.block_on(net::client::fetch(&url)).map_err(|error| error.to_string())
    };
    std::thread::spawn(get).join().map_err(|_| "the request was broken off".to_owned())?
}
