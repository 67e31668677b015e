//! The serde deserialiser over a user's value and a default.

use serde::de::{Deserializer, Visitor};

use super::access::{EnumSource, ItemAccess, MapItems, StructAccess};
use super::failure::{Failure, choices};
use super::markers::{self, Known, SWITCH};
use super::path::Path;
use super::{DecodeError, Notes};
use crate::encode::Template;
use crate::value::{Kind, Map, Pos, Value};

/// One place in the settings: what the user wrote there, and what holds if nothing was written.
#[derive(Clone, Copy)]
pub(super) struct Decoder<'a> {
    pub(super) user: Option<&'a Value>,
    pub(super) base: Option<&'a Template>,
    pub(super) path: Path<'a>,
    pub(super) notes: &'a Notes,
    /// Inside a squash: where to note known keys; the squash then reports the unknown ones.
    pub(super) known: Option<&'a Known>,
    /// Inside an optional section: `enabled` is a key too.
    pub(super) has_switch: bool,
}

/// What answers at one place.
pub(super) enum Source<'a> {
    User(&'a Value),
    Base(&'a Template),
    /// The zero value: nothing was written and nothing is the default, or a reference was empty.
    Zero,
}

impl<'a> Decoder<'a> {
    pub(super) fn root(
        user: &'a Value,
        base: &'a Template,
        path: Path<'a>,
        notes: &'a Notes,
    ) -> Self {
        Self { user: Some(user), base: Some(base), path, notes, known: None, has_switch: false }
    }

    /// A place where nothing is written and nothing is the default.
    pub(super) fn nothing(path: Path<'a>, notes: &'a Notes) -> Self {
        Self { user: None, base: None, path, notes, known: None, has_switch: false }
    }

    /// The place of one child.
    pub(super) fn child<'b>(
        &self,
        path: Path<'b>,
        user: Option<&'b Value>,
        base: Option<&'b Template>,
    ) -> Decoder<'b>
    where
        'a: 'b,
    {
        Decoder { user, base, path, notes: self.notes, known: None, has_switch: false }
    }

    pub(super) fn source(&self) -> Source<'a> {
        let base = self.base.map_or(Source::Zero, Source::Base);
        match self.user {
            None => base,
            // `${env:UNSET}` is the zero value of the field; a written null keeps the default.
            Some(value) if value.is_null() && value.original.is_some() => Source::Zero,
            Some(value) if value.is_null() => base,
            Some(value) => Source::User(value),
        }
    }

    pub(super) fn pos(&self) -> Option<&'a Pos> {
        self.user.and_then(|value| value.pos.as_ref())
    }

    /// Notes a fault of this place.
    pub(super) fn note(&self, message: String, advice: Vec<String>) {
        let pos = self.pos().cloned();
        self.notes.add(DecodeError { path: self.path.to_string(), message, pos, advice });
    }

    pub(super) fn note_mismatch(&self, expected: &str, got: &Value) {
        let got = got.go_type();
        self.note(
            format!("expected type '{expected}', got unconvertible type '{got}'"),
            Vec::new(),
        );
    }

    /// The scalar that answers, or `None` with a note if it is of a wrong type. `fits` picks.
    fn scalar<T>(&self, expected: &str, fits: impl Fn(&Kind) -> Option<T>) -> Option<T> {
        let base = || match self.base {
            Some(Template::Scalar(kind)) => fits(kind),
            _ => None,
        };
        match self.source() {
            Source::User(value) => fits(&value.kind).or_else(|| {
                self.note_mismatch(expected, value);
                base()
            }),
            Source::Base(_) => base(),
            Source::Zero => None,
        }
    }

    /// A whole number; floats lose their fraction, as in the Go collector.
    fn integer(&self, expected: &str, min: i128, max: i128) -> i128 {
        let number = self.scalar(expected, |kind| match kind {
            Kind::Int(number) => Some(i128::from(*number)),
            Kind::Uint(number) => Some(i128::from(*number)),
            // `as` saturates, and the range check below then reports it.
            #[expect(clippy::cast_possible_truncation, reason = "truncation is the rule")]
            Kind::Float(number) if !number.is_nan() => Some(number.trunc() as i128),
            _ => None,
        });
        let number = number.unwrap_or(0);
        if (min..=max).contains(&number) {
            return number;
        }
        let as_what = if min == 0 && number < 0 { "uint" } else { expected };
        self.note(
            format!("cannot parse value as '{expected}': {number} overflows {as_what}"),
            vec![format!("use a number from {min} to {max}")],
        );
        0
    }

    pub(super) fn float(&self, expected: &str) -> f64 {
        let number = self.scalar(expected, |kind| match kind {
            Kind::Float(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "a float setting asks for it")]
            Kind::Int(number) => Some(*number as f64),
            #[expect(clippy::cast_precision_loss, reason = "a float setting asks for it")]
            Kind::Uint(number) => Some(*number as f64),
            _ => None,
        });
        number.unwrap_or(0.0)
    }

    /// A string: the original text of a reference, also of one that is null.
    pub(super) fn text(&self, expected: &str) -> String {
        if let Some(text) = self.user.and_then(Value::as_str) {
            return text.to_owned();
        }
        let text = self.scalar(expected, |kind| match kind {
            Kind::String(text) => Some(text.clone()),
            _ => None,
        });
        text.unwrap_or_default()
    }

    /// The user's map and the default; a wrong type is noted and the default stands in.
    pub(super) fn maps(&self) -> (Option<&'a Map>, Option<&'a Template>) {
        match self.source() {
            Source::User(Value { kind: Kind::Map(map), .. }) => (Some(map), self.base),
            Source::User(value) => {
                let got = value.go_kind();
                self.note(format!("expected a map or struct, got {got:?}"), Vec::new());
                (None, self.base)
            }
            Source::Base(_) | Source::Zero => (None, self.base),
        }
    }

    pub(super) fn seq<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let base = match self.base {
            Some(Template::Seq(items)) => items.as_slice(),
            _ => &[],
        };
        match self.source() {
            Source::User(Value { kind: Kind::Seq(items), .. }) => {
                visitor.visit_seq(ItemAccess::user(self, items))
            }
            Source::User(value) => {
                self.note(
                    format!("source data must be an array or slice, got {}", value.go_kind()),
                    Vec::new(),
                );
                visitor.visit_seq(ItemAccess::base(self, base))
            }
            Source::Base(_) => visitor.visit_seq(ItemAccess::base(self, base)),
            Source::Zero => visitor.visit_seq(ItemAccess::base(self, &[])),
        }
    }

    /// Reports the keys of `map` that are not in `valid`, in one line as the Go collector does.
    pub(super) fn note_unknown(&self, map: &Map, valid: &[&str]) {
        let mut unknown: Vec<_> = map
            .keys()
            .filter(|key| !valid.contains(&key.as_str()))
            .filter(|key| !(self.has_switch && key.as_str() == SWITCH))
            .collect();
        unknown.sort();
        let Some((first, others)) = unknown.split_first() else { return };
        let mut advice = vec![choices(first.as_str(), valid)];
        for key in others {
            let place = key.pos().map(|pos| format!(" at {pos}")).unwrap_or_default();
            advice.push(format!("{key}{place}: {}", choices(key.as_str(), valid)));
        }
        advice.dedup();
        let names: Vec<&str> = unknown.iter().map(|key| key.as_str()).collect();
        self.notes.add(DecodeError {
            path: self.path.to_string(),
            message: format!("has invalid keys: {}", names.join(", ")),
            pos: first.pos().cloned(),
            advice,
        });
    }

    fn visit_kind<'de, V: Visitor<'de>>(kind: &Kind, visitor: V) -> Result<V::Value, Failure> {
        match kind {
            Kind::Bool(flag) => visitor.visit_bool(*flag),
            Kind::Int(number) => visitor.visit_i64(*number),
            Kind::Uint(number) => visitor.visit_u64(*number),
            Kind::Float(number) => visitor.visit_f64(*number),
            Kind::String(text) => visitor.visit_str(text),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => visitor.visit_unit(),
        }
    }

    fn is_none(&self) -> bool {
        matches!(self.source(), Source::Zero | Source::Base(Template::Scalar(Kind::Null)))
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident $type:ident $go:literal;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
            let number = self.integer($go, $type::MIN.into(), $type::MAX.into());
            visitor.$visit($type::try_from(number).unwrap_or_default())
        })*
    };
}

impl<'de> Deserializer<'de> for Decoder<'_> {
    type Error = Failure;

    integers! {
        deserialize_i8 visit_i8 i8 "int8";
        deserialize_i16 visit_i16 i16 "int16";
        deserialize_i32 visit_i32 i32 "int32";
        deserialize_i64 visit_i64 i64 "int";
        deserialize_u8 visit_u8 u8 "uint8";
        deserialize_u16 visit_u16 u16 "uint16";
        deserialize_u32 visit_u32 u32 "uint32";
        deserialize_u64 visit_u64 u64 "uint64";
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.source() {
            Source::Zero => visitor.visit_unit(),
            Source::User(Value { kind: Kind::Map(_), .. }) | Source::Base(Template::Map(_)) => {
                self.deserialize_map(visitor)
            }
            Source::User(Value { kind: Kind::Seq(_), .. }) | Source::Base(Template::Seq(_)) => {
                self.seq(visitor)
            }
            Source::User(value) => Self::visit_kind(&value.kind, visitor),
            Source::Base(Template::Scalar(kind)) => Self::visit_kind(kind, visitor),
            Source::Base(Template::Optional(_, inner)) => {
                Decoder { base: Some(inner), ..self }.deserialize_any(visitor)
            }
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let flag = self.scalar("bool", |kind| match kind {
            Kind::Bool(flag) => Some(*flag),
            _ => None,
        });
        visitor.visit_bool(flag.unwrap_or(false))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_f64(self.float("float32"))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_f64(self.float("float64"))
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_string(self.text("string"))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.seq(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }

    /// An empty config: any key is unknown.
    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        if let (Some(map), _) = self.maps() {
            self.note_unknown(map, &[]);
        }
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        markers::newtype(self, name, visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        self.seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Failure> {
        self.seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let (user, base) = self.maps();
        let base = if matches!(self.source(), Source::Zero) { None } else { base };
        visitor.visit_map(MapItems::new(self, user, base))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        let (user, base) = self.maps();
        match (self.known, user) {
            (Some(known), _) => known.borrow_mut().extend(fields.iter().copied()),
            (None, Some(map)) => self.note_unknown(map, fields),
            (None, None) => {}
        }
        visitor.visit_map(StructAccess::new(self, fields, user, base))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_enum(EnumSource::new(self, variants))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_unit()
    }
}
