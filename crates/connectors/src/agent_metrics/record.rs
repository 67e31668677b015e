//! What a counted call, tool or run adds to which series.

use std::collections::HashSet;

use genai::{Amounts, Call, Commit, Prices, Usage};

use super::{
    config::Config,
    labels::{ABSENT, Labels, Set},
    matching::{Extra, Node, Outcome, Role, Server},
    names::{Key, Name},
    runs::Report,
    series::{Exemplar, Store},
    state,
};

/// The operations that are inferences in the conventions being developed.
const INFERENCES: [&str; 3] = ["chat", "generate_content", "text_completion"];
/// The error of a failure that nobody named.
const UNNAMED: &[u8] = b"_OTHER";

/// Feeds the series.
#[derive(Debug)]
pub(super) struct Recorder {
    is_next: bool,
    /// Labels of calls and runs whose series are there. Each has series, so these are bounded.
    begun: HashSet<(bool, Set)>,
    begun_max: usize,
    /// Calls whose tokens are an estimate.
    pub(super) estimated: u64,
}

/// A call about to be recorded.
struct Counted<'c> {
    call: &'c Call,
    set: Set,
    /// How much it counts; negative to take it back.
    weight: f64,
    cost: Option<f64>,
}

impl Recorder {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            is_next: config.profile.profile() == genai::profile::Profile::Next,
            begun: HashSet::new(),
            begun_max: config.limits.series as usize,
            estimated: 0,
        }
    }

    /// A call is counted, or counts for something else than before.
    pub(super) fn commit(
        &mut self,
        labels: &mut Labels,
        store: &mut Store,
        prices: &Prices,
        commit: &Commit,
        first_chunk: Option<f64>,
    ) {
        let (set, weight) = labels.redeem(commit.call.label);
        self.estimated += u64::from(commit.estimated && commit.before.is_none());
        for (amounts, weight) in [(commit.before, -weight), (commit.now, weight)] {
            let Some(amounts) = amounts else { continue };
            let set = with_error(labels, set, amounts.failed);
            let cost = state::cost(prices, &amounts);
            let counted = Counted { call: &commit.call, set, weight, cost };
            self.begin_call(labels, store, &set);
            self.amounts(labels, store, &counted, &amounts);
            if amounts.calls > 0 {
                self.call(labels, store, &counted, &amounts);
            }
        }
        let is_first = commit.before.is_none();
        if let (Some(seconds), Some(now), true) = (first_chunk, commit.now, is_first)
            && now.calls > 0
        {
            let exemplar = Some(exemplar(&commit.call, seconds));
            let name = match self.is_next {
                true => Name::InferenceFirstChunk,
                false => Name::OperationFirstChunk,
            };
            for name in [Name::CallFirstChunk, name] {
                store.observe(labels, name, &set, (seconds, weight), exemplar);
            }
        }
    }

    /// The series of calls like this begin at zero, those included that have nothing yet to count.
    fn begin_call(&mut self, labels: &mut Labels, store: &mut Store, set: &Set) {
        if self.begun.len() >= self.begun_max || !self.begun.insert((true, *set)) {
            return;
        }
        let plain = set.with(Key::Error, ABSENT);
        for name in [
            Name::Cost,
            Name::UsageMissing,
            Name::Calls,
            Name::MutxGuardrails,
            Name::MutxViolations,
        ] {
            store.touch(labels, name, &plain);
        }
        for (word, _) in token_types(&Usage::default()) {
            let set = plain.with(Key::TokenType, labels.value(Key::TokenType, Some(word)));
            store.touch(labels, Name::Tokens, &set);
            if matches!(word, b"input" | b"output") {
                store.touch(labels, Name::UnpricedTokens, &set);
            }
        }
        for outcome in [Outcome::Success, Outcome::Failed] {
            let set = with_outcome(labels, plain, outcome);
            store.touch(labels, Name::MutxRequests, &set);
        }
    }

    /// Tokens and money.
    fn amounts(
        &self,
        labels: &mut Labels,
        store: &mut Store,
        counted: &Counted<'_>,
        amounts: &Amounts,
    ) {
        let (set, weight) = (&counted.set, counted.weight);
        let usage = amounts.tokens.usage();
        for (word, count) in token_types(&usage) {
            let Some(count) = count else { continue };
            let typed = set.with(Key::TokenType, labels.value(Key::TokenType, Some(word)));
            let tokens = count as f64;
            store.add(labels, Name::Tokens, &typed, tokens * weight, None);
            if !matches!(word, b"input" | b"output") {
                continue;
            }
            if counted.cost.is_none() {
                store.add(labels, Name::UnpricedTokens, &typed, tokens * weight, None);
            }
            if amounts.calls > 0 {
                store.observe(labels, Name::TokenUsage, &typed, (tokens, weight), None);
                let sizes = if word == b"input" { Name::InputSizes } else { Name::OutputSizes };
                store.observe(labels, sizes, set, (tokens, weight), None);
            }
        }
        if let Some(usd) = counted.cost {
            store.add(labels, Name::Cost, set, usd * weight, None);
        }
        if self.is_next {
            by_modality(labels, store, counted, &usage);
        }
    }

    /// The call itself and its duration.
    fn call(
        &self,
        labels: &mut Labels,
        store: &mut Store,
        counted: &Counted<'_>,
        amounts: &Amounts,
    ) {
        let Counted { call, set, weight, .. } = counted;
        let usage = amounts.tokens.usage();
        let seconds =
            (call.start > 0 && call.end > call.start).then(|| (call.end - call.start) as f64 / 1e9);
        let exemplar = (*weight > 0.0).then(|| exemplar(call, seconds.unwrap_or(1.0)));
        let on_error = exemplar.filter(|_| amounts.failed);
        let calls = f64::from(amounts.calls) * weight;
        store.add(labels, Name::Calls, set, calls, on_error);
        let outcome = if amounts.failed { Outcome::Failed } else { Outcome::Success };
        let by_outcome = with_outcome(labels, *set, outcome);
        store.add(labels, Name::MutxRequests, &by_outcome, calls, on_error);
        if !usage.is_known() && !amounts.failed {
            store.add(labels, Name::UsageMissing, set, calls, None);
        }
        let Some(seconds) = seconds else { return };
        let operation = labels.text(Key::Operation, set.get(Key::Operation));
        let is_inference = operation.is_some_and(|operation| INFERENCES.contains(&operation));
        let name = match self.is_next && is_inference {
            true => Name::InferenceDuration,
            false => Name::OperationDuration,
        };
        for name in [Name::CallDuration, Name::MutxLatency, name] {
            store.observe(labels, name, set, (seconds, *weight), exemplar);
        }
    }

    /// Something in a trace.
    pub(super) fn report(&mut self, labels: &mut Labels, store: &mut Store, report: &Report<'_>) {
        match report {
            Report::Tool(trace, node) => self.tool(labels, store, *trace, node),
            Report::Agent(trace, node, under) => {
                let (set, weight) = labels.redeem(node.ticket);
                let name = match node.role {
                    Role::Workflow => Name::InvokeWorkflow,
                    _ => Name::InvokeAgent,
                };
                if let Some(seconds) = node.seconds() {
                    let exemplar = of_node(*trace, node, seconds);
                    store.observe(labels, name, &set, (seconds, weight), Some(exemplar));
                }
                if node.role == Role::Agent {
                    let (leaves, tools) = (under.leaves as f64, under.tools as f64);
                    store.observe(labels, Name::AgentInferences, &set, (leaves, weight), None);
                    store.observe(labels, Name::AgentTools, &set, (tools, weight), None);
                }
            }
            Report::Run(trace, node) => {
                let (set, weight) = labels.redeem(node.ticket);
                self.begin_run(labels, store, &set);
                let set = with_outcome(labels, set, node.outcome);
                let seconds = node.seconds();
                let exemplar = of_node(*trace, node, seconds.unwrap_or(1.0));
                let on_error = (node.outcome != Outcome::Success).then_some(exemplar);
                store.add(labels, Name::Runs, &set, weight, on_error);
                let status = with_outcome(labels, set, mutx_status(node.outcome));
                store.add(labels, Name::MutxTasks, &status, weight, on_error);
                if let Some(seconds) = seconds {
                    for name in [Name::RunDuration, Name::MutxTaskDuration] {
                        store.observe(labels, name, &set, (seconds, weight), Some(exemplar));
                    }
                }
            }
            Report::Lost(ticket) => {
                let (set, weight) = labels.redeem(*ticket);
                self.begin_run(labels, store, &set);
                let set = with_outcome(labels, set, Outcome::Lost);
                store.add(labels, Name::Runs, &set, weight, None);
                let status = with_outcome(labels, set, mutx_status(Outcome::Lost));
                store.add(labels, Name::MutxTasks, &status, weight, None);
            }
            Report::Extra(trace, node, extra) => self.extra(labels, store, (*trace, node), extra),
        }
    }

    fn begin_run(&mut self, labels: &mut Labels, store: &mut Store, set: &Set) {
        let plain = set.with(Key::Error, ABSENT);
        if self.begun.len() >= self.begun_max || !self.begun.insert((false, plain)) {
            return;
        }
        for outcome in Outcome::ALL {
            let set = with_outcome(labels, plain, outcome);
            store.touch(labels, Name::Runs, &set);
            let set = with_outcome(labels, plain, mutx_status(outcome));
            store.touch(labels, Name::MutxTasks, &set);
        }
    }

    /// A call of a tool.
    pub(super) fn tool(&self, labels: &mut Labels, store: &mut Store, trace: u128, node: &Node) {
        let (set, weight) = labels.redeem(node.ticket);
        let seconds = node.seconds();
        let exemplar = of_node(trace, node, seconds.unwrap_or(1.0));
        let has_failed = set.get(Key::Error) != ABSENT;
        let plain = set.with(Key::Error, ABSENT);
        store.touch(labels, Name::ToolFailures, &plain);
        store.add(labels, Name::ToolCalls, &plain, weight, None);
        if has_failed {
            store.add(labels, Name::ToolFailures, &set, weight, Some(exemplar));
        }
        // An instant says nothing of a duration.
        if let Some(seconds) = seconds.filter(|seconds| *seconds > 0.0) {
            for name in [Name::ToolDuration, Name::ExecuteTool] {
                store.observe(labels, name, &set, (seconds, weight), Some(exemplar));
            }
        }
    }

    fn extra(
        &self,
        labels: &mut Labels,
        store: &mut Store,
        (trace, node): (u128, &Node),
        extra: &Extra,
    ) {
        let (set, weight) = labels.redeem(node.ticket);
        let exemplar = Some(of_node(trace, node, 1.0));
        if extra.is_guardrail {
            store.add(labels, Name::MutxGuardrails, &set, weight, exemplar);
        }
        if extra.is_violation {
            store.add(labels, Name::MutxViolations, &set, weight, exemplar);
        }
        if let (Some(Server { first_token, output }), Some(seconds)) =
            (extra.server, node.seconds())
        {
            store.observe(labels, Name::ServerDuration, &set, (seconds, weight), exemplar);
            let Some(first) = first_token.filter(|_| set.get(Key::Error) == ABSENT) else { return };
            store.observe(labels, Name::ServerFirstToken, &set, (first, weight), exemplar);
            if let Some(rest) = output.and_then(|output| output.checked_sub(1)).filter(|it| *it > 0)
            {
                let each = (seconds - first).max(0.0) / rest as f64;
                store.observe(labels, Name::ServerPerToken, &set, (each, weight), exemplar);
            }
        }
    }
}

/// The types of tokens by name. The last three are parts of the first two.
fn token_types(usage: &Usage) -> [(&'static [u8], Option<u64>); 5] {
    [
        (b"input", usage.input),
        (b"output", usage.output),
        (b"cache_read", usage.cache_read),
        (b"cache_write", usage.cache_write),
        (b"reasoning", usage.reasoning),
    ]
}

/// The counters of the conventions being developed. What is neither audio nor image is text where the
/// sender tells them apart; otherwise nobody knows.
fn by_modality(labels: &mut Labels, store: &mut Store, counted: &Counted<'_>, usage: &Usage) {
    let set = counted.set.with(Key::Error, ABSENT);
    let mut add = |name: Name, modality: &[u8], count: u64| {
        let set = set.with(Key::Modality, labels.value(Key::Modality, Some(modality)));
        store.add(labels, name, &set, count as f64 * counted.weight, None);
    };
    let directions = [
        (Name::InputTokens, usage.input, usage.audio_input, usage.image_input),
        (Name::OutputTokens, usage.output, usage.audio_output, usage.image_output),
    ];
    for (name, all, audio, image) in directions {
        if audio.is_none() && image.is_none() {
            // A zero makes it visible that nothing was said.
            add(name, b"unknown", all.unwrap_or(0));
            continue;
        }
        let (audio, image) = (audio.unwrap_or(0), image.unwrap_or(0));
        let parts = audio.saturating_add(image);
        add(name, b"audio", audio);
        add(name, b"image", image);
        add(name, b"text", all.unwrap_or(parts).saturating_sub(parts));
    }
    let parts = [
        (Name::CacheReadTokens, usage.cache_read),
        (Name::CacheWriteTokens, usage.cache_write),
        (Name::ReasoningTokens, usage.reasoning),
    ];
    for (name, count) in parts {
        if let Some(count) = count {
            add(name, b"unknown", count);
        }
    }
}

fn with_error(labels: &mut Labels, set: Set, is_failed: bool) -> Set {
    match (is_failed, set.get(Key::Error)) {
        (false, _) => set.with(Key::Error, ABSENT),
        (true, ABSENT) => set.with(Key::Error, labels.value(Key::Error, Some(UNNAMED))),
        (true, _) => set,
    }
}

fn with_outcome(labels: &mut Labels, set: Set, outcome: Outcome) -> Set {
    set.with(Key::Outcome, labels.value(Key::Outcome, Some(outcome.name().as_bytes())))
}

/// MUTX knows three.
fn mutx_status(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Success | Outcome::Timeout => outcome,
        _ => Outcome::Failed,
    }
}

fn exemplar(call: &Call, value: f64) -> Exemplar {
    Exemplar { value, time: call.end, trace_id: call.trace_id, span_id: call.span_id }
}

fn of_node(trace: u128, node: &Node, value: f64) -> Exemplar {
    Exemplar { value, time: node.end, trace_id: trace.to_be_bytes(), span_id: node.span_id }
}
