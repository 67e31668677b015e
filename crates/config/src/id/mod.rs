//! Component and pipeline ids: `type[/name]` and `signal[/name]` (C§2.7).

use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock};

use regex::Regex;
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// The longest name of an id, in bytes.
const NAME_BYTES_MAX: usize = 1024;

/// The longest type of an id, in bytes.
const TYPE_BYTES_MAX: usize = 63;

/// The newtype names by which [`crate::decode()`] knows that a map key is an id.
pub(crate) const ID: &str = "$config::Id";
pub(crate) const PIPELINE_ID: &str = "$config::PipelineId";

/// Why a text is not an id. Lower case, names the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError(String);

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for IdError {}

/// The id of a component: `otlp`, `otlp/2`.
///
/// ```
/// let id: config::Id = " otlp / 2 ".parse()?;
/// assert_eq!((id.kind(), id.name(), id.to_string()), ("otlp", "2", "otlp/2".to_owned()));
/// # Ok::<(), config::IdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id {
    kind: Arc<str>,
    name: Arc<str>,
}

impl Id {
    /// The type, e.g. `otlp`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The part after the first `/`; empty if there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (kind, name) = split(text)?;
        if !is_type(kind) {
            return Err(IdError(format!("in {text:?} id: invalid character(s) in type {kind:?}")));
        }
        Ok(Self { kind: Arc::from(kind), name: Arc::from(name) })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_id(f, &self.kind, &self.name)
    }
}

/// What a pipeline carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Metrics.
    Metrics,
    /// Log records.
    Logs,
    /// Profiles.
    Profiles,
}

impl Signal {
    /// All signals.
    pub const ALL: [Self; 4] = [Self::Traces, Self::Metrics, Self::Logs, Self::Profiles];

    /// As written in a config.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
            Self::Profiles => "profiles",
        }
    }
}

impl FromStr for Signal {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let known = Self::ALL.into_iter().find(|signal| signal.as_str() == text);
        known.ok_or_else(|| IdError(format!("unknown pipeline signal: {text:?}")))
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of a pipeline: `traces`, `logs/audit`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PipelineId {
    signal: Signal,
    name: Arc<str>,
}

impl PipelineId {
    /// What the pipeline carries.
    #[must_use]
    pub fn signal(&self) -> Signal {
        self.signal
    }

    /// The part after the first `/`; empty if there is none.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for PipelineId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (signal, name) = split(text)?;
        let signal =
            signal.parse().map_err(|IdError(why)| IdError(format!("in {text:?} id: {why}")))?;
        Ok(Self { signal, name: Arc::from(name) })
    }
}

impl fmt::Display for PipelineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_id(f, self.signal.as_str(), &self.name)
    }
}

fn write_id(f: &mut fmt::Formatter<'_>, kind: &str, name: &str) -> fmt::Result {
    f.write_str(kind)?;
    if name.is_empty() { Ok(()) } else { write!(f, "/{name}") }
}

/// Splits at the first `/`, trims both parts, and checks the name.
fn split(text: &str) -> Result<(&str, &str), IdError> {
    let (kind, name) = match text.split_once('/') {
        Some((kind, name)) => (kind.trim(), Some(name.trim())),
        None => (text.trim(), None),
    };
    let name = match (kind, name) {
        ("", None) => return Err(IdError("id must not be empty".to_owned())),
        ("", Some(_)) => {
            return Err(IdError(format!("in {text:?} id: the part before / should not be empty")));
        }
        (_, Some("")) => {
            return Err(IdError(format!("in {text:?} id: the part after / should not be empty")));
        }
        (_, Some(name)) => name,
        (_, None) => return Ok((kind, "")),
    };
    if name.len() > NAME_BYTES_MAX {
        return Err(IdError(format!(
            "in {name:?} id: name {name:?} is longer than {NAME_BYTES_MAX} characters ({} \
             characters)",
            name.len()
        )));
    }
    if !is_name(name) {
        return Err(IdError(format!("in {name:?} id: invalid character(s) in name {name:?}")));
    }
    Ok((kind, name))
}

/// `^[a-zA-Z][0-9a-zA-Z_]{0,62}$`
fn is_type(text: &str) -> bool {
    text.len() <= TYPE_BYTES_MAX
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// No separators, control characters or symbols. Go's class C does not hold unassigned characters.
fn is_name(text: &str) -> bool {
    static NAME: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^[^\p{Z}\p{Cc}\p{Cf}\p{Co}\p{S}]+$").ok());
    NAME.as_ref().is_some_and(|regex| regex.is_match(text))
}

/// Serde for a type that is a text: a newtype with a name our reader knows, a plain string for all
/// others.
macro_rules! serde_as_text {
    ($type:ty, $marker:expr, $what:literal) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl<'de> Visitor<'de> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($what)
                    }

                    fn visit_newtype_struct<D: Deserializer<'de>>(
                        self,
                        inner: D,
                    ) -> Result<$type, D::Error> {
                        inner.deserialize_str(self)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }

                deserializer.deserialize_newtype_struct($marker, Text)
            }
        }
    };
}

serde_as_text!(Id, ID, "a component id, type[/name]");
serde_as_text!(PipelineId, PIPELINE_ID, "a pipeline id, signal[/name]");
