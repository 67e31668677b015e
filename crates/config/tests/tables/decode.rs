//! Strict reading over defaults (C§2.5, C§2.8).

use std::collections::BTreeMap;

use config::{Duration, Id, MapList, Opaque, Squash, StringList, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Config {
    endpoint: String,
    timeout: Duration,
    read_buffer_size: i64,
    port: u16,
    limit: u32,
    ratio: f64,
    insecure: bool,
    level: Level,
    headers: MapList,
    names: StringList,
    list: Vec<String>,
    tls: Tls,
    labels: BTreeMap<String, String>,
    rules: Vec<Rule>,
    next: Option<Tls>,
    raw: Value,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Basic,
    Detailed,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Tls {
    ca_file: String,
    min_version: String,
    password: Opaque,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Rule {
    name: String,
    weight: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            endpoint: "localhost:4317".to_owned(),
            timeout: Duration::from_secs(5),
            read_buffer_size: 512,
            port: 80,
            limit: 10,
            ratio: 0.5,
            insecure: true,
            level: Level::Basic,
            headers: [("a", "1")].into_iter().collect(),
            names: ["n"].into_iter().collect(),
            list: vec!["l".to_owned()],
            tls: Tls { min_version: "1.2".to_owned(), ..Tls::default() },
            labels: BTreeMap::from([("k".to_owned(), "v".to_owned())]),
            rules: vec![Rule { name: "r".to_owned(), weight: 1 }],
            next: None,
            raw: Value::default(),
        }
    }
}

fn read(text: &str) -> Result<Config, Vec<String>> {
    let value = config::parse(text, "c.yaml").expect("valid YAML");
    config::decode(&value, "").map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

/// The whole config as data, with what `text` changes against the defaults.
fn changes(text: &str) -> serde_json::Value {
    let show = |config: &Config| {
        let value = config::to_value(config, config::Mode::Unredacted).expect("data");
        serde_json::to_value(value).expect("data")
    };
    let config = read(text).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let (mut now, before) = (show(&config), show(&Config::default()));
    if let Some(map) = now.as_object_mut() {
        map.retain(|key, value| before[key.as_str()] != *value);
    }
    now
}

#[test]
fn values_lie_over_the_defaults() {
    let rows = [
        ("", json!({})),
        ("{}", json!({})),
        ("endpoint: x", json!({"endpoint": "x"})),
        ("endpoint:", json!({})),
        ("timeout: 10s", json!({"timeout": "10s"})),
        ("timeout: 10", json!({"timeout": "10ns"})),
        ("timeout: 0", json!({"timeout": "0s"})),
        ("timeout: 1.9", json!({"timeout": "1ns"})),
        ("timeout: -1s", json!({"timeout": "-1s"})),
        ("read_buffer_size: 10.7", json!({"read_buffer_size": 10})),
        ("read_buffer_size: -10.7", json!({"read_buffer_size": -10})),
        ("read_buffer_size: 0x10", json!({"read_buffer_size": 16})),
        ("limit: 4294967295", json!({"limit": 4_294_967_295_u32})),
        ("ratio: 1", json!({"ratio": 1.0})),
        ("insecure: false", json!({"insecure": false})),
        ("level: detailed", json!({"level": "detailed"})),
        (
            "headers: {b: x, a: y}",
            json!({"headers": [{"name": "a", "value": "y"}, {"name": "b", "value": "x"}]}),
        ),
        (
            "headers: [{name: b, value: x}, {name: a, value: y}]",
            json!({"headers": [{"name": "b", "value": "x"}, {"name": "a", "value": "y"}]}),
        ),
        ("headers: {}", json!({"headers": []})),
        ("headers:", json!({})),
        ("names: a,b", json!({"names": ["a", "b"]})),
        ("names: ''", json!({"names": []})),
        ("names: [a, b]", json!({"names": ["a", "b"]})),
        ("list: [a, b]", json!({"list": ["a", "b"]})),
        ("list: []", json!({"list": []})),
        ("list:", json!({})),
        ("tls:", json!({})),
        ("tls: {}", json!({})),
        (
            "tls: {ca_file: x}",
            json!({"tls": {"ca_file": "x", "min_version": "1.2", "password": ""}}),
        ),
        ("labels: {j: w}", json!({"labels": {"j": "w", "k": "v"}})),
        ("labels: {k: w}", json!({"labels": {"k": "w"}})),
        ("labels: {8080: w}", json!({"labels": {"8080": "w", "k": "v"}})),
        ("rules: [{name: x}]", json!({"rules": [{"name": "x", "weight": 0}]})),
        ("rules: [{name: x, weight: }]", json!({"rules": [{"name": "x", "weight": 0}]})),
        (
            "next: {ca_file: x}",
            json!({"next": {"ca_file": "x", "min_version": "", "password": ""}}),
        ),
        ("next: null", json!({})),
        ("raw: {any: [1, x]}", json!({"raw": {"any": [1, "x"]}})),
    ];
    for (text, expected) in rows {
        assert_eq!(changes(text), expected, "{text}");
    }
}

/// A config of one fault, and its line.
const WRONG: &[(&str, &str)] = &[
    (
        "endpoint: 3",
        "'endpoint' expected type 'string', got unconvertible type 'int' (at c.yaml:1:11)",
    ),
    (
        "endpoint: [x]",
        "'endpoint' expected type 'string', got unconvertible type '[]interface {}' (at c.yaml:1:11)",
    ),
    (
        "endpoint: {a: x}",
        "'endpoint' expected type 'string', got unconvertible type 'map[string]interface {}' (at c.yaml:1:11)",
    ),
    (
        "read_buffer_size: '3'",
        "'read_buffer_size' expected type 'int', got unconvertible type 'string' (at c.yaml:1:19)",
    ),
    (
        "read_buffer_size: true",
        "'read_buffer_size' expected type 'int', got unconvertible type 'bool' (at c.yaml:1:19)",
    ),
    (
        "insecure: yes",
        "'insecure' expected type 'bool', got unconvertible type 'string' (at c.yaml:1:11)",
    ),
    (
        "insecure: 1",
        "'insecure' expected type 'bool', got unconvertible type 'int' (at c.yaml:1:11)",
    ),
    (
        "ratio: x",
        "'ratio' expected type 'float64', got unconvertible type 'string' (at c.yaml:1:8)",
    ),
    (
        "limit: -1000",
        "'limit' cannot parse value as 'uint32': -1000 overflows uint (at c.yaml:1:8; use a number from 0 to 4294967295)",
    ),
    (
        "port: 70000",
        "'port' cannot parse value as 'uint16': 70000 overflows uint16 (at c.yaml:1:7; use a number from 0 to 65535)",
    ),
    (
        "timeout: x",
        "'timeout' time: invalid duration (at c.yaml:1:10; write a number and a unit (ns, us, ms, s, m, h), such as 200ms or 1m30s)",
    ),
    (
        "timeout: '10'",
        "'timeout' time: missing unit in duration (at c.yaml:1:10; write a number and a unit (ns, us, ms, s, m, h), such as 200ms or 1m30s)",
    ),
    (
        "timeout: 3d",
        "'timeout' time: unknown unit (at c.yaml:1:10; write a number and a unit (ns, us, ms, s, m, h), such as 200ms or 1m30s)",
    ),
    (
        "timeout: true",
        "'timeout' expected type 'time.Duration', got unconvertible type 'bool' (at c.yaml:1:10)",
    ),
    (
        "level: detaild",
        "'level' unknown value \"detaild\" (at c.yaml:1:8; did you mean \"detailed\"?)",
    ),
    ("level: x", "'level' unknown value \"x\" (at c.yaml:1:8; valid: basic, detailed)"),
    ("level: 3", "'level' expected type 'string', got unconvertible type 'int' (at c.yaml:1:8)"),
    (
        "headers: {a: 3}",
        "'headers[a]' expected type 'configopaque.String', got unconvertible type 'int' (at c.yaml:1:14)",
    ),
    ("headers: x", "'headers' source data must be an array or slice, got string (at c.yaml:1:10)"),
    (
        "headers: [{name: a, valu: x}]",
        "'headers[0]' has invalid keys: valu (at c.yaml:1:21; did you mean \"value\"?)",
    ),
    ("list: x", "'list' source data must be an array or slice, got string (at c.yaml:1:7)"),
    ("list: {a: 1}", "'list' source data must be an array or slice, got map (at c.yaml:1:7)"),
    (
        "list: [a, 3]",
        "'list[1]' expected type 'string', got unconvertible type 'int' (at c.yaml:1:11)",
    ),
    ("names: 3", "'names' source data must be an array or slice, got int (at c.yaml:1:8)"),
    ("tls: x", "'tls' expected a map or struct, got \"string\" (at c.yaml:1:6)"),
    ("tls: []", "'tls' expected a map or struct, got \"slice\" (at c.yaml:1:6)"),
    ("labels: [x]", "'labels' expected a map or struct, got \"slice\" (at c.yaml:1:9)"),
    (
        "labels: {a: 1}",
        "'labels[a]' expected type 'string', got unconvertible type 'int' (at c.yaml:1:13)",
    ),
    (
        "rules: [{weight: x}]",
        "'rules[0].weight' expected type 'int', got unconvertible type 'string' (at c.yaml:1:18)",
    ),
    ("endpont: x", "'' has invalid keys: endpont (at c.yaml:1:1; did you mean \"endpoint\"?)"),
    ("Endpoint: x", "'' has invalid keys: Endpoint (at c.yaml:1:1; did you mean \"endpoint\"?)"),
    (
        "tls: {ca: x}",
        "'tls' has invalid keys: ca (at c.yaml:1:7; valid: ca_file, min_version, password)",
    ),
    (
        "next: {zzz: 1, ca_fil: 2}",
        "'next' has invalid keys: ca_fil, zzz (at c.yaml:1:16; did you mean \"ca_file\"?; zzz at c.yaml:1:8: valid: ca_file, min_version, password)",
    ),
];

#[test]
fn wrong_values_say_what_is_expected_and_where() {
    for (text, expected) in WRONG {
        assert_eq!(read(text), Err(vec![(*expected).to_owned()]), "{text}");
    }
}

#[test]
fn all_faults_are_reported_in_one_go() {
    let text =
        "foo: 1\nendpoint: 3\ntls:\n  ca: 1\n  password: 4\nrules: [{a: 1}, {b: 2}]\ntimeout: x\n";
    let errors = read(text).expect_err("faults");
    let paths: Vec<&str> = errors.iter().filter_map(|e| e.split('\'').nth(1)).collect();
    assert_eq!(paths, ["", "endpoint", "timeout", "tls", "tls.password", "rules[0]", "rules[1]"]);
}

#[test]
fn the_headline_and_the_lines_are_the_collectors() {
    let value = config::parse("aaa: 1\nzzz: 2", "c.yaml").expect("valid");
    let errors = config::decode::<Rule>(&value, "").expect_err("unknown");
    assert!(errors.to_string().starts_with(
        "decoding failed due to the following error(s):\n\n'' has invalid keys: aaa, zzz"
    ));
}

#[test]
fn secrets_stay_out_of_errors_and_prints() {
    let text = "read_buffer_size: hunter2\ntimeout: hunter2\ninsecure: hunter2\nrules: hunter2\nheaders: hunter2\ntls: hunter2";
    assert!(!read(text).expect_err("faults").join("\n").contains("hunter2"));
    let config =
        read("headers: {authorization: hunter2}\ntls: {password: hunter2}").expect("valid");
    let redacted = config::to_value(&config, config::Mode::Redacted).expect("data");
    let shown = format!("{config:?} {} {}", serde_json::json!(config), config::to_yaml(&redacted));
    assert!(!shown.contains("hunter2") && shown.contains("[REDACTED]"));
    let open = config::to_value(&config, config::Mode::Unredacted).expect("data");
    assert!(config::to_yaml(&open).contains("hunter2"));
    assert_eq!(config.headers.get("authorization").map(Opaque::reveal), Some("hunter2"));
}

#[test]
fn headers_given_twice_are_a_problem() {
    let config = read("headers: [{name: foo}, {name: bar}, {name: foo}]").expect("decodes");
    assert_eq!(config.headers.problems().to_string(), "duplicate keys in map-style list: [foo]");
    assert!(read("headers: {a: x}").expect("valid").headers.problems().is_empty());
}

#[test]
fn squashed_structs_share_one_map() {
    type Both = Squash<Tls, Squash<Rule, Extra>>;
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Extra {
        path: String,
    }
    let value = config::parse("ca_file: x\nweight: 3\npath: /p", "c.yaml").expect("valid");
    let Squash(tls, Squash(rule, extra)) = config::decode::<Both>(&value, "").expect("valid");
    assert_eq!((tls.ca_file.as_str(), rule.weight, extra.path.as_str()), ("x", 3, "/p"));
    let value = config::parse("ca_fil: x\nweight: y", "c.yaml").expect("valid");
    let errors = config::decode::<Both>(&value, "").expect_err("faults").to_string();
    assert!(
        errors.contains("'' has invalid keys: ca_fil (at c.yaml:1:1; did you mean \"ca_file\"?)")
    );
    assert!(errors.contains("'weight' expected type 'int'"));
    let printed = config::to_value(&Both::default(), config::Mode::Redacted).expect("data");
    assert_eq!(
        serde_json::json!(printed),
        json!({"ca_file": "", "min_version": "", "name": "", "password": "[REDACTED]", "path": "", "weight": 0})
    );
    let flat = serde_json::json!(Both::default());
    assert_eq!(
        serde_json::from_value::<Both>(flat.clone()).map(|b| serde_json::json!(b)).expect("reads"),
        flat
    );
}

#[test]
fn raw_values_keep_their_places_for_later() {
    let value = config::parse("otlp:\n  x: 1\notlp/2:\n", "c.yaml").expect("valid");
    let parts = config::decode::<BTreeMap<Id, Value>>(&value, "receivers").expect("valid");
    let otlp = parts.get(&"otlp".parse().expect("an id")).expect("present");
    let pos = otlp.get("x").and_then(|x| x.pos.clone()).map(|p| p.to_string());
    assert_eq!(pos.as_deref(), Some("c.yaml:2:6"));
    let error = config::decode::<Rule>(otlp, "").expect_err("unknown key").to_string();
    assert!(error.contains("(at c.yaml:2:3; "), "{error}");
}

#[test]
fn unit_structs_refuse_every_key() {
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Nop;
    let read = |text| config::decode::<Nop>(&config::parse(text, "t").expect("valid"), "");
    assert_eq!(read(""), Ok(Nop));
    assert_eq!(read("{}"), Ok(Nop));
    let error = read("a: 1").expect_err("unknown").to_string();
    assert!(
        error.ends_with("'' has invalid keys: a (at t:1:1; no keys are valid here)"),
        "{error}"
    );
}
