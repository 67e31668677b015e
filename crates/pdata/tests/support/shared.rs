//! What every signal shares.

use opentelemetry_proto::tonic::{
    common::v1::{
        AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList,
        any_value::Value,
    },
    resource::v1::Resource,
};

use super::Dice;

pub(crate) fn value(dice: &mut Dice) -> AnyValue {
    value_within(dice, 3)
}

fn value_within(dice: &mut Dice, depth: usize) -> AnyValue {
    let value = match dice.below(if depth == 0 { 6 } else { 10 }) {
        0 => None,
        1 => Some(Value::BoolValue(dice.flag())),
        2 => Some(Value::IntValue(dice.signed())),
        3 => Some(Value::DoubleValue(dice.double())),
        4 => Some(Value::BytesValue(dice.bytes(9))),
        5 => Some(Value::StringValueStrindex(dice.int32())),
        6 => Some(Value::ArrayValue(ArrayValue {
            values: dice.many(3, |dice| value_within(dice, depth - 1)),
        })),
        7 => Some(Value::KvlistValue(KeyValueList {
            values: dice.many(3, |dice| pair(dice, depth - 1)),
        })),
        _ => Some(Value::StringValue(dice.text())),
    };
    AnyValue { value }
}

fn pair(dice: &mut Dice, depth: usize) -> KeyValue {
    KeyValue {
        key: dice.text(),
        value: dice.maybe(|dice| value_within(dice, depth)),
        key_strindex: if dice.once_in(8) { dice.int32() } else { 0 },
    }
}

pub(crate) fn attributes(dice: &mut Dice) -> Vec<KeyValue> {
    dice.many(4, |dice| pair(dice, 3))
}

pub(crate) fn resource(dice: &mut Dice) -> Option<Resource> {
    dice.maybe(|dice| Resource {
        attributes: attributes(dice),
        dropped_attributes_count: dice.uint32(),
        entity_refs: dice.many(2, |dice| EntityRef {
            schema_url: dice.text(),
            r#type: dice.text(),
            id_keys: dice.many(2, Dice::text),
            description_keys: dice.many(2, Dice::text),
        }),
    })
}

pub(crate) fn scope(dice: &mut Dice) -> Option<InstrumentationScope> {
    dice.maybe(|dice| InstrumentationScope {
        name: dice.text(),
        version: dice.text(),
        attributes: attributes(dice),
        dropped_attributes_count: dice.uint32(),
    })
}
