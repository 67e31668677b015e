//! Mail addresses, and payment addresses, which look like them.

use std::sync::LazyLock;

use crate::{
    bytes::{Lexicon, at as byte, before, ends_colour, from, part, run, run_back},
    context::Hints,
    engine::{Proof, Scan},
    entity::Entity,
};

/// The longest part before the `@`.
const LOCAL: usize = 64;
/// The longest domain.
const DOMAIN: usize = 253;

/// Ends of names of files and code, which are no domains although they look like it.
const FILES: &str = "png jpg jpeg gif svg webp ico js jsx ts tsx mjs cjs py rb rs go java c h cpp hpp cs php json \
    yaml yml toml xml html htm css scss md txt log csv lock map exe dll zip gz tgz tar whl jar class prototype \
    property setter getter length value name id key test spec min patch diff pyc";

static KNOWN_FILES: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(FILES));

/// The longest last part of a domain.
const TOP: usize = 24;

/// Looks around the `@` at `place`.
pub(crate) fn at_sign(scan: &mut Scan<'_>, place: usize) {
    if place < scan.url_end || place < scan.blob_end {
        return;
    }
    between(scan, place, place + 1);
}

/// Looks at the name that ends at `place` and the domain that begins at `host`.
pub(super) fn between(scan: &mut Scan<'_>, place: usize, host: usize) {
    let text = scan.text;
    let first = byte(text, host);
    if !(first.is_ascii_alphanumeric() || first >= 0xC3) {
        return;
    }
    let Some(start) = name(text, place) else { return };
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let domain = run(text, host, DOMAIN, is_part);
    let length = domain_length(part(text, host..host + domain)).or_else(|| {
        // `exämple.org`; text without spaces may follow an address of ASCII.
        if byte(text, host + domain) < 0x80 {
            return None;
        }
        let more = run(text, host, DOMAIN, |byte| is_part(byte) || byte >= 0x80);
        domain_length(part(text, host..host + more)).filter(|_| more > domain)
    });
    let Some(length) = length else {
        if host == place + 1 {
            payment(scan, start, place);
        }
        return;
    };
    let end = host + length;
    let is_remote = byte(text, end) == b':'
        && is_login_name(part(text, start..place))
        && !byte(text, end + 1).is_ascii_whitespace();
    let is_path = before(text, start, 1) == b'/' && byte(text, end) == b'/';
    if !is_remote && !is_path {
        scan.find(Entity::EmailAddress, start, end, Proof::Shape);
    }
}

/// Where the name before `place` begins.
fn name(text: &[u8], place: usize) -> Option<usize> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+'-".contains(&byte) || byte >= 0x80;
    let back = run_back(text, place, LOCAL + 1, plain);
    let mut start = clean_start(text, place - back, place);
    // Letters of Chinese and its like, of three bytes and more, are words before the address.
    let wide = part(text, start..place).iter().rposition(|byte| *byte >= 0xE0);
    start = wide.map_or(start, |at| start + at + if byte(text, start + at) < 0xF0 { 3 } else { 4 });
    while start < place && matches!(byte(text, start), b'.' | b'\'' | b'-') {
        start += 1;
    }
    let is_sound = start < place && place - start <= LOCAL && before(text, place, 1) != b'.';
    is_sound.then_some(start)
}

/// Looks at the word of two letters in brackets that end at `close`: `name [at] host [dot] org`.
pub(crate) fn spelled(scan: &mut Scan<'_>, close: usize) {
    let text = scan.text;
    let Some(open) = close.checked_sub(3) else { return };
    let Some(host) = mark(text, open, b"at") else { return };
    let place = open - usize::from(before(text, open, 1) == b' ');
    let Some(start) = name(text, place) else { return };
    let (mut at, mut labels) = (host, 0);
    let (last, end) = loop {
        let length = run(text, at, 63, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if length == 0 {
            return;
        }
        let (label, until) = (at, at + length);
        labels += 1;
        let gap = usize::from(byte(text, until) == b' ');
        let is_dot = byte(text, until) == b'.' && byte(text, until + 1).is_ascii_alphanumeric();
        at = match mark(text, until + gap, b"dot") {
            Some(next) if labels < LABELS => next,
            _ if is_dot && labels < LABELS => until + 1,
            _ => break (label, until),
        };
    };
    if labels > 1 && is_top(part(text, last..end)) {
        scan.find(Entity::EmailAddress, start, end, Proof::Shape);
    }
}

/// How many labels of a domain are read where its dots are spelled.
const LABELS: usize = 8;

/// What follows `word` in brackets at `open`, one space left out.
fn mark(text: &[u8], open: usize, word: &[u8]) -> Option<usize> {
    let close = match byte(text, open) {
        b'[' => b']',
        b'(' => b')',
        b'{' => b'}',
        _ => return None,
    };
    let end = open + 1 + word.len();
    let is_word = part(text, open + 1..end).eq_ignore_ascii_case(word);
    (is_word && byte(text, end) == close)
        .then(|| end + 1 + usize::from(byte(text, end + 1) == b' '))
}

/// `git@host:path` is no mail address.
fn is_login_name(name: &[u8]) -> bool {
    name == b"git" || name == b"hg" || name == b"svn"
}

/// Where the value begins that was read back to `start`: after an escape that stands there.
pub(super) fn clean_start(text: &[u8], start: usize, end: usize) -> usize {
    let head = part(text, start..end);
    let hex = |from: usize, count: usize| {
        let digits = part(head, from..from + count);
        digits.len() == count && digits.iter().all(u8::is_ascii_hexdigit)
    };
    match (before(text, start, 1), head.first()) {
        (b'\\', Some(b'u')) if hex(1, 4) => start + 5,
        (b'\\', Some(b'x')) if hex(1, 2) => start + 3,
        (b'\\', Some(b'n' | b'r' | b't' | b'b' | b'f')) => start + 1,
        (b'%', Some(_)) if hex(0, 2) => start + 2,
        // The end of what colours a terminal.
        (b'[' | b';', Some(b'0'..=b'9')) => {
            let colour = start + 1 + run(head, 0, 3, |byte| byte.is_ascii_digit());
            if ends_colour(text, colour) { colour } else { start }
        }
        _ => start,
    }
}

/// How much of the text is a domain: labels, and a last one of letters.
fn domain_length(text: &[u8]) -> Option<usize> {
    let end = text.iter().rposition(u8::is_ascii_alphanumeric).map_or(0, |last| last + 1);
    let mut domain = part(text, 0..end);
    // `x@example.com.Next sentence`, `x@example.com...`
    if let Some(dots) = memchr::memmem::find(domain, b"..") {
        domain = part(domain, 0..dots);
    }
    loop {
        let dot = domain.iter().rposition(|byte| *byte == b'.')?;
        let top = from(domain, dot + 1);
        let is_capital = top.first().is_some_and(u8::is_ascii_uppercase)
            && top.iter().skip(1).all(u8::is_ascii_lowercase);
        let goes_on = is_capital && top.len() > 1 && part(domain, 0..dot).contains(&b'.');
        if is_top(top) && !goes_on {
            let labels = domain.split(|byte| *byte == b'.');
            let sound = |label: &[u8]| {
                (1..=63).contains(&label.len())
                    && label.first() != Some(&b'-')
                    && label.last() != Some(&b'-')
            };
            return labels.into_iter().all(sound).then_some(domain.len());
        }
        if !goes_on {
            return None;
        }
        domain = part(domain, 0..dot);
    }
}

fn is_top(label: &[u8]) -> bool {
    if part(label, 0..4).eq_ignore_ascii_case(b"xn--") && label.len() > 6 {
        return true;
    }
    if !(2..=TOP).contains(&label.len()) || !label.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let mut lower = [0; TOP];
    lower.iter_mut().zip(label).for_each(|(to, from)| *to = from.to_ascii_lowercase());
    !KNOWN_FILES.has(part(&lower, 0..label.len()))
}

/// `name@bank` without a dot, beside a word for payments or with a known bank.
fn payment(scan: &mut Scan<'_>, start: usize, place: usize) {
    const BANKS: &str = "okaxis okhdfcbank okicici oksbi paytm ybl ibl axl upi apl jupiteraxis ikwik airtel \
        barodampay cnrb hsbc icici idfcbank indus kotak pnb sbi uco axisbank hdfcbank yesbank waaxis";
    let length = run(scan.text, place + 1, 24, |byte| byte.is_ascii_alphanumeric());
    if length < 3 {
        return;
    }
    let end = place + 1 + length;
    let bank = part(scan.text, place + 1..end);
    if BANKS.split_ascii_whitespace().any(|known| known.as_bytes() == bank) {
        let tells = Hints::UPI.or(Hints::CARD).or(Hints::PHONE);
        if bank.len() > 4 || bank == b"paytm" {
            scan.find(Entity::InUpi, start, end, Proof::Shape);
        } else {
            scan.find_with(Entity::InUpi, (start, end), Proof::Words, tells);
        }
    }
}
