//! Secrets that are said: `my password is hunter2`, `change the client secret to …`.

use super::special::is_random;
use crate::{
    bytes::{before, part, run, run_back},
    checksum::entropy,
    context::{self, Hints},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
    punct,
};

/// The longest of them.
const LONGEST: usize = 256;
/// How far before a string its row may begin.
const ROW: usize = 256;
/// How far before it its word may end.
const NEAR: usize = 48;

/// Words behind which it stands, of several languages.
const LINKS: [&[u8]; 14] = [
    b" is ",
    b" was ",
    b" ist ",
    b" lautet ",
    b" war ",
    b" est ",
    b" es ",
    b" era ",
    b" to ",
    b" as ",
    " è ".as_bytes(),
    " é ".as_bytes(),
    b" jest ",
    b" : ",
];
/// How far before a token the marks before it are read.
const MARKS: usize = 32;

/// What such a secret is made of, by byte.
static PARTS: [bool; 256] = {
    let mut parts = [true; 256];
    let mut byte = 0;
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler, which checks it")]
    while byte < 256 {
        let letter = byte as u8;
        parts[byte] = letter > b' '
            && letter != 0x7F
            && !matches!(letter, b'"' | b'\'' | b'`' | b'<' | b'>' | b',' | b';' | b'\\')
            && !matches!(letter, b'(' | b')' | b'[' | b']' | b'{' | b'}');
        byte += 1;
    }
    parts
};

fn is_part(byte: u8) -> bool {
    PARTS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Verbs that `to` needs.
const VERBS: [&[u8]; 8] =
    [b"update", b"change", b"set ", b"reset", b"rotat", b"switch", b"chang", b"renew"];

/// Notes the secret whose token, or the end of it, is `start..end`.
pub(super) fn at(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let text = scan.text;
    // Marks may stand before the token: `P@ss-w0rd`. What was read for the token before is not read again.
    let (known, until) = scan.said;
    let unread = if until <= start { (start - until).min(MARKS) } else { MARKS };
    let back = run_back(text, start, unread, is_part);
    let goes_on = back == unread && unread < MARKS;
    let first = if goes_on { known.max(start - MARKS.min(start)) } else { start - back };
    scan.said = (first, start);
    // `mysql -u root -phunter2`
    if part(text, first..first + 2) == b"-p" && first == start {
        let head = part(text, first.saturating_sub(64)..first);
        let holds = |name: &[u8]| crate::bytes::find(head, name).is_some();
        let is_login = holds(b"mysql") || holds(b"mariadb") || holds(b"sshpass");
        if is_login && end > first + 5 {
            scan.note(Entity::Password, (first + 2, end), Tier::B, Proof::Words, None);
        }
        return is_login;
    }
    let quotes = usize::from(matches!(before(text, first, 1), b'"' | b'\'' | b'`'));
    let head = part(text, (first - quotes).saturating_sub(64)..first - quotes);
    if quotes == 1 && matches!(head, [.., b',', b' '] | [.., b'(' | b',']) {
        return in_row(scan, (first, end));
    }
    if head.last() != Some(&b' ') || scan.is_structural() {
        return false;
    }
    if let Some(entity) = of_command(head, quotes == 1) {
        let value = (first, end + run(text, end, LONGEST, is_part));
        let is_sound =
            !punct::is_placeholder(part(text, value.0..value.1)) && value.1 > value.0 + 3;
        if is_sound {
            scan.note(entity, value, Tier::B, Proof::Words, None);
        }
        return is_sound;
    }
    let is_asked = ends_in_sentence(head);
    let Some(link) = link(head).or(is_asked) else {
        return false;
    };
    let before_link = part(head, 0..head.len() - link.len()).to_ascii_lowercase();
    let holds = |verb: &[u8]| crate::bytes::find(&before_link, verb).is_some();
    if link == b" to " && !VERBS.iter().any(|verb| holds(verb)) {
        return false;
    }
    let length = (end - first) + run(text, end, LONGEST, is_part);
    let value = part(text, first..first + length);
    let trimmed = value.iter().rposition(|byte| !b".:?!".contains(byte)).map_or(0, |last| last + 1);
    // What ends a sentence is no part of it, but a mark before that may be.
    let value = match part(value, trimmed..value.len()) {
        [b'!', b'.'] => part(value, 0..trimmed + 1),
        _ => part(value, 0..trimmed),
    };
    let Some((entity, word)) = kind(scan, (first, first + value.len()), value) else {
        return false;
    };
    scan.note(entity, (first, first + value.len()), Tier::B, Proof::Words, Some(word));
    true
}

/// Which of [`LINKS`] the text before a secret ends in.
fn link(head: &[u8]) -> Option<&'static [u8]> {
    // Their last letters.
    let may = matches!(head, [.., b's' | b't' | b'r' | b'a' | b'o' | b':' | 0xA8 | 0xA9, b' ']);
    LINKS.into_iter().find(|link| may && head.ends_with(link))
}

/// A string of an SQL row, `… values (7, 'hunter2')`, whose column may tell.
fn in_row(scan: &mut Scan<'_>, (start, end): (usize, usize)) -> bool {
    let is_known = scan.found.iter().rev().take(8).any(|one| one.start <= start && one.end >= end);
    let from = start.saturating_sub(ROW);
    let rows = crate::bytes::find_last(part(scan.text, from..start), b"values");
    if let Some(place) = rows.filter(|_| !is_known) {
        punct::columns(scan, from + place);
    }
    rows.is_some()
}

/// What stands behind `--password `, `-token ` and SQL's `IDENTIFIED BY `.
fn of_command(head: &[u8], is_quoted: bool) -> Option<Entity> {
    let head = head.trim_ascii_end();
    let tail = part(head, head.len().saturating_sub(13)..head.len());
    // In prose things are identified by others; SQL quotes or shouts.
    if tail == b"IDENTIFIED BY" || (is_quoted && tail.eq_ignore_ascii_case(b"identified by")) {
        return Some(Entity::Password);
    }
    let length = run_back(head, head.len(), 40, crate::bytes::is_token);
    let flag = part(head, head.len() - length..head.len());
    let name = flag.strip_prefix(b"--").or_else(|| flag.strip_prefix(b"-"))?;
    let hints = context::of_key(name);
    if hints.has(Hints::PASSWORD) {
        Some(Entity::Password)
    } else {
        hints.has(Hints::SECRET).then_some(Entity::GenericSecret)
    }
}

/// `the client secret you asked for: ` ends in a colon behind a word that is no key.
fn ends_in_sentence(head: &[u8]) -> Option<&'static [u8]> {
    let words = head.strip_suffix(b": ")?;
    let last = run_back(words, words.len(), 16, |byte| byte.is_ascii_lowercase());
    let gap = before(words, words.len() - last, 1);
    let more = run_back(words, (words.len() - last).saturating_sub(1), 16, |byte| {
        byte.is_ascii_lowercase()
    });
    (last > 0 && gap == b' ' && more > 0).then_some(b": ")
}

/// What the nearest word says that it is.
fn kind(scan: &mut Scan<'_>, span: (usize, usize), value: &[u8]) -> Option<(Entity, (u32, u32))> {
    if value.len() < 6 || punct::is_placeholder(value) || punct::is_code(value) {
        return None;
    }
    let near = scan.near(span.0, span.1)?;
    let tells = Hints::PASSWORD.or(Hints::SECRET).or(Hints::USERNAME);
    let (hints, word) = near.words().find(|(hints, (_, until))| {
        let until = *until as usize;
        hints.has(tells) && until <= span.0 && span.0 - until <= NEAR
    })?;
    let between = part(scan.text, word.1 as usize..span.0);
    let says_otherwise: [&[u8]; 9] = [
        b". ",
        b" id ",
        b" type ",
        b" name ",
        b"digest",
        b"hash",
        b" count ",
        b" length ",
        b"version",
    ];
    if says_otherwise.iter().any(|mark| crate::bytes::find(between, mark).is_some()) {
        return None;
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let is_version = value.iter().filter(|byte| **byte == b'.').count() * 3 >= digits + letters;
    if !context::stands_together(scan.text, word, span) || letters == 0 || digits == 0 || is_version
    {
        return None;
    }
    let entity = if hints.has(Hints::PASSWORD) {
        Entity::Password
    } else if hints.has(Hints::SECRET) {
        let is_secret = value.len() >= 16 && is_random(value) && entropy(value) >= 3.2;
        is_secret.then_some(Entity::GenericSecret)?
    } else {
        value
            .iter()
            .all(|byte| crate::bytes::is_token(*byte) || *byte == b'.')
            .then_some(Entity::Username)?
    };
    Some((entity, word))
}
