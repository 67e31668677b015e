//! `service.telemetry.resource`: what own telemetry says about its origin (C§4.1).
//!
//! Two shapes: the declarative one (`attributes: [{name, value, type}]`) and the old map of names
//! and texts, in which null takes an attribute away.

use config::{Kind, Pos, Severity, Value, Warning};
use sdk::BuildInfo;

use super::Faults;

/// The most attributes a resource may have.
const ATTRIBUTES_MAX: usize = 128;

/// The keys of the declarative shape.
const DECLARATIVE: [&str; 4] =
    ["schema_url", "attributes", "attributes_list", "detection/development"];

/// What the user says about the resource.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResourceSettings {
    /// The version of the names used.
    pub schema_url: String,
    /// Names with a text, or with none to take the name away.
    pub attributes: Vec<(String, Option<String>)>,
    is_legacy: bool,
    has_detectors: bool,
}

impl ResourceSettings {
    /// The attributes of a service: the three that are always there, changed and extended by what
    /// the user says. `instance` is new for each service.
    pub fn attributes(&self, info: &BuildInfo, instance: &str) -> Vec<(String, String)> {
        let own = [
            ("service.instance.id", instance),
            ("service.name", info.command.as_str()),
            ("service.version", info.version.as_str()),
        ];
        let own = own.into_iter().filter(|(name, _)| self.said(name).is_none());
        let mut all: Vec<_> = own.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
        let said = self.attributes.iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
        all.extend(said.map(|(name, text)| (name.clone(), text.clone())));
        all.sort();
        all
    }

    fn said(&self, name: &str) -> Option<&Option<String>> {
        self.attributes.iter().find(|(of, _)| of == name).map(|(_, text)| text)
    }

    pub(super) fn read(value: &Value, faults: &mut Faults) -> Self {
        let mut resource = Self::default();
        let Some(map) = value.as_map() else {
            if !value.is_null() {
                let found = value.go_kind();
                fault(faults, "", format!("expected a map, got {found:?}"), value.pos.clone());
            }
            return resource;
        };
        if map.len() > ATTRIBUTES_MAX {
            let message = format!("has more than {ATTRIBUTES_MAX} attributes");
            fault(faults, "", message, value.pos.clone());
            return resource;
        }
        let is_declarative = map.keys().any(|key| DECLARATIVE.contains(&key.as_str()));
        resource.is_legacy = !is_declarative && !map.is_empty();
        for (key, value) in map {
            let pos = key.pos().or(value.pos.as_ref()).cloned();
            match (key.as_str(), is_declarative) {
                ("schema_url", true) => {
                    resource.schema_url = value.as_str().unwrap_or_default().to_owned();
                }
                ("attributes", true) => resource.read_list(value, faults),
                ("detection/development", true) => resource.has_detectors = !value.is_null(),
                ("attributes_list", true) => {
                    fault(faults, "", "attributes_list is not supported; use attributes", pos);
                }
                (name, true) => {
                    let message =
                        format!("inline attribute {name:?} cannot be mixed with `attributes`");
                    fault(faults, "", message, pos);
                }
                (name, false) => resource.read_inline(name, value, faults),
            }
        }
        resource
    }

    fn read_inline(&mut self, name: &str, value: &Value, faults: &mut Faults) {
        match (value.as_str(), value.is_null()) {
            (Some(text), _) => self.attributes.push((name.to_owned(), Some(text.to_owned()))),
            (None, true) => self.attributes.push((name.to_owned(), None)),
            (None, false) => {
                let found = value.go_type();
                let message = format!("expected type 'string', got unconvertible type '{found}'");
                fault(faults, &format!("[{name}]"), message, value.pos.clone());
            }
        }
    }

    fn read_list(&mut self, value: &Value, faults: &mut Faults) {
        let Some(items) = value.as_seq() else {
            let found = value.go_kind();
            let message = format!("source data must be an array or slice, got {found}");
            return fault(faults, ".attributes", message, value.pos.clone());
        };
        for (at, item) in items.iter().take(ATTRIBUTES_MAX).enumerate() {
            let Some(name) = item.get("name").and_then(Value::as_str) else {
                let message = "has no name";
                fault(faults, &format!(".attributes[{at}]"), message, item.pos.clone());
                continue;
            };
            let text = item.get("value").and_then(plain_text);
            if text.is_none() {
                let message = format!("value of {name:?} must be a string, a number or a boolean");
                fault(faults, &format!(".attributes[{at}]"), message, item.pos.clone());
            }
            self.attributes.push((name.to_owned(), text));
        }
    }

    pub(super) fn warnings(&self) -> Vec<Warning> {
        let warn = |message: &str| Warning {
            severity: Severity::Warn,
            message: message.to_owned(),
            fields: vec![("setting", "service::telemetry::resource".to_owned())],
        };
        let legacy = self.is_legacy.then(|| {
            warn("inline resource attributes are deprecated; use `attributes` with `name` and `value`")
        });
        let detectors = self
            .has_detectors
            .then(|| warn("resource detectors are accepted but have no effect yet"));
        legacy.into_iter().chain(detectors).collect()
    }
}

/// The text of a scalar.
fn plain_text(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Bool(flag) => Some(flag.to_string()),
        Kind::Int(number) => Some(number.to_string()),
        Kind::Uint(number) => Some(number.to_string()),
        Kind::Float(number) => Some(number.to_string()),
        _ => value.as_str().map(str::to_owned),
    }
}

fn fault(faults: &mut Faults, below: &str, message: impl AsRef<str>, pos: Option<Pos>) {
    faults.add(format!("'service.telemetry.resource{below}' {}", message.as_ref()), pos);
}
