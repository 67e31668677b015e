//! Facts written down: for explanations, tests and recordings. Pipelines look theirs up in place.

use super::{Fact, Facts, Field};

/// A value that is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number; times in seconds.
    Float(f64),
    /// A time in nanoseconds.
    Nanos(i64),
    /// A text.
    Text(String),
    /// Several texts.
    Texts(Vec<String>),
}

/// A list of facts.
///
/// ```
/// use slo::{Expr, Field, Given, Grain, Known, Truth};
/// let run = Known::new().with(Field::ModelCalls, Given::Int(26));
/// let good = Expr::parse("model_calls <= 25", Grain::Run)?;
/// assert_eq!(good.truth(&run), Truth::False);
/// assert_eq!(good.why_false(&run), Some("model_calls>25"));
/// # Ok::<(), slo::ExprError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    fields: Vec<(Field, Given)>,
    attributes: Vec<(String, Given)>,
}

impl Known {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field; the last value given counts.
    #[must_use]
    pub fn with(mut self, field: Field, value: Given) -> Self {
        self.set(field, value);
        self
    }

    /// Adds an attribute; the last value given counts.
    #[must_use]
    pub fn with_attribute(mut self, key: impl Into<String>, value: Given) -> Self {
        let key = key.into();
        self.attributes.retain(|(known, _)| *known != key);
        self.attributes.push((key, value));
        self
    }

    /// Changes a field.
    pub fn set(&mut self, field: Field, value: Given) {
        self.fields.retain(|(known, _)| *known != field);
        self.fields.push((field, value));
    }

    fn given(&self, field: Field) -> Option<&Given> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, value)| value)
    }

    fn given_attribute(&self, key: &str) -> Option<&Given> {
        self.attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value)
    }
}

fn fact(given: Option<&Given>) -> Fact<'_> {
    match given {
        None => Fact::Missing,
        Some(Given::Bool(flag)) => Fact::Bool(*flag),
        Some(Given::Int(number)) => Fact::Int(*number),
        Some(Given::Float(number)) => Fact::Float(*number),
        Some(Given::Nanos(nanos)) => Fact::Nanos(*nanos),
        Some(Given::Text(text)) => Fact::Text(text.as_bytes()),
        Some(Given::Texts(_)) => Fact::List,
    }
}

fn any(given: Option<&Given>, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
    matches!(given, Some(Given::Texts(texts)) if texts.iter().any(|text| test(text.as_bytes())))
}

impl Facts for Known {
    fn field(&self, field: Field) -> Fact<'_> {
        fact(self.given(field))
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        fact(self.given_attribute(key))
    }

    fn any(&self, field: Field, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        any(self.given(field), test)
    }

    fn any_of_attribute(&self, key: &str, test: &mut dyn FnMut(&[u8]) -> bool) -> bool {
        any(self.given_attribute(key), test)
    }
}
