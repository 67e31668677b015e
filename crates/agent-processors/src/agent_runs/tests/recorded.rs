//! Recorded telemetry of real SDKs: the roll-ups of runs are what was really used, in whatever order.

use std::{fs, path::PathBuf, sync::Arc};

use pdata::{Context, Limit, split};
use sdk::{Batch, Signal};

use super::rig::{Rig, Told, last};

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "tests", "data", "otlp"].iter().collect()
}

/// The traces and logs recorded under a name.
fn recorded(name: &str) -> Vec<Batch> {
    let mut batches = Vec::new();
    for (signal, word) in [(Signal::Traces, "traces"), (Signal::Logs, "logs")] {
        if let Ok(bytes) = fs::read(folder().join(format!("{name}.{word}.pb"))) {
            let context = Arc::new(Context::default());
            batches.push(Batch::checked(signal, bytes.into(), context).unwrap());
        }
        if let Ok(lines) = fs::read_to_string(folder().join(format!("{name}.{word}.jsonl"))) {
            batches.extend(lines.lines().map(|line| testkit::from(signal, line)));
        }
    }
    assert!(!batches.is_empty(), "nothing recorded under {name}");
    batches
}

/// Names, and the true input and output.
fn expected() -> Vec<(String, u64, u64)> {
    let table = fs::read_to_string(folder().join("EXPECTED.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let row = |line: &str| {
        let columns: Vec<_> = line.split('\t').collect();
        (columns[0].to_owned(), columns[2].parse().unwrap(), columns[3].parse().unwrap())
    };
    let rows: Vec<_> = rows.map(row).collect();
    assert_eq!(rows.len(), 16);
    rows
}

fn singly(batches: &[Batch]) -> Vec<Batch> {
    batches.iter().flat_map(|batch| split(batch, Limit::Items(1))).collect()
}

/// A small generator of numbers, so that failures repeat.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit.max(1) as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

const EVERY_CALL: &str = "lone_calls: true\namend_window: 24h\nidle_timeout: 24h";

/// What is told in the end of runs that came so, with so many seconds between batches.
async fn runs(batches: &[Batch], seconds: u64) -> Vec<Told> {
    let rig = Rig::new(EVERY_CALL).await;
    let mut told = Vec::new();
    for batch in batches {
        rig.pass(batch);
        rig.wait(seconds).await;
        told.append(&mut rig.told());
    }
    told.append(&mut rig.stop().await);
    last(&told)
}

fn sum(runs: &[Told], key: &str) -> u64 {
    runs.iter().map(|run| run.count(key)).sum()
}

fn tokens(runs: &[Told]) -> (u64, u64) {
    (sum(runs, "tollgate.run.input_tokens"), sum(runs, "tollgate.run.output_tokens"))
}

/// Everything but tokens that must not depend on the order.
fn shape(runs: &[Told]) -> Vec<String> {
    let keys = [
        "tollgate.run.outcome",
        "tollgate.run.model_calls",
        "tollgate.run.tool_calls",
        "tollgate.run.tool_failures",
        "tollgate.run.agents",
        "tollgate.run.duration",
        "tollgate.run.cost",
        "tollgate.run.human_wait",
        "tollgate.run.estimated",
    ];
    let line = |run: &Told| {
        let values: Vec<_> =
            keys.iter().map(|key| format!("{:?}", run.attributes.get(*key))).collect();
        format!("{} {} {}", run.trace, run.span, values.join(" "))
    };
    let mut lines: Vec<_> = runs.iter().map(line).collect();
    lines.sort();
    lines
}

#[tokio::test(start_paused = true)]
async fn roll_ups_are_what_was_used() {
    for (name, input, output) in expected() {
        let runs = runs(&recorded(&name), 0).await;
        assert_eq!(tokens(&runs), (input, output), "{name}: {runs:#?}");
    }
}

#[tokio::test(start_paused = true)]
async fn order_batching_and_repetition_change_nothing() {
    for (name, input, output) in expected() {
        let once = singly(&recorded(&name));
        let wanted = shape(&runs(&once, 0).await);
        for seed in 0..6 {
            let copies = 1 + seed as usize % 3;
            let mut all: Vec<Batch> =
                std::iter::repeat_n(&once, copies).flatten().cloned().collect();
            Dice(seed).shuffle(&mut all);
            let runs = runs(&all, 0).await;
            assert_eq!(tokens(&runs), (input, output), "{name}, seed {seed}");
            assert_eq!(shape(&runs), wanted, "{name}, seed {seed}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_after_a_run_was_closed_amends_it() {
    for (name, input, output) in expected() {
        // A run is closed five seconds after its root: most of these come later than that.
        let mut all = singly(&recorded(&name));
        let wanted = shape(&runs(&all, 0).await);
        Dice(7).shuffle(&mut all);
        let runs = runs(&all, 7).await;
        assert_eq!(tokens(&runs), (input, output), "{name}");
        assert_eq!(shape(&runs), wanted, "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn all_recordings_at_once_give_the_sum_of_each() {
    let rows = expected();
    let mut all: Vec<Batch> = rows.iter().flat_map(|(name, ..)| singly(&recorded(name))).collect();
    let truth = (rows.iter().map(|row| row.1).sum(), rows.iter().map(|row| row.2).sum());
    for seed in 0..3 {
        Dice(seed).shuffle(&mut all);
        assert_eq!(tokens(&runs(&all, 0).await), truth, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn agents_are_runs_and_complete() {
    let runs = runs(&recorded("pydantic_ai"), 0).await;
    let agents: Vec<_> = runs.iter().filter(|run| run.count("tollgate.run.agents") > 0).collect();
    assert!(!agents.is_empty(), "{runs:#?}");
    for run in agents {
        assert_eq!(run.name, "tollgate.run.closed");
        assert_eq!(run.text("tollgate.run.outcome"), "completed");
        assert!(run.count("tollgate.run.tool_calls") > 0, "{run:#?}");
        assert!(!run.text("gen_ai.agent.name").is_empty(), "{run:#?}");
    }
}
