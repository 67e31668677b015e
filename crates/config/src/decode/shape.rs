//! What settings a type takes, told by the type itself.
//!
//! Serde's `Deserialize` of a type says what it wants to read: a struct with these fields, a number, a
//! list. The tracer here answers with nothing and notes the question. One walk can only go down one
//! way, so there is one for each setting, from the top.

use std::cell::RefCell;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer,
    MapAccess, SeqAccess, VariantAccess, Visitor, value::StrDeserializer,
};

use super::{Notes, decoder::Decoder, failure::Failure, path::Path};
use crate::{
    id::{ID, PIPELINE_ID},
    types::{DURATION, Flavour, MAP_LIST, OPAQUE, OPTIONAL, SQUASH, STRING_LIST},
    value::VALUE,
};

/// Settings nested deeper than this are [`Shape::Any`].
const DEPTH_MAX: usize = 24;
/// A key that is a name, an id and the id of a pipeline alike.
const ANY_KEY: &str = "traces";

/// What may stand in one place of a config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Anything.
    Any,
    /// `true` or `false`.
    Bool,
    /// A whole number from the first to the second.
    Integer(i128, i128),
    /// A number.
    Number,
    /// Text.
    Text,
    /// A duration such as `200ms`, or nanoseconds.
    Duration,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A list.
    List(Box<Self>),
    /// A map with any keys.
    Map(Box<Self>),
    /// A list of texts, or one text with commas.
    Texts,
    /// A map of texts, or a list of names and values.
    Pairs,
    /// A map with these keys and no others.
    Section {
        /// The keys.
        fields: Vec<(&'static str, Self)>,
        /// Whether `enabled` is a key too.
        has_switch: bool,
    },
}

/// What settings a type takes.
#[must_use]
pub fn shape<T: DeserializeOwned>() -> Shape {
    explore::<T>(&mut Vec::new())
}

/// One step down.
#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Item,
    Entry,
    /// Into an optional section or value.
    Inside,
    /// Into one of the two types whose keys stand in one map.
    Part(usize),
}

/// What a type asked for in one place.
enum Found {
    Leaf(Shape),
    Fields(&'static [&'static str]),
    List,
    Map,
    Optional,
    Section,
    Parts,
}

fn explore<T: DeserializeOwned>(path: &mut Vec<Step>) -> Shape {
    if path.len() > DEPTH_MAX {
        return Shape::Any;
    }
    let found = RefCell::new(None);
    // The error only says that the question was noted.
    drop(T::deserialize(Tracer { path, found: &found }));
    let mut below = |step: Step| {
        path.push(step);
        let shape = explore::<T>(path);
        path.pop();
        shape
    };
    match found.into_inner() {
        None => Shape::Any,
        Some(Found::Leaf(shape)) => shape,
        Some(Found::Fields(names)) => {
            let fields = names.iter().map(|name| (*name, below(Step::Field(name)))).collect();
            Shape::Section { fields, has_switch: false }
        }
        Some(Found::List) => Shape::List(Box::new(below(Step::Item))),
        Some(Found::Map) => Shape::Map(Box::new(below(Step::Entry))),
        Some(Found::Optional) => below(Step::Inside),
        Some(Found::Section) => match below(Step::Inside) {
            Shape::Section { fields, .. } => Shape::Section { fields, has_switch: true },
            other => other,
        },
        Some(Found::Parts) => {
            let parts = [below(Step::Part(0)), below(Step::Part(1))];
            let fields = parts.into_iter().flat_map(|part| match part {
                Shape::Section { fields, .. } => fields,
                _ => Vec::new(),
            });
            Shape::Section { fields: fields.collect(), has_switch: false }
        }
    }
}

/// Follows the path, then notes what it is asked.
#[derive(Clone, Copy)]
struct Tracer<'a> {
    path: &'a [Step],
    found: &'a RefCell<Option<Found>>,
}

impl<'a> Tracer<'a> {
    /// The next step, and what follows it.
    fn next(self) -> Option<(Step, Self)> {
        let (step, path) = self.path.split_first()?;
        Some((*step, Self { path, ..self }))
    }

    fn note<T>(self, found: Found) -> Result<T, Failure> {
        if self.path.is_empty() {
            self.found.borrow_mut().get_or_insert(found);
        }
        Err(Failure::custom("traced"))
    }

    fn leaf<T>(self, shape: Shape) -> Result<T, Failure> {
        self.note(Found::Leaf(shape))
    }
}

macro_rules! leaves {
    ($($method:ident $shape:expr;)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
            self.leaf($shape)
        })*
    };
}

macro_rules! integers {
    ($($method:ident $type:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Failure> {
            self.leaf(Shape::Integer($type::MIN.into(), $type::MAX.into()))
        })*
    };
}

impl<'de> Deserializer<'de> for Tracer<'_> {
    type Error = Failure;

    integers! {
        deserialize_i8 i8;
        deserialize_i16 i16;
        deserialize_i32 i32;
        deserialize_i64 i64;
        deserialize_u8 u8;
        deserialize_u16 u16;
        deserialize_u32 u32;
        deserialize_u64 u64;
    }

    leaves! {
        deserialize_any Shape::Any;
        deserialize_ignored_any Shape::Any;
        deserialize_bool Shape::Bool;
        deserialize_f32 Shape::Number;
        deserialize_f64 Shape::Number;
        deserialize_char Shape::Text;
        deserialize_str Shape::Text;
        deserialize_string Shape::Text;
        deserialize_identifier Shape::Text;
        deserialize_bytes Shape::Any;
        deserialize_byte_buf Shape::Any;
        deserialize_unit Shape::Any;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.next() {
            Some((_, inside)) => visitor.visit_some(inside),
            None => self.note(Found::Optional),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: V,
    ) -> Result<V::Value, Failure> {
        self.note(Found::Fields(&[]))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match (name, self.next()) {
            (OPTIONAL, Some((_, inside))) => visitor.visit_enum(Inside(inside)),
            (OPTIONAL, None) => self.note(Found::Section),
            (SQUASH, Some((Step::Part(part), inside))) => {
                visitor.visit_seq(Parts { before: part, inside })
            }
            (SQUASH, _) => self.note(Found::Parts),
            (DURATION, _) => self.leaf(Shape::Duration),
            (OPAQUE | ID | PIPELINE_ID, _) => self.leaf(Shape::Text),
            (VALUE, _) => self.leaf(Shape::Any),
            (STRING_LIST, _) => self.leaf(Shape::Texts),
            (MAP_LIST, _) => self.leaf(Shape::Pairs),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.next() {
            Some((_, inside)) => visitor.visit_seq(Parts { before: 0, inside }),
            None => self.note(Found::List),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Failure> {
        self.leaf(Shape::Any)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        _: V,
    ) -> Result<V::Value, Failure> {
        self.leaf(Shape::Any)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.next() {
            Some((_, inside)) => visitor.visit_map(Entry { key: Some(ANY_KEY), inside }),
            None => self.note(Found::Map),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match self.next() {
            Some((Step::Field(key), inside)) => visitor.visit_map(Entry { key: Some(key), inside }),
            _ => self.note(Found::Fields(fields)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Failure> {
        self.leaf(Shape::Choice(variants))
    }
}

/// The settings of an optional section.
struct Inside<'a>(Tracer<'a>);

impl<'de, 'a> EnumAccess<'de> for Inside<'a> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Failure> {
        let name: StrDeserializer<'_, Failure> = Flavour::Some.name().into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Inside<'_> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Failure> {
        self.0.leaf(Shape::Any)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Failure> {
        self.0.leaf(Shape::Any)
    }
}

/// One element, after so many that are read from nothing: all zero.
struct Parts<'a> {
    before: usize,
    inside: Tracer<'a>,
}

impl<'de> SeqAccess<'de> for Parts<'_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Some(before) = self.before.checked_sub(1) else {
            return seed.deserialize(self.inside).map(Some);
        };
        self.before = before;
        let notes = Notes::default();
        seed.deserialize(Decoder::nothing(Path::Root(""), &notes)).map(Some)
    }
}

/// One entry of a map.
struct Entry<'a> {
    key: Option<&'static str>,
    inside: Tracer<'a>,
}

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        let Some(key) = self.key.take() else { return Ok(None) };
        let key: StrDeserializer<'_, Failure> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        seed.deserialize(self.inside)
    }
}
