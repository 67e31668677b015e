//! What one edit costs: nanoseconds a span, on the wire and by way of prost structs.
//!
//! `cargo bench -p pdata --bench rewrite [-- part of a name]`. A request of 100 spans in one scope, each 535 bytes with 13
//! attributes as a GenAI client writes them; every edit but the first touches every span.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

mod genai;

use std::{hint::black_box, sync::Arc, time::Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use pdata::{Batch, Context, Record, RecordKinds, Signal, Verdict, rewrite};
use prost::Message as _;

const ROUNDS: usize = 400;
const REPEATS: usize = 9;

fn main() {
    let batch =
        Batch::checked(Signal::Traces, genai::request(), Arc::new(Context::default())).unwrap();
    println!("{} bytes a request", batch.bytes().len());
    on_the_wire(&batch, "visit, no edit", &mut |_| Verdict::Keep);
    on_the_wire(&batch, "visit, read one", &mut |record| {
        black_box(record.attributes().get(b"gen_ai.usage.output_tokens"));
        Verdict::Keep
    });
    on_the_wire(&batch, "remove one, insert one", &mut |record| {
        let mut attributes = record.attributes_mut();
        attributes.remove(b"llm.is_streaming");
        attributes.insert(b"deployment.environment", pdata::AnyValue::Str(b"production"));
        Verdict::Keep
    });
    on_the_wire(&batch, "update one", &mut |record| {
        record.attributes_mut().update(b"gen_ai.response.model", pdata::AnyValue::Str(b"gpt"));
        Verdict::Keep
    });
    let mut dropped = 0;
    on_the_wire(&batch, "drop half", &mut |_| {
        dropped += 1;
        if dropped % 2 == 0 { Verdict::Drop } else { Verdict::Keep }
    });
    measure("prost: decode, the same two edits, encode", &mut || {
        let mut request = ExportTraceServiceRequest::decode(batch.bytes().clone()).unwrap();
        let scopes = request.resource_spans.iter_mut().flat_map(|group| &mut group.scope_spans);
        for span in scopes.flat_map(|group| &mut group.spans) {
            span.attributes.retain(|pair| pair.key != "llm.is_streaming");
            if span.attributes.iter().all(|pair| pair.key != "deployment.environment") {
                span.attributes.push(genai::text("deployment.environment", "production"));
            }
        }
        request.encode_to_vec().len()
    });
    measure("copy of the request", &mut || black_box(batch.bytes().to_vec()).len());
}

fn on_the_wire(batch: &Batch, name: &str, edit: &mut dyn FnMut(&mut Record<'_>) -> Verdict) {
    measure(name, &mut || {
        rewrite(batch, RecordKinds::SPAN, &mut |record, _| edit(record)).batch.bytes().len()
    });
}

/// The fastest of several repeats: what the code costs when nothing disturbs it.
fn measure(name: &str, run: &mut dyn FnMut() -> usize) {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
        return;
    }
    let mut best = f64::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            black_box(run());
        }
        let nanos = start.elapsed().as_nanos() as f64 / (ROUNDS * genai::SPANS) as f64;
        best = best.min(nanos);
    }
    println!("{best:8.1} ns/span  {name}");
}
