//! Sections that can be off (C§2.6; rows of `configoptional/optional_test.go`).

use config::{Optional, parse};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Sub {
    foo: String,
    batch: Optional<Batch>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Batch {
    size: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Config {
    sub: Optional<Sub>,
}

fn sub(text: &str) -> Sub {
    Sub { foo: text.to_owned(), batch: Optional::Default(Batch { size: 8 }) }
}

fn read(defaults: Optional<Sub>, text: &str) -> Result<Optional<Sub>, String> {
    let value = parse(text, "t").expect("valid YAML");
    config::decode_onto(&Config { sub: defaults }, &value, "")
        .map(|config| config.sub)
        .map_err(|e| e.iter().map(ToString::to_string).collect())
}

#[test]
fn three_flavours_and_the_switch() {
    let none = || Optional::None;
    let default = || Optional::Default(sub("foobar"));
    let some = || Optional::Some(sub("foobar"));
    let rows: Vec<(Optional<Sub>, &str, Option<&str>)> = vec![
        (none(), "", None),
        (none(), "sub: {foo: bar}", Some("bar")),
        (none(), "sub:", None),
        (none(), "sub: null", None),
        (none(), "sub: {}", Some("")),
        (none(), "sub: {enabled: true}", Some("")),
        (none(), "sub: {enabled: false}", None),
        (default(), "", None),
        (default(), "sub: {foo: bar}", Some("bar")),
        (default(), "sub:", Some("foobar")),
        (default(), "sub: {}", Some("foobar")),
        (default(), "sub: {enabled: true}", Some("foobar")),
        (default(), "sub: {enabled: false}", None),
        (default(), "sub: {enabled: false, foo: bar}", None),
        (some(), "", Some("foobar")),
        (some(), "sub: {foo: bar}", Some("bar")),
        (some(), "sub:", Some("foobar")),
        (some(), "sub: {}", Some("foobar")),
        (some(), "sub: {enabled: true, foo: bar}", Some("bar")),
        (some(), "sub: {enabled: false}", None),
    ];
    for (defaults, text, expected) in rows {
        let name = format!("{defaults:?} with {text:?}");
        let found = read(defaults, text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(found.as_ref().map(|s| s.foo.as_str()), expected, "{name}");
    }
}

#[test]
fn hidden_defaults_survive_until_they_are_wanted() {
    assert_eq!(read(Optional::Default(sub("x")), ""), Ok(Optional::Default(sub("x"))));
    let on = read(Optional::Default(sub("x")), "sub: {batch: }").expect("valid");
    assert_eq!(on.as_ref().map(|s| s.batch.clone()), Some(Optional::Some(Batch { size: 8 })));
    let on = read(Optional::Default(sub("x")), "sub:").expect("valid");
    assert_eq!(on.as_ref().map(|s| s.batch.clone()), Some(Optional::Default(Batch { size: 8 })));
    let mut later: Optional<Sub> = Optional::Default(sub("x"));
    later.turn_on();
    assert_eq!(later, Optional::Some(sub("x")));
}

#[test]
fn faults_are_found_also_in_sections_turned_off() {
    let rows = [
        ("sub: {fo: 1}", "'sub' has invalid keys: fo (at t:1:7; did you mean \"foo\"?)"),
        (
            "sub: {enabled: false, fo: 1}",
            "'sub' has invalid keys: fo (at t:1:23; did you mean \"foo\"?)",
        ),
        (
            "sub: {enabled: x}",
            "'sub' unexpected type string for 'enabled': got 'x' value expected 'true' or 'false' (at t:1:16)",
        ),
        (
            "sub: {enabled: 1}",
            "'sub' unexpected type int for 'enabled': got '1' value expected 'true' or 'false' (at t:1:16)",
        ),
        ("sub: 3", "'sub' expected a map or struct, got \"int\" (at t:1:6)"),
        (
            "sub: {batch: {enabled: false, sise: 1}}",
            "'sub.batch' has invalid keys: sise (at t:1:31; did you mean \"size\"?)",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(read(Optional::Default(sub("x")), text), Err(expected.to_owned()), "{text}");
    }
}

#[test]
fn sections_that_are_off_print_as_null_in_any_format() {
    let rows = [
        (Optional::None, json!({"sub": null})),
        (Optional::Default(sub("x")), json!({"sub": null})),
        (Optional::Some(sub("x")), json!({"sub": {"foo": "x", "batch": null}})),
    ];
    for (sub, expected) in rows {
        let config = Config { sub };
        assert_eq!(serde_json::json!(config), expected);
        let value = config::to_value(&config, config::Mode::Redacted).expect("data");
        assert_eq!(serde_json::json!(value), expected);
        let back: Config = serde_json::from_value(expected).expect("reads");
        assert_eq!(back.sub.is_some(), config.sub.is_some());
    }
}
