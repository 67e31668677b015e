//! Merging documents and nesting `a::b` keys (C§2.2).

use crate::value::{Key, Kind, Map, Value};

/// What separates nested keys written as one.
const DELIMITER: &str = "::";

/// How lists meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lists {
    /// A later list takes the place of an earlier one.
    #[default]
    Replace,
    /// As the alpha gate `confmap.enableMergeAppendOption`: `service::extensions`,
    /// `service::**::receivers` and `service::**::exporters` are joined, without doubles.
    Append,
}

/// Merges `over` into `base`: maps meet key by key, everything else is replaced, also by null.
/// Values that stay keep their places.
pub fn merge(base: &mut Map, over: Map, lists: Lists) {
    merge_at(base, over, lists, &mut Vec::new());
}

fn merge_at(base: &mut Map, over: Map, lists: Lists, path: &mut Vec<String>) {
    for (key, value) in over {
        let Some(existing) = base.get_mut(key.as_str()) else {
            base.insert(key, value);
            continue;
        };
        path.push(key.as_str().to_owned());
        match (&mut existing.kind, value) {
            (Kind::Map(inner), Value { kind: Kind::Map(over), .. }) => {
                merge_at(inner, over, lists, path);
            }
            (Kind::Seq(items), Value { kind: Kind::Seq(more), .. })
                if lists == Lists::Append && appends(path) =>
            {
                for item in more {
                    if !items.contains(&item) {
                        items.push(item);
                    }
                }
            }
            (_, value) => *existing = value,
        }
        path.pop();
    }
}

fn appends(path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    let Some((last, between)) = rest.split_last() else { return false };
    first == "service"
        && match last.as_str() {
            "extensions" => between.is_empty(),
            "receivers" | "exporters" => !between.is_empty(),
            _ => false,
        }
}

/// Nests `a::b: 1` into `a: {b: 1}` in maps at any depth, but not inside lists.
pub fn nest_keys(map: Map) -> Map {
    let mut out = Map::with_capacity(map.len());
    for (key, mut value) in map {
        if let Kind::Map(inner) = value.kind {
            value.kind = Kind::Map(nest_keys(inner));
        }
        let pos = key.pos().cloned();
        let mut parts: Vec<&str> = key.as_str().split(DELIMITER).collect();
        let outermost = Key::new(parts.remove(0), pos.clone());
        for part in parts.into_iter().rev() {
            let mut map = Map::with_capacity(1);
            let place = value.pos.clone();
            map.insert(Key::new(part, pos.clone()), value);
            value = Value::new(Kind::Map(map), place);
        }
        let mut one = Map::with_capacity(1);
        one.insert(outermost, value);
        merge(&mut out, one, Lists::Replace);
    }
    out
}
