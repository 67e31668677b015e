//! The objectives, and what was judged by them: what all pipelines of one `slo` share.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use slo::{
    Facts, Field, Grain, Objective, Set, Verdict, Weight,
    arrival::{Evaluations, Joined, Seen},
    verdict::Change,
};

use super::{
    config::Config,
    series::{Board, Subject, Tale},
};
use crate::{
    replay::{Judged, Recorder},
    shared::facts::{Asked, EvaluationFacts, snapshot},
};

/// Keeps what is known to have been counted apart by what it is.
pub(super) const SPANS: u64 = 0;
pub(super) const RUNS: u64 = 1;
/// A call whose twin stands below it, by that one's parent; and calls themselves.
const ABOVE_MODEL: u64 = 2;
const MODEL: u64 = 3;
const ABOVE_TOOL: u64 = 4;
const TOOL: u64 = 5;

/// What parts of an agent's work say.
pub(super) const AGENT_NAME: &str = "gen_ai.agent.name";

/// Objectives and what was judged.
#[derive(Debug)]
pub(super) struct Book {
    pub(super) set: Set,
    /// Which objectives judge what, by grain.
    by_grain: [Vec<usize>; Grain::ALL.len()],
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

    /// Whether something is counted for the first time.
    pub(super) fn is_new(&self, scope: u64, trace: &[u8], span: &[u8], now: Duration) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.is_new(scope, trace, span, now)
    }

    /// Whether a call was told of by a span right above or below it.
    fn is_twin(&self, grain: Grain, subject: &Subject<'_>, now: Duration) -> bool {
        let (above, own) = match grain {
            Grain::ModelCall => (ABOVE_MODEL, MODEL),
            Grain::ToolCall => (ABOVE_TOOL, TOOL),
            _ => return false,
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (trace, span) = (&subject.trace, subject.span.to_be_bytes());
        let parent = subject.parent.to_be_bytes();
        let is_below = subject.parent != 0 && seen.knows(own, trace, &parent);
        let is_above = seen.knows(above, trace, &span);
        seen.is_new(own, trace, &span, now);
        if subject.parent != 0 {
            seen.is_new(above, trace, &parent, now);
        }
        is_below || is_above
    }

    /// Judges a span by the objectives on its grain and those on every span.
    pub(super) fn judge(
        &self,
        grain: Option<Grain>,
        facts: &dyn Facts,
        subject: &Subject<'_>,
        now: Duration,
        rulings: &mut Vec<Ruling>,
    ) {
        let own = grain.map_or(&[][..], |grain| self.on(grain));
        rulings.reserve(own.len() + self.on(Grain::Span).len());
        for at in own.iter().chain(self.on(Grain::Span)) {
            let verdict = self.set.objectives.get(*at).and_then(|one| one.judge(facts));
            if verdict.is_none() {
                self.record(*at, None, None, subject, facts);
            }
            if let Some(verdict) = verdict {
                rulings.push(Ruling { objective: *at, verdict, group: 0 });
            }
        }
        let is_known = subject.span != 0;
        let is_twin = is_known
            && !own.is_empty()
            && grain.is_some_and(|grain| self.is_twin(grain, subject, now));
        if rulings.is_empty() {
            self.board().stats.unmatched += 1;
            return;
        }
        let is_repeat =
            is_known && !self.is_new(SPANS, &subject.trace, &subject.span.to_be_bytes(), now);
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
