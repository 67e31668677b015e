//! What a key says its value is.

use std::sync::LazyLock;

use super::seed;
use crate::{
    bytes::{Lexicon, at as byte, is_word, part},
    checksum::entropy,
    context::Hints,
    engine::{Finding, Proof, Scan},
    entity::{Entity, Tier},
    number, token,
};

/// How the value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// In quotes, or alone under its key.
    Quoted,
    /// Without quotes.
    Bare,
    /// Without quotes, as source assigns it: `password = value`.
    Code,
    /// In the query of a URL.
    Query,
}

/// Notes the value `start..end` of a key that says `hints`; whether it was taken whole.
pub(super) fn at(
    scan: &mut Scan<'_>,
    hints: Hints,
    (start, end): (usize, usize),
    kind: Kind,
) -> bool {
    let (start, mut end) = trim(scan.text, start, end);
    // A dot behind what has no quotes ends the sentence.
    if kind == Kind::Bare && end > start + 1 && byte(scan.text, end - 1) == b'.' {
        end -= 1;
    }
    let value = part(scan.text, start..end);
    if value.is_empty() || scan.is_structural() {
        return false;
    }
    let of_words = hints.has(Hints::NAME.or(Hints::ADDRESS));
    let readable = if kind == Kind::Query && of_words { unescaped(value) } else { None };
    let value = readable.as_deref().unwrap_or(value);
    let entity = if hints.has(Hints::PASSWORD) {
        is_password(value, kind).then_some(Entity::Password)
    } else if hints.has(Hints::SECRET) {
        secret(value, kind)
    } else if hints.has(Hints::NAME) && (is_name(value, kind) || !hints.has(Hints::USERNAME)) {
        is_name(value, kind).then_some(Entity::Person)
    } else if hints.has(Hints::ADDRESS) {
        is_address(value, kind).then_some(Entity::Address)
    } else if hints.has(Hints::USERNAME) {
        is_username(value, kind).then_some(Entity::Username)
    } else if hints.has(Hints::SWIFT) {
        (matches!(value.len(), 8 | 11) && token::bic(value)).then_some(Entity::SwiftBic)
    } else if hints.has(Hints::SEED) && seed::is_phrase(value) {
        Some(Entity::CryptoSeedPhrase)
    } else if hints.has(Hints::ZIP) && kind != Kind::Bare && is_postcode(value) {
        Some(Entity::Address)
    } else if hints.has(Hints::AGE) && is_gender(value) && scan.engine.is_on(Entity::Gender) {
        Some(Entity::Gender)
    } else {
        return hints.has(number::SAID) && number::value(scan, hints, start, Some(value));
    };
    let Some(entity) = entity else { return false };
    // Asked last: most values are nothing of the kind. Codes of head offices end in a row of one letter.
    if entity != Entity::SwiftBic && is_placeholder(value) {
        return false;
    }
    let query = kind == Kind::Query && entity == Entity::GenericSecret;
    let entity = if query { Entity::UrlSecret } else { entity };
    let entity = known(scan.found, start, end).unwrap_or(entity);
    scan.note(entity, (start, end), Tier::B, Proof::Key, None);
    true
}

/// What a value in a query reads as, if that is something else than its letters.
fn unescaped(value: &[u8]) -> Option<Vec<u8>> {
    if !value.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return None;
    }
    let mut read = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        let digits = std::str::from_utf8(part(value, at + 1..at + 3)).unwrap_or_default();
        let escape = u8::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 2);
        let (letter, length) = match (byte(value, at), escape) {
            (b'%', Some(letter)) => (letter, 3),
            (b'+', _) => (b' ', 1),
            (letter, _) => (letter, 1),
        };
        read.push(letter);
        at += length;
    }
    Some(read)
}

/// The type that was found already for the very same place.
fn known(found: &[Finding], start: usize, end: usize) -> Option<Entity> {
    let same = |finding: &&Finding| finding.start == start && finding.end == end;
    found.iter().rev().take(4).find(same).and_then(Finding::entity)
}

fn trim(text: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && byte(text, start).is_ascii_whitespace() {
        start += 1;
    }
    while end > start && matches!(byte(text, end - 1), b' ' | b'\t' | b'\r' | b'\n' | b',' | b';') {
        end -= 1;
    }
    (start, end)
}

/// Words that stand for a value, or for its type.
const WORDS: &str = "null none nil true false undefined string str bool boolean int integer number password passwd \
    secret token required optional redacted masked hidden empty changeme example test default value bearer basic \
    yes no ok invalid missing expired unknown n/a na the a an is are was not your my to for and or of in on incorrect \
    wrong type text object env self this get set any void char varchar user username name required, reset auto \
    sha1 sha224 sha256 sha384 sha512 sha3 md5 md4 base64 base32 utf8 utf16 pbkdf2 argon2 argon2i argon2id oauth2 x509 \
    aes128 aes256 ed25519 p256 rs256 hs256 es256 k8s http2 log4j ipv4 ipv6 i18n l10n u8 u16 u32 u64 i32 i64 int32 int64 \
    mut const auto dyn impl ref static char8 lpwstr lpcstr pwstr enabled disabled failed success count limit usage input output prompt completion function method field param";

static KNOWN: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(WORDS));

/// What stands in the place of a secret: templates, words, rows of stars, and what was replaced before.
pub(crate) fn is_placeholder(value: &[u8]) -> bool {
    let same = value.windows(2).all(|pair| matches!(pair, [a, b] if a == b)) && value.len() > 1;
    let first = value.first().copied().unwrap_or_default();
    let is_template = matches!(first, b'$' | b'<' | b'{' | b'%')
        && value.len() > 1
        && (value.iter().any(|byte| matches!(byte, b'{' | b'}' | b'>' | b'('))
            || is_name_of_variable(value));
    let stars = || value.iter().filter(|byte| matches!(byte, b'*' | b'.' | b'#' | b'-')).count();
    let is_row = value.iter().filter(|byte| byte.is_ascii_alphanumeric()).take(8).count() < 8
        && stars() * 10 > value.len() * 6;
    let is_ours = first == b'[' && value.last() == Some(&b']');
    if same || is_template || is_row || is_ours {
        return true;
    }
    let mut lower = [0; 48];
    lower.iter_mut().zip(value).for_each(|(to, from)| *to = from.to_ascii_lowercase());
    let lower = part(&lower, 0..value.len());
    let digits = lower.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let stem = part(lower, 0..lower.len() - digits);
    // `password?: string`, `*mut`, `&str`
    let bare = |byte: &u8| !matches!(byte, b'*' | b'&' | b'?' | b'!' | b',');
    let from = lower.iter().position(bare).unwrap_or_default();
    let until = lower.iter().rposition(bare).map_or(0, |last| last + 1);
    let is_word = value.len() < 16
        && (KNOWN.has(part(lower, from..until)) || KNOWN.has(lower) || KNOWN.has(stem));
    // `{{`, `${` and `<` as URLs escape them.
    let escaped: [&[u8]; 3] = [b"%7b%7b", b"%24%7b", b"%3c"];
    let is_template = escaped.iter().any(|start| lower.starts_with(start))
        || (lower.starts_with(b"%5b") && lower.ends_with(b"%5d"));
    let filler: [&[u8]; 7] =
        [b"xxxx", b"your-", b"your_", b"<your", b"placeholder", b"changeme", b"redacted"];
    is_template
        || is_word
        || lower.starts_with(b"%s")
        || filler.iter().any(|word| crate::bytes::find(lower, word).is_some())
}

fn is_name_of_variable(value: &[u8]) -> bool {
    value.iter().skip(1).all(|byte| byte.is_ascii_uppercase() || *byte == b'_' || *byte == b'%')
}

/// Four to 256 bytes. Without quotes they must not look like code or a plain word.
fn is_password(value: &[u8], kind: Kind) -> bool {
    // `prompt='Password: '`
    if !(3..=256).contains(&value.len()) || value.ends_with(b":") {
        return false;
    }
    let spaces = value.iter().filter(|byte| **byte == b' ').count();
    match kind {
        Kind::Quoted => {
            let is_path = memchr::memmem::find(value, b"::").is_some();
            // `Password used to generate key`
            let tells = spaces >= 2
                && crate::bytes::find(&value.to_ascii_lowercase(), b"password").is_some();
            spaces <= 4 && !is_path && !tells && !is_url(value) && !is_sentence(value)
        }
        // `password password: str`
        _ if value.ends_with(b".password") || value.ends_with(b"_password") => false,
        _ if is_constant(value) || is_hex_number(value) => false,
        _ => {
            let digits = value.iter().any(u8::is_ascii_digit);
            let marks = value.iter().any(|byte| b"!@#$%^&*~?+".contains(byte));
            let is_number = value.iter().all(|byte| byte.is_ascii_digit() || b",.".contains(byte))
                && (kind == Kind::Code || value.contains(&b','));
            let has_sign = (digits && !is_number) || marks || is_jumbled(value);
            spaces == 0 && has_sign && !is_url(value) && !is_code(value)
        }
    }
}

/// Letters in both cases as no identifier has them: never four of one case in a row.
fn is_jumbled(value: &[u8]) -> bool {
    let same = |four: &[u8]| {
        four.iter().all(u8::is_ascii_lowercase) || four.iter().all(u8::is_ascii_uppercase)
    };
    value.len() >= 10 && value.iter().all(u8::is_ascii_alphabetic) && !value.windows(4).any(same)
}

/// `0x400`, `-0x1`.
fn is_hex_number(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"-").unwrap_or(value);
    let digits = value.strip_prefix(b"0x").or(value.strip_prefix(b"0X"));
    digits.is_some_and(|digits| digits.iter().all(|b| b.is_ascii_hexdigit() || *b == b'_'))
}

/// `LSA_UNICODE_STRING`, `__token__`.
fn is_constant(value: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_';
    (value.iter().all(is_part) && value.contains(&b'_')) || value.starts_with(b"__")
}

fn is_sentence(value: &[u8]) -> bool {
    value.iter().filter(|byte| **byte == b' ').count() >= 2
        && value.iter().all(|byte| byte.is_ascii_alphabetic() || b" .,'".contains(byte))
        && value.len() > 40
}

fn is_url(value: &[u8]) -> bool {
    memchr::memmem::find(value, b"://").is_some() || value.first() == Some(&b'/')
}

/// `self.password2`, `config.get_password`, `x25519.X25519PrivateKey`.
pub(crate) fn is_code(value: &[u8]) -> bool {
    let dotted = value.iter().all(|byte| is_word(*byte) || *byte == b'.');
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let begin = |part: &[u8]| part.first().is_some_and(|first| !first.is_ascii_digit());
    // Four small letters in a row are rare in what is random.
    let has_word =
        |part: &[u8]| part.windows(4).any(|four| four.iter().all(u8::is_ascii_lowercase));
    let parts = || value.split(|byte| *byte == b'.');
    // `nl80211_pattern_support`
    let is_snake = value.contains(&b'_')
        && value
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'_')
        && value.split(|byte| *byte == b'_').filter(|part| has_word(part)).count() >= 2;
    // `unix.NL80211_DATA_TOKEN`
    let last = value.rsplit(|byte| *byte == b'.').next().unwrap_or_default();
    let is_path = dotted
        && value.contains(&b'.')
        && (digits < 3 || (parts().all(begin) && parts().any(has_word) && value.len() < 64));
    let is_module = memchr::memmem::find(value, b"::").is_some();
    is_path
        || is_snake
        || is_module
        || is_camel(value)
        || value.ends_with(b"()")
        || (dotted && value != last && is_constant(last))
}

/// `X509ProviderType`, `groupVersionKind`: more than half of it are words that begin with a capital.
fn is_camel(value: &[u8]) -> bool {
    let (mut words, mut at) = (0, 0);
    while at < value.len() {
        let first = byte(value, at);
        let small = crate::bytes::run(value, at + 1, value.len(), |b| b.is_ascii_lowercase());
        let is_word = first.is_ascii_uppercase() && small >= 2
            || (at == 0 && first.is_ascii_lowercase() && small >= 3);
        // Random letters seldom have a vowel among the first three.
        let head = part(value, at..at + 3).to_ascii_lowercase();
        let is_word = is_word && head.iter().any(|byte| b"aeiou".contains(byte));
        words += if is_word { small + 1 } else { 0 };
        at += small + 1;
    }
    value.len() <= 32
        && words * 20 >= value.len() * 13
        && value.iter().all(u8::is_ascii_alphanumeric)
        && value.iter().filter(|byte| byte.is_ascii_uppercase()).count() >= 2
}

/// What a secret under a general name is, if it is one.
fn secret(value: &[u8], kind: Kind) -> Option<Entity> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.+/=~:%@!#$^*,|&?".contains(byte);
    if !(8..=2048).contains(&value.len()) || !value.iter().all(is_part) || is_url(value) {
        return None;
    }
    if memchr::memmem::find(part(value, 0..48), b"PRIVATE%20KEY").is_some() {
        return Some(Entity::PrivateKey);
    }
    if value.len() == 88 && value.ends_with(b"==") {
        return Some(Entity::AzureStorageKey);
    }
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let upper =
        value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
    let mixed = digits > 0 && letters > 0;
    let dense = entropy(value) >= if value.len() < 16 { 2.8 } else { 3.2 };
    // Names, versions, dates and paths are made of words and few digits.
    let separators = value.iter().filter(|byte| b"-_./:".contains(byte)).count();
    let is_words = separators * 5 >= value.len() && digits * 4 < value.len();
    let is_example = memchr::memmem::find(value, b"EXAMPLE").is_some();
    let is_number = digits + separators == value.len();
    let sure = kind == Kind::Quoted || kind == Kind::Query || digits >= 3;
    let is_secret = mixed
        && dense
        && !is_words
        && !is_example
        && !is_number
        && !is_code(value)
        && (sure || upper);
    is_secret.then_some(Entity::GenericSecret)
}

/// Words of letters, as names are written; no sentence, no identifier.
fn is_name(value: &[u8], kind: Kind) -> bool {
    // Asked first: what is refused costs nothing.
    if value.len() > 80 {
        return false;
    }
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    let allowed = |letter: char| letter.is_alphabetic() || " .'’-,".contains(letter);
    let words = text.split_whitespace().count();
    let has_capital = text
        .chars()
        .any(|letter| letter.is_uppercase() || (letter.is_alphabetic() && !letter.is_lowercase()));
    let starts = text.chars().next().is_some_and(char::is_alphabetic);
    // `google.protobuf.Timestamp`: a dot stands behind an initial or a title, before a space.
    let is_dotted = text.split('.').skip(1).any(|rest| rest.starts_with(char::is_alphanumeric))
        && !text.contains(' ');
    if is_dotted || is_thing(text) {
        return false;
    }
    // `name = user.getName`, `name: Address`: an expression, a type.
    let is_whole = match kind {
        Kind::Code => words >= 2 && text.split_whitespace().all(starts_high),
        Kind::Bare if words >= 2 => text.split_whitespace().all(starts_high),
        Kind::Bare => {
            !value.contains(&b'.') && text.starts_with(|first: char| !first.is_lowercase())
        }
        _ => true,
    };
    letters >= 2 && is_whole && words <= 6 && starts && text.chars().all(allowed) && has_capital
}

/// Last words of what has a name and is nobody: parts of systems, companies, groups.
const THINGS: &str = "processor exporter receiver connector extension service services server client manager system engine plugin \
    module library collector gateway proxy driver adapter handler provider controller operator agent assistant bot \
    api sdk app application platform framework toolkit package database cluster node pipeline dashboard editor viewer \
    browser team group department inc llc ltd corp corporation company gmbh foundation university institute bank \
    project repository workflow policy role account user admin test example token key model index queue topic report";

static THING: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(THINGS));

/// Whether the words are the name of a thing, which its last word says.
pub(crate) fn is_thing(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let last = words.next_back().unwrap_or_default().trim_end_matches(['.', ',']);
    words.next().is_some() && THING.has(last.to_ascii_lowercase().as_bytes())
}

fn starts_high(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_uppercase()) || word.len() <= 3
}

/// `12345`, `12345-6789`, `SW1A 2AA`, `K1A 0B1`, `1234 AB`, `00-950`.
fn is_postcode(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    let letters = value.iter().filter(|byte| byte.is_ascii_uppercase()).count();
    let gaps = value.iter().filter(|byte| matches!(byte, b' ' | b'-')).count();
    let plain = digits + letters + gaps == value.len() && gaps <= 1;
    let fits = match letters {
        0 => (4..=9).contains(&digits),
        2 => digits == 4,
        _ => (2..=3).contains(&digits) && (3..=5).contains(&letters),
    };
    plain && fits && (4..=10).contains(&value.len())
}

/// A word for it, or its first letter.
fn is_gender(value: &[u8]) -> bool {
    value.len() <= 12 && value.iter().all(|byte| byte.is_ascii_alphabetic() || b"- ".contains(byte))
}

/// Letters and digits, or several words.
fn is_address(value: &[u8], kind: Kind) -> bool {
    // Asked first: what is refused costs nothing.
    if !(6..=200).contains(&value.len()) {
        return false;
    }
    let Ok(text) = std::str::from_utf8(value) else { return false };
    // `An integer representation of an IPv4 address` has no number.
    let is_number = |word: &str| {
        let first = word.trim_start_matches(['#', '(', '-']).bytes().next().unwrap_or_default();
        first.is_ascii_digit()
    };
    let has_digit = match kind {
        Kind::Quoted => text.bytes().any(|byte| byte.is_ascii_digit()),
        _ => text.split_whitespace().any(is_number),
    };
    let words = text.split_whitespace().count();
    let marks: &[char] = match kind {
        Kind::Quoted => &['@', '=', '{', '}', '%', '_'],
        _ => &['@', '=', '{', '}', '+', ':', '*', '_', '|', '('],
    };
    let is_code = text.contains("://")
        || (kind != Kind::Quoted && text.contains(" # "))
        || text.contains("0x")
        || text.contains(marks);
    words >= 2
        && (has_digit || (words >= 3 && is_title(text) && kind == Kind::Quoted))
        && !is_code
        && text.bytes().any(|byte| byte.is_ascii_alphabetic() || byte >= 0x80)
        && text.starts_with(|letter: char| letter.is_alphanumeric() || letter == '#')
}

/// Every word of four letters or more has a capital.
fn is_title(text: &str) -> bool {
    let is_capital = |word: &str| word.chars().count() < 4 || word.starts_with(char::is_uppercase);
    let capitals = text.split_whitespace().filter(|word| word.starts_with(char::is_uppercase));
    capitals.count() >= 2 && text.split_whitespace().all(is_capital)
}

fn is_username(value: &[u8], kind: Kind) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-@\\+".contains(byte);
    let system: [&[u8]; 10] = [
        b"root",
        b"admin",
        b"postgres",
        b"ubuntu",
        b"www-data",
        b"nobody",
        b"guest",
        b"system",
        b"anonymous",
        b"service",
    ];
    !matches!(kind, Kind::Query | Kind::Code)
        && !(kind == Kind::Bare && (is_code(value) || is_constant(value)))
        && (3..=64).contains(&value.len())
        && value.iter().all(allowed)
        && value.iter().any(u8::is_ascii_alphabetic)
        && !system.iter().any(|name| value.eq_ignore_ascii_case(name))
        && (kind == Kind::Quoted
            || value.iter().any(|byte| byte.is_ascii_digit() || *byte == b'.' || *byte == b'_'))
}
