use std::collections::HashSet;

use clap::ValueEnum;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

use super::Spans;
use crate::scenario::{DELETED_KEY, INSERTED_KEY, Size};

fn decode(request: &[u8]) -> Vec<Span> {
    let request = ExportTraceServiceRequest::decode(request).unwrap();
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).collect()
}

#[test]
fn makes_spans_whose_median_size_is_within_five_percent_of_the_aim() {
    for &size in Size::value_variants() {
        let mut lengths: Vec<usize> =
            decode(&Spans::new(size, 7).request(1_001)).iter().map(Span::encoded_len).collect();
        lengths.sort_unstable();
        let (median, aim) = (lengths[500], size.span_bytes());
        assert!(median.abs_diff(aim) * 20 <= aim, "{size}: median {median}, aim {aim}");
    }
}

#[test]
fn gives_every_span_the_attribute_to_delete_and_not_the_one_to_insert() {
    for span in decode(&Spans::new(Size::Prompt2, 7).request(50)) {
        let keys: HashSet<&str> = span.attributes.iter().map(|pair| pair.key.as_str()).collect();
        assert_eq!(keys.len(), 14);
        assert!(keys.contains(DELETED_KEY) && !keys.contains(INSERTED_KEY));
    }
    assert_eq!(decode(&Spans::new(Size::Small, 7).request(1))[0].attributes.len(), 13);
}

#[test]
fn makes_new_ids_for_every_span_and_the_same_ones_for_the_same_seed() {
    let mut spans = Spans::new(Size::Small, 7);
    let (first, second) = (spans.request(100), spans.request(100));
    let ids: HashSet<Vec<u8>> =
        [decode(&first), decode(&second)].concat().into_iter().map(|span| span.span_id).collect();
    assert_eq!(ids.len(), 200);
    assert_eq!(Spans::new(Size::Small, 7).request(100), first);
}
