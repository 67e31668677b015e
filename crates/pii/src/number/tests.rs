use proptest::prelude::*;

use super::*;
use crate::{Context, Engine, Finding, Policy};

/// The first groups of a run: shape, end, digits, separator.
type First = (u64, usize, Vec<u8>, Separator);

/// Groups, read digit by digit: their shape, where they end, their digits and separator, one by one.
fn read_plainly(text: &[u8], start: usize) -> Vec<First> {
    let mut all: Vec<First> = Vec::new();
    let mut at = start;
    let mut separator = Separator::None;
    while all.len() < GROUPS {
        let group: Vec<u8> = text
            .get(at..)
            .unwrap_or_default()
            .iter()
            .copied()
            .take_while(u8::is_ascii_digit)
            .collect();
        let last = all.last().cloned().unwrap_or((0, start, Vec::new(), Separator::None));
        if group.is_empty() || last.2.len() + group.len() > DIGITS {
            break;
        }
        at += group.len();
        let digits: Vec<u8> =
            last.2.iter().copied().chain(group.iter().map(|b| b - b'0')).collect();
        let joined =
            if all.len() < 2 || last.3 == separator { separator } else { Separator::Mixed };
        all.push((last.0 << 4 | group.len().min(15) as u64, at, digits, joined));
        let (kind, length) = separator_at(text, at);
        if length == 0 || !byte(text, at + length).is_ascii_digit() {
            break;
        }
        (separator, at) = (kind, at + length);
    }
    all
}

/// What is found by looking at each run of digits so.
fn found(engine: &Engine, text: &[u8], look: fn(&mut Scan<'_>, usize)) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut scan = Scan::new(engine, text, Context::default(), Hints::NONE, &mut found);
    for start in 0..text.len() {
        if text[start].is_ascii_digit() && !before(text, start, 1).is_ascii_digit() {
            look(&mut scan, start);
        }
    }
    found
}

fn times() -> impl Strategy<Value = String> {
    let date = (1990..2040u32, 1..13u32, 1..32u32, 0..24u32, 0..60u32, 0..60u32);
    let rest = (0..4u8, 0..1_000_000_000u32, 0..4usize);
    (date, rest).prop_map(|((y, mo, d, h, mi, s), (form, nanos, zone))| {
        let zone = ["", "Z", "+02:00", "-0500"][zone];
        match form {
            0 => format!("{y}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}{zone}"),
            1 => format!("{y}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02},{:03}{zone}", nanos % 1000),
            2 => format!("{y}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}.{nanos:09}{zone}"),
            _ => format!("{y}/{mo:02}/{d:02} {h:02}:{mi:02}:{s:02}"),
        }
    })
}

proptest! {
    #[test]
    fn groups_read_once_are_those_read_one_by_one_from_each_place(
        text in "([0-9]{1,22}[ .()/+x-]{0,3}){0,10}|([0-9]{1,3}[ .-]){40,70}",
        skipped in proptest::collection::vec(0..60_usize, 0..4),
    ) {
        let text = text.as_bytes();
        let mut cluster = Cluster::new();
        let begins = |start: &usize| text[*start].is_ascii_digit() && !before(text, *start, 1).is_ascii_digit();
        let starts: Vec<usize> = (0..text.len()).filter(begins).collect();
        // In order, with some left out, and some again.
        let again = skipped.iter().filter_map(|at| starts.get(*at));
        let in_order = starts.iter().enumerate().filter(|(at, _)| !skipped.contains(at)).map(|(_, start)| start);
        for start in in_order.chain(again).copied() {
            let groups = cluster.groups(text, start);
            let wanted = read_plainly(text, start);
            prop_assert_eq!(groups.count, wanted.len());
            for (count, (shape, end, digits, separator)) in (1..).zip(wanted) {
                let candidate = groups.first(count).unwrap();
                prop_assert_eq!((candidate.shape, candidate.end), (shape, end));
                prop_assert_eq!((candidate.digits, candidate.separator), (&digits[..], separator));
            }
        }
    }

    #[test]
    fn times_passed_over_as_a_whole_hold_nothing(times in proptest::collection::vec(times(), 1..6), mark in "( |, |\\n|\"|=|: )") {
        let engine = Engine::new(&Policy::default()).unwrap();
        let text = times.join(&mark);
        prop_assert_eq!(found(&engine, text.as_bytes(), at), found(&engine, text.as_bytes(), closely));
    }
}

/// Words between the name of a number and the number.
const LINKS: [&str; 17] = [
    " is",
    " to",
    " was",
    " of",
    " on file is",
    " ist",
    " est",
    " es",
    " è",
    " é",
    " am",
    " on",
    " le",
    " il",
    " em",
    " the",
    " el",
];

proptest! {
    #[test]
    fn the_longest_word_that_links_a_number_is_left_out(
        head in "[ a-z]{0,6}",
        link in prop::sample::select(LINKS.to_vec()),
        tail in prop_oneof![4 => Just(String::new()), 1 => "[ a-zéè]{1,2}"],
    ) {
        let text = format!("{head}{link}{tail}");
        let longest = LINKS.iter().filter(|link| text.ends_with(**link)).map(|link| link.len()).max();
        prop_assert_eq!(short::link(text.as_bytes()), longest.unwrap_or(0));
    }
}
