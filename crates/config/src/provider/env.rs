//! `env:NAME[:-default]`.

use super::{Provider, Retrieved, Severity, Warning};
use crate::error::Error;

/// Looks a variable up; `None` when it is not set.
type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// Environment variables, read as YAML. The lookup is injected, so tests need no process
/// environment.
pub struct EnvProvider {
    lookup: Lookup,
}

impl std::fmt::Debug for EnvProvider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnvProvider").finish_non_exhaustive()
    }
}

impl EnvProvider {
    /// A provider over any lookup.
    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self { lookup: Box::new(lookup) }
    }

    /// A provider over the environment of this process. Values that are not UTF-8 count as unset.
    #[must_use]
    pub fn from_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

/// Whether `name` matches `^[a-zA-Z_][a-zA-Z0-9_]*$`.
pub(crate) fn is_env_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl Provider for EnvProvider {
    fn scheme(&self) -> &str {
        "env"
    }

    fn retrieve(&self, opaque: &str) -> Result<Retrieved, Error> {
        let (name, default) = match opaque.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (opaque, None),
        };
        if !is_env_name(name) {
            return Err(Error::new(format!(
                "environment variable {name:?} has invalid name: must match regex \
                 ^[a-zA-Z_][a-zA-Z0-9_]*$"
            )));
        }
        let warning = |severity, message: &str| Warning {
            severity,
            message: message.to_owned(),
            fields: vec![("name", name.to_owned())],
        };
        let source = format!("env:{name}");
        Ok(match ((self.lookup)(name), default) {
            (Some(text), _) if text.is_empty() => Retrieved::from_yaml("", &source).warn(warning(
                Severity::Info,
                "Configuration references empty environment variable",
            )),
            (Some(text), _) => Retrieved::from_yaml(&text, &source),
            // An empty default is an empty string; empty YAML would be null.
            (None, Some("")) => Retrieved::from_string(""),
            (None, Some(default)) => Retrieved::from_yaml(default, &source),
            (None, None) => Retrieved::from_yaml("", &source).warn(warning(
                Severity::Warn,
                "Configuration references unset environment variable",
            )),
        })
    }
}
