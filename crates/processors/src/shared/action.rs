//! Doing the actions on one record.

use std::fmt::Write as _;

use pdata::{AnyValue, Context, Record, json::value_to_string};
use regex::bytes::Regex;
use sdk::BuildError;
use sha2::{Digest as _, Sha256};

use super::{ActionConfig, Constant};

/// Actions, ready to be done in order.
#[derive(Debug)]
pub(crate) struct Actions(Vec<Action>);

#[derive(Debug)]
struct Action {
    key: Vec<u8>,
    verb: Verb,
}

#[derive(Debug)]
enum Verb {
    Insert(Source),
    Update(Source),
    Upsert(Source),
    Delete(Option<Regex>),
    Hash(Option<Regex>),
    Extract(Regex),
    Convert(Target),
}

/// Where a value comes from, and what stands in for it.
#[derive(Debug)]
struct Source {
    from: From,
    default: Option<Constant>,
}

#[derive(Debug)]
enum From {
    Constant(Constant),
    Attribute(Vec<u8>),
    Metadata(String),
    Auth(String),
    ClientAddress,
    Nothing,
}

#[derive(Clone, Copy, Debug)]
enum Target {
    Int,
    Double,
    String,
}

impl Actions {
    /// Makes actions of settings without problems.
    pub(crate) fn new(configs: &[ActionConfig]) -> Result<Self, BuildError> {
        configs.iter().map(Action::new).collect::<Result<_, _>>().map(Self)
    }

    /// Does all of them, in order.
    pub(crate) fn apply(&self, record: &mut Record<'_>, context: &Context) {
        for action in &self.0 {
            action.apply(record, context);
        }
    }
}

impl Action {
    fn new(config: &ActionConfig) -> Result<Self, BuildError> {
        let pattern = match config.pattern.as_str() {
            "" => None,
            pattern => Some(Regex::new(pattern).map_err(|error| BuildError(error.to_string()))?),
        };
        let verb = match config.action.to_ascii_lowercase().as_str() {
            "insert" => Verb::Insert(Source::new(config)),
            "update" => Verb::Update(Source::new(config)),
            "upsert" => Verb::Upsert(Source::new(config)),
            "delete" => Verb::Delete(pattern),
            "hash" => Verb::Hash(pattern),
            "extract" => Verb::Extract(
                pattern
                    .ok_or_else(|| BuildError("action \"extract\" has no pattern".to_owned()))?,
            ),
            "convert" => Verb::Convert(match config.converted_type.as_str() {
                "int" => Target::Int,
                "double" => Target::Double,
                _ => Target::String,
            }),
            other => return Err(BuildError(format!("unsupported action {other:?}"))),
        };
        Ok(Self { key: config.key.clone().into_bytes(), verb })
    }

    fn apply(&self, record: &mut Record<'_>, context: &Context) {
        let key = self.key.as_slice();
        match &self.verb {
            // A constant needs no look at the record first: `insert` and `update` look themselves.
            Verb::Insert(Source { from: From::Constant(constant), .. }) => {
                record.attributes_mut().insert(key, constant.get());
            }
            Verb::Update(Source { from: From::Constant(constant), .. }) => {
                record.attributes_mut().update(key, constant.get());
            }
            Verb::Insert(source) => {
                if !record.attributes().contains(key) {
                    source.with_value(record, context, |record, value| {
                        record.attributes_mut().insert(key, value);
                    });
                }
            }
            Verb::Update(source) => {
                if record.attributes().contains(key) {
                    source.with_value(record, context, |record, value| {
                        record.attributes_mut().update(key, value);
                    });
                }
            }
            Verb::Upsert(source) => source.with_value(record, context, |record, value| {
                record.attributes_mut().set(key, value);
            }),
            Verb::Delete(pattern) => {
                if !key.is_empty() {
                    record.attributes_mut().remove(key);
                }
                if let Some(pattern) = pattern {
                    record.attributes_mut().retain(|key, _| !pattern.is_match(key));
                }
            }
            Verb::Hash(pattern) => hash_attributes(record, key, pattern.as_ref()),
            Verb::Extract(pattern) => extract(record, key, pattern),
            Verb::Convert(target) => convert(record, key, *target),
        }
    }
}

impl Source {
    fn new(config: &ActionConfig) -> Self {
        let default = &config.default_value;
        let default = (!default.is_null()).then(|| Constant::new(default));
        let context = config.from_context.as_str();
        let from = if !config.value.is_null() {
            From::Constant(Constant::new(&config.value))
        } else if !config.from_attribute.is_empty() {
            From::Attribute(config.from_attribute.clone().into_bytes())
        } else if let Some(key) = context.strip_prefix("metadata.") {
            From::Metadata(key.to_owned())
        } else if let Some(key) = context.strip_prefix("auth.") {
            From::Auth(key.to_owned())
        } else if context == "client.address" {
            From::ClientAddress
        } else if context.is_empty() {
            From::Nothing
        } else {
            From::Metadata(context.to_owned())
        };
        Self { from, default }
    }

    /// Calls `put` with the value, if there is one.
    fn with_value<'a>(
        &self,
        record: &mut Record<'a>,
        context: &Context,
        put: impl FnOnce(&mut Record<'a>, AnyValue<'_>),
    ) {
        let text;
        let value = match &self.from {
            From::Constant(constant) => Some(constant.get()),
            From::Attribute(key) => record.attributes().get(key),
            From::Metadata(key) => {
                let values = context.metadata.get(key);
                text = values.join(";");
                (!values.is_empty()).then_some(AnyValue::Str(text.as_bytes()))
            }
            From::Auth(key) => context.auth.get(key).map(|value| AnyValue::Str(value.as_bytes())),
            From::ClientAddress => {
                text = context.peer.map(|peer| peer.ip().to_string()).unwrap_or_default();
                (!text.is_empty()).then_some(AnyValue::Str(text.as_bytes()))
            }
            From::Nothing => None,
        };
        if let Some(value) = value.or_else(|| self.default.as_ref().map(Constant::get)) {
            put(record, value);
        }
    }
}

fn hash_attributes(record: &mut Record<'_>, key: &[u8], pattern: Option<&Regex>) {
    let hashed: Vec<_> = record
        .attributes()
        .iter()
        .filter(|pair| {
            (!key.is_empty() && pair.key == key)
                || pattern.is_some_and(|pattern| pattern.is_match(pair.key))
        })
        .map(|pair| (pair.key, hash(pair.value())))
        .collect();
    for (key, hash) in hashed {
        record.attributes_mut().update(key, AnyValue::Str(hash.as_bytes()));
    }
}

/// SHA-256 in lowercase hex: of the text, of one byte for a truth value, of eight little-endian
/// bytes for a number. What has no such form becomes the empty text, as in the Go collector.
fn hash(value: AnyValue<'_>) -> String {
    let digest = match value {
        AnyValue::Str(text) => Sha256::digest(text),
        AnyValue::Bool(flag) => Sha256::digest([u8::from(flag)]),
        AnyValue::Int(number) => Sha256::digest(number.to_le_bytes()),
        AnyValue::Double(number) => Sha256::digest(number.to_bits().to_le_bytes()),
        _ => return String::new(),
    };
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string does not fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Puts each named group of the pattern into an attribute of its name.
fn extract(record: &mut Record<'_>, key: &[u8], pattern: &Regex) {
    let Some(text) = record.attributes().get(key).and_then(AnyValue::as_str) else { return };
    let Some(groups) = pattern.captures(text) else { return };
    for name in pattern.capture_names().flatten() {
        let value = groups.name(name).map_or(&[][..], |group| group.as_bytes());
        record.attributes_mut().set(name.as_bytes(), AnyValue::Str(value));
    }
}

/// Changes the type of a value; one that cannot be changed stays.
fn convert(record: &mut Record<'_>, key: &[u8], target: Target) {
    let Some(value) = record.attributes().get(key) else { return };
    let text;
    let converted = match target {
        Target::Int => to_int(value).map(AnyValue::Int),
        Target::Double => to_double(value).map(AnyValue::Double),
        Target::String => {
            text = value_to_string(value).into_owned();
            Some(AnyValue::Str(&text))
        }
    };
    if let Some(converted) = converted {
        record.attributes_mut().update(key, converted);
    }
}

fn to_int(value: AnyValue<'_>) -> Option<i64> {
    match value {
        AnyValue::Int(number) => Some(number),
        AnyValue::Double(number) => Some(number as i64),
        AnyValue::Bool(flag) => Some(i64::from(flag)),
        AnyValue::Str(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}

fn to_double(value: AnyValue<'_>) -> Option<f64> {
    match value {
        AnyValue::Int(number) => Some(number as f64),
        AnyValue::Double(number) => Some(number),
        AnyValue::Bool(flag) => Some(f64::from(u8::from(flag))),
        AnyValue::Str(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}
