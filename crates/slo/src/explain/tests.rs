use super::explain;
use crate::{Field, Given, Known, Objective, Set};

fn objective(text: &str) -> Objective {
    let text = format!("objectives:\n- {{name: a, target: 99%, {text}}}");
    Set::read(&config::parse(&text, "slo.yaml").unwrap(), &[]).0.objectives.remove(0)
}

fn text(text: &str) -> Given {
    Given::Text(text.to_owned())
}

#[test]
fn each_test_is_shown_with_what_was_found() {
    let budget = objective(
        "on: run, match: {gen_ai.agent.name: ['support*', x]}, good: cost <= 0.50 and model_calls <= 25, \
         exclude: error_type == user_rejected",
    );
    let run = Known::new()
        .with(Field::Cost, Given::Float(0.2))
        .with(Field::ModelCalls, Given::Int(26))
        .with(Field::ErrorType, text("timeout"))
        .with_attribute("gen_ai.agent.name", text("support-eu"));
    assert_eq!(
        explain(&budget, &run).to_string(),
        "a: bad, because good does not hold (model_calls>25)
  match    gen_ai.agent.name: support*, x: holds
  exclude  error_type == user_rejected: found timeout, does not hold
  good     cost <= 0.50: found 0.2, holds
  good     model_calls <= 25: found 26, does not hold"
    );
}

#[test]
fn every_way_to_a_verdict_has_its_words() {
    let success = objective("on: run, good: outcome == completed");
    let calls = objective("on: run, good: model_calls <= 25");
    let tools = objective("on: tool_call, good: not error, exclude: error_type == rejected");
    let prod = objective("on: run, match: {service.name: x}, good: not error");
    let with = |field, given| Known::new().with(field, given);
    let many = |calls| with(Field::ModelCalls, Given::Int(calls));
    for (objective, facts, told) in [
        (
            &success,
            with(Field::Outcome, text("cancelled")),
            "a: excluded, because of its outcome, which good does not name",
        ),
        (&success, with(Field::Outcome, text("completed")), "a: good, because good holds"),
        (&success, Known::new(), "a: unknown, because facts are missing, and missing says so"),
        (
            &calls,
            many(3).with(Field::Partial, Given::Bool(true)),
            "a: unknown, because its root never came, so not all is known",
        ),
        (&tools, with(Field::ErrorType, text("rejected")), "a: excluded, because exclude holds"),
        (&prod, Known::new(), "a: not judged, because it does not match"),
    ] {
        let found = explain(objective, &facts).to_string();
        assert!(found.starts_with(told), "{found}");
    }
    let early = explain(&calls, &many(26)).to_string();
    assert!(early.ends_with("early    it was bad for good before it was over"), "{early}");
}

#[test]
fn values_of_attributes_are_not_shown() {
    let secret = objective("on: run, match: {attributes.key: '*'}, good: attributes.other == x");
    let run = Known::new()
        .with_attribute("key", text("hunter2"))
        .with_attribute("other", text("hunter3"));
    let shown = explain(&secret, &run).to_string();
    assert!(!shown.contains("hunter"), "{shown}");
}
