//! The tree every config becomes: YAML values that know where they stand.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::IndexMap;

mod serde;

pub(crate) use self::serde::{VALUE, hand_over};

/// Where a value stands: a source and a place in its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pos {
    /// A file name, `env:NAME`, `yaml:…`, `--set`, or a URL.
    pub source: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Pos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source, self.line, self.column)
    }
}

/// A key of a map: its text and where it stands. Compares, sorts and hashes as its text alone, so a
/// [`Map`] is read with a plain `&str`.
#[derive(Debug, Clone)]
pub struct Key {
    text: String,
    pos: Option<Pos>,
}

impl Key {
    /// A key with a place.
    pub fn new(text: impl Into<String>, pos: Option<Pos>) -> Self {
        Self { text: text.into(), pos }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Where the key stands, if it was read from a text.
    #[must_use]
    pub fn pos(&self) -> Option<&Pos> {
        self.pos.as_ref()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Must equal `str`'s hash, or `Borrow<str>` lookups would miss.
        self.text.as_str().hash(state);
    }
}

impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.text
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::new(text, None)
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self::new(text, None)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A map in the order it was written.
pub type Map = IndexMap<Key, Value>;

/// What a [`Value`] is. Timestamps are strings in RFC 3339 form (C§2.3).
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number that fits 64 signed bits.
    Int(i64),
    /// A whole number above [`i64::MAX`].
    Uint(u64),
    /// Any other number.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    Seq(Vec<Value>),
    /// A map; keys that were not strings are spelled out.
    Map(Map),
}

/// One node of a config tree. Equality looks at the data only, not at places or original text.
#[derive(Debug, Clone)]
pub struct Value {
    /// The data.
    pub kind: Kind,
    /// Where it stands. A value that a `${…}` brought in keeps the place of the reference; nodes
    /// inside it point into the text they came from.
    pub pos: Option<Pos>,
    /// For the result of a whole-value `${…}`: the text it was read from, with references filled
    /// in. String settings take this, all others take [`Self::kind`] (C§2.4).
    pub original: Option<Arc<str>>,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Default for Value {
    fn default() -> Self {
        Self::from(Kind::Null)
    }
}

impl From<Kind> for Value {
    fn from(kind: Kind) -> Self {
        Self { kind, pos: None, original: None }
    }
}

impl Value {
    /// A value with a place.
    #[must_use]
    pub fn new(kind: Kind, pos: Option<Pos>) -> Self {
        Self { kind, pos, original: None }
    }

    /// A string without a place.
    pub fn string(text: impl Into<String>) -> Self {
        Kind::String(text.into()).into()
    }

    /// An empty map without a place.
    #[must_use]
    pub fn empty_map() -> Self {
        Kind::Map(Map::new()).into()
    }

    /// Whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// The map, if this is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, if this is one.
    #[must_use]
    pub fn as_seq(&self) -> Option<&[Self]> {
        match &self.kind {
            Kind::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            Kind::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// What a string setting takes: the original text of a `${…}` result, or the string itself.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match (&self.original, &self.kind) {
            (Some(text), _) => Some(text),
            (None, Kind::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The value under `key`, if this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.get(key)
    }

    /// Follows keys from the outside in.
    #[must_use]
    pub fn get_path(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The type as the Go collector names it in error texts (`%T`).
    #[must_use]
    pub fn go_type(&self) -> &'static str {
        match self.kind {
            Kind::Null => "<nil>",
            Kind::Bool(_) => "bool",
            Kind::Int(_) => "int",
            Kind::Uint(_) => "uint64",
            Kind::Float(_) => "float64",
            Kind::String(_) => "string",
            Kind::Seq(_) => "[]interface {}",
            Kind::Map(_) => "map[string]interface {}",
        }
    }

    /// The kind as the Go collector names it in error texts about lists and maps.
    #[must_use]
    pub fn go_kind(&self) -> &'static str {
        match self.kind {
            Kind::Seq(_) => "slice",
            Kind::Map(_) => "map",
            _ => self.go_type(),
        }
    }

    /// How many nodes the tree has, itself included.
    #[must_use]
    pub fn node_count(&self) -> usize {
        1 + match &self.kind {
            Kind::Seq(items) => items.iter().map(Self::node_count).sum(),
            Kind::Map(map) => map.values().map(Self::node_count).sum(),
            _ => 0,
        }
    }
}
