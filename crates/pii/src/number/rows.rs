//! Which shapes and check digits make which type.

use std::sync::LazyLock;

use super::{Candidate, First, Separator, card, lists, nouns, take};
use crate::{
    bytes::{before, is_word, part, run_back},
    context::{self, Hints, Near},
    engine::{Proof, Scan},
    entity::{Entity, Group, Tier},
    national,
    policy::FieldClass,
};

/// A type made of digits.
#[derive(Debug)]
pub(crate) struct Row {
    pub entity: Entity,
    /// How the type is written in groups, and how sure that makes it.
    pub shapes: &'static [(u64, Separator, Tier)],
    /// How long it is without groups, one bit for each length, and how sure that makes it.
    pub bare: (u32, Tier),
    /// The check digits; digits are values.
    pub check: fn(&[u8]) -> bool,
    /// The words that tell.
    pub hints: Hints,
}

/// One bit for each length from the first to the last.
pub(crate) const fn lengths(from: u32, to: u32) -> u32 {
    (1 << (to + 1)) - (1 << from)
}

const DASH: Separator = Separator::Dash;
const SPACE: Separator = Separator::Space;

/// What no country gives.
#[rustfmt::skip]
const GLOBAL: &[Row] = &[
    Row { entity: Entity::CreditCard, shapes: &[
        (0x4444, SPACE, Tier::A), (0x4444, DASH, Tier::A), (0x465, SPACE, Tier::A), (0x465, DASH, Tier::A),
        (0x464, SPACE, Tier::A), (0x464, DASH, Tier::A), (0x44443, SPACE, Tier::A), (0x44443, DASH, Tier::A),
        (0x4441, SPACE, Tier::B), (0x4441, DASH, Tier::B), (0x4444, Separator::Dot, Tier::A), (0x444, SPACE, Tier::B),
        (0x445, SPACE, Tier::B), (0x4443, SPACE, Tier::B),
      ], bare: (1 << 14 | 1 << 15 | 1 << 16, Tier::A), check: card::is_card, hints: Hints::CARD },
    Row { entity: Entity::CreditCard, shapes: &[],
      bare: (1 << 12 | 1 << 13 | 1 << 17 | 1 << 18 | 1 << 19, Tier::B), check: card::is_card, hints: Hints::CARD.or(Hints::EXPIRY).or(Hints::CVV) },
    Row { entity: Entity::Imei, shapes: &[(0x2661, DASH, Tier::B), (0x2661, SPACE, Tier::B), (0x2661, Separator::Mixed, Tier::B), (0x681, DASH, Tier::B)],
      bare: (1 << 15, Tier::B), check: crate::checksum::luhn, hints: Hints::IMEI },
    Row { entity: Entity::Imei, shapes: &[], bare: (1 << 16, Tier::B), check: any, hints: Hints::IMEI },
    Row { entity: Entity::Imsi, shapes: &[], bare: (lengths(14, 15), Tier::B), check: imsi, hints: Hints::IMSI },
    Row { entity: Entity::Iccid, shapes: &[], bare: (1 << 18 | 1 << 19 | 1 << 20, Tier::B), check: iccid, hints: Hints::ICCID },
];

/// What has no check digit, or one that every tenth number has: the words decide alone.
#[rustfmt::skip]
static VAGUE: &[Row] = &[
    // Of issuers that are not known; beside a word that is said of cards only.
    Row { entity: Entity::CreditCard, shapes: &[
        (0x4444, SPACE, Tier::B), (0x4444, DASH, Tier::B), (0x465, SPACE, Tier::B), (0x465, DASH, Tier::B),
        (0x464, SPACE, Tier::B), (0x464, DASH, Tier::B), (0x44443, SPACE, Tier::B), (0x44443, DASH, Tier::B),
        (0x444, SPACE, Tier::B), (0x444, DASH, Tier::B), (0x4441, SPACE, Tier::B), (0x4441, DASH, Tier::B),
        (0x4443, SPACE, Tier::B), (0x4443, DASH, Tier::B), (0x44442, SPACE, Tier::B), (0x44441, SPACE, Tier::B),
        (0x445, SPACE, Tier::B),
      ], bare: (lengths(12, 19), Tier::B), check: card::may_be_card, hints: Hints::CARDNO },
    Row { entity: Entity::BankAccount, shapes: &[(0x444, SPACE, Tier::B), (0x44, SPACE, Tier::B), (0x4444, SPACE, Tier::B), (0x4442, SPACE, Tier::B), (0x4443, SPACE, Tier::B), (0x4441, SPACE, Tier::B)],
      bare: (lengths(6, 17), Tier::B), check: any, hints: Hints::ACCOUNT },
    Row { entity: Entity::MedicalRecord, shapes: &[(0x333, DASH, Tier::B), (0x334, DASH, Tier::B)], bare: (lengths(6, 14), Tier::B), check: any, hints: Hints::MEDICAL },
    Row { entity: Entity::Passport, shapes: &[], bare: (lengths(7, 9), Tier::B), check: any, hints: Hints::PASSPORT },
    Row { entity: Entity::DriverLicense, shapes: &[(0x333, DASH, Tier::B), (0x332, DASH, Tier::B), (0x333, SPACE, Tier::B), (0x332, SPACE, Tier::B)], bare: (lengths(7, 14), Tier::B), check: any, hints: Hints::LICENSE },
    Row { entity: Entity::NationalId, shapes: &[(0x333, DASH, Tier::B), (0x444, SPACE, Tier::B), (0x444, DASH, Tier::B)], bare: (lengths(7, 18), Tier::B), check: any, hints: Hints::NATIONAL },
    Row { entity: Entity::TaxId, shapes: &[(0x27, DASH, Tier::B), (0x333, DASH, Tier::B), (0x333, SPACE, Tier::B)], bare: (lengths(8, 14), Tier::B), check: any, hints: Hints::TAX },
];

/// A type that may stand there, and how sure its form makes it.
type Fit = (&'static Row, Tier);

/// The rows that look alike, in their order.
#[derive(Debug, Default)]
pub(super) struct Fits {
    pub rows: Vec<Fit>,
    /// Whether one of them needs no word.
    pub are_sure: bool,
    /// The words that tell one of them.
    pub hints: Hints,
}

impl Fits {
    fn push(&mut self, row: &'static Row, tier: Tier) {
        // A row that lists a shape twice means the first.
        if self.rows.last().is_none_or(|(last, _)| !std::ptr::eq(*last, row)) {
            self.rows.push((row, tier));
            self.are_sure |= tier == Tier::A;
            self.hints = self.hints.or(row.hints);
        }
    }
}

/// The rows by what they look like.
struct Index {
    none: Fits,
    /// By length, without groups.
    bare: Vec<Fits>,
    /// Shapes with their separators: open addressing, a power of two slots; zero for none.
    keys: Vec<u64>,
    grouped: Vec<Fits>,
}

/// More than three times as many as there are shapes.
const SLOTS: usize = 1024;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index {
        none: Fits::default(),
        bare: (0..=super::DIGITS).map(|_| Fits::default()).collect(),
        keys: vec![0; SLOTS],
        grouped: (0..SLOTS).map(|_| Fits::default()).collect(),
    };
    for row in GLOBAL.iter().chain(national::numbers()).chain(VAGUE) {
        let (lengths, tier) = row.bare;
        for (length, fits) in index.bare.iter_mut().enumerate() {
            if lengths >> length & 1 == 1 {
                fits.push(row, tier);
            }
        }
        for (shape, separator, tier) in row.shapes {
            let key = key(*shape, *separator);
            let mut slot = hash(key);
            while index.keys.get(slot).is_some_and(|other| *other != 0 && *other != key) {
                slot = (slot + 1) % SLOTS;
            }
            if let (Some(place), Some(fits)) =
                (index.keys.get_mut(slot), index.grouped.get_mut(slot))
            {
                *place = key;
                fits.push(row, *tier);
            }
        }
    }
    index
});

#[inline]
fn key(shape: u64, separator: Separator) -> u64 {
    shape << 3 | separator as u64
}

#[inline]
fn hash(key: u64) -> usize {
    (key.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize % SLOTS
}

/// The rows that look like these groups.
#[inline]
pub(super) fn fitting(groups: &First) -> &'static Fits {
    let index = &*INDEX;
    if groups.separator == Separator::None {
        return index.bare.get(usize::from(groups.digits)).unwrap_or(&index.none);
    }
    let key = key(u64::from(groups.shape), groups.separator);
    let mut slot = hash(key);
    while let Some(other) = index.keys.get(slot).filter(|other| **other != 0) {
        if *other == key {
            return index.grouped.get(slot).unwrap_or(&index.none);
        }
        slot = (slot + 1) % SLOTS;
    }
    &index.none
}

/// Notes which of `fits` the candidate is, if any; `said` is what the words around it may say.
pub(super) fn find(
    scan: &mut Scan<'_>,
    candidate: &Candidate<'_>,
    fits: &'static Fits,
    said: Hints,
) -> bool {
    let mut needs_words = false;
    for (row, tier) in &fits.rows {
        if *tier != Tier::A {
            needs_words = true;
        } else if !scan.engine.is_on(row.entity) || !passes(scan, row, candidate) {
            // It may be something else beside a word that says so.
            needs_words = true;
        } else {
            // Two countries' numbers may look alike: a word for one of them decides.
            let is_named = row.entity.group() == Group::National
                && with_words(scan, candidate, fits, said, |row| !is_vague(row));
            return is_named
                || take(scan, row.entity, candidate, Tier::A, (Proof::Checksum, row.hints));
        }
    }
    needs_words && with_words(scan, candidate, fits, said, |_| true)
}

/// A Chilean number of which the check character is a letter: `6.951.779-K`.
pub(super) fn with_letter(scan: &mut Scan<'_>, candidate: &Candidate<'_>) -> bool {
    let end = candidate.end + 2;
    let tail = part(scan.text, candidate.end..end);
    let is_sound = matches!(candidate.shape, 0x133 | 0x233)
        && candidate.separator == Separator::Dot
        && tail.eq_ignore_ascii_case(b"-k")
        && !is_word(crate::bytes::at(scan.text, end))
        && national::is_rut_with_k(candidate.digits);
    if is_sound {
        scan.find(Entity::ClRut, candidate.start, end, Proof::Checksum);
    }
    is_sound
}

/// The nearest word decides between types that share a shape.
fn with_words(
    scan: &mut Scan<'_>,
    candidate: &Candidate<'_>,
    fits: &'static Fits,
    said: Hints,
    counts: impl Fn(&Row) -> bool,
) -> bool {
    // Nearly always the words say something else, or the check digits are wrong.
    let may_be = |(row, _): &Fit| {
        said.has(row.hints) && scan.engine.is_on(row.entity) && (row.check)(candidate.digits)
    };
    if !said.has(fits.hints) || !fits.rows.iter().any(may_be) {
        return false;
    }
    // What stands in the middle of a token of letters, or of a path, is an id.
    if is_word(before(scan.text, candidate.start, 1)) {
        return false;
    }
    if candidate.separator == Separator::None
        && (nouns::trades(scan.text, candidate.start) || nouns::counts(scan.text, candidate.end))
    {
        return false;
    }
    let span = (candidate.start, candidate.end);
    let near = scan.near(candidate.start, candidate.end);
    let of_key = (scan.key, None);
    let words = near
        .iter()
        .flat_map(Near::words)
        .map(|(hints, place)| (hints, Some(place)))
        .chain([of_key]);
    for (hints, place) in words {
        for (row, _) in fits.rows.iter().filter(|(row, _)| hints.has(row.hints) && counts(row)) {
            // `ein` is a word of German; as a number's name it stands before it.
            let is_behind = place.is_some_and(|word| word.0 as usize >= span.1);
            if !(is_behind && row.entity == Entity::UsEin)
                && scan.engine.is_on(row.entity)
                && passes(scan, row, candidate)
                && (!is_vague(row)
                    || place.is_none_or(|word| {
                        context::stands_together(scan.text, word, span)
                            && !nouns::names(scan.text, span.0)
                            && nouns::links(scan.text, word, span)
                            && !nouns::is_of_cloud(scan.text, word.0 as usize)
                    }))
            {
                let proof = if is_vague(row) { Proof::Words } else { Proof::Checksum };
                scan.note(row.entity, span, Tier::B, proof, place);
                return true;
            }
        }
    }
    false
}

fn is_vague(row: &Row) -> bool {
    VAGUE.iter().any(|vague| vague.entity == row.entity && vague.hints == row.hints)
        || matches!(
            row.entity,
            Entity::UsPassport | Entity::UkPassport | Entity::UsDriverLicense | Entity::NgNin
        )
}

fn passes(scan: &Scan<'_>, row: &Row, candidate: &Candidate<'_>) -> bool {
    let is_ignored = scan.engine.policy.ignore_test_cards
        && row.entity == Entity::CreditCard
        && card::is_test(candidate.digits);
    !is_ignored
        && (row.check)(candidate.digits)
        && !(row.entity == Entity::CreditCard && is_under_id(scan.text, candidate))
        && !((row.entity == Entity::CreditCard || candidate.separator == Separator::Space)
            && lists::is_in_table(scan.text, candidate))
}

/// Whether the digits are the value of a key such as `span_id` or `offset`: one card number in fifty is
/// one by chance.
fn is_under_id(text: &[u8], candidate: &Candidate<'_>) -> bool {
    let between = |byte: u8| matches!(byte, b'"' | b'\'' | b'\\' | b' ' | b':' | b'=');
    let gap = run_back(text, candidate.start, 8, between);
    let end = candidate.start - gap;
    let is_key = part(text, end..candidate.start).iter().any(|byte| matches!(byte, b':' | b'='));
    let length = run_back(text, end, 40, |byte| is_word(byte) || byte == b'.' || byte == b'-');
    let key = part(text, end - length..end);
    let ends = |tail: &[u8]| key.len() > tail.len() && key.to_ascii_lowercase().ends_with(tail);
    let is_id = ends(b"_id")
        || ends(b".id")
        || ends(b"-id")
        || key.ends_with(b"Id")
        || context::class_of(key) == FieldClass::Structural;
    candidate.separator == Separator::None && is_key && is_id
}

fn any(digits: &[u8]) -> bool {
    !crate::checksum::uniform(digits)
}

fn imsi(digits: &[u8]) -> bool {
    matches!(digits.first(), Some(2..=7))
}

fn iccid(digits: &[u8]) -> bool {
    digits.starts_with(&[8, 9])
}
