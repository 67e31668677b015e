//! What all pipelines of one `agent_runs` share: trackers, ledger, events.

use std::{
    cell::Cell,
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use genai::{Added, Call, Commit, Ledger, Prices};
use sdk::BuildContext;
use tokio::time::Instant;

use super::{config::Config, metrics::Metrics};
use crate::shared::{
    Followed, Look, Meeting, Note, now_in,
    tracker::{Event, Key, Limits, Run, Sighting, Stats, Tracker, What},
};

/// Trackers, so that pipelines seldom wait for each other. A power of two.
const SHARDS: usize = 16;
/// How often what is over is looked for.
const REVIEW_EVERY: Duration = Duration::from_secs(1);
/// How long a trace may keep changing before its sums are fetched.
const SETTLE_MAX: Duration = Duration::from_secs(2);
/// After so many calls their sums are fetched even if it is not time yet.
const SETTLE_AFTER: usize = 4096;
/// So many calls are handed over to the ledger at once, at most.
const HANDED_OVER: usize = 64;
/// The part of the memory that goes to telling calls apart, and what one of them takes.
const LEDGER_PART: usize = 4;
const CALL_BYTES: usize = 750;

/// How many [`Runs`] there were.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// What time it was for which [`Runs`] when it first asked in which walk over a batch.
    static NOW: Cell<([u64; 2], Duration)> = const { Cell::new(([0; 2], Duration::ZERO)) };
}

/// What the processors and the connector of one id have in common. Whoever is built first makes it.
#[derive(Debug, Default)]
pub(super) struct Desk {
    runs: OnceLock<Arc<Runs>>,
    /// Whether a connector takes the events.
    is_listening: Arc<AtomicBool>,
}

impl Desk {
    /// The desk of this id.
    pub(super) fn of(context: &BuildContext) -> Arc<Self> {
        context.shared.get_or_insert_with(&context.id, Self::default)
    }

    /// What is followed, made by the first processor.
    pub(super) fn open(self: &Arc<Self>, config: &Config, context: &BuildContext) -> Arc<Runs> {
        let runs = self.runs.get_or_init(|| {
            let runs = Arc::new(Runs::new(config, context, self));
            runs.meeting.follow(runs.clone());
            let weak = Arc::downgrade(&runs);
            context.telemetry.on_scrape(move || {
                if let Some(runs) = weak.upgrade() {
                    runs.review();
                }
            });
            runs
        });
        runs.clone()
    }

    /// What is followed; none if no processor has this id.
    pub(super) fn runs(&self) -> Option<&Arc<Runs>> {
        self.runs.get()
    }

    /// From now on events are kept for the connector.
    pub(super) fn listen(&self) {
        self.is_listening.store(true, Ordering::Relaxed);
    }
}

/// The runs followed.
#[derive(Debug)]
pub(super) struct Runs {
    pub(super) metrics: Metrics,
    pub(super) prices: Option<Prices>,
    config: Config,
    is_listening: Arc<AtomicBool>,
    meeting: Arc<Meeting>,
    shards: [Mutex<Tracker>; SHARDS],
    /// Calls on their way to the ledger, with the time they were seen.
    handed_over: Mutex<Vec<(Call, Duration)>>,
    /// Locked before `handed_over` and before a shard, never after.
    ledger: Mutex<Counting>,
    events: Mutex<VecDeque<Event>>,
    /// How many traces and sessions all trackers keep.
    open: AtomicUsize,
    opened: Instant,
    /// Tells it from all others of the process.
    number: u64,
    /// When to look for what is over next, in milliseconds since `opened`.
    next_review: AtomicU64,
}

/// The ledger, and how many calls it took in since its sums were fetched.
#[derive(Debug)]
struct Counting {
    ledger: Ledger,
    added: usize,
    /// Empty, its memory to be used again.
    room: Vec<(Call, Duration)>,
}

impl Runs {
    fn new(config: &Config, context: &BuildContext, desk: &Arc<Desk>) -> Self {
        let bytes = (config.max_mib as usize) << 20;
        let limits = Limits {
            // Traces do not spread evenly, so the runs of all trackers are counted together.
            runs: config.max_runs as usize,
            bytes: bytes / LEDGER_PART * (LEDGER_PART - 1) / SHARDS,
            records: config.max_records_per_run as usize,
            after_root: *config.close_after_root,
            idle: *config.idle_timeout,
            waiting: *config.waiting_timeout,
            age: *config.max_age,
            amend: *config.amend_window,
        };
        let calls = (bytes / LEDGER_PART / CALL_BYTES).max(1);
        let ledger = Ledger::new(genai::Limits {
            settle: Duration::from_millis(500),
            settle_max: SETTLE_MAX,
            remember: *config.idle_timeout,
            calls,
            forgotten: calls,
        });
        Self {
            metrics: Metrics::new(context),
            prices: config.compute_cost.then(Prices::bundled),
            config: config.clone(),
            is_listening: desk.is_listening.clone(),
            meeting: Meeting::of(&context.id, context),
            shards: std::array::from_fn(|_| Mutex::new(Tracker::new(limits))),
            ledger: Mutex::new(Counting { ledger, added: 0, room: Vec::new() }),
            handed_over: Mutex::default(),
            events: Mutex::default(),
            open: AtomicUsize::new(0),
            opened: Instant::now(),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            next_review: AtomicU64::new(0),
        }
    }

    /// The time since this was made.
    fn now(&self) -> Duration {
        self.opened.elapsed()
    }

    /// The time since this was made, asked for once for all records of a batch.
    #[inline]
    pub(super) fn now_in(&self, walk: u64) -> Duration {
        let (known, time) = NOW.get();
        if known == [self.number, walk] {
            return time;
        }
        let now = now_in(walk).saturating_duration_since(self.opened);
        NOW.set(([self.number, walk], now));
        now
    }

    /// Takes in a record, and the call that is counted for it.
    pub(super) fn see(
        &self,
        key: Key,
        sighting: &Sighting<'_>,
        call: Option<&Call>,
        now: Duration,
    ) {
        let mut events = Vec::new();
        if self.open.load(Ordering::Relaxed) >= self.config.max_runs as usize {
            self.make_room(key, now, &mut events);
        }
        let mut tracker = self.tracker(key);
        if let Some(victim) = tracker.victim(key, false) {
            // What it adds up to comes first. The tracker gives it up by itself.
            drop(tracker);
            self.settle_one(victim);
            tracker = self.tracker(key);
        }
        let before = tracker.len();
        tracker.see(key, sighting, now, &mut events);
        self.note_len(before, tracker.len());
        drop(tracker);
        self.post(events);
        if let Some(call) = call {
            let mut handed_over = lock(&self.handed_over);
            handed_over.push((*call, now));
            let is_full = handed_over.len() >= HANDED_OVER;
            drop(handed_over);
            if is_full {
                self.take_in(&mut lock(&self.ledger));
            }
        }
        self.review_in_time(now);
    }

    /// Takes what was handed over into the ledger. Locked for many calls at once, because what it writes lies
    /// far apart in memory, and letting go of a lock waits for all of it.
    fn take_in(&self, counting: &mut Counting) {
        let mut calls = std::mem::take(&mut counting.room);
        std::mem::swap(&mut calls, &mut lock(&self.handed_over));
        for (call, now) in &calls {
            counting.added += 1;
            let is_full = counting.ledger.add(call, *now) == Added::Full;
            if is_full || counting.added >= SETTLE_AFTER {
                self.settle(counting, *now);
            }
            if is_full {
                counting.ledger.add(call, *now);
            }
        }
        calls.clear();
        counting.room = calls;
    }

    /// The ledger with all calls seen so far.
    fn counting(&self) -> MutexGuard<'_, Counting> {
        let mut counting = lock(&self.ledger);
        self.take_in(&mut counting);
        counting
    }

    /// Takes in a span that is not GenAI telemetry; tells whether it is the root of a trace with calls.
    pub(super) fn link(&self, key: Key, sighting: &Sighting<'_>) -> bool {
        let mut events = Vec::new();
        let is_root = self.tracker(key).link(key, sighting, || self.opened.elapsed(), &mut events);
        self.post(events);
        is_root
    }

    /// The run with this root as it stands now. None if there is none or it is one call alone.
    pub(super) fn run(&self, key: Key, root: u64) -> Option<Run> {
        self.settle_one(key);
        let run = lock(self.shard(key)).run(key, root)?;
        (!run.is_lone_call() || self.config.lone_calls).then_some(run)
    }

    /// Fetches what the ledger has settled, closes what is over, shows how things stand.
    pub(super) fn review(&self) {
        let now = self.now();
        self.settle(&mut self.counting(), now);
        for shard in &self.shards {
            let mut events = Vec::new();
            let mut tracker = lock(shard);
            self.prepare(&mut tracker);
            let before = tracker.len();
            tracker.review(now, &mut events);
            tracker.watch(now);
            self.note_len(before, tracker.len());
            drop(tracker);
            self.post(events);
        }
        self.show();
    }

    /// Closes or gives up everything. For the end.
    pub(super) fn finish(&self) {
        let now = self.now();
        {
            let mut counting = self.counting();
            let mut counter = Counter { runs: self, open: None };
            counting.ledger.settle_all(&mut |commit| counter.count(commit));
        }
        for shard in &self.shards {
            let mut events = Vec::new();
            let mut tracker = lock(shard);
            self.prepare(&mut tracker);
            let before = tracker.len();
            tracker.finish(now, &mut events);
            self.note_len(before, tracker.len());
            drop(tracker);
            self.post(events);
        }
        self.show();
    }

    /// Up to so many events, oldest first.
    pub(super) fn take_events(&self, count: usize) -> Vec<Event> {
        let mut events = lock(&self.events);
        let count = count.min(events.len());
        events.drain(..count).collect()
    }

    /// Events that could not be handed on, back to the front.
    pub(super) fn return_events(&self, returned: Vec<Event>) {
        let mut events = lock(&self.events);
        let room = (self.config.max_pending_events as usize).saturating_sub(events.len());
        self.metrics.events_dropped.add(returned.len().saturating_sub(room));
        let skipped = returned.len().saturating_sub(room);
        for event in returned.into_iter().skip(skipped).rev() {
            events.push_front(event);
        }
    }

    /// How the trackers fare together.
    fn stats(&self) -> Stats {
        self.shards.iter().fold(Stats::default(), |all, shard| all.and(lock(shard).stats()))
    }

    fn show(&self) {
        // Taken by one task at a time: the counters are raised to sums.
        let counting = lock(&self.ledger);
        self.metrics.show(&self.stats(), &counting.ledger.stats());
    }

    /// Gives up one run for a key that is new, best one of the same tracker.
    #[cold]
    fn make_room(&self, key: Key, now: Duration, events: &mut Vec<Event>) {
        if lock(self.shard(key)).knows(key) {
            return;
        }
        let own = std::iter::once(self.shard(key));
        for shard in own.chain(&self.shards) {
            let Some(victim) = lock(shard).victim(key, true) else { continue };
            self.settle_one(victim);
            let mut tracker = lock(shard);
            let before = tracker.len();
            tracker.give_up(now, events);
            self.note_len(before, tracker.len());
            return;
        }
    }

    fn note_len(&self, before: usize, now: usize) {
        if now > before {
            self.open.fetch_add(now - before, Ordering::Relaxed);
        } else if now < before {
            self.open.fetch_sub(before - now, Ordering::Relaxed);
        }
    }

    fn review_in_time(&self, now: Duration) {
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let due = self.next_review.load(Ordering::Relaxed);
        if now < due {
            return;
        }
        let next = now.saturating_add(REVIEW_EVERY.as_millis() as u64);
        // Whoever moves the time on is the one to look.
        let order = Ordering::Relaxed;
        if self.next_review.compare_exchange(due, next, order, order).is_ok() && due > 0 {
            self.review();
        }
    }

    /// Fetches what a trace or session adds up to. Lock order: the ledger before a shard, never the other
    /// way round.
    fn settle_one(&self, key: Key) {
        let mut counting = self.counting();
        match key.trace_id() {
            Some(trace) => {
                let mut counter = Counter { runs: self, open: None };
                counting.ledger.settle_one(&trace, &mut |commit| counter.count(commit));
            }
            // The records of a session are found only among all.
            None => self.settle(&mut counting, self.now() + SETTLE_MAX),
        }
    }

    fn settle(&self, counting: &mut Counting, now: Duration) {
        counting.added = 0;
        let mut counter = Counter { runs: self, open: None };
        counting.ledger.settle(now, &mut |commit| counter.count(commit));
    }

    fn shard(&self, key: Key) -> &Mutex<Tracker> {
        let [high, low] = key.parts();
        let hash = (high ^ low.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let [first, rest @ ..] = &self.shards;
        match (hash >> 60) as usize {
            0 => first,
            at => rest.get(at - 1).unwrap_or(first),
        }
    }

    fn post(&self, new: Vec<Event>) {
        if new.is_empty() || !self.is_listened_to() {
            return;
        }
        let mut events = lock(&self.events);
        for event in new {
            if self.is_lone(&event) {
                continue;
            }
            if events.len() < self.config.max_pending_events as usize {
                events.push_back(event);
            } else {
                self.metrics.events_dropped.add(1);
            }
        }
    }

    fn is_listened_to(&self) -> bool {
        self.is_listening.load(Ordering::Relaxed)
    }

    /// The tracker of a key.
    fn tracker(&self, key: Key) -> MutexGuard<'_, Tracker> {
        let mut tracker = lock(self.shard(key));
        self.prepare(&mut tracker);
        tracker
    }

    fn prepare(&self, tracker: &mut Tracker) {
        tracker.set_heard(self.is_listened_to());
        if let Some(judge) = self.meeting.judge() {
            tracker.set_judge(judge);
        }
    }

    fn is_lone(&self, event: &Event) -> bool {
        let tells = matches!(event.what, What::Started | What::StateChanged(..));
        !tells && event.run.is_lone_call() && !self.config.lone_calls
    }
}

impl Followed for Runs {
    fn has(&self, key: Key, span: u64) -> bool {
        lock(self.shard(key)).has(key, span)
    }

    fn note(&self, key: Key, note: Note<'_>) {
        lock(self.shard(key)).annotate(key, note);
    }

    fn look(&self, key: Key, look: Look<'_>) {
        self.settle_one(key);
        let now = self.now();
        lock(self.shard(key)).look(key, now, look);
    }

    fn review(&self) {
        Self::review(self);
    }

    fn finish(&self) {
        Self::finish(self);
    }
}

/// Hands what the ledger settles to the trackers. That of the last call stays locked, because calls of one
/// trace come one after the other; never more than one.
struct Counter<'r> {
    runs: &'r Runs,
    open: Option<(Key, MutexGuard<'r, Tracker>)>,
}

impl Counter<'_> {
    fn count(&mut self, commit: &Commit) {
        let call = &commit.call;
        let key =
            Key::trace(&call.trace_id).or_else(|| Key::session(call.source, call.conversation));
        let Some(key) = key else { return };
        if let Some((open, tracker)) = &mut self.open
            && *open == key
        {
            tracker.count(key, commit);
            return;
        }
        // Let go of first.
        self.open = None;
        let mut tracker = self.runs.tracker(key);
        tracker.count(key, commit);
        self.open = Some((key, tracker));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
