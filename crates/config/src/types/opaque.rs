//! Secrets: strings that never print.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::encode::{Mode, mode};

/// The newtype name by which [`crate::decode()`] knows an [`Opaque`].
pub(crate) const OPAQUE: &str = "$config::Opaque";

/// What a secret prints as.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// A string that prints as `[REDACTED]`: header values, tokens, passwords.
///
/// `Debug`, `Display` and `Serialize` all redact, also an empty one. Only [`Self::reveal`] and
/// [`crate::to_value`] with [`Mode::Unredacted`] give the text.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Opaque(String);

impl Opaque {
    /// Wraps a secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself. Never put it into a log line or an error.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the secret is the empty string.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Opaque {
    fn from(secret: &str) -> Self {
        Self::new(secret)
    }
}

impl From<String> for Opaque {
    fn from(secret: String) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl fmt::Display for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Serialize for Opaque {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match mode() {
            Mode::Redacted => REDACTED,
            Mode::Unredacted => &self.0,
        })
    }
}

impl<'de> Deserialize<'de> for Opaque {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Opaque;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                inner: D,
            ) -> Result<Opaque, D::Error> {
                inner.deserialize_string(self)
            }

            fn visit_str<E>(self, text: &str) -> Result<Opaque, E> {
                Ok(Opaque::new(text))
            }

            fn visit_string<E>(self, text: String) -> Result<Opaque, E> {
                Ok(Opaque(text))
            }
        }

        deserializer.deserialize_newtype_struct(OPAQUE, Text)
    }
}
