use proptest::prelude::*;

use crate::{Expr, Field, Given, Grain, Known, Truth, expr::Pattern, fields::OUTCOMES};

/// One test, as text.
fn test() -> impl Strategy<Value = String> {
    let order = prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("=="), Just("!=")];
    let number = prop_oneof![Just("model_calls"), Just("tool_calls"), Just("tokens.total")];
    prop_oneof![
        (number, order.clone(), 0..6_i64).prop_map(|(n, o, c)| format!("{n} {o} {c}")),
        (order, 0..6_i64).prop_map(|(o, c)| format!("duration {o} {c}s")),
        Just("model_calls <= tool_calls".to_owned()),
        Just("error".to_owned()),
        Just("partial == false".to_owned()),
        prop::sample::subsequence(&OUTCOMES[..], 1..4)
            .prop_map(|words| format!("outcome in [{}]", words.join(", "))),
        prop::sample::select(&OUTCOMES[..]).prop_map(|word| format!("outcome != {word}")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    test().prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" and "))),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

const COUNTS: [Field; 3] = [Field::ModelCalls, Field::ToolCalls, Field::TokensTotal];

/// What is known of a run, and how much more of it comes.
fn facts() -> impl Strategy<Value = Known> {
    (
        prop::array::uniform3(prop::option::of(0..7_i64)),
        prop::option::of(0..7_000_000_000_i64),
        prop::array::uniform2(prop::option::of(any::<bool>())),
        prop::option::of(prop::sample::select(&OUTCOMES[..])),
    )
        .prop_map(|(counts, nanos, flags, outcome)| {
            let mut known = Known::new();
            for (field, count) in COUNTS.into_iter().zip(counts) {
                if let Some(count) = count {
                    known.set(field, Given::Int(count));
                }
            }
            nanos.into_iter().for_each(|nanos| known.set(Field::Duration, Given::Nanos(nanos)));
            for (field, flag) in [Field::Error, Field::Partial].into_iter().zip(flags) {
                flag.into_iter().for_each(|flag| known.set(field, Given::Bool(flag)));
            }
            if let Some(word) = outcome {
                known.set(Field::Outcome, Given::Text(word.to_owned()));
            }
            known
        })
}

/// What grows has grown, everything else may be anything.
fn later(before: &Known, after: &Known) -> Known {
    use crate::{Fact, Facts as _};
    let mut known = after.clone();
    for field in COUNTS {
        if let Fact::Int(least) = before.field(field) {
            let more = match after.field(field) {
                Fact::Int(count) => count,
                _ => 0,
            };
            known.set(field, Given::Int(least + more));
        }
    }
    if let Fact::Nanos(least) = before.field(Field::Duration) {
        let more = match after.field(Field::Duration) {
            Fact::Nanos(nanos) => nanos,
            _ => 0,
        };
        known.set(Field::Duration, Given::Nanos(least + more));
    }
    known
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same(text in condition()) {
        let expr = Expr::parse(&text, Grain::Run).unwrap();
        let printed = expr.to_string();
        prop_assert_eq!(&Expr::parse(&printed, Grain::Run).unwrap(), &expr, "{}", printed);
    }

    #[test]
    fn folding_agrees_with_evaluation(text in condition(), facts in facts()) {
        let expr = Expr::parse(&text, Grain::Run).unwrap();
        if let Some(constant) = expr.constancy() {
            let truth = expr.truth(&facts);
            prop_assert!(truth == Truth::of(constant) || truth == Truth::Unknown);
        }
    }

    /// Soundness of early verdicts: whatever comes later, what was settled stays.
    #[test]
    fn what_is_settled_early_stays(text in condition(), now in facts(), then in facts()) {
        let expr = Expr::parse(&text, Grain::Run).unwrap();
        let early = expr.truth_early(&now);
        if early != Truth::Unknown {
            prop_assert_eq!(expr.truth(&later(&now, &then)), early);
            prop_assert_eq!(expr.truth(&now), early);
        }
        if early == Truth::False {
            prop_assert!(expr.can_fail_early());
        }
    }

    /// More facts never turn true into false: they only decide what was unknown.
    #[test]
    fn a_missing_fact_only_makes_things_unknown(text in condition(), facts in facts(), drop in 0..6_usize) {
        use crate::{Fact, Facts};
        struct Without<'a>(&'a Known, usize);
        impl Facts for Without<'_> {
            fn field(&self, field: Field) -> Fact<'_> {
                if field as usize % 6 == self.1 { Fact::Missing } else { self.0.field(field) }
            }
            fn attribute(&self, key: &str) -> Fact<'_> {
                self.0.attribute(key)
            }
        }
        let expr = Expr::parse(&text, Grain::Run).unwrap();
        let less = expr.truth(&Without(&facts, drop));
        prop_assert!(less == Truth::Unknown || less == expr.truth(&facts));
    }

    #[test]
    fn a_reason_is_given_exactly_where_a_test_failed(text in condition(), facts in facts()) {
        let expr = Expr::parse(&text, Grain::Run).unwrap();
        prop_assert_eq!(expr.why_false(&facts).is_some(), expr.truth(&facts) == Truth::False);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC*") {
        for grain in Grain::ALL {
            let _ = Expr::parse(&text, grain);
        }
    }

    #[test]
    fn any_words_are_read_or_refused(words in prop::collection::vec(prop::sample::select(vec![
        "not", "and", "or", "in", "(", ")", "[", "]", ",", "<=", "==", "outcome", "error", "cost",
        "60s", "$1", "tokens", "5", "true", "\"x\"", "duration", "*", "attributes.x", "-", ".",
    ]), 0..12)) {
        if let Ok(expr) = Expr::parse(&words.join(" "), Grain::Run) {
            let _ = expr.constancy();
            let printed = expr.to_string();
            prop_assert_eq!(Expr::parse(&printed, Grain::Run).unwrap(), expr);
        }
    }

    /// The oracle tries every way to cut the text.
    #[test]
    fn stars_match_as_the_definition_says(pattern in "[ab*]{0,6}", text in "[ab]{0,8}") {
        fn holds(pattern: &[u8], text: &[u8]) -> bool {
            match pattern.split_first() {
                None => text.is_empty(),
                Some((b'*', rest)) => (0..=text.len()).any(|at| holds(rest, &text[at..])),
                Some((byte, rest)) => text.first() == Some(byte) && holds(rest, &text[1..]),
            }
        }
        let expected = holds(pattern.as_bytes(), text.as_bytes());
        prop_assert_eq!(Pattern::glob(&pattern).matches(text.as_bytes()), expected);
    }
}
