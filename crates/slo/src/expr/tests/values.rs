use super::{Expr, model, run};
use crate::{
    Given, Grain, Known, Truth,
    expr::Pattern,
    fields::Field::{self, *},
};

fn truth(text: &str, facts: &Known) -> Truth {
    run(text).truth(facts)
}

fn with(field: Field, given: Given) -> Known {
    Known::new().with(field, given)
}

fn text(text: &str) -> Given {
    Given::Text(text.to_owned())
}

#[test]
fn bounds_are_exact() {
    let minute = 60_000_000_000;
    for (nanos, within, below) in
        [(minute - 1, true, true), (minute, true, false), (minute + 1, false, false)]
    {
        let facts = with(Duration, Given::Nanos(nanos));
        assert_eq!(truth("duration <= 60s", &facts), Truth::of(within));
        assert_eq!(truth("duration <= 1m", &facts), Truth::of(within));
        assert_eq!(truth("duration < 60000ms", &facts), Truth::of(below));
        assert_eq!(truth("60s >= duration", &facts), Truth::of(within));
        assert_eq!(truth("duration != 60s", &facts), Truth::of(nanos != minute));
    }
    let large = with(TokensTotal, Given::Int((1 << 53) + 1));
    assert_eq!(truth("tokens.total <= 9007199254740992", &large), Truth::False);
}

#[test]
fn numbers_take_the_units_of_their_fields() {
    let facts = with(TokensTotal, Given::Int(50_000));
    for text in ["50k", "50_000", "50k tokens", "0.05M", "50000.0"] {
        assert_eq!(truth(&format!("tokens.total == {text}"), &facts), Truth::True, "{text}");
    }
    let facts = with(Cost, Given::Float(0.5));
    for text in ["0.50", "$0.5", "0.5 USD"] {
        assert_eq!(truth(&format!("cost == {text}"), &facts), Truth::True, "{text}");
    }
    let facts = with(Duration, Given::Float(5400.0));
    for text in ["1h30m", "90m", "1.5h", "5400s"] {
        assert_eq!(truth(&format!("duration == {text}"), &facts), Truth::True, "{text}");
    }
}

#[test]
fn what_is_missing_is_unknown_and_never_zero() {
    let none = Known::new();
    assert_eq!(truth("cost <= 0.50", &none), Truth::Unknown);
    assert_eq!(truth("not error", &none), Truth::Unknown);
    assert_eq!(truth("outcome == completed", &none), Truth::Unknown);
    assert_eq!(truth("model_calls <= tool_calls", &none), Truth::Unknown);
    assert_eq!(truth("cost <= 1", &with(Cost, Given::Float(f64::NAN))), Truth::Unknown);
    // What has another type than expected is as good as missing.
    assert_eq!(truth("cost <= 1", &with(Cost, text("1"))), Truth::Unknown);
    let calls = with(ModelCalls, Given::Int(30));
    assert_eq!(truth("cost <= 0.50 and model_calls <= 25", &calls), Truth::False);
    assert_eq!(truth("cost <= 0.50 or model_calls > 25", &calls), Truth::True);
    assert_eq!(truth("cost <= 0.50 or model_calls <= 25", &calls), Truth::Unknown);
}

#[test]
fn words_are_compared_whole_or_by_stars() {
    let facts = with(ErrorType, text("rate_limit_exceeded"));
    assert_eq!(truth("error_type == rate_limit_exceeded", &facts), Truth::True);
    assert_eq!(truth("error_type == rate_*", &facts), Truth::True);
    assert_eq!(truth("error_type == \"rate_*\"", &facts), Truth::False);
    assert_eq!(truth("error_type in [timeout, *exceeded]", &facts), Truth::True);
    assert_eq!(truth("error_type not in [timeout, *exceeded]", &facts), Truth::False);
    assert_eq!(truth("error_type != error", &facts), Truth::True);
    // A word behind a text field is a word, even where a field has the same name.
    assert_eq!(truth("outcome == error", &with(Outcome, text("error"))), Truth::True);
}

#[test]
fn a_list_holds_what_one_of_its_texts_holds() {
    let facts = with(FinishReasons, Given::Texts(vec!["stop".into(), "length".into()]));
    assert_eq!(model("finish_reasons == length").truth(&facts), Truth::True);
    assert_eq!(model("finish_reasons != length").truth(&facts), Truth::False);
    assert_eq!(model("finish_reasons not in [content_filter, error]").truth(&facts), Truth::True);
}

#[test]
fn attributes_take_the_type_of_what_they_are_compared_with() {
    let facts = Known::new()
        .with_attribute("tier", text("gold"))
        .with_attribute("http.response.status_code", Given::Int(503))
        .with_attribute("gen_ai.request.stream", Given::Bool(true))
        .with_attribute("gen_ai.response.time_to_first_chunk", Given::Float(1.5));
    assert_eq!(truth("attributes.tier in [gold, silver]", &facts), Truth::True);
    assert_eq!(truth("http.response.status_code < 500", &facts), Truth::False);
    assert_eq!(truth("http.response.status_code in [502, 503]", &facts), Truth::True);
    assert_eq!(truth("gen_ai.request.stream == true", &facts), Truth::True);
    assert_eq!(truth("gen_ai.response.time_to_first_chunk <= 1500ms", &facts), Truth::True);
    assert_eq!(truth("attributes.other == true", &facts), Truth::Unknown);
}

#[test]
fn and_binds_tighter_than_or_and_not_tighter_than_both() {
    let facts = with(Error, Given::Bool(true)).with(Partial, Given::Bool(false));
    assert_eq!(truth("error or partial and partial", &facts), Truth::True);
    assert_eq!(truth("(error or partial) and partial", &facts), Truth::False);
    assert_eq!(truth("not partial and error", &facts), Truth::True);
    assert_eq!(truth("not (partial and error)", &facts), Truth::True);
}

#[test]
fn the_reason_is_the_test_that_failed() {
    let facts = with(Cost, Given::Float(0.2))
        .with(ModelCalls, Given::Int(26))
        .with(Error, Given::Bool(true))
        .with(Outcome, text("timeout"));
    let why = |text: &str| run(text).why_false(&facts).map(str::to_owned);
    assert_eq!(why("cost <= $0.50 and model_calls <= 25").as_deref(), Some("model_calls>25"));
    assert_eq!(why("not error").as_deref(), Some("error"));
    assert_eq!(why("outcome == completed").as_deref(), Some("outcome!=completed"));
    assert_eq!(why("not (cost < 1 or error)").as_deref(), Some("cost < 1"));
    assert_eq!(why("cost <= 0.50"), None);
    let steps = run("cost <= $0.50 and attributes.secret == x")
        .steps(&facts.clone().with_attribute("secret", text("hunter2")));
    assert_eq!(steps[0].found, "0.2");
    assert_eq!((steps[1].found.as_str(), steps[1].truth), ("a text", Truth::False));
}

#[test]
fn conditions_that_never_vary_are_found() {
    for (text, value) in [
        ("true", Some(true)),
        ("3 < 2", Some(false)),
        ("model_calls >= 0", Some(true)),
        ("model_calls < 0", Some(false)),
        ("model_calls > 3 and model_calls < 4", Some(false)),
        ("duration > 3s and duration < 4s", None),
        ("cost <= 1 or cost > 1", Some(true)),
        ("outcome == completed and outcome == error", Some(false)),
        (
            "outcome in [completed, error, guardrail, max_iterations, timeout, cancelled, unknown]",
            Some(true),
        ),
        ("outcome != completed", None),
        ("error and not error", Some(false)),
        ("error_type == a and error_type == b", Some(false)),
        ("error_type == a* and error_type == *b", None),
        ("error_type == *", Some(true)),
        ("cost <= 0.50 and model_calls <= 25 and repeated_tool_calls <= 3", None),
        ("model_calls <= tool_calls", None),
        ("attributes.x < 0 and attributes.x > -1", None),
    ] {
        assert_eq!(run(text).constancy(), value, "{text}");
    }
    assert_eq!(model("finish_reasons == a and finish_reasons == b").constancy(), None);
    assert_eq!(model("finish_reasons == a and finish_reasons != a").constancy(), Some(false));
    let score = Expr::parse("score >= 0.7", Grain::Evaluation).unwrap();
    assert_eq!(score.constancy(), None);
}

#[test]
fn only_what_grows_fails_early() {
    for (text, early) in [
        ("model_calls <= 25", true),
        ("model_calls > 3", false),
        ("not model_calls > 25", true),
        ("duration <= 60s", true),
        ("active_duration <= 60s", false),
        ("outcome == completed", false),
        ("outcome == completed and model_calls <= 25", true),
        ("outcome == completed or model_calls <= 25", false),
        ("tool_errors == 0", false),
        ("tool_errors < 1", true),
    ] {
        assert_eq!(run(text).can_fail_early(), early, "{text}");
    }
    let facts = with(ModelCalls, Given::Int(26)).with(Outcome, text("completed"));
    let both = run("outcome == completed and model_calls <= 25");
    assert_eq!(both.truth_early(&facts), Truth::False);
    let facts = facts.with(ModelCalls, Given::Int(25));
    assert_eq!(both.truth(&facts), Truth::True);
    assert_eq!(both.truth_early(&facts), Truth::Unknown);
}

#[test]
fn stars_match_any_characters() {
    for (pattern, text, holds) in [
        ("support*", "support-eu", true),
        ("*", "", true),
        ("a*b*c", "a-b-b-c", true),
        ("a*b*c", "a-c-b", false),
        ("ab*b", "ab", false),
        ("*ab", "aab", true),
        ("**", "x", true),
        ("a", "a", true),
        ("", "a", false),
    ] {
        assert_eq!(Pattern::glob(pattern).matches(text.as_bytes()), holds, "{pattern} {text}");
    }
}
