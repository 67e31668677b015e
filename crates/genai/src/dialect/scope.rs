//! What a scope's name says.

use super::Dialect;

/// What the name of an instrumentation scope says. Ask once per scope and keep it; it is small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeDialect {
    pub(crate) dialect: Option<Dialect>,
    /// Which rows of the dialect's inclusion rules this scope may need, as bits.
    pub(crate) rules: u16,
    pub(crate) trust: u8,
    pub(crate) hash: u64,
}

impl ScopeDialect {
    /// What this scope speaks, as far as its name says. The version is not used to decide: half of the
    /// senders leave it empty, some give another package's.
    #[must_use]
    pub fn of(name: &[u8], _version: &[u8]) -> Self {
        Self { dialect: None, rules: 0, trust: 1, hash: crate::count::hash(name) }
    }

    /// The dialect, if the name tells.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// Tells scopes apart.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash
    }
}
