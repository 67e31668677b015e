//! `<<`: taking over the keys of another map.

use saphyr_parser::{Event, ScalarStyle};

use crate::value::{Kind, Map, Value};

/// Whether a key event is an unquoted `<<`.
pub(super) fn is_merge_key(event: &Event<'_>) -> bool {
    match event {
        Event::Scalar(text, ScalarStyle::Plain, _, None) => text == "<<",
        _ => false,
    }
}

/// Adds what `map` does not have yet: its own keys win wherever `<<` stands, and of several merged
/// maps the first wins.
pub(super) fn apply(map: &mut Map, merged: &Value) -> Result<(), &'static str> {
    const WHAT: &str = "map merge requires map or sequence of maps as the value";
    match &merged.kind {
        Kind::Map(other) => {
            for (key, value) in other {
                if !map.contains_key(key.as_str()) {
                    map.insert(key.clone(), value.clone());
                }
            }
            Ok(())
        }
        Kind::Seq(items) => items.iter().try_for_each(|item| match item.kind {
            Kind::Map(_) => apply(map, item),
            _ => Err(WHAT),
        }),
        _ => Err(WHAT),
    }
}
