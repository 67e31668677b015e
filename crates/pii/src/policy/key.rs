//! Keys for pseudonyms and encryption. They are never shown.

use std::fmt;

use zeroize::Zeroizing;

use super::{KEY_BYTES_MIN, PolicyError};

/// A secret with a name that stands in the tokens made with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    id: String,
    secret: Zeroizing<Vec<u8>>,
}

impl Key {
    /// A key of any length from [`KEY_BYTES_MIN`] on; each use derives a key of its own from it.
    pub fn new(id: &str, secret: &[u8]) -> Result<Self, PolicyError> {
        let letters = id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !letters || id.is_empty() || id.len() > 16 || id == "enc" {
            return Err(PolicyError::KeyId(id.to_owned()));
        }
        if secret.len() < KEY_BYTES_MIN {
            return Err(PolicyError::KeyLength { id: id.to_owned(), length: secret.len() });
        }
        Ok(Self { id: id.to_owned(), secret: Zeroizing::new(secret.to_vec()) })
    }

    /// The name.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn secret(&self) -> &[u8] {
        &self.secret
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}
