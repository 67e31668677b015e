use std::{collections::BTreeSet, sync::Arc};

use pdata::{Context, Metadata, for_each_record};
use sdk::Config as _;

use super::*;

testkit::exporter_contract!(Kafka, include_str!("README.md"), "{brokers: ['127.0.0.1:1']}");

fn ready(yaml: &str, batch: &Batch) -> Vec<Ready> {
    messages(&testkit::settings::<Config>(yaml), batch)
}

fn records(batch: &Batch) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    for_each_record(batch.signal(), batch.bytes(), &mut |record| records.push(record.raw.to_vec()));
    records
}

/// `count` spans of `traces` traces, and as many of none.
fn spans(count: usize, traces: usize) -> Batch {
    let span = |at: usize| format!(r#"{{"traceId":"{:032x}","name":"span-{at}"}}"#, at % traces);
    let all = (0..count).map(span).collect::<Vec<_>>().join(",");
    testkit::traces(&format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{all}]}}]}}]}}"#))
}

#[test]
fn a_batch_is_one_message_as_the_bytes_it_is() {
    for (batch, topic) in [
        (testkit::spans("a\nresource k=v\nb"), "otlp_spans"),
        (testkit::gauges("a"), "otlp_metrics"),
        (testkit::log_records("a"), "otlp_logs"),
    ] {
        let ready = ready("{}", &batch);
        assert_eq!((ready.len(), ready[0].topic.as_str(), &ready[0].key), (1, topic, &None));
        assert_eq!(&ready[0].payload, batch.bytes());
    }
}

#[test]
fn each_trace_is_a_message_with_its_id_as_key() {
    let batch = spans(40, 8);
    let ready = ready("{partition_traces_by_id: true}", &batch);
    assert_eq!(ready.len(), 8);
    let keys: BTreeSet<_> = ready.iter().filter_map(|message| message.key.clone()).collect();
    assert_eq!(keys.len(), 7, "the id of zeros is none");
    assert!(keys.contains(format!("{:032x}", 3).as_bytes()));
    let mut arrived: Vec<_> = ready.iter().flat_map(|message| records(&message.records)).collect();
    assert!(ready.iter().all(|message| message.payload == *message.records.bytes()));
    let mut gone = records(&batch);
    arrived.sort();
    gone.sort();
    assert_eq!(arrived, gone);
}

#[test]
fn a_resource_is_a_message_whatever_the_order_of_its_attributes() {
    let batch = testkit::log_records("resource a=1 b=2\nx\nresource b=2 a=1\ny\nresource a=1\nz");
    let ready = ready("{partition_logs_by_resource_attributes: true}", &batch);
    let items: Vec<_> = ready.iter().map(|message| message.records.items()).collect();
    assert_eq!(items, [2, 1]);
    assert_ne!(ready[0].key, ready[1].key);
}

#[test]
fn a_header_names_the_topic_before_an_attribute_and_that_before_the_settings() {
    let yaml = "{topic_from_attribute: topic, traces: {topic: t, topic_from_metadata_key: x-topic, \
                message_key_from_metadata_key: x-key}}";
    let batch = testkit::spans("resource topic=own\na\nresource\nb");
    let topics = |batch: &Batch| -> Vec<_> {
        ready(yaml, batch).into_iter().map(|message| (message.topic, message.key)).collect()
    };
    assert_eq!(topics(&batch), [("own".to_owned(), None), ("t".to_owned(), None)]);
    let mut metadata = Metadata::default();
    metadata.add("x-topic", "asked".to_owned());
    metadata.add("x-key", "k".to_owned());
    let context = Arc::new(Context { metadata, ..Context::default() });
    let asked = ("asked".to_owned(), Some(b"k".to_vec()));
    assert_eq!(topics(&batch.with_context(context)), [asked]);
}

#[test]
fn what_is_too_large_for_a_message_is_split() {
    let batch = spans(400, 40);
    for encoding in ["otlp_proto", "otlp_json"] {
        let yaml =
            format!("{{traces: {{encoding: {encoding}}}, producer: {{max_message_bytes: 4096}}}}");
        let ready = ready(&yaml, &batch);
        assert!(ready.len() > 3 && ready.iter().all(|message| message.payload.len() <= 3584));
        let arrived: Vec<_> = ready.iter().flat_map(|message| records(&message.records)).collect();
        assert_eq!(arrived, records(&batch), "{encoding}");
    }
}

#[test]
fn raw_is_a_message_for_each_body() {
    let batch = testkit::log_records("hello\nworld");
    let ready = ready("{logs: {encoding: raw}}", &batch);
    let payloads: Vec<_> = ready.iter().map(|message| message.payload.as_ref()).collect();
    assert_eq!(payloads, [b"hello", b"world"]);
}

#[test]
fn only_messages_that_failed_are_still_to_be_sent() {
    let batch = spans(40, 8);
    let all = ready("{partition_traces_by_id: true}", &batch);
    let failed = |errors: [Error; 2]| {
        errors.into_iter().zip(ready("{partition_traces_by_id: true}", &batch)).collect()
    };
    let mut error =
        outcome(&batch, all.len(), failed([Error::permanent("no"), Error::refused("away")]))
            .unwrap_err();
    assert_eq!(error.message(), "2 of 8 messages were not taken: away");
    assert!(!error.is_permanent());
    assert_eq!(error.take_rest().unwrap().batch.items(), 10);
    let error =
        outcome(&batch, all.len(), failed([Error::permanent("no"), Error::permanent("no")]))
            .unwrap_err();
    assert!(error.is_permanent());
    assert_eq!(outcome(&batch, 8, Vec::new()).unwrap(), Delivered::all());
}

#[test]
fn faults_of_the_settings_are_named() {
    for (yaml, fault) in [
        ("{brokers: []}", "'brokers' must name at least one"),
        ("{tls: {ca_file: x}}", "has no TLS"),
        ("{traces: {encoding: raw}}", "\"raw\" is for logs"),
        ("{traces: {encoding: jaeger_proto}}", "unsupported encoding"),
        ("{producer: {required_acks: 2}}", "'required_acks'"),
        ("{producer: {compression: br}}", "'compression'"),
        (
            "{partition_logs_by_trace_id: true, partition_logs_by_resource_attributes: true}",
            "cannot both be on",
        ),
    ] {
        testkit::check_refused::<Config>(yaml, fault);
    }
    assert!(testkit::settings::<Config>("{}").problems().is_empty());
}
