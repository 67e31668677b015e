//! OTLP JSON to protobuf and back: megabytes of JSON a second, beside `serde_json` with prost structs.
//!
//! `cargo bench -p pdata --bench json`. The requests are the recorded ones in `tests/data/otlp`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{fs, hint::black_box, time::Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use pdata::{Signal, json};
use prost::Message as _;

const REPEATS: usize = 9;
const BYTES_A_REPEAT: usize = 16 << 20;

fn main() {
    for (name, signal) in [
        ("langchain_tl.traces.pb", Signal::Traces),
        ("vercel_v6.traces.pb", Signal::Traces),
        ("litellm_legacy.metrics.pb", Signal::Metrics),
    ] {
        let path = format!("{}/../../tests/data/otlp/{name}", env!("CARGO_MANIFEST_DIR"));
        let bytes = fs::read(path).unwrap();
        let mut text = Vec::new();
        json::encode(signal, &bytes, &mut text);
        println!("{name}: {} bytes of protobuf, {} of JSON", bytes.len(), text.len());
        measure("decode", text.len(), || {
            black_box(json::decode(signal, black_box(&text)).unwrap());
        });
        let mut out = Vec::with_capacity(text.len());
        measure("encode", text.len(), || {
            out.clear();
            json::encode(signal, black_box(&bytes), &mut out);
        });
        if signal == Signal::Traces {
            by_structs(&bytes, &text);
        }
    }
}

fn by_structs(bytes: &[u8], text: &[u8]) {
    measure("decode by way of structs", text.len(), || {
        let request: ExportTraceServiceRequest = serde_json::from_slice(black_box(text)).unwrap();
        black_box(request.encode_to_vec());
    });
    measure("encode by way of structs", text.len(), || {
        let request = ExportTraceServiceRequest::decode(black_box(bytes)).unwrap();
        black_box(serde_json::to_vec(&request).unwrap());
    });
}

/// Prints the best of several repeats.
fn measure(name: &str, bytes: usize, mut body: impl FnMut()) {
    let rounds = BYTES_A_REPEAT / bytes;
    let best = (0..REPEATS)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..rounds {
                body();
            }
            start.elapsed()
        })
        .min()
        .unwrap();
    let rate = (rounds * bytes) as f64 / best.as_secs_f64() / 1e6;
    println!("  {name:<26} {rate:>7.0} MB/s");
}
