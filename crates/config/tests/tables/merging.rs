//! Merging (C§2.2; `confmap/testdata/merge-append-scenarios*.yaml`).

use config::resolve::Lists;
use config::{Resolver, Value};
use serde_json::{Value as Json, json};

use crate::support::{json as to_json, providers, resolve_all};

#[test]
fn documents_merge() {
    let rows: &[(&[&str], Json)] = &[
        (&["a: {b: 1}", "a: {c: 2}"], json!({"a": {"b": 1, "c": 2}})),
        (&["a: {b: {x: 1}}", "a: {b: {x: 2}}"], json!({"a": {"b": {"x": 2}}})),
        (&["a: [1, 2]", "a: [3]"], json!({"a": [3]})),
        (&["a: [1, 2]", "a: []"], json!({"a": []})),
        (&["a: 1", "a: x"], json!({"a": "x"})),
        (&["a: {b: 1}", "a: 2"], json!({"a": 2})),
        (&["a: 2", "a: {b: 1}"], json!({"a": {"b": 1}})),
        (&["processors: {batch: {}}", "processors:"], json!({"processors": null})),
        (&["a:", "a: {b: 1}"], json!({"a": {"b": 1}})),
        (&["a: {b: 1}", "a: {}"], json!({"a": {"b": 1}})),
        (&["a: {}", "b: 1"], json!({"a": {}, "b": 1})),
        (&["", "a: 1"], json!({"a": 1})),
        (&["a: 1", "null"], json!({"a": 1})),
        (&["a::b: 1"], json!({"a": {"b": 1}})),
        (&["a::b: 1\na::c: 2\na: {d: 3}"], json!({"a": {"b": 1, "c": 2, "d": 3}})),
        (&["x: {a::b: 1}"], json!({"x": {"a": {"b": 1}}})),
        (&["x: [{a::b: 1}]"], json!({"x": [{"a::b": 1}]})),
        (&["a: {b: 1}", "a::c: 2"], json!({"a": {"b": 1, "c": 2}})),
        (&["a::b::c: 1"], json!({"a": {"b": {"c": 1}}})),
        (&["a: {8080: x}", "a: {'8080': y}"], json!({"a": {"8080": "y"}})),
        (&["a: ${test:x}", "a: y"], json!({"a": "y"})),
    ];
    for (documents, expected) in rows {
        let resolved = resolve_all(documents, &[]).unwrap_or_else(|e| panic!("{documents:?}: {e}"));
        assert_eq!(&to_json(&resolved.value), expected, "{documents:?}");
    }
}

#[test]
fn a_replaced_value_is_never_expanded() {
    let resolved = resolve_all(&["a: ${odd:fail}", "a: 1"], &[]).expect("valid");
    assert_eq!(to_json(&resolved.value), json!({"a": 1}));
}

#[test]
fn sets_come_last_and_are_yaml() {
    let rows: &[(&[&str], Json)] = &[
        (&["a.b=1"], json!({"a": {"b": 1, "c": 2}})),
        (&[" a.b = x "], json!({"a": {"b": "x", "c": 2}})),
        (&["a=[1, 2]"], json!({"a": [1, 2]})),
        (&["a.d={x: 1}"], json!({"a": {"b": 0, "c": 2, "d": {"x": 1}}})),
        (&["a.b=x=y"], json!({"a": {"b": "x=y", "c": 2}})),
        (&["a="], json!({"a": null})),
        (&["a.b=1", "a.b=2"], json!({"a": {"b": 2, "c": 2}})),
        (&["a.b=${test:z}"], json!({"a": {"b": "z", "c": 2}})),
    ];
    for (sets, expected) in rows {
        let resolved = Resolver::new(providers(&[])).resolve(&["yaml:a: {b: 0, c: 2}"], sets);
        let resolved = resolved.unwrap_or_else(|e| panic!("{sets:?}: {e}"));
        assert_eq!(&to_json(&resolved.value), expected, "{sets:?}");
    }
    let error = Resolver::new(providers(&[])).resolve(&["yaml:a: 1"], &["foo"]).expect_err("no =");
    assert_eq!(error.message(), "invalid argument \"foo\" for \"--set\" flag: missing equal sign");
}

fn service(extensions: &str, receivers: &str, processors: &str, exporters: &str) -> String {
    format!(
        "service:\n  extensions: {extensions}\n  pipelines:\n    traces:\n      receivers: \
         {receivers}\n      processors: {processors}\n      exporters: {exporters}\n"
    )
}

fn with_lists(lists: Lists, documents: &[String]) -> Json {
    let uris: Vec<String> = documents.iter().map(|text| format!("yaml:{text}")).collect();
    let resolver = Resolver::new(providers(&[])).with_lists(lists);
    to_json(&resolver.resolve(&uris, &[] as &[&str]).expect("valid").value)
}

/// Lists of extensions, receivers, processors and exporters.
type Lists4 = [&'static str; 4];

#[test]
fn the_append_gate_joins_three_lists_and_nothing_else() {
    let rows: &[(&[Lists4], Lists4, Lists4)] = &[
        (
            &[["[nop]", "[nop]", "[nop]", "[nop]"], ["[nop2]", "[nop2]", "[nop2]", "[nop2]"]],
            ["[nop, nop2]", "[nop, nop2]", "[nop2]", "[nop, nop2]"],
            ["[nop2]", "[nop2]", "[nop2]", "[nop2]"],
        ),
        (
            &[["[nop, ext]", "[nop]", "[p]", "[nop]"], ["[ext]", "[nop2]", "[p]", "[nop2]"]],
            ["[nop, ext]", "[nop, nop2]", "[p]", "[nop, nop2]"],
            ["[ext]", "[nop2]", "[p]", "[nop2]"],
        ),
        (
            &[
                ["[nop, ext, ext2]", "[nop]", "[]", "[nop]"],
                ["[nop, ext3]", "[nop]", "[]", "[nop]"],
            ],
            ["[nop, ext, ext2, ext3]", "[nop]", "[]", "[nop]"],
            ["[nop, ext3]", "[nop]", "[]", "[nop]"],
        ),
        (
            &[
                ["[a]", "[a]", "[a]", "[a]"],
                ["[b]", "[b]", "[b]", "[b]"],
                ["[c]", "[c]", "[c]", "[c]"],
            ],
            ["[a, b, c]", "[a, b, c]", "[c]", "[a, b, c]"],
            ["[c]", "[c]", "[c]", "[c]"],
        ),
    ];
    let text = |[a, b, c, d]: &Lists4| service(a, b, c, d);
    for (documents, appended, replaced) in rows {
        let documents: Vec<String> = documents.iter().map(text).collect();
        let expected = |lists: &Lists4| with_lists(Lists::Replace, &[text(lists)]);
        assert_eq!(with_lists(Lists::Append, &documents), expected(appended));
        assert_eq!(with_lists(Lists::Replace, &documents), expected(replaced));
    }
    let paths =
        ["processors: {p: {path: [a]}}".to_owned(), "processors: {p: {path: [b]}}".to_owned()];
    assert_eq!(with_lists(Lists::Append, &paths), json!({"processors": {"p": {"path": ["b"]}}}));
    let kinds =
        ["receivers: {nop: {key: val}}".to_owned(), "receivers: {nop: {key: 1.2}}".to_owned()];
    assert_eq!(with_lists(Lists::Append, &kinds), json!({"receivers": {"nop": {"key": 1.2}}}));
}

#[test]
fn places_survive_merging() {
    let documents = ["a:\n  b: 1\n  c: 2", "a:\n\n  c: 3"];
    let resolved = resolve_all(&documents, &[]).expect("valid").value;
    let line =
        |key| resolved.get_path(&["a", key]).and_then(|v: &Value| v.pos.as_ref()).map(|p| p.line);
    assert_eq!((line("b"), line("c")), (Some(2), Some(3)));
}
