//! Random requests written from the schema table, in odd but legal wire shapes.

use pdata::{
    Signal,
    schema::{Field, Kind, Message, Rule},
    wire,
};

/// A request that differs with the seed: repeated fields interleaved, scalars packed or not,
/// singular scalars given twice, unknown fields between. What JSON always writes is present, and
/// no id is all zeros, so that nothing is lost on the way.
pub(crate) fn request(signal: Signal, seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let mut out = Vec::new();
    random.message(signal.schema(), 9, &mut out);
    out
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn message(&mut self, message: &'static Message, depth: usize, out: &mut Vec<u8>) {
        let members = message.fields.iter().filter(|field| field.rule == Rule::OneOf);
        let member = self.below(members.clone().count() as u64 + 1) as usize;
        let chosen = members.clone().nth(member).map(|field| field.number);
        for field in message.fields {
            match field.rule {
                Rule::Always => self.field(field, depth, out),
                Rule::OneOf if Some(field.number) == chosen => self.field(field, depth, out),
                Rule::OneOf => {}
                Rule::Repeated => {
                    for _ in 0..self.below(if depth == 0 { 1 } else { 3 }) {
                        self.repeated(field, depth, out);
                    }
                }
                Rule::Single | Rule::Optional => {
                    let twice = !matches!(field.kind, Kind::Message(_)) && self.below(8) == 0;
                    for _ in 0..self.below(2) + u64::from(twice) {
                        self.field(field, depth, out);
                    }
                }
            }
            if self.below(16) == 0 {
                wire::put_len(out, 4_000, b"unknown");
            }
        }
        for field in message.fields.iter().filter(|field| field.rule == Rule::Repeated) {
            if depth > 0 && self.below(4) == 0 {
                self.repeated(field, depth, out);
            }
        }
    }

    fn repeated(&mut self, field: &'static Field, depth: usize, out: &mut Vec<u8>) {
        if !field.kind.is_packable() || self.below(2) == 0 {
            return self.field(field, depth, out);
        }
        wire::put_message(out, field.number, |out| {
            for _ in 0..self.below(4) {
                self.value(field.kind, depth, out);
            }
        });
    }

    fn field(&mut self, field: &'static Field, depth: usize, out: &mut Vec<u8>) {
        match field.kind {
            Kind::Message(message) => wire::put_message(out, field.number, |out| {
                // An empty message where depth ends, unless something in it must be there.
                let must = message.fields.iter().any(|field| field.rule == Rule::Always);
                if depth > 0 || must {
                    self.message(message, depth.saturating_sub(1), out);
                }
            }),
            Kind::String => wire::put_len(out, field.number, self.text().as_bytes()),
            Kind::Bytes => {
                let length = self.below(7) as usize;
                let bytes = self.next().to_le_bytes();
                wire::put_len(out, field.number, &bytes[..length]);
            }
            Kind::Id(length) => {
                let id = [self.next() | 1, self.next() | 1].map(u64::to_le_bytes).concat();
                let length = if self.below(3) == 0 { 0 } else { length };
                wire::put_len(out, field.number, &id[..length]);
            }
            kind => {
                wire::put_tag(out, field.number, kind.wire_type());
                self.value(kind, depth, out);
            }
        }
    }

    /// A scalar without its tag; often at a border.
    fn value(&mut self, kind: Kind, _depth: usize, out: &mut Vec<u8>) {
        const BORDERS: [u64; 8] =
            [0, 1, 0x7f, 0x80, i32::MAX as u64, u32::MAX as u64, i64::MAX as u64, u64::MAX];
        let number = match self.below(12) {
            index @ 0..8 => BORDERS[index as usize],
            8 => self.below(1_000),
            _ => self.next(),
        };
        match kind {
            Kind::Double => {
                let special = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 1e21, 5e-324, 0.1];
                let value = match self.below(14) {
                    index @ 0..7 => special[index as usize],
                    7 => number as f64,
                    8 => number as f64 / 1_000.0,
                    _ => Some(f64::from_bits(self.next())).filter(|v| !v.is_nan()).unwrap_or(2.5),
                };
                out.extend_from_slice(&value.to_bits().to_le_bytes());
            }
            Kind::Fixed64 | Kind::Sfixed64 => out.extend_from_slice(&number.to_le_bytes()),
            Kind::Fixed32 => out.extend_from_slice(&(number as u32).to_le_bytes()),
            Kind::Int32 | Kind::Enum(_) => {
                wire::put_varint(out, i64::from(number as u32 as i32) as u64);
            }
            Kind::Uint32 | Kind::Sint32 => wire::put_varint(out, u64::from(number as u32)),
            Kind::Bool => wire::put_varint(out, number & 1),
            _ => wire::put_varint(out, number),
        }
    }

    fn text(&mut self) -> String {
        const PARTS: [&str; 12] = [
            "a",
            "gen_ai.usage",
            "\"",
            "\\",
            "\n\r\t",
            "\u{0}\u{8}\u{1f}\u{7f}",
            "é",
            "\u{2028}",
            "😀",
            "<&>",
            "\u{fffd}",
            "\u{d7ff}\u{e000}",
        ];
        let mut text = String::new();
        for _ in 0..self.below(4) {
            text.push_str(PARTS[self.below(12) as usize]);
        }
        if self.below(30) == 0 {
            text = "x".repeat(self.below(400) as usize);
        }
        text
    }
}
