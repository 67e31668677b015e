//! Which references are found in a string (rows of `confmap/expand_test.go`).

use serde_json::{Value as Json, json};

use crate::support::{Env, json as to_json, one, resolve};

const ENV: Env<'_> = &[
    ("COMPLEX_VALUE", "[localhost:3042]"),
    ("HOST", "localhost"),
    ("TIMESTAMP", "2023-03-20T03:17:55.432328Z"),
    ("OS", "ubuntu"),
    ("PR", "amd"),
    ("PORT", "3044"),
    ("INT", "1"),
    ("FLOAT64", "6.4"),
    ("BOOL", "true"),
    ("NESTED", "HOST"),
];

#[test]
fn references_are_found_in_strings() {
    let rows: &[(&str, Json)] = &[
        ("${HOST}:${PORT}", json!("localhost:3044")),
        ("${HOST}:$PORT", json!("localhost:$PORT")),
        ("${env:COMPLEX_VALUE}", json!(["localhost:3042"])),
        ("${env:HOST}:3043", json!("localhost:3043")),
        ("${env:HOST}:${env:PORT}", json!("localhost:3044")),
        ("https://${env:HOST}:3045", json!("https://localhost:3045")),
        ("${env:HOST}:${PORT}", json!("localhost:3044")),
        ("test_${env:INT}", json!("test_1")),
        ("test_${env:FLOAT64}", json!("test_6.4")),
        ("test_${env:BOOL}", json!("test_true")),
        ("test_${env:TIMESTAMP}", json!("test_2023-03-20T03:17:55.432328Z")),
        ("test_${env:BOOL}_test_${env:BOOL}", json!("test_true_test_true")),
        ("test_${env:COMPLEX_VALUE}", json!("test_[localhost:3042]")),
        ("${test:localhost:${env:PORT}}", json!("localhost:3044")),
        ("${test:localhost:${PORT}}", json!("localhost:3044")),
        ("${test:${env:HOST}:${env:PORT}}", json!("localhost:3044")),
        ("${test:${HOST}:${PORT}}", json!("localhost:3044")),
        ("${test:localhost:${env:PORT}}?os=${env:OS}", json!("localhost:3044?os=ubuntu")),
        ("${test:1${test:2${test:3${test:4${test:5${test:6}}}}}}", json!("123456")),
        ("${env:${NESTED}}", json!("localhost")),
        ("${env:${env:NESTED}}:1", json!("localhost:1")),
        ("env:HOST}", json!("env:HOST}")),
        ("${HOST", json!("${HOST")),
        ("HO{ST}", json!("HO{ST}")),
        ("${env:HOST${env:PORT?os=${env:OS", json!("${env:HOST${env:PORT?os=${env:OS")),
        ("env:HOST}env:PORT}?os=env:OS}", json!("env:HOST}env:PORT}?os=env:OS}")),
        ("env:HOST}${env:PORT", json!("env:HOST}${env:PORT")),
        ("env:HOST}${env:PORT}", json!("env:HOST}3044")),
        ("env:HOST}${PORT}", json!("env:HOST}3044")),
        ("${env:HOST}env:PORT}", json!("localhostenv:PORT}")),
        ("${env:HOST${env:PORT}", json!("${env:HOST3044")),
        ("${env:HOST}${env:PORT", json!("localhost${env:PORT")),
        ("env:HOST}env:PORT}?os=${env:OS}", json!("env:HOST}env:PORT}?os=ubuntu")),
        ("${env:HOST${env:PORT?os=${env:OS}", json!("${env:HOST${env:PORT?os=ubuntu")),
        ("${env:HOST}}}}}}${env:PORT?os=${env:OS}", json!("localhost}}}}}${env:PORT?os=ubuntu")),
        ("${env:HOST}${${${${${env:PORT}?os=${env:OS}", json!("localhost${${${${3044?os=ubuntu")),
        ("env:HOST}${env:PORT}?os=env:OS}&pr=${env:PR}", json!("env:HOST}3044?os=env:OS}&pr=amd")),
        (
            "${env:HOST${env:PORT}?os=${env:OS&pr=${env:PR}",
            json!("${env:HOST3044?os=${env:OS&pr=amd"),
        ),
        ("${HOST}${env:PORT}", json!("localhost3044")),
        ("${env:HOST}${PORT}", json!("localhost3044")),
        ("$HOST", json!("$HOST")),
        ("${env:NOPE:-fallback}", json!("fallback")),
        ("${env:NOPE:-15}", json!(15)),
        ("${env:HOST:-fallback}", json!("localhost")),
        ("${env:NOPE:-}", json!("")),
        ("${env:NOPE:-a:-b}", json!("a:-b")),
        ("${env:NOPE:-${HOST}}", json!("localhost")),
        // Supersets: an error upstream.
        ("${NOPE:-fallback}", json!("fallback")),
        ("${X:-1}", json!(1)),
        ("${HOST:-fallback}", json!("localhost")),
        ("a ${NOPE:-b} c", json!("a b c")),
        ("${NOPE:-}", json!("")),
    ];
    for (input, expected) in rows {
        let resolved = resolve(&one("k", input), ENV).unwrap_or_else(|e| panic!("{input}: {e}"));
        assert_eq!(to_json(&resolved.value), json!({"k": expected}), "{input}");
    }
}

#[test]
fn what_cannot_be_expanded_says_why() {
    let rows = [
        ("${g_c_s:VALUE}", "invalid uri: \"g_c_s:VALUE\""),
        ("${X:1}", "invalid uri: \"X:1\""),
        ("${nope:VALUE}", "scheme \"nope\" is not supported for uri \"nope:VALUE\""),
        ("${test:$VALUE}", "the uri \"test:$VALUE\" contains unsupported characters ('$')"),
        ("${env:$X}", "the uri \"env:$X\" contains unsupported characters ('$')"),
        (
            "${env:a.b}",
            "environment variable \"a.b\" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
        (
            "${env:1A}",
            "environment variable \"1A\" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
        (
            "${}",
            "environment variable \"\" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
        ("${odd:fail}", "odd failure"),
        ("https://${odd:fail}:3045", "odd failure"),
        (
            "localhost:${odd:PORT}",
            "expanding ${odd:PORT}: retrieved value does not have unambiguous string representation: it is of type []interface {}",
        ),
    ];
    for (input, expected) in rows {
        let error = resolve(&one("k", input), &[]).expect_err(input);
        assert_eq!(error.message(), expected, "{input}");
        assert!(error.pos().is_some(), "{input} has a place");
    }
    for document in ["k: ['${odd:fail}']", "k: {n: '${odd:fail}'}"] {
        assert_eq!(resolve(document, &[]).expect_err(document).message(), "odd failure");
    }
}

#[test]
fn what_an_inner_reference_stands_for_is_not_shown_in_errors() {
    let secret = [("KEY", "hunter \"2\""), ("URL", "odd:fail"), ("SHORT", "b")];
    let rows = [
        ("${nope:${env:KEY}}", "scheme \"nope\" is not supported for uri \"nope:${env:KEY}\""),
        (
            "${${KEY}x}",
            "environment variable \"${KEY}x\" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
        ("${test:${KEY}$}", "the uri \"test:${KEY}$\" contains unsupported characters ('$')"),
        ("${${URL}}", "odd failure"),
        (
            "${env:a.${SHORT}}",
            "environment variable \"a.b\" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
    ];
    for (input, expected) in rows {
        let error = resolve(&one("k", input), &secret).expect_err(input);
        assert_eq!(error.message(), expected, "{input}");
    }
}

#[test]
fn endless_and_exploding_references_end() {
    let rows: &[(&str, Env<'_>)] = &[
        ("k: ${env:A}", &[("A", "${env:A}")]),
        ("k: ${env:A}", &[("A", "${env:B}"), ("B", "${env:A}")]),
        ("k: ${env:A}", &[("A", "x${env:A}")]),
        ("k: ${env:A}", &[("A", "[\"${env:A}\"]")]),
        ("k: ${env:A}", &[("A", "[\"${env:A}\", \"${env:A}\"]")]),
        ("k: ${env:A}", &[("A", "{a: \"${env:A}\", b: \"${env:A}\"}")]),
    ];
    for (document, env) in rows {
        let error = resolve(document, env).expect_err(document);
        let bounded = ["too many recursive expansions", "expanded text is larger"];
        assert!(bounded.iter().any(|text| error.message().contains(text)), "{env:?}: {error}");
    }
}
