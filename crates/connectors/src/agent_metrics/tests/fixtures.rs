//! Recorded telemetry of real SDKs, held against what the model really served.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use pdata::{BatchBuilder, for_each_record, json};
use sdk::{Batch, Context, Signal};

use super::support::{Sent, sent};

/// What the model served in one recording.
#[derive(Clone, Debug, Default, PartialEq)]
struct Truth {
    input: f64,
    output: f64,
    /// Calls whose tokens are told, and those whose tokens are not.
    calls: f64,
    missing: f64,
    naive: (f64, f64),
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/otlp")
}

fn truths() -> BTreeMap<String, Truth> {
    let table = fs::read_to_string(folder().join("EXPECTED.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let row = |line: &str| {
        let columns: Vec<_> = line.split('\t').collect();
        let number = |at: usize| columns[at].parse::<f64>().unwrap();
        let calls = columns[1].split_whitespace();
        let told = calls.clone().filter_map(|call| call.split_once('x')?.1.parse::<f64>().ok());
        let truth = Truth {
            input: number(2),
            output: number(3),
            calls: told.sum(),
            missing: calls.filter(|call| call.ends_with('?')).count() as f64,
            naive: (number(4), number(5)),
        };
        (columns[0].to_owned(), truth)
    };
    rows.map(row).collect()
}

/// The traces and logs of one recording.
fn batches(name: &str) -> Vec<Batch> {
    let checked = |signal, bytes: Vec<u8>| {
        Batch::checked(signal, bytes.into(), Arc::new(Context::default())).unwrap()
    };
    let mut batches = Vec::new();
    for signal in [Signal::Traces, Signal::Logs] {
        let path = folder().join(format!("{name}.{signal}.pb"));
        if let Ok(bytes) = fs::read(path) {
            batches.push(checked(signal, bytes));
        }
        let path = folder().join(format!("{name}.{signal}.jsonl"));
        let lines = fs::read_to_string(path).unwrap_or_default();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            batches.push(checked(signal, json::decode(signal, line.as_bytes()).unwrap()));
        }
    }
    assert!(!batches.is_empty(), "no recording of {name}");
    batches
}

/// Each record in a batch of its own.
fn singles(batches: &[Batch]) -> Vec<Batch> {
    let mut singles = Vec::new();
    for batch in batches {
        for_each_record(batch.signal(), batch.bytes(), &mut |record| {
            let mut builder = BatchBuilder::new(batch.signal());
            builder.push(&record);
            singles.push(builder.build(batch.context().clone()));
        });
    }
    singles
}

fn check(name: &str, sent: &Sent, truth: &Truth) {
    let tokens = (sent.tokens("input"), sent.tokens("output"));
    assert_eq!(tokens, (truth.input, truth.output), "{name}\n{}", sent.numbers());
    let calls = sent.sum("tollgate.calls", &[]);
    let missing = sent.sum("tollgate.usage.missing", &[]);
    assert_eq!(
        (calls - missing, missing),
        (truth.calls, truth.missing),
        "{name}\n{}",
        sent.numbers()
    );
    for (part, whole) in
        [("cache_read", "input"), ("cache_write", "input"), ("reasoning", "output")]
    {
        assert!(sent.tokens(part) <= sent.tokens(whole), "{name}: {part}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_totals_of_every_recording_are_what_the_model_served() {
    for (name, truth) in truths() {
        let sent = sent("{}", batches(&name)).await;
        check(&name, &sent, &truth);
    }
}

#[tokio::test(start_paused = true)]
async fn the_order_and_size_of_batches_change_nothing() {
    for (name, truth) in truths() {
        let whole = sent("{}", batches(&name)).await;
        for seed in 0..4 {
            let mut parts = singles(&batches(&name));
            fastrand::Rng::with_seed(seed).shuffle(&mut parts);
            let sent = sent("{}", parts).await;
            check(&name, &sent, &truth);
            assert_eq!(sent.numbers(), whole.numbers(), "{name}, seed {seed}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_twice_counts_once() {
    for (name, truth) in truths() {
        let once = sent("{}", batches(&name)).await;
        let twice = batches(&name).into_iter().chain(singles(&batches(&name)));
        let sent = sent("{}", twice).await;
        check(&name, &sent, &truth);
        assert_eq!(sent.numbers(), once.numbers(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn all_recordings_at_once_add_up() {
    let truths = truths();
    let mut parts: Vec<_> = truths.keys().flat_map(|name| singles(&batches(name))).collect();
    fastrand::Rng::with_seed(7).shuffle(&mut parts);
    let mut all = Truth::default();
    for truth in truths.values() {
        all.input += truth.input;
        all.output += truth.output;
        all.calls += truth.calls;
        all.missing += truth.missing;
    }
    check("all", &sent("{}", parts).await, &all);
}

#[tokio::test(start_paused = true)]
async fn the_metrics_of_every_profile_tell_the_same_tokens() {
    for (name, truth) in truths() {
        for profile in ["v1_37", "v1_41"] {
            let sent = sent(&format!("profile: {profile}"), batches(&name)).await;
            let of = |kind| {
                let series =
                    sent.series("gen_ai.client.token.usage", &[("gen_ai.token.type", kind)]);
                series.iter().map(|point| point.sum).sum::<f64>()
            };
            assert_eq!(
                (of("input"), of("output")),
                (truth.input, truth.output),
                "{name}, {profile}"
            );
        }
        let sent = sent("profile: next", batches(&name)).await;
        let of =
            |kind: &str| sent.sum(&format!("gen_ai.client.inference.usage.{kind}_tokens"), &[]);
        assert_eq!((of("input"), of("output")), (truth.input, truth.output), "{name}, next");
        assert!(sent.series("gen_ai.client.token.usage", &[]).is_empty(), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn adding_up_spans_would_have_been_wrong() {
    let wrong: Vec<_> = truths()
        .into_iter()
        .filter(|(_, truth)| truth.naive != (truth.input, truth.output))
        .map(|(name, _)| name)
        .collect();
    assert!(wrong.len() > 8, "the recordings have become too easy: {wrong:?}");
    for name in wrong {
        let truth = &truths()[&name];
        let sent = sent("{}", batches(&name)).await;
        assert_ne!((sent.tokens("input"), sent.tokens("output")), truth.naive, "{name}");
    }
}
