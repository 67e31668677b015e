//! What the processors of this crate have in common.

#[cfg(test)]
mod tests;
pub(crate) mod tracker;

use std::cell::RefCell;

use genai::ScopeDialect;
use sdk::Around;

/// Longer names and versions of scopes are not remembered.
const NAME_MAX: usize = 256;
/// How many scopes each thread remembers; a batch seldom has more.
const SCOPES: usize = 8;

thread_local! {
    static KNOWN: RefCell<Known> = const { RefCell::new(Known { scopes: Vec::new(), next: 0 }) };
}

/// The scopes met last on this thread. What a name means never changes, so nothing here grows old.
struct Known {
    scopes: Vec<Scope>,
    /// Which is replaced next.
    next: usize,
}

struct Scope {
    name: Vec<u8>,
    version: Vec<u8>,
    dialect: ScopeDialect,
}

/// What the scope of a record speaks. Working it out takes longer than reading most records does, and
/// records of one scope come one after the other.
#[inline]
pub(crate) fn dialect_of(around: &Around<'_, '_>) -> ScopeDialect {
    let (name, version) =
        around.scope.map_or((&[][..], &[][..]), |scope| (scope.name(), scope.version()));
    // Nothing below calls back in here, so the cell is free; should it not be, nothing is lost.
    KNOWN.with(|known| match known.try_borrow_mut() {
        Ok(mut known) => known.dialect_of(name, version),
        Err(_) => ScopeDialect::of(name, version),
    })
}

impl Known {
    #[inline]
    fn dialect_of(&mut self, name: &[u8], version: &[u8]) -> ScopeDialect {
        let is = |scope: &&Scope| scope.name == name && scope.version == version;
        if let Some(scope) = self.scopes.iter().find(is) {
            return scope.dialect;
        }
        self.learn(name, version)
    }

    #[cold]
    fn learn(&mut self, name: &[u8], version: &[u8]) -> ScopeDialect {
        let dialect = ScopeDialect::of(name, version);
        if name.len() > NAME_MAX || version.len() > NAME_MAX {
            return dialect;
        }
        let scope = Scope { name: name.to_vec(), version: version.to_vec(), dialect };
        match self.scopes.get_mut(self.next) {
            Some(old) => *old = scope,
            None => self.scopes.push(scope),
        }
        self.next = (self.next + 1) % SCOPES;
        dialect
    }
}
