//! Rules that hold for any input.

use config::resolve::{Lists, merge};
use config::{Duration, Kind, Map, Value, parse, to_yaml};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use crate::support::{json, one, resolve};

fn scalar() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Null),
        any::<bool>().prop_map(Kind::Bool),
        any::<i64>().prop_map(Kind::Int),
        (0..u64::MAX / 2).prop_map(|n| Kind::Uint(n + i64::MAX as u64 + 1)),
        // Halves print without an exponent and come back as floats.
        (-1000..1000_i32).prop_map(|n| Kind::Float(f64::from(n) + 0.5)),
        "[ -~éß\\n\\t]{0,12}".prop_map(Kind::String),
        any::<String>().prop_map(Kind::String),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    scalar().prop_map(Value::from).prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(|items| Kind::Seq(items).into()),
            btree_map("[a-z:#'\\- ]{0,6}", inner, 0..5).prop_map(|map| {
                Kind::Map(map.into_iter().map(|(k, v)| (k.into(), v)).collect()).into()
            }),
        ]
    })
}

/// Maps whose keys never hold a scalar in one and a map in another.
fn layered() -> impl Strategy<Value = Map> {
    let leaves = || btree_map("[ab]", any::<i64>().prop_map(|n| Value::from(Kind::Int(n))), 0..3);
    (leaves(), leaves()).prop_map(|(x, y)| {
        let map = |m: std::collections::BTreeMap<String, Value>| -> Map {
            m.into_iter().map(|(k, v)| (k.into(), v)).collect()
        };
        let mut out = Map::new();
        out.insert("x".into(), Kind::Map(map(x)).into());
        out.insert("y".into(), Kind::Map(map(y)).into());
        out
    })
}

fn merged(base: &Map, over: &Map) -> Map {
    let mut out = base.clone();
    merge(&mut out, over.clone(), Lists::Replace);
    out
}

proptest! {
    #[test]
    fn durations_print_what_they_parse(nanos in any::<i64>()) {
        let duration = Duration::from_nanos(nanos);
        prop_assert_eq!(duration.to_string().parse(), Ok(duration));
    }

    #[test]
    fn any_text_is_a_duration_or_an_error(text in "[-+]?[0-9.]{0,6}[a-zµ]{0,3}.{0,4}") {
        let _ = text.parse::<Duration>();
    }

    #[test]
    fn printed_yaml_reads_back(value in tree()) {
        let printed = to_yaml(&value);
        let back = parse(&printed, "t").map_err(|e| TestCaseError::fail(format!("{e}\n{printed}")))?;
        prop_assert_eq!(json(&back), json(&value), "{}", printed);
    }

    #[test]
    fn another_reader_understands_printed_yaml(value in tree()) {
        let printed = to_yaml(&value);
        let back: serde_json::Value = serde_yaml::from_str(&printed)
            .map_err(|e| TestCaseError::fail(format!("{e}\n{printed}")))?;
        prop_assert_eq!(back, json(&value), "{}", printed);
    }

    #[test]
    fn merging_maps_of_one_shape_is_associative(a in layered(), b in layered(), c in layered()) {
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(&merged(&a, &Map::new()), &a);
        prop_assert_eq!(&merged(&a, &a), &a);
    }

    #[test]
    fn any_text_parses_or_fails(text in any::<String>()) {
        let _ = parse(&text, "t");
    }

    #[test]
    fn yaml_like_text_parses_or_fails(text in "[a-c0-9:{}\\[\\]&*!|>'\"#%@,?<\\-. \\n\\t]{0,60}") {
        let _ = parse(&text, "t");
    }

    #[test]
    fn any_string_expands_or_fails(text in "[A-B${}:$-]{0,30}", a in "[AB${}:\\-\\[\\]]{0,12}") {
        let _ = resolve(&one("k", &text), &[("A", &a), ("B", "b")]);
    }

    #[test]
    fn a_reference_to_a_reference_is_the_same(value in "[ -~\\n]{0,20}") {
        let direct = resolve("field: ${env:ENV}", &[("ENV", &value)]);
        let nested = resolve("field: ${env:ENV}", &[("ENV", "${env:ENV2}"), ("ENV2", &value)]);
        prop_assert_eq!(direct.map(|r| json(&r.value)).map_err(|e| e.message().to_owned()),
            nested.map(|r| json(&r.value)).map_err(|e| e.message().to_owned()));
    }
}
