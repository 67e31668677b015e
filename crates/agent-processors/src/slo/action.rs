//! The objectives, and what was judged by them: what all pipelines of one `slo` share.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use slo::{
    Facts, Field, Grain, Objective, Set, Verdict, Weight,
    arrival::{Evaluations, Joined, Marks, Seen, Thing},
    objective::Match,
    verdict::Change,
};
use smallvec::SmallVec;

use super::{
    config::Config,
    series::{Board, Subject, Tale},
};
use crate::{
    replay::{Judged, Recorder},
    shared::facts::{Asked, EvaluationFacts, snapshot},
};

/// Marks of a span that was counted, as itself and as the root of a run.
const SPAN: Marks = 1;
const RUN: Marks = 1 << 1;
/// Marks of a call, and of what a call stands right below.
const MODEL: Marks = 1 << 2;
const ABOVE_MODEL: Marks = 1 << 3;
const TOOL: Marks = 1 << 4;
const ABOVE_TOOL: Marks = 1 << 5;
/// The rulings on one span; more than these take room on the heap.
pub(super) type Rulings = SmallVec<[Ruling; 16]>;

/// What parts of an agent's work say.
pub(super) const AGENT_NAME: &str = "gen_ai.agent.name";

/// Objectives and what was judged.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) set: Set,
    /// Which objectives judge what, by grain.
    by_grain: [Vec<usize>; Grain::ALL.len()],
    /// For each objective the number of its match: what matches alike has the same.
    matches: Vec<usize>,
    pub(super) asked: Asked,
    /// Every attribute that any objective asks for.
    pub(super) keys: Vec<String>,
    /// Keeps what is judged, if anybody wants that.
    recorder: Option<Arc<Recorder>>,
    /// Bounds on the duration of runs, in milliseconds, in order.
    pub(super) bounds: Vec<u64>,
    /// Milliseconds that a span may take to come.
    pub(super) delay: u64,
    board: Mutex<Board>,
    seen: Mutex<Seen>,
    evaluations: Vec<Option<Mutex<Evaluations>>>,
}

/// What one objective says of one span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ruling {
    pub(super) objective: usize,
    pub(super) verdict: Verdict,
    pub(super) group: u16,
}

impl Book {
    /// Objectives by which nothing was judged. `now` is seconds since 1970.
    pub(super) fn new(
        set: Set,
        config: &Config,
        now: u64,
        recorder: Option<Arc<Recorder>>,
    ) -> Self {
        let of = |grain: Grain| {
            let objectives = set.objectives.iter().enumerate();
            objectives.filter(|(_, one)| one.on == grain).map(|(at, _)| at).collect::<Vec<_>>()
        };
        let by_grain = Grain::ALL.map(of);
        let evaluations = set.objectives.iter().map(|objective| {
            let deadline = objective.deadline?;
            let deadline = Duration::from_secs(deadline.as_seconds().into());
            let limit = config.max_evaluations as usize;
            (objective.on == Grain::Evaluation)
                .then(|| Mutex::new(Evaluations::new(deadline, limit)))
        });
        Self {
            matches: matches(&set),
            by_grain,
            recorder,
            keys: keys(&set),
            asked: asked(&set),
            bounds: bounds(&set),
            delay: u64::try_from(config.delivery_delay.to_std().as_millis()).unwrap_or(u64::MAX),
            evaluations: evaluations.collect(),
            board: Mutex::new(Board::new(
                &set.objectives,
                config.events,
                config.max_pending_events as usize,
                now,
            )),
            seen: Mutex::new(Seen::new(*config.remember, config.max_remembered as usize)),
            set,
        }
    }

    /// The objectives that judge things of a grain.
    pub(super) fn on(&self, grain: Grain) -> &[usize] {
        self.by_grain.get(grain as usize).map_or(&[], Vec::as_slice)
    }

    pub(super) fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a verdict and what led to it, if anybody wants that.
    pub(super) fn record(
        &self,
        at: usize,
        verdict: Option<Verdict>,
        change: Option<Change>,
        subject: &Subject<'_>,
        facts: &dyn Facts,
    ) {
        let (Some(recorder), Some(one)) = (&self.recorder, self.set.objectives.get(at)) else {
            return;
        };
        let facts = snapshot(facts, one.on, self.keys.iter().map(String::as_str));
        recorder.keep(Judged {
            objective: at,
            verdict,
            before: change.and_then(|change| change.from),
            at: subject.at,
            trace: subject.trace,
            span: subject.span,
            weight: subject.weight,
            is_partial: subject.is_partial,
            facts,
        });
    }

    /// Whether a run is counted for the first time.
    pub(super) fn is_new_run(&self, trace: &[u8], root: u64, now: Duration) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.is_new(Thing::new(trace, &root.to_be_bytes()), RUN, now)
    }

    /// Whether a call was told of by a span right above or below it, and whether the span was counted;
    /// from now on it was if it `is_ruled`.
    fn meet(
        &self,
        call: Option<Grain>,
        is_ruled: bool,
        subject: &Subject<'_>,
        now: Duration,
    ) -> (bool, bool) {
        let (own, above) = match call {
            Some(Grain::ModelCall) => (MODEL, ABOVE_MODEL),
            Some(Grain::ToolCall) => (TOOL, ABOVE_TOOL),
            _ => (0, 0),
        };
        let marks = own | if is_ruled { SPAN } else { 0 };
        let Subject { trace, span, parent, .. } = subject;
        if *span == 0 || marks == 0 {
            return (false, false);
        }
        let thing = |span: &u64| Thing::new(trace, &span.to_be_bytes());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let is_below = own != 0
            && *parent != 0
            && parent != span
            && seen.mark(thing(parent), above, now) & own != 0;
        let known = seen.mark(thing(span), marks, now);
        (is_below || known & above != 0, known & SPAN != 0)
    }

    /// Judges a span by the objectives on its grain and those on every span.
    pub(super) fn judge(
        &self,
        grain: Option<Grain>,
        facts: &dyn Facts,
        subject: &Subject<'_>,
        now: Duration,
        rulings: &mut Rulings,
    ) {
        let own = grain.map_or(&[][..], |grain| self.on(grain));
        let mut matched = Matched::default();
        for at in own.iter().chain(self.on(Grain::Span)) {
            let Some(one) = self.set.objectives.get(*at) else { continue };
            let number = self.matches.get(*at).copied().unwrap_or(usize::MAX);
            let looks = matched.ask(number, || one.looks_at(facts));
            let verdict = looks.then(|| one.verdict(facts));
            if verdict.is_none() && self.recorder.is_some() {
                self.record(*at, None, None, subject, facts);
            }
            if let Some(verdict) = verdict {
                rulings.push(Ruling { objective: *at, verdict, group: 0 });
            }
        }
        let call = grain.filter(|_| !own.is_empty());
        let (is_twin, is_repeat) = self.meet(call, !rulings.is_empty(), subject, now);
        if rulings.is_empty() {
            self.board().stats.unmatched += 1;
            return;
        }
        let mut board = self.board();
        board.stats.duplicates += u64::from(is_repeat);
        board.stats.twins += u64::from(is_twin && !is_repeat);
        if is_repeat {
            return;
        }
        for ruling in rulings {
            let Some(objective) = self.set.objectives.get(ruling.objective) else { continue };
            if is_twin && objective.on != Grain::Span {
                continue;
            }
            let change = Change { from: None, to: ruling.verdict, is_early: false };
            ruling.group = board.group(ruling.objective, objective, facts);
            board.count(ruling.objective, ruling.group, change, subject);
            self.record(ruling.objective, Some(ruling.verdict), Some(change), subject, facts);
            if board.is_told(&change) {
                let tale = tale(ruling.objective, objective, ruling.group, change, facts, subject);
                board.tell(tale);
            }
        }
    }

    /// Judges an evaluation result, made at `made` after 1970, and joins it with those of the same
    /// thing.
    pub(super) fn evaluate(
        &self,
        facts: &EvaluationFacts<'_>,
        subject: &Subject<'_>,
        made: Duration,
        now: Duration,
    ) {
        for at in self.on(Grain::Evaluation) {
            let Some(objective) = self.set.objectives.get(*at) else { continue };
            let Some(verdict) = objective.judge(facts) else { continue };
            let Some(Some(evaluations)) = self.evaluations.get(*at) else { continue };
            let key = key(facts, subject);
            let joined = {
                let mut evaluations = evaluations.lock().unwrap_or_else(PoisonError::into_inner);
                evaluations.arrive(key, made, verdict, now)
            };
            let mut board = self.board();
            match joined {
                Joined::Counted(change) => {
                    let group = board.group(*at, objective, facts);
                    board.count(*at, group, change, subject);
                    self.record(*at, Some(change.to), Some(change), subject, facts);
                    if board.is_told(&change) {
                        board.tell(tale(*at, objective, group, change, facts, subject));
                    }
                }
                Joined::Stale => board.stats.duplicates += 1,
                Joined::Late | Joined::Full => board.stats.late_evaluations += 1,
            }
        }
    }

    /// Forgets evaluations that are past their deadline; brings the budgets up to date. `time` is
    /// seconds since 1970.
    pub(super) fn review(&self, now: Duration, time: u64) {
        for evaluations in self.evaluations.iter().flatten() {
            let mut evaluations = evaluations.lock().unwrap_or_else(PoisonError::into_inner);
            // Only what came is waited for, so nothing is unknown.
            evaluations.expire(now, &mut |_| {});
        }
        self.board().review(&self.set.objectives, time);
    }
}

/// Which matches hold, by number; those beyond the first 64 are asked each time.
#[derive(Default)]
struct Matched {
    known: u64,
    holds: u64,
}

impl Matched {
    #[inline]
    fn ask(&mut self, number: usize, ask: impl FnOnce() -> bool) -> bool {
        let bit = if number < 64 { 1 << number } else { 0 };
        if self.known & bit != 0 {
            return self.holds & bit != 0;
        }
        let holds = ask();
        self.known |= bit;
        self.holds |= if holds { bit } else { 0 };
        holds
    }
}

/// The match of each objective by number, the same for those that match alike.
fn matches(set: &Set) -> Vec<usize> {
    let mut known: Vec<&Match> = Vec::new();
    let mut numbers = Vec::with_capacity(set.objectives.len());
    for one in &set.objectives {
        let number = known.iter().position(|other| **other == one.matching);
        numbers.push(number.unwrap_or(known.len()));
        if number.is_none() {
            known.push(&one.matching);
        }
    }
    numbers
}

/// Every attribute that objectives ask for.
fn keys(set: &Set) -> Vec<String> {
    let all = set.objectives.iter().flat_map(Objective::attributes);
    let mut all: Vec<String> = all.map(str::to_owned).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What is told of a verdict.
pub(super) fn tale(
    at: usize,
    objective: &Objective,
    group: u16,
    change: Change,
    facts: &dyn Facts,
    subject: &Subject<'_>,
) -> Tale {
    let field = objective.good.threshold().and_then(|(name, ..)| Field::of(name));
    let text = |fact: slo::Fact<'_>| match fact {
        slo::Fact::Text(text) => Some(text.into()),
        _ => None,
    };
    let is_bad = change.to == Verdict::Bad;
    Tale {
        objective: at,
        group,
        change,
        trace: subject.trace,
        span: subject.span,
        at: subject.at,
        weight: subject.weight,
        service: subject.service.into(),
        is_partial: subject.is_partial,
        reason: is_bad.then(|| objective.reason(facts)).flatten().map(Into::into),
        value: field.and_then(|field| facts.field(field).number()),
        agent: text(facts.attribute(AGENT_NAME)),
        outcome: text(facts.field(Field::Outcome)),
    }
}

/// How many a span stands for, by its `tracestate`; none if that cannot be read.
pub(super) fn weight(tracestate: &[u8]) -> Option<Weight> {
    if tracestate.is_empty() {
        return Some(Weight::ONE);
    }
    let text = str::from_utf8(tracestate).ok()?;
    Weight::of_tracestate(text).ok()
}

/// What an evaluation is about: its name, the evaluator, and the answer or span.
fn key(facts: &EvaluationFacts<'_>, subject: &Subject<'_>) -> u64 {
    let [name, response, evaluator] = facts.identity();
    let mut hasher = DefaultHasher::new();
    (name, evaluator, response).hash(&mut hasher);
    if response.is_empty() {
        (subject.trace, subject.span).hash(&mut hasher);
    }
    hasher.finish()
}

fn asked(set: &Set) -> Asked {
    let on_runs = || set.objectives.iter().filter(|one| one.on == Grain::Run);
    let mut keys: Vec<String> =
        on_runs().flat_map(Objective::attributes).map(str::to_owned).collect();
    if on_runs().next().is_some() {
        keys.push(AGENT_NAME.to_owned());
    }
    keys.sort_unstable();
    keys.dedup();
    let reads = |field| {
        let exprs = |one: &Objective| {
            one.good.reads(field) || one.exclude.as_ref().is_some_and(|expr| expr.reads(field))
        };
        on_runs().any(exprs)
    };
    Asked { keys, tools: reads(Field::RepeatedToolCalls), chunks: reads(Field::ResponseStart) }
}

fn bounds(set: &Set) -> Vec<u64> {
    let on_runs = set.objectives.iter().filter(|one| one.on == Grain::Run);
    let early = on_runs.filter(|one| one.good.can_fail_early());
    let numbers = early.flat_map(|one| one.good.bounds(Field::Duration));
    let mut all: Vec<u64> =
        numbers.map(|number| (number.value().to_f64() * 1e3).ceil().max(0.0) as u64).collect();
    all.sort_unstable();
    all.dedup();
    all
}
