//! Good, bad, excluded, unknown: the verdicts and how they are counted.

mod counts;
mod standing;
#[cfg(test)]
mod tests;
mod weight;

use std::fmt;

pub use self::{
    counts::{Counter, Counts},
    standing::{Change, Standing},
    weight::{Effective, Weight, WeightError},
};

/// What was judged of one thing. Only good and bad enter the ratio; all four are counted, so that
/// what matched is always the sum of the four.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// It does not count, by the words of the objective.
    Excluded,
    /// The promise was kept.
    Good,
    /// A fact is missing that would decide it.
    Unknown,
    /// The promise was broken.
    Bad,
}

impl Verdict {
    /// Every verdict, in the order in which they are listed everywhere.
    pub const ALL: [Self; 4] = [Self::Good, Self::Bad, Self::Excluded, Self::Unknown];

    /// A stable word, for attributes and labels.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Excluded => "excluded",
            Self::Unknown => "unknown",
        }
    }

    /// The verdict of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// The verdict of several objectives on one span: bad before unknown before good before
    /// excluded. Order and repetition make no difference.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        self.max(other)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
