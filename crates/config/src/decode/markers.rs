//! The types of this crate, known by the name of their newtype.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer as _, SeqAccess, Visitor};

use super::access::{Content, MapItems, read};
use super::decoder::{Decoder, Source};
use super::failure::Failure;
use crate::encode::Template;
use crate::id::{ID, Id, IdError, PIPELINE_ID, PipelineId};
use crate::types::{
    DURATION, Duration, DurationError, Flavour, MAP_LIST, OPAQUE, OPTIONAL, SQUASH, STRING_LIST,
};
use crate::value::{Kind, VALUE, Value, hand_over};

/// The key that turns an optional section off.
pub(super) const SWITCH: &str = "enabled";

/// The keys that the parts of a squash know.
pub(super) type Known = RefCell<BTreeSet<&'static str>>;

pub(super) fn newtype<'de, V: Visitor<'de>>(
    at: Decoder<'_>,
    name: &str,
    visitor: V,
) -> Result<V::Value, Failure> {
    match name {
        OPTIONAL => optional(at, visitor),
        SQUASH => squash(at, visitor),
        DURATION => visitor.visit_i64(duration(&at)),
        OPAQUE => visitor.visit_string(at.text("configopaque.String")),
        ID => visitor.visit_string(id::<Id>(&at, "invalid")),
        PIPELINE_ID => visitor.visit_string(id::<PipelineId>(&at, "traces")),
        VALUE => {
            hand_over(match at.source() {
                Source::User(value) => value.clone(),
                Source::Base(base) => base.clone().into_value(),
                Source::Zero => at.user.cloned().unwrap_or_default(),
            });
            visitor.visit_unit()
        }
        STRING_LIST => match at.source() {
            Source::User(Value { kind: Kind::String(text), .. }) => visitor.visit_str(text),
            _ => at.seq(visitor),
        },
        MAP_LIST => match at.source() {
            Source::User(Value { kind: Kind::Map(map), .. }) => {
                visitor.visit_map(MapItems::new(at, Some(map), None))
            }
            _ => at.seq(visitor),
        },
        _ => visitor.visit_newtype_struct(at),
    }
}

fn id<T: std::str::FromStr<Err = IdError>>(at: &Decoder<'_>, stand_in: &str) -> String {
    let text = at.text("string");
    match (text.parse::<T>(), at.source()) {
        (Ok(_), _) => text,
        // A wrong type was noted already.
        (Err(_), Source::User(Value { kind, .. })) if !matches!(kind, Kind::String(_)) => {
            stand_in.to_owned()
        }
        (Err(error), _) => {
            at.note(error.to_string(), Vec::new());
            stand_in.to_owned()
        }
    }
}

/// Nanoseconds: of a Go duration string, or of a bare number.
fn duration(at: &Decoder<'_>) -> i64 {
    let parse = |text: &str| text.parse::<Duration>().map(Duration::nanos);
    let base = || match at.base {
        Some(Template::Scalar(Kind::String(text))) => parse(text).unwrap_or(0),
        _ => 0,
    };
    let value = match at.source() {
        Source::User(value) => value,
        Source::Base(_) => return base(),
        Source::Zero => return 0,
    };
    let nanos = match &value.kind {
        Kind::String(text) => parse(text),
        Kind::Int(nanos) => Ok(*nanos),
        Kind::Uint(_) => Err(DurationError::Invalid),
        #[expect(clippy::cast_possible_truncation, reason = "floats lose their fraction")]
        Kind::Float(nanos) => Ok(*nanos as i64),
        _ => {
            at.note_mismatch("time.Duration", value);
            return base();
        }
    };
    nanos.unwrap_or_else(|error| {
        let advice = "write a number and a unit (ns, us, ms, s, m, h), such as 200ms or 1m30s";
        at.note(error.to_string(), vec![advice.to_owned()]);
        base()
    })
}

fn optional<'de, V: Visitor<'de>>(at: Decoder<'_>, visitor: V) -> Result<V::Value, Failure> {
    let (flavour, base) = match at.base {
        Some(Template::Optional(flavour, inner)) => (*flavour, Some(inner.as_ref())),
        Some(Template::Scalar(Kind::Null)) | None => (Flavour::None, None),
        Some(other) => (Flavour::Some, Some(other)),
    };
    let flavour = match at.user {
        None => flavour,
        Some(value) if value.is_null() => match (&value.original, flavour) {
            (Some(_), _) | (None, Flavour::None | Flavour::Off) => Flavour::None,
            (None, Flavour::Default | Flavour::Some) => Flavour::Some,
        },
        Some(value) => match value.get(SWITCH) {
            Some(switch) => switched(&at, switch),
            None => Flavour::Some,
        },
    };
    let content = Decoder { base, has_switch: true, ..at };
    visitor.visit_enum(OptionalAccess { flavour, content })
}

fn switched(at: &Decoder<'_>, switch: &Value) -> Flavour {
    match switch.kind {
        Kind::Bool(true) => Flavour::Some,
        Kind::Bool(false) => Flavour::Off,
        _ => {
            let got = match &switch.kind {
                Kind::String(text) => text.clone(),
                _ => crate::emit::scalar_text(&switch.kind),
            };
            let place = at.child(at.path, Some(switch), None);
            place.note(
                format!(
                    "unexpected type {} for 'enabled': got '{got}' value expected 'true' or 'false'",
                    switch.go_type()
                ),
                Vec::new(),
            );
            Flavour::Some
        }
    }
}

struct OptionalAccess<'a> {
    flavour: Flavour,
    content: Decoder<'a>,
}

impl<'de, 'a> EnumAccess<'de> for OptionalAccess<'a> {
    type Error = Failure;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Content<'a>), Failure> {
        let name: StrDeserializer<'_, Failure> = self.flavour.name().into_deserializer();
        Ok((seed.deserialize(name)?, Content(self.content)))
    }
}

fn squash<'de, V: Visitor<'de>>(at: Decoder<'_>, visitor: V) -> Result<V::Value, Failure> {
    let known = Known::default();
    let (user, _) = at.maps();
    // A wrong type was noted; the parts need not note it again.
    let value = if user.is_some() { at.user } else { None };
    let part = Decoder { user: value, known: Some(&known), ..at };
    let result = visitor.visit_seq(SquashAccess { part })?;
    let known = known.into_inner();
    match (at.known, user) {
        (Some(outer), _) => outer.borrow_mut().extend(known),
        (None, Some(map)) => {
            let valid: Vec<&str> = known.into_iter().collect();
            at.note_unknown(map, &valid);
        }
        (None, None) => {}
    }
    Ok(result)
}

/// Gives every part the whole map.
struct SquashAccess<'a> {
    part: Decoder<'a>,
}

impl<'de> SeqAccess<'de> for SquashAccess<'_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        read(seed, self.part).map(Some)
    }
}
