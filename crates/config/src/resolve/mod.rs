//! From locations to one tree: retrieve, merge, expand, unescape (C§2.1).

use std::sync::Arc;

use crate::error::Error;
use crate::provider::{Provider, Retrieved, Warning};
use crate::value::{Kind, Map, Value};

mod expand;
mod location;
mod merge;
mod providers;

use self::expand::{Expander, unescape};
use self::location::Location;
pub use self::merge::{Lists, merge, nest_keys};
use self::providers::Providers;

/// A resolved config.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The tree, always a map, with nothing left to expand.
    pub value: Value,
    /// What to log once there is a logger, each once.
    pub warnings: Vec<Warning>,
}

/// Resolves locations with a set of providers. Can be used again and again; nothing is kept.
pub struct Resolver {
    providers: Providers,
    lists: Lists,
}

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver")
            .field("schemes", &self.providers.schemes())
            .field("lists", &self.lists)
            .finish()
    }
}

impl Resolver {
    /// A resolver over `providers`, at most one for each scheme (the first counts).
    #[must_use]
    pub fn new(providers: Vec<Box<dyn Provider>>) -> Self {
        Self { providers: Providers::new(providers), lists: Lists::Replace }
    }

    /// How lists meet; [`Lists::Append`] is the gate `confmap.enableMergeAppendOption`.
    #[must_use]
    pub fn with_lists(mut self, lists: Lists) -> Self {
        self.lists = lists;
        self
    }

    /// The schemes that can be used, in the order given.
    #[must_use]
    pub fn schemes(&self) -> Vec<&str> {
        self.providers.schemes()
    }

    /// Resolves `uris` (`--config`), then `sets` (`--set key=value`), later over earlier.
    ///
    /// # Errors
    /// No location, an unknown scheme, a document that cannot be read or is no map, and everything
    /// that can go wrong with references; the first is reported. The caller adds
    /// `cannot resolve the configuration: `.
    pub fn resolve(
        &self,
        uris: &[impl AsRef<str>],
        sets: &[impl AsRef<str>],
    ) -> Result<Resolved, Error> {
        let locations =
            uris.iter().map(|uri| self.located(uri.as_ref())).collect::<Result<Vec<_>, Error>>()?;
        let sets =
            sets.iter().map(|set| set_to_yaml(set.as_ref())).collect::<Result<Vec<_>, Error>>()?;
        if locations.is_empty() && sets.is_empty() {
            return Err(Error::new("at least one config flag must be provided"));
        }
        let mut tree = Map::new();
        let mut warnings = Vec::new();
        for location in &locations {
            let found = self
                .providers
                .retrieve(location)
                .map_err(|error| error.context("cannot retrieve the configuration"))?;
            warnings.extend(found.warnings.iter().cloned());
            merge(&mut tree, document(found)?, self.lists);
        }
        for set in &sets {
            merge(&mut tree, document(Retrieved::from_yaml(set, "--set"))?, self.lists);
        }
        let mut expander = Expander::new(&self.providers);
        let mut value = expander.expand(Value::from(Kind::Map(tree)), 0)?;
        unescape(&mut value);
        for warning in expander.warnings {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        Ok(Resolved { value, warnings })
    }

    fn located<'u>(&self, uri: &'u str) -> Result<Location<'u>, Error> {
        let location = Location::from_flag(uri)?;
        if !self.providers.has(location.scheme) {
            return Err(Error::new(format!(
                "unsupported scheme on URI {uri:?}; use one of {}",
                self.schemes().join(", ")
            )));
        }
        Ok(location)
    }
}

/// What was retrieved, as a document: null is an empty map, anything but a map an error.
fn document(found: Retrieved) -> Result<Map, Error> {
    let pos = found.value.pos.clone();
    match found.value.kind {
        Kind::Map(map) => Ok(nest_keys(map)),
        Kind::Null => Ok(Map::new()),
        kind => {
            let value = Value::from(kind);
            let hint = found.hint.map(|hint| format!(": {hint}")).unwrap_or_default();
            Err(Error::new(format!(
                "retrieved value (type={}) cannot be used as a Conf{hint}",
                value.go_type()
            ))
            .at(pos.as_ref()))
        }
    }
}

/// `--set a.b=c` as YAML: `a::b: c`, both sides trimmed (C§1.1).
fn set_to_yaml(set: &str) -> Result<Arc<str>, Error> {
    let Some((key, value)) = set.split_once('=') else {
        return Err(Error::new(format!(
            "invalid argument {set:?} for \"--set\" flag: missing equal sign"
        )));
    };
    let key = key.trim().replace('.', "::");
    Ok(Arc::from(format!("{key}: {}", value.trim())))
}
