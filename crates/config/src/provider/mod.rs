//! Providers: what a location `scheme:rest` stands for (C§1.2).

use std::fmt;
use std::sync::Arc;

use crate::error::Error;
use crate::value::{Kind, Value};
use crate::yaml;

mod env;
mod file;
mod http;
mod inline;

pub use self::env::EnvProvider;
pub(crate) use self::env::is_env_name;
pub use self::file::FileProvider;
pub use self::http::{Fetch, HttpProvider};
pub use self::inline::YamlProvider;

/// Turns the part of a location after the scheme into a value.
pub trait Provider: Send + Sync {
    /// The scheme: a letter, then letters, digits, `+`, `.` or `-`; two characters or more.
    fn scheme(&self) -> &str;

    /// Gets the value. Called on the thread that resolves; may block.
    ///
    /// # Errors
    /// When there is nothing to get. The text must not hold what was read.
    fn retrieve(&self, opaque: &str) -> Result<Retrieved, Error>;
}

/// How much a [`Warning`] matters, as the collector logs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Worth a line.
    Info,
    /// Probably a mistake.
    Warn,
}

/// Something to log once a logger exists: a message and its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The level to log it with.
    pub severity: Severity,
    /// The message, in the collector's words.
    pub message: String,
    /// Fields in order, e.g. `name`. Never a value that was read.
    pub fields: Vec<(&'static str, String)>,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.fields.iter().try_for_each(|(name, value)| write!(f, " {name}={value:?}"))
    }
}

/// What a provider found.
#[derive(Debug, Clone, PartialEq)]
pub struct Retrieved {
    /// The value by the rules of YAML.
    pub value: Value,
    /// The text it was read from; `None` when no text stands for it without doubt.
    pub text: Option<Arc<str>>,
    /// Why a text that was meant to be YAML is taken as a plain string.
    pub hint: Option<String>,
    /// What to log.
    pub warnings: Vec<Warning>,
}

impl Retrieved {
    /// Reads `text` as YAML. What is not valid YAML, and what is a YAML string, becomes the text
    /// itself, quotes and all (C§2.4).
    #[must_use]
    pub fn from_yaml(text: &str, source: &str) -> Self {
        let original: Arc<str> = Arc::from(text);
        let (value, hint) = match yaml::parse(text, source) {
            Err(error) => {
                let hint = format!(
                    "assuming string type since contents are not valid YAML: {}",
                    error.message()
                );
                let mut value = Value::string(text);
                value.pos = error.pos().cloned();
                (value, Some(hint))
            }
            Ok(Value { kind: Kind::String(_), pos, .. }) => {
                (Value::new(Kind::String(text.to_owned()), pos), None)
            }
            Ok(value) => (value, None),
        };
        Self { value, text: Some(original), hint, warnings: Vec::new() }
    }

    /// A string that is not to be read as YAML.
    #[must_use]
    pub fn from_string(text: &str) -> Self {
        Self {
            value: Value::string(text),
            text: Some(Arc::from(text)),
            hint: None,
            warnings: Vec::new(),
        }
    }

    /// A value without a text of its own: it can be a whole value, but not part of a string.
    #[must_use]
    pub fn from_value(value: Value) -> Self {
        Self { value, text: None, hint: None, warnings: Vec::new() }
    }

    /// Adds something to log.
    #[must_use]
    pub fn warn(mut self, warning: Warning) -> Self {
        self.warnings.push(warning);
        self
    }
}
