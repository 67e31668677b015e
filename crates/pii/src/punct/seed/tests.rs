use super::*;

/// Vectors of BIP-39 itself.
const PHRASES: [&str; 4] = [
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about",
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter always",
    "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis maple dilemma loan word shrug inflict delay length",
];

#[test]
fn the_phrases_of_the_standard_are_phrases() {
    for phrase in PHRASES {
        assert!(is_phrase(phrase.as_bytes()), "{phrase}");
    }
}

#[test]
fn a_word_more_or_another_last_word_is_none() {
    for phrase in PHRASES {
        assert!(!is_phrase(format!("{phrase} zoo").as_bytes()), "{phrase}");
        let (most, _) = phrase.rsplit_once(' ').unwrap_or_default();
        assert!(!is_phrase(format!("{most} zoo").as_bytes()), "{most}");
    }
    assert!(!is_phrase("the quick brown fox jumps over the lazy dog and runs away".as_bytes()));
}
