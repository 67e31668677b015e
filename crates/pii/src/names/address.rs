//! Postal addresses: a number and a street, and what follows them.

use std::sync::LazyLock;

use crate::{
    bytes::{Lexicon, at as byte, before, from, is_word, part, run, run_back, three_before},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
};

/// Words that end the name of a street.
const STREETS: &str = "Street St Avenue Ave Av Road Rd Boulevard Blvd Lane Ln Drive Dr Way Court Ct Place Pl Terrace \
    Ter Circle Cir Highway Hwy Parkway Pkwy Square Sq Trail Trl Crescent Close Gardens Grove Mews Row Walk Hill Alley \
    Plaza Loop Pike Turnpike Crossing Quay Bypass Passage Vista Stravenue Skyway Freeway Expressway Motorway \
    Throughway Underpass Overpass Causeway Springs Shores Shoals Knolls Orchard Hollow Haven Harbor Creek Estates Canyon \
    Cove Crest Rapids Prairie Ranch Ridge Point Heights Manor Meadow Meadows View Path Pass";

static KNOWN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(STREETS));

/// Ends of the names of streets in German and Dutch.
pub(super) const ENDS: [&str; 10] =
    ["straße", "strasse", "str.", "weg", "platz", "allee", "gasse", "ring", "straat", "laan"];

/// Beginnings of streets in French, Spanish, Italian and Portuguese.
pub(super) const STARTS: [&str; 15] = [
    "rue ",
    "avenue ",
    "boulevard ",
    "place ",
    "chemin ",
    "impasse ",
    "allée ",
    "quai ",
    "Rue ",
    "Avenue ",
    "Boulevard ",
    "Place ",
    "Chemin ",
    "Impasse ",
    "Quai ",
];

/// The longest address.
const LONGEST: usize = 120;

/// Looks for a street whose name begins at `words`, behind a number that ends at `end`.
pub(super) fn street(scan: &mut Scan<'_>, words: usize, end: usize) {
    let text = scan.text;
    if end + 1 != words || byte(text, end) != b' ' {
        return;
    }
    let digits = run_back(text, end, 7, |byte| byte.is_ascii_digit());
    let start = end - digits;
    let joined = is_word(before(text, start, 1))
        || matches!(before(text, start, 1), b'.' | b'-' | b'/' | b':' | b'$');
    if digits > 6 || joined {
        return;
    }
    let rest = part(text, words..words + 60);
    // The words behind the number before this one have been read, and none ends a street.
    let (mut at, read) = match scan.street_clear {
        (from, to) if from <= words && words < to => {
            let spaces = part(text, words..to).iter().filter(|byte| **byte == b' ').count();
            (to - words, spaces)
        }
        _ => (0, 0),
    };
    let clear = if read > 0 { scan.street_clear.0 } else { words };
    for count in read..5 {
        if !begins_street(byte(rest, at)) {
            return;
        }
        let length = run(rest, at, WORD, is_of_street);
        let this = part(rest, at..at + length);
        let this = this.strip_suffix(b".").unwrap_or(this);
        // No street has one word only.
        let is_street = count > 0 && KNOWN.has(this);
        if is_street && LICENCES.iter().any(|known| from(text, start).starts_with(known)) {
            return;
        }
        if is_street {
            let until = words + at + this.len();
            let more = tail(from(text, until));
            // `2016 Iain Lane`
            let year = part(text, start..end);
            if more == 0 && digits == 4 && (year.starts_with(b"19") || year.starts_with(b"20")) {
                return;
            }
            let until = until + more;
            scan.note(Entity::Address, (start, until), Tier::B, Proof::Shape, None);
            return;
        }
        if this.is_empty() || byte(rest, at + length) != b' ' {
            return;
        }
        at += length + 1;
        if at < rest.len() {
            scan.street_clear = (clear, words + at);
        }
    }
}

/// The longest word of a street.
const WORD: usize = 24;

/// What words of streets are made of, by byte.
static PARTS: [bool; 256] = {
    let mut parts = [false; 256];
    let mut byte = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
    while byte < 256 {
        let letter = byte as u8;
        parts[byte] = letter.is_ascii_alphanumeric()
            || letter >= 0x80
            || matches!(letter, b'\'' | b'-' | b'.');
        byte += 1;
    }
    parts
};

fn is_of_street(byte: u8) -> bool {
    PARTS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Whether a word of the name of a street may begin so, as all those of [`STREETS`] do.
fn begins_street(first: u8) -> bool {
    first.is_ascii_uppercase() || first.is_ascii_digit() || first >= 0x80
}

/// How much of what follows a street belongs to the address: unit, city, state, code.
fn tail(text: &[u8]) -> usize {
    let text = part(text, 0..LONGEST);
    let (mut at, mut end, mut names, mut has_code) = (0, 0, 0, false);
    for _ in 0..6 {
        // `, ` or a line break, also an escaped one.
        let gap = run(text, at, 4, |byte| matches!(byte, b',' | b' ' | b'\n' | b'.'));
        let gap = if gap == 0 && text.get(at..at + 2) == Some(b"\\n") { 2 } else { gap };
        if gap == 0 || part(text, at..at + gap) == b". " {
            break;
        }
        at += gap;
        let length = place(from(text, at));
        if length == 0 {
            break;
        }
        at += length;
        end = at;
        let digits = run_back(text, end, 6, |byte| byte.is_ascii_digit());
        // In most of Europe the city stands behind its code.
        if digits >= 4 && (names > 0 || byte(text, at) != b' ') {
            break;
        }
        names += usize::from(digits == 0);
        if has_code && digits == 0 {
            break;
        }
        has_code |= digits >= 4;
    }
    // A city counts only with a state or a code behind it, or after a comma.
    let has_digit = part(text, 0..end).iter().any(u8::is_ascii_digit);
    if has_digit || text.first() == Some(&b',') { end } else { 0 }
}

/// A part of an address at the start of `text`: `Apt 4B`, a city, `CA`, `90210-1234`, `SW1A 2AA`.
fn place(text: &[u8]) -> usize {
    let is_part = |byte: u8| {
        byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'#' | b'-' | b'\'')
    };
    let length = run(text, 0, 24, is_part);
    let word = part(text, 0..length);
    let starts = word.first().is_some_and(|first| {
        first.is_ascii_uppercase() || first.is_ascii_digit() || *first == b'#' || *first >= 0xC3
    });
    let is_sentence = matches!(
        word,
        b"The"
            | b"I"
            | b"We"
            | b"It"
            | b"My"
            | b"And"
            | b"Please"
            | b"Is"
            | b"He"
            | b"She"
            | b"They"
            | b"You"
    );
    if starts && !is_sentence { length } else { 0 }
}

/// Whether a street may stand before the number `start..end` or behind it; wrong only in saying yes.
#[inline]
pub(crate) fn may_be_house(text: &[u8], (start, end): (usize, usize)) -> bool {
    // The last letters of `ENDS`.
    let [a, b, c] = three_before(text, start.saturating_sub(1));
    let stands = match c {
        b'e' | b'E' => matches!([a | 0x20, b | 0x20], [b's', b's'] | [b'l', b'e']) || b == STRASSE,
        b'g' | b'G' => matches!([a | 0x20, b | 0x20], [b'w', b'e'] | [b'i', b'n']),
        b't' | b'n' => matches!([a | 0x20, b | 0x20], [b'a', b'a']),
        b'z' => matches!([a | 0x20, b | 0x20], [b'a', b't']),
        b'.' => matches!([a | 0x20, b | 0x20], [b't', b'r']),
        _ => false,
    };
    stands || may_precede(text, end)
}

/// The last byte of `ß`.
const STRASSE: u8 = 0x9F;

/// Whether a street may stand behind the number of a house that ends at `at`; wrong only in saying yes.
#[inline]
pub(crate) fn may_precede(text: &[u8], mut at: usize) -> bool {
    at += usize::from(byte(text, at).is_ascii_lowercase());
    at += usize::from(byte(text, at) == b',');
    byte(text, at) == b' ' && may_follow(from(text, at + 1))
}

/// Looks at the number of a house that begins at `start`, behind a street in German or Dutch, or before
/// one in French.
pub(crate) fn german(scan: &mut Scan<'_>, start: usize) -> bool {
    let text = scan.text;
    let digits = run(text, start, 5, |byte| byte.is_ascii_digit());
    let letter = usize::from(
        byte(text, start + digits).is_ascii_lowercase() && !is_word(byte(text, start + digits + 1)),
    );
    let end = start + digits + letter;
    if digits > 4 || is_word(byte(text, end)) {
        return false;
    }
    let behind = from(text, end);
    let behind = behind.strip_prefix(b",").unwrap_or(behind);
    let behind = behind.strip_prefix(b" bis").unwrap_or(behind);
    if let Some(street) = behind.strip_prefix(b" ")
        && may_begin(street)
        && STARTS.iter().any(|word| street.starts_with(word.as_bytes()))
    {
        let name = run(street, 0, 50, |byte| {
            byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b' ' | b'\'' | b'-')
        });
        let capitals = part(street, 1..name).iter().any(u8::is_ascii_uppercase);
        let until = text.len() - street.len() + run(street, 0, name, |byte| byte != b'.');
        if capitals {
            let until = until + tail(from(text, until));
            scan.note(Entity::Address, (start, until), Tier::B, Proof::Shape, None);
        }
        return capitals;
    }
    let head = part(text, start.saturating_sub(9)..start.saturating_sub(1));
    if !matches!(head.last(), Some(b'e' | b'E' | b'.' | b'g' | b'G' | b'z' | b't' | b'n')) {
        return false;
    }
    let ends_in = |end: &[u8]| {
        let tail = head.len().checked_sub(end.len()).and_then(|at| head.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    // `During 2009`, `String 5`, `Engineering 101`
    if ends_in(b"ing") && !has_code(from(text, end)) {
        return false;
    }
    if !ENDS.iter().any(|end| ends_in(end.as_bytes())) {
        return false;
    }
    let length = run_back(text, start - 1, 40, |byte| {
        byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'-' | b'.')
    });
    let first = start - 1 - length;
    if length < 5 || !byte(text, first).is_ascii_uppercase() {
        return false;
    }
    let until = end + tail(from(text, end));
    scan.note(Entity::Address, (first, until), Tier::B, Proof::Shape, None);
    true
}

/// Whether the name of a street may begin so; wrong only in saying yes.
fn may_begin(street: &[u8]) -> bool {
    matches!(
        street,
        [b'r' | b'R' | b'q' | b'Q', b'u', b'e' | b'a', ..]
            | [b'a' | b'A', b'v', b'e', ..]
            | [b'a', b'l', b'l', ..]
            | [b'b' | b'B', b'o', b'u', ..]
            | [b'p' | b'P', b'l', b'a', ..]
            | [b'c' | b'C', b'h', b'e', ..]
            | [b'i' | b'I', b'm', b'p', ..]
    )
}

/// Whether a street, or `bis` before it, may follow the number of its house.
fn may_follow(text: &[u8]) -> bool {
    may_begin(text) || matches!(text, [b'b', b'i', b's', ..])
}

/// Whether a comma or space and a code of four or five digits follow.
fn has_code(text: &[u8]) -> bool {
    let gap = run(text, 0, 3, |byte| matches!(byte, b',' | b' ' | b'\n'));
    let digits = run(text, gap, 6, |byte| byte.is_ascii_digit());
    gap > 0 && matches!(digits, 4 | 5) && byte(text, gap + digits) == b' '
}

/// Where the licences of free software have been sent from: in every second source file.
const LICENCES: [&[u8]; 6] =
    [b"51 Franklin", b"59 Temple", b"675 Mass", b"31 Milk", b"160 Saratoga", b"1895 Preston"];

/// Whether the number at `start` may be one of a post office box; wrong only in saying yes.
#[inline]
pub(crate) fn may_be_box(text: &[u8], start: usize) -> bool {
    matches!(
        three_before(text, start),
        [b'o', b'x', b' '] | [b'c', b'h', b' '] | [b'd', b'o', b' ']
    )
}

/// `PO Box 123`, of which the number begins at `start`.
pub(crate) fn postal(scan: &mut Scan<'_>, start: usize) -> bool {
    if !may_be_box(scan.text, start) {
        return false;
    }
    let head = part(scan.text, start.saturating_sub(12)..start);
    let names: [&[u8]; 5] = [b"PO Box ", b"P.O. Box ", b"P.O.Box ", b"Postfach ", b"Apartado "];
    let Some(name) = names.iter().find(|name| head.ends_with(name)) else { return false };
    let digits = run(scan.text, start, 7, |byte| byte.is_ascii_digit());
    let end = start + digits;
    let until = end + tail(from(scan.text, end));
    scan.note(Entity::Address, (start - name.len(), until), Tier::B, Proof::Shape, None);
    true
}
