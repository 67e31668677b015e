//! Names and addresses, where words around them or their form tell.
//!
//! Called for each capital letter at the start of a word. The last letters of the word before ask a small
//! table; only then are the words compared.

mod address;
mod gazetteer;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

pub(crate) use self::address::{german, may_be_box, may_be_house, may_precede, postal};
pub use self::gazetteer::Gazetteer;
use crate::{
    bytes::{Lexicon, at as byte, before, from, is_escape, is_word, part, three_before},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
    policy::FieldClass,
    token,
};

/// Words behind which a name stands, in small letters; how many words it has at least.
#[rustfmt::skip]
const ANCHORS: &[(&str, usize)] = &[
    ("my name is", 1), ("name is", 2), ("my name's", 1), ("first name is", 1), ("last name is", 1), ("name on file is", 2), ("full name is", 1), ("surname is", 1), ("full name:", 2), ("name:", 2), ("i am", 2), ("i'm", 2), ("this is", 2), ("mr.", 1), ("mrs.", 1), ("ms.", 1), ("mr", 1), ("mrs", 1),
    ("ms", 1), ("miss", 1), ("dr.", 1), ("dr", 1), ("prof.", 1), ("professor", 1), ("dear", 1), ("regards,", 1), ("sincerely,", 1),
    ("cheers,", 1), ("thanks,", 1), ("wishes,", 1), ("yours,", 1), ("patient", 2), ("customer", 2), ("employee", 2),
    ("client", 2), ("attn:", 1), ("signed by", 2), ("signed:", 2), ("written by", 2), ("contact person:", 1), ("on behalf of", 2), ("speaking with", 2),
    ("patient:", 2), ("customer:", 2), ("call me", 1),
    ("herr", 1), ("frau", 1), ("ich heiße", 1), ("ich bin", 2), ("mein name ist", 1), ("grüße,", 1), ("grüßen,", 1), ("liebe", 1), ("lieber", 1), ("geehrter herr", 1),
    ("monsieur", 1), ("madame", 1), ("mme", 1), ("je m'appelle", 1), ("mon nom est", 1), ("je suis", 2), ("cordialement,", 1), ("bonjour", 2),
    ("señor", 1), ("señora", 1), ("sr.", 1), ("sra.", 1), ("me llamo", 1), ("mi nombre es", 1), ("soy", 2), ("saludos,", 1), ("estimado", 1), ("estimada", 1),
    ("signor", 1), ("signora", 1), ("sig.", 1), ("sig.ra", 1), ("mi chiamo", 1), ("il mio nome è", 1), ("saluti,", 1), ("gentile", 1),
    ("senhor", 1), ("senhora", 1), ("me chamo", 1), ("meu nome é", 1), ("atenciosamente,", 1), ("mijn naam is", 1), ("ik heet", 1), ("nazywam się", 2), ("heißt", 2),
];

/// Words that follow such words and are no names.
const COMMON: &str = "Mr Mrs Ms Dr Sr Sra Prof Sig Mme Herr Frau Herrn Madame Monsieur Sir Madam Sirs Customer Customers Team All User Users Hiring Support Friend Friends Colleagues Colleague \
    Everyone Folks Valued Member Members Client Community Developer Developers Service Services Manager Committee \
    The A An This That These Those It I We You He She They My Your Our His Her Its In On At For From With By To Of And Or But \
    Not No Yes If When Where What Who How Why Is Are Was Were Be Been Has Have Had Do Does Did Can Could Will Would Should \
    French German Spanish Italian Portuguese Dutch Chinese Japanese American British European Indian \
    Claude GPT ChatGPT Gemini Llama OpenAI Anthropic Google Microsoft Amazon Apple Python Java JavaScript Rust Go Kubernetes Docker \
    Linux Windows Redis Postgres MySQL AI API LLM HTTP JSON YAML URL ID SQL Monday Tuesday Wednesday Thursday Friday \
    Saturday Sunday January February March April May June July August September October November December \
    Today Tomorrow Yesterday Damen Herren Kundin Kunde Kollegen Sehr Der Die Das Ein Eine Please Thanks Thank Hello Hi Hey \
    Records Record Portal Data Name Number Email Id Account Address Phone Order Success Experience Relations Care Safety";

/// The anchors by their last two letters.
static ANCHORS_BY_END: LazyLock<Vec<Vec<&'static (&'static str, usize)>>> = LazyLock::new(|| {
    let mut all = vec![Vec::new(); 256];
    for row in ANCHORS {
        if let [.., a, b] = row.0.as_bytes()
            && let Some(anchors) = all.get_mut(bucket(*a, *b))
        {
            anchors.push(row);
        }
    }
    all
});

fn bucket(a: u8, b: u8) -> usize {
    usize::from(a.wrapping_mul(31) ^ b)
}

/// Whether an anchor may end in these letters; wrong only in saying yes.
fn may_end(last: [u8; 3]) -> bool {
    static ENDS: LazyLock<Vec<u64>> = LazyLock::new(|| {
        let mut ends = vec![0; (1 << 16) / 64];
        let particles = PARTICLES.iter().map(|particle| particle.trim_end());
        for anchor in ANCHORS.iter().map(|(anchor, _)| *anchor).chain(particles) {
            let anchor = anchor.as_bytes();
            let bit = ending(three_before(anchor, anchor.len()));
            if let Some(bits) = ends.get_mut(bit / 64) {
                *bits |= 1u64 << (bit % 64);
            }
        }
        ends
    });
    let bit = ending(last);
    ENDS.get(bit / 64).is_some_and(|bits| bits >> (bit % 64) & 1 == 1)
}

#[inline]
fn ending([a, b, c]: [u8; 3]) -> usize {
    // Before a word of two letters anything may stand.
    let a = if a.is_ascii_alphabetic() || a >= 0x80 { a } else { 0 };
    let letters = u32::from_le_bytes([a, b, c, 0]) | 0x0020_2020;
    (letters.wrapping_mul(0x9E37_79B9) >> 16) as usize
}

/// Looks at the word with a capital that begins at `start`.
#[inline]
pub(crate) fn at(scan: &mut Scan<'_>, start: usize) {
    if may_begin(scan.text, start) || scan.engine.policy.gazetteer.is_some() {
        closely(scan, start);
    }
}

/// Whether the word at `start` is worth a look; wrong only in saying yes.
#[inline]
fn may_begin(text: &[u8], start: usize) -> bool {
    let around = start.checked_sub(4).and_then(|first| from(text, first).first_chunk::<6>());
    let Some([a, b, c, gap, _, next]) = around.copied() else { return true };
    // A number, or an escape or more white space; keys and codes are in capitals.
    let is_more =
        gap != b' ' || c <= b' ' || c.is_ascii_digit() || c == b'N' || b == b'\\' || c == b'\\';
    is_more || next.is_ascii_uppercase() || (may_end([a, b, c]) && next != b' ')
}

/// Looks at a word that is worth it.
#[inline(never)]
fn closely(scan: &mut Scan<'_>, start: usize) {
    let text = scan.text;
    if start < scan.value_end || start < scan.blob_end {
        return;
    }
    let is_escaped = is_escape(text, start);
    if !is_escaped && !before(text, start, 1).is_ascii_whitespace() {
        return;
    }
    let mut end = start - 1 - usize::from(is_escaped);
    while end > 0 && start - end < 16 {
        let last = before(text, end, 1);
        match last {
            _ if last.is_ascii_whitespace() || last == b'\\' => end -= 1,
            b'n' | b'r' | b't' if is_escape(text, end) => end -= 2,
            _ => break,
        }
    }
    let last = three_before(text, end);
    let [.., b] = last;
    let next = byte(text, start + 1);
    if b.is_ascii_digit() {
        address::street(scan, start, end);
    }
    if may_end(last) && next != b' ' {
        anchored(scan, start, end);
    }
    if next == b'E' && part(text, start.saturating_sub(11)..start).ends_with(b"-BEGIN ") {
        // `-----BEGIN ENCRYPTED PRIVATE KEY-----`
        private_key(scan, start);
    } else if b == b'N' && part(text, start.saturating_sub(11)..start) == b"-----BEGIN " {
        private_key(scan, start);
    }
    if next.is_ascii_uppercase() && matches!(b, b'C' | b'c' | b'T' | b't' | b':' | b's' | b'e') {
        bank(scan, start);
    }
    if byte(text, start) == b'V' && part(text, start..start + 6) == b"VALUES" {
        crate::punct::columns(scan, start);
    }
    if scan.engine.policy.gazetteer.is_some()
        && matches!(scan.context.class, FieldClass::Content | FieldClass::Any)
    {
        gazetteer::at(scan, start);
    }
}

/// A BIC of letters alone, beside a word for it.
fn bank(scan: &mut Scan<'_>, start: usize) {
    let length = crate::bytes::run(scan.text, start, 12, |byte| byte.is_ascii_uppercase());
    let code = part(scan.text, start..start + length);
    if matches!(length, 8 | 11) && !is_word(byte(scan.text, start + length)) && token::bic(code) {
        scan.find_with(
            Entity::SwiftBic,
            (start, start + length),
            Proof::Words,
            crate::context::Hints::SWIFT,
        );
    }
}

/// The private key whose first line's words begin at `words`: to its end line, or to the end of the text.
fn private_key(scan: &mut Scan<'_>, words: usize) {
    const LONGEST: usize = 64 << 10;
    let head = part(scan.text, words..words + 48);
    let Some(mark) = memchr::memmem::find(head, b"PRIVATE KEY") else { return };
    let start = words - b"-----BEGIN ".len().min(words);
    if scan
        .found
        .last()
        .is_some_and(|last| last.end > start && last.entity() == Some(Entity::PrivateKey))
    {
        return;
    }
    let body = part(scan.text, words + mark..words + mark + LONGEST);
    let end = memchr::memmem::find(body, b"-----END").map(|end| {
        let tail = part(body, end..end + 64);
        let close = memchr::memmem::find(from(tail, 8), b"-----").map_or(8, |at| 8 + at + 5);
        words + mark + end + close.min(tail.len())
    });
    // `-----BEGIN PRIVATE KEY-----{}-----END` is a template.
    let open = b"PRIVATE KEY-----".len();
    let letters = memchr::memmem::find(body, b"-----END").map(|end| part(body, open..end));
    let is_short = |letters: &[u8]| {
        let letters = letters.iter().filter(|byte| byte.is_ascii_alphanumeric());
        // Rows of one letter too are a template.
        letters.clone().take(8).count() < 8 || letters.take(64).all(|byte| b"XxNn".contains(byte))
    };
    if letters.is_some_and(is_short) {
        return;
    }
    // A key that was cut ends where its string does.
    let end = end.unwrap_or_else(|| {
        let string = body.iter().position(|byte| matches!(byte, b'"' | b'\'' | b'<'));
        words + mark + string.unwrap_or(body.len())
    });
    scan.find(Entity::PrivateKey, start, end, Proof::Prefix);
    scan.token_end = scan.token_end.max(end);
    scan.skip(start, end);
}

/// What may stand between a form of address and the first capital of a name.
const PARTICLES: [&str; 6] = ["van der ", "van den ", "von der ", "van ", "von ", "ter "];

/// Notes the name at `start` if an anchor ends at `end`.
fn anchored(scan: &mut Scan<'_>, start: usize, end: usize) {
    let head = part(scan.text, start.saturating_sub(8)..start);
    if let Some(particle) = PARTICLES.iter().find(|particle| head.ends_with(particle.as_bytes())) {
        let first = start - particle.len();
        if first > 0 && before(scan.text, first, 1) == b' ' {
            return anchored_at(scan, (first, start), first - 1);
        }
    }
    anchored_at(scan, (start, start), end);
}

/// Notes the name that begins at `start`, its first capital at `capital`.
fn anchored_at(scan: &mut Scan<'_>, (start, capital): (usize, usize), end: usize) {
    let head = part(scan.text, end.saturating_sub(20)..end).to_ascii_lowercase();
    let is_escaped = |anchor: &str| is_escape(scan.text, end - anchor.len());
    let stands = |anchor: &str| {
        head.ends_with(anchor.as_bytes())
            && (is_escaped(anchor)
                || !head
                    .len()
                    .checked_sub(anchor.len() + 1)
                    .and_then(|at| head.get(at))
                    .is_some_and(|byte| is_word(*byte) || matches!(byte, b'.' | b'-')))
    };
    // Of anchors that end alike the longest knows best.
    let [.., a, b] = head.as_slice() else { return };
    let anchors = ANCHORS_BY_END.get(bucket(*a, *b)).map_or(&[][..], Vec::as_slice);
    let longest =
        anchors.iter().filter(|(anchor, _)| stands(anchor)).max_by_key(|(anchor, _)| anchor.len());
    let Some((anchor, least)) = longest else { return };
    let text = scan.text;
    let first = end - anchor.len();
    // `Mr. Smith` stands on one line, and begins with one capital: `MS` and `ms` are something else.
    let is_title = TITLES.contains(anchor);
    let second = byte(text, first + 1);
    if is_title
        && (start != end + 1
            || !byte(text, first).is_ascii_uppercase()
            || !(second.is_ascii_lowercase() || second >= 0x80))
    {
        return;
    }
    // `written by` stands in every second source file.
    let is_told = scan.context.class == FieldClass::Content;
    if *anchor == "written by" && !is_told {
        return;
    }
    let head = part(text, first.saturating_sub(12)..first).to_ascii_lowercase();
    let is_credit = [b"written by ".as_slice(), b"created by ", b"ained by "];
    if is_title && !is_told && is_credit.iter().any(|credit| head.ends_with(credit)) {
        return;
    }
    let (length, words) = name(&mut scan.names, text, capital);
    if words >= *least && !is_of_thing(anchor, text, (first, capital), (length, words), is_told) {
        scan.note(Entity::Person, (start, capital + length), Tier::B, Proof::Words, None);
    }
}

/// Whether the words with capitals behind the anchor at `first` say something else than a name: a heading, what a
/// thing is called, how somebody feels.
fn is_of_thing(
    anchor: &str,
    text: &[u8],
    (first, capital): (usize, usize),
    (length, words): (usize, usize),
    is_told: bool,
) -> bool {
    let behind = capital + length;
    let goes_on = byte(text, behind) == b' ' && byte(text, behind + 1).is_ascii_lowercase();
    let is_capital = byte(text, first).is_ascii_uppercase();
    match anchor {
        // `Client Example Program`, `PC Client Specific Implementation Specification`
        "patient" | "customer" | "employee" | "client" => {
            let is_title = word_before(text, first).first().is_some_and(u8::is_ascii_uppercase);
            !is_told && (words > 3 || (is_capital && (!goes_on || is_title)))
        }
        // `the file name is Annual Report`
        "name is" => {
            std::str::from_utf8(part(text, capital..behind)).is_ok_and(crate::punct::is_thing)
        }
        // `I'm Feeling Lucky`
        "i'm" | "i am" | "this is" => {
            part(text, capital..capital + word(from(text, capital))).ends_with(b"ing")
        }
        // `name: Main Branch`
        "name:" => !is_told && !is_of_person(text, first),
        _ => false,
    }
}

/// The word that ends before the space before `end`.
fn word_before(text: &[u8], end: usize) -> &[u8] {
    let end = end.saturating_sub(1);
    let length = crate::bytes::run_back(text, end, 24, |byte| byte.is_ascii_alphabetic());
    part(text, end - length..end)
}

/// Forms of address.
const TITLES: [&str; 21] = [
    "mr.",
    "mrs.",
    "ms.",
    "mr",
    "mrs",
    "ms",
    "miss",
    "dr.",
    "dr",
    "prof.",
    "professor",
    "sr.",
    "sra.",
    "sig.",
    "sig.ra",
    "herr",
    "frau",
    "señor",
    "señora",
    "signor",
    "signora",
];

/// Whether `Name:` at `start` begins a line with a capital, or stands behind a word for a person.
fn is_of_person(text: &[u8], start: usize) -> bool {
    const OWNERS: &str = "full first last legal maiden customer client patient employee user contact cardholder \
        holder my your his her their s applicant member passenger guest student account billing shipping";
    if matches!(before(text, start, 1), b'\n' | b'|' | b',' | b';')
        || start == 0
        || is_escape(text, start)
    {
        return byte(text, start) == b'N';
    }
    if before(text, start, 1) == b'"' {
        return true;
    }
    let end = start - usize::from(matches!(before(text, start, 1), b' ' | b'_'));
    let length = crate::bytes::run_back(text, end, 16, |byte| byte.is_ascii_alphabetic());
    let word = part(text, end - length..end).to_ascii_lowercase();
    OWNERS.split_ascii_whitespace().any(|owner| owner.as_bytes() == word)
}

/// What a word is in a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// `J.`
    Initial,
    /// `van`, in front of which a word of the name stands.
    Particle,
    Word,
    /// None of a name.
    Other,
}

/// Words that were read, each at the place that its start says: where names stand side by side, none is read again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen([(usize, u8, Part); SEEN]);

/// Words of which a name is made, and some more.
const SEEN: usize = 8;

impl Default for Seen {
    fn default() -> Self {
        Self([(usize::MAX, 0, Part::Other); SEEN])
    }
}

impl Seen {
    /// The length of the word at `start` and what it is.
    #[inline]
    fn part(&mut self, text: &[u8], start: usize) -> (usize, Part) {
        let Some(seen) = self.0.get_mut(start % SEEN) else { return part_of_name(text, start) };
        if seen.0 != start {
            let (length, kind) = part_of_name(text, start);
            *seen = (start, length as u8, kind);
        }
        (usize::from(seen.1), seen.2)
    }
}

/// The length of the word at `start` and what it is in a name.
fn part_of_name(text: &[u8], start: usize) -> (usize, Part) {
    let length = word(from(text, start));
    let this = part(text, start..start + length);
    let kind = match this {
        [letter] if byte(text, start + 1) == b'.' && letter.is_ascii_uppercase() => Part::Initial,
        _ if is_particle(this) => Part::Particle,
        _ if length >= 2 && is_capital(this) && !is_common(this) => Part::Word,
        _ => Part::Other,
    };
    (length, kind)
}

fn is_particle(word: &[u8]) -> bool {
    matches!(
        word,
        b"van"
            | b"von"
            | b"de"
            | b"der"
            | b"den"
            | b"da"
            | b"di"
            | b"del"
            | b"la"
            | b"bin"
            | b"al"
            | b"el"
            | b"dos"
            | b"du"
            | b"le"
            | b"ten"
            | b"zu"
    )
}

/// How long the name at `start` is and how many words it has; none if the first is common.
fn name(seen: &mut Seen, text: &[u8], start: usize) -> (usize, usize) {
    let name = part(text, start..start + NAME);
    let (mut end, mut words, mut at) = (0, 0, 0);
    while words < 5 {
        // What the longest name cuts off is no part of its last word.
        let (length, kind) = match at + WORD + 2 < name.len() {
            true => seen.part(text, start + at),
            false => part_of_name(name, at),
        };
        match kind {
            Part::Initial => at += 2,
            Part::Particle if words > 0 => at += length,
            Part::Word => {
                at += length;
                words += 1;
                end = at;
            }
            _ => break,
        }
        if byte(name, at) != b' ' {
            break;
        }
        at += 1;
    }
    // `White_Space`, `Person(…)`
    let next = byte(name, end);
    let goes_on = matches!(next, b'_' | b'(' | b'[' | b'<' | b'=')
        || (next == b':' && byte(name, end + 1) == b':');
    if words == 0 || goes_on { (0, 0) } else { (end, words) }
}

/// The longest name.
const NAME: usize = 80;
/// The longest word of one.
const WORD: usize = 40;

/// Letters, hyphens and apostrophes within.
fn word(text: &[u8]) -> usize {
    let is_part =
        |byte: u8| byte.is_ascii_alphabetic() || byte >= 0x80 || matches!(byte, b'-' | b'\'');
    let length = crate::bytes::run(text, 0, WORD, is_part);
    let word = part(text, 0..length);
    // The genitive is no part of the name, and neither is a closing quote.
    let word = word.strip_suffix(b"'s").unwrap_or(word);
    let cut = word.strip_suffix("’s".as_bytes()).unwrap_or(word);
    cut.iter().rposition(|byte| !matches!(byte, b'-' | b'\'')).map_or(0, |last| last + 1)
}

fn is_capital(word: &[u8]) -> bool {
    let first = std::str::from_utf8(word).ok().and_then(|word| word.chars().next());
    let shouted = word.len() > 1 && word.iter().all(u8::is_ascii_uppercase);
    first.is_some_and(char::is_uppercase) && !shouted
}

static KNOWN_COMMON: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(COMMON));

fn is_common(word: &[u8]) -> bool {
    KNOWN_COMMON.has(word)
}
