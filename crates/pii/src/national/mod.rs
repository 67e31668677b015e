//! The numbers that states give: one file for a country or a region, one row for a number.

mod america;
mod asia;
mod east;
mod germany;
mod north;
mod oceania;
mod romance;
#[cfg(test)]
mod tests;
mod uk;
mod us;
mod west;

pub(crate) use self::{america::is_rut_with_k, uk::nino as is_nino};
use crate::{number::Row, token::Pattern};

/// All that are digits only.
pub(crate) fn numbers() -> impl Iterator<Item = &'static Row> {
    [
        us::NUMBERS,
        uk::NUMBERS,
        america::NUMBERS,
        germany::NUMBERS,
        romance::NUMBERS,
        west::NUMBERS,
        north::NUMBERS,
        east::NUMBERS,
        asia::NUMBERS,
        oceania::NUMBERS,
    ]
    .into_iter()
    .flatten()
}

/// All that have letters.
pub(crate) fn patterns() -> impl Iterator<Item = &'static Pattern> {
    [
        us::PATTERNS,
        uk::PATTERNS,
        america::PATTERNS,
        germany::PATTERNS,
        romance::PATTERNS,
        west::PATTERNS,
        north::PATTERNS,
        east::PATTERNS,
        asia::PATTERNS,
    ]
    .into_iter()
    .flatten()
}

/// The digits of a text, as values.
fn values(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect()
}

/// The letter of `table` at the remainder `at`.
fn letter(table: &[u8], at: u64) -> Option<&u8> {
    table.get(usize::try_from(at).ok()?)
}
