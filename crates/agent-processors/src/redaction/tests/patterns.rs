//! Patterns: Go's syntax here, and what becomes of the texts they match.

use proptest::prelude::*;
use testkit::{check_refused, problems};

use super::super::{
    Config,
    action::Mask,
    matching::{Fate, Values},
    syntax::translate,
};

fn masked(blocked: &[&str], allowed: &[&str], text: &str) -> String {
    let list = |list: &[&str]| list.iter().map(|&it| it.to_owned()).collect::<Vec<_>>();
    let values = Values::new(&list(blocked), &list(allowed), Mask::Fixed).unwrap();
    match values.apply(text.as_bytes()) {
        Fate::Same => "same".to_owned(),
        Fate::Allowed => "allowed".to_owned(),
        Fate::Masked(text) => String::from_utf8(text).unwrap(),
    }
}

#[test]
fn a_pattern_means_what_it_means_to_go() {
    for (pattern, text, expected) in [
        // ASCII only, where Unicode is the default here.
        (r"\d", "٣", "same"),
        (r"\d", "3", "****"),
        (r"\w+", "ä", "same"),
        (r"[^\W_]+", "_ab_", "_****_"),
        (r"\s", "\u{a0}", "same"),
        (r"\s", "\u{b}", "same"),
        (r"a\b", "aé", "****é"),
        (r"\Bb", "ab", "a****"),
        // Characters that are operators here.
        (r"[a&&b]+", "a&b", "****"),
        (r"[[a]+", "[a", "****"),
        (r"[+--]", "a,b", "a****b"),
        (r"[]-]+", "]-", "****"),
        (r"[^]]", "]x", "]****"),
        (r"a{,2}", "a{,2}", "****"),
        (r"a{x}b", "a{x}b", "****"),
        (r"a{2}", "aaa", "****a"),
        (r"\Qa+b\E+", "a+bb", "****"),
        (r"\Qa+b", "a+b", "****"),
        (r"\x41\x{42}\103", "ABC", "****"),
        (r"\<\>", "<>", "****"),
        (r"[[:^alpha:]]+", "a12b", "a****b"),
        (r"\p{^Latin}+", "ab12", "ab****"),
        (r"\PL", "a1", "a****"),
        (r"(?i:k)(?P<n>x)(?<m>y)", "Kxy", "****"),
        (r"(?U)a+", "aa", "********"),
        (r"a.c", "a\nc", "same"),
        (r"(?s)a.c", "a\nc", "****"),
        (r"a$", "a\n", "same"),
    ] {
        assert_eq!(masked(&[pattern], &[], text), expected, "{pattern} on {text:?}");
    }
}

#[test]
fn what_go_refuses_is_refused_with_the_place_and_a_remedy() {
    for (pattern, place) in [
        (r"a(?=b)", "character 2: no look-around"),
        (r"(?<!a)b", "character 1: no look-around"),
        (r"(a)\1", "character 4: no back-references"),
        (r"(?P=n)", "character 1: no back-references"),
        (r"(?x)a", "character 1: only the flags"),
        (r"a\Z", "character 2: `\\Z` is unknown; write `\\z`"),
        (r"[a", "character 1: `[` has no end"),
        (r"[z-a]", "character 2: a range must go up"),
        (r"[a-\d]", "character 2: a range"),
        (r"\p{", "character 1: `\\p{` has no end"),
        (r"[[:vowel:]]", "character 2: `[:vowel:]` is unknown"),
        (r"\x{110000}", "character 1: `\\x` needs"),
        (r"a\", "character 2: a backslash at the end"),
    ] {
        let error = translate(pattern).unwrap_err().to_string();
        assert!(error.starts_with(place), "{pattern}: {error}");
    }
    let yaml = "blocked_values: ['fine', '(?=x)', '(']\nallowed_values: ['a{5}{']";
    let found = problems::<Config>(yaml).to_string();
    assert!(found.contains("blocked_values[1]: `(?=x)`: character 1: no look-around"), "{found}");
    assert!(found.contains("blocked_values[2]: "), "{found}");
}

#[test]
fn only_the_match_is_allowed_and_not_the_text_around_it() {
    const MAIL: &str = "[a-z]+@[a-z.]+";
    for (blocked, allowed, text, expected) in [
        (&[MAIL][..], &["a@b.com"][..], "a@b.com x@y.com", "a@b.com ****"),
        (&[MAIL], &["a@b.com"], "a@b.com", "allowed"),
        (&[MAIL], &["fine"], "fine", "allowed"),
        // Inside of something allowed.
        (&["com"], &["b.com"], "b.com c.com", "b.com c.****"),
        (
            &["[A-Z][a-z]+"],
            &["John Smith", "Smith Ltd"],
            "John Smith Ltd Paul",
            "John Smith Ltd ****",
        ),
        // A pattern that fits any text does not reach beyond the word.
        (&["[0-9]+", MAIL], &[".+@b.com"], "12345 a@b.com", "**** a@b.com"),
        (&["[0-9]+"], &[".*"], "a 1 b", "allowed"),
        (&["secret"], &["^GET .*"], "GET /secret", "GET /****"),
        (&["a b"], &["x.*y"], "x-a b-y", "allowed"),
        // Anchors see the whole text.
        (&["[0-9]+"], &["^1+$"], "1 2", "**** ****"),
        (&["[0-9]+"], &["^1+$"], "111", "allowed"),
    ] {
        assert_eq!(masked(blocked, allowed, text), expected, "{blocked:?} {allowed:?} on {text:?}");
    }
}

#[test]
fn patterns_that_match_everywhere_do_not_make_a_text_endlessly_longer() {
    let patterns = ["x*"; 12];
    let text = masked(&patterns, &[], &"a".repeat(2_000));
    assert!(text == "****" || text.len() < 40_000, "{}", text.len());
}

#[test]
fn keys_of_hashes_are_checked_and_never_shown() {
    let key = |length: usize| "k".repeat(length);
    for (function, length, fault) in [
        ("hmac-sha256", 0, "hmac_key must not be empty when hash_function is \"hmac-sha256\""),
        (
            "hmac-sha256",
            31,
            "hmac_key must be at least 32 bytes long for \"hmac-sha256\", got 31 bytes",
        ),
        (
            "HMAC-SHA512",
            63,
            "hmac_key must be at least 64 bytes long for \"hmac-sha512\", got 63 bytes",
        ),
        ("hmac-sha512", 64, ""),
        ("md5", 0, ""),
    ] {
        let yaml = format!("hash_function: {function}\nhmac_key: '{}'", key(length));
        let found = problems::<Config>(&yaml).to_string();
        assert!(found.contains(fault) && found.is_empty() == fault.is_empty(), "{found}");
        let config = testkit::settings::<Config>(&yaml);
        assert!(!format!("{config:?}").contains("kkkk"));
    }
    check_refused::<Config>("hash_function: sha256", "unknown HashFunction sha256");
}

proptest! {
    #[test]
    fn any_pattern_is_refused_or_searched_for(
        pattern in r"[\\()\[\]{}?*+|^$.,:<>!=&~#a-cA-Cd-pQEsSwWxz0-9 é-]{0,12}",
        text in "[a-cA-C0-9@ é\\n-]{0,24}",
    ) {
        let list = [pattern];
        if let Ok(values) = Values::new(&list, &[], Mask::Fixed) {
            let _ = values.apply(text.as_bytes());
        }
        if let Ok(values) = Values::new(&["[a-c]+".to_owned()], &list, Mask::Fixed) {
            let _ = values.apply(text.as_bytes());
        }
    }

    #[test]
    fn queries_and_urls_of_any_bytes_are_read_to_their_end(text in proptest::collection::vec(any::<u8>(), 0..64)) {
        let settings = "allow_all_keys: true\nurl_sanitizer: {enabled: true}\ndb_sanitizer: {sql: {enabled: true}, \
                        redis: {enabled: true}, memcached: {enabled: true}, mongo: {enabled: true}}";
        let config = testkit::settings::<Config>(settings);
        let _ = super::super::sanitize::Sanitizers::new(&config).body(&text);
    }
}
