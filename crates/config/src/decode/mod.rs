//! A tree to typed settings: the user's values over the type's defaults, strictly (C§2.5, C§2.8).
//!
//! The defaults are the type's own, serialised. While serde asks for the fields, each is answered
//! with the user's value if there is one, and with the default if there is not, so places survive
//! and a wrong value never hides the next one: it is noted, the default stands in, and reading goes
//! on. Only an error that a type's own `Deserialize` raises ends the walk.

use std::cell::RefCell;
use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::encode::to_template;
use crate::value::{Pos, Value};

mod access;
mod decoder;
mod failure;
mod key;
mod markers;
mod path;
mod shape;

pub use self::shape::{Shape, shape};

use self::decoder::Decoder;
use self::path::Path;

/// Reads settings over `T::default()`.
///
/// `path` is where the settings stand, for error texts; the collector starts each component at the
/// empty path.
///
/// # Errors
/// Every fault that could be found; see [`DecodeErrors`].
///
/// ```
/// #[derive(Default, serde::Serialize, serde::Deserialize)]
/// #[serde(default)]
/// struct Config { endpoint: String, timeout: config::Duration }
///
/// let value = config::parse("endpoint: localhost:4317\ntimeot: 5s", "config.yaml")?;
/// let errors = config::decode::<Config>(&value, "").err().map(|e| e.to_string());
/// assert_eq!(
///     errors.as_deref(),
///     Some(
///         "decoding failed due to the following error(s):\n\n\
///          '' has invalid keys: timeot (at config.yaml:2:1; did you mean \"timeout\"?)"
///     )
/// );
/// # Ok::<(), config::Error>(())
/// ```
pub fn decode<T>(value: &Value, path: &str) -> Result<T, DecodeErrors>
where
    T: Default + Serialize + DeserializeOwned,
{
    decode_onto(&T::default(), value, path)
}

/// Reads settings over other defaults than those of the type.
///
/// # Errors
/// As [`decode`].
pub fn decode_onto<T>(defaults: &T, value: &Value, path: &str) -> Result<T, DecodeErrors>
where
    T: Serialize + DeserializeOwned,
{
    let base = to_template(defaults).map_err(|error| {
        DecodeErrors(vec![DecodeError {
            path: path.to_owned(),
            message: format!("the defaults cannot be written: {error}"),
            pos: value.pos.clone(),
            advice: Vec::new(),
        }])
    })?;
    let notes = Notes::default();
    let decoder = Decoder::root(value, &base, Path::Root(path), &notes);
    let result = T::deserialize(decoder).map_err(|failure| failure.locate(&decoder));
    let mut errors = notes.0.into_inner();
    match result {
        Ok(settings) if errors.is_empty() => return Ok(settings),
        Ok(_) => {}
        Err(failure) => {
            let error = failure.into_error();
            // A field may be missing only because what held it had the wrong type.
            let follows = errors.iter().any(|noted| is_within(&error.path, &noted.path));
            if errors.is_empty() || !follows {
                errors.push(error);
            }
        }
    }
    Err(DecodeErrors(errors))
}

fn is_within(path: &str, outer: &str) -> bool {
    match path.strip_prefix(outer) {
        Some(rest) => rest.is_empty() || outer.is_empty() || rest.starts_with(['.', '[']),
        None => false,
    }
}

/// The faults found so far.
#[derive(Default)]
struct Notes(RefCell<Vec<DecodeError>>);

impl Notes {
    fn add(&self, error: DecodeError) {
        self.0.borrow_mut().push(error);
    }
}

/// One fault of the user's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// Where in the settings, as the Go collector writes it: `a.b`, `headers[x]`, `list[0]`.
    pub path: String,
    /// What is wrong, in the Go collector's words.
    pub message: String,
    /// Where in the text.
    pub pos: Option<Pos>,
    /// What to do, and further places.
    pub advice: Vec<String>,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' {}", self.path, self.message)?;
        let place = self.pos.iter().map(|pos| format!("at {pos}"));
        let notes: Vec<String> = place.chain(self.advice.iter().cloned()).collect();
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join("; ")) }
    }
}

impl std::error::Error for DecodeError {}

/// Every fault of the user's settings; never empty. Prints as the Go collector does: a headline, an
/// empty line, one line for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeErrors(Vec<DecodeError>);

impl DecodeErrors {
    /// The faults in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, DecodeError> {
        self.0.iter()
    }
}

impl IntoIterator for DecodeErrors {
    type Item = DecodeError;
    type IntoIter = std::vec::IntoIter<DecodeError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for DecodeErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("decoding failed due to the following error(s):\n\n")?;
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for DecodeErrors {}
