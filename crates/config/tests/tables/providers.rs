//! Locations and what they stand for (C§1.2).

use std::fs;

use config::{HttpProvider, Provider, Resolver, Severity};
use serde_json::json;

use crate::support::{json as to_json, providers, resolve};

fn error_of(uri: &str) -> String {
    let error = Resolver::new(providers(&[("S", "secret")])).resolve(&[uri], &[] as &[&str]);
    error.map(|r| to_json(&r.value)).expect_err(uri).to_string()
}

#[test]
fn bad_locations_say_why() {
    let rows = [
        ("foo:bar", "unsupported scheme on URI \"foo:bar\"; use one of file, env, yaml, test, odd"),
        ("1x:bar", "invalid uri: \"1x:bar\""),
        (
            "file:nope.yaml",
            "cannot retrieve the configuration: unable to read the file file:nope.yaml: open nope.yaml: no such file or directory",
        ),
        (
            "nope.yaml",
            "cannot retrieve the configuration: unable to read the file file:nope.yaml: open nope.yaml: no such file or directory",
        ),
        (
            "./x/../nope.yaml",
            "cannot retrieve the configuration: unable to read the file file:./x/../nope.yaml: open nope.yaml: no such file or directory",
        ),
        (
            "C:nope.yaml",
            "cannot retrieve the configuration: unable to read the file file:C:nope.yaml: open C:nope.yaml: no such file or directory",
        ),
        (
            "file:src",
            "cannot retrieve the configuration: unable to read the file file:src: read src: is a directory",
        ),
        ("yaml:text", "retrieved value (type=string) cannot be used as a Conf (at yaml:…:1:1)"),
        ("yaml:3", "retrieved value (type=int) cannot be used as a Conf (at yaml:…:1:1)"),
        (
            "yaml:[1]",
            "retrieved value (type=[]interface {}) cannot be used as a Conf (at yaml:…:1:1)",
        ),
        (
            "yaml:a: 1\na: 2",
            "retrieved value (type=string) cannot be used as a Conf: assuming string type since contents are not valid YAML: yaml: unmarshal errors:\n  line 2: mapping key \"a\" already defined at line 1 (at yaml:a:2:1)",
        ),
        (
            "env:a.b",
            "cannot retrieve the configuration: environment variable \"a.b\" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
    ];
    for (uri, expected) in rows {
        assert_eq!(error_of(uri), expected);
    }
    assert!(!error_of("env:S").contains("secret"));
    let none = Resolver::new(providers(&[])).resolve(&[] as &[&str], &[] as &[&str]);
    assert_eq!(none.expect_err("none").message(), "at least one config flag must be provided");
}

#[test]
fn files_are_read_with_their_name_as_source() {
    let folder = std::env::temp_dir().join(format!("config-test-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (main, part) = (folder.join("main.yaml"), folder.join("part.yaml"));
    fs::write(&part, "grpc:\n  endpoint: ${env:HOST}\n").expect("written");
    fs::write(&main, format!("protocols: ${{file:{}}}\n", part.display())).expect("written");
    let resolver = Resolver::new(providers(&[("HOST", "h:1")]));
    let resolved = resolver.resolve(&[main.display().to_string()], &[] as &[&str]).expect("valid");
    fs::remove_dir_all(&folder).expect("removed");
    assert_eq!(to_json(&resolved.value), json!({"protocols": {"grpc": {"endpoint": "h:1"}}}));
    let place = |path: &[&str]| {
        resolved.value.get_path(path).and_then(|v| v.pos.clone()).map(|p| (p.source, p.line))
    };
    assert_eq!(place(&["protocols"]).map(|p| p.0.ends_with("main.yaml")), Some(true));
    let (source, line) = place(&["protocols", "grpc", "endpoint"]).expect("a place");
    assert!(source.ends_with("part.yaml") && line == 2);
}

#[test]
fn unset_and_empty_variables_are_worth_a_line_each_once() {
    let document = "a: ${env:UNSET}\nb: x${UNSET}y\nc: ${env:EMPTY}\nd: ${env:UNSET2:-1}";
    let resolved = resolve(document, &[("EMPTY", "")]).expect("valid");
    assert_eq!(to_json(&resolved.value), json!({"a": null, "b": "xy", "c": null, "d": 1}));
    let lines: Vec<_> = resolved.warnings.iter().map(|w| (w.severity, w.to_string())).collect();
    assert_eq!(
        lines,
        [
            (
                Severity::Warn,
                "Configuration references unset environment variable name=\"UNSET\"".to_owned()
            ),
            (
                Severity::Info,
                "Configuration references empty environment variable name=\"EMPTY\"".to_owned()
            ),
        ]
    );
    // A default is for unset variables only, unlike in a shell.
    let resolved = resolve("a: ${env:EMPTY:-1}", &[("EMPTY", "")]).expect("valid");
    assert_eq!(to_json(&resolved.value), json!({"a": null}));
}

#[test]
fn urls_are_fetched_and_their_secrets_stay_out_of_errors() {
    let provider = HttpProvider::new(
        "http",
        Box::new(|url| match url {
            "http://h/ok" => Ok((200, b"a: 1".to_vec())),
            "http://h/text" => Ok((200, b"x".to_vec())),
            "http://h/bytes" => Ok((200, vec![0xff])),
            "http://h/500" | "http://u:pw@h/500?token=pw" => Ok((500, Vec::new())),
            _ => Err("connection refused".to_owned()),
        }),
    );
    let get = |opaque: &str| provider.retrieve(opaque).map(|r| to_json(&r.value));
    assert_eq!(get("//h/ok"), Ok(json!({"a": 1})));
    assert_eq!(get("//h/text"), Ok(json!("x")));
    let rows = [
        ("//h/500", "failed to load resource from uri \"http://h/500\". status code: 500"),
        (
            "//u:pw@h/500?token=pw",
            "failed to load resource from uri \"http://h/500?…\". status code: 500",
        ),
        (
            "//h/nope",
            "unable to download the file via HTTP GET for uri \"http://h/nope\": connection refused",
        ),
        ("//h/bytes", "fail to read the response body from uri \"http://h/bytes\": invalid UTF-8"),
    ];
    for (opaque, expected) in rows {
        assert_eq!(get(opaque).map_err(|e| e.to_string()), Err(expected.to_owned()));
    }
}
