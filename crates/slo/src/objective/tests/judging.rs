use proptest::prelude::*;

use super::set;
use crate::{Field, Given, Known, Objective, Verdict, fields::OUTCOMES};

fn objective(text: &str) -> Objective {
    set(&format!("objectives:\n- {{name: a, target: 99%, {text}}}")).objectives.remove(0)
}

fn ended(outcome: &str) -> Known {
    Known::new().with(Field::Outcome, Given::Text(outcome.to_owned()))
}

#[test]
fn outcomes_have_verdicts_of_their_own() {
    let success = objective("on: run, good: outcome == completed");
    let verdicts = OUTCOMES.map(|outcome| success.judge(&ended(outcome)).unwrap());
    use Verdict::{Bad, Excluded, Good, Unknown};
    assert_eq!(verdicts, [Good, Bad, Excluded, Bad, Bad, Excluded, Unknown]);
}

#[test]
fn an_outcome_that_is_named_is_judged() {
    let success = objective("on: run, good: 'outcome in [completed, guardrail]'");
    assert_eq!(success.judge(&ended("guardrail")), Some(Verdict::Good));
    assert_eq!(success.judge(&ended("cancelled")), Some(Verdict::Excluded));
    let strict = objective(
        "on: run, good: outcome == completed, outcomes: {cancelled: bad, guardrail: judge}",
    );
    assert_eq!(strict.judge(&ended("cancelled")), Some(Verdict::Bad));
    assert_eq!(strict.judge(&ended("guardrail")), Some(Verdict::Bad));
}

#[test]
fn what_does_not_match_is_not_judged() {
    let prod = objective(
        "on: run, match: {deployment.environment.name: prod, gen_ai.agent.name: 'support*'}, good: not error",
    );
    let fine = Known::new().with(Field::Error, Given::Bool(false));
    let env = |known: Known, env: &str| {
        known.with_attribute("deployment.environment.name", Given::Text(env.to_owned()))
    };
    let agent = fine.with_attribute("gen_ai.agent.name", Given::Text("support-eu".to_owned()));
    assert_eq!(prod.judge(&env(agent.clone(), "prod")), Some(Verdict::Good));
    assert_eq!(prod.judge(&env(agent.clone(), "dev")), None);
    assert_eq!(prod.judge(&agent), None, "what is missing does not match");
}

#[test]
fn what_is_missing_is_what_the_objective_says() {
    for (missing, verdict) in [
        ("exclude", Verdict::Excluded),
        ("bad", Verdict::Bad),
        ("good", Verdict::Good),
        ("unknown", Verdict::Unknown),
    ] {
        let costs = objective(&format!("on: run, good: cost <= 0.50, missing: {missing}"));
        assert_eq!(costs.judge(&Known::new()), Some(verdict));
    }
    let costs = objective("on: run, good: cost <= 0.50");
    assert_eq!(costs.judge(&Known::new()), Some(Verdict::Unknown), "a price not known is not 0");
}

#[test]
fn what_is_excluded_counts_as_neither() {
    let tools =
        objective("on: tool_call, good: not error, exclude: 'error_type in [user_rejected]'");
    let failed = |class: &str| {
        Known::new()
            .with(Field::Error, Given::Bool(true))
            .with(Field::ErrorType, Given::Text(class.to_owned()))
    };
    assert_eq!(tools.judge(&failed("user_rejected")), Some(Verdict::Excluded));
    assert_eq!(tools.judge(&failed("timeout")), Some(Verdict::Bad));
    let fine = Known::new().with(Field::Error, Given::Bool(false));
    assert_eq!(tools.judge(&fine), Some(Verdict::Good), "no error class excludes nothing");
    assert_eq!(tools.reason(&failed("timeout")), Some("error"));
}

#[test]
fn a_run_without_its_root_is_bad_or_unknown_but_never_good() {
    let calls = objective("on: run, good: model_calls <= 25");
    let partial = |calls| {
        Known::new()
            .with(Field::Partial, Given::Bool(true))
            .with(Field::ModelCalls, Given::Int(calls))
    };
    assert_eq!(calls.judge(&partial(3)), Some(Verdict::Unknown));
    assert_eq!(calls.judge(&partial(26)), Some(Verdict::Bad));
}

#[test]
fn a_hung_run_is_bad_the_moment_it_takes_too_long() {
    let latency = objective("on: run, match: {gen_ai.agent.name: a}, good: duration <= 60s");
    let after =
        |seconds: i64| Known::new().with(Field::Duration, Given::Nanos(seconds * 1_000_000_000));
    let named =
        |known: Known| known.with_attribute("gen_ai.agent.name", Given::Text("a".to_owned()));
    assert!(!latency.is_bad_already(&named(after(60))));
    assert!(latency.is_bad_already(&named(after(61))));
    assert!(!latency.is_bad_already(&after(61)), "whose run it is is not known yet");
    let excused = objective("on: run, good: duration <= 60s, exclude: outcome == cancelled");
    assert!(!excused.is_bad_already(&after(61)), "it may still be called off");
}

fn facts() -> impl Strategy<Value = Known> {
    (
        0..40_i64,
        0..5_i64,
        prop::option::of(prop::sample::select(&OUTCOMES[..])),
        prop::option::of(any::<bool>()),
    )
        .prop_map(|(calls, errors, outcome, partial)| {
            let mut known = Known::new()
                .with(Field::ModelCalls, Given::Int(calls))
                .with(Field::ToolErrors, Given::Int(errors));
            if let Some(outcome) = outcome {
                known.set(Field::Outcome, Given::Text(outcome.to_owned()));
            }
            if let Some(partial) = partial {
                known.set(Field::Partial, Given::Bool(partial));
            }
            known
        })
}

proptest! {
    /// For every beginning of a run: what is said to be bad early is bad in the end.
    #[test]
    fn early_bad_is_final(now in facts(), then in facts(), which in 0..5_usize) {
        use crate::{Fact, Facts as _};
        let objective = objective([
            "on: run, good: model_calls <= 25",
            "on: run, good: model_calls <= 25 and tool_errors < 3",
            "on: run, good: model_calls <= 25, exclude: tool_errors >= 4",
            "on: run, good: model_calls <= 25, exclude: outcome == cancelled",
            "on: run, good: outcome == completed and model_calls <= 25",
        ][which]);
        let mut later = then.clone();
        for field in [Field::ModelCalls, Field::ToolErrors] {
            if let (Fact::Int(a), Fact::Int(b)) = (now.field(field), then.field(field)) {
                later.set(field, Given::Int(a + b));
            }
        }
        if objective.is_bad_already(&now) {
            prop_assert_eq!(objective.judge(&now), Some(Verdict::Bad));
            prop_assert_eq!(objective.judge(&later), Some(Verdict::Bad));
            prop_assert!(objective.is_bad_already(&later));
        }
    }

    #[test]
    fn a_tighter_bound_makes_nothing_good(facts in facts(), a in 0..40_i64, b in 0..40_i64) {
        let of = |bound: i64| objective(&format!("on: run, good: model_calls <= {bound}"));
        if of(a.min(b)).judge(&facts) == Some(Verdict::Good) {
            prop_assert_eq!(of(a.max(b)).judge(&facts), Some(Verdict::Good));
        }
    }

    #[test]
    fn a_reason_is_given_for_everything_bad_by_its_condition(facts in facts()) {
        let objective = objective("on: run, good: model_calls <= 25 and tool_errors < 3");
        let is_bad = objective.judge(&facts) == Some(Verdict::Bad);
        prop_assert_eq!(objective.reason(&facts).is_some(), is_bad);
    }
}
