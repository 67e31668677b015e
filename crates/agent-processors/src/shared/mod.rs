//! What the processors of this crate have in common.

mod digest;
pub(crate) mod facts;
mod gist;
mod meeting;
mod recent;
#[cfg(test)]
mod tests;
pub(crate) mod tracker;

use std::{
    cell::{Cell, RefCell},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, SystemTime},
};

use genai::{Reading, ScopeDialect, value::is_same};
use pdata::RecordState;
use sdk::{AnyValue, Around, Record};
use tokio::time::Instant;

pub(crate) use self::{
    digest::{Digest, Place, Words, hand_on, is_known_as_other, kind_of, with_digest},
    gist::{Gist, want_gists},
    meeting::{Followed, Look, Meeting, Note},
    recent::Recent,
};

/// Longer names and versions of scopes are not remembered.
const NAME_MAX: usize = 256;
/// How many scopes each thread remembers; a batch seldom has more.
const SCOPES: usize = 8;

thread_local! {
    /// The scopes met last. What a name means never changes, so nothing here grows old.
    static KNOWN: RefCell<Recent<Scope, SCOPES>> = const { RefCell::new(Recent::new()) };
    /// The scope of the record before, in the state it was in.
    static SCOPE: Cell<Option<(Option<RecordState>, ScopeDialect)>> = const { Cell::new(None) };
    /// Where the resource of the record before says what the service is called, in the state it was in.
    static SERVICE: Cell<Option<(RecordState, Place)>> = const { Cell::new(None) };
    /// What time it was when it was first asked for in a walk over a batch.
    static NOW: Cell<Option<(u64, Instant)>> = const { Cell::new(None) };
}

/// [`genai::read`]. Where several processors of one pass ask for the same record, only the first has to
/// find out that it is not GenAI telemetry, which most is not.
#[inline]
pub(crate) fn read<'a>(scope: &ScopeDialect, record: &Record<'a>) -> Option<Reading<'a>> {
    if is_known_as_other(record) {
        return None;
    }
    let reading = genai::read(scope, record);
    if reading.is_none() {
        digest::note_other(record);
    }
    reading
}

/// Whether anything in the process takes readings that are handed on.
static IS_WANTED: AtomicBool = AtomicBool::new(false);

/// From now on readings are handed on.
pub(crate) fn want_readings() {
    IS_WANTED.store(true, Ordering::Relaxed);
}

#[inline]
fn is_wanted() -> bool {
    IS_WANTED.load(Ordering::Relaxed)
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
    let state = around.scope.map(Record::state);
    if let Some((known, dialect)) = SCOPE.get()
        && known == state
    {
        return dialect;
    }
    let dialect = look_up(around);
    SCOPE.set(Some((state, dialect)));
    dialect
}

#[inline(never)]
fn look_up(around: &Around<'_, '_>) -> ScopeDialect {
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

#[cold]
fn learn(known: &mut Recent<Scope, SCOPES>, name: &[u8], version: &[u8]) -> ScopeDialect {
    let dialect = ScopeDialect::of(name, version);
    if name.len() <= NAME_MAX && version.len() <= NAME_MAX {
        known.keep(Scope { name: name.to_vec(), version: version.to_vec(), dialect });
    }
    dialect
}

/// What the resource calls the service.
#[inline]
pub(crate) fn service_of<'a>(around: &Around<'_, 'a>) -> &'a [u8] {
    let (state, raw) = (around.resource.state(), around.resource.raw());
    if let Some((known, place)) = SERVICE.get()
        && known == state
    {
        return place.text(raw);
    }
    let name = around.resource.attributes().get(b"service.name");
    let name = name.and_then(AnyValue::as_str).unwrap_or_default();
    if let Some(place) = Place::of(name, raw) {
        SERVICE.set(Some((state, place)));
    }
    name
}

/// The time, asked for once for all records of a batch.
#[inline]
pub(crate) fn now_in(walk: u64) -> Instant {
    match NOW.get() {
        Some((known, now)) if known == walk => now,
        _ => {
            let now = Instant::now();
            NOW.set(Some((walk, now)));
            now
        }
    }
}

/// An id as a number; 0 for none.
pub(crate) fn id(bytes: &[u8]) -> u64 {
    bytes.first_chunk::<8>().map_or(0, |id| u64::from_be_bytes(*id))
}

/// The time of day that is so many nanoseconds after 1970.
pub(crate) fn time(nanos: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanos)
}
