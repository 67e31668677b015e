//! Why something was judged as it was, field by field.

#[cfg(test)]
mod tests;

use std::fmt;

use crate::{
    Facts, Field, Grain, Truth, Verdict,
    expr::Step,
    objective::{Match, Objective},
};

/// The verdict of an objective on one thing, and all that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The objective.
    pub objective: String,
    /// The verdict; `None` where it does not match.
    pub verdict: Option<Verdict>,
    /// The conditions of `match`.
    pub matching: Vec<(String, Truth)>,
    /// The tests of `exclude`, and what they make together.
    pub exclude: Option<(Truth, Vec<Step>)>,
    /// What the table of outcomes says, where it decides.
    pub by_outcome: Option<Verdict>,
    /// The tests of `good`, and what they make together.
    pub good: (Truth, Vec<Step>),
    /// Why it is bad, as it is tagged.
    pub reason: Option<String>,
    /// Whether it was bad before all of it had come.
    pub is_bad_early: bool,
    /// What decided, in words.
    pub because: &'static str,
}

/// Explains one verdict. Of attributes only the types are shown, never the values.
#[must_use]
pub fn explain(objective: &Objective, facts: &dyn Facts) -> Explanation {
    let verdict = objective.judge(facts);
    let good = objective.good.truth(facts);
    let exclude =
        objective.exclude.as_ref().map(|exclude| (exclude.truth(facts), exclude.steps(facts)));
    let by_outcome = objective.by_outcome(facts);
    let is_excluded = exclude.as_ref().is_some_and(|(truth, _)| *truth == Truth::True);
    let because = match (verdict, by_outcome, good) {
        (None, ..) => "it does not match",
        _ if is_excluded => "exclude holds",
        (_, Some(_), _) => "of its outcome, which good does not name",
        (_, _, Truth::Unknown) => "facts are missing, and missing says so",
        (Some(Verdict::Unknown), _, Truth::True) => "its root never came, so not all is known",
        (_, _, Truth::True) => "good holds",
        (_, _, Truth::False) => "good does not hold",
    };
    let is_bad = verdict == Some(Verdict::Bad);
    Explanation {
        objective: objective.name.clone(),
        verdict,
        matching: matching(&objective.matching, facts),
        exclude,
        by_outcome,
        good: (good, objective.good.steps(facts)),
        reason: objective.reason(facts).filter(|_| is_bad).map(str::to_owned),
        is_bad_early: objective.on == Grain::Run && objective.is_bad_already(facts),
        because,
    }
}

fn matching(matching: &Match, facts: &dyn Facts) -> Vec<(String, Truth)> {
    let shown = |(key, wanted): (String, &[crate::objective::Wanted])| {
        let list = wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let one = Match::one(&key, wanted);
        (format!("{key}: {list}"), one.truth(facts))
    };
    matching.iter().map(shown).collect()
}

const fn word(truth: Truth) -> &'static str {
    match truth {
        Truth::True => "holds",
        Truth::False => "does not hold",
        Truth::Unknown => "is not known",
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = self.verdict.map_or("not judged", Verdict::name);
        write!(f, "{}: {verdict}, because {}", self.objective, self.because)?;
        if let Some(reason) = &self.reason {
            write!(f, " ({reason})")?;
        }
        for (condition, truth) in &self.matching {
            write!(f, "\n  match    {condition}: {}", word(*truth))?;
        }
        let steps = |f: &mut fmt::Formatter<'_>, name: &str, steps: &[Step]| {
            steps.iter().try_for_each(|step| {
                write!(f, "\n  {name:8} {}: found {}, {}", step.test, step.found, word(step.truth))
            })
        };
        if let Some((_, tests)) = &self.exclude {
            steps(f, "exclude", tests)?;
        }
        steps(f, "good", &self.good.1)?;
        if let Some(verdict) = self.by_outcome {
            write!(f, "\n  {:8} this one is {verdict}", Field::Outcome.name())?;
        }
        if self.is_bad_early {
            f.write_str("\n  early    it was bad for good before it was over")?;
        }
        Ok(())
    }
}
