//! [`Value`] as a serde type: printed like any data; read back with places when the reader is ours.

use std::cell::RefCell;
use std::fmt;

use ::serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use ::serde::ser::{Serialize, Serializer};

use super::{Key, Kind, Map, Value};
use crate::limits::DEPTH_MAX;

/// The newtype name by which [`crate::decode()`] knows that a whole [`Value`] is wanted.
pub(crate) const VALUE: &str = "$config::Value";

thread_local! {
    /// How our reader hands a tree over with its places; serde's data model has no room for them.
    static HANDED_OVER: RefCell<Option<Value>> = const { RefCell::new(None) };
}

/// Puts `value` where the `Deserialize` of [`Value`], called next on this thread, takes it from.
pub(crate) fn hand_over(value: Value) {
    HANDED_OVER.with_borrow_mut(|slot| *slot = Some(value));
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.kind {
            Kind::Null => serializer.serialize_unit(),
            Kind::Bool(flag) => serializer.serialize_bool(*flag),
            Kind::Int(number) => serializer.serialize_i64(*number),
            Kind::Uint(number) => serializer.serialize_u64(*number),
            Kind::Float(number) => serializer.serialize_f64(*number),
            Kind::String(text) => serializer.serialize_str(text),
            Kind::Seq(items) => serializer.collect_seq(items),
            Kind::Map(map) => {
                serializer.collect_map(map.iter().map(|(key, value)| (key.as_str(), value)))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(VALUE, ValueVisitor { depth: 0 })
    }
}

#[derive(Clone, Copy)]
struct ValueVisitor {
    depth: usize,
}

impl<'de> ::serde::de::DeserializeSeed<'de> for ValueVisitor {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueVisitor {
    fn deeper<E: ::serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= DEPTH_MAX {
            return Err(E::custom(format!("nested deeper than {DEPTH_MAX} levels")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(HANDED_OVER.with_borrow_mut(Option::take).unwrap_or_default())
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::default())
    }

    fn visit_some<D: Deserializer<'de>>(self, inner: D) -> Result<Value, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Kind::Bool(flag).into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Kind::Int(number).into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Kind::Uint(number), Kind::Int).into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Kind::Float(number).into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::string(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(deeper)? {
            items.push(item);
        }
        Ok(Kind::Seq(items).into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            map.insert(Key::from(key), access.next_value_seed(deeper)?);
        }
        Ok(Kind::Map(map).into())
    }
}
