//! One character: what it reads as and how long it is.

use crate::bytes::{at as byte, before, part, run};

/// Whether the character or escape at `place` may hide something.
pub(crate) fn is_foldable(text: &[u8], place: usize) -> bool {
    let first = byte(text, place);
    match first {
        b'\\' if !matches!(byte(text, place + 1), b'\\' | b'u' | b'x') => false,
        b'\\' => {
            if before(text, place, 1) == b'\\' {
                return false;
            }
            let marks = run(text, place, 64, |byte| byte == b'\\');
            matches!(byte(text, place + marks), b'u' | b'x')
                && (tells(fold_at(text, place)) || latin(text, place).is_some())
        }
        b'%' | b'&' => {
            let (read, length) = fold_at(text, place);
            // A space between groups of a number.
            let joins = read == Some(b' ')
                && before(text, place, 1).is_ascii_alphanumeric()
                && byte(text, place + length).is_ascii_digit();
            joins || tells((read, length))
        }
        _ => {
            let (read, length) = fold_at(text, place);
            match read {
                // What is left out matters within words, a space or hyphen within numbers.
                None => is_plain(before(text, place, 1)) && is_plain(byte(text, place + length)),
                Some(b' ' | b'-') => {
                    before(text, place, 1).is_ascii_digit()
                        || byte(text, place + length).is_ascii_digit()
                }
                Some(folded) if folded != first => {
                    !matches!(first, 0xD0 | 0xD1)
                        || is_plain(before(text, place, 1))
                        || is_plain(byte(text, place + length))
                }
                Some(_) => false,
            }
        }
    }
}

/// Escapes that hide what is looked for: letters, digits, and marks inside of addresses and numbers.
fn tells((read, length): (Option<u8>, usize)) -> bool {
    length > 1
        && read.is_none_or(|byte| byte.is_ascii_alphanumeric() || b"@.-+_:=\"'/".contains(&byte))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'-' | b'_')
}

/// The letter of European names that `\u00e9` stands for, and how long the escape is.
pub(super) fn latin(text: &[u8], at: usize) -> Option<(char, usize)> {
    let marks = run(text, at, 64, |byte| byte == b'\\');
    let digits = part(text, at + marks + 1..at + marks + 5);
    let code = hex(digits, 4).filter(|_| marks > 0 && byte(text, at + marks) == b'u')?;
    let is_letter = matches!(code, 0xC0..=0x24F) && !matches!(code, 0xD7 | 0xF7);
    char::from_u32(code).filter(|_| is_letter).map(|letter| (letter, marks + 5))
}

/// What the character at `at` reads as, nothing if it is left out, and how long it is.
pub(super) fn fold_at(text: &[u8], at: usize) -> (Option<u8>, usize) {
    let first = byte(text, at);
    match first {
        b'\\' => backslash(text, at),
        b'%' => percent(text, at),
        b'&' => entity(text, at),
        0xC2.. => {
            let length = character_length(first);
            let Some(letter) = character(part(text, at..at + length)) else {
                return (Some(first), 1);
            };
            match fold(letter) {
                Fold::To(ascii) => (Some(ascii), length),
                Fold::Out => (None, length),
                Fold::Stays => (Some(first), 1),
            }
        }
        _ => (Some(first), 1),
    }
}

/// The character that these bytes are in UTF-8.
#[inline]
fn character(bytes: &[u8]) -> Option<char> {
    let (least, code) = match *bytes {
        [a, b] => (0x80, u32::from(a & 0x1F) << 6 | more(b)?),
        [a, b, c] => (0x800, u32::from(a & 0x0F) << 12 | more(b)? << 6 | more(c)?),
        [a, b, c, d] if a <= 0xF4 => {
            (0x1_0000, u32::from(a & 7) << 18 | more(b)? << 12 | more(c)? << 6 | more(d)?)
        }
        _ => return None,
    };
    char::from_u32(code).filter(|_| code >= least)
}

/// The six bits of a byte that continues a character.
#[inline]
fn more(byte: u8) -> Option<u32> {
    (byte & 0xC0 == 0x80).then_some(u32::from(byte & 0x3F))
}

fn character_length(first: u8) -> usize {
    match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        _ => 4,
    }
}

enum Fold {
    To(u8),
    Out,
    Stays,
}

/// Look-alikes of ASCII, and characters without width.
fn fold(letter: char) -> Fold {
    let code = letter as u32;
    let digit = |zero: u32| {
        u8::try_from(code - zero).map_or(Fold::Stays, |value| Fold::To(b'0' + value % 10))
    };
    match code {
        0xFF01..=0xFF5E => u8::try_from(code - 0xFEE0).map_or(Fold::Stays, |ascii| match ascii {
            b',' | b'(' | b')' | b'!' | b'?' | b';' => Fold::Stays,
            ascii => Fold::To(ascii),
        }),
        0x00AD | 0x200B..=0x200F | 0x2060..=0x2064 | 0xFEFF | 0x0300..=0x036F | 0xFE00..=0xFE0F => {
            Fold::Out
        }
        0x00A0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Fold::To(b' '),
        0x2010..=0x2015 | 0x2212 => Fold::To(b'-'),
        0x0660..=0x0669 => digit(0x0660),
        0x06F0..=0x06F9 => digit(0x06F0),
        // Devanagari to Malayalam have their digits at the same place of each block; then Thai, Lao, Tibetan.
        0x0966..=0x0D6F if matches!(code & 0x7F, 0x66..=0x6F) => digit(code & !0x7F | 0x66),
        0x0E50..=0x0E59 => digit(0x0E50),
        0x0ED0..=0x0ED9 => digit(0x0ED0),
        0x0F20..=0x0F29 => digit(0x0F20),
        // In circles.
        0x2460..=0x2468 => digit(0x245F),
        0x24EA => Fold::To(b'0'),
        // Letters of formulas: alphabets of both cases, one behind the other.
        0x1D400..=0x1D6A3 => {
            let place = u8::try_from((code - 0x1D400) % 52).unwrap_or_default();
            Fold::To(if place < 26 { b'A' + place } else { b'a' + place - 26 })
        }
        0x1D7CE..=0x1D7FF => digit(0x1D7CE),
        _ => similar(letter),
    }
}

/// Cyrillic and Greek letters that look like Latin ones.
#[rustfmt::skip]
fn similar(letter: char) -> Fold {
    Fold::To(match letter {
        'а' => b'a', 'е' => b'e', 'о' | 'ο' => b'o', 'р' => b'p', 'с' => b'c', 'у' => b'y', 'х' => b'x', 'і' => b'i',
        'ј' => b'j', 'ѕ' => b's', 'ԁ' => b'd', 'һ' => b'h', 'к' => b'k',
        'А' | 'Α' => b'A', 'В' | 'Β' => b'B', 'Е' | 'Ε' => b'E', 'К' | 'Κ' => b'K', 'М' | 'Μ' => b'M', 'Н' | 'Η' => b'H',
        'О' | 'Ο' => b'O', 'Р' | 'Ρ' => b'P', 'С' => b'C', 'Т' | 'Τ' => b'T', 'Х' | 'Χ' => b'X', 'І' | 'Ι' => b'I',
        'Ј' => b'J', 'Ѕ' => b'S', 'Ν' => b'N',
        _ => return Fold::Stays,
    })
}

/// `\"`, `\n`, `\/`, `\u0040` and `\x40`, with any number of backslashes.
fn backslash(text: &[u8], at: usize) -> (Option<u8>, usize) {
    let marks = run(text, at, 64, |byte| byte == b'\\');
    let kind = at + marks;
    match byte(text, kind) {
        b'u' => match hex(part(text, kind + 1..kind + 5), 4) {
            Some(high @ 0xD800..=0xDBFF) => surrogates(text, at, marks, high),
            Some(code) => (ascii(code), marks + 5),
            None => (Some(b'\\'), marks),
        },
        b'x' => match hex(part(text, kind + 1..kind + 3), 2) {
            Some(code) => (ascii(code), marks + 3),
            None => (Some(b'\\'), marks),
        },
        b'n' | b'r' | b't' => (Some(b'\n'), marks + 1),
        quote @ (b'"' | b'\'' | b'/') => (Some(quote), marks + 1),
        _ => (Some(b'\\'), marks),
    }
}

/// `\ud835\udfd2`: one character of which `high` is the first half.
fn surrogates(text: &[u8], at: usize, marks: usize, high: u32) -> (Option<u8>, usize) {
    let next = at + marks + 5;
    let is_pair =
        run(text, next, 64, |byte| byte == b'\\') == marks && byte(text, next + marks) == b'u';
    let low = hex(part(text, next + marks + 1..next + marks + 5), 4).filter(|_| is_pair);
    match low {
        Some(low @ 0xDC00..=0xDFFF) => {
            let code = 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00);
            (ascii(code), 2 * (marks + 5))
        }
        _ => (ascii(high), marks + 5),
    }
}

/// `%40`, and `%2540` however often it was escaped.
fn percent(text: &[u8], at: usize) -> (Option<u8>, usize) {
    let mut length = 1;
    while part(text, at + length..at + length + 2) == b"25"
        && length < 16
        && hex(part(text, at + length + 2..at + length + 4), 2).is_some()
    {
        length += 2;
    }
    match hex(part(text, at + length..at + length + 2), 2) {
        Some(code) if (0x20..0x7F).contains(&code) => (ascii(code), length + 2),
        _ => (Some(b'%'), 1),
    }
}

/// `&#64;`, `&#x40;`, `&commat;`, `&quot;`, also after `&amp;`.
fn entity(text: &[u8], at: usize) -> (Option<u8>, usize) {
    let mut length = 1;
    while part(text, at + length..at + length + 4) == b"amp;" && length < 17 {
        length += 4;
    }
    let rest = part(text, at + length..at + length + 10);
    let Some(end) = memchr::memchr(b';', rest) else { return (Some(b'&'), 1) };
    let name = part(rest, 0..end);
    let code = match name {
        b"commat" => Some(0x40),
        b"quot" => Some(0x22),
        b"period" => Some(0x2E),
        b"nbsp" => Some(0x20),
        _ => match name.strip_prefix(b"#") {
            Some(number) => match number.strip_prefix(b"x").or(number.strip_prefix(b"X")) {
                Some(digits) => hex(digits, digits.len()),
                None => std::str::from_utf8(number).ok().and_then(|number| number.parse().ok()),
            },
            None => None,
        },
    };
    match code {
        Some(code) => (ascii(code), length + end + 1),
        None => (Some(b'&'), 1),
    }
}

fn hex(digits: &[u8], length: usize) -> Option<u32> {
    if digits.len() != length || !(1..=6).contains(&length) {
        return None;
    }
    digits.iter().try_fold(0, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)?))
}

/// The character of that code as ASCII; what is none reads as a high byte.
fn ascii(code: u32) -> Option<u8> {
    if let Some(ascii) = u8::try_from(code).ok().filter(u8::is_ascii) {
        return Some(ascii);
    }
    match char::from_u32(code).map(fold) {
        Some(Fold::To(ascii)) => Some(ascii),
        Some(Fold::Out) => None,
        _ => Some(u8::try_from(code).ok().filter(u8::is_ascii).unwrap_or(0xFF)),
    }
}
