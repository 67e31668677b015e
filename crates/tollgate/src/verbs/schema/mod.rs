//! `config schema`: the JSON Schema of all configs, for editors and for checks before a rollout.

use ::config::{Mode, Shape, Value, to_json};
use sdk::{ComponentKind, Registry};
use serde_json::{Map, Value as Json, json};

/// The kinds of components, each with a section of its own.
const KINDS: [ComponentKind; 5] = [
    ComponentKind::Receiver,
    ComponentKind::Processor,
    ComponentKind::Exporter,
    ComponentKind::Connector,
    ComponentKind::Extension,
];

pub(super) fn perform() -> Result<(), String> {
    let schema = schema(&crate::components::registry())?;
    let text = serde_json::to_string_pretty(&schema).map_err(|error| error.to_string())?;
    super::print(&format!("{text}\n"))
}

/// The schema of a config of these components, draft 2020-12.
pub(crate) fn schema(registry: &Registry) -> Result<Json, String> {
    let mut properties = Map::new();
    let mut definitions = Map::new();
    definitions.insert("reference".to_owned(), reference());
    for kind in KINDS {
        let mut named = Map::new();
        for name in registry.all_names(kind) {
            let Some(about) = registry.about(kind, name) else { continue };
            let defaults = (about.defaults)(Mode::Redacted).map_err(|error| error.to_string())?;
            let defaults = json_of(&defaults)?;
            let definition = format!("{}.{}", kind.name(), registry.current_name(kind, name));
            let target = json!({ "$ref": format!("#/$defs/{definition}") });
            definitions.insert(definition, of(&(about.shape)(), defaults.as_ref()));
            named.insert(format!("^{}(/.+)?$", escaped(name)), target);
        }
        let section = json!({
            "type": ["object", "null"],
            "patternProperties": named,
            "additionalProperties": false,
        });
        properties.insert(kind.section().to_owned(), or_reference(section));
    }
    let service = ::config::shape::<engine::settings::ServiceSettings>();
    let defaults =
        ::config::to_value(&engine::settings::ServiceSettings::default(), Mode::Redacted);
    let defaults = json_of(&defaults.map_err(|error| error.to_string())?)?;
    properties.insert("service".to_owned(), of(&service, defaults.as_ref()));
    Ok(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tollgate config",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
        "$defs": definitions,
    }))
}

/// `${env:NAME}` may stand for anything.
fn reference() -> Json {
    json!({ "type": "string", "pattern": "\\$(\\{.+\\}|[A-Za-z_])" })
}

/// Kinds of components are letters, digits and `_`; said in case that changes.
fn escaped(name: &str) -> String {
    name.replace('.', "\\.")
}

fn or_reference(schema: Json) -> Json {
    let choices = vec![schema, json!({ "$ref": "#/$defs/reference" })];
    Json::Object(Map::from_iter([("anyOf".to_owned(), Json::Array(choices))]))
}

fn json_of(value: &Value) -> Result<Option<Json>, String> {
    let json: Json = serde_json::from_str(&to_json(value)).map_err(|error| error.to_string())?;
    Ok(Some(json).filter(|json| !json.is_null()))
}

/// The schema of one place. Every place may be empty, which means its default.
fn of(shape: &Shape, default: Option<&Json>) -> Json {
    let mut schema = match shape {
        Shape::Any => json!({}),
        Shape::Bool => or_reference(json!({ "type": ["boolean", "null"] })),
        Shape::Integer(min, max) => {
            // Numbers beyond what JSON is sure of are not said.
            let bound =
                |number: i128| i64::try_from(number).ok().filter(|n| n.unsigned_abs() <= 1 << 53);
            let mut integer = json!({ "type": ["number", "null"] });
            for (name, number) in [("minimum", bound(*min)), ("maximum", bound(*max))] {
                if let (Some(number), Some(object)) = (number, integer.as_object_mut()) {
                    object.insert(name.to_owned(), number.into());
                }
            }
            or_reference(integer)
        }
        Shape::Number => or_reference(json!({ "type": ["number", "null"] })),
        Shape::Text => json!({ "type": ["string", "null"] }),
        Shape::Duration => json!({
            "type": ["string", "number", "null"],
            "description": "a duration such as 200ms or 1m30s",
        }),
        Shape::Choice(words) => {
            let words = words.iter().map(|word| json!(word)).chain([Json::Null]);
            or_reference(json!({ "enum": words.collect::<Vec<_>>() }))
        }
        Shape::List(item) => {
            or_reference(json!({ "type": ["array", "null"], "items": of(item, None) }))
        }
        Shape::Map(entry) => or_reference(
            json!({ "type": ["object", "null"], "additionalProperties": of(entry, None) }),
        ),
        Shape::Texts => json!({
            "type": ["array", "string", "null"],
            "items": { "type": "string" },
        }),
        Shape::Pairs => json!({ "type": ["array", "object", "string", "null"] }),
        Shape::Section { fields, has_switch } => {
            or_reference(section(fields, *has_switch, default))
        }
    };
    let is_leaf = !matches!(shape, Shape::Section { .. });
    if let (true, Some(default), Some(object)) = (is_leaf, default, schema.as_object_mut()) {
        object.insert("default".to_owned(), default.clone());
    }
    schema
}

fn section(fields: &[(&str, Shape)], has_switch: bool, default: Option<&Json>) -> Json {
    let below = |name: &str| default.and_then(|default| default.get(name));
    let mut properties: Map<String, Json> = fields
        .iter()
        .map(|(name, shape)| {
            ((*name).to_owned(), of(shape, below(name).filter(|it| !it.is_null())))
        })
        .collect();
    if has_switch {
        properties.entry("enabled").or_insert_with(|| of(&Shape::Bool, None));
    }
    json!({
        "type": ["object", "null"],
        "properties": properties,
        "additionalProperties": false,
    })
}
