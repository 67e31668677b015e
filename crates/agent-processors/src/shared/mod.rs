//! What the processors of this crate have in common.

mod recent;
#[cfg(test)]
mod tests;
pub(crate) mod tracker;

use std::cell::{Cell, RefCell};

use genai::{Reading, ScopeDialect};
use sdk::{Around, Record};

pub(crate) use self::recent::Recent;

/// Longer names and versions of scopes are not remembered.
const NAME_MAX: usize = 256;
/// How many scopes each thread remembers; a batch seldom has more.
const SCOPES: usize = 8;

thread_local! {
    /// The scopes met last. What a name means never changes, so nothing here grows old.
    static KNOWN: RefCell<Recent<Scope, SCOPES>> = const { RefCell::new(Recent::new()) };
}

/// What tells a record from the next: where it lies, how long it is, and how it begins, which in a span
/// are its ids.
type Mark = (usize, usize, [u8; 32]);

thread_local! {
    /// The record last found not to be GenAI telemetry.
    static OTHER: Cell<Option<Mark>> = const { Cell::new(None) };
}

/// [`genai::read`], which most telemetry is not for: where several processors of one pass ask for the
/// same record, only the first has to find that out.
#[inline]
pub(crate) fn read<'a>(scope: &ScopeDialect, record: &Record<'a>) -> Option<Reading<'a>> {
    if is_known_as_other(record) {
        return None;
    }
    let reading = genai::read(scope, record);
    if reading.is_none() {
        OTHER.set(mark(record));
    }
    reading
}

/// Whether the record was just found not to be GenAI telemetry.
#[inline]
pub(crate) fn is_known_as_other(record: &Record<'_>) -> bool {
    let mark = mark(record);
    mark.is_some() && OTHER.get() == mark
}

#[inline]
fn mark(record: &Record<'_>) -> Option<Mark> {
    let raw = record.raw();
    let head = raw.first_chunk::<32>().filter(|_| !record.is_changed())?;
    Some((raw.as_ptr().addr(), raw.len(), *head))
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
            let is =
                |scope: &&Scope| is_same(&scope.name, name) && is_same(&scope.version, version);
            match known.find(is) {
                Some(scope) => scope.dialect,
                None => learn(&mut known, name, version),
            }
        }
        Err(_) => ScopeDialect::of(name, version),
    })
}

/// Whether two short texts are equal. In line: the call of the library's comparison, which is made for
/// long ones, was a seventh of the time of a pass over model calls.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let ((heads, tail), (other_heads, other_tail)) = (one.as_chunks::<8>(), other.as_chunks::<8>());
    let word = |chunk: &[u8; 8]| u64::from_ne_bytes(*chunk);
    one.len() == other.len()
        && heads.iter().map(word).eq(other_heads.iter().map(word))
        && tail.iter().eq(other_tail)
}

#[cold]
fn learn(known: &mut Recent<Scope, SCOPES>, name: &[u8], version: &[u8]) -> ScopeDialect {
    let dialect = ScopeDialect::of(name, version);
    if name.len() <= NAME_MAX && version.len() <= NAME_MAX {
        known.keep(Scope { name: name.to_vec(), version: version.to_vec(), dialect });
    }
    dialect
}
