use proptest::prelude::*;

use super::{
    ANCHORS, Seen,
    address::{ENDS, STARTS, may_be_house},
    may_begin, name,
};

/// Whether the gate lets the first number of `text` pass.
fn passes(text: &str) -> bool {
    let start = text.find(|letter: char| letter.is_ascii_digit()).expect("a number");
    let rest = text.get(start..).expect("at a letter");
    let digits = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    may_be_house(text.as_bytes(), (start, start + digits))
}

proptest! {
    #[test]
    fn a_number_behind_a_street_may_be_one_of_a_house(
        name in "[ A-Za-zäöüß]{0,9}",
        end in prop::sample::select(ENDS.to_vec()),
        capital in any::<bool>(),
        rest in "[1-9][0-9]{0,3}[a-z]?[ ,.]?[ A-Za-z]{0,5}",
    ) {
        let end = if capital { capitalised(end) } else { end.to_owned() };
        prop_assert!(passes(&format!("{name}{end} {rest}")), "{name}{end} {rest}");
    }

    #[test]
    fn a_number_before_a_street_may_be_one_of_a_house(
        head in "[ A-Za-zäöüß.]{0,9}",
        number in "[1-9][0-9]{0,3}[a-z]?",
        comma in prop::sample::select(vec!["", ",", " bis", ", bis"]),
        start in prop::sample::select(STARTS.to_vec()),
    ) {
        let text = format!("{head} {number}{comma} {start}");
        prop_assert!(passes(&text), "{text}");
    }
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_ascii_uppercase() + rest
}

#[test]
fn most_numbers_of_a_sentence_are_none_of_a_house() {
    for text in ["see section 418 of it", "status 200 and an empty body", "on 14 June", "took 12ms"]
    {
        assert!(!passes(text), "{text}");
    }
}

proptest! {
    #[test]
    fn no_name_behind_an_anchor_is_passed_over(
        head in "([ A-Za-z0-9]{0,4}[ .,(\n])?",
        anchor in prop::sample::select(ANCHORS.iter().map(|row| row.0).collect::<Vec<_>>()),
        is_shouted in any::<bool>(),
        gap in prop::sample::select(vec![" ", "  ", "\n", "\\n", " \\n"]),
        name in "[A-Z][a-z]{1,5}",
    ) {
        let anchor = if is_shouted { anchor.to_ascii_uppercase() } else { anchor.to_owned() };
        let before = format!("{head}{anchor}{gap}");
        let text = format!("{before}{name}");
        prop_assert!(may_begin(text.as_bytes(), before.len()), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn words_that_were_seen_are_those_that_are_read(text in "(( |\\. |, |\n)?(Ada|van|de|J|J\\.|Dear|The|o'Neil|Zoë|x|DR|Lovelace|é|von der|--|[A-Z][a-z]{20,45}))*") {
        let text = text.as_bytes();
        let mut seen = Seen::default();
        for start in (0..text.len()).chain([0, 3, 11, 4]) {
            proptest::prop_assert_eq!(name(&mut seen, text, start), name(&mut Seen::default(), text, start));
        }
    }
}
