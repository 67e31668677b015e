//! What names a piece of config: `scheme:rest`, or a file name (C§1.2).

use crate::error::Error;

/// A parsed location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Location<'a> {
    pub(super) scheme: &'a str,
    pub(super) opaque: &'a str,
}

impl<'a> Location<'a> {
    /// What the command line gives: without a scheme, or with a drive letter, it is a file.
    pub(super) fn from_flag(uri: &'a str) -> Result<Self, Error> {
        if !uri.contains(':') || has_drive_letter(uri) {
            return Ok(Location { scheme: "file", opaque: uri });
        }
        Self::from_reference(uri)
    }

    /// What stands between `${` and `}`: always with a scheme.
    pub(super) fn from_reference(uri: &'a str) -> Result<Self, Error> {
        match uri.split_once(':') {
            Some((scheme, opaque)) if is_scheme(scheme) => Ok(Location { scheme, opaque }),
            _ => Err(Error::new(format!("invalid uri: {uri:?}"))),
        }
    }
}

/// `[A-Za-z][A-Za-z0-9+.-]+`
fn is_scheme(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && text.len() >= 2
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'.' | b'-'))
}

/// `^[A-z]:`, the collector's own pattern, which takes a few signs for letters as well.
fn has_drive_letter(uri: &str) -> bool {
    let mut bytes = uri.bytes();
    matches!(bytes.next(), Some(b'A'..=b'z')) && bytes.next() == Some(b':')
}
