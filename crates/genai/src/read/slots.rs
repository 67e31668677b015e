//! The keys found in a record, the best for each field.

use pdata::{AnyValue, KeyValue};
use smallvec::SmallVec;

use crate::{
    Dialect, profile, provider,
    table::{Entry, Field, Form, Meaning, index},
    value,
};

/// How many known keys of one record are looked at; beyond, keys are not read.
const FOUND_MAX: usize = 192;

/// A known key and its value.
#[derive(Clone, Copy)]
struct Found<'a> {
    entry: &'static Entry,
    value: &'a [u8],
}

/// The known keys of a record, before it is clear whose words it uses.
pub(super) struct Keys<'a> {
    found: SmallVec<[Found<'a>; 24]>,
    /// Whether one of them shows that it is GenAI telemetry.
    pub(super) is_telling: bool,
}

impl<'a> Keys<'a> {
    /// One walk over the attributes.
    #[inline]
    pub(super) fn collect(&mut self, attributes: impl Iterator<Item = KeyValue<'a>>) {
        let index = index();
        for pair in attributes {
            let Some(entry) = index.find(pair.key) else { continue };
            if self.found.len() < FOUND_MAX {
                self.is_telling |= entry.is_telling;
                self.found.push(Found { entry, value: pair.value_message });
            }
        }
    }

    /// None yet. Filled where they lie, since they are large.
    #[inline]
    pub(super) fn new() -> Self {
        Self { found: SmallVec::new(), is_telling: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The dialect that the keys show.
    pub(super) fn dialect(&self) -> Option<Dialect> {
        let marked = self.found.iter().find_map(|found| found.entry.marks);
        marked.or_else(|| self.found.iter().filter_map(|found| found.entry.hints).min())
    }

    /// The first text under a field whatever the dialect.
    pub(super) fn any_text(&self, field: Field) -> Option<&'a [u8]> {
        let is = |found: &&Found<'_>| {
            found.entry.meanings.iter().any(|meaning| meaning.row.field == field)
        };
        self.found.iter().find(is).and_then(|found| value::text(AnyValue::read(found.value)))
    }

    /// Room for the best key for each field, as this dialect understands them.
    #[inline]
    pub(super) fn slots(&self, dialect: Dialect) -> Slots<'_, 'a> {
        Slots { keys: self, best: [None; FIELDS], framework: None, dialect }
    }
}

const FIELDS: usize = Field::ALL.len();

/// The best key for each field.
pub(crate) struct Slots<'k, 'a> {
    keys: &'k Keys<'a>,
    best: [Option<Slot<'a>>; FIELDS],
    /// A framework named in place of a provider.
    pub(super) framework: Option<&'a [u8]>,
    dialect: Dialect,
}

/// What stands under a field.
#[derive(Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub(crate) meaning: &'static Meaning,
    pub(crate) value: AnyValue<'a>,
}

impl<'a> Slot<'a> {
    /// Whether it stands under its name in the conventions.
    #[inline]
    pub(crate) fn is_canonical(&self) -> bool {
        self.meaning.is_canonical
    }

    /// The text, unpacked.
    #[inline]
    pub(crate) fn text(&self) -> Option<&'a [u8]> {
        text_of(self.meaning.row.form, self.value)
    }
}

impl<'a> Slots<'_, 'a> {
    /// Finds the best key for each field. Filled where they lie, since they are large.
    #[inline]
    pub(super) fn sort(&mut self) {
        let mut ranks = [u16::MAX; FIELDS];
        for found in &self.keys.found {
            self.consider(found, &mut ranks);
        }
    }

    #[inline]
    fn consider(&mut self, found: &Found<'a>, ranks: &mut [u16; FIELDS]) {
        let Some(meaning) = found.entry.meaning(self.dialect) else { return };
        let field = meaning.row.field;
        let rank = if meaning.dialect == self.dialect { meaning.own_rank } else { meaning.rank };
        let (Some(best), Some(known)) =
            (self.best.get_mut(field as usize), ranks.get_mut(field as usize))
        else {
            return;
        };
        if rank >= *known || field == Field::Marker {
            return;
        }
        let value = value_of(found.value);
        if matches!(field, Field::Provider | Field::System)
            && let Some(name) = text_of(meaning.row.form, value)
            && provider::is_framework(name)
        {
            self.framework = self.framework.or(Some(name));
        } else if is_usable(field, meaning.row.form, value) {
            (*best, *known) = (Some(Slot { meaning, value }), rank);
        }
    }

    /// What stands under a field.
    #[inline]
    pub(crate) fn slot(&self, field: Field) -> Option<Slot<'a>> {
        *self.best.get(field as usize)?
    }

    /// Whether anything stands under a field.
    #[inline]
    pub(super) fn has(&self, field: Field) -> bool {
        self.best.get(field as usize).is_some_and(Option::is_some)
    }

    /// Everything that stands under a field.
    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = AnyValue<'a>> {
        let is = move |found: &&Found<'_>| {
            found.entry.meaning(self.dialect).is_some_and(|meaning| meaning.row.field == field)
        };
        let found = if self.has(field) { self.keys.found.as_slice() } else { &[] };
        found.iter().filter(is).map(|found| AnyValue::read(found.value))
    }

    #[inline]
    pub(crate) fn text(&self, field: Field) -> Option<&'a [u8]> {
        self.slot(field)?.text()
    }

    #[inline]
    pub(super) fn count(&self, field: Field) -> Option<u64> {
        value::count(self.slot(field)?.value)
    }

    #[inline]
    pub(super) fn flag(&self, field: Field) -> Option<bool> {
        value::flag(self.slot(field)?.value)
    }

    /// Whether a key that begins so was found.
    pub(super) fn has_key(&self, head: &str) -> bool {
        let begins = |found: &Found<'_>| {
            found.entry.meanings.first().is_some_and(|meaning| meaning.row.key.starts_with(head))
        };
        self.keys.found.iter().any(begins)
    }
}

/// What [`AnyValue::read`] gives, faster for short texts and small numbers.
#[inline]
fn value_of(message: &[u8]) -> AnyValue<'_> {
    match message {
        [0x0a, length @ ..0x80, text @ ..] if text.len() == usize::from(*length) => {
            AnyValue::Str(text)
        }
        [0x18, number @ ..0x80] => AnyValue::Int(i64::from(*number)),
        [0x18, low, high @ ..0x80] => AnyValue::Int(i64::from(*low & 0x7f) | i64::from(*high) << 7),
        _ => AnyValue::read(message),
    }
}

#[inline]
fn text_of(form: Form, value: AnyValue<'_>) -> Option<&[u8]> {
    if form == Form::Quoted { value::quoted(value) } else { value::text(value) }
}

/// Whether a value says something for a field.
#[inline]
fn is_usable(field: Field, form: Form, value: AnyValue<'_>) -> bool {
    match field {
        Field::Input
        | Field::Output
        | Field::Total
        | Field::CacheRead
        | Field::CacheWrite
        | Field::CacheWrite5m
        | Field::CacheWrite1h
        | Field::Reasoning
        | Field::AudioInput
        | Field::AudioOutput
        | Field::ImageInput
        | Field::ImageOutput
        | Field::ToolUse
        | Field::WebSearches
        | Field::Attempt => value::count(value).is_some(),
        Field::Cost => value::number(value).is_some_and(|cost| cost > 0.0),
        Field::Duration => value::number(value).is_some(),
        Field::FirstChunk => form == Form::Time || value::number(value).is_some(),
        Field::Stream | Field::CacheHit => value::flag(value).is_some(),
        Field::Success | Field::UsageBody | Field::MoreUsage | Field::CostBody => {
            value != AnyValue::Empty
        }
        Field::FinishReasons => !super::FinishReasons(value).is_empty(),
        _ => text_of(form, value).is_some(),
    }
}

/// Whether a row's key is its field's name in the conventions.
pub(crate) fn is_canonical(field: Field, key: &str) -> bool {
    profile::canonical(field) == Some(key)
}
