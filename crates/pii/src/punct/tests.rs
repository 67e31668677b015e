use proptest::prelude::*;

use super::{
    assign::{assign, closely},
    header,
};
use crate::{Context, Engine, Finding, Policy, context::Hints, engine::Scan};

/// What is found by looking at each sign so.
fn found(engine: &Engine, text: &[u8], look: fn(&mut Scan<'_>, usize)) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut scan = Scan::new(engine, text, Context::default(), Hints::NONE, &mut found);
    for (place, byte) in text.iter().enumerate() {
        if matches!(byte, b':' | b'=' | b'>') {
            look(&mut scan, place);
        }
    }
    found
}

fn soups() -> impl Strategy<Value = String> {
    let parts = vec![
        "password",
        "api_key",
        "customer",
        "name",
        "userName",
        "role",
        "content",
        "pin",
        "cvv",
        "Cookie",
        "iban",
        "authorization",
        "\\npassword",
        "std",
        "e",
        "00",
        "1a",
        ":3c:4d:00:1a:2b:3c:4d:5e",
        "Mac",
        "2b",
        "fe80",
        "a1",
        ":",
        "::",
        "=",
        "==",
        ">",
        "\":",
        "\": \"",
        "://",
        ":\\/\\/",
        "@",
        "host.example",
        "Hunter2!",
        "s3cr3t-Value",
        "Ada Lovelace",
        "Basic dXNlcjpwdzEyMzQ=",
        "12/27",
        "123",
        " ",
        "\"",
        "'",
        "{",
        "}",
        ", ",
        "\\\"",
        "<password>",
        "</password>",
        "-u ",
        "--user=",
        "=40",
        "\n",
    ];
    proptest::collection::vec(proptest::sample::select(parts), 0..14)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn signs_let_go_by_three_letters_have_nothing_behind_them(text in soups()) {
        let engine = Engine::new(&Policy::default()).unwrap();
        prop_assert_eq!(found(&engine, text.as_bytes(), assign), found(&engine, text.as_bytes(), closely));
    }
}

/// Whether a cookie that opens something is found behind each of `starts`, each with or without what was read before.
fn cookies(text: &[u8], starts: &[usize], is_fresh: bool) -> Vec<bool> {
    let engine = Engine::new(&Policy::default()).expect("a policy");
    let mut found = Vec::new();
    let mut scan = Scan::new(&engine, text, Context::default(), Hints::NONE, &mut found);
    let mut all = Vec::new();
    for start in starts {
        if is_fresh {
            scan.line = crate::bytes::Extent::default();
            (scan.cookies_clear, scan.equals) = ((0, 0), usize::MAX / 2);
        }
        all.push(header::cookie(&mut scan, *start));
    }
    all
}

proptest! {
    #[test]
    fn cookies_that_were_read_are_those_that_are_read_again(
        parts in proptest::collection::vec(prop::sample::select(vec![
            "Cookie: ", "a=b", "; ", ";", "path=", "=", " = ", "sid=4f1a9c2b7d", "domain=example.org; ", "{", "\n", "\"", "x", "$",
        ]), 1..40),
        times in 1..80_usize,
    ) {
        let text = parts.concat().repeat(times);
        let starts: Vec<usize> = text.match_indices(": ").map(|(at, _)| at + 2).collect();
        prop_assert_eq!(cookies(text.as_bytes(), &starts, false), cookies(text.as_bytes(), &starts, true));
    }
}
