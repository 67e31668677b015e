//! `[]string` settings: a list, or one string with commas (C§2.5).

use std::fmt;
use std::ops::{Deref, DerefMut};

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// The newtype name by which [`crate::decode()`] knows a [`StringList`].
pub(crate) const STRING_LIST: &str = "$config::StringList";

/// A list of strings that may also be written as one string, split at commas; the empty string is
/// the empty list. Parts are not trimmed, as in the Go collector.
///
/// Use it where the Go type is exactly `[]string`. A `Vec<String>` takes only the list form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct StringList(pub Vec<String>);

impl Deref for StringList {
    type Target = Vec<String>;

    fn deref(&self) -> &Vec<String> {
        &self.0
    }
}

impl DerefMut for StringList {
    fn deref_mut(&mut self) -> &mut Vec<String> {
        &mut self.0
    }
}

impl<S: Into<String>> FromIterator<S> for StringList {
    fn from_iter<I: IntoIterator<Item = S>>(items: I) -> Self {
        Self(items.into_iter().map(Into::into).collect())
    }
}

impl Serialize for StringList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for StringList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(STRING_LIST, StringListVisitor)
    }
}

struct StringListVisitor;

impl<'de> Visitor<'de> for StringListVisitor {
    type Value = StringList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of strings, or one string with commas")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<StringList, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<StringList, E> {
        Ok(StringList::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<StringList, E> {
        if text.is_empty() {
            return Ok(StringList::default());
        }
        Ok(text.split(',').collect())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<StringList, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(StringList(items))
    }
}
