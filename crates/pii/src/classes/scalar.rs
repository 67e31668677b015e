//! Masks by a table, for every processor.

use super::{BLOCK, Masks};

const DIGIT: u16 = 1;
const UPPER: u16 = 1 << 1;
const LOWER: u16 = 1 << 2;
const DASH: u16 = 1 << 3;
const DOT: u16 = 1 << 4;
const ASSIGN: u16 = 1 << 5;
const AT: u16 = 1 << 6;
const SPACE: u16 = 1 << 7;
const ESCAPE: u16 = 1 << 8;
const FOLD: u16 = 1 << 9;
const HIGH: u16 = 1 << 10;

/// The class of a byte.
pub(super) const fn class(byte: u8) -> u16 {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'A'..=b'Z' => UPPER,
        b'a'..=b'z' => LOWER,
        b'-' | b'_' => DASH,
        b'.' => DOT,
        b':' | b'=' | b'>' => ASSIGN,
        b'@' => AT,
        b' ' | b'\t' | b'\n' | b'\r' => SPACE,
        b'%' | b'\\' | b'&' => ESCAPE,
        0xC2 | 0xCC | 0xCD | 0xD0 | 0xD1 | 0xD9 | 0xDB | 0xE0 | 0xE2 | 0xEF | 0xF0 => FOLD | HIGH,
        0x80.. => HIGH,
        _ => 0,
    }
}

static CLASSES: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
    while byte < 256 {
        table[byte] = class(byte as u8);
        byte += 1;
    }
    table
};

pub(super) fn classify(block: &[u8; BLOCK]) -> Masks {
    let mut masks = Masks::default();
    for (at, byte) in block.iter().enumerate() {
        let class = CLASSES.get(usize::from(*byte)).copied().unwrap_or_default();
        let bit = |of: u16| u64::from(class & of != 0) << at;
        masks.digit |= bit(DIGIT);
        masks.upper |= bit(UPPER);
        masks.lower |= bit(LOWER);
        masks.dash |= bit(DASH);
        masks.dot |= bit(DOT);
        masks.assign |= bit(ASSIGN);
        masks.at |= bit(AT);
        masks.space |= bit(SPACE);
        masks.escape |= bit(ESCAPE);
        masks.fold |= bit(FOLD);
        masks.high |= bit(HIGH);
    }
    masks
}
