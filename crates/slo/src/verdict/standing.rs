//! The verdict on one thing over time: early, at its close, and amended when more comes late.

use super::Verdict;

/// Where one thing stands with one objective; a byte each, so that open runs cost little.
///
/// ```text
/// open ──early bad──▶ bad        open ──close──▶ good, bad, excluded, unknown
/// good, excluded, unknown ──late, bad for good──▶ bad
/// unknown ──late, decided──▶ good, excluded
/// ```
///
/// Nothing leaves bad: what was said early was safe to say, and what was said at the close is only
/// corrected towards worse, or from not knowing to knowing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Nothing was said yet.
    #[default]
    Open,
    /// A verdict was said.
    Said(Verdict),
    /// The objective does not look at this one; said at the close.
    Unmatched,
}

/// What there is to count and to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// The verdict that was counted before, if there was one: the new one amends it.
    pub from: Option<Verdict>,
    /// The verdict now.
    pub to: Verdict,
    /// Whether it was said before the close.
    pub is_early: bool,
}

impl Standing {
    /// What was said.
    #[must_use]
    pub const fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Said(verdict) => Some(verdict),
            Self::Open | Self::Unmatched => None,
        }
    }

    /// While it is open: `is_bad` tells whether it is bad for good, whatever comes
    /// (see `Objective::is_bad_already`).
    pub fn watch(&mut self, is_bad: bool) -> Option<Change> {
        if *self != Self::Open || !is_bad {
            return None;
        }
        *self = Self::Said(Verdict::Bad);
        Some(Change { from: None, to: Verdict::Bad, is_early: true })
    }

    /// At the close: `verdict` is that of all that came, `None` where the objective does not match.
    pub fn close(&mut self, verdict: Option<Verdict>) -> Option<Change> {
        if *self != Self::Open {
            return None;
        }
        *self = verdict.map_or(Self::Unmatched, Self::Said);
        Some(Change { from: None, to: verdict?, is_early: false })
    }

    /// After the close: the two answers with what came late.
    pub fn late(&mut self, is_bad: bool, verdict: Option<Verdict>) -> Option<Change> {
        let before = self.verdict();
        let to = match (before, verdict) {
            (None | Some(Verdict::Good | Verdict::Excluded), _) if is_bad => Verdict::Bad,
            (Some(Verdict::Unknown), Some(now)) if now != Verdict::Unknown => now,
            // It was not known to be one of those that are judged: a root that came late.
            (None, Some(now)) if *self == Self::Unmatched => now,
            _ => return None,
        };
        *self = Self::Said(to);
        Some(Change { from: before, to, is_early: false })
    }
}
