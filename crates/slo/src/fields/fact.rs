//! What is known about one thing that is judged.

use super::Field;

/// What a look-up answers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fact<'a> {
    /// Nobody said.
    Missing,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number; times in seconds. What is no number (NaN) counts as missing.
    Float(f64),
    /// A time in nanoseconds.
    Nanos(i64),
    /// A text; need not be UTF-8.
    Text(&'a [u8]),
    /// Several texts, handed out by [`Facts::any`].
    List,
}

impl Fact<'_> {
    /// As a number, times in seconds.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "only compared with what is no whole number")]
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(number as f64),
            Self::Float(number) if !number.is_nan() => Some(number),
            Self::Nanos(nanos) => Some(nanos as f64 / 1e9),
            _ => None,
        }
    }
}

/// The facts about one run, span or evaluation. Look-ups must not allocate: they stand in the hot
/// path.
///
/// Of a run that is still open, a look-up answers what is known so far. Fields that grow must then
/// only grow ([`Growth`](super::Growth)), and an attribute, once known, must stay.
pub trait Facts {
    /// A field of the table.
    fn field(&self, field: Field) -> Fact<'_>;

    /// An attribute: of the record itself, else of its resource.
    fn attribute(&self, key: &str) -> Fact<'_>;

    /// Whether `test` holds for one of the texts of a field that answered [`Fact::List`].
    fn any(&self, field: Field, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        let _ = (field, test);
        false
    }

    /// Whether `test` holds for one of the texts of an attribute that answered [`Fact::List`].
    fn any_of_attribute(&self, key: &str, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        let _ = (key, test);
        false
    }
}
