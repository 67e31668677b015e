//! `$$` (rows of `confmap/internal/e2e/expand_test.go` and C§2.4).

use serde_json::{Value as Json, json};

use crate::support::{Env, json as to_json, one, resolve};

const ENV: Env<'_> = &[
    ("ENV_VALUE", "some expanded value"),
    ("ENV_LIST", "['$$ESCAPE_ME','$${ESCAPE_ME}','$${env:ESCAPE_ME}']"),
    ("ENV_MAP", "{'key1':'$$ESCAPE_ME','key2':'$${ESCAPE_ME}','key3':'$${env:ESCAPE_ME}'}"),
    ("ENV_NESTED_DOLLARSIGN", "here is 1 $$"),
    ("ENV_NESTED_DOLLARSIGN_ESCAPED", "here are 2 $$$"),
    ("ENV_EXPAND_NESTED", "${env:ENV_VALUE} came from nested expansion"),
    ("A", "aval"),
    ("B", "bval"),
];

#[test]
fn dollars_are_escaped_by_doubling() {
    let rows: &[(&str, Json)] = &[
        ("$$ENV_VALUE", json!("$ENV_VALUE")),
        ("$$$$ENV_VALUE", json!("$$ENV_VALUE")),
        ("$$${ENV_VALUE}", json!("$some expanded value")),
        ("some${ENV_VALUE}text", json!("somesome expanded valuetext")),
        ("some$${ENV_VALUE}text", json!("some${ENV_VALUE}text")),
        ("$${ONE}$${TWO}", json!("${ONE}${TWO}")),
        ("text$$", json!("text$")),
        ("$$", json!("$")),
        ("$${1}$${env:2}", json!("${1}${env:2}")),
        ("some$${env:ENV_VALUE}text", json!("some${env:ENV_VALUE}text")),
        ("$${env:${ENV_VALUE}}", json!("${env:some expanded value}")),
        ("$${env:$${ENV_VALUE}}", json!("${env:${ENV_VALUE}}")),
        ("env:MAP_VALUE_2}$${ENV_VALUE}{", json!("env:MAP_VALUE_2}${ENV_VALUE}{")),
        ("$$${env:ENV_VALUE}", json!("$some expanded value")),
        ("$ENV_VALUE", json!("$ENV_VALUE")),
        ("${env:ENV_LIST}", json!(["$ESCAPE_ME", "${ESCAPE_ME}", "${env:ESCAPE_ME}"])),
        (
            "${env:ENV_MAP}",
            json!({"key1": "$ESCAPE_ME", "key2": "${ESCAPE_ME}", "key3": "${env:ESCAPE_ME}"}),
        ),
        ("${env:ENV_NESTED_DOLLARSIGN}", json!("here is 1 $")),
        ("${env:ENV_NESTED_DOLLARSIGN_ESCAPED}", json!("here are 2 $$")),
        ("${env:ENV_EXPAND_NESTED}", json!("some expanded value came from nested expansion")),
        // C§2.4: an escaped reference ends the search in its string.
        ("$${A}-${B}", json!("${A}-${B}")),
        ("${B}-$${A}", json!("bval-${A}")),
        ("${env:A} $${env:A}", json!("aval $aval")),
        ("$$$${A}", json!("$${A}")),
        ("$$$$${A}", json!("$$aval")),
    ];
    for (input, expected) in rows {
        let resolved = resolve(&one("k", input), ENV).unwrap_or_else(|e| panic!("{input}: {e}"));
        assert_eq!(to_json(&resolved.value), json!({"k": expected}), "{input}");
        let nested = resolve(&format!("k: [{{n: {}}}]", serde_json::json!(input)), ENV);
        let nested = nested.unwrap_or_else(|e| panic!("{input}: {e}"));
        assert_eq!(to_json(&nested.value), json!({"k": [{"n": expected}]}), "{input}");
    }
}

#[test]
fn keys_are_never_expanded() {
    let resolved = resolve("'${A}': 1\n'$$B': 2", ENV).expect("valid");
    assert_eq!(to_json(&resolved.value), json!({"${A}": 1, "$$B": 2}));
}
