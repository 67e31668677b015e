use ::kafka::Message;
use bytes::Bytes;

use super::*;

testkit::receiver_contract!(Kafka, include_str!("README.md"), "{brokers: ['127.0.0.1:1']}");

fn message(payload: &[u8]) -> Message {
    Message {
        topic: "t".to_owned(),
        partition: 0,
        offset: 0,
        payload: Bytes::copy_from_slice(payload),
        headers: vec![
            ("tenant".to_owned(), Bytes::from_static(b"acme")),
            ("other".to_owned(), Bytes::from_static(b"x")),
        ],
    }
}

fn decoded(payload: &[u8], signal: Signal, encoding: Encoding) -> Result<String, String> {
    let batch = decode::batch(&message(payload), signal, encoding, &HeaderConfig::default())?;
    Ok(testkit::text(&batch))
}

#[test]
fn each_encoding_is_read_as_what_it_is() {
    let spans = testkit::spans("resource k=v\na x=1");
    let json = serde_json::to_vec(&testkit::json_of(&spans)).unwrap();
    for (payload, encoding) in
        [(spans.bytes().as_ref(), Encoding::OtlpProto), (json.as_slice(), Encoding::OtlpJson)]
    {
        assert_eq!(decoded(payload, Signal::Traces, encoding).unwrap(), testkit::text(&spans));
    }
    let text = decoded("grüße".as_bytes(), Signal::Logs, Encoding::Text).unwrap();
    assert!(text.contains("grüße"), "{text}");
    let raw =
        decode::batch(&message(&[0, 255]), Signal::Logs, Encoding::Raw, &HeaderConfig::default());
    let json = testkit::json_of(&raw.unwrap()).to_string();
    assert!(json.contains(r#""bytesValue":"AP8=""#), "{json}");
    assert_eq!(
        decoded(&[255], Signal::Logs, Encoding::Text).unwrap_err(),
        "the message is not UTF-8"
    );
    assert!(decoded(&[255], Signal::Traces, Encoding::OtlpProto).is_err());
    assert!(decoded(b"{", Signal::Traces, Encoding::OtlpJson).is_err());
}

#[test]
fn headers_asked_for_become_attributes_of_every_resource() {
    let headers = HeaderConfig {
        extract_headers: true,
        headers: ["tenant", "not-there"].into_iter().collect(),
    };
    let spans = testkit::spans("resource k=v\na\nresource\nb");
    let batch =
        decode::batch(&message(spans.bytes()), Signal::Traces, Encoding::OtlpProto, &headers);
    assert_eq!(
        testkit::text(&batch.unwrap()),
        "resource k=v kafka.header.tenant=acme\na\nresource kafka.header.tenant=acme\nb"
    );
    let bad = decode::batch(&message(b"\x0a\x05x"), Signal::Traces, Encoding::OtlpProto, &headers);
    assert!(bad.is_err());
}

#[test]
fn a_topic_belongs_to_the_signal_that_names_it_else_to_the_one_whose_pattern_finds_it() {
    let config = testkit::settings::<Config>(
        "{traces: {topics: ['^a-', b]}, logs: {topics: [a-logs, '^a-'], exclude_topics: ['x$'], encoding: raw}}",
    );
    let topics = Topics::new(&config.own, [Signal::Traces, Signal::Logs].into_iter()).unwrap();
    let signal = |topic| topics.signal_of(topic).map(|(signal, _)| signal);
    assert_eq!(signal("a-logs"), Some(Signal::Logs));
    assert_eq!(signal("a-x"), Some(Signal::Traces));
    assert_eq!(signal("b"), Some(Signal::Traces));
    assert_eq!(signal("c"), None);
    let topics = Topics::new(&config.own, [Signal::Logs].into_iter()).unwrap();
    assert!(topics.signal_of("a-x").is_none());
}

#[test]
fn faults_of_the_settings_are_named() {
    for (yaml, fault) in [
        ("{initial_offset: first}", "'initial_offset' must be"),
        ("{traces: {topics: ['^(']}}", "is no pattern"),
        ("{traces: {topics: []}}", "must name at least one"),
        ("{metrics: {encoding: text}}", "are for logs"),
        ("{heartbeat_interval: 20s}", "shorter than 'session_timeout'"),
        ("{group_rebalance_strategy: sticky}", "'group_rebalance_strategy' must be"),
        ("{max_fetch_size: 1}", "between 1 KiB and 1 GiB"),
        ("{error_backoff: {multiplier: 0.5}}", "'multiplier' must be at least 1"),
    ] {
        testkit::check_refused::<Config>(yaml, fault);
    }
}
