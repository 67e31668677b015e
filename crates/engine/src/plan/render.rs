//! A plan to look at: plain text and Mermaid, for `tollgate graph`, READMEs and tests.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use sdk::Id;

use super::{PipelinePlan, Plan, Source, Step, Target};

impl Plan {
    /// One line for each pipeline: `traces: otlp -> [a + b] -> batch -> otlp_grpc, debug`. Fused
    /// processors stand in brackets; connectors have their word in front.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for pipeline in &self.pipelines {
            let mut stations = vec![joined(pipeline.sources.iter())];
            stations.extend(pipeline.steps.iter().map(ToString::to_string));
            stations.push(joined(pipeline.targets.iter()));
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{}: {}", pipeline.id, stations.join(" -> "));
        }
        text
    }

    /// A Mermaid flowchart: a frame for each pipeline, a box for each instance, one box for each
    /// pass.
    pub fn to_mermaid(&self) -> String {
        let mut chart = Chart::default();
        chart.line(0, "flowchart LR");
        for id in self.receivers.keys() {
            chart.node(1, Key::Receiver(id), format_args!("([{}])", quoted(id)));
        }
        for id in self.connectors.keys() {
            chart.node(1, Key::Connector(id), format_args!("{{{{{}}}}}", quoted(id)));
        }
        for pipeline in &self.pipelines {
            chart.pipeline(pipeline);
        }
        for id in self.exporters.keys() {
            chart.node(1, Key::Exporter(id), format_args!("[/{}/]", quoted(id)));
        }
        for pipeline in &self.pipelines {
            chart.edges(pipeline);
        }
        chart.text
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pass(ids) => {
                let names: Vec<_> = ids.iter().map(ToString::to_string).collect();
                write!(f, "[{}]", names.join(" + "))
            }
            Self::Batch(id) => id.fmt(f),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Receiver(id) => id.fmt(f),
            Self::Connector(id) => write!(f, "connector {id}"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exporter(id) => id.fmt(f),
            Self::Connector(id) => write!(f, "connector {id}"),
        }
    }
}

fn joined<T: ToString>(items: impl Iterator<Item = T>) -> String {
    items.map(|item| item.to_string()).collect::<Vec<_>>().join(", ")
}

/// Mermaid reads most signs inside quotes, but not a quote; names of ids may hold one.
fn quoted(text: impl fmt::Display) -> String {
    format!("\"{}\"", text.to_string().replace('"', "#quot;"))
}

/// What a box stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'p> {
    Receiver(&'p Id),
    Connector(&'p Id),
    Exporter(&'p Id),
    Step(&'p sdk::PipelineId, usize),
}

/// A chart being written; boxes are called n0, n1 … since ids hold signs that Mermaid does not take.
#[derive(Default)]
struct Chart<'p> {
    text: String,
    names: BTreeMap<Key<'p>, usize>,
    frames: usize,
}

impl<'p> Chart<'p> {
    fn line(&mut self, depth: usize, line: impl fmt::Display) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{:1$}{line}", "", depth * 4);
    }

    fn node(&mut self, depth: usize, key: Key<'p>, shape: fmt::Arguments<'_>) {
        let name = self.names.len();
        self.names.insert(key, name);
        self.line(depth, format_args!("n{name}{shape}"));
    }

    fn pipeline(&mut self, pipeline: &'p PipelinePlan) {
        if pipeline.steps.is_empty() {
            return;
        }
        let frame = self.frames;
        self.line(1, format_args!("subgraph p{frame}[{}]", quoted(&pipeline.id)));
        self.frames += 1;
        for (at, step) in pipeline.steps.iter().enumerate() {
            let label = match step {
                Step::Pass(ids) => quoted(joined(ids.iter()).replace(", ", "<br/>")),
                Step::Batch(id) => quoted(id),
            };
            self.node(2, Key::Step(&pipeline.id, at), format_args!("[{label}]"));
        }
        self.line(1, "end");
    }

    fn edges(&mut self, pipeline: &'p PipelinePlan) {
        let sources: Vec<_> = pipeline.sources.iter().map(Key::from).collect();
        let targets: Vec<_> = pipeline.targets.iter().map(Key::from).collect();
        let steps = (0..pipeline.steps.len()).map(|at| vec![Key::Step(&pipeline.id, at)]);
        let stations: Vec<Vec<_>> = [sources].into_iter().chain(steps).chain([targets]).collect();
        let label = match pipeline.steps.is_empty() {
            true => format!(" -- {} --> ", quoted(&pipeline.id)),
            false => " --> ".to_owned(),
        };
        for (from, to) in stations.iter().zip(stations.iter().skip(1)) {
            for from in from {
                for to in to {
                    let name = |key| self.names.get(key).copied().unwrap_or_default();
                    let line = format!("n{}{label}n{}", name(from), name(to));
                    self.line(1, line);
                }
            }
        }
    }
}

impl<'p> From<&'p Source> for Key<'p> {
    fn from(source: &'p Source) -> Self {
        match source {
            Source::Receiver(id) => Self::Receiver(id),
            Source::Connector(id) => Self::Connector(id),
        }
    }
}

impl<'p> From<&'p Target> for Key<'p> {
    fn from(target: &'p Target) -> Self {
        match target {
            Target::Exporter(id) => Self::Exporter(id),
            Target::Connector(id) => Self::Connector(id),
        }
    }
}
