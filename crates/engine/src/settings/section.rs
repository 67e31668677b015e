//! The sections that configure components: `receivers`, `processors` and so on.

use std::collections::BTreeMap;

use config::{Pos, Severity, Value, Warning};
use sdk::{ComponentKind, ErasedConfig, Id, Registry};

use super::{Faults, entry::Entry};

/// The components of one kind, by id.
pub type Section<E> = BTreeMap<Id, Component<E>>;

/// A component as it is configured.
#[derive(Debug)]
pub struct Component<E> {
    /// How it is made.
    pub entry: E,
    /// Its settings over the defaults.
    pub config: Box<dyn ErasedConfig>,
    /// Where its id stands in the config.
    pub pos: Option<Pos>,
}

impl<E: Copy> Clone for Component<E> {
    fn clone(&self) -> Self {
        Self { entry: self.entry, config: self.config.clone_box(), pos: self.pos.clone() }
    }
}

/// Reads the section of one kind out of the whole config.
pub(super) fn read<E: Entry>(
    root: &Value,
    registry: &Registry,
    faults: &mut Faults,
    warnings: &mut Vec<Warning>,
) -> Section<E> {
    let name = E::KIND.section();
    let mut section = Section::new();
    let Some(value) = root.get(name).filter(|value| !value.is_null()) else {
        return section;
    };
    let Some(map) = value.as_map() else {
        let found = value.go_kind();
        faults.add(format!("'{name}' expected a map or struct, got {found:?}"), value.pos.clone());
        return section;
    };
    for (key, settings) in map {
        let pos = key.pos().or(settings.pos.as_ref()).cloned();
        let id: Id = match key.as_str().parse() {
            Ok(id) => id,
            Err(error) => {
                faults.add(format!("'{name}' {error}"), pos);
                continue;
            }
        };
        if section.contains_key(&id) {
            let key = key.as_str();
            faults.add(format!("'{name}' duplicate name {key:?} after unmarshaling {id}"), pos);
            continue;
        }
        let Some(entry) = E::find(registry, id.kind()) else {
            let (message, advice) = unknown_type::<E>(&id, registry);
            faults.add_with(format!("'{name}' {message}"), pos, advice);
            continue;
        };
        if entry.name() != id.kind() {
            warnings.push(alias_warning::<E>(&id, entry.name()));
        }
        match decode(entry, settings) {
            Ok(config) => {
                section.insert(id, Component { entry: *entry, config, pos });
            }
            Err(errors) => {
                let id = id.to_string();
                let message = format!("'{name}' error reading configuration for {id:?}: {errors}");
                // The errors inside carry their places.
                faults.add(message, None);
            }
        }
    }
    section
}

fn decode<E: Entry>(
    entry: &E,
    settings: &Value,
) -> Result<Box<dyn ErasedConfig>, config::DecodeErrors> {
    if settings.is_null() {
        // `debug:` with nothing after it means all defaults.
        let nothing = Value::new(Value::empty_map().kind, settings.pos.clone());
        return entry.decode(&nothing);
    }
    entry.decode(settings)
}

fn unknown_type<E: Entry>(id: &Id, registry: &Registry) -> (String, Option<String>) {
    let kind = id.kind();
    if E::KIND == ComponentKind::Exporter && kind == "logging" {
        let message =
            "the logging exporter has been deprecated, use the debug exporter instead".to_owned();
        return (message, None);
    }
    let names = registry.names(E::KIND);
    let near = config::suggest(kind, names.iter().copied());
    let advice = match (registry.instead_of(E::KIND, kind), near) {
        (Some(advice), _) => advice.to_owned(),
        (None, Some(near)) => format!("did you mean {near:?}?"),
        (None, None) => {
            format!("use one of these, or take it out of '{}' and 'service'", E::KIND.section())
        }
    };
    let (id, names) = (id.to_string(), names.join(" "));
    (format!("unknown type: {kind:?} for id: {id:?} (valid values: [{names}])"), Some(advice))
}

fn alias_warning<E: Entry>(id: &Id, current: &str) -> Warning {
    Warning {
        severity: Severity::Warn,
        message: format!("{:?} alias is deprecated; use {current:?} instead", id.kind()),
        fields: vec![
            ("otelcol.component.id", id.to_string()),
            ("otelcol.component.kind", E::KIND.name().to_owned()),
        ],
    }
}
