//! The serde error: what ends the walk.

use std::fmt;

use serde::de::{Expected, Unexpected};

use super::DecodeError;
use super::decoder::Decoder;
use crate::suggest::suggest;
use crate::value::Pos;

/// An error raised by a type's own `Deserialize`, with the innermost place it passed.
#[derive(Debug)]
pub(super) struct Failure {
    message: String,
    advice: Vec<String>,
    place: Option<(String, Option<Pos>)>,
}

impl Failure {
    fn new(message: String) -> Self {
        Self { message, advice: Vec::new(), place: None }
    }

    /// Sets the place unless an inner one is set.
    pub(super) fn locate(mut self, decoder: &Decoder<'_>) -> Self {
        if self.place.is_none() {
            self.place = Some((decoder.path.to_string(), decoder.pos().cloned()));
        }
        self
    }

    pub(super) fn into_error(self) -> DecodeError {
        let (path, pos) = self.place.unwrap_or_default();
        DecodeError { path, message: self.message, pos, advice: self.advice }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Names the type only: the value may be a secret.
fn unexpected_type(unexpected: &Unexpected<'_>) -> &'static str {
    match unexpected {
        Unexpected::Bool(_) => "bool",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "int",
        Unexpected::Float(_) => "float64",
        Unexpected::Char(_) | Unexpected::Str(_) => "string",
        Unexpected::Unit | Unexpected::Option => "<nil>",
        Unexpected::Seq | Unexpected::Bytes(_) => "slice",
        Unexpected::Map => "map",
        _ => "another type",
    }
}

impl serde::de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, got {}", unexpected_type(&unexpected)))
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, got another {}", unexpected_type(&unexpected)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let mut failure = Self::new(format!("unknown value {variant:?}"));
        failure.advice.push(choices(variant, expected));
        failure
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("is missing the required key: {field}"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(format!("has the key {field} under two names; keep one"))
    }
}

/// `did you mean "x"?`, or all that is valid.
pub(super) fn choices(word: &str, valid: &[&str]) -> String {
    match suggest(word, valid.iter().copied()) {
        Some(near) => format!("did you mean {near:?}?"),
        None if valid.is_empty() => "no keys are valid here".to_owned(),
        None => {
            let mut valid = valid.to_vec();
            valid.sort_unstable();
            valid.dedup();
            format!("valid: {}", valid.join(", "))
        }
    }
}
