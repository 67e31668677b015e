use proptest::prelude::*;

use super::*;
use crate::{FieldClass, classes::Level};

fn near(text: &str, start: usize, end: usize) -> Near {
    Words::new(Level::best()).near(text.as_bytes(), start, end).unwrap_or_default()
}

fn all(near: &Near) -> Hints {
    near.words().fold(Hints::NONE, |all, (hints, _)| all.or(hints))
}

fn hints(text: &str) -> Hints {
    all(&near(text, text.len(), text.len()))
}

#[test]
fn words_count_as_a_whole() {
    assert!(hints("my ssn is ").has(Hints::SSN));
    assert!(!hints("my ssnx is ").has(Hints::SSN));
    assert!(!hints("republic is ").has(Hints::LICENSE));
}

#[test]
fn phrases_are_found_however_they_are_joined() {
    for text in ["account number: ", "account_number=", "accountNumber\":\"", "ACCOUNT-NUMBER "] {
        assert!(hints(text).has(Hints::ACCOUNT), "{text}");
    }
}

#[test]
fn words_after_the_candidate_count_too() {
    assert!(all(&near("123 (ssn) xyzzy", 0, 3)).has(Hints::SSN));
}

#[test]
fn a_key_tells_by_its_last_words() {
    assert!(of_key(b"user.password").has(Hints::PASSWORD));
    assert!(of_key(b"dbPassword").has(Hints::PASSWORD));
    assert!(!of_key(b"password_reset_url").has(Hints::PASSWORD));
    assert!(of_key(b"passport_number").has(Hints::PASSPORT));
    assert!(of_key(b"customer.name").has(Hints::NAME));
    assert!(!of_key(b"tool.name").has(Hints::NAME));
    assert!(of_key(b"gen_ai.usage.input_tokens").is_empty());
}

#[test]
fn the_nearest_word_comes_first() {
    let (first, place) = near("phone ssn ", 10, 10).words().next().unwrap();
    assert!(first.has(Hints::SSN));
    assert_eq!(place, (6, 9));
}

#[test]
fn keys_of_the_machine_are_structural() {
    for key in
        ["trace_id", "Trace_ID", "gen_ai.usage.input_tokens", "max_tokens", "x.time_unix_nano"]
    {
        assert_eq!(class_of(key.as_bytes()), FieldClass::Structural, "{key}");
    }
    for key in ["user.id", "content", "email", "token"] {
        assert_eq!(class_of(key.as_bytes()), FieldClass::Any, "{key}");
    }
}

/// Words, halves of words, and what may stand between them.
fn soups() -> impl Strategy<Value = String> {
    let known: Vec<&str> =
        words::WORDS.iter().flat_map(|(_, words)| words.split_whitespace()).collect();
    let word = (proptest::sample::select(known), 0..6u8).prop_map(|(word, how)| match how {
        0 => word.to_uppercase(),
        1 => capitalised(word),
        2 => format!("x{word}"),
        3 => word.chars().skip(1).collect(),
        _ => word.to_owned(),
    });
    let marks = vec![
        " ", "_", "-", ".", ": ", "\": \"", "\\n", "\n", "", "    ", "[", "]", "1", "22", "é",
        "number", "ID", "a",
    ];
    let mark = proptest::sample::select(marks).prop_map(str::to_owned);
    proptest::collection::vec(prop_oneof![word, mark], 0..12).prop_map(|parts| parts.concat())
}

/// The words of `text` up to `until` that say something, each letter hashed and each word looked up.
fn read_plainly(text: &[u8], until: usize) -> Vec<(Hints, (u32, u32))> {
    let (mut all, mut to, mut one, mut two) = (Vec::new(), 0, SEED, SEED);
    while to < until {
        let skipped = (to..until).take_while(|at| !is_letter(text[*at])).count();
        if skipped > 3 {
            (one, two) = (SEED, SEED);
        }
        let start = to + skipped;
        let start = start + usize::from(crate::bytes::is_escape(text, start + 1));
        let goes_on = |end: usize| {
            let is_hump =
                end > start && text[end].is_ascii_uppercase() && text[end - 1].is_ascii_lowercase();
            is_letter(text[end]) && !is_hump
        };
        let until = text.len().min(start + 64);
        let end = (start..until).find(|end| !goes_on(*end)).unwrap_or(until.max(start));
        to = end;
        if start == end {
            continue;
        }
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'_' || byte.is_ascii_digit();
        let name = start + crate::bytes::run(text, start, 64, is_name);
        let is_token = start > 0 && text[start - 1] == b'[';
        if is_token && matches!(crate::bytes::at(text, name), b']' | b':') {
            (to, one, two) = (name, SEED, SEED);
            continue;
        }
        if text[start].is_ascii_digit() || end - start == 64 {
            (one, two) = (SEED, SEED);
            continue;
        }
        let hash = |hash| text[start..end].iter().fold(hash, |hash, byte| step(hash, *byte));
        let hashes = [SEED, one, two].map(hash);
        (one, two) = (hashes[0], hashes[1]);
        let hints = hashes.into_iter().fold(Hints::NONE, |all, hash| all.or(TABLE.get(hash)));
        if !hints.is_empty() {
            all.push((hints, (start as u32, end as u32)));
        }
    }
    all
}

proptest! {
    #[test]
    fn words_read_by_masks_are_those_read_letter_by_letter(text in soups(), at in 0..100usize) {
        let text = part(text.as_bytes(), 0..BEFORE + 40);
        let at = at.min(text.len());
        let mut words = Words::new(Level::best());
        let near = words.near(text, at, at).unwrap_or_default();
        let mut wanted = read_plainly(text, (at + AFTER).min(text.len()));
        wanted.reverse();
        let is_before = |(_, word): &(Hints, (u32, u32))| {
            (word.1 as usize) <= at && word.0 as usize >= at.saturating_sub(BEFORE)
        };
        let is_after = |(_, word): &(Hints, (u32, u32))| {
            word.0 as usize >= at && (word.1 as usize) < at + AFTER
        };
        let (before, after) = (wanted.iter().filter(|word| is_before(word)), wanted.iter().filter(|word| is_after(word)));
        let wanted: Vec<_> = before.chain(after).copied().collect();
        prop_assert_eq!(near.words().collect::<Vec<_>>(), wanted);
    }

    #[test]
    fn words_are_the_same_however_often_they_are_asked_for(text in soups(), asked in proptest::collection::vec(0..90usize, 1..5)) {
        let mut asked: Vec<usize> = asked.into_iter().map(|at| at.min(text.len())).collect();
        asked.sort_unstable();
        let mut words = Words::new(Level::best());
        for at in asked {
            let one_by_one = words.near(text.as_bytes(), at, at).unwrap_or_default();
            let mut plain = Words::new(Level::Scalar);
            let at_once = plain.near(text.as_bytes(), at, at).unwrap_or_default();
            prop_assert_eq!(all(&one_by_one), all(&at_once));
        }
    }

    #[test]
    fn what_the_last_letters_of_a_key_rule_out_says_nothing(key in soups()) {
        let key = key.as_bytes();
        let key = part(key, key.len().saturating_sub(KEY)..key.len());
        prop_assert_eq!(of_key(key), of_words(key));
        let [a, b, c] = [1, 2, 3].map(|back| before(key, key.len(), back));
        let last = key.iter().rposition(|byte| !is_letter(*byte)).map_or(0, |at| at + 1);
        // What is joined with a part of one letter or two is looked for by whoever reads the words, not by these.
        let is_word = key.get(last).is_some_and(|first| !first.is_ascii_digit());
        if is_word && key.len() - last > 2 && !of_words(key).is_empty() {
            prop_assert!(may_end_in(a, b, c) && may_tell(key) && may_end_word(key));
        }
    }

    #[test]
    fn keys_ruled_out_as_structural_by_their_ends_are_not_listed(key in structural::soups()) {
        prop_assert_eq!(class_of(key.as_bytes()), structural::class_plainly(key.as_bytes()));
    }
}

#[test]
fn no_word_that_is_said_before_short_numbers_ends_in_two_digits() {
    let is_said = |(hints, _): &&(Hints, &str)| hints.has(crate::number::SAID);
    let words = words::WORDS.iter().filter(is_said).flat_map(|(_, words)| words.split_whitespace());
    for word in words.map(str::as_bytes).chain(SUFFIXES) {
        assert!(!matches!(word, [.., a, b] if a.is_ascii_digit() && b.is_ascii_digit()));
    }
}
