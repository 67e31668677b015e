use std::collections::HashSet;

use fastrand::Rng;

use super::Chat;

fn luhn(number: &str) -> bool {
    let digits = number.chars().rev().filter_map(|digit| digit.to_digit(10)).enumerate();
    let sum: u32 = digits
        .map(|(at, digit)| match at % 2 {
            0 => digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[test]
fn no_two_messages_are_alike_and_the_same_seed_gives_the_same_ones() {
    let texts = |seed| {
        let mut random = Rng::with_seed(seed);
        (0..2_000).map(|_| Chat::write(&mut random, 400, true).text).collect::<Vec<_>>()
    };
    let first = texts(1);
    assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
    assert_eq!(first, texts(1));
}

#[test]
fn private_values_stand_in_the_text_about_one_a_kilobyte() {
    let mut random = Rng::with_seed(3);
    let (mut bytes, mut planted) = (0, 0);
    for _ in 0..500 {
        let chat = Chat::write(&mut random, 700, true);
        assert!(chat.planted.iter().all(|value| chat.text.contains(value)), "{}", chat.text);
        (bytes, planted) = (bytes + chat.text.len(), planted + chat.planted.len());
    }
    let every = bytes / planted;
    assert!((900..1_250).contains(&every), "one every {every} bytes");
    assert!(Chat::write(&mut random, 9_000, false).planted.is_empty());
}

#[test]
fn the_text_is_the_inside_of_a_json_string() {
    let mut random = Rng::with_seed(4);
    for private in [false, true] {
        let text = Chat::write(&mut random, 50_000, private).text;
        let parsed: Result<String, _> = serde_json::from_str(&format!("\"{text}\""));
        assert!(parsed.unwrap().contains('\n'));
    }
}

#[test]
fn check_digits_of_cards_and_accounts_hold() {
    let mut random = Rng::with_seed(5);
    let planted = Chat::write(&mut random, 400_000, true).planted;
    let cards: Vec<_> = planted.iter().filter(|it| it.len() == 19 && it.starts_with('4')).collect();
    assert!(!cards.is_empty() && cards.iter().all(|card| luhn(card)), "{cards:?}");
    for iban in planted.iter().filter(|it| it.len() == 22 && it.starts_with("DE")) {
        let (head, account) = iban.split_at(4);
        let digits = format!("{account}1314{}", &head[2..]);
        assert_eq!(digits.parse::<u128>().unwrap() % 97, 1, "{iban}");
    }
}
