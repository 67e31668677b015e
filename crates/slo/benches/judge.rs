//! What judging costs: nanoseconds a span for twenty objectives.
//!
//! `cargo bench -p slo --bench judge`. Facts are looked up in a struct, as a pipeline does it; one
//! span in four is what the objectives look at.
#![expect(clippy::print_stdout, reason = "a benchmark")]
#![expect(clippy::disallowed_types, reason = "measures real time")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use slo::{Fact, Facts, Field, Objective, Set};

const OBJECTIVES: usize = 20;
const SPANS: usize = 1_000;
const ROUNDS: usize = 50;
const REPEATS: usize = 9;

/// A span with a few facts.
struct Span {
    ttft: f64,
    error: bool,
    model: &'static [u8],
    agent: &'static [u8],
}

impl Facts for Span {
    fn field(&self, field: Field) -> Fact<'_> {
        match field {
            Field::Ttft => Fact::Float(self.ttft),
            Field::Error => Fact::Bool(self.error),
            Field::Duration => Fact::Nanos(1_500_000_000),
            Field::TokensTotal => Fact::Int(3_000),
            _ => Fact::Missing,
        }
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        match key {
            "gen_ai.request.model" => Fact::Text(self.model),
            "gen_ai.agent.name" => Fact::Text(self.agent),
            "gen_ai.request.stream" => Fact::Bool(true),
            _ => Fact::Missing,
        }
    }
}

fn main() {
    let objectives = objectives();
    let spans: Vec<Span> = (0..SPANS).map(span).collect();
    measure("20 objectives, a span", &spans, &mut |span| {
        for objective in &objectives {
            black_box(objective.judge(span));
        }
    });
    measure("20 objectives, a span, with reasons", &spans, &mut |span| {
        for objective in &objectives {
            if objective.judge(span) == Some(slo::Verdict::Bad) {
                black_box(objective.reason(span));
            }
        }
    });
    measure("20 objectives, an open run, early", &spans, &mut |span| {
        for objective in &objectives {
            black_box(objective.is_bad_already(span));
        }
    });
}

fn objectives() -> Vec<Objective> {
    let goods = ["ttft <= 2s", "not error", "duration <= 30s", "tokens.total <= 50k and not error"];
    let lines = (0..OBJECTIVES).map(|at| {
        let good = goods.get(at % goods.len()).copied().unwrap_or_default();
        let (model, agent) = (at % 5, at % 4);
        format!(
            "- {{name: o{at}, on: model_call, match: {{gen_ai.request.model: 'model-{model}*', \
             gen_ai.agent.name: agent-{agent}}}, good: '{good}', target: 95%}}\n"
        )
    });
    let text = format!("objectives:\n{}", lines.collect::<String>());
    let file = config::parse(&text, "bench").unwrap_or_default();
    let (set, faults) = Set::read(&file, &[]);
    assert!(!faults.has_errors() && set.objectives.len() == OBJECTIVES, "{faults}");
    set.objectives
}

fn span(at: usize) -> Span {
    let models: [&[u8]; 5] =
        [b"model-0-large", b"model-1-mini", b"model-2", b"model-3-2026-01-01", b"model-4"];
    let agents: [&[u8]; 4] = [b"agent-0", b"agent-1", b"agent-2", b"agent-3"];
    Span {
        ttft: if at.is_multiple_of(9) { 2.5 } else { 0.8 },
        error: at.is_multiple_of(31),
        model: models.get(at % 5).copied().unwrap_or_default(),
        agent: agents.get(at % 4).copied().unwrap_or_default(),
    }
}

fn measure(name: &str, spans: &[Span], judge: &mut dyn FnMut(&Span)) {
    let mut best = Duration::MAX;
    for _ in 0..REPEATS {
        let start = Instant::now();
        for _ in 0..ROUNDS {
            spans.iter().for_each(&mut *judge);
        }
        best = best.min(start.elapsed());
    }
    #[expect(clippy::cast_precision_loss, reason = "for people to read")]
    let nanos = best.as_nanos() as f64 / (ROUNDS * SPANS) as f64;
    println!("{name:40} {nanos:8.1} ns");
}
