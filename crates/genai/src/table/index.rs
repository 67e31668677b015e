//! Every key of every sheet, found by one hash.

use std::sync::LazyLock;

use super::{Row, SHEETS, Says};
use crate::{Dialect, read::is_canonical, value::is_same};

/// Slots of the hash table: a power of two, four times the keys or more.
const SLOTS: usize = 2048;
const EMPTY: u16 = u16::MAX;

/// What a key means in one sheet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meaning {
    pub(crate) row: &'static Row,
    pub(crate) dialect: Dialect,
    /// How it ranks among keys for the same field, the lowest first: those of the conventions, then the
    /// dialect's own, then others'.
    pub(crate) rank: u16,
    /// The same where it is the record's own dialect.
    pub(crate) own_rank: u16,
    /// Whether the key is the field's name in the conventions.
    pub(crate) is_canonical: bool,
}

impl Meaning {
    fn new(row: &'static Row, dialect: Dialect, place: u16) -> Self {
        let is_semconv = dialect == Dialect::Semconv;
        Self {
            row,
            dialect,
            rank: place + if is_semconv { 0 } else { (2 + dialect as u16) << 8 },
            own_rank: place + if is_semconv { 0 } else { 1 << 8 },
            is_canonical: is_canonical(row.field, row.key),
        }
    }
}

/// One key.
#[derive(Debug)]
pub(crate) struct Entry {
    key: &'static [u8],
    /// Whether it shows that a record is GenAI telemetry.
    pub(crate) is_telling: bool,
    /// The dialect it marks.
    pub(crate) marks: Option<Dialect>,
    /// The dialect it belongs to, if it is of one alone besides the conventions.
    pub(crate) hints: Option<Dialect>,
    /// What it means, by sheet.
    pub(crate) meanings: Vec<Meaning>,
    /// Which of them holds for each dialect.
    by_dialect: [u8; Dialect::ALL.len()],
}

impl Entry {
    /// What it means to this dialect: its own row, else one that holds everywhere.
    #[inline]
    pub(crate) fn meaning(&self, dialect: Dialect) -> Option<&Meaning> {
        self.meanings.get(usize::from(*self.by_dialect.get(dialect as usize)?))
    }

    fn note_dialects(&mut self) {
        for (dialect, place) in Dialect::ALL.iter().zip(&mut self.by_dialect) {
            let own = self.meanings.iter().position(|meaning| meaning.dialect == *dialect);
            let any = || {
                let holds = |meaning: &Meaning| meaning.row.says != Says::NothingElsewhere;
                self.meanings.iter().position(holds)
            };
            *place = own.or_else(any).map_or(u8::MAX, |at| at as u8);
        }
    }
}

/// All keys.
#[derive(Debug)]
pub(crate) struct Index {
    entries: Vec<Entry>,
    slots: Box<[u16; SLOTS]>,
}

impl Index {
    /// The entry of a key.
    #[inline]
    pub(crate) fn find(&self, key: &[u8]) -> Option<&Entry> {
        let mut slot = slot_of(key);
        loop {
            let entry = self.entries.get(usize::from(*self.slots.get(slot % SLOTS)?))?;
            if is_same(entry.key, key) {
                return Some(entry);
            }
            slot += 1;
        }
    }

    fn new() -> Self {
        let mut index = Self { entries: Vec::new(), slots: Box::new([EMPTY; SLOTS]) };
        for sheet in SHEETS {
            for (place, row) in sheet.rows.iter().enumerate() {
                index.add(Meaning::new(row, sheet.dialect, place as u16));
            }
        }
        index.entries.iter_mut().for_each(Entry::note_dialects);
        index
    }

    fn add(&mut self, meaning: Meaning) {
        let Meaning { row, dialect, .. } = meaning;
        let key = row.key.as_bytes();
        let at = match self.entries.iter().position(|entry| entry.key == key) {
            Some(at) => at,
            None => {
                self.link(key);
                self.entries.push(Entry {
                    key,
                    is_telling: false,
                    marks: None,
                    hints: None,
                    meanings: Vec::new(),
                    by_dialect: [u8::MAX; Dialect::ALL.len()],
                });
                self.entries.len() - 1
            }
        };
        let Some(entry) = self.entries.get_mut(at) else { return };
        entry.is_telling |= matches!(row.says, Says::GenAi | Says::Dialect);
        if row.says == Says::Dialect {
            entry.marks = Some(dialect);
        }
        // A key that several dialects have hints at none, nor does one of the conventions.
        let is_first = entry.meanings.is_empty() && dialect != Dialect::Semconv;
        entry.hints = (is_first && row.says == Says::GenAi).then_some(dialect);
        entry.meanings.push(meaning);
    }

    /// Notes the entry about to be added.
    fn link(&mut self, key: &[u8]) {
        let mut slot = slot_of(key);
        while let Some(taken) = self.slots.get_mut(slot % SLOTS) {
            if *taken == EMPTY {
                *taken = self.entries.len() as u16;
                return;
            }
            slot += 1;
        }
    }
}

/// The keys of all sheets, built at first use.
#[inline]
pub(crate) fn index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(Index::new);
    &INDEX
}

/// Length and the last sixteen bytes tell nearly all keys apart.
#[inline]
fn slot_of(key: &[u8]) -> usize {
    let (head, tail) = match key.last_chunk::<16>() {
        Some(end) => (end.first_chunk::<8>(), end.last_chunk::<8>()),
        None => (key.first_chunk::<8>(), key.last_chunk::<8>()),
    };
    let (head, tail) = match (head, tail) {
        (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
        _ => (key.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0),
    };
    let mixed = (head.rotate_left(23) ^ tail ^ (key.len() as u64) << 56)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - SLOTS.trailing_zeros())) as usize
}
