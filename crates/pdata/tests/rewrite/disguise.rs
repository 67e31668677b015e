//! The same message written otherwise: fields in another order, long length prefixes, fields nobody
//! knows.

use pdata::{
    schema::{Kind, Message},
    wire::{self, FieldValue, Fields},
};

/// Numbers no OTLP message uses.
const UNKNOWN: [u32; 3] = [900, 15_000, 536_870_911];

/// What to do to a message, decided by a seed.
pub(crate) struct Disguise {
    seed: u64,
    /// Counts unknown fields, so that each is unlike all others.
    unknown: u64,
}

impl Disguise {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, unknown: 0 }
    }

    /// Xorshift: enough to be varied and the same each time.
    fn below(&mut self, limit: u64) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed % limit
    }

    /// Rewrites a message and those inside it, whose meaning stays as it is.
    pub(crate) fn message(&mut self, schema: &Message, content: &[u8]) -> Vec<u8> {
        self.seed |= 1;
        let mut fields: Vec<(u32, Vec<u8>)> = Vec::new();
        for field in Fields::new(content) {
            let mut out = Vec::new();
            match (schema.field(field.number).map(|known| known.kind), field.value) {
                (Some(Kind::Message(inner)), FieldValue::Len(bytes)) => {
                    // A value that is replaced takes what nobody knows in it along.
                    let plain = matches!(inner.name, "AnyValue");
                    let bytes = if plain { bytes.to_vec() } else { self.message(inner, bytes) };
                    wire::put_tag(&mut out, field.number, wire::LEN);
                    self.put_length(&mut out, bytes.len());
                    out.extend_from_slice(&bytes);
                }
                _ => out.extend_from_slice(&content[field.start..field.end]),
            }
            fields.push((field.number, out));
        }
        for _ in 0..self.below(3) {
            let at = usize::try_from(self.below(fields.len() as u64 + 1)).unwrap();
            let number = UNKNOWN[usize::try_from(self.below(3)).unwrap()];
            fields.insert(at, (number, self.unknown_field(number)));
        }
        for _ in 0..self.below(2 * fields.len() as u64 + 1) {
            let at = usize::try_from(self.below(fields.len() as u64)).unwrap();
            if at > 0 && fields[at - 1].0 != fields[at].0 {
                fields.swap(at - 1, at);
            }
        }
        fields.concat_all()
    }

    fn unknown_field(&mut self, number: u32) -> Vec<u8> {
        self.unknown += 1;
        let mut out = Vec::new();
        match self.below(4) {
            0 => wire::put_len(&mut out, number, &self.unknown.to_be_bytes()),
            1 => wire::put_fixed64(&mut out, number, self.unknown),
            2 => {
                wire::put_tag(&mut out, number, 3);
                wire::put_fixed64(&mut out, 1, self.unknown);
                wire::put_tag(&mut out, number, 4);
            }
            _ => {
                wire::put_tag(&mut out, number, wire::VARINT);
                wire::put_varint(&mut out, self.unknown);
            }
        }
        out
    }

    /// A length, at times in more bytes than it needs.
    fn put_length(&mut self, out: &mut Vec<u8>, length: usize) {
        if self.below(4) > 0 {
            return wire::put_varint(out, length as u64);
        }
        let mut padded = Vec::new();
        wire::put_varint(&mut padded, length as u64);
        *padded.last_mut().unwrap() |= 0x80;
        padded.push(0);
        out.extend_from_slice(&padded);
    }
}

trait ConcatAll {
    fn concat_all(self) -> Vec<u8>;
}

impl ConcatAll for Vec<(u32, Vec<u8>)> {
    fn concat_all(self) -> Vec<u8> {
        self.into_iter().flat_map(|(_, bytes)| bytes).collect()
    }
}

/// Every field nobody knows, as it stands, with the names of the messages around it.
pub(crate) fn unknown_fields(
    schema: &Message,
    content: &[u8],
    path: &str,
) -> Vec<(String, Vec<u8>)> {
    let path = format!("{path}.{}", schema.name);
    let mut found = Vec::new();
    for field in Fields::new(content) {
        match schema.field(field.number).map(|known| known.kind) {
            Some(Kind::Message(inner)) => {
                found.extend(unknown_fields(inner, field.value.bytes(), &path));
            }
            Some(_) => {}
            None => found.push((path.clone(), content[field.start..field.end].to_vec())),
        }
    }
    found.sort();
    found
}
