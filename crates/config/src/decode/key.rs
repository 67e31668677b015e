//! Keys of maps with free keys.

use std::cell::RefCell;
use std::collections::HashSet;

use serde::de::value::StrDeserializer;
use serde::de::{Deserializer, IntoDeserializer as _, Visitor};
use serde::forward_to_deserialize_any;

use super::DecodeError;
use super::decoder::Decoder;
use super::failure::Failure;
use crate::id::{ID, Id, PIPELINE_ID, PipelineId};
use crate::value::Pos;

pub(super) struct KeyDecoder<'a> {
    pub(super) text: &'a str,
    pub(super) pos: Option<&'a Pos>,
    pub(super) outer: Decoder<'a>,
    pub(super) seen: &'a RefCell<HashSet<String>>,
}

impl KeyDecoder<'_> {
    fn note(&self, message: String) {
        self.outer.notes.add(DecodeError {
            path: self.outer.path.to_string(),
            message,
            pos: self.pos.cloned(),
            advice: Vec::new(),
        });
    }

    /// The id in its plain form. Notes what is not an id, and ids that are equal once trimmed.
    fn id<T: std::str::FromStr<Err = crate::IdError> + ToString>(&self, stand_in: &str) -> String {
        let plain = match self.text.parse::<T>() {
            Ok(id) => id.to_string(),
            Err(error) => {
                self.note(error.to_string());
                return stand_in.to_owned();
            }
        };
        if !self.seen.borrow_mut().insert(plain.clone()) {
            self.note(format!("duplicate name {:?} after unmarshaling {plain}", self.text));
        }
        plain
    }

    fn parse<T: std::str::FromStr + Default>(&self, expected: &str) -> T {
        self.text.parse().unwrap_or_else(|_| {
            self.note(format!("expected a key of type '{expected}', got {:?}", self.text));
            T::default()
        })
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident $go:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            visitor.$visit(self.parse($go))
        })*
    };
}

impl<'de> Deserializer<'de> for KeyDecoder<'_> {
    type Error = Failure;

    numbers! {
        deserialize_bool visit_bool "bool";
        deserialize_i8 visit_i8 "int8";
        deserialize_i16 visit_i16 "int16";
        deserialize_i32 visit_i32 "int32";
        deserialize_i64 visit_i64 "int";
        deserialize_u8 visit_u8 "uint8";
        deserialize_u16 visit_u16 "uint16";
        deserialize_u32 visit_u32 "uint32";
        deserialize_u64 visit_u64 "uint64";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_str(self.text)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match name {
            ID => visitor.visit_str(&self.id::<Id>("invalid")),
            PIPELINE_ID => visitor.visit_str(&self.id::<PipelineId>("traces")),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let key: StrDeserializer<'_, Failure> = self.text.into_deserializer();
        key.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}
