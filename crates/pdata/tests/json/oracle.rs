//! The serde impls of `opentelemetry-proto`, a second reader and writer of OTLP JSON.
//!
//! It is stricter and looser in places: it knows no snake_case and no enum names, leaves
//! out nothing on writing, and wants `NaN` as a string only where it has a special serializer.

use std::fmt::Debug;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use pdata::{Signal, json};
use prost::Message;
use serde::{Serialize, de::DeserializeOwned};

use crate::{recorded, to_json};

/// Both read the same from the text, from what we write and from what they write.
fn agrees<M>(signal: Signal, text: &[u8])
where
    M: Message + Default + PartialEq + Debug + Serialize + DeserializeOwned,
{
    let read_by_both = |text: &[u8]| -> M {
        let theirs: M = serde_json::from_slice(text).unwrap();
        assert_eq!(M::decode(&*json::decode(signal, text).unwrap()).unwrap(), theirs);
        theirs
    };
    let request = read_by_both(text);
    let written_by_us = to_json(signal, &request.encode_to_vec());
    let with_what_is_always_written = read_by_both(written_by_us.as_bytes());
    let written_by_them = serde_json::to_vec(&with_what_is_always_written).unwrap();
    assert_eq!(read_by_both(&written_by_them), with_what_is_always_written);
    assert_eq!(to_json(signal, &with_what_is_always_written.encode_to_vec()), written_by_us);
}

#[test]
fn the_examples_of_the_protocol_mean_to_us_what_they_mean_to_opentelemetry_proto() {
    let read = |name| recorded::read(&format!("otlp-json/{name}"));
    agrees::<ExportTraceServiceRequest>(Signal::Traces, &read("trace.json"));
    agrees::<ExportMetricsServiceRequest>(Signal::Metrics, &read("metrics.json"));
    agrees::<ExportLogsServiceRequest>(Signal::Logs, &read("logs.json"));
    agrees::<ExportLogsServiceRequest>(Signal::Logs, &read("events.json"));
}

#[test]
fn recorded_requests_mean_to_us_what_they_mean_to_opentelemetry_proto() {
    for (signal, line) in recorded::json_lines() {
        match signal {
            Signal::Traces => agrees::<ExportTraceServiceRequest>(signal, &line),
            Signal::Metrics => agrees::<ExportMetricsServiceRequest>(signal, &line),
            _ => agrees::<ExportLogsServiceRequest>(signal, &line),
        }
    }
}
