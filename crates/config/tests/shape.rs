//! What settings a type takes, asked of the type.

use config::{Duration, MapList, Opaque, Optional, Shape, Squash, StringList, Value, shape};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Inner {
    on: bool,
    #[serde(rename = "name")]
    called: String,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    #[default]
    First,
    Second,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Settings {
    small: u8,
    share: f64,
    wait: Duration,
    secret: Opaque,
    word: Word,
    maybe: Option<u32>,
    inner: Inner,
    section: Optional<Inner>,
    list: Vec<Inner>,
    map: std::collections::BTreeMap<String, u32>,
    texts: StringList,
    pairs: MapList,
    any: Value,
}

fn inner(has_switch: bool) -> Shape {
    Shape::Section { fields: vec![("on", Shape::Bool), ("name", Shape::Text)], has_switch }
}

#[test]
fn every_setting_is_told_with_its_kind() {
    let number = || Shape::Integer(0, u32::MAX.into());
    let fields = vec![
        ("small", Shape::Integer(0, 255)),
        ("share", Shape::Number),
        ("wait", Shape::Duration),
        ("secret", Shape::Text),
        ("word", Shape::Choice(&["first", "second"])),
        ("maybe", number()),
        ("inner", inner(false)),
        ("section", inner(true)),
        ("list", Shape::List(Box::new(inner(false)))),
        ("map", Shape::Map(Box::new(number()))),
        ("texts", Shape::Texts),
        ("pairs", Shape::Pairs),
        ("any", Shape::Any),
    ];
    assert_eq!(shape::<Settings>(), Shape::Section { fields, has_switch: false });
}

#[test]
fn types_that_share_a_map_are_one_section() {
    let Shape::Section { fields, .. } = shape::<Squash<Settings, Inner>>() else { panic!() };
    let names: Vec<_> = fields.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), 15, "{names:?}");
    assert_eq!(names.get(13..), Some(&["on", "name"][..]));
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Endless {
    again: Vec<Self>,
}

#[test]
fn settings_within_themselves_end() {
    assert!(matches!(shape::<Endless>(), Shape::Section { .. }));
}
