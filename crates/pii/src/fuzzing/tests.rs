use proptest::prelude::*;

use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_redacted_within_their_findings(input in proptest::collection::vec(any::<u8>(), 0..300)) {
        redact_anything(&input);
    }

    #[test]
    fn any_text_is_redacted_within_its_findings(input in "[ -~\u{200b}é０-９]{0,200}") {
        redact_anything(input.as_bytes());
    }

    #[test]
    fn no_bytes_around_hide_a_secret(input in proptest::collection::vec(any::<u8>(), 3..300)) {
        plant_anything(&input);
    }

    #[test]
    fn no_text_around_hides_a_secret(
        picks in any::<[u8; 3]>(),
        text in "[ -~\\n\u{200b}é０-９]{0,200}"
    ) {
        plant_anything(&[&picks[..], text.as_bytes()].concat());
    }
}

#[test]
fn a_secret_is_found_in_every_way_of_writing_it() {
    for way in 0..14 {
        for place in [0, 7, 40, 100] {
            for operator in 0..6 {
                plant_anything(&[way, operator, place]);
            }
        }
    }
}
