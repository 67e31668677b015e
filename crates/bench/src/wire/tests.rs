use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use proptest::prelude::*;
use prost::Message;

use super::count_spans;

proptest! {
    #[test]
    fn counts_what_prost_encoded(shape in prop::collection::vec(prop::collection::vec(0_usize..5, 0..4), 0..4)) {
        let request = ExportTraceServiceRequest {
            resource_spans: shape.iter().map(|scopes| ResourceSpans {
                scope_spans: scopes.iter().map(|&spans| ScopeSpans {
                    spans: vec![Span { name: "chat".into(), end_time_unix_nano: 7, ..Span::default() }; spans],
                    ..ScopeSpans::default()
                }).collect(),
                ..ResourceSpans::default()
            }).collect(),
        };
        let expected: usize = shape.iter().flatten().sum();
        prop_assert_eq!(count_spans(&request.encode_to_vec()), Some(expected as u64));
    }

    #[test]
    fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let _ = count_spans(&bytes);
    }
}

#[test]
fn refuses_a_length_past_the_end() {
    assert_eq!(count_spans(&[0x0a, 0x05, 0x12]), None);
}
