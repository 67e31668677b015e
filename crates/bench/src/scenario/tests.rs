use super::{Cell, Ports, Scenario, Size, config};
use crate::options::{Compression, Queue};
use crate::subject::Kind;

const PORTS: Ports = Ports { receiver: 1, metrics: 2, sink: 3 };

#[test]
fn names_the_processor_in_the_section_and_in_the_pipeline() {
    for (scenario, section, names) in [
        (Scenario::None, "max_recv_msg_size_mib: 64\nexporters:", "processors: []"),
        (Scenario::Attributes, "\nprocessors:\n  attributes:\n", "processors: [attributes]"),
        (Scenario::Batch, "\nprocessors:\n  batch:\n", "processors: [batch]"),
        (
            Scenario::Agents,
            "\nprocessors:\n  token_usage:\n  agent_runs:\n",
            "processors: [token_usage, agent_runs]",
        ),
    ] {
        let text = config(Kind::Tollgate, scenario, (Queue::Default, Compression::None), PORTS);
        assert!(text.contains(section), "{text}");
        assert!(text.contains(names), "{text}");
        assert!(!text.contains("sending_queue"), "{text}");
    }
}

#[test]
fn turns_the_queue_off_or_makes_it_wait_when_asked() {
    for (queue, setting) in
        [(Queue::Off, "enabled: false"), (Queue::Blocking, "block_on_overflow: true")]
    {
        let text = config(Kind::Otelcol, Scenario::None, (queue, Compression::None), PORTS);
        assert!(text.contains(&format!("    sending_queue: {{{setting}}}\nservice:")), "{text}");
    }
}

#[test]
fn gives_large_requests_fewer_streams_and_never_fewer_than_four() {
    for (size, per_request, streams) in
        [(Size::Small, 100, 32), (Size::Prompt10, 1_000, 6), (Size::Prompt10, 10_000, 4)]
    {
        let cell = Cell { scenario: Scenario::None, size, per_request };
        assert_eq!(cell.streams(32), streams, "{}", cell.title());
    }
}

#[test]
fn asks_for_more_requests_the_longer_it_may_take() {
    let cell = Cell { scenario: Scenario::None, size: Size::Small, per_request: 100 };
    assert!(cell.requests(2.0) > cell.requests(1.0));
    assert_eq!(cell.requests(0.0), 64);
}

#[test]
fn gives_the_go_collector_statements_that_rename_what_token_usage_reads() {
    let text = config(Kind::Otelcol, Scenario::Agents, (Queue::Default, Compression::None), PORTS);
    assert!(text.contains("processors: [transform]"), "{text}");
    assert_eq!(text.matches("delete_key(").count(), 5, "{text}");
}

#[test]
fn gives_the_go_collector_a_rule_for_each_of_the_eighteen_kinds() {
    let text =
        config(Kind::Otelcol, Scenario::Redaction, (Queue::Default, Compression::None), PORTS);
    assert_eq!(
        text,
        config(
            Kind::Tollgate,
            Scenario::RedactionRules,
            (Queue::Default, Compression::None),
            PORTS
        )
    );
    assert!(text.contains("    allow_all_keys: true\n    blocked_values:\n"), "{text}");
    assert_eq!(text.matches("\n      - '").count(), 18, "{text}");
    assert!(!text.contains('$'), "nothing looks like a reference: {text}");
    let text = config(
        Kind::Tollgate,
        Scenario::RedactionClean,
        (Queue::Default, Compression::None),
        PORTS,
    );
    assert!(text.contains("processors: [pii_redaction]"), "{text}");
    let text = config(
        Kind::PassThrough,
        Scenario::RedactionHistory,
        (Queue::Default, Compression::None),
        PORTS,
    );
    assert!(text.contains("processors: []"), "{text}");
}

#[test]
fn sends_no_more_than_what_can_be_made_before_where_no_request_comes_twice() {
    let cell = |scenario| Cell { scenario, size: Size::Prompt10, per_request: 100 };
    assert!(cell(Scenario::None).requests(20.0) > 1_000);
    let count = cell(Scenario::Redaction).requests(20.0);
    assert!(count * cell(Scenario::Redaction).request_bytes() <= 128 << 20, "{count}");
}
