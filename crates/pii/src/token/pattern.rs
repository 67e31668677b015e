//! Identifiers of letters and digits, by their shape.

use std::sync::LazyLock;

use crate::{
    bytes::{at as byte, before, is_token, is_word, part, starts_value},
    context::{Hints, Near},
    engine::{Proof, Scan},
    entity::{Entity, Tier},
    national,
};

/// A type that is one token.
#[derive(Debug)]
pub(crate) struct Pattern {
    pub entity: Entity,
    /// `A` a letter, `9` a digit, `*` either, others themselves.
    pub shape: &'static str,
    /// The check; the text is in capitals.
    pub check: fn(&[u8]) -> bool,
    pub tier: Tier,
    pub hints: Hints,
}

/// The longest shape.
const LONGEST: usize = 20;

/// What no country gives; where the words decide, the earlier one wins.
#[rustfmt::skip]
const GLOBAL: &[Pattern] = &[
    Pattern { entity: Entity::Vin, shape: "*****************", check: vin, tier: Tier::B, hints: Hints::VIN },
    Pattern { entity: Entity::SwiftBic, shape: "AAAAAA**", check: bic, tier: Tier::B, hints: Hints::SWIFT },
    Pattern { entity: Entity::SwiftBic, shape: "AAAAAA*****", check: bic, tier: Tier::B, hints: Hints::SWIFT },
    Pattern { entity: Entity::Meid, shape: "**************", check: hex, tier: Tier::B, hints: Hints::MEID },
];

/// What any token with digits may be where a word says so: type, shortest, longest.
const VAGUE: &[(Entity, usize, usize, Hints)] = &[
    (Entity::Passport, 6, 12, Hints::PASSPORT),
    (Entity::DriverLicense, 5, 18, Hints::LICENSE),
    (Entity::MedicalRecord, 5, 20, Hints::MEDICAL),
    (Entity::BankAccount, 7, 24, Hints::ACCOUNT),
    (Entity::TaxId, 8, 16, Hints::TAX),
    (Entity::NationalId, 6, 18, Hints::NATIONAL),
];

/// Where letters and digits stand, one bit for each byte.
#[derive(Clone, Copy, Debug, Default)]
struct Places {
    letters: u32,
    digits: u32,
}

#[cfg(test)]
impl Places {
    fn of(token: &[u8]) -> Self {
        let mut places = Self::default();
        for (at, byte) in token.iter().take(LONGEST).enumerate() {
            places.letters |= u32::from(byte.is_ascii_alphabetic()) << at;
            places.digits |= u32::from(byte.is_ascii_digit()) << at;
        }
        places
    }
}

/// A pattern with what must stand where: letters, digits, either of them.
type Row = (Places, u32, &'static Pattern);

/// The patterns by their length.
static INDEX: LazyLock<Vec<Vec<Row>>> = LazyLock::new(|| {
    let places = |row: &'static Pattern, wanted: u8| {
        let is = row.shape.bytes().enumerate().map(|(at, byte)| u32::from(byte == wanted) << at);
        is.fold(0, |all, bit| all | bit)
    };
    let of = |row: &'static Pattern| {
        let certain = Places { letters: places(row, b'A'), digits: places(row, b'9') };
        (certain, places(row, b'*'), row)
    };
    let all = || national::patterns().chain(GLOBAL);
    (0..=LONGEST)
        .map(|length| all().filter(|row| row.shape.len() == length).map(of).collect())
        .collect()
});

/// Whether letters and digits stand where the row wants them; others are asked by [`fits`].
#[inline]
fn may_fit((certain, either, _): &Row, token: Places) -> bool {
    certain.letters & !token.letters
        | certain.digits & !token.digits
        | either & !(token.letters | token.digits)
        == 0
}

/// Looks at the token `start..end` as a whole.
pub(super) fn token(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let text = scan.text;
    let token = part(text, start..end);
    // `\U00002557` is a character.
    if before(text, start, 1) == b'\\' && matches!(byte(text, start), b'U' | b'u' | b'x') {
        return false;
    }
    let joins = before(text, start, 1) == b'.'
        || (byte(text, end) == b'.' && is_token(byte(text, end + 1)));
    if scan.is_structural() || joins || matches!(before(text, start, 1), b'/' | b'#' | b'$' | b'@')
    {
        return false;
    }
    if token.len() > LONGEST {
        return false;
    }
    let masks = scan.engine.level.block(text, start);
    let of = |mask: u64| mask as u32 & ((1 << token.len()) - 1);
    let places = Places { letters: of(masks.upper | masks.lower), digits: of(masks.digit) };
    let is_capital = of(masks.lower) == 0;
    let rows = INDEX.get(token.len()).map_or(&[][..], Vec::as_slice);
    if !rows.iter().any(|row| may_fit(row, places)) {
        return is_capital && vague(scan, (start, end), places);
    }
    let mut capitals = [0; LONGEST];
    for (to, from) in capitals.iter_mut().zip(token) {
        *to = from.to_ascii_uppercase();
    }
    let Some(capitals) = capitals.get(..token.len()) else { return false };
    let may = rows.iter().filter(|row| may_fit(row, places)).map(|(_, _, row)| *row);
    let mut fitting = may.filter(|row| fits(row.shape, capitals) && (row.check)(capitals));
    let sure = |row: &&Pattern| is_capital && row.tier == Tier::A && scan.engine.is_on(row.entity);
    if let Some(row) = fitting.clone().find(sure) {
        scan.find(row.entity, start, end, Proof::Checksum);
        return true;
    }
    fitting.any(|row| scan.find_with(row.entity, (start, end), Proof::Checksum, row.hints))
        || is_capital && vague(scan, (start, end), places)
}

/// Tokens without small letters and with at least four digits beside a word that says what they are.
fn vague(scan: &mut Scan<'_>, (start, end): (usize, usize), places: Places) -> bool {
    let token = part(scan.text, start..end);
    // What is digits only is looked at as a number.
    if places.digits.count_ones() < 4
        || !(1..=6).contains(&places.letters.count_ones())
        || token.contains(&b'_')
    {
        return false;
    }
    if crate::number::trades(scan.text, start) {
        return false;
    }
    // `2026-03-14T09` is a time.
    if token.get(4) == Some(&b'-') && token.get(7) == Some(&b'-') {
        return false;
    }
    let near = scan.near(start, end);
    let words = near
        .iter()
        .flat_map(Near::words)
        .map(|(hints, place)| (hints, Some(place)))
        .chain([(scan.key, None)]);
    for (hints, place) in words {
        let fits = |row: &&(Entity, usize, usize, Hints)| {
            let (_, least, most, wanted) = row;
            hints.has(*wanted) && (*least..=*most).contains(&token.len())
        };
        let together =
            place.is_none_or(|word| crate::context::stands_together(scan.text, word, (start, end)));
        if let Some((entity, ..)) = VAGUE.iter().find(fits).filter(|_| together) {
            scan.note(*entity, (start, end), Tier::B, Proof::Words, place);
            return true;
        }
    }
    false
}

fn fits(shape: &str, token: &[u8]) -> bool {
    shape.len() == token.len()
        && shape.bytes().zip(token).all(|(shape, byte)| match shape {
            b'A' => byte.is_ascii_uppercase(),
            b'9' => byte.is_ascii_digit(),
            b'*' => byte.is_ascii_alphanumeric(),
            other => other == *byte,
        })
}

/// Numbers whose letters stand apart: `AB 12 34 56 C`, around the digits `start..end`.
pub(crate) fn grouped(scan: &mut Scan<'_>, start: usize, end: usize) -> bool {
    let Some(first) = start.checked_sub(3).filter(|first| starts_value(scan.text, *first)) else {
        return false;
    };
    let whole = (first, end + 2);
    let letters: Vec<u8> =
        part(scan.text, whole.0..whole.1).iter().copied().filter(|byte| *byte != b' ').collect();
    let fits = fits("AA999999A", &letters) && !is_word(byte(scan.text, whole.1));
    if fits && national::is_nino(&letters) {
        scan.find(Entity::UkNino, whole.0, whole.1, Proof::Shape);
        return true;
    }
    fits && scan.find_with(Entity::UkNino, whole, Proof::Shape, Hints::NINO)
}

/// Identifiers of which the first part is `start..end` and the rest follows after a space.
pub(super) fn spaced(scan: &mut Scan<'_>, start: usize, end: usize) {
    // `AB123456 C`
    let last = (end, end + 2);
    if end - start == 8 && byte(scan.text, end) == b' ' && !is_word(byte(scan.text, last.1)) {
        let whole = [part(scan.text, start..end), part(scan.text, last.0 + 1..last.1)].concat();
        if fits("AA999999A", &whole) && national::is_nino(&whole) {
            scan.find(Entity::UkNino, start, last.1, Proof::Shape);
        }
    }
}

/// No I, O, Q; letters and digits; the check digit where North America's rule holds.
///
/// Makers outside it use the ninth place freely, so the word beside decides.
fn vin(text: &[u8]) -> bool {
    let plain = text.iter().all(|byte| !b"IOQ".contains(byte));
    let digits = text.iter().filter(|byte| byte.is_ascii_digit()).count();
    plain
        && (3..17).contains(&digits)
        && text.get(13..).is_some_and(|tail| tail.iter().all(u8::is_ascii_digit))
}

/// The fifth and sixth letters are a country that has banks.
pub(crate) fn bic(text: &[u8]) -> bool {
    const COUNTRIES: &str = "AD AE AL AM AO AR AT AU AZ BA BB BD BE BG BH BM BN BO BR BS BW BY CA CH CI CL \
        CM CN CO CR CU CV CY CZ DE DJ DK DO DZ EC EE EG ES ET FI FJ FO FR GB GE GH GI GR GT HK HN HR HT HU ID \
        IE IL IM IN IQ IR IS IT JE JM JO JP KE KH KR KW KY KZ LA LB LI LK LT LU LV LY MA MC MD ME MG MK MM MN \
        MO MT MU MV MX MY MZ NA NG NI NL NO NP NZ OM PA PE PG PH PK PL PR PT PY QA RO RS RU RW SA SC SE SG SI \
        SK SM SN SR SV SY TH TN TR TT TW TZ UA UG US UY UZ VA VE VG VN XK YE ZA ZM ZW";
    let country = part(text, 4..6);
    COUNTRIES.split(' ').any(|known| known.as_bytes() == country)
}

fn hex(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_hexdigit) && text.first().is_some_and(|first| *first >= b'A')
}

/// Whether no row that `token` fits is ruled out by where its letters stand.
#[cfg(test)]
pub(super) fn agrees(token: &[u8]) -> bool {
    let places = Places::of(token);
    INDEX.iter().flatten().all(|row| !fits(row.2.shape, token) || may_fit(row, places))
}
