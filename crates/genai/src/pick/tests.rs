//! Picking, held against serde_json where the text is JSON.

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// Every scalar with its path, joined by `/`.
fn picked(text: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    pick(text.as_bytes(), &mut |path, scalar| {
        let keys: Vec<_> = path.iter().map(|key| String::from_utf8_lossy(key)).collect();
        let (Scalar::Text(text) | Scalar::Word(text)) = scalar;
        all.push((keys.join("/"), String::from_utf8_lossy(text).into_owned()));
    });
    all
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn reads_json_and_what_looks_like_it() {
    let expected = pairs(&[("a", "1"), ("b/c", "x"), ("b/d/", "2"), ("b/d/", "3"), ("e", "4")]);
    for text in [
        r#"{"a": 1, "b": {"c": "x", "d": [2, 3]}, "e": 4}"#,
        "{'a': 1, 'b': {'c': 'x', 'd': (2, 3)}, 'e': 4}",
        "Usage(a=1, b=Details(c='x', d=[2, 3]), e=4)",
    ] {
        assert_eq!(picked(text), expected, "{text}");
    }
    let flat = "total_tokens=4612 prompt_tokens=4012 cached_prompt_tokens=3840";
    let all =
        [("total_tokens", "4612"), ("prompt_tokens", "4012"), ("cached_prompt_tokens", "3840")];
    assert_eq!(picked(flat), pairs(&all));
}

#[test]
fn what_is_cut_short_ends_early() {
    assert_eq!(picked(r#"{"a": 1, "b": "tex"#), pairs(&[("a", "1")]));
    assert_eq!(picked(r#"{"a": 1, "b": {"c": 2"#), pairs(&[("a", "1"), ("b/c", "2")]));
    assert_eq!(picked(r#"{"a": "x\"#), pairs(&[]));
    assert_eq!(picked("}}}]]] 5"), pairs(&[("", "5")]));
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = format!("{}5{}, \"after\": 6", "[".repeat(100_000), "]".repeat(100_000));
    assert!(picked(&deep).is_empty(), "cut by length");
    let bearable = format!("{{\"x\": {}5{}, \"after\": 6}}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(picked(&bearable), pairs(&[("after", "6")]));
    let many = "1,".repeat(30_000);
    assert_eq!(picked(&many).len(), SCALARS_MAX);
}

#[test]
fn json_inside_a_json_string_is_unpacked() {
    let inner = inner_text(br#""{\"input\": 5,\n \"output\": 6}""#, 100).unwrap();
    assert_eq!(inner, br#"{"input": 5,  "output": 6}"#);
    assert_eq!(inner_text(b"{}", 100), None);
    assert_eq!(inner_text(br#""{\"a\":1}""#, 5), None, "longer than allowed");
}

/// JSON with simple keys and texts.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<u32>().prop_map(Value::from),
        "[a-z ,:{}]{0,8}".prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn scalars(value: &Value, path: &str, out: &mut Vec<(String, String)>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}/{key}") };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| scalars(value, &below(key), out)),
        Value::Array(list) => list.iter().for_each(|value| scalars(value, &below(""), out)),
        Value::String(text) => out.push((path.to_owned(), text.clone())),
        other => out.push((path.to_owned(), other.to_string())),
    }
}

proptest! {
    #[test]
    fn agrees_with_serde_json(value in any_json()) {
        let wrapped = serde_json::json!({ "root": value });
        let mut expected = Vec::new();
        scalars(&wrapped, "", &mut expected);
        prop_assert_eq!(picked(&wrapped.to_string()), expected.clone());
        prop_assert_eq!(picked(&serde_json::to_string_pretty(&wrapped).unwrap()), expected);
    }

    #[test]
    fn any_bytes_end(text in prop::collection::vec(any::<u8>(), 0..500)) {
        let mut count = 0;
        pick(&text, &mut |path, _| {
            assert!(path.len() <= DEPTH_MAX + 1);
            count += 1;
        });
        prop_assert!(count <= text.len());
    }
}
