use crate::{Expr, Grain};

/// The whole text of the error.
fn error(text: &str, grain: Grain) -> String {
    Expr::parse(text, grain)
        .map_or_else(|error| error.to_string(), |expr| format!("read as {expr}"))
}

fn of_run(text: &str) -> String {
    error(text, Grain::Run)
}

#[test]
fn an_unknown_field_names_the_nearest_one() {
    assert_eq!(
        of_run("not error and modl_calls <= 25"),
        "there is no field \"modl_calls\" at character 15: did you mean model_calls?"
    );
    assert_eq!(
        of_run("gen_ai.agent.nam == x"),
        "there is no field \"gen_ai.agent.nam\" at character 1: did you mean gen_ai.agent.name?"
    );
    assert_eq!(
        of_run("tenant == gold"),
        "there is no field \"tenant\" at character 1: for an attribute of your own write \
         attributes.tenant"
    );
}

#[test]
fn a_field_of_another_grain_says_which() {
    assert_eq!(
        of_run("ttft <= 2s"),
        "a run has no ttft at character 1: judge it with on: model_call"
    );
    assert_eq!(
        error("outcome == completed", Grain::ToolCall),
        "a tool_call has no outcome at character 1: judge it with on: run or agent"
    );
}

#[test]
fn units_must_fit() {
    assert_eq!(
        of_run("tokens.total <= 60s"),
        "tokens.total is tokens, 60s is a time at character 17: write 50k tokens"
    );
    assert_eq!(
        of_run("duration <= 60"),
        "duration is a time, 60 has no unit at character 13: write 60s"
    );
    assert_eq!(
        of_run("cost <= 10 tokens"),
        "cost is US dollars, 10 tokens is tokens at character 9: write $0.50"
    );
    assert_eq!(
        of_run("model_calls <= tool_calls and cost <= tokens.input"),
        "cost is US dollars, tokens.input is not at character 39: compare like with like"
    );
    assert_eq!(of_run("1s < 2"), "1s is a time, 2 has no unit at character 6: write 60s");
}

#[test]
fn types_must_fit() {
    assert_eq!(
        of_run("outcome <= completed"),
        "outcome has no order at character 9: compare it with == or !="
    );
    assert_eq!(
        of_run("outcome == complete"),
        "no outcome is called \"complete\" at character 12: did you mean completed?"
    );
    assert_eq!(
        of_run("error == 3"),
        "error is yes or no at character 10: write error or not error"
    );
    assert_eq!(
        of_run("error_type == 3"),
        "error_type is a text, \"3\" is not at character 15: put it into quotes"
    );
    assert_eq!(
        of_run("duration"),
        "duration is not compared with anything at character 1: write duration <= 60s"
    );
    assert_eq!(
        of_run("outcome"),
        "outcome is not compared with anything at character 1: write outcome == completed"
    );
}

#[test]
fn numbers_are_read_whole_or_not_at_all() {
    for number in ["60sec", "1m1h", "5kk", "1s2", "$5s", "1..2", "-3x", "1e3", "$1 USD"] {
        let text = of_run(&format!("attributes.x <= {number}"));
        assert!(text.contains("is no number with a unit known"), "{number}: {text}");
    }
}

#[test]
fn slips_of_the_pen_are_told_with_what_to_write() {
    for (text, told) in [
        ("", "the condition is empty at character 1: write one, such as not error"),
        ("model_calls = 3", "'=' means nothing here at character 13: compare with =="),
        ("error && error", "'&' means nothing here at character 7: write and"),
        ("error || error", "'|' means nothing here at character 7: write or"),
        ("!error", "'!' means nothing here at character 1: write not"),
        ("(error", "the end stands where ) is missing at character 7: close the parenthesis"),
        ("error)", "there is no ( for this ) at character 6: remove it"),
        (
            "error error",
            "\"error\" does not follow here at character 7: join conditions with and or or",
        ),
        (
            "outcome in [completed error]",
            "\"error\" stands where , or ] is missing at character 23: write a list as [a, b]",
        ),
        ("outcome in []", "the list is empty at character 12: name at least one value"),
        (
            "outcome in completed",
            "\"completed\" stands where a list is missing at character 12: write in [a, b]",
        ),
        ("outcome == \"completed", "a quote is not closed at character 12: add the second quote"),
        (
            "1 < model_calls < 3",
            "comparisons do not chain at character 17: join two of them with and",
        ),
        (
            "\"a\" == \"b\"",
            "neither side names a field at character 1: compare a field with a value",
        ),
        (
            "model_calls 3",
            "model_calls is not compared with anything at character 1: write model_calls <= 25",
        ),
    ] {
        assert_eq!(of_run(text), told, "{text}");
    }
}

#[test]
fn places_count_characters() {
    let told = of_run("error_type == \"\u{e4}\u{f6}\" and nope");
    assert!(told.contains("at character 24"), "{told}");
}

#[test]
fn depth_and_length_are_bounded() {
    let deep = format!("{}error{}", "(".repeat(40), ")".repeat(40));
    assert!(of_run(&deep).starts_with("more than 32 levels of nesting"), "{}", of_run(&deep));
    let nots = format!("{}error", "not ".repeat(1_000));
    assert!(of_run(&nots).starts_with("more than 32 levels of nesting"));
    let long = "error or ".repeat(1_000) + "error";
    assert!(of_run(&long).starts_with("a condition of 9005 bytes is too long"));
}
