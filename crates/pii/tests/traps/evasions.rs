//! Writing in which detectors do not see what people and programs do.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

use crate::{CARD, SECRET, all_found, found, redacted};

#[test]
fn percent_escapes_hide_nothing_however_often_they_were_escaped() {
    all_found(
        "EMAIL_ADDRESS",
        &[
            "ada%40example.org",
            "ada%2540example.org",
            "ada%252540example.org",
            "%61%64%61%40%65%78%61%6d%70%6c%65%2e%6f%72%67",
        ],
    );
    assert_eq!(found("ssn=536%2D22%2D1234&x=1"), ["US_SSN:536%2D22%2D1234"]);
}

#[test]
fn the_plus_of_a_form_separates_groups_like_a_space() {
    assert_eq!(found("card=4111+1111+1111+1111&x=1"), ["CREDIT_CARD:4111+1111+1111+1111"]);
    assert_eq!(found("tel=%2B1+415+555+2671&x=1"), ["PHONE_NUMBER:%2B1+415+555+2671"]);
}

#[test]
fn entities_of_html_hide_nothing() {
    all_found(
        "EMAIL_ADDRESS",
        &[
            "ada&#64;example.org",
            "ada&#x40;example.org",
            "ada&commat;example.org",
            "ada&amp;#64;example.org",
        ],
    );
}

#[test]
fn quoted_printable_hides_no_mail_address() {
    all_found("EMAIL_ADDRESS", &["ada=40example.org", "ada.lovelace=40mail.example.com"]);
    assert_eq!(found("a=40, b=4096 and mail=40"), [""; 0]);
}

#[test]
fn a_spelled_mail_address_is_one() {
    all_found(
        "EMAIL_ADDRESS",
        &[
            "ada [at] example [dot] org",
            "ada(at)example(dot)org",
            "ada[AT]example.org",
            "ada.l {at} mail {dot} example {dot} com",
        ],
    );
    assert_eq!(found("the list[at] and map(at) node.js, x [at] y"), [""; 0]);
}

#[test]
fn a_mail_address_may_have_letters_of_other_alphabets() {
    all_found("EMAIL_ADDRESS", &["jörg@exämple.org", "ädä@example.org"]);
}

#[test]
fn full_width_and_other_digits_and_letters_are_what_they_look_like() {
    all_found(
        "CREDIT_CARD",
        &[
            "４１１１１１１１１１１１１１１１",
            "٤١١١١١١١١١١١١١١١",
            "۴۱۱۱۱۱۱۱۱۱۱۱۱۱۱۱",
            "४१११११११११११११११",
            "৪১১১১১১১১১১১১১১১",
            "๔๑๑๑๑๑๑๑๑๑๑๑๑๑๑๑",
            "𝟒𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏𝟏",
            "④①①①①①①①①①①①①①①①",
        ],
    );
    all_found("EMAIL_ADDRESS", &["ａｄａ＠ｅｘａｍｐｌｅ．ｏｒｇ", "𝐚𝐝𝐚@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐨𝐫𝐠"]);
}

#[test]
fn hard_spaces_and_every_kind_of_dash_separate_groups() {
    for gap in
        ['\u{a0}', '\u{2009}', '\u{202f}', '\u{2003}', '–', '\u{2011}', '\u{2212}', '\u{2012}']
    {
        let card = ["4111", "1111", "1111", "1111"].join(&gap.to_string());
        assert_eq!(found(&format!("card {card}")), [format!("CREDIT_CARD:{card}")], "{gap:?}");
        let phone = ["+1", "415", "555", "2671"].join(&gap.to_string());
        assert_eq!(found(&format!("call {phone}")), [format!("PHONE_NUMBER:{phone}")], "{gap:?}");
    }
}

#[test]
fn characters_without_width_hide_nothing() {
    for mark in [
        '\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}', '\u{ad}', '\u{2060}', '\u{200e}',
        '\u{301}', '\u{fe0f}',
    ] {
        let between =
            |text: &str| text.chars().map(String::from).collect::<Vec<_>>().join(&mark.to_string());
        let card = between(CARD);
        assert_eq!(found(&format!("card {card}.")), [format!("CREDIT_CARD:{card}")], "{mark:?}");
        let mail = format!("ada{mark}@exam{mark}ple.org");
        assert_eq!(found(&mail), [format!("EMAIL_ADDRESS:{mail}")], "{mark:?}");
        let (head, tail) = SECRET.split_at(20);
        let secret = format!("{head}{mark}{tail}");
        assert!(!redacted(&format!("key {secret}")).contains(tail), "{mark:?}");
    }
}

#[test]
fn cyrillic_and_greek_letters_are_what_they_look_like() {
    all_found("EMAIL_ADDRESS", &["аda@ехample.org", "ada@ехаmрlе.оrg"]);
    assert!(found("раssword: hunter2").contains(&"PASSWORD:hunter2".to_owned()));
    let mixed = SECRET.replace('a', "а");
    assert_eq!(found(&mixed), [format!("ANTHROPIC_API_KEY:{mixed}")]);
}

#[test]
fn text_without_spaces_around_hides_nothing() {
    assert_eq!(
        found("我的邮箱是ada@example.org请联系，卡号4111111111111111谢谢，电话+8613800138000吧"),
        [
            "EMAIL_ADDRESS:ada@example.org",
            "CREDIT_CARD:4111111111111111",
            "PHONE_NUMBER:+8613800138000"
        ]
    );
    assert_eq!(found(&format!("密钥是{SECRET}。")), [format!("ANTHROPIC_API_KEY:{SECRET}")]);
}

#[test]
fn colours_of_a_terminal_hide_nothing() {
    for (open, close) in
        [("\u{1b}[1;31m", "\u{1b}[0m"), ("\\u001b[31m", "\\u001b[0m"), ("\\x1b[1m", "\\x1b[0m")]
    {
        for (kind, value) in [
            ("CREDIT_CARD", CARD),
            ("EMAIL_ADDRESS", "ada@example.org"),
            ("ANTHROPIC_API_KEY", SECRET),
        ] {
            let text = format!("{open}{value}{close} end");
            assert_eq!(found(&text), [format!("{kind}:{value}")], "{text}");
        }
    }
}

#[test]
fn credentials_in_base64_are_found_and_what_else_it_holds() {
    for inner in [
        "ada:hunter2x9",
        SECRET,
        "please write to ada@example.org",
        r#"{"password":"hunter2"}"#,
        "card 4111111111111111",
    ] {
        for text in [STANDARD.encode(inner), URL_SAFE.encode(inner)] {
            assert_eq!(
                found(&format!("data {text} end")),
                [format!("ENCODED_SECRET:{text}")],
                "{inner}"
            );
        }
    }
}

#[test]
fn base64_of_base64_hides_nothing() {
    for inner in ["ada:hunter2x9", SECRET] {
        let twice = STANDARD.encode(STANDARD.encode(inner));
        assert_eq!(found(&format!("data {twice} end")), [format!("ENCODED_SECRET:{twice}")]);
        let thrice = STANDARD.encode(&twice);
        assert_eq!(found(&format!("data {thrice} end")), [format!("ENCODED_SECRET:{thrice}")]);
    }
}

#[test]
fn base64_of_nothing_private_and_pictures_stay_and_what_follows_them_is_found() {
    let words = STANDARD.encode("the quick brown fox jumps over the lazy dog, twice");
    assert_eq!(found(&words), [""; 0]);
    let bytes: Vec<u8> = (0..6000u32).map(|n| ((n * n) >> 3) as u8).collect();
    let picture = format!("data:image/png;base64,{} ada@example.org", STANDARD.encode(bytes));
    assert_eq!(found(&picture), ["EMAIL_ADDRESS:ada@example.org"]);
}

#[test]
fn two_numbers_side_by_side_are_two() {
    for gap in [" ", ",", ", ", "\n", " / ", "|"] {
        let text = format!("4111 1111 1111 1111{gap}5555 5555 5555 4444");
        assert_eq!(
            found(&text),
            ["CREDIT_CARD:4111 1111 1111 1111", "CREDIT_CARD:5555 5555 5555 4444"],
            "{gap:?}"
        );
        let text = format!("{CARD}{gap}5555555555554444");
        assert_eq!(
            found(&text),
            ["CREDIT_CARD:4111111111111111", "CREDIT_CARD:5555555555554444"],
            "{gap:?}"
        );
    }
    assert_eq!(found("536-22-1234 536-22-9876"), ["US_SSN:536-22-1234", "US_SSN:536-22-9876"]);
}

#[test]
fn what_is_private_in_a_token_that_only_looks_like_ours_is_found() {
    assert!(!redacted("[EMAIL_ADDRESS:k1:ada@example.org]").contains("ada@"));
    assert!(!redacted("[CREDIT_CARD:k1:4111111111111111]").contains(CARD));
    assert!(!redacted("[EMAIL_ADDRESS:4111111111111111]").contains(CARD));
}

#[test]
fn bytes_that_are_no_text_neither_panic_nor_hide_what_stands_between_them() {
    let engine = pii::Engine::new(&pii::Policy::default()).unwrap();
    let text = [&b"\xff\xfe\x80 ada@example.org \xc3\x28\xf0\x9f"[..], &[0xE2, 0x80]].concat();
    let mut out = Vec::new();
    let changed = engine.redact(&text, &pii::Context::default(), &mut out);
    assert!(changed.is_some());
    assert_eq!(
        out,
        [&b"\xff\xfe\x80 [EMAIL_ADDRESS] \xc3\x28\xf0\x9f"[..], &[0xE2, 0x80]].concat()
    );
}

#[test]
fn what_the_table_says_is_not_found_is_not_found() {
    for text in [
        r#"["4111","1111","1111","1111"]"#,
        "card 4111\n1111\n1111\n1111",
        "card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "card 4111_1111_1111_1111",
        "ada at example dot org",
        "ada@exam=\nple.org",
        "gro.elpmaxe@ada",
        "my login is admin / hunter2",
    ] {
        assert_eq!(found(text), [""; 0], "{text}: say so in docs/pii.md");
    }
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(found(&hex), [""; 0]);
    let wide: String = "ada@example.org".chars().flat_map(|letter| [letter, '\0']).collect();
    assert_eq!(found(&wide), [""; 0]);
}
