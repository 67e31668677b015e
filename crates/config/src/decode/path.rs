//! Where in the settings the reader is.

use std::fmt;

/// A path from the inside out; each step borrows the one around it.
#[derive(Clone, Copy)]
pub(super) enum Path<'a> {
    Root(&'a str),
    Field(&'a Self, &'a str),
    Key(&'a Self, &'a str),
    Index(&'a Self, usize),
}

impl fmt::Display for Path<'_> {
    /// Fields with dots, map keys and indexes in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(text) => f.write_str(text),
            Self::Field(Self::Root(""), name) => f.write_str(name),
            Self::Field(outer, name) => write!(f, "{outer}.{name}"),
            Self::Key(outer, key) => write!(f, "{outer}[{key}]"),
            Self::Index(outer, index) => write!(f, "{outer}[{index}]"),
        }
    }
}
