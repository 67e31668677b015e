//! Values with places, read with every fault noted.

use config::{Kind, Map, Pos, Value};

use super::fault::Faults;
use crate::Period;

/// A value and the path to it.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub(crate) path: String,
    pub(crate) value: &'a Value,
}

impl<'a> At<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { path: String::new(), value }
    }

    pub(crate) fn pos(&self) -> Option<&'a Pos> {
        self.value.pos.as_ref()
    }

    pub(crate) fn fail(
        &self,
        faults: &mut Faults,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        faults.error(&self.path, self.pos(), message.into(), remedy.into());
    }

    pub(crate) fn warn(
        &self,
        faults: &mut Faults,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        faults.warn(&self.path, self.pos(), message.into(), remedy.into());
    }

    /// What stands under a key; `null` counts as nothing.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|value| !value.is_null())?;
        Some(Self { path: self.below(key), value })
    }

    pub(crate) fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The map, if it is one with known keys only; unknown keys are noted.
    pub(crate) fn map(&self, known: &[&str], faults: &mut Faults) -> Option<&'a Map> {
        let map = self.any_map(faults)?;
        for key in map.keys().filter(|key| !known.contains(&key.as_str())) {
            let remedy = match config::suggest(key.as_str(), known.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => format!("the keys here are {}", known.join(", ")),
            };
            let path = self.below(key.as_str());
            faults.error(&path, key.pos(), "the key is not known".to_owned(), remedy);
        }
        Some(map)
    }

    /// The map, whatever its keys are.
    pub(crate) fn any_map(&self, faults: &mut Faults) -> Option<&'a Map> {
        let map = self.value.as_map();
        if map.is_none() {
            self.fail(faults, "is not a map", "write key: value below it");
        }
        map
    }

    /// The items of a list.
    pub(crate) fn list(&self, faults: &mut Faults) -> Vec<Self> {
        let Some(items) = self.value.as_seq() else {
            self.fail(faults, "is not a list", "write - before each item");
            return Vec::new();
        };
        self.items(items)
    }

    /// The items of a list, or the one value that stands in its place.
    pub(crate) fn one_or_more(&self) -> Vec<Self> {
        match self.value.as_seq() {
            Some(items) => self.items(items),
            None => vec![self.clone()],
        }
    }

    fn items(&self, items: &'a [Value]) -> Vec<Self> {
        let path = |at| format!("{}[{at}]", self.path);
        items.iter().enumerate().map(|(at, value)| Self { path: path(at), value }).collect()
    }

    pub(crate) fn text(&self, faults: &mut Faults) -> Option<&'a str> {
        let text = self.value.as_str();
        if text.is_none() {
            self.fail(faults, "is not a text", "put it into quotes");
        }
        text
    }

    /// A scalar as it would be written.
    pub(crate) fn scalar(&self) -> Option<String> {
        match &self.value.kind {
            Kind::String(text) => Some(text.clone()),
            Kind::Int(number) => Some(number.to_string()),
            Kind::Uint(number) => Some(number.to_string()),
            Kind::Float(number) => Some(number.to_string()),
            Kind::Bool(flag) => Some(flag.to_string()),
            Kind::Null | Kind::Seq(_) | Kind::Map(_) => None,
        }
    }

    pub(crate) fn count(&self, faults: &mut Faults) -> Option<u32> {
        let number = match self.value.kind {
            Kind::Int(number) => u32::try_from(number).ok(),
            _ => None,
        };
        if number.is_none() {
            self.fail(faults, "is not a whole number", "write one from 0 to 4294967295");
        }
        number
    }

    pub(crate) fn flag(&self, faults: &mut Faults) -> Option<bool> {
        let flag = self.value.as_bool();
        if flag.is_none() {
            self.fail(faults, "is neither true nor false", "write true or false");
        }
        flag
    }

    pub(crate) fn period(&self, faults: &mut Faults) -> Option<Period> {
        let period = self.value.as_str().and_then(Period::parse);
        if period.is_none() {
            self.fail(
                faults,
                "is no length of time",
                "write it with a unit, such as 28d, 24h or 10m; months have no one length",
            );
        }
        period
    }

    /// Names and texts, as labels are written.
    pub(crate) fn labels(&self, faults: &mut Faults) -> Vec<(String, String)> {
        let mut labels = Vec::new();
        for (key, _) in self.any_map(faults).into_iter().flatten() {
            let Some(value) = self.get(key.as_str()) else { continue };
            if !is_label(key.as_str()) {
                value.fail(faults, "is no name of a label", "use letters, digits and _");
            } else if ["slo_", "sloth_"].iter().any(|ours| key.as_str().starts_with(ours)) {
                value.fail(faults, "is a label that rules write themselves", "name it otherwise");
            } else if let Some(text) = value.scalar() {
                labels.push((key.as_str().to_owned(), text));
            } else {
                value.fail(faults, "is not a text", "put it into quotes");
            }
        }
        labels.sort();
        labels
    }
}

/// Whether Prometheus takes it as the name of a label.
pub(crate) fn is_label(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts
        && !name.starts_with("__")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
