//! One source, applied to the attributes of a span or of one of its events.

use std::collections::HashMap;

use genai::messages::{self, Messages};
use pdata::json::value_to_string;
use sdk::{AnyValue, Record};

use super::{
    config::Source,
    names::{BUILT_IN, OPERATION, Type, type_of},
};

/// A source, ready to be applied.
#[derive(Debug)]
pub(super) struct Normalizer {
    targets: HashMap<Vec<u8>, Target>,
    /// By new key: old value in lower case and new value.
    values: HashMap<String, HashMap<String, String>>,
    removes_originals: bool,
    overwrites: bool,
    rebuilds_messages: bool,
}

#[derive(Debug)]
struct Target {
    key: String,
    kind: Type,
}

/// What indexed keys begin with, and the key that the messages are written under.
const INDEXED: [(&[u8], &[u8]); 2] = [
    (b"llm.input_messages.", b"gen_ai.input.messages"),
    (b"llm.output_messages.", b"gen_ai.output.messages"),
];

/// Longer values have no translation.
const VALUE_MAX: usize = 256;

impl Normalizer {
    pub(super) fn new(source: &Source) -> Self {
        let built_in = BUILT_IN.iter().find(|built_in| built_in.name == source.name);
        let target = |key: &str| Target { key: key.to_owned(), kind: type_of(key) };
        let known = built_in.into_iter().flat_map(|built_in| built_in.keys);
        let known = known.map(|(from, to)| (from.as_bytes().to_vec(), target(to)));
        let given = source.mappings().map(|(from, to)| (from.clone().into_bytes(), target(to)));
        let mut values = HashMap::new();
        if let Some(built_in) = built_in {
            let owned = |(old, new): &(&str, &str)| ((*old).to_owned(), (*new).to_owned());
            let operations = built_in.operations.iter().map(owned).collect();
            values.insert(OPERATION.to_owned(), operations);
        }
        for (key, rules) in &source.value_mappings {
            let lower = rules.iter().map(|(old, new)| (old.to_lowercase(), new.clone()));
            values.insert(key.clone(), lower.collect());
        }
        Self {
            // Those given come later and win.
            targets: known.chain(given).collect(),
            values,
            removes_originals: source.remove_originals,
            overwrites: source.overwrite,
            rebuilds_messages: built_in.is_some_and(|built_in| built_in.rebuilds_messages),
        }
    }

    /// Renames what the source knows.
    pub(super) fn apply(&self, record: &mut Record<'_>) {
        self.rename_all(record);
        if self.rebuilds_messages {
            self.rebuild_messages(record);
        }
    }

    fn rename_all(&self, record: &mut Record<'_>) {
        let known = |key: &[u8]| self.targets.contains_key(key);
        if !record.attributes().iter().any(|pair| known(pair.key)) {
            return;
        }
        let keys: Vec<_> = record.attributes().iter().map(|pair| pair.key).collect();
        for key in keys {
            if let Some(target) = self.targets.get(key) {
                self.rename(record, key, target);
            }
        }
    }

    fn rename(&self, record: &mut Record<'_>, from: &[u8], target: &Target) {
        let to = target.key.as_bytes();
        let Some(old) = record.attributes().get(from) else { return };
        if !self.overwrites && record.attributes().contains(to) {
            return;
        }
        let translated = self.translated(&target.key, old);
        let old = translated.map_or(old, |new| AnyValue::Str(new.as_bytes()));
        let Some(new) = coerced(record, old, target.kind) else { return };
        record.attributes_mut().set(to, new);
        if self.removes_originals {
            record.attributes_mut().remove(from);
        }
    }

    /// Writes messages from keys such as `llm.input_messages.0.message.content`.
    fn rebuild_messages(&self, record: &mut Record<'_>) {
        let is_indexed = |key: &[u8]| INDEXED.iter().any(|(head, _)| key.starts_with(head));
        if !record.attributes().iter().any(|pair| is_indexed(pair.key)) {
            return;
        }
        let Messages { input, output } = messages::rebuild(&*record, messages::BYTES_MAX);
        for ((head, key), rebuilt) in INDEXED.iter().zip([input, output]) {
            let Some(rebuilt) = rebuilt else { continue };
            record.attributes_mut().set(key, AnyValue::Str(rebuilt.as_bytes()));
            if self.removes_originals {
                record.attributes_mut().retain(|key, _| !key.starts_with(head));
            }
        }
    }

    fn translated(&self, key: &str, old: AnyValue<'_>) -> Option<&str> {
        let rules = self.values.get(key)?;
        let old = old.as_str().filter(|old| old.len() <= VALUE_MAX)?;
        let old = str::from_utf8(old).ok()?.to_lowercase();
        rules.get(&old).map(String::as_str)
    }
}

/// The value in the type of its new key; `None` if it cannot be told in it.
fn coerced<'v>(record: &Record<'v>, value: AnyValue<'v>, kind: Type) -> Option<AnyValue<'v>> {
    let parsed = |text: &'v [u8]| str::from_utf8(text).ok();
    match (kind, value) {
        (Type::Any, value)
        | (Type::Str, value @ AnyValue::Str(_))
        | (Type::Int, value @ AnyValue::Int(_))
        | (Type::Double, value @ AnyValue::Double(_))
        | (Type::Bool, value @ AnyValue::Bool(_)) => Some(value),
        (Type::Str, AnyValue::Bool(_) | AnyValue::Int(_) | AnyValue::Double(_)) => {
            Some(AnyValue::Str(record.alloc(&value_to_string(value))))
        }
        (Type::Int, AnyValue::Double(number)) => whole(number).map(AnyValue::Int),
        (Type::Int, AnyValue::Str(text)) => parsed(text)?.parse().ok().map(AnyValue::Int),
        (Type::Double, AnyValue::Int(number)) => Some(AnyValue::Double(number as f64)),
        (Type::Double, AnyValue::Str(text)) => parsed(text)?.parse().ok().map(AnyValue::Double),
        (Type::Bool, AnyValue::Str(text)) => truth(text).map(AnyValue::Bool),
        (Type::Strs, AnyValue::Str(_)) => Some(record.alloc_array([value])),
        (Type::Strs, AnyValue::Array(list)) => {
            list.iter().all(|item| matches!(item, AnyValue::Str(_))).then_some(value)
        }
        _ => None,
    }
}

/// A number without a fraction, as one.
fn whole(number: f64) -> Option<i64> {
    // Beyond 2^53 not every whole number has a double, so none there is meant exactly.
    let is_exact = number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_992.0;
    is_exact.then_some(number as i64)
}

/// The words for truth values that Go reads.
fn truth(text: &[u8]) -> Option<bool> {
    match text {
        b"1" | b"t" | b"T" | b"true" | b"TRUE" | b"True" => Some(true),
        b"0" | b"f" | b"F" | b"false" | b"FALSE" | b"False" => Some(false),
        _ => None,
    }
}
