//! Batches in the making, one for each combination of metadata values.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use pdata::Limit;
use sdk::{Batch, Context, Error, Signal, Sizer};
use tokio::time::Instant;

use super::{
    batcher::Limits,
    claim::Claim,
    failure::Failure,
    observe::Observe,
    queue::{Item, measure},
    sender::Sender,
};

/// How many partitions may have items that wait. One more, and the batch that is nearest to its
/// flush leaves early.
const PARTITIONS_MAX: usize = 10_000;

/// Some of the items that wait, and whose they are.
pub(super) struct Part {
    batches: Vec<Batch>,
    /// In the unit of the limits.
    size: usize,
    /// Each counts this part as one.
    claims: Vec<Arc<Claim>>,
}

/// The values of the partition's metadata keys.
type Key = Vec<Vec<String>>;

/// When a partition is flushed; the number keeps equal times apart.
type Deadline = (Instant, u64);

/// What waits to become large enough. A partition exists only while something of it waits, so
/// there are no idle ones to remove.
pub(super) struct Partitions {
    limits: Limits,
    keys: Arc<[String]>,
    waiting: HashMap<Key, (Deadline, Part)>,
    deadlines: BTreeMap<Deadline, Key>,
    deadlines_given: u64,
}

impl Partitions {
    pub(super) fn new(limits: Limits, keys: Arc<[String]>) -> Self {
        Self {
            limits,
            keys,
            waiting: HashMap::new(),
            deadlines: BTreeMap::new(),
            deadlines_given: 0,
        }
    }

    /// When the next batch is due.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.deadlines.first_key_value().map(|((at, _), _)| *at)
    }

    /// The batch that is due first, whether its time has come or not.
    pub(super) fn take_first(&mut self) -> Option<Part> {
        let (_, key) = self.deadlines.pop_first()?;
        self.waiting.remove(&key).map(|(_, part)| part)
    }

    /// Adds what just left the queue. Answers what is to be sent now.
    pub(super) fn add(&mut self, new: Part, observe: &Observe) -> Vec<Part> {
        if new.is_indivisible() {
            return vec![new];
        }
        let key = new.key(&self.keys);
        let waiting = self.waiting.remove(&key);
        let since = waiting.as_ref().map(|(deadline, _)| *deadline);
        if let Some(deadline) = since {
            self.deadlines.remove(&deadline);
        }
        let old = waiting.map(|(_, part)| part);
        let mut ready = match self.limits.max {
            Some(max) if new.size + old.as_ref().map_or(0, |part| part.size) > max => {
                Pieces { limits: self.limits, max, keys: &self.keys, observe }.cut(old, new)
            }
            _ => vec![Part::joined(old, new)],
        };
        if let Some(rest) = ready.pop_if(|last| last.size < self.limits.min) {
            // What was split off holds new items only, so its time begins now.
            let deadline = since.filter(|_| ready.is_empty()).unwrap_or_else(|| self.deadline());
            self.deadlines.insert(deadline, key.clone());
            self.waiting.insert(key, (deadline, rest));
        }
        if self.waiting.len() > PARTITIONS_MAX {
            ready.extend(self.take_first());
        }
        ready
    }

    fn deadline(&mut self) -> Deadline {
        self.deadlines_given += 1;
        let now = Instant::now();
        let at = now.checked_add(self.limits.flush_timeout).unwrap_or(now);
        (at, self.deadlines_given)
    }
}

impl Part {
    /// All of one queued request.
    pub(super) fn of(item: Item, size: usize) -> Self {
        let Item { batch, room, answer, kept } = item;
        let claim = Arc::new(Claim::new(room, answer, kept));
        Self { batches: vec![batch], size, claims: vec![claim] }
    }

    fn joined(old: Option<Self>, new: Self) -> Self {
        let Some(mut all) = old else { return new };
        all.batches.extend(new.batches);
        all.claims.extend(new.claims);
        all.size += new.size;
        all
    }

    fn key(&self, keys: &[String]) -> Key {
        let Some(batch) = self.batches.first() else { return Key::new() };
        keys.iter().map(|key| batch.context().metadata.get(key).to_vec()).collect()
    }

    /// Profiles point into a table of their own request, so requests stay as they came.
    fn is_indivisible(&self) -> bool {
        self.batches.iter().any(|batch| batch.signal() == Signal::Profiles)
    }

    fn items(&self) -> usize {
        self.batches.iter().map(Batch::items).sum()
    }

    /// Sends the part as one batch and tells everybody who has items in it.
    pub(super) async fn send(self, sender: &Sender, keys: &[String]) {
        let items = self.items();
        let outcome = match join(&self.batches, keys) {
            Ok(batch) => {
                sender.observe().batched(&batch);
                sender.send(batch).await
            }
            Err(error) => Err(Failure::of(sender.observe().unsendable(error, items), items)),
        };
        settle(&self.claims, &outcome, sender.observe());
    }
}

/// Tells the owners of a part what became of it. A failure that somebody does not hear is logged.
fn settle(claims: &[Arc<Claim>], outcome: &Result<(), Failure>, observe: &Observe) {
    let unheard = claims.iter().filter(|claim| !claim.settle(outcome)).count();
    if let Err(failure) = outcome
        && unheard > 0
    {
        observe.dropping(&failure.error, failure.items);
    }
}

/// One batch with what the requests are known to share of their context.
fn join(batches: &[Batch], keys: &[String]) -> Result<Batch, Error> {
    let context = Context::merged(batches.iter().map(|batch| &**batch.context()), keys);
    pdata::concat(batches, Arc::new(context)).map_err(|error| Error::permanent(error.to_string()))
}

/// Cuts what is too large for one batch.
struct Pieces<'a> {
    limits: Limits,
    max: usize,
    keys: &'a [String],
    observe: &'a Observe,
}

impl Pieces<'_> {
    /// Parts that are full but for the last. What waited (`old`) is smaller than a batch may be and
    /// stands in front, so it is all in the first part; if it is not, its owners wait for every
    /// part.
    fn cut(&self, old: Option<Part>, new: Part) -> Vec<Part> {
        let old_items = old.as_ref().map_or(0, Part::items);
        let old_claims = old.as_ref().map_or(0, |part| part.claims.len());
        let all = Part::joined(old, new);
        let items = all.items();
        let pieces = join(&all.batches, self.keys).map(|whole| self.split(&whole));
        let pieces = match pieces {
            Ok(pieces) => pieces,
            Err(error) => {
                let failed = Err(Failure::of(self.observe.unsendable(error, items), items));
                settle(&all.claims, &failed, self.observe);
                return Vec::new();
            }
        };
        let (fitting, oversized): (Vec<_>, Vec<_>) =
            pieces.into_iter().partition(|(_, size)| *size <= self.max);
        let kept: usize = fitting.iter().map(|(batch, _)| batch.items()).sum();
        let first_holds_old = oversized.is_empty()
            && fitting.first().is_some_and(|(batch, _)| batch.items() >= old_items);
        let (old_only, new_only) = all.claims.split_at(old_claims.min(all.claims.len()));
        let parts = fitting.into_iter().enumerate().map(|(at, (batch, size))| {
            let old_too = at == 0 || !first_holds_old;
            let mut claims = if old_too { old_only.to_vec() } else { Vec::new() };
            claims.extend_from_slice(new_only);
            claims.iter().for_each(|claim| claim.spread());
            Part { batches: vec![batch], size, claims }
        });
        let parts: Vec<_> = parts.collect();
        // What every claim counted so far was the part that is now cut.
        let lost = items - kept.min(items);
        let outcome =
            if lost > 0 { Err(Failure::of(self.observe.oversized(lost), lost)) } else { Ok(()) };
        for claim in &all.claims {
            claim.settle(&outcome);
        }
        parts
    }

    /// The pieces of a batch with their sizes.
    fn split(&self, whole: &Batch) -> Vec<(Batch, usize)> {
        let limit = match self.limits.sizer {
            Sizer::Bytes => Limit::Bytes(self.max),
            Sizer::Items | Sizer::Requests => Limit::Items(self.max),
        };
        let sized = pdata::split(whole, limit).into_iter().map(|piece| {
            let size = measure(self.limits.sizer, &piece);
            (piece, size)
        });
        sized.collect()
    }
}
