//! What a scalar means (C§2.3).

use config::{Kind, parse};
use serde_json::json;

use crate::support::json as to_json;

fn string(text: &str) -> Kind {
    Kind::String(text.to_owned())
}

fn check(rows: &[(&str, Kind)]) {
    for (text, expected) in rows {
        let value = parse(&format!("k: {text}"), "t").unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(&value.get("k").expect("a key").kind, expected, "{text:?}");
    }
}

#[test]
fn words_and_numbers_follow_the_yaml_v3_rules() {
    check(&[
        ("", Kind::Null),
        ("~", Kind::Null),
        ("null", Kind::Null),
        ("NULL", Kind::Null),
        ("nULL", string("nULL")),
        ("true", Kind::Bool(true)),
        ("True", Kind::Bool(true)),
        ("TRUE", Kind::Bool(true)),
        ("tRUE", string("tRUE")),
        ("false", Kind::Bool(false)),
        ("yes", string("yes")),
        ("no", string("no")),
        ("on", string("on")),
        ("off", string("off")),
        ("y", string("y")),
        ("n", string("n")),
        ("0", Kind::Int(0)),
        ("-0", Kind::Int(0)),
        ("+7", Kind::Int(7)),
        ("017", Kind::Int(15)),
        ("0o17", Kind::Int(15)),
        ("0O17", Kind::Int(15)),
        ("-017", Kind::Int(-15)),
        ("0x1F", Kind::Int(31)),
        ("0xdeadbeef", Kind::Int(3_735_928_559)),
        ("0b1", Kind::Int(1)),
        ("-0b11", Kind::Int(-3)),
        ("1_000", Kind::Int(1000)),
        ("08", Kind::Float(8.0)),
        ("0x", string("0x")),
        ("0b2", string("0b2")),
        ("--1", string("--1")),
        ("9223372036854775807", Kind::Int(i64::MAX)),
        ("9223372036854775808", Kind::Uint(9_223_372_036_854_775_808)),
        ("18446744073709551615", Kind::Uint(u64::MAX)),
        ("-9223372036854775808", Kind::Int(i64::MIN)),
        ("18446744073709551616", Kind::Float(18_446_744_073_709_551_616.0)),
        ("1e3", Kind::Float(1000.0)),
        ("1.5", Kind::Float(1.5)),
        ("1.", Kind::Float(1.0)),
        (".5", Kind::Float(0.5)),
        ("-2.5E-1", Kind::Float(-0.25)),
        ("1e", string("1e")),
        ("1e999", string("1e999")),
        (".", string(".")),
        (".inf", Kind::Float(f64::INFINITY)),
        ("-.Inf", Kind::Float(f64::NEG_INFINITY)),
        ("inf", string("inf")),
        ("nan", string("nan")),
        ("1:30", string("1:30")),
    ]);
    let nan = parse("k: .nan", "t").expect("valid");
    assert!(matches!(nan.get("k").map(|v| &v.kind), Some(Kind::Float(n)) if n.is_nan()));
}

#[test]
fn dates_quotes_and_tags_follow_the_yaml_v3_rules() {
    check(&[
        ("2024-01-02", string("2024-01-02T00:00:00Z")),
        ("2024-1-2", string("2024-01-02T00:00:00Z")),
        ("2024-13-02", string("2024-13-02")),
        ("2024-02-30", string("2024-02-30")),
        ("2024-01-02 03:04:05", string("2024-01-02T03:04:05Z")),
        ("2024-01-02T03:04:05.500Z", string("2024-01-02T03:04:05.5Z")),
        ("2024-01-02t03:04:05+02:00", string("2024-01-02T03:04:05+02:00")),
        ("2006-01-02T15:04:05Z07:00", string("2006-01-02T15:04:05Z07:00")),
        ("localhost:4317", string("localhost:4317")),
        ("\"0123\"", string("0123")),
        ("'true'", string("true")),
        ("!!str 0123", string("0123")),
        ("!!str 2024-01-02", string("2024-01-02")),
        ("!!int \"3\"", Kind::Int(3)),
        ("!!float 3", Kind::Float(3.0)),
        ("!!bool \"true\"", Kind::Bool(true)),
        ("!!null \"\"", Kind::Null),
        ("!!binary aGVsbG8=", string("hello")),
        ("!custom 3", string("3")),
    ]);
}

#[test]
fn documents_become_trees() {
    let rows = [
        ("", json!(null)),
        ("# only a comment", json!(null)),
        ("a: 1\n---\nb: 2", json!({"a": 1})),
        ("---\na: 1\n...\n", json!({"a": 1})),
        ("\u{feff}a: 1", json!({"a": 1})),
        (
            "8080: x\ntrue: y\n1.5: z\n~: n\n0x10: h",
            json!({"8080": "x", "true": "y", "1.5": "z", "null": "n", "16": "h"}),
        ),
        ("a: &x {k: 1}\nb: *x", json!({"a": {"k": 1}, "b": {"k": 1}})),
        (
            "d: &d {a: 1, b: 2}\ne: {<<: *d, b: 3}",
            json!({"d": {"a": 1, "b": 2}, "e": {"b": 3, "a": 1}}),
        ),
        (
            "d: &d {a: 1}\nf: &f {a: 2, c: 4}\ne: {b: 3, <<: [*d, *f]}",
            json!({"d": {"a": 1}, "f": {"a": 2, "c": 4}, "e": {"a": 1, "b": 3, "c": 4}}),
        ),
        ("a: {\"<<\": 1}", json!({"a": {"<<": 1}})),
        ("a: |\n  x\n  y\nb: >-\n  x\n  y", json!({"a": "x\ny\n", "b": "x y"})),
        ("a:\nb: ''", json!({"a": null, "b": ""})),
        ("- 1\n- [2, {a: 3}]", json!([1, [2, {"a": 3}]])),
        ("plain text", json!("plain text")),
    ];
    for (text, expected) in rows {
        let value = parse(text, "t").unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(to_json(&value), expected, "{text:?}");
    }
}

#[test]
fn every_value_and_key_knows_its_place() {
    let value = parse("a:\n  b: [x, 12]\nc: {d: 1}", "conf.yaml").expect("valid");
    let place =
        |path: &[&str]| value.get_path(path).and_then(|v| v.pos.clone()).map(|p| p.to_string());
    assert_eq!(place(&["a", "b"]).as_deref(), Some("conf.yaml:2:6"));
    assert_eq!(place(&["c", "d"]).as_deref(), Some("conf.yaml:3:8"));
    let items = value.get_path(&["a", "b"]).and_then(|v| v.as_seq()).expect("a list");
    assert_eq!(items[1].pos.as_ref().map(|p| p.column), Some(10));
    let (key, _) = value.as_map().and_then(|m| m.get_key_value("c")).expect("a key");
    assert_eq!(key.pos().map(ToString::to_string).as_deref(), Some("conf.yaml:3:1"));
}

#[test]
fn bad_documents_say_what_and_where() {
    let rows = [
        (
            "a: 1\na: 2",
            "yaml: unmarshal errors:\n  line 2: mapping key \"a\" already defined at line 1 (at t:2:1)",
        ),
        (
            "a: 1\nb: 2\na: 3\nb: 4",
            "yaml: unmarshal errors:\n  line 3: mapping key \"a\" already defined at line 1\n  line 4: mapping key \"b\" already defined at line 2 (at t:3:1)",
        ),
        ("a: &x [*x]", "yaml: line 1: anchor value contains itself (at t:1:8)"),
        (
            "a: {<<: 3}",
            "yaml: line 1: map merge requires map or sequence of maps as the value (at t:1:9)",
        ),
        ("? [a]\n: 1", "yaml: line 1: invalid map key: a list or a map cannot be a key (at t:1:3)"),
        ("a: !!int x", "yaml: line 1: cannot decode !!str as a !!int (at t:1:4)"),
        ("a: !!binary '%'", "yaml: line 1: !!binary value contains invalid base64 data (at t:1:4)"),
    ];
    for (text, expected) in rows {
        let error = parse(text, "t").map(|v| to_json(&v)).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text:?}");
    }
    for text in ["a: [1", "a: {b", "a: *nope", "\tx: 1\n y", "a: 'x", "a: b: c"] {
        let error = parse(text, "t").map(|v| to_json(&v)).expect_err(text);
        assert!(error.to_string().starts_with("yaml: line "), "{text:?}: {error}");
    }
}

#[test]
fn bombs_and_towers_are_refused() {
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for level in 1..12 {
        let alias = format!("*a{},", level - 1).repeat(10);
        bomb.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
    }
    let error = parse(&bomb, "t").expect_err("too many nodes");
    assert!(error.message().contains("excessive aliasing"), "{error}");
    for tower in ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000)] {
        let error = parse(&tower, "t").expect_err("too deep");
        assert!(error.message().starts_with("yaml: line 1: "), "{error}");
    }
    let large = "x".repeat(config::limits::DOCUMENT_BYTES_MAX + 1);
    assert!(parse(&large, "t").is_err());
}
