//! Evaluation results, which arrive long after what they are about.

use std::{collections::HashMap, time::Duration};

use crate::{Verdict, verdict::Change};

/// Evaluations that are awaited or may still be replaced by newer ones.
///
/// A thing that should be evaluated is expected; what arrives within the deadline is its verdict,
/// the newest wins; what never arrives is unknown.
#[derive(Debug)]
pub struct Evaluations {
    open: HashMap<u64, Awaited>,
    deadline: Duration,
    limit: usize,
}

#[derive(Clone, Copy, Debug)]
struct Awaited {
    due: Duration,
    /// When the newest one was made, and what it says.
    said: Option<(Duration, Verdict)>,
}

/// What became of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joined {
    /// It is to be counted.
    Counted(Change),
    /// Another one, made later, counts already, or the same one.
    Stale,
    /// The deadline has passed.
    Late,
    /// There is no place for more.
    Full,
}

impl Evaluations {
    /// Waits for `deadline`, for at most `limit` things.
    #[must_use]
    pub fn new(deadline: Duration, limit: usize) -> Self {
        Self { open: HashMap::new(), deadline, limit }
    }

    /// Something that should be evaluated was seen. `key` stands for the evaluation's name,
    /// evaluator and what it is about. Whether there was a place to remember it.
    pub fn expect(&mut self, key: u64, now: Duration) -> bool {
        let has_place = self.open.len() < self.limit || self.open.contains_key(&key);
        if has_place {
            let due = now.saturating_add(self.deadline);
            self.open.entry(key).or_insert(Awaited { due, said: None });
        }
        has_place
    }

    /// An evaluation arrived. What was never expected waits for newer ones from now on.
    pub fn arrive(&mut self, key: u64, made: Duration, verdict: Verdict, now: Duration) -> Joined {
        if !self.expect(key, now) {
            return Joined::Full;
        }
        let Some(awaited) = self.open.get_mut(&key) else { return Joined::Full };
        if now > awaited.due {
            return Joined::Late;
        }
        let from = match awaited.said {
            Some((before, _)) if made <= before => return Joined::Stale,
            said => said.map(|(_, verdict)| verdict),
        };
        awaited.said = Some((made, verdict));
        if from == Some(verdict) {
            return Joined::Stale;
        }
        Joined::Counted(Change { from, to: verdict, is_early: false })
    }

    /// Forgets what is past its deadline; for each that never came, `unknown` is called once.
    pub fn expire(&mut self, now: Duration, unknown: &mut dyn FnMut(u64)) {
        self.open.retain(|key, awaited| {
            let is_over = now > awaited.due;
            if is_over && awaited.said.is_none() {
                unknown(*key);
            }
            !is_over
        });
    }

    /// How many are awaited or may still be replaced.
    #[must_use]
    pub fn len(&self) -> usize {
        self.open.len()
    }

    /// Whether nothing is awaited.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.open.is_empty()
    }
}
