//! What every signal shares.

use opentelemetry_proto::tonic::{
    common::v1::{
        self as proto, ArrayValue, EntityRef, InstrumentationScope, KeyValueList, any_value::Value,
    },
    resource::v1::Resource,
};
use pdata::{
    AnyValue, KeyValue,
    views::{Attributes, ResourceView, ScopeView},
};

/// A singular message, absent when empty.
pub(crate) fn present<T: Default + PartialEq>(message: T) -> Option<T> {
    (message != T::default()).then_some(message)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn any_value(value: AnyValue<'_>) -> proto::AnyValue {
    let value = match value {
        AnyValue::Empty => None,
        AnyValue::Str(bytes) => Some(Value::StringValue(text(bytes))),
        AnyValue::Bool(value) => Some(Value::BoolValue(value)),
        AnyValue::Int(value) => Some(Value::IntValue(value)),
        AnyValue::Double(value) => Some(Value::DoubleValue(value)),
        AnyValue::Bytes(bytes) => Some(Value::BytesValue(bytes.to_vec())),
        AnyValue::Array(array) => {
            Some(Value::ArrayValue(ArrayValue { values: array.iter().map(any_value).collect() }))
        }
        AnyValue::KvList(list) => {
            Some(Value::KvlistValue(KeyValueList { values: list.iter().map(pair).collect() }))
        }
    };
    proto::AnyValue { value }
}

fn pair(pair: KeyValue<'_>) -> proto::KeyValue {
    proto::KeyValue {
        key: text(pair.key),
        value: present(any_value(pair.value())),
        key_strindex: 0,
    }
}

pub(crate) fn attributes(attributes: Attributes<'_>) -> Vec<proto::KeyValue> {
    assert_eq!(attributes.len(), attributes.iter().count());
    assert_eq!(attributes.is_empty(), attributes.iter().next().is_none());
    if let Some(first) = attributes.iter().next() {
        assert_eq!(
            format!("{:?}", attributes.get(first.key)),
            format!("{:?}", Some(first.value()))
        );
    }
    attributes.iter().map(pair).collect()
}

pub(crate) fn resource(view: ResourceView<'_>) -> Option<Resource> {
    let entity_refs = view.entity_refs().iter().map(|entity| EntityRef {
        schema_url: text(entity.schema_url()),
        r#type: text(entity.r#type()),
        id_keys: entity.id_keys().iter().map(text).collect(),
        description_keys: entity.description_keys().iter().map(text).collect(),
    });
    present(Resource {
        attributes: attributes(view.attributes()),
        dropped_attributes_count: view.dropped_attributes_count(),
        entity_refs: entity_refs.collect(),
    })
}

pub(crate) fn scope(view: ScopeView<'_>) -> Option<InstrumentationScope> {
    present(InstrumentationScope {
        name: text(view.name()),
        version: text(view.version()),
        attributes: attributes(view.attributes()),
        dropped_attributes_count: view.dropped_attributes_count(),
    })
}
