//! Spans of a sample count for those that were left out.

use proptest::prelude::*;

use super::support::{sent, spans};
use crate::agent_metrics::decode::weight;

#[test]
fn a_threshold_says_how_many_a_span_stands_for() {
    for (state, expected) in [
        ("", 1.0),
        ("ot=th:0", 1.0),
        ("ot=th:8", 2.0),
        ("ot=th:c", 4.0),
        ("ot=rv:abcdef01234567;th:c", 4.0),
        ("vendor=x, ot=th:8 ,other=y", 2.0),
        ("ot=th:fd70a3d70a3d71", 100.0),
        ("ot=th:ffffffffffffff", 1e6),
    ] {
        let weight = weight(state.as_bytes());
        assert!((weight - expected).abs() < 1e-9 * expected, "{state}: {weight}");
    }
}

#[test]
fn what_is_no_threshold_says_nothing() {
    for state in [
        "ot=th:",
        "ot=th:xyz",
        "ot=th:8 1",
        "ot=th:123456789abcdef",
        "th:8",
        "o=th:8",
        "ot",
        "ot=th:C",
    ] {
        assert_eq!(weight(state.as_bytes()), 1.0, "{state}");
    }
    assert_eq!(weight(&[b','; 100_000]), 1.0);
}

proptest! {
    #[test]
    fn any_bytes_give_a_weight_that_is_bounded(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!((1.0..=1e6).contains(&weight(&bytes)));
    }

    #[test]
    fn any_threshold_gives_a_weight_that_is_bounded(digits in "[0-9a-f]{1,14}") {
        let state = format!("ot=th:{digits}");
        prop_assert!((1.0..=1e6).contains(&weight(state.as_bytes())));
    }
}

const AGENT: &str = "1 1 - invoke_agent state:ot=th:c gen_ai.operation.name=invoke_agent gen_ai.agent.name=a\n\
                     1 2 1 chat state:ot=th:c gen_ai.operation.name=chat gen_ai.request.model=gpt-4o \
                     gen_ai.provider.name=openai gen_ai.usage.input_tokens=100 gen_ai.usage.output_tokens=10\n\
                     1 3 1 execute_tool state:ot=th:c status:2 gen_ai.operation.name=execute_tool gen_ai.tool.name=t";

#[tokio::test(start_paused = true)]
async fn everything_is_counted_for_as_many_as_it_stands_for() {
    let sent = sent("{profile: next, compatibility: [mutx]}", [spans(AGENT)]).await;
    assert_eq!((sent.tokens("input"), sent.tokens("output")), (400.0, 40.0));
    for metric in [
        "tollgate.calls",
        "tollgate.call.duration",
        "tollgate.tool.calls",
        "tollgate.tool.failures",
        "tollgate.agent.runs",
        "gen_ai.invoke_agent.duration",
        "llm_requests_total",
    ] {
        assert_eq!(sent.sum(metric, &[]), 4.0, "{metric}");
    }
    assert_eq!(sent.sum("otel_traces_span_count_total", &[]), 12.0);
    assert_eq!(sent.sum("tollgate.sampling.adjusted", &[]), 1.0);
    let cost = sent.sum("tollgate.cost", &[]);
    let single = super::support::sent("{}", [spans(&AGENT.replace("state:ot=th:c", ""))]).await;
    assert!(cost > 0.0 && (cost - 4.0 * single.sum("tollgate.cost", &[])).abs() < 1e-9);
    assert_eq!(single.sum("tollgate.sampling.adjusted", &[]), 0.0);
}

#[tokio::test(start_paused = true)]
async fn uneven_samples_round_in_the_sum_not_in_each_call() {
    // 3 of 4 kept: each stands for 1⅓.
    let mut lines = String::new();
    for at in 1..=30 {
        lines += &format!(
            "{at} 1 - chat state:ot=th:4 gen_ai.operation.name=chat gen_ai.request.model=m gen_ai.usage.input_tokens=10\n"
        );
    }
    let sent = sent("{}", [spans(&lines)]).await;
    assert_eq!(sent.sum("tollgate.calls", &[]), 40.0);
    assert_eq!(sent.tokens("input"), 400.0);
}
