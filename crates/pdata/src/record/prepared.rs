//! Attributes encoded in advance, for what a stage adds to nearly every record.

use smallvec::SmallVec;

use super::{
    AttributesMut, Form, Record, RecordKind, Splice,
    attributes::{Attribute, Mark, put_head},
};
use crate::AnyValue;

/// A list of attributes encoded in advance, to be added together to records that have none of them. Doubles
/// are filled in each time.
///
/// ```
/// # use pdata::{AnyValue, Prepared, Record, RecordKind};
/// # fn price(record: &mut Record<'_>, usd: f64) {
/// // Kept from record to record.
/// let cost = [(&b"cost"[..], AnyValue::Double(0.0)), (b"currency", AnyValue::Str(b"USD"))];
/// let cost = Prepared::new(RecordKind::Span, &cost);
/// record.attributes_mut().append_all(&cost, &[usd]);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The number of the attributes field.
    number: u32,
    /// All attributes, whole fields one after the other.
    bytes: Vec<u8>,
    parts: Vec<Part>,
    /// Which [`bucket`]s the keys are in, as bits.
    buckets: u64,
    /// Where in `bytes` the doubles stand.
    doubles: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Part {
    key: Vec<u8>,
    mark: Mark,
    /// Where in `bytes` it ends.
    end: usize,
}

/// Attributes added together, which lie side by side in memory. Whatever is edited afterwards, even another
/// attribute, they are written one by one: nobody who edits has to know of this.
#[derive(Clone, Copy, Debug)]
pub(super) struct Added<'a> {
    /// Which attributes of the record they are.
    first: usize,
    count: usize,
    /// How often attributes had been edited then, this included.
    edits: u64,
    /// All of them, whole fields.
    whole: &'a [u8],
}

impl Prepared {
    /// Encodes attributes for records of a kind.
    #[must_use]
    pub fn new(kind: RecordKind, pairs: &[(&[u8], AnyValue<'_>)]) -> Self {
        let number = match kind {
            RecordKind::Resource => Form::RESOURCE.attributes,
            RecordKind::Scope => Form::SCOPE.attributes,
            RecordKind::Span => Form::SPAN.attributes,
            RecordKind::Metric => Form::METRIC.attributes,
            RecordKind::LogRecord => Form::LOG_RECORD.attributes,
            RecordKind::DataPoint | RecordKind::Part => 0,
        };
        let mut prepared =
            Self { number, bytes: Vec::new(), parts: Vec::new(), buckets: 0, doubles: Vec::new() };
        for (key, value) in pairs {
            put_head(&mut prepared.bytes, number, key, value.encoded_len());
            value.write(&mut prepared.bytes);
            if matches!(value, AnyValue::Double(_)) {
                prepared.doubles.push(prepared.bytes.len() - size_of::<f64>());
            }
            let mark = Mark::of(key);
            prepared.buckets |= 1 << bucket(mark);
            let end = prepared.bytes.len();
            prepared.parts.push(Part { key: key.to_vec(), mark, end });
        }
        prepared
    }

    /// Whether a record has none of the keys.
    #[inline]
    fn is_absent(&self, record: &Record<'_>) -> bool {
        let mut all = record.attributes.iter();
        all.all(|attribute| {
            self.buckets >> bucket(attribute.mark()) & 1 == 0
                || self.parts.iter().all(|part| !attribute.is_of(&part.key, part.mark, record.raw))
        })
    }
}

/// One of 64, so that most keys are told apart without a look at each.
#[inline]
fn bucket(mark: Mark) -> u32 {
    mark.mixed() & 63
}

impl<'a> AttributesMut<'_, 'a> {
    /// Appends all of a list, with these doubles in their order; tells whether it did: not if one of the
    /// keys is there or the list is for another kind of record.
    pub fn append_all(&mut self, prepared: &Prepared, doubles: &[f64]) -> bool {
        let record = self.record();
        let is_fit = record.form.attributes == prepared.number && prepared.number != 0;
        if !is_fit || !prepared.is_absent(record) {
            return false;
        }
        let whole = record.arena.copy_with(&prepared.bytes, |bytes| {
            for (at, double) in prepared.doubles.iter().zip(doubles) {
                let place = bytes.get_mut(*at..).and_then(<[u8]>::first_chunk_mut::<8>);
                if let Some(place) = place {
                    *place = double.to_le_bytes();
                }
            }
        });
        let first = record.attributes.len();
        let mut rest = whole;
        let mut start = 0;
        for part in &prepared.parts {
            let Some((field, after)) = rest.split_at_checked(part.end - start) else { break };
            (rest, start) = (after, part.end);
            record.attributes.push(Attribute::added(part.mark, record.end, field));
        }
        record.attribute_edits += 1;
        let (count, edits) = (prepared.parts.len(), record.attribute_edits);
        record.added = Some(Added { first, count, edits, whole });
        true
    }
}

impl<'a> AttributesMut<'_, 'a> {
    /// [`set`](Self::set) for each of these in their order, faster where none of them is there.
    pub fn set_all(&mut self, pairs: &[(&[u8], AnyValue<'_>)]) {
        if !self.append_absent(pairs) {
            for (key, value) in pairs {
                self.set(key, *value);
            }
        }
    }

    /// Appends all of them unless one is there or two have the same key; tells whether it did.
    fn append_absent(&mut self, pairs: &[(&[u8], AnyValue<'_>)]) -> bool {
        let record = self.record();
        let number = record.form.attributes;
        if number == 0 || pairs.len() < 2 || !are_absent(pairs, record) {
            return false;
        }
        let mut ends = SmallVec::<[usize; 24]>::new();
        let mut rest = record.arena.encode(|out| {
            for (key, value) in pairs {
                put_head(out, number, key, value.encoded_len());
                value.write(out);
                ends.push(out.len());
            }
        });
        let (first, whole) = (record.attributes.len(), rest);
        let mut start = 0;
        for ((key, _), end) in pairs.iter().zip(ends) {
            let Some((field, after)) = rest.split_at_checked(end - start) else { break };
            (rest, start) = (after, end);
            record.attributes.push(Attribute::added(Mark::of(key), record.end, field));
        }
        record.attribute_edits += 1;
        let (count, edits) = (pairs.len(), record.attribute_edits);
        record.added = Some(Added { first, count, edits, whole });
        true
    }
}

/// Whether a record has none of the keys, and no two are the same.
fn are_absent(pairs: &[(&[u8], AnyValue<'_>)], record: &Record<'_>) -> bool {
    let mut buckets = 0_u64;
    for (at, (key, _)) in pairs.iter().enumerate() {
        let bit = 1 << bucket(Mark::of(key));
        let is_known = || pairs.iter().take(at).any(|(known, _)| known == key);
        if buckets & bit != 0 && is_known() {
            return false;
        }
        buckets |= bit;
    }
    record.attributes.iter().all(|attribute| {
        buckets >> bucket(attribute.mark()) & 1 == 0
            || pairs.iter().all(|(key, _)| !attribute.is_of(key, Mark::of(key), record.raw))
    })
}

impl<'a> Record<'a> {
    /// Hands the splices of all attributes to `put`; those added together are one.
    #[inline]
    pub(super) fn each_attribute_splice(&self, put: impl FnMut(Splice<'a>)) {
        let all = self.attributes.as_slice();
        let added = self.added.filter(|added| added.edits == self.attribute_edits);
        let (before, together, after) = match added {
            Some(Added { first, count, whole, .. }) => {
                let (before, rest) = all.split_at_checked(first).unwrap_or((all, &[]));
                let end = self.end as usize;
                let after = rest.get(count..).unwrap_or_default();
                (before, Splice::new(end, end, whole), after)
            }
            None => (all, None, &[][..]),
        };
        let before = before.iter().filter_map(Attribute::splice);
        let after = after.iter().filter_map(Attribute::splice);
        before.chain(together).chain(after).for_each(put);
    }
}
