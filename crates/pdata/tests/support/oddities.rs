//! The same request written in a way nobody writes it, but everybody must read.

use pdata::{
    schema::{Field, Kind, Message, Rule},
    wire::{self, FieldValue, Fields},
};

use super::Dice;

/// Numbers no OTLP message uses.
const UNKNOWN: [u32; 3] = [900, 15_000, 536_870_911];

/// Rewrites a message and those inside it without changing what a protobuf reader makes of it:
/// singular messages in parts, overruled members of a oneof, overruled scalars, packed numbers
/// unpacked and mixed, unknown fields and groups, lengths longer than they need be.
pub(crate) fn make_odd(schema: &Message, message: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = Vec::new();
    for field in Fields::new(message) {
        if dice.once_in(8) {
            put_unknown(&mut out, dice);
        }
        let raw = &message[field.start..field.end];
        let Some(known) = schema.field(field.number) else {
            out.extend_from_slice(raw);
            continue;
        };
        match (known.kind, field.value) {
            (Kind::Message(inner), FieldValue::Len(content)) => {
                let content = make_odd(inner, content, dice);
                if known.rule == Rule::OneOf && dice.once_in(4) {
                    put_other_member(&mut out, schema, known, dice);
                }
                if known.rule != Rule::Repeated && dice.once_in(3) {
                    put_parts(&mut out, field.number, &content, dice);
                } else {
                    put_long(&mut out, field.number, &content, dice);
                }
            }
            (kind, FieldValue::Len(packed))
                if kind.is_packable() && known.rule == Rule::Repeated && dice.flag() =>
            {
                unpack(&mut out, known, packed, dice);
            }
            (_, FieldValue::Len(content)) => {
                if known.rule == Rule::OneOf && dice.once_in(4) {
                    put_other_member(&mut out, schema, known, dice);
                } else if known.rule != Rule::Repeated && dice.once_in(6) {
                    wire::put_len(&mut out, field.number, b"");
                }
                put_long(&mut out, field.number, content, dice);
            }
            _ => {
                if known.rule == Rule::OneOf && dice.once_in(4) {
                    put_other_member(&mut out, schema, known, dice);
                } else if known.rule != Rule::Repeated && dice.once_in(6) {
                    put_zero(&mut out, known);
                }
                out.extend_from_slice(raw);
            }
        }
    }
    if dice.once_in(8) {
        put_unknown(&mut out, dice);
    }
    out
}

/// A message in two parts, cut between two of its fields, with something between them at times.
fn put_parts(out: &mut Vec<u8>, number: u32, content: &[u8], dice: &mut Dice) {
    let cuts: Vec<usize> = Fields::new(content).map(|field| field.start).collect();
    let at = if cuts.is_empty() { 0 } else { cuts[dice.below(cuts.len().min(256))] };
    let (first, second) = content.split_at(at);
    wire::put_len(out, number, first);
    if dice.flag() {
        put_unknown(out, dice);
    }
    wire::put_len(out, number, second);
}

/// A member of the oneof that the next one overrules.
fn put_other_member(out: &mut Vec<u8>, schema: &Message, member: &Field, dice: &mut Dice) {
    let is_other = |other: &&Field| other.rule == Rule::OneOf && other.number != member.number;
    let others: Vec<&Field> = schema.fields.iter().filter(is_other).collect();
    let other = others[dice.below(others.len())];
    match other.kind {
        // The other member's content must not come back.
        Kind::Message(inner) => {
            let content = inner.fields.first().filter(|field| field.rule == Rule::Repeated);
            let mut body = Vec::new();
            if let Some(Field { number, kind: Kind::Message(_), .. }) = content {
                wire::put_len(&mut body, *number, b"");
            }
            wire::put_len(out, other.number, &body);
        }
        _ => put_zero(out, other),
    }
}

fn put_zero(out: &mut Vec<u8>, field: &Field) {
    match field.kind.wire_type() {
        0 => {
            wire::put_tag(out, field.number, wire::VARINT);
            out.push(0);
        }
        1 => wire::put_fixed64(out, field.number, 0),
        5 => wire::put_fixed32(out, field.number, 0),
        _ => wire::put_len(out, field.number, b""),
    }
}

fn unpack(out: &mut Vec<u8>, field: &Field, packed: &[u8], dice: &mut Dice) {
    let mut rest = packed;
    while !rest.is_empty() {
        let end = match field.kind.wire_type() {
            0 => wire::read_varint(rest, 0).unwrap().1,
            1 => 8,
            _ => 4,
        };
        let (one, after) = rest.split_at(end);
        if dice.flag() {
            wire::put_tag(out, field.number, field.kind.wire_type());
            out.extend_from_slice(one);
        } else {
            wire::put_len(out, field.number, one);
        }
        rest = after;
    }
}

/// A length-delimited field, at times with a longer length than needed.
fn put_long(out: &mut Vec<u8>, number: u32, content: &[u8], dice: &mut Dice) {
    if !dice.once_in(5) {
        return wire::put_len(out, number, content);
    }
    wire::put_tag(out, number, wire::LEN);
    let mut length = Vec::new();
    wire::put_varint(&mut length, content.len() as u64);
    *length.last_mut().unwrap() |= 0x80;
    out.extend(length);
    out.push(0);
    out.extend_from_slice(content);
}

fn put_unknown(out: &mut Vec<u8>, dice: &mut Dice) {
    let number = UNKNOWN[dice.below(3)];
    match dice.below(4) {
        0 => wire::put_len(out, number, &dice.bytes(5)),
        1 => wire::put_fixed32(out, number, dice.uint32()),
        2 => {
            wire::put_tag(out, number, 3);
            wire::put_fixed64(out, 1, dice.number());
            wire::put_tag(out, number, 4);
        }
        _ => {
            wire::put_tag(out, number, wire::VARINT);
            wire::put_varint(out, dice.number());
        }
    }
}
