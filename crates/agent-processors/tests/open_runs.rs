//! Many runs open at once take little memory: measured, not reckoned.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails the test")]

use std::sync::Arc;

use agent_processors::agent_runs::AgentRuns;
use pdata::{KeyValue, wire};
use sdk::{AnyValue, Batch, ComponentKind, RecordProcessor as _, Signal};
use tikv_jemalloc_ctl::{epoch, stats};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const RUNS: usize = 100_000;
const IN_A_BATCH: usize = 100;

/// Bytes in use by the whole process.
fn allocated() -> usize {
    epoch::advance().unwrap();
    stats::allocated::read().unwrap()
}

/// Of each run two model calls and a tool call; the agent above them is still at work.
fn batch(first: usize) -> Batch {
    let mut request = Vec::new();
    wire::put_message(&mut request, 1, |resource| {
        wire::put_message(resource, 2, |scope| {
            for run in first..first + IN_A_BATCH {
                for (at, operation) in ["chat", "execute_tool", "chat"].into_iter().enumerate() {
                    wire::put_message(scope, 2, |span| put_span(span, run, at + 2, operation));
                }
            }
        });
    });
    Batch::checked(Signal::Traces, request.into(), Arc::default()).unwrap()
}

fn put_span(span: &mut Vec<u8>, run: usize, at: usize, operation: &str) {
    let trace = (run as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834);
    let id = |at: usize| (run as u64 * 10 + at as u64).to_be_bytes();
    wire::put_len(span, 1, &trace.to_be_bytes());
    wire::put_len(span, 2, &id(at));
    wire::put_len(span, 4, &id(1));
    wire::put_fixed64(span, 7, 1_767_323_045_000_000_000);
    wire::put_fixed64(span, 8, 1_767_323_046_000_000_000);
    let mut put = |key: &str, value: AnyValue<'_>| {
        wire::put_message(span, 9, |out| KeyValue::write(key.as_bytes(), value, out));
    };
    put("gen_ai.operation.name", AnyValue::Str(operation.as_bytes()));
    if operation == "chat" {
        put("gen_ai.request.model", AnyValue::Str(b"gpt-4o"));
        put("gen_ai.response.id", AnyValue::Str(format!("r{run}-{at}").as_bytes()));
        put("gen_ai.usage.input_tokens", AnyValue::Int(10));
    }
}

#[test]
fn a_hundred_thousand_open_runs_fit_in_64_mib() {
    let context = testkit::context(ComponentKind::Processor, "agent_runs");
    let before = allocated();
    let processor = AgentRuns::new(testkit::settings(""), context.clone()).unwrap();
    for first in (0..RUNS).step_by(IN_A_BATCH) {
        let _ = testkit::apply(&processor, &batch(first));
    }
    let series = |name: &str| -> f64 {
        let all = testkit::series(&context, &format!("otelcol_processor_agent_runs_{name}"));
        all.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    };
    let open = series(r#"in_flight{processor="agent_runs",state="running"}"#);
    let used = allocated() - before;
    println!(
        "{open} runs open: {:.1} MiB, {} bytes each; {:.1} MiB as reckoned, {} calls in the ledger",
        used as f64 / f64::from(1 << 20),
        used / RUNS,
        series("memory_bytes") / f64::from(1 << 20),
        series("ledger_calls"),
    );
    assert_eq!(open as usize, RUNS, "none was given up for want of room");
    assert!(used <= 64 << 20, "{used} bytes");
}
