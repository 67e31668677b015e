//! Headers: a map, or a list of `{name, value}` (C§2.5).

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use super::Opaque;
use crate::problems::Problems;

/// The newtype name by which [`crate::decode()`] knows a [`MapList`].
pub(crate) const MAP_LIST: &str = "$config::MapList";

/// Names and secret values, as in `headers` and `response_headers`.
///
/// The map form is sorted by name; the list form keeps its order and may name a header twice, which
/// [`Self::problems`] reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapList(Vec<Pair>);

#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
struct Pair {
    name: String,
    value: Opaque,
}

impl MapList {
    /// The pairs in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Opaque)> {
        self.0.iter().map(|pair| (pair.name.as_str(), &pair.value))
    }

    /// The first value with this exact name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Opaque> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Replaces the first value with this name, or adds one.
    pub fn set(&mut self, name: &str, value: Opaque) {
        match self.0.iter_mut().find(|pair| pair.name == name) {
            Some(pair) => pair.value = value,
            None => self.0.push(Pair { name: name.to_owned(), value }),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many pairs there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Names given twice: `duplicate keys in map-style list: [foo]`.
    #[must_use]
    pub fn problems(&self) -> Problems {
        let mut names: Vec<&str> = self.0.iter().map(|pair| pair.name.as_str()).collect();
        names.sort_unstable();
        let mut twice: Vec<&str> = names
            .windows(2)
            .filter_map(|w| if w.first() == w.last() { w.first() } else { None })
            .copied()
            .collect();
        twice.dedup();
        let mut problems = Problems::new();
        problems.check(
            twice.is_empty(),
            format!("duplicate keys in map-style list: [{}]", twice.join(" ")),
        );
        problems
    }
}

impl<N: Into<String>, V: Into<Opaque>> FromIterator<(N, V)> for MapList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| Pair { name: name.into(), value: value.into() })
                .collect(),
        )
    }
}

impl Serialize for MapList {
    /// The list form, which keeps the order.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MapList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(MAP_LIST, MapListVisitor)
    }
}

struct MapListVisitor;

impl<'de> Visitor<'de> for MapListVisitor {
    type Value = MapList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of strings, or a list of {name, value}")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<MapList, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<MapList, E> {
        Ok(MapList::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<MapList, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = access.next_element()? {
            pairs.push(pair);
        }
        Ok(MapList(pairs))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<MapList, A::Error> {
        let mut pairs = Vec::new();
        while let Some((name, value)) = access.next_entry()? {
            pairs.push(Pair { name, value });
        }
        pairs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(MapList(pairs))
    }
}
