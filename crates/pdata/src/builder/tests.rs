use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use prost::Message as _;

use super::*;

fn resource(dropped: u32, names: &[&str]) -> ResourceSpans {
    let spans = names.iter().map(|name| Span { name: (*name).into(), ..Span::default() }).collect();
    ResourceSpans {
        resource: Some(Resource { dropped_attributes_count: dropped, ..Resource::default() }),
        scope_spans: vec![ScopeSpans { spans, schema_url: "s".into(), ..ScopeSpans::default() }],
        schema_url: "r".into(),
    }
}

#[test]
fn equal_headers_become_one_group_in_order_of_first_appearance() {
    let request = ExportTraceServiceRequest {
        resource_spans: vec![resource(1, &["a", "b"]), resource(2, &["c"]), resource(1, &["d"])],
    };
    let bytes = request.encode_to_vec();
    let mut builder = BatchBuilder::new(Signal::Traces);
    for_each_record(Signal::Traces, &bytes, &mut |record| {
        let bound = builder.bytes_max_with(&record);
        builder.push(&record);
        assert!(builder.bytes_max <= bound);
    });
    let bound = builder.bytes_max;
    let batch = builder.build(Arc::default());
    assert!(batch.bytes().len() <= bound);
    let expected = ExportTraceServiceRequest {
        resource_spans: vec![resource(1, &["a", "b", "d"]), resource(2, &["c"])],
    };
    assert_eq!(ExportTraceServiceRequest::decode(batch.bytes().clone()).unwrap(), expected);
}
