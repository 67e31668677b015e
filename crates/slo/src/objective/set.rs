//! A file of objectives.

use config::Value;

use super::{
    Alerts, OBJECTIVES_MAX, Objective, Runs, check,
    fault::Faults,
    read::{Defaults, objective},
    reader::At,
};

/// Objectives and what they share.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Set {
    /// What a run is.
    pub runs: Runs,
    /// The promises, in the order they are written.
    pub objectives: Vec<Objective>,
    /// How alerts are made.
    pub alerts: Alerts,
}

impl Set {
    /// Reads `runs`, `defaults`, `objectives` and `alerts`. `others` are keys of the same map that
    /// somebody else reads.
    ///
    /// All faults are found at once; objectives with an error are left out. Go on only if
    /// [`Faults::has_errors`] says no.
    ///
    /// ```
    /// let file = config::parse(
    ///     "objectives:
    ///       - {name: tools, on: tool_call, good: not eror, target: 98%}",
    ///     "slo.yaml",
    /// )?;
    /// let (_, faults) = slo::Set::read(&file, &[]);
    /// assert_eq!(
    ///     faults.to_string(),
    ///     "objectives[0].good: there is no field \"eror\" at character 5: did you mean error? \
    ///      (at slo.yaml:2:44)"
    /// );
    /// # Ok::<(), config::Error>(())
    /// ```
    #[must_use]
    pub fn read(value: &Value, others: &[&str]) -> (Self, Faults) {
        let mut faults = Faults::default();
        let at = At::root(value);
        let keys = [&["runs", "defaults", "objectives", "alerts"], others].concat();
        if at.map(&keys, &mut faults).is_none() {
            return (Self::default(), faults);
        }
        let runs = at.get("runs").map(|at| Runs::read(&at, &mut faults)).unwrap_or_default();
        let defaults =
            at.get("defaults").map(|at| Defaults::read(&at, &mut faults)).unwrap_or_default();
        let alerts = at.get("alerts").map(|at| Alerts::read(&at, &mut faults)).unwrap_or_default();
        let mut items = at.get("objectives").map(|at| at.list(&mut faults)).unwrap_or_default();
        if items.is_empty() {
            at.fail(&mut faults, "there are no objectives", "write at least one below objectives");
        }
        if let Some(first) = items.get(OBJECTIVES_MAX) {
            let message = format!("there are more than {OBJECTIVES_MAX} objectives");
            first.fail(&mut faults, message, "split them into several files");
            items.truncate(OBJECTIVES_MAX);
        }
        let mut objectives = Vec::new();
        let mut places = Vec::new();
        for item in &items {
            if let Some(objective) = objective(item, &defaults, &mut faults) {
                check::objective(&objective, item, &alerts, &mut faults);
                objectives.push(objective);
                places.push(item);
            }
        }
        check::together(&objectives, &places, &mut faults);
        (Self { runs, objectives, alerts }, faults)
    }

    /// The objective of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Objective> {
        self.objectives.iter().find(|objective| objective.name == name)
    }
}
