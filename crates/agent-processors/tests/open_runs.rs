//! Many runs open at once take little memory: measured, not reckoned.

#![expect(clippy::unwrap_used, reason = "a helper that fails fails the test")]

use std::sync::Arc;

use agent_processors::{
    agent_runs::AgentRuns,
    slo::{Slo, Verdicts},
};
use pdata::{KeyValue, wire};
use sdk::{
    AnyValue, Batch, BuildContext, ComponentKind, Connector, NoSettings, RecordProcessor as _,
    Signal,
};
use tikv_jemalloc_ctl::{epoch, stats};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What is measured is the whole process, so one test runs at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

const RUNS: usize = 100_000;
const JUDGED_RUNS: usize = 50_000;
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
    put("gen_ai.agent.name", AnyValue::Str(b"planner"));
    if operation == "chat" {
        put("gen_ai.request.model", AnyValue::Str(b"gpt-4o"));
        put("gen_ai.response.id", AnyValue::Str(format!("r{run}-{at}").as_bytes()));
        put("gen_ai.usage.input_tokens", AnyValue::Int(10));
    }
}

#[test]
fn a_hundred_thousand_open_runs_fit_in_64_mib() {
    let _alone = ALONE.blocking_lock();
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

/// Each of them has crossed a bound, so verdicts are kept for all.
#[tokio::test(start_paused = true)]
async fn fifty_thousand_open_runs_with_verdicts_fit_in_64_mib() {
    let _alone = ALONE.lock().await;
    let context = testkit::context(ComponentKind::Processor, "agent_runs");
    let of_slo = BuildContext { id: "slo".parse().unwrap(), ..context.clone() };
    let before = allocated();
    let runs = AgentRuns::new(testkit::settings(""), context.clone()).unwrap();
    let objectives = "objectives:
        - {name: calls, on: run, good: model_calls <= 1, target: 95%}
        - {name: complete, on: run, match: {gen_ai.agent.name: 'plan*'}, good: outcome == completed, target: 95%}
        - {name: loops, on: run, good: repeated_tool_calls <= 3, target: 95%}
        - {name: quick, on: run, match: {service.name: shop}, good: duration <= 60s, target: 95%}";
    let settings = format!("max_pending_events: 1\n{objectives}");
    let slo = Slo::new(testkit::settings(&settings), of_slo.clone()).unwrap();
    for first in (0..JUDGED_RUNS).step_by(IN_A_BATCH) {
        let _ = testkit::apply(&slo, &testkit::apply(&runs, &batch(first)));
    }
    // Settles the calls and shows every run to its judge.
    let connector = Verdicts::new(NoSettings {}, of_slo).unwrap();
    let sink = testkit::Sink::default();
    Connector::start(&connector, sink.outputs_for(&[Signal::Logs])).await.unwrap();
    for _ in 0..8 {
        tokio::time::advance(std::time::Duration::from_millis(500)).await;
        for _ in 0..8 {
            tokio::task::yield_now().await;
        }
    }
    drop(sink.take());
    let series = |name: &str| -> f64 {
        let all = testkit::series(&context, name);
        all.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    };
    let open =
        series(r#"otelcol_processor_agent_runs_in_flight{processor="agent_runs",state="running"}"#);
    let early = series("otelcol_processor_slo_early");
    let used = allocated() - before;
    println!(
        "{open} runs open, {early} verdicts: {:.1} MiB, {} bytes each",
        used as f64 / f64::from(1 << 20),
        used / JUDGED_RUNS,
    );
    assert_eq!(early as usize, JUDGED_RUNS, "a verdict each");
    assert_eq!(open as usize, JUDGED_RUNS, "none was given up for want of room");
    assert!(used <= 64 << 20, "{used} bytes");
}
