//! What the processors of this crate have in common.

mod recent;
#[cfg(test)]
mod tests;
pub(crate) mod tracker;

use std::cell::RefCell;

use genai::ScopeDialect;
use sdk::Around;

pub(crate) use self::recent::Recent;

/// Longer names and versions of scopes are not remembered.
const NAME_MAX: usize = 256;
/// How many scopes each thread remembers; a batch seldom has more.
const SCOPES: usize = 8;

thread_local! {
    /// The scopes met last. What a name means never changes, so nothing here grows old.
    static KNOWN: RefCell<Recent<Scope, SCOPES>> = const { RefCell::new(Recent::new()) };
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
        Ok(mut known) => {
            let is = |scope: &&Scope| scope.name == name && scope.version == version;
            match known.find(is) {
                Some(scope) => scope.dialect,
                None => learn(&mut known, name, version),
            }
        }
        Err(_) => ScopeDialect::of(name, version),
    })
}

#[cold]
fn learn(known: &mut Recent<Scope, SCOPES>, name: &[u8], version: &[u8]) -> ScopeDialect {
    let dialect = ScopeDialect::of(name, version);
    if name.len() <= NAME_MAX && version.len() <= NAME_MAX {
        known.keep(Scope { name: name.to_vec(), version: version.to_vec(), dialect });
    }
    dialect
}
