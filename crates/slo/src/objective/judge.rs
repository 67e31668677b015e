//! The verdict of one objective on one thing.

use super::Objective;
use crate::{Fact, Facts, Field, Grain, Truth, Verdict};

impl Objective {
    /// The verdict when everything is known that will be; `None` where the objective does not look
    /// at it. Does not allocate.
    #[must_use]
    pub fn judge(&self, facts: &dyn Facts) -> Option<Verdict> {
        self.looks_at(facts).then(|| self.verdict(facts))
    }

    /// Whether the objective looks at it.
    #[must_use]
    pub fn looks_at(&self, facts: &dyn Facts) -> bool {
        self.matching.truth(facts) == Truth::True
    }

    /// Whether an open run is bad already, whatever else may come of it. Does not allocate.
    ///
    /// This is safe to say only where nothing can still exclude the run: neither `exclude`, nor an
    /// outcome that the table excludes, nor a match that is not known yet.
    #[must_use]
    pub fn is_bad_already(&self, facts: &dyn Facts) -> bool {
        let may_be_excluded =
            self.exclude.as_ref().is_some_and(|exclude| exclude.truth_early(facts) != Truth::False);
        !may_be_excluded
            && !self.reads_outcome
            && self.good.truth_early(facts) == Truth::False
            && self.matching.truth(facts) == Truth::True
    }

    /// Why it is bad, as a short text out of the objective itself: `duration>60s`. It holds no
    /// data, so there are only as many reasons as tests.
    #[must_use]
    pub fn reason(&self, facts: &dyn Facts) -> Option<&str> {
        self.good.why_false(facts)
    }

    /// The verdict on what the objective looks at: [`Self::judge`] for whoever asked
    /// [`Self::looks_at`] already, since many objectives match alike.
    #[must_use]
    pub fn verdict(&self, facts: &dyn Facts) -> Verdict {
        let is_excluded =
            self.exclude.as_ref().is_some_and(|exclude| exclude.truth(facts) == Truth::True);
        if is_excluded {
            return Verdict::Excluded;
        }
        if let Some(verdict) = self.by_outcome(facts) {
            return verdict;
        }
        match self.good.truth(facts) {
            Truth::False => Verdict::Bad,
            // Of a run whose root never came not everything can be known to be well.
            Truth::True if self.is_partial(facts) => Verdict::Unknown,
            Truth::True => Verdict::Good,
            Truth::Unknown => self.missing,
        }
    }

    fn is_partial(&self, facts: &dyn Facts) -> bool {
        self.on == Grain::Run
            && !self.good.reads(Field::Partial)
            && facts.field(Field::Partial) == Fact::Bool(true)
    }

    /// What the table of outcomes says, where `good` asks about the outcome.
    pub(crate) fn by_outcome(&self, facts: &dyn Facts) -> Option<Verdict> {
        if !self.reads_outcome {
            return None;
        }
        match facts.field(Field::Outcome) {
            Fact::Text(outcome) => self.outcomes.of(outcome),
            _ => None,
        }
    }
}
