//! Ids and durations (C§2.5, C§2.7; rows of `identifiable_test.go` and `pipeline_test.go`).

use std::collections::BTreeMap;

use config::{Duration, Id, PipelineId};

#[test]
fn ids_parse() {
    let rows = [
        ("otlp", "otlp", ""),
        ("valid_type/valid_name", "valid_type", "valid_name"),
        ("   valid_type   /   valid_name  ", "valid_type", "valid_name"),
        ("valid_type/中文好", "valid_type", "中文好"),
        ("valid_type/name-with-dashes", "valid_type", "name-with-dashes"),
        (
            "valid_type/Linux-Messages-File_01J49HCH3SWFXRVASWFZFRT3J2__processor0__logs",
            "valid_type",
            "Linux-Messages-File_01J49HCH3SWFXRVASWFZFRT3J2__processor0__logs",
        ),
        ("valid_type/1", "valid_type", "1"),
        ("a/b/c", "a", "b/c"),
        ("A9_/x", "A9_", "x"),
    ];
    for (text, kind, name) in rows {
        let id: Id = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!((id.kind(), id.name()), (kind, name));
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    let long = format!("t/{}", "a".repeat(1024));
    assert!(long.parse::<Id>().is_ok());
    assert!("a".repeat(63).parse::<Id>().is_ok());
}

#[test]
fn bad_ids_say_why() {
    let rows = [
        ("", "id must not be empty"),
        ("      ", "id must not be empty"),
        ("/x", "in \"/x\" id: the part before / should not be empty"),
        ("     /valid_name", "in \"     /valid_name\" id: the part before / should not be empty"),
        ("otlp/", "in \"otlp/\" id: the part after / should not be empty"),
        ("valid_type/      ", "in \"valid_type/      \" id: the part after / should not be empty"),
        ("a-b", "in \"a-b\" id: invalid character(s) in type \"a-b\""),
        ("1a", "in \"1a\" id: invalid character(s) in type \"1a\""),
        ("é", "in \"é\" id: invalid character(s) in type \"é\""),
        ("t/a b", "in \"a b\" id: invalid character(s) in name \"a b\""),
        ("t/a$", "in \"a$\" id: invalid character(s) in name \"a$\""),
        ("t/a\u{7}", "in \"a\\u{7}\" id: invalid character(s) in name \"a\\u{7}\""),
        ("t/a€", "in \"a€\" id: invalid character(s) in name \"a€\""),
    ];
    for (text, expected) in rows {
        assert_eq!(
            text.parse::<Id>().map_err(|e| e.to_string()),
            Err(expected.to_owned()),
            "{text:?}"
        );
    }
    assert!("a".repeat(64).parse::<Id>().is_err());
    let long = format!("t/{}", "a".repeat(1025)).parse::<Id>().expect_err("too long");
    assert!(long.to_string().ends_with("is longer than 1024 characters (1025 characters)"));
}

#[test]
fn pipeline_ids_parse_or_say_why() {
    for text in ["traces", "metrics/2", "logs/a/b", " profiles / x "] {
        let id: PipelineId = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(id.to_string(), text.replace(' ', ""));
    }
    let rows = [
        ("foo", "in \"foo\" id: unknown pipeline signal: \"foo\""),
        ("TRACES/x", "in \"TRACES/x\" id: unknown pipeline signal: \"TRACES\""),
        ("", "id must not be empty"),
        ("/x", "in \"/x\" id: the part before / should not be empty"),
        ("traces/", "in \"traces/\" id: the part after / should not be empty"),
        ("traces/a b", "in \"a b\" id: invalid character(s) in name \"a b\""),
    ];
    for (text, expected) in rows {
        assert_eq!(text.parse::<PipelineId>().map_err(|e| e.to_string()), Err(expected.to_owned()));
    }
}

#[test]
fn ids_that_become_equal_are_reported() {
    let value = config::parse("' otlp': 1\notlp: 2\nbad id: 3\na-b: 4", "t").expect("valid");
    let errors = config::decode::<BTreeMap<Id, i64>>(&value, "exporters").expect_err("duplicate");
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "'exporters' duplicate name \"otlp\" after unmarshaling otlp (at t:2:1)",
            "'exporters' in \"bad id\" id: invalid character(s) in type \"bad id\" (at t:3:1)",
            "'exporters' in \"a-b\" id: invalid character(s) in type \"a-b\" (at t:4:1)",
        ]
    );
}

#[test]
fn durations_parse_and_print_as_go() {
    let rows: &[(&str, i64, &str)] = &[
        ("0", 0, "0s"),
        ("+0", 0, "0s"),
        ("-0", 0, "0s"),
        ("5s", 5_000_000_000, "5s"),
        ("300ms", 300_000_000, "300ms"),
        ("1.5h", 5_400_000_000_000, "1h30m0s"),
        ("2h45m", 9_900_000_000_000, "2h45m0s"),
        ("-1.5s", -1_500_000_000, "-1.5s"),
        ("1us", 1_000, "1µs"),
        ("1µs", 1_000, "1µs"),
        ("1μs", 1_000, "1µs"),
        ("1500ns", 1_500, "1.5µs"),
        (".5s", 500_000_000, "500ms"),
        ("5.s", 5_000_000_000, "5s"),
        ("1m30s", 90_000_000_000, "1m30s"),
        ("90s", 90_000_000_000, "1m30s"),
        ("1h1ns", 3_600_000_000_001, "1h0m0.000000001s"),
        ("0.000000000001s", 0, "0s"),
        ("9223372036854775807ns", i64::MAX, "2562047h47m16.854775807s"),
        ("-9223372036854775808ns", i64::MIN, "-2562047h47m16.854775808s"),
    ];
    for (text, nanos, shown) in rows {
        let duration: Duration = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!((duration.nanos(), duration.to_string().as_str()), (*nanos, *shown), "{text}");
    }
    let bad = [
        ("", "time: invalid duration"),
        ("-", "time: invalid duration"),
        ("3", "time: missing unit in duration"),
        ("s", "time: invalid duration"),
        (".s", "time: invalid duration"),
        ("1d", "time: unknown unit"),
        ("1 s", "time: unknown unit"),
        ("1s2", "time: missing unit in duration"),
        ("abc", "time: invalid duration"),
        ("9223372036854775808ns", "time: invalid duration"),
        ("3000000h", "time: invalid duration"),
        ("99999999999999999999s", "time: invalid duration"),
    ];
    for (text, expected) in bad {
        assert_eq!(
            text.parse::<Duration>().map_err(|e| e.to_string()),
            Err(expected.to_owned()),
            "{text:?}"
        );
    }
    let negative: Duration = "-1s".parse().expect("valid");
    assert!(negative.is_negative() && negative.is_zero());
}
