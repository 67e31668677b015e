//! What a reading is written as.

use crate::{FinishReasons, Reading};

/// A version of the conventions to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Version 1.37.
    V1_37,
    /// Version 1.41, the last tagged one.
    #[default]
    V1_41,
    /// What is being developed.
    Next,
}

impl Profile {
    /// The profile of that name: `v1_37`, `v1_41` or `next`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "v1_37" => Some(Self::V1_37),
            "v1_41" => Some(Self::V1_41),
            "next" => Some(Self::Next),
            _ => None,
        }
    }
}

/// A value to write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Out<'a> {
    /// Text.
    Str(&'a [u8]),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// A truth value.
    Bool(bool),
    /// A list of texts.
    Strs(FinishReasons<'a>),
}

/// Hands each attribute of the conventions that a reading gives, and that does not stand in the record
/// already, to `put`.
pub fn each_attribute<'a>(
    _reading: &Reading<'a>,
    _profile: Profile,
    _put: &mut dyn FnMut(&'static str, Out<'a>),
) {
}

/// Whether an attribute with this key says in a dialect's own words what the profile says in the
/// conventions', so that removing originals removes it.
#[must_use]
pub fn is_original(_key: &[u8], _profile: Profile) -> bool {
    false
}
