//! What is known of a run.

use std::collections::HashSet;

use slo::{Fact, Facts, Field};

use super::{count, nanos, text, tokens};
use crate::shared::tracker::{Held, Note, Notes, Outcome, Run, View};

/// Nanoseconds in a millisecond.
const MILLI: u64 = 1_000_000;

/// What is kept of spans because objectives ask for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Asked {
    /// Attributes, in order.
    pub(crate) keys: Vec<String>,
    /// Whether calls of tools are compared.
    pub(crate) tools: bool,
    /// Whether first chunks of answers are looked for.
    pub(crate) chunks: bool,
}

/// Behind the attributes: the name of the span and the class of its error.
pub(crate) const MORE: usize = 2;

/// The facts about a run, as far as it has come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunFacts<'f> {
    run: &'f Run,
    asked: &'f Asked,
    note: Option<&'f Note>,
    /// Milliseconds that it has taken at least.
    took: u64,
    repeated: Option<u64>,
    /// Milliseconds from its start to its first chunk.
    first_chunk: Option<u64>,
    /// Whether a sum that lacks something counts as missing, because nothing more will come.
    is_over: bool,
    is_session: bool,
}

impl<'f> RunFacts<'f> {
    /// The facts about the run at `at`. `took` is how many milliseconds it has taken at least.
    pub(crate) fn new(
        asked: &'f Asked,
        view: &'f View<'_>,
        at: usize,
        notes: &'f Notes,
        took: u64,
    ) -> Option<Self> {
        let run = view.runs.get(at)?;
        let is_here = |span: u64| view.run_of(span) == Some(at);
        let own = if run.root == 0 { None } else { notes.note(run.root) };
        // What its parts say stands in as long as the root has not come.
        let note = if run.has_root { own } else { own.or_else(|| notes.note(0)) };
        let first_chunk = asked.chunks.then(|| {
            let chunks = notes.chunks().filter(|(span, _)| is_here(*span));
            chunks.map(|(_, at)| at.saturating_sub(run.start)).min()
        });
        let repeated = if asked.tools { repeated(run, notes, is_here) } else { None };
        Some(Self {
            run,
            asked,
            note,
            took: if run.has_root { run.duration() } else { took.max(run.duration()) },
            repeated,
            first_chunk: first_chunk.flatten(),
            is_over: false,
            is_session: view.key.is_session(),
        })
    }

    /// The same once nothing more will come: a sum of which a part is not known is missing.
    #[must_use]
    pub(crate) fn over(mut self) -> Self {
        self.is_over = true;
        self
    }

    fn held(&self, at: usize) -> Fact<'_> {
        match self.note.and_then(|note| note.values.get(at)) {
            None | Some(Held::Missing) => Fact::Missing,
            Some(Held::Bool(flag)) => Fact::Bool(*flag),
            Some(Held::Int(number)) => Fact::Int(*number),
            Some(Held::Float(number)) => Fact::Float(*number),
            Some(Held::Text(held)) => text(Some(held)),
        }
    }

    fn tokens(&self, field: Field) -> Fact<'static> {
        let usage = self.run.sums.usage();
        let lacks = self.run.sums.without_usage() > 0;
        let tokens = tokens(&usage, field);
        tokens.filter(|_| !(self.is_over && lacks)).map_or(Fact::Missing, count)
    }

    fn cost(&self) -> Fact<'static> {
        let sums = &self.run.sums;
        let lacks = sums.unpriced() > 0 || sums.without_usage() > 0;
        let is_known = sums.calls() > sums.unpriced() && sums.usage().is_known();
        let known = (sums.cost() > 0.0 || is_known) && !(self.is_over && lacks);
        if known { Fact::Float(sums.cost()) } else { Fact::Missing }
    }

    fn failed(&self) -> Fact<'static> {
        let run = self.run;
        match run.has_root {
            true => Fact::Bool(run.failed),
            false if self.is_over && run.outcome != Outcome::Unknown => {
                Fact::Bool(run.outcome == Outcome::Error)
            }
            false => Fact::Missing,
        }
    }
}

impl Facts for RunFacts<'_> {
    fn field(&self, field: Field) -> Fact<'_> {
        let run = self.run;
        match field {
            Field::Outcome if run.has_root || self.is_over => {
                Fact::Text(run.outcome.name().as_bytes())
            }
            Field::Duration => nanos(self.took.saturating_mul(MILLI)),
            Field::ActiveDuration => {
                nanos(self.took.saturating_sub(run.waited).saturating_mul(MILLI))
            }
            Field::ResponseStart => {
                self.first_chunk.map_or(Fact::Missing, |at| nanos(at.saturating_mul(MILLI)))
            }
            Field::ModelCalls => count(run.sums.calls()),
            Field::ToolCalls => count(run.tool_calls.into()),
            Field::ToolErrors => count(run.tool_failures.into()),
            Field::UnrecoveredToolErrors => count(run.unrecovered.into()),
            Field::RepeatedToolCalls => self.repeated.map_or(Fact::Missing, count),
            Field::TokensInput
            | Field::TokensOutput
            | Field::TokensTotal
            | Field::TokensCached
            | Field::TokensReasoning => self.tokens(field),
            Field::Cost => self.cost(),
            Field::Depth => count(run.depth.into()),
            Field::Agents => count(run.agents.into()),
            Field::Errors => count(run.errors()),
            Field::Partial => Fact::Bool(!run.has_root && !self.is_session),
            Field::Error => self.failed(),
            Field::SpanName if run.has_root => self.held(self.asked.keys.len()),
            Field::ErrorType if run.has_root => self.held(self.asked.keys.len() + 1),
            _ => Fact::Missing,
        }
    }

    fn attribute(&self, key: &str) -> Fact<'_> {
        let at = self.asked.keys.iter().position(|asked| asked == key);
        at.map_or(Fact::Missing, |at| self.held(at))
    }
}

/// Calls of tools with arguments that they were called with before; none where no call tells its
/// arguments.
fn repeated(run: &Run, notes: &Notes, is_here: impl Fn(u64) -> bool) -> Option<u64> {
    let (mut all, mut different) = (0, HashSet::new());
    for (_, hash) in notes.tools().filter(|(span, _)| is_here(*span)) {
        all += 1;
        different.insert(hash);
    }
    (all > 0 || run.tool_calls == 0).then(|| all - different.len() as u64)
}
