//! Children of a place: the fields of a struct, the items of a list or map, the variant of an enum.

use std::cell::RefCell;
use std::collections::HashSet;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer as _, EnumAccess, IntoDeserializer as _, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use super::decoder::{Decoder, Source};
use super::failure::{Failure, choices};
use super::key::KeyDecoder;
use super::path::Path;
use crate::encode::Template;
use crate::value::{Key, Kind, Map, Pos, Value};

/// The fields of a struct that the user or the defaults have.
pub(super) struct StructAccess<'a> {
    outer: Decoder<'a>,
    fields: std::slice::Iter<'static, &'static str>,
    user: Option<&'a Map>,
    base: Option<&'a Template>,
    field: &'static str,
}

impl<'a> StructAccess<'a> {
    pub(super) fn new(
        outer: Decoder<'a>,
        fields: &'static [&'static str],
        user: Option<&'a Map>,
        base: Option<&'a Template>,
    ) -> Self {
        Self { outer, fields: fields.iter(), user, base, field: "" }
    }
}

impl<'de> MapAccess<'de> for StructAccess<'_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        for field in self.fields.by_ref() {
            let has = self.user.is_some_and(|map| map.contains_key(*field))
                || self.base.is_some_and(|base| base.get(field).is_some());
            if has {
                self.field = field;
                let key: StrDeserializer<'_, Failure> = (*field).into_deserializer();
                return seed.deserialize(key).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let user = self.user.and_then(|map| map.get(self.field));
        let base = self.base.and_then(|base| base.get(self.field));
        let path = Path::Field(&self.outer.path, self.field);
        read(seed, self.outer.child(path, user, base))
    }
}

/// Reads a child; an error without a place happened here.
pub(super) fn read<'de, S: DeserializeSeed<'de>>(
    seed: S,
    child: Decoder<'_>,
) -> Result<S::Value, Failure> {
    seed.deserialize(child).map_err(|failure| failure.locate(&child))
}

/// The items of a list.
pub(super) struct ItemAccess<'a> {
    outer: Decoder<'a>,
    items: Items<'a>,
    index: usize,
}

enum Items<'a> {
    User(std::slice::Iter<'a, Value>),
    Base(std::slice::Iter<'a, Template>),
}

impl<'a> ItemAccess<'a> {
    /// A user's list takes the place of the default one, item by item.
    pub(super) fn user(outer: Decoder<'a>, items: &'a [Value]) -> Self {
        Self { outer, items: Items::User(items.iter()), index: 0 }
    }

    pub(super) fn base(outer: Decoder<'a>, items: &'a [Template]) -> Self {
        Self { outer, items: Items::Base(items.iter()), index: 0 }
    }
}

impl<'de> SeqAccess<'de> for ItemAccess<'_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let (user, base) = match &mut self.items {
            Items::User(items) => (items.next(), None),
            Items::Base(items) => (None, items.next()),
        };
        if user.is_none() && base.is_none() {
            return Ok(None);
        }
        let path = Path::Index(&self.outer.path, self.index);
        self.index += 1;
        read(seed, self.outer.child(path, user, base)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(match &self.items {
            Items::User(items) => items.len(),
            Items::Base(items) => items.len(),
        })
    }
}

/// The entries of a map with free keys: the defaults that the user does not name, then the user's.
/// An entry of the user takes the place of a default one, as in the Go collector.
pub(super) struct MapItems<'a> {
    outer: Decoder<'a>,
    entries: std::vec::IntoIter<Entry<'a>>,
    current: Option<Entry<'a>>,
    /// Ids read so far in their plain form, to find keys that become equal.
    seen: RefCell<HashSet<String>>,
}

#[derive(Clone, Copy)]
struct Entry<'a> {
    key: &'a str,
    pos: Option<&'a Pos>,
    user: Option<&'a Value>,
    base: Option<&'a Template>,
}

impl<'a> MapItems<'a> {
    pub(super) fn new(
        outer: Decoder<'a>,
        user: Option<&'a Map>,
        base: Option<&'a Template>,
    ) -> Self {
        let mut entries = Vec::new();
        if let Some(Template::Map(map)) = base {
            let theirs = map
                .iter()
                .filter(|(key, _)| !user.is_some_and(|user| user.contains_key(key.as_str())));
            entries.extend(theirs.map(|(key, value)| Entry {
                key,
                pos: None,
                user: None,
                base: Some(value),
            }));
        }
        let entry = |(key, value): (&'a Key, &'a Value)| Entry {
            key: key.as_str(),
            pos: key.pos(),
            user: Some(value),
            base: None,
        };
        entries.extend(user.into_iter().flatten().map(entry));
        Self { outer, entries: entries.into_iter(), current: None, seen: RefCell::default() }
    }
}

impl<'de> MapAccess<'de> for MapItems<'_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        self.current = self.entries.next();
        let Some(Entry { key, pos, .. }) = self.current else { return Ok(None) };
        let key = KeyDecoder { text: key, pos, outer: self.outer, seen: &self.seen };
        seed.deserialize(key).map_err(|failure| failure.locate(&self.outer)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let Some(Entry { key, user, base, .. }) = self.current else {
            return Err(serde::de::Error::custom("a value was asked for before its key"));
        };
        let path = Path::Key(&self.outer.path, key);
        read(seed, self.outer.child(path, user, base))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// An enum: a word, or a map with the variant as its only key.
pub(super) struct EnumSource<'a> {
    outer: Decoder<'a>,
    variants: &'static [&'static str],
}

impl<'a> EnumSource<'a> {
    pub(super) fn new(outer: Decoder<'a>, variants: &'static [&'static str]) -> Self {
        Self { outer, variants }
    }

    /// The user's variant, if it is one; a wrong one is noted.
    fn user(&self) -> Option<(&'a str, Option<&'a Value>)> {
        let Source::User(value) = self.outer.source() else { return None };
        let (name, content) = match &value.kind {
            Kind::String(_) => (value.as_str().unwrap_or_default(), None),
            Kind::Map(map) if map.len() == 1 => {
                let (key, content) = map.first()?;
                (key.as_str(), Some(content))
            }
            _ => {
                self.outer.note_mismatch("string", value);
                return None;
            }
        };
        if !self.variants.contains(&name) {
            let advice = vec![choices(name, self.variants)];
            self.outer.note(format!("unknown value {name:?}"), advice);
            return None;
        }
        Some((name, content))
    }

    fn base(&self) -> Option<(&'a str, Option<&'a Template>)> {
        match self.outer.base? {
            Template::Scalar(Kind::String(name)) => Some((name, None)),
            Template::Map(map) => map.first().map(|(name, content)| (name.as_str(), Some(content))),
            _ => None,
        }
    }
}

impl<'de, 'a> EnumAccess<'de> for EnumSource<'a> {
    type Error = Failure;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content<'a>), Failure> {
        let (name, user, base) = match (self.user(), self.base()) {
            (Some((name, user)), _) => (name, user, None),
            (None, Some((name, base))) => (name, None, base),
            (None, None) => {
                if !matches!(self.outer.source(), Source::User(_)) {
                    let advice = vec![choices("", self.variants)];
                    self.outer.note("needs a value".to_owned(), advice);
                }
                (self.variants.first().copied().unwrap_or_default(), None, None)
            }
        };
        let key: StrDeserializer<'_, Failure> = name.into_deserializer();
        let content = Decoder { user, base, known: None, has_switch: false, ..self.outer };
        Ok((seed.deserialize(key)?, Content(content)))
    }
}

/// What stands under the name of an enum variant.
pub(super) struct Content<'a>(pub(super) Decoder<'a>);

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        read(seed, self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Failure> {
        self.0.seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.0.deserialize_struct("", fields, visitor)
    }
}
