//! What the structural check and the count cost: nanoseconds a span.
//!
//! `cargo bench -p pdata --bench check`. The request is that of the `rewrite` bench: 100 spans of
//! 535 bytes with 13 attributes each.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

mod genai;

use std::{hint::black_box, time::Instant};

use pdata::{Signal, check, count};

const ROUNDS: usize = 400;
const REPEATS: usize = 15;

fn main() {
    let request = genai::request();
    println!("{} bytes a request", request.len());
    measure("check", &mut || check(Signal::Traces, request.clone()).unwrap().counts.items);
    measure("count", &mut || count(Signal::Traces, &request).items);
    measure("copy of the request", &mut || black_box(request.to_vec()).len());
}

/// The fastest of several repeats: what the code costs when nothing disturbs it.
fn measure(name: &str, run: &mut dyn FnMut() -> usize) {
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
