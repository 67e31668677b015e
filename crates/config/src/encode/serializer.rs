//! The serde serialiser that writes a [`Template`].

use indexmap::IndexMap;
use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::Template;
use crate::error::Error;
use crate::types::{Flavour, OPTIONAL, SQUASH};
use crate::value::Kind;

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }
}

#[derive(Clone, Copy)]
pub(super) struct Encoder;

fn scalar(kind: Kind) -> Result<Template, Error> {
    Ok(Template::Scalar(kind))
}

fn one(key: &str, value: Template) -> Template {
    Template::Map(IndexMap::from([(key.to_owned(), value)]))
}

macro_rules! scalars {
    ($($method:ident: $type:ty => |$value:ident| $kind:expr;)*) => {
        $(fn $method(self, $value: $type) -> Result<Template, Error> {
            scalar($kind)
        })*
    };
}

impl Serializer for Encoder {
    type Ok = Template;
    type Error = Error;
    type SerializeSeq = Seq;
    type SerializeTuple = Seq;
    type SerializeTupleStruct = Parts;
    type SerializeTupleVariant = Variant<Seq>;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Variant<Map>;

    scalars! {
        serialize_bool: bool => |v| Kind::Bool(v);
        serialize_i8: i8 => |v| Kind::Int(v.into());
        serialize_i16: i16 => |v| Kind::Int(v.into());
        serialize_i32: i32 => |v| Kind::Int(v.into());
        serialize_i64: i64 => |v| Kind::Int(v);
        serialize_u8: u8 => |v| Kind::Int(v.into());
        serialize_u16: u16 => |v| Kind::Int(v.into());
        serialize_u32: u32 => |v| Kind::Int(v.into());
        serialize_u64: u64 => |v| i64::try_from(v).map_or(Kind::Uint(v), Kind::Int);
        serialize_f32: f32 => |v| Kind::Float(v.to_string().parse().unwrap_or(f64::from(v)));
        serialize_f64: f64 => |v| Kind::Float(v);
        serialize_char: char => |v| Kind::String(v.to_string());
        serialize_str: &str => |v| Kind::String(v.to_owned());
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Template, Error> {
        let items = bytes.iter().map(|b| Template::Scalar(Kind::Int((*b).into())));
        Ok(Template::Seq(items.collect()))
    }

    fn serialize_none(self) -> Result<Template, Error> {
        scalar(Kind::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Template, Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Template, Error> {
        scalar(Kind::Null)
    }

    /// An empty config is an empty map.
    fn serialize_unit_struct(self, _: &'static str) -> Result<Template, Error> {
        Ok(Template::Map(IndexMap::new()))
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Template, Error> {
        scalar(Kind::String(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Template, Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Template, Error> {
        let value = value.serialize(self)?;
        if name == OPTIONAL {
            return Ok(Template::Optional(Flavour::from_name(variant), Box::new(value)));
        }
        Ok(one(variant, value))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Seq, Error> {
        Ok(Seq(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Seq, Error> {
        Ok(Seq(Vec::new()))
    }

    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Parts, Error> {
        Ok(if name == SQUASH { Parts::Squash(IndexMap::new()) } else { Parts::Seq(Vec::new()) })
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<Seq>, Error> {
        Ok(Variant(variant, Seq(Vec::new())))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map, Error> {
        Ok(Map::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map, Error> {
        Ok(Map::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<Map>, Error> {
        Ok(Variant(variant, Map::default()))
    }
}

pub(super) struct Seq(Vec<Template>);

impl SerializeSeq for Seq {
    type Ok = Template;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.0.push(value.serialize(Encoder)?);
        Ok(())
    }

    fn end(self) -> Result<Template, Error> {
        Ok(Template::Seq(self.0))
    }
}

impl SerializeTuple for Seq {
    type Ok = Template;
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        SerializeSeq::serialize_element(self, value)
    }

    fn end(self) -> Result<Template, Error> {
        SerializeSeq::end(self)
    }
}

/// A tuple struct, or the parts of a [`crate::Squash`], whose keys go into one map.
pub(super) enum Parts {
    Seq(Vec<Template>),
    Squash(IndexMap<String, Template>),
}

impl SerializeTupleStruct for Parts {
    type Ok = Template;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        match (self, value.serialize(Encoder)?) {
            (Self::Seq(items), value) => items.push(value),
            (Self::Squash(map), Template::Map(part)) => map.extend(part),
            (Self::Squash(_), _) => return Err(Error::new("only structs can be squashed")),
        }
        Ok(())
    }

    fn end(self) -> Result<Template, Error> {
        Ok(match self {
            Self::Seq(items) => Template::Seq(items),
            Self::Squash(map) => Template::Map(map),
        })
    }
}

#[derive(Default)]
pub(super) struct Map {
    map: IndexMap<String, Template>,
    key: String,
}

impl SerializeMap for Map {
    type Ok = Template;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = match key.serialize(Encoder)? {
            Template::Scalar(Kind::String(text)) => text,
            Template::Scalar(Kind::Int(number)) => number.to_string(),
            Template::Scalar(Kind::Uint(number)) => number.to_string(),
            Template::Scalar(Kind::Bool(flag)) => flag.to_string(),
            _ => return Err(Error::new("a map key must be a string, a number or a boolean")),
        };
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let value = value.serialize(Encoder)?;
        self.map.insert(std::mem::take(&mut self.key), value);
        Ok(())
    }

    fn end(self) -> Result<Template, Error> {
        Ok(Template::Map(self.map))
    }
}

impl SerializeStruct for Map {
    type Ok = Template;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        self.map.insert(key.to_owned(), value.serialize(Encoder)?);
        Ok(())
    }

    fn end(self) -> Result<Template, Error> {
        Ok(Template::Map(self.map))
    }
}

/// The content of an enum variant, written under the variant's name.
pub(super) struct Variant<C>(&'static str, C);

impl SerializeTupleVariant for Variant<Seq> {
    type Ok = Template;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        SerializeSeq::serialize_element(&mut self.1, value)
    }

    fn end(self) -> Result<Template, Error> {
        Ok(one(self.0, SerializeSeq::end(self.1)?))
    }
}

impl SerializeStructVariant for Variant<Map> {
    type Ok = Template;
    type Error = Error;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        SerializeStruct::serialize_field(&mut self.1, key, value)
    }

    fn end(self) -> Result<Template, Error> {
        Ok(one(self.0, SerializeStruct::end(self.1)?))
    }
}
