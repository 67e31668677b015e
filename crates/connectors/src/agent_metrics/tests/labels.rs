//! What series are split by, and what bounds it.

use proptest::prelude::*;

use super::support::{sent, spans};
use crate::agent_metrics::{
    config::Config,
    labels::{Labels, Set},
    names::Key,
};

/// The text that stands for a value.
fn label(text: &str) -> Option<String> {
    let mut labels = Labels::new(&Config::default());
    let number = labels.value(Key::Agent, Some(text.as_bytes()));
    labels.text(Key::Agent, number).map(str::to_owned)
}

#[test]
fn names_are_kept_as_they_are() {
    for name in [
        "weather_agent",
        "gpt-4o-2024-08-06",
        "claude-3-5-sonnet-20241022",
        "anthropic.claude-3-5-sonnet-20241022-v2:0",
        "meta-llama/Llama-3.3-70B-Instruct",
        "ft:gpt-4o-mini",
        "deadbeef",
        "Agent für Wetter",
    ] {
        assert_eq!(label(name).as_deref(), Some(name));
    }
}

#[test]
fn what_looks_like_an_id_is_never_a_value() {
    for id in [
        "550e8400-e29b-41d4-a716-446655440000",
        "agent-550e8400-e29b-41d4-a716-446655440000",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "run 00f067aa0ba902b7",
        "12345678901234567",
        &"long ".repeat(40),
    ] {
        assert_eq!(label(id).as_deref(), Some("other"), "{id}");
    }
    assert_eq!(label(""), None);
}

#[test]
fn text_that_is_not_utf_8_is_other() {
    let mut labels = Labels::new(&Config::default());
    let number = labels.value(Key::Tool, Some(b"\xff\xfe"));
    assert_eq!(labels.text(Key::Tool, number), Some("other"));
}

#[test]
fn values_beyond_the_limit_are_other_and_those_known_stay() {
    let mut config = Config::default();
    config.limits.tools = 2;
    let mut labels = Labels::new(&config);
    let mut text = |tool: &str| {
        let number = labels.value(Key::Tool, Some(tool.as_bytes()));
        labels.text(Key::Tool, number).unwrap().to_owned()
    };
    assert_eq!(["a", "b", "c", "a", "d"].map(&mut text), ["a", "b", "other", "a", "other"]);
}

#[test]
fn a_ticket_gives_back_set_and_weight() {
    let mut labels = Labels::new(&Config::default());
    let set = Set::EMPTY.with(Key::Tool, 7);
    let tickets = [1.0, 10.0, 2.5].map(|weight| labels.ticket(set, weight));
    assert_eq!(tickets.map(|ticket| labels.redeem(ticket)), [(set, 1.0), (set, 10.0), (set, 2.5)]);
}

#[test]
fn more_weights_than_there_is_room_for_become_the_nearest() {
    let mut labels = Labels::new(&Config::default());
    for at in 0..1_000 {
        let weight = 1.0 + f64::from(at);
        let (_, kept) = {
            let ticket = labels.ticket(Set::EMPTY, weight);
            labels.redeem(ticket)
        };
        assert!(at >= 255 || kept == weight);
        assert!(kept <= weight && (weight <= 256.0 || kept == 256.0), "{kept} for {weight}");
    }
}

#[test]
fn sets_beyond_the_limit_are_one() {
    let mut config = Config::default();
    config.limits.series = 100;
    let mut labels = Labels::new(&config);
    let tickets: Vec<_> =
        (0..200).map(|at| labels.ticket(Set::EMPTY.with(Key::Tool, at), 1.0)).collect();
    assert_eq!(labels.redeem(tickets[99]).0, Set::EMPTY.with(Key::Tool, 99));
    assert_eq!(labels.redeem(tickets[150]).0, Set::OVERFLOW);
}

proptest! {
    #[test]
    fn any_bytes_are_a_value_that_is_bounded(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut labels = Labels::new(&Config::default());
        let number = labels.value(Key::Agent, Some(&bytes));
        let text = labels.text(Key::Agent, number);
        prop_assert!(text.is_none_or(|text| text == "other" || text.as_bytes() == bytes));
        prop_assert!(text.is_none_or(|text| text.len() <= 128));
    }
}

fn many_models(count: usize) -> String {
    let mut lines = "resource service.name=shop\n".to_owned();
    for at in 0..count {
        lines += &format!(
            "{at} 1 - chat gen_ai.operation.name=chat gen_ai.request.model=model-{at} \
             gen_ai.usage.input_tokens=10 gen_ai.usage.output_tokens=1\n"
        );
    }
    lines
}

#[tokio::test(start_paused = true)]
async fn totals_stay_right_when_labels_overflow() {
    let sent = sent("limits: {models: 5}", [spans(&many_models(50))]).await;
    assert_eq!(sent.attribute_values("gen_ai.request.model").len(), 6);
    assert_eq!((sent.tokens("input"), sent.tokens("output")), (500.0, 50.0));
    let other = [("gen_ai.request.model", "other"), ("gen_ai.token.type", "input")];
    assert_eq!(sent.sum("tollgate.tokens", &other), 450.0);
}

#[tokio::test(start_paused = true)]
async fn totals_stay_right_when_series_overflow() {
    let sent = sent("limits: {series: 100}", [spans(&many_models(50))]).await;
    let overflow = sent.sum("tollgate.calls", &[("otel.metric.overflow", "true")]);
    assert!(overflow > 0.0);
    assert_eq!(sent.sum("tollgate.calls", &[]), 50.0);
    assert!(sent.0.len() < 150, "{}", sent.0.len());
}

#[tokio::test(start_paused = true)]
async fn resources_are_told_apart_by_the_chosen_attributes_only() {
    let lines = "resource service.name=shop service.instance.id=a team=x\n\
                 1 1 - chat gen_ai.operation.name=chat gen_ai.request.model=m gen_ai.usage.input_tokens=1\n\
                 resource service.name=shop service.instance.id=b team=y\n\
                 2 1 - chat gen_ai.operation.name=chat gen_ai.request.model=m gen_ai.usage.input_tokens=2";
    let by_default = sent("{}", [spans(lines)]).await;
    assert_eq!(by_default.series("tollgate.calls", &[("service.name", "shop")]).len(), 1);
    assert!(by_default.attribute_values("service.instance.id").is_empty());
    let by_team = sent("dimensions: [team]", [spans(lines)]).await;
    let input =
        |team| by_team.sum("tollgate.tokens", &[("team", team), ("gen_ai.token.type", "input")]);
    assert_eq!((input("x"), input("y")), (1.0, 2.0));
    assert!(by_team.attribute_values("service.name").is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_id_of_a_trace_run_conversation_or_call_is_an_attribute() {
    let lines = "1 1 - invoke_agent gen_ai.operation.name=invoke_agent gen_ai.agent.name=a gen_ai.agent.id=agent-7 \
                 gen_ai.conversation.id=conv-7\n\
                 1 2 1 chat gen_ai.operation.name=chat gen_ai.request.model=m gen_ai.response.id=resp-7 \
                 gen_ai.usage.input_tokens=2\n\
                 1 3 1 execute_tool gen_ai.operation.name=execute_tool gen_ai.tool.name=t gen_ai.tool.call.id=call-7";
    let sent = sent("{profile: next, compatibility: [mutx]}", [spans(lines)]).await;
    let numbers = sent.numbers();
    assert!(numbers.contains("tollgate.tool.calls"), "{numbers}");
    for id in ["agent-7", "conv-7", "resp-7", "call-7", "0000000"] {
        assert!(!numbers.contains(id), "{id} in\n{numbers}");
    }
}
