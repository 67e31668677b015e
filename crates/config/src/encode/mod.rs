//! Settings back to a tree: for printing, and as the defaults that a user's tree is laid over.

use std::cell::Cell;

use indexmap::IndexMap;
use serde::Serialize;

use crate::error::Error;
use crate::types::Flavour;
use crate::value::{Key, Kind, Value};

mod serializer;

use self::serializer::Encoder;

/// Whether secrets are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// As `[REDACTED]`.
    #[default]
    Redacted,
    /// As they are.
    Unredacted,
}

/// Turns settings into a tree without places. Sections that are off are null; map keys keep the
/// order of the type.
///
/// # Errors
/// When a type serialises to something a config cannot hold, such as a map key that is a list.
pub fn to_value<T: Serialize + ?Sized>(settings: &T, mode: Mode) -> Result<Value, Error> {
    encode(settings, Scope { mode, template: false, ours: true }).map(Template::into_value)
}

/// Settings with everything that [`crate::decode()`] needs of them: secrets and hidden defaults.
pub(crate) fn to_template<T: Serialize + ?Sized>(settings: &T) -> Result<Template, Error> {
    encode(settings, Scope { mode: Mode::Unredacted, template: true, ours: true })
}

fn encode<T: Serialize + ?Sized>(settings: &T, scope: Scope) -> Result<Template, Error> {
    let _guard = Guard(SCOPE.replace(scope));
    settings.serialize(Encoder)
}

/// What the types of this crate ask while they serialise. Serde has no room for such a question, so
/// it is a property of the thread for the time of one call; outside of such a call secrets are
/// redacted.
#[derive(Clone, Copy, Default)]
struct Scope {
    mode: Mode,
    template: bool,
    ours: bool,
}

thread_local! {
    static SCOPE: Cell<Scope> =
        const { Cell::new(Scope { mode: Mode::Redacted, template: false, ours: false }) };
}

/// Puts the outer scope back, also when serialising panics.
struct Guard(Scope);

impl Drop for Guard {
    fn drop(&mut self) {
        SCOPE.set(self.0);
    }
}

/// Whether secrets are printed by the call that is running.
pub(crate) fn mode() -> Mode {
    SCOPE.get().mode
}

/// Whether hidden defaults are wanted by the call that is running.
pub(crate) fn is_template() -> bool {
    SCOPE.get().template
}

/// Whether the serialiser that is running is ours.
pub(crate) fn is_ours() -> bool {
    SCOPE.get().ours
}

/// A tree of defaults: a [`Value`] without places, but with optional sections.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Template {
    Scalar(Kind),
    Seq(Vec<Self>),
    Map(IndexMap<String, Self>),
    Optional(Flavour, Box<Self>),
}

impl Template {
    pub(crate) fn into_value(self) -> Value {
        let kind = match self {
            Self::Scalar(kind) => kind,
            Self::Seq(items) => Kind::Seq(items.into_iter().map(Self::into_value).collect()),
            Self::Map(map) => Kind::Map(
                map.into_iter().map(|(key, value)| (Key::from(key), value.into_value())).collect(),
            ),
            Self::Optional(Flavour::Some, inner) => return inner.into_value(),
            Self::Optional(..) => Kind::Null,
        };
        Value::from(kind)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(map) => map.get(key),
            _ => None,
        }
    }
}
