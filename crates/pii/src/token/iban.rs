//! International bank account numbers.

use std::sync::LazyLock;

use crate::{
    bytes::{at as byte, before, is_word, part, starts_value},
    checksum::mod_97,
    context::Hints,
    engine::{Proof, Scan},
    entity::Entity,
};

/// The longest IBAN.
pub(super) const LONGEST: usize = 34;

/// Country codes and lengths, from the registry.
const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 \
    DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 \
    IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 \
    OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 \
    UA29 VA22 VG24 XK20 YE30";

/// The lengths by the two letters of the country, none for zero.
static BY_COUNTRY: LazyLock<Vec<usize>> = LazyLock::new(|| {
    let mut lengths = vec![0; LETTERS * LETTERS];
    for row in LENGTHS.split_ascii_whitespace() {
        let place = country(row.as_bytes()).and_then(|at| lengths.get_mut(at));
        if let (Some(slot), Some(length)) = (place, row.get(2..).and_then(|row| row.parse().ok())) {
            *slot = length;
        }
    }
    lengths
});

const LETTERS: usize = 26;

/// The place of the country that the text begins with.
fn country(text: &[u8]) -> Option<usize> {
    let [a @ b'A'..=b'Z', b @ b'A'..=b'Z', ..] = text else { return None };
    Some(usize::from(a - b'A') * LETTERS + usize::from(b - b'A'))
}

fn length_of(text: &[u8]) -> Option<usize> {
    BY_COUNTRY.get(country(text)?).copied().filter(|length| *length > 0)
}

/// Countries whose accounts are digits only.
const OF_DIGITS: &str = "AE AT BA BE CR CZ DE DK EE EG ES FI FO GL HR HU IL IS LT LY ME MN MR NO PL PT RS SD SE SI SK SO ST \
    TL TN VA XK BI DJ";

/// Whether the letters, without spaces and in capitals, are an IBAN.
pub(crate) fn is_iban(text: &[u8]) -> bool {
    let rotated = part(text, 4..text.len()).iter().chain(part(text, 0..4)).copied();
    let starts = matches!(text, [a, b, c, d, ..]
        if a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit());
    let has_letters = text.iter().skip(4).any(u8::is_ascii_alphabetic);
    let of_digits = || OF_DIGITS.split(' ').any(|country| text.starts_with(country.as_bytes()));
    starts
        && length_of(part(text, 0..2)) == Some(text.len())
        && mod_97(rotated) == 1
        && !(has_letters && of_digits())
}

/// Looks at the token `start..end` as an IBAN without spaces.
pub(super) fn compact(scan: &mut Scan<'_>, start: usize, end: usize) {
    let token = part(scan.text, start..end);
    let may = matches!(token, [a, b, c, d, ..]
        if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit());
    if !may || !(15..=LONGEST).contains(&token.len()) || !starts_value(scan.text, start) {
        return;
    }
    let capitals = token.to_ascii_uppercase();
    if !is_iban(&capitals) {
        return;
    }
    if capitals == token {
        scan.find(Entity::Iban, start, end, Proof::Checksum);
    } else {
        scan.find_with(Entity::Iban, (start, end), Proof::Checksum, Hints::IBAN);
    }
}

/// Looks at the groups that begin at `start` as an IBAN in groups of four.
pub(crate) fn spaced(scan: &mut Scan<'_>, start: usize) -> bool {
    let Some(length) = length_of(part(scan.text, start..start + 2)) else { return false };
    let mut letters = [0; LONGEST];
    let (mut at, mut count) = (start, 0);
    while count < length {
        let next = byte(scan.text, at);
        let separates = matches!(next, b' ' | b'-')
            && count > 0
            && count % 4 == 0
            && !matches!(before(scan.text, at, 1), b' ' | b'-');
        if separates {
            at += 1;
            continue;
        }
        if !next.is_ascii_uppercase() && !next.is_ascii_digit() {
            return false;
        }
        if let Some(slot) = letters.get_mut(count) {
            *slot = next;
        }
        (at, count) = (at + 1, count + 1);
    }
    let sound = letters.get(..length).is_some_and(is_iban);
    if sound && starts_value(scan.text, start) && !is_word(byte(scan.text, at)) {
        scan.find(Entity::Iban, start, at, Proof::Checksum);
        scan.number_end = scan.number_end.max(at);
        scan.mixed_end = scan.mixed_end.max(at);
        return true;
    }
    false
}
