//! Several structs out of one map.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeTupleStruct as _, Serializer};

use crate::encode::is_ours;

/// The tuple struct name by which [`crate::decode()`] knows a [`Squash`].
pub(crate) const SQUASH: &str = "$config::Squash";

/// Two structs whose keys stand side by side in one map, as Go's `squash`.
///
/// `#[serde(flatten)]` would lose places, hidden defaults and the list of valid keys. Nest it for
/// more than two: `Squash<A, Squash<B, C>>`. With `#[serde(from = "Squash<A, B>", into = …)]` a
/// struct can have named fields for its parts. Both parts must be structs with distinct keys.
///
/// Our reader and writer know it. Other formats write and read it as flattened maps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Squash<A, B>(pub A, pub B);

impl<A: Serialize, B: Serialize> Serialize for Squash<A, B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if is_ours() {
            let mut parts = serializer.serialize_tuple_struct(SQUASH, 2)?;
            parts.serialize_field(&self.0)?;
            parts.serialize_field(&self.1)?;
            return parts.end();
        }
        #[derive(serde::Serialize)]
        struct Flat<'a, A, B> {
            #[serde(flatten)]
            a: &'a A,
            #[serde(flatten)]
            b: &'a B,
        }
        Flat { a: &self.0, b: &self.1 }.serialize(serializer)
    }
}

impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> Deserialize<'de> for Squash<A, B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(SQUASH, SquashVisitor(PhantomData))
    }
}

struct SquashVisitor<A, B>(PhantomData<(A, B)>);

impl<'de, A: Deserialize<'de>, B: Deserialize<'de>> Visitor<'de> for SquashVisitor<A, B> {
    type Value = Squash<A, B>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    /// From our reader, which gives each part the whole map.
    fn visit_seq<S: SeqAccess<'de>>(self, mut access: S) -> Result<Squash<A, B>, S::Error> {
        let missing = || serde::de::Error::custom("a squashed part is missing");
        let a = access.next_element()?.ok_or_else(missing)?;
        let b = access.next_element()?.ok_or_else(missing)?;
        Ok(Squash(a, b))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        inner: D,
    ) -> Result<Squash<A, B>, D::Error> {
        #[derive(serde::Deserialize)]
        struct Flat<A, B> {
            #[serde(flatten)]
            a: A,
            #[serde(flatten)]
            b: B,
        }
        Flat::deserialize(inner).map(|Flat { a, b }| Squash(a, b))
    }
}
