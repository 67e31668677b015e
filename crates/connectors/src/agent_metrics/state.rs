//! What is known so far: calls counted once, traces, and the series they feed.

use std::{
    collections::{HashMap, VecDeque},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use genai::{Amounts, Call, Class, CostSource, Ledger, Limits, Prices, Pricing, Reading, Signal};

use super::{
    config::Config,
    decode::{Fact, Item, SessionRun},
    labels::{ABSENT, Labels, Set},
    matching::{Extra, Node, Outcome, Role, Server},
    names::{Key, Name},
    record::Recorder,
    runs::{Report, Traces, Waits},
    series::Store,
};

/// Queues told apart.
const QUEUES_MAX: usize = 1_000;
/// How long an agent counts as active after it was heard from.
const AGENT_ACTIVE: Duration = Duration::from_secs(300);

/// Everything the connector remembers.
pub(super) struct State {
    pub(super) labels: Labels,
    pub(super) store: Store,
    pub(super) ledger: Ledger,
    pub(super) traces: Traces,
    pub(super) recorder: Recorder,
    prices: Prices,
    first_chunks: FirstChunks,
    /// What was last said of each queue, and when.
    queues: HashMap<(Set, u16), (u64, f64)>,
    /// When each agent was last heard from.
    agents: HashMap<u16, Duration>,
    /// Records that are GenAI telemetry.
    pub(super) read: u64,
}

impl State {
    pub(super) fn new(config: &Config, prices: Prices) -> Self {
        let limits = &config.limits;
        let (settle, settle_max) = (config.settle.to_std(), config.settle_max.to_std());
        let remember = config.remember.to_std();
        Self {
            labels: Labels::new(config),
            store: Store::new(|name| name.row().is_on(config), limits.series as usize),
            ledger: Ledger::new(Limits {
                settle,
                settle_max,
                remember,
                calls: limits.calls as usize,
                ..Limits::default()
            }),
            traces: Traces::new(Waits {
                settle,
                settle_max,
                remember,
                run_timeout: config.run_timeout.to_std(),
                spans: limits.spans as usize,
            }),
            recorder: Recorder::new(config),
            prices,
            first_chunks: FirstChunks::new(limits.calls as usize, settle_max.max(settle)),
            queues: HashMap::new(),
            agents: HashMap::new(),
            read: 0,
        }
    }

    /// Prices what comes from now on by another table. What was priced before keeps its price.
    pub(super) fn set_prices(&mut self, prices: Prices) {
        let before = std::mem::replace(&mut self.prices, Prices::bundled());
        self.prices = prices.in_place_of(before);
    }

    /// Takes in what a record says.
    pub(super) fn add(&mut self, item: Item<'_>, now: Duration) {
        match item {
            Item::Fact(fact) => self.fact(&fact, now),
            Item::Link { trace_id, span_id, parent_id, is_remote } => {
                let mut node = Node::new(Role::Link, span_id, parent_id);
                node.is_remote = is_remote;
                self.traces.link(trace_id, node, now);
            }
            Item::Spans { dimensions, weight } => {
                let set = self.labels.resource(&dimensions);
                self.store.add(&mut self.labels, Name::MutxSpans, &set, weight, None);
            }
            Item::Run(run) => self.session_run(&run),
            Item::Depth { dimensions, queue, depth, time } => {
                let set = self.labels.resource(&dimensions);
                let queue = self.labels.value(Key::Queue, Some(queue));
                let has_room = self.queues.len() < QUEUES_MAX;
                match self.queues.get_mut(&(set, queue)) {
                    // Of two at one time the larger, whichever came first.
                    Some(known) if (time, depth) > *known => *known = (time, depth),
                    None if has_room => {
                        self.queues.insert((set, queue), (time, depth));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Reports what is due at `now`.
    pub(super) fn settle(&mut self, now: Duration) {
        let Self { labels, store, ledger, traces, recorder, prices, first_chunks, .. } = self;
        ledger.settle(now, &mut |commit| {
            let first_chunk = first_chunks.take(&commit.call);
            recorder.commit(labels, store, prices, commit, first_chunk);
        });
        traces.settle(now, &mut |report| recorder.report(labels, store, &report));
        first_chunks.forget(now);
    }

    /// Reports everything, at shutdown.
    pub(super) fn settle_all(&mut self) {
        let Self { labels, store, ledger, traces, recorder, prices, first_chunks, .. } = self;
        ledger.settle_all(&mut |commit| {
            let first_chunk = first_chunks.take(&commit.call);
            recorder.commit(labels, store, prices, commit, first_chunk);
        });
        traces.settle_all(&mut |report| recorder.report(labels, store, &report));
    }

    /// Sets the gauges to how things stand.
    pub(super) fn measure(&mut self, now: Duration) {
        let Self { labels, store, traces, queues, agents, .. } = self;
        store.clear(Name::ActiveRuns);
        store.clear(Name::MutxActive);
        for ticket in traces.active() {
            let (set, weight) = labels.redeem(ticket);
            store.raise(labels, Name::ActiveRuns, &set, weight);
            store.raise(labels, Name::MutxActive, &set, weight);
        }
        let mut waiting = 0.0;
        for ((set, queue), (_, depth)) in queues.iter() {
            store.set(labels, Name::QueueDepth, &set.with(Key::Queue, *queue), *depth);
            waiting += depth;
        }
        if !queues.is_empty() {
            store.set(labels, Name::MutxQueue, &Set::EMPTY, waiting);
            store.set(labels, Name::MutxTaskQueue, &Set::EMPTY, waiting);
        }
        agents.retain(|_, heard| now.saturating_sub(*heard) < AGENT_ACTIVE);
        store.set(labels, Name::MutxAgents, &Set::EMPTY, agents.len() as f64);
        let adjusted = f64::from(u8::from(labels.is_weighted()));
        store.set(labels, Name::SamplingAdjusted, &Set::EMPTY, adjusted);
    }

    fn fact(&mut self, fact: &Fact<'_>, now: Duration) {
        self.read += 1;
        let set = self.set(fact);
        let agent = set.get(Key::Agent);
        if agent != ABSENT {
            // There are as many agents as labels for them.
            self.agents.insert(agent, now);
        }
        let ticket = self.labels.ticket(set, fact.weight);
        if is_run_known(&fact.reading) && fact.reading.signal == Signal::Span {
            self.traces.note_run(fact.trace(), ticket, now);
        }
        if fact.is_pending {
            return;
        }
        let mut call = fact.call;
        call.label = ticket;
        if fact.reading.class == Class::Leaf || fact.reading.usage.is_known() {
            self.price(&mut call, &fact.reading);
            if let Some(first_chunk) = fact.reading.time_to_first_chunk {
                self.first_chunks.put(&call, first_chunk, now);
            }
        }
        self.ledger.add(call, now);
        match fact.reading.signal {
            Signal::Span => self.span(fact, ticket, now),
            Signal::Log => self.log(fact, ticket),
        }
    }

    fn span(&mut self, fact: &Fact<'_>, ticket: u32, now: Duration) {
        let Self { labels, store, traces, recorder, .. } = self;
        let node = node(fact, ticket);
        if node.role == Role::Tool && fact.is_primary() {
            traces.note_primary(fact.call.source);
        }
        traces.add(fact.trace(), node, now, &mut |report| {
            recorder.report(labels, store, &report);
        });
    }

    /// Tools in log records have no trace to wait for.
    fn log(&mut self, fact: &Fact<'_>, ticket: u32) {
        if fact.reading.class != Class::Tool || !fact.is_primary() {
            return;
        }
        self.traces.note_primary(fact.call.source);
        let reading = &fact.reading;
        let mut id = DefaultHasher::new();
        (fact.call.trace_id, fact.call.span_id, fact.call.end, fact.service).hash(&mut id);
        (reading.tool_name, reading.tool_call_id, reading.conversation_id).hash(&mut id);
        if self.traces.is_new(id.finish()) {
            let node = node(fact, ticket);
            self.recorder.tool(&mut self.labels, &mut self.store, fact.trace(), &node);
        }
    }

    fn session_run(&mut self, run: &SessionRun<'_>) {
        let mut id = DefaultHasher::new();
        (run.id, &run.dimensions).hash(&mut id);
        if self.traces.is_new(id.finish()) {
            let set = self.labels.resource(&run.dimensions);
            let set = set.with(Key::Agent, self.labels.value(Key::Agent, run.agent));
            let mut node = Node::new(Role::Agent, 0, 0);
            (node.start, node.end) = (run.start, run.end);
            node.ticket = self.labels.ticket(set, 1.0);
            node.outcome = Outcome::of(run.outcome, false, None);
            let Self { labels, store, recorder, .. } = self;
            recorder.report(labels, store, &Report::Run(0, &node));
        }
    }

    /// The labels of a record.
    fn set(&mut self, fact: &Fact<'_>) -> Set {
        let reading = &fact.reading;
        let model = reading.request_model.or(reading.response_model);
        let agent = match reading.class {
            Class::Agent | Class::Workflow => reading.run.name.or(reading.agent_name),
            _ => reading.agent_name,
        };
        let error = reading.error_type.or(reading.failed.then_some(b"_OTHER"));
        let operation = Some(reading.operation).filter(|name| !name.is_empty());
        let labels = &mut self.labels;
        labels
            .resource(&fact.dimensions)
            .with(Key::Operation, labels.value(Key::Operation, operation))
            .with(
                Key::Provider,
                labels.value(Key::Provider, reading.provider.map(|it| it.as_bytes())),
            )
            .with(Key::RequestModel, labels.value(Key::RequestModel, model))
            .with(Key::ResponseModel, labels.value(Key::ResponseModel, reading.response_model))
            .with(Key::Agent, labels.value(Key::Agent, agent))
            .with(Key::Workflow, labels.value(Key::Workflow, reading.workflow_name))
            .with(Key::Tool, labels.value(Key::Tool, reading.tool_name))
            .with(Key::Error, labels.value(Key::Error, error))
    }

    /// Prices a call, unless someone said what it cost.
    fn price(&self, call: &mut Call, reading: &Reading<'_>) {
        if reading.cache_hit {
            // Nothing was bought.
            (call.cost, call.cost_source) = (0.0, CostSource::Gateway);
            return;
        }
        let at = UNIX_EPOCH
            .checked_add(Duration::from_nanos(call.end))
            .unwrap_or(SystemTime::UNIX_EPOCH);
        call.rate = self.prices.rate(&Pricing {
            provider: reading.provider,
            response_model: reading.response_model,
            request_model: reading.request_model,
            service_tier: reading.service_tier,
            at,
        });
        if call.cost_source == CostSource::Unknown
            && let Some(usd) = self.prices.cost(call.rate, &reading.usage)
        {
            (call.cost, call.cost_source) = (usd, call.rate.source());
        }
    }
}

/// What amounts cost: as someone said, otherwise by the merged tokens.
pub(super) fn cost(prices: &Prices, amounts: &Amounts) -> Option<f64> {
    let usd = match amounts.cost_source {
        CostSource::Unknown | CostSource::Computed => {
            prices.cost(amounts.rate, &amounts.tokens.usage()).unwrap_or(amounts.cost)
        }
        _ => amounts.cost,
    };
    usd.is_finite().then_some(usd)
}

/// Whether a record shows that an agent is at work.
fn is_run_known(reading: &Reading<'_>) -> bool {
    reading.agent_name.is_some() || reading.run.id.is_some() || reading.run.may_be_root
}

fn node(fact: &Fact<'_>, ticket: u32) -> Node {
    let (reading, call) = (&fact.reading, &fact.call);
    let role = match reading.class {
        Class::Leaf if reading.is_evident() => Role::Leaf,
        Class::Tool => Role::Tool,
        Class::Agent if reading.run.may_be_root => Role::Agent,
        Class::Workflow if reading.run.may_be_root => Role::Workflow,
        _ => Role::Link,
    };
    let mut node = Node::new(role, call.span_id, call.parent_id);
    (node.start, node.end, node.ticket, node.is_remote) =
        (call.start, call.end, ticket, fact.is_remote);
    node.outcome = Outcome::of(fact.outcome, reading.failed, reading.error_type);
    node.gives_way_to = (role == Role::Tool && !fact.is_primary()).then_some(call.source);
    let says = |text: Option<&[u8]>, word: &[u8]| {
        let text = text.unwrap_or_default().iter().take(128).map(u8::to_ascii_lowercase);
        text.collect::<Vec<_>>().windows(word.len()).any(|part| part == word)
    };
    let is_filtered = || reading.finish_reasons.iter().any(|reason| reason == b"content_filter");
    let extra = Extra {
        is_guardrail: (reading.operation == b"apply_guardrail" && reading.failed)
            || (role == Role::Leaf && is_filtered()),
        is_violation: role == Role::Leaf && reading.failed && says(reading.error_type, b"policy"),
        server: (role == Role::Leaf && reading.server_side).then_some(Server {
            first_token: reading.time_to_first_chunk,
            output: reading.usage.output,
        }),
    };
    let has_extra = extra.is_guardrail || extra.is_violation || extra.server.is_some();
    node.extra = has_extra.then(|| Box::new(extra));
    node
}

/// The time to the first chunk of calls that wait to be counted: by span, and by response id for the
/// case that another report of the same call stands for it.
#[derive(Debug)]
struct FirstChunks {
    seconds: HashMap<u64, f64>,
    order: VecDeque<(Duration, u64)>,
    limit: usize,
    keep: Duration,
}

impl FirstChunks {
    fn new(limit: usize, keep: Duration) -> Self {
        // Time for the settling itself.
        let keep = keep + Duration::from_secs(10);
        Self { seconds: HashMap::new(), order: VecDeque::new(), limit, keep }
    }

    fn put(&mut self, call: &Call, seconds: f64, now: Duration) {
        for key in keys(call).into_iter().flatten() {
            if self.order.len() >= self.limit
                && let Some((_, oldest)) = self.order.pop_front()
            {
                self.seconds.remove(&oldest);
            }
            self.order.push_back((now, key));
            let known = self.seconds.entry(key).or_insert(seconds);
            *known = known.min(seconds);
        }
    }

    fn take(&mut self, call: &Call) -> Option<f64> {
        let [span, response] = keys(call).map(|key| key.and_then(|key| self.seconds.remove(&key)));
        span.or(response)
    }

    fn forget(&mut self, now: Duration) {
        while let Some((since, key)) = self.order.front().copied()
            && since + self.keep < now
        {
            self.order.pop_front();
            self.seconds.remove(&key);
        }
    }
}

/// By span, or what a log record has in place of one; and by response.
fn keys(call: &Call) -> [Option<u64>; 2] {
    let mut span = DefaultHasher::new();
    (call.trace_id, call.span_id, call.signal == Signal::Log).hash(&mut span);
    if call.span_id == 0 {
        (call.end, call.scope, call.model).hash(&mut span);
    }
    let response = (call.response != 0).then_some(call.response);
    [Some(span.finish()), response]
}
