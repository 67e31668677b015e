//! The error of parsing, retrieving and resolving.

use std::fmt;

use crate::value::Pos;

/// What went wrong while a config was read, and where.
///
/// The message holds the Go collector's words where C§ lists them. It never holds a value that was
/// read from the environment or from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    message: String,
    pos: Option<Pos>,
}

impl Error {
    /// An error with no place yet.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), pos: None }
    }

    /// Adds where it happened. The innermost place, which is set first, stays.
    #[must_use]
    pub fn at(mut self, pos: Option<&Pos>) -> Self {
        if self.pos.is_none() {
            self.pos = pos.cloned();
        }
        self
    }

    /// Puts `prefix: ` in front of the message.
    #[must_use]
    pub fn context(mut self, prefix: &str) -> Self {
        self.message = format!("{prefix}: {}", self.message);
        self
    }

    /// Shows `name` wherever the message holds `value`, or `value` in Go's quotes. A value of one or two
    /// characters hides nothing and would tear words apart, so it stays.
    #[must_use]
    pub(crate) fn hiding(mut self, value: &str, name: &str) -> Self {
        if value.len() > 2 {
            let quoted = format!("{value:?}");
            let escaped = quoted.get(1..quoted.len() - 1).unwrap_or(value);
            self.message = self.message.replace(escaped, name).replace(value, name);
        }
        self
    }

    /// The message without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it happened, if known.
    #[must_use]
    pub fn pos(&self) -> Option<&Pos> {
        self.pos.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.pos {
            Some(pos) => write!(f, " (at {pos})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
