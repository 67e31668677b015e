//! The body of the fuzz target, on bytes by chance and on pieces of what hides secrets.

#![expect(clippy::panic, reason = "a fault found fails the test")]

#[path = "../fuzz/redact.rs"]
mod redact;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_bytes_make_it_panic_or_let_a_secret_through(input in prop::collection::vec(any::<u8>(), 0..600)) {
        redact::anything(&input);
    }

    #[test]
    fn nor_do_texts_that_hide_secrets_elsewhere(
        pick in any::<u8>(),
        texts in prop::collection::vec(prop::sample::select(vec![
            "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"", "\"},{\"type\":\"text\",\"content\":\"", "\"}]}]",
            "\\u0040", "\\\"", "{\"a\":", "},{\"role\":", "sk-ant-", "[", "]", "AAAA", "aGVsbG8gd29ybGQ", "\u{200b}", "%40", "=", ":",
            "EMAIL_ADDRESS=1,", "[EMAIL_ADDRESS:k1:aaaa]", "4111 1111 ", "jane@", "example.org", " ", "\n", "password=",
        ]), 0..40),
    ) {
        let mut input = vec![pick];
        texts.iter().for_each(|text| input.extend_from_slice(text.as_bytes()));
        redact::anything(&input);
    }
}
