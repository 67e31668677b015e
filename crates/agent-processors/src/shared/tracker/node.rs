//! What is kept of one record: 28 bytes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{
    Sighting,
    sighting::{Ending, Kind},
};

/// One span or log record of a run. Two sightings of the same one are joined, in any order to the same
/// node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// In halves, so that nodes need not be aligned to eight bytes.
    span: [u32; 2],
    parent: [u32; 2],
    /// Milliseconds after the first time seen of its trace, negative if before.
    start: i32,
    /// Milliseconds it took.
    length: u32,
    /// Of the name of its tool; 0 for none.
    name: u16,
    flags: u16,
}

const KIND: u16 = 0b111;
const FAILED: u16 = 1 << 3;
const AWAITS: u16 = 1 << 4;
const PENDING: u16 = 1 << 5;
const USAGE: u16 = 1 << 6;
const LOG: u16 = 1 << 7;
const ENDING_AT: u32 = 8;
const ENDING: u16 = 0b1111 << ENDING_AT;
const FILTERED: u16 = 1 << 12;
/// Bits that a node has if both sightings have them; all others if one has.
const BOTH: u16 = PENDING | LOG;

fn halves(id: u64) -> [u32; 2] {
    [(id >> 32) as u32, id as u32]
}

fn whole([high, low]: [u32; 2]) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}

impl Node {
    /// `base` is the time its trace counts from, milliseconds since 1970.
    pub(super) fn new(sighting: &Sighting<'_>, base: u64) -> Self {
        let flag = |is: bool, bit: u16| if is { bit } else { 0 };
        let after = sighting.start.cast_signed().wrapping_sub(base.cast_signed());
        let length = sighting.end.saturating_sub(sighting.start);
        let is_tool = sighting.kind == Kind::Tool && !sighting.name.is_empty();
        Self {
            span: halves(sighting.span),
            parent: halves(if sighting.parent == sighting.span { 0 } else { sighting.parent }),
            start: after.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32,
            length: u32::try_from(length).unwrap_or(u32::MAX),
            name: if is_tool { short_hash(sighting.name) } else { 0 },
            flags: sighting.kind as u16
                | flag(sighting.failed, FAILED)
                | flag(sighting.awaits_human, AWAITS)
                | flag(sighting.is_pending, PENDING)
                | flag(sighting.has_usage, USAGE)
                | flag(sighting.is_log, LOG)
                | flag(sighting.filtered, FILTERED)
                | sighting.ending.bits() << ENDING_AT,
        }
    }

    /// Takes in another sighting of the same record; tells whether that said anything new.
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let before = *self;
        let end = self.end_after().max(other.end_after());
        self.start = self.start.min(other.start);
        self.length = u32::try_from(end - i64::from(self.start)).unwrap_or(u32::MAX);
        self.parent = self.parent.max(other.parent);
        self.name = self.name.max(other.name);
        let plain = !(KIND | ENDING | BOTH);
        self.flags = (self.flags & KIND).max(other.flags & KIND)
            | (self.flags & ENDING).max(other.flags & ENDING)
            | (self.flags & other.flags & BOTH)
            | ((self.flags | other.flags) & plain);
        *self != before
    }

    pub(super) fn span(&self) -> u64 {
        whole(self.span)
    }

    pub(super) fn parent(&self) -> u64 {
        whole(self.parent)
    }

    /// Milliseconds since 1970.
    pub(super) fn start(&self, base: u64) -> u64 {
        base.saturating_add_signed(i64::from(self.start))
    }

    /// Milliseconds since 1970.
    pub(super) fn end(&self, base: u64) -> u64 {
        base.saturating_add_signed(self.end_after())
    }

    fn end_after(&self) -> i64 {
        i64::from(self.start) + i64::from(self.length)
    }

    pub(super) fn name(&self) -> u16 {
        self.name
    }

    pub(super) fn kind(&self) -> Kind {
        Kind::ALL.get(usize::from(self.flags & KIND)).copied().unwrap_or_default()
    }

    pub(super) fn failed(&self) -> bool {
        self.flags & FAILED != 0
    }

    pub(super) fn awaits_human(&self) -> bool {
        self.flags & AWAITS != 0
    }

    pub(super) fn is_pending(&self) -> bool {
        self.flags & PENDING != 0
    }

    pub(super) fn has_usage(&self) -> bool {
        self.flags & USAGE != 0
    }

    pub(super) fn is_log(&self) -> bool {
        self.flags & LOG != 0
    }

    pub(super) fn filtered(&self) -> bool {
        self.flags & FILTERED != 0
    }

    pub(super) fn ending(&self) -> Ending {
        Ending::from_bits((self.flags & ENDING) >> ENDING_AT)
    }

    /// Whether it may be what a run begins with.
    pub(super) fn is_agent(&self) -> bool {
        self.kind() == Kind::Agent && !self.is_log()
    }
}

/// Sixteen bits are enough to tell the tools of one run apart; never 0.
fn short_hash(name: &[u8]) -> u16 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    (hasher.finish() as u16).max(1)
}
