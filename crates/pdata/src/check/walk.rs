//! The walk over every message of a request.

use super::{
    Counts, Malformed, NESTING_MAX,
    attribute::{is_plain_pair, plain_run},
    count,
};
use crate::{
    Signal,
    schema::{Field, KEY_VALUE, Kind, Message, Rule},
    wire::{FieldValue, Fields, read_varint},
};

/// The field of old OTLP that held the scopes of a resource.
pub(super) const DEPRECATED_SCOPES: u32 = 1000;

/// What a walk without fault finds.
pub(super) struct Verdict {
    pub(super) counts: Counts,
    /// Whether something in it may have to be rewritten.
    pub(super) is_odd: bool,
}

/// Walks a whole request.
pub(super) fn walk(signal: Signal, bytes: &[u8]) -> Result<Verdict, Malformed> {
    let mut walk = Walk { levels: [0; 5], is_odd: false, fault: None };
    let place = Place { chain: count::chain(signal), depth: 0 };
    if walk.message(signal.schema(), bytes, place).is_none() {
        let (address, reason) = walk.fault.unwrap_or((bytes.as_ptr().addr(), "unreadable"));
        let offset = address.saturating_sub(bytes.as_ptr().addr());
        return Err(Malformed {
            signal,
            offset,
            path: path(signal.schema(), bytes, offset),
            reason,
        });
    }
    Ok(Verdict { counts: count::counts(signal, walk.levels), is_odd: walk.is_odd })
}

/// Where in the tree a message stands.
#[derive(Clone, Copy)]
struct Place {
    /// What is left of the way to the items; empty beside that way.
    chain: &'static [u32],
    /// Messages around it.
    depth: usize,
}

/// The walk's findings so far. Its functions answer `None` to stop; the fault is then noted.
struct Walk {
    levels: [usize; 5],
    is_odd: bool,
    fault: Option<(usize, &'static str)>,
}

impl Walk {
    fn message(&mut self, schema: &'static Message, bytes: &[u8], place: Place) -> Option<()> {
        let mut at = 0;
        let mut seen = Seen::default();
        while let Some(&first) = bytes.get(at) {
            let start = at;
            let tag;
            if first < 0x80 {
                (tag, at) = (u32::from(first), at + 1);
            } else {
                match read_varint(bytes, at) {
                    Some((long, end)) if u32::try_from(long).is_ok() => {
                        (tag, at) = (long as u32, end)
                    }
                    _ => return self.fault(bytes, start, "a tag that is cut short or too long"),
                }
            }
            let Some(field) = schema.field(tag >> 3) else {
                at = self.unknown(schema, bytes, start, place)?;
                continue;
            };
            if tag & 7 != field.kind.wire_type() {
                at = self.packed(field, tag & 7, bytes, (start, at))?;
                continue;
            }
            let end = match field.kind.wire_type() {
                0 => read_varint(bytes, at).map(|(_, end)| end),
                1 => Some(at + 8),
                5 => Some(at + 4),
                _ => read_varint(bytes, at).and_then(|(length, value_at)| {
                    at = value_at;
                    value_at.checked_add(usize::try_from(length).ok()?)
                }),
            };
            let Some(value) = end.and_then(|end| bytes.get(at..end)) else {
                return self.fault(bytes, start, "a value that is cut short");
            };
            at += value.len();
            match field.kind {
                Kind::Message(inner) => {
                    if field.rule != Rule::Repeated {
                        self.is_odd |= seen.again(field, true);
                    }
                    if std::ptr::eq(inner, &raw const KEY_VALUE) && is_plain_pair(value) {
                        if place.depth + 2 > NESTING_MAX {
                            return self.fault(bytes, start, TOO_DEEP);
                        }
                        at += plain_run(bytes.get(at..).unwrap_or_default(), first);
                        continue;
                    }
                    self.nested(field, inner, (bytes, start, value), place)?;
                }
                Kind::Id(length) if !value.is_empty() && value.len() != length => {
                    return self.fault(bytes, start, "an id of the wrong length");
                }
                _ if field.rule == Rule::OneOf => self.is_odd |= seen.again(field, false),
                _ => {}
            }
        }
        Some(())
    }

    /// Goes into a message; on the way to the items, counts it.
    #[inline]
    fn nested(
        &mut self,
        field: &'static Field,
        inner: &'static Message,
        (around, start, content): (&[u8], usize, &[u8]),
        place: Place,
    ) -> Option<()> {
        let depth = place.depth + 1;
        if depth > NESTING_MAX {
            return self.fault(around, start, TOO_DEEP);
        }
        let chain = match place.chain {
            [mask, below @ ..] if field.number < 32 && mask >> field.number & 1 == 1 => {
                if let Some(level) = self.levels.get_mut(place.depth) {
                    *level += 1;
                }
                below
            }
            _ => &[],
        };
        self.message(inner, content, Place { chain, depth })
    }

    /// A known field whose wire type is not that of one value: only packed scalars may be so.
    fn packed(
        &mut self,
        field: &'static Field,
        wire: u32,
        bytes: &[u8],
        (start, at): (usize, usize),
    ) -> Option<usize> {
        if wire != 2 || field.rule != Rule::Repeated || !field.kind.is_packable() {
            return self.fault(bytes, start, "a known field with the wrong wire type");
        }
        let Some((value_at, end)) = read_varint(bytes, at).and_then(|(length, value_at)| {
            Some((value_at, value_at.checked_add(usize::try_from(length).ok()?)?))
        }) else {
            return self.fault(bytes, start, "a value that is cut short");
        };
        let Some(mut values) = bytes.get(value_at..end) else {
            return self.fault(bytes, start, "a value that is cut short");
        };
        let fits = match field.kind.wire_type() {
            1 => values.len().is_multiple_of(8),
            5 => values.len().is_multiple_of(4),
            _ => {
                while let Some(rest) = read_varint(values, 0).and_then(|(_, end)| values.get(end..))
                {
                    values = rest;
                }
                values.is_empty()
            }
        };
        if !fits {
            return self.fault(bytes, start, "packed values that do not fill their length");
        }
        Some(end)
    }

    /// Steps over a field the table does not know. The scopes of old OTLP are looked into.
    #[cold]
    fn unknown(
        &mut self,
        schema: &'static Message,
        bytes: &[u8],
        start: usize,
        place: Place,
    ) -> Option<usize> {
        let Some(field) = bytes.get(start..).and_then(|rest| Fields::new(rest).next()) else {
            return self.fault(bytes, start, "an unknown field that is cut short or has no number");
        };
        if let (DEPRECATED_SCOPES, FieldValue::Len(content), Some(scopes)) =
            (field.number, field.value, deprecated(schema))
            && let Kind::Message(inner) = scopes.kind
        {
            self.is_odd = true;
            self.nested(scopes, inner, (bytes, start, content), place)?;
        }
        Some(start + field.end)
    }

    /// Notes the field at `start` of the message `bytes` as the fault. Its address, not its offset,
    /// is kept: so the walk need not carry along where in the request a message stands.
    #[cold]
    fn fault<T>(&mut self, bytes: &[u8], start: usize, reason: &'static str) -> Option<T> {
        self.fault = Some((bytes.as_ptr().addr() + start, reason));
        None
    }
}

const TOO_DEEP: &str = "messages nested more than 100 deep";

/// The field that took the place of field 1000, in the messages that once had one.
pub(super) fn deprecated(schema: &'static Message) -> Option<&'static Field> {
    let had = ["ResourceSpans", "ResourceMetrics", "ResourceLogs"].contains(&schema.name);
    schema.field(2).filter(|_| had)
}

/// Which singular messages and members of the oneof a message has had so far.
#[derive(Default)]
struct Seen {
    /// By field number; singular messages have numbers below 32.
    messages: u32,
    has_oneof: bool,
    has_oneof_message: bool,
}

impl Seen {
    /// Notes a field; whether readers could disagree about what it is now.
    #[inline]
    fn again(&mut self, field: &Field, is_message: bool) -> bool {
        if field.rule == Rule::OneOf {
            let again = self.has_oneof && (is_message || self.has_oneof_message);
            self.has_oneof = true;
            self.has_oneof_message |= is_message;
            return again;
        }
        let bit = 1 << (field.number & 31);
        let again = self.messages & bit != 0;
        self.messages |= bit;
        again
    }
}

/// The messages around a byte, outermost first, the request itself left out unless alone.
#[cold]
fn path(root: &'static Message, bytes: &[u8], offset: usize) -> String {
    let (mut schema, mut message, mut base) = (root, bytes, 0);
    let mut names = Vec::new();
    while let Some((inner, content, start)) = enclosing(schema, message, offset - base) {
        names.push(inner.name);
        (schema, message, base) = (inner, content, base + start);
    }
    if names.is_empty() { root.name.to_owned() } else { names.join(".") }
}

/// The nested message that holds the byte at `offset`, and where it starts.
fn enclosing<'a>(
    schema: &'static Message,
    message: &'a [u8],
    offset: usize,
) -> Option<(&'static Message, &'a [u8], usize)> {
    let field = Fields::new(message).find(|field| field.end > offset)?;
    let known = match field.number {
        DEPRECATED_SCOPES => deprecated(schema),
        number => schema.field(number),
    }?;
    match (known.kind, field.value) {
        (Kind::Message(inner), FieldValue::Len(content)) if field.value_start <= offset => {
            Some((inner, content, field.value_start))
        }
        _ => None,
    }
}
