use proptest::prelude::*;

use super::{
    blob, families, pattern,
    prefix::{self, Check, Piece, Secret},
};
use crate::{Context, Engine, Kind, Policy};

/// A secret of that shape, made of letters that look random.
fn sample(secret: &Secret, shorter: bool) -> String {
    let mut text = secret.prefix.to_owned();
    let mut state = 12_345_u32;
    for piece in secret.pieces {
        let (letters, length) = match piece {
            Piece::Text(fixed) => {
                text.push_str(fixed);
                continue;
            }
            Piece::Digits(least, _) => ("0123456789", least),
            Piece::Hex(least, _) => ("0123456789abcdef", least),
            Piece::Upper(least, _) => ("ABCDEFGHJKLMNPQRSTUVWYZ234567", least),
            Piece::Lower(least, _) => ("abcdefghijklmnopqrstuvwyz0123456789", least),
            Piece::Word(least, _)
            | Piece::Url(least, _)
            | Piece::Base64(least, _)
            | Piece::Loose(least, _) => {
                ("abcdefghijkmnopqrstuvwyzABCDEFGHJKLMNPQRSTUVWYZ23456789", least)
            }
        };
        for _ in 0..*length / if shorter { 2 } else { 1 } {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            let at = (state >> 16) as usize % letters.len();
            text.push_str(&letters[at..=at]);
        }
    }
    text
}

fn is_found(text: &str, secret: &Secret) -> bool {
    let engine = Engine::new(&Policy::default()).unwrap();
    let findings = engine.scan(text.as_bytes(), &Context::default());
    findings.iter().any(|finding| finding.kind == Kind::Known(secret.entity))
}

#[test]
fn every_family_is_found_in_prose_in_json_and_behind_an_escape() {
    for secret in families::all() {
        let word =
            if matches!(secret.check, Check::Near(_)) { "deepseek okta secret " } else { "" };
        let sample = sample(secret, false);
        let key = if word.is_empty() { "a" } else { "deepseek_okta" };
        for text in [
            format!("{word}{sample}"),
            format!("{{\"{key}\":\"{sample}\"}}"),
            format!("{word}\\n{sample} x"),
        ] {
            assert!(is_found(&text, secret), "{secret:?} in {text}");
        }
    }
}

#[test]
fn half_a_secret_in_the_middle_of_a_text_is_none() {
    for secret in families::all().filter(|secret| matches!(secret.check, Check::None)) {
        let lower_bound = |piece: &Piece| matches!(piece, Piece::Text(_));
        if secret.pieces.iter().any(lower_bound)
            || secret.prefix == "sk-ant-oat01-"
            || secret.prefix == "sk-ant-ort01-"
        {
            continue;
        }
        let text = format!("{} and more", sample(secret, true));
        let findings =
            Engine::new(&Policy::default()).unwrap().scan(text.as_bytes(), &Context::default());
        let same = findings.iter().filter(|finding| finding.kind == Kind::Known(secret.entity));
        // A shorter row of the same vendor may still hold.
        let shorter = families::all().filter(|row| row.entity == secret.entity).count() > 1;
        assert!(shorter || same.count() == 0, "{secret:?} in {text}");
    }
}

#[test]
fn a_secret_cut_at_the_end_of_a_text_is_found() {
    let engine = Engine::new(&Policy::default()).unwrap();
    let text = b"AIzaSyB3k5Jq8WzX2mN7vR4tYp";
    assert_eq!(engine.scan(text, &Context::default()).len(), 1);
}

proptest! {
    #[test]
    fn base64_that_begins_unreadably_is_told_without_decoding_it(text in "[A-Za-z0-9+/=_-]{12}") {
        let text = text.as_bytes();
        let plain = blob::decode(text).is_some_and(|start| blob::is_readable(&start));
        prop_assert_eq!(blob::begins_readable(text), plain);
    }

    #[test]
    fn patterns_ruled_out_by_where_letters_stand_do_not_fit(token in "[A-Z0-9_-]{0,20}") {
        prop_assert!(pattern::agrees(token.as_bytes()));
    }

    #[test]
    fn secrets_looked_for_by_their_first_letters_are_all_that_may_be_found(text in "[a-zA-Z0-9_.]{0,12}") {
        let text = text.as_bytes();
        let plain = families::all().any(|secret| text.starts_with(secret.prefix.as_bytes()));
        prop_assert!(!plain || prefix::may_begin(text, 0));
        prop_assert_eq!(plain, prefix::beginning(text).any(|secret| text.starts_with(secret.prefix.as_bytes())));
    }
}
