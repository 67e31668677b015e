//! Typed results of whole-value references (rows of `confmap/internal/e2e/types_test.go`).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use config::{Opaque, StringList, Value};

use crate::support::{Env, resolve};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Target<T> {
    field: T,
}

#[derive(Debug, Clone, Copy)]
enum Field {
    Int,
    Text,
    Inline,
    Bool,
    List,
}
use Field::{Bool, Inline, Int, List, Text};

fn read<T>(document: &str, env: Env<'_>) -> Result<T, String>
where
    T: Default + Serialize + DeserializeOwned,
{
    let resolved = resolve(document, env).map_err(|e| e.to_string())?;
    let target: Target<T> = config::decode(&resolved.value, "").map_err(|e| e.to_string())?;
    Ok(target.field)
}

fn to_json<T: Serialize>(value: Result<T, String>) -> Result<Json, String> {
    value.map(|value| serde_json::to_value(value).expect("data"))
}

fn check(field: Field, env: Env<'_>) -> Result<Json, String> {
    const WHOLE: &str = "field: ${env:ENV}";
    match field {
        Int => to_json(read::<i64>(WHOLE, env)),
        Bool => to_json(read::<bool>(WHOLE, env)),
        Text => to_json(read::<String>(WHOLE, env)),
        List => to_json(read::<Vec<Value>>(WHOLE, env)),
        Inline => to_json(read::<String>("field: inline field with ${env:ENV} expansion", env)),
    }
}

#[test]
fn typed_settings_take_the_value_and_string_settings_the_text() {
    let inline = |text: &str| json!(format!("inline field with {text} expansion"));
    let rows: Vec<(&str, Field, Json)> = vec![
        ("123", Int, json!(123)),
        ("123", Text, json!("123")),
        ("123", Inline, inline("123")),
        ("0123", Int, json!(83)),
        ("0123", Text, json!("0123")),
        ("0123", Inline, inline("0123")),
        ("0xdeadbeef", Int, json!(3_735_928_559_u32)),
        ("0xdeadbeef", Text, json!("0xdeadbeef")),
        ("0xdeadbeef", Inline, inline("0xdeadbeef")),
        ("\"0123\"", Text, json!("\"0123\"")),
        ("\"0123\"", Inline, inline("\"0123\"")),
        ("!!str 0123", Text, json!("!!str 0123")),
        ("!!str 0123", Inline, inline("!!str 0123")),
        ("{\"field\": 123}", Inline, inline("{\"field\": 123}")),
        ("1111:1111:1111:1111:1111::", Inline, inline("1111:1111:1111:1111:1111::")),
        ("1111:1111:1111:1111:1111::", Text, json!("1111:1111:1111:1111:1111::")),
        ("2006-01-02T15:04:05Z07:00", Text, json!("2006-01-02T15:04:05Z07:00")),
        ("2006-01-02T15:04:05Z07:00", Inline, inline("2006-01-02T15:04:05Z07:00")),
        ("2023-03-20T03:17:55.432328Z", Text, json!("2023-03-20T03:17:55.432328Z")),
        ("2023-03-20T03:17:55.432328Z", Inline, inline("2023-03-20T03:17:55.432328Z")),
        ("true # comment with a ${env:hello.world} reference", Bool, json!(true)),
        ("[\"a\",", Text, json!("[\"a\",")),
        ("[\"a\",", Inline, inline("[\"a\",")),
        (
            "[filelog,windowseventlog/application]",
            List,
            json!(["filelog", "windowseventlog/application"]),
        ),
        (
            "[filelog,windowseventlog/application]",
            Text,
            json!("[filelog,windowseventlog/application]"),
        ),
        (
            "[filelog,windowseventlog/application]",
            Inline,
            inline("[filelog,windowseventlog/application]"),
        ),
        ("$$ENV", Text, json!("$ENV")),
        ("$$ENV", Inline, inline("$ENV")),
        ("$${ENV}", Text, json!("${ENV}")),
        ("$${ENV}", Inline, inline("${ENV}")),
        ("$${env:ENV}", Text, json!("${env:ENV}")),
        ("$${env:ENV}", Inline, inline("${env:ENV}")),
        ("[filelog,${env:ENV_VALUE}]", Text, json!("[filelog,testreceiver]")),
        ("[filelog,${ENV_VALUE}]", Text, json!("[filelog,testreceiver]")),
        ("[\"filelog\",\"$${env:ENV_VALUE}\"]", Text, json!("[\"filelog\",\"${env:ENV_VALUE}\"]")),
        ("[\"filelog\",\"$${ENV_VALUE}\"]", Text, json!("[\"filelog\",\"${ENV_VALUE}\"]")),
        ("[\"filelog\",\"$$ENV_VALUE\"]", Text, json!("[\"filelog\",\"$ENV_VALUE\"]")),
        ("[\"filelog\",\"$ENV_VALUE\"]", Text, json!("[\"filelog\",\"$ENV_VALUE\"]")),
        ("", Int, json!(0)),
        ("", Text, json!("")),
        ("", Bool, json!(false)),
        ("", List, json!([])),
        ("null", Text, json!("null")),
    ];
    for (text, field, expected) in rows {
        let name = format!("{text:?} as {field:?}");
        let direct = check(field, &[("ENV", text), ("ENV_VALUE", "testreceiver")]);
        assert_eq!(direct, Ok(expected.clone()), "{name}");
        let indirect = [("ENV", "${env:ENV2}"), ("ENV2", text), ("ENV_VALUE", "testreceiver")];
        assert_eq!(check(field, &indirect), Ok(expected), "{name}, indirect");
    }
}

#[test]
fn wrong_types_are_errors() {
    let rows: &[(&str, Field, &str)] = &[
        ("\"0123\"", Int, "'field' expected type 'int', got unconvertible type 'string'"),
        ("t", Bool, "'field' expected type 'bool', got unconvertible type 'string'"),
        ("23", Bool, "'field' expected type 'bool', got unconvertible type 'int'"),
        (
            "true # comment with a ${env:hello.world} reference",
            Text,
            "expected type 'string', got unconvertible type 'bool'",
        ),
        (
            "true # comment with a ${env:hello.world} reference",
            Inline,
            "environment variable \"hello.world\" has invalid name",
        ),
    ];
    for (text, field, expected) in rows {
        for env in [vec![("ENV", *text)], vec![("ENV", "${env:ENV2}"), ("ENV2", *text)]] {
            let error = check(*field, &env).expect_err(text);
            assert!(error.contains(expected), "{text:?} as {field:?}: {error}");
        }
    }
}

#[test]
fn texts_nest() {
    for inner in ["123", "opentelemetry"] {
        let env = [
            ("ENV", "The value ${env:ENV2} is wrapped"),
            ("ENV2", "The value ${env:ENV3} is wrapped"),
            ("ENV3", inner),
        ];
        let wrapped = format!("The value The value {inner} is wrapped is wrapped");
        assert_eq!(check(Text, &env), Ok(json!(wrapped)));
        assert_eq!(
            check(Inline, &env),
            Ok(json!(format!("inline field with {wrapped} expansion")))
        );
    }
}

#[test]
fn maps_nest_and_keep_their_text() {
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Outer {
        env: Inner,
        inline: String,
    }
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Inner {
        env2: Innermost,
    }
    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Innermost {
        value: i64,
    }
    let env = [
        ("ENV", r#"{env: "${env:ENV2}", inline: "inline ${env:ENV2}"}"#),
        ("ENV2", r#"{env2: "${env:ENV3}"}"#),
        ("ENV3", "{value: 123}"),
    ];
    let expected = Outer {
        env: Inner { env2: Innermost { value: 123 } },
        inline: r#"inline {env2: "{value: 123}"}"#.to_owned(),
    };
    assert_eq!(read::<Outer>("field: ${env:ENV}", &env), Ok(expected));
    assert_eq!(
        check(Text, &env),
        Ok(json!(r#"{env: "{env2: "{value: 123}"}", inline: "inline {env2: "{value: 123}"}"}"#))
    );
}

#[test]
fn references_in_comments_matter_only_to_text() {
    let text = "# this is a comment with ${EXPAND_ME}\ndebug:\n  verbosity: detailed";
    let env = [("ENV", text), ("EXPAND_ME", "an expanded env var")];
    let value = read::<Value>("field: ${env:ENV}", &env).expect("valid");
    assert_eq!(crate::support::json(&value), json!({"debug": {"verbosity": "detailed"}}));
    assert_eq!(check(Text, &env), Ok(json!(text.replace("${EXPAND_ME}", "an expanded env var"))));
    let broken = [("ENV", "# ${env:hello.world}\na: 1")];
    let value = read::<Value>("field: ${env:ENV}", &broken).expect("valid");
    assert_eq!(crate::support::json(&value), json!({"a": 1}));
}

#[test]
fn stringy_structures_take_texts() {
    use std::collections::BTreeMap;
    let env = [("VALUE", "1234"), ("EMPTY", "")];
    let opaque = read::<BTreeMap<String, Opaque>>("field: {key: '${env:VALUE}'}", &env);
    assert_eq!(opaque.map(|m| m["key"].reveal().to_owned()), Ok("1234".to_owned()));
    assert_eq!(read("field: ['${env:VALUE}']", &env), Ok(vec!["1234".to_owned()]));
    assert_eq!(read("field: ['${env:VALUE}']", &env), Ok(vec![1234_i64]));
    assert_eq!(read("field: ['${env:VALUE}']", &env), Ok(StringList(vec!["1234".to_owned()])));
    let mixed =
        read::<Vec<BTreeMap<String, Vec<String>>>>("field: [{key: ['${env:VALUE}']}]", &env);
    assert_eq!(mixed.map(|m| m[0]["key"].clone()), Ok(vec!["1234".to_owned()]));
    assert_eq!(read("field: ${env:VALUE}", &env), Ok(Some("1234".to_owned())));
    assert_eq!(read("field: ${env:EMPTY}", &env), Ok(None::<String>));
}
