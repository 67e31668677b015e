//! Writing attributes into a record.

use genai::profile::Out;
use pdata::Prepared;
use sdk::{AnyValue, Record};

use super::names::USAGE;

/// A record being written, and whether anything in it became different.
#[derive(Debug)]
pub(super) struct Pen<'r, 'a> {
    record: &'r mut Record<'a>,
    /// Whether an attribute was added, changed or removed.
    pub(super) has_written: bool,
    /// Whether one of them was a count of tokens.
    pub(super) has_written_counts: bool,
}

impl<'r, 'a> Pen<'r, 'a> {
    pub(super) fn new(record: &'r mut Record<'a>) -> Self {
        Self { record, has_written: false, has_written_counts: false }
    }

    pub(super) fn record(&self) -> &Record<'a> {
        self.record
    }

    /// Writes an attribute of the conventions.
    pub(super) fn put(&mut self, key: &'static str, out: Out<'a>) {
        let value = match out {
            Out::Str(text) => AnyValue::Str(text),
            Out::Int(number) => AnyValue::Int(number),
            Out::Double(number) => AnyValue::Double(number),
            Out::Bool(flag) => AnyValue::Bool(flag),
            Out::Strs(texts) => self.record.alloc_array(texts.iter().map(AnyValue::Str)),
        };
        if self.set(key.as_bytes(), value) && key.starts_with(USAGE) {
            self.has_written_counts = true;
        }
    }

    /// Writes an attribute unless it is there with that value; tells whether it wrote.
    pub(super) fn set(&mut self, key: &[u8], value: AnyValue<'_>) -> bool {
        let writes = self.record.attributes_mut().insert(key, value)
            || self.record.attributes().get(key) != Some(value)
                && self.record.attributes_mut().update(key, value);
        self.has_written |= writes;
        writes
    }

    /// Appends attributes with a cost among them unless one of them is there; tells whether it did.
    pub(super) fn append_all(&mut self, all: &Prepared, cost: f64) -> bool {
        let is_written = self.record.attributes_mut().append_all(all, &[cost]);
        self.has_written |= is_written;
        is_written
    }

    /// Removes the attributes that `is_original` names.
    pub(super) fn remove(&mut self, mut is_original: impl FnMut(&Record<'a>, &[u8]) -> bool) {
        let found = self.record.attributes().iter().map(|pair| pair.key);
        let found: Vec<_> = found.filter(|key| is_original(self.record, key)).collect();
        if !found.is_empty() {
            self.record.attributes_mut().retain(|key, _| !found.contains(&key));
            self.has_written = true;
        }
    }
}
