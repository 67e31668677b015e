//! Printing (C§1.3 print-config).

use config::{parse, to_json, to_yaml};

#[test]
fn yaml_has_sorted_keys_and_four_spaces() {
    let text = "b: {w: [1, {q: 1, p: [x]}, []], x: {}}\na: ~\nc: 'true'\nd: \"x\\ny\\n\"\ne: 1e6\nf: 0.25\n";
    let expected = "\
a: null
b:
    w:
        - 1
        - p:
            - x
          q: 1
        - []
    x: {}
c: \"true\"
d: |
    x
    y
e: 1e+06
f: 0.25
";
    assert_eq!(to_yaml(&parse(text, "t").expect("valid")), expected);
}

#[test]
fn strings_are_quoted_when_they_must_be() {
    let rows = [
        ("plain", "plain"),
        ("0.0.0.0:4317", "0.0.0.0:4317"),
        ("http://localhost:4318/v1", "http://localhost:4318/v1"),
        ("", "\"\""),
        ("123", "\"123\""),
        ("017", "\"017\""),
        ("true", "\"true\""),
        ("null", "\"null\""),
        ("yes", "\"yes\""),
        ("y", "\"y\""),
        ("1:30", "\"1:30\""),
        ("2024-01-02", "\"2024-01-02\""),
        ("1.5", "\"1.5\""),
        ("a: b", "'a: b'"),
        ("a #b", "'a #b'"),
        ("[x]", "'[x]'"),
        ("{x}", "'{x}'"),
        ("*x", "'*x'"),
        ("- x", "'- x'"),
        ("it's", "it's"),
        ("'x'", "'''x'''"),
        (" x", "' x'"),
        ("x:", "'x:'"),
        ("[REDACTED]", "'[REDACTED]'"),
        ("tab\tx", "\"tab\\tx\""),
        ("\u{7}", "\"\\x07\""),
        ("中文", "中文"),
    ];
    for (text, expected) in rows {
        assert_eq!(to_yaml(&config::Value::string(text)), format!("{expected}\n"), "{text:?}");
    }
}

#[test]
fn json_is_json() {
    let value =
        parse("b: [1, 2.5, \"q\\\"\\n\\x01\", {}, []]\na: ~\nc: {d: true}", "t").expect("valid");
    let printed = to_json(&value);
    let read: serde_json::Value = serde_json::from_str(&printed).expect("valid JSON");
    assert_eq!(read, serde_json::json!(value));
    assert!(printed.starts_with("{\n  \"a\": null,\n  \"b\": [\n    1,"), "{printed}");
}
