//! The attributes, events and metrics that are written. They stay as they are.

/// The worst verdict of all objectives: bad, then unknown, good, excluded.
pub(super) const VERDICT: &str = "slo.verdict";
/// The objectives that judged a span.
pub(super) const EVALUATED: &[u8] = b"slo.evaluated";
/// Of them, those that it broke.
pub(super) const BAD: &[u8] = b"slo.bad";
/// The highest severity of those.
pub(super) const SEVERITY: &str = "slo.severity";
/// Why the first of those was broken: `active_duration>60s`.
pub(super) const REASON: &str = "slo.reason";
/// The worst state of their budgets, where that is known.
pub(super) const BUDGET_STATE: &[u8] = b"slo.budget.state";
/// Whether the root never came.
pub(super) const PARTIAL: &str = "slo.partial";
/// Whether another verdict was told before.
pub(super) const AMENDED: &str = "slo.amended";
/// That verdict.
pub(super) const BEFORE: &str = "slo.verdict.before";
/// Whether it was said before the run was over.
pub(super) const EARLY: &str = "slo.early";
/// The name of the objective.
pub(super) const NAME: &str = "slo.name";
/// What was found of the field of the first bound.
pub(super) const VALUE: &str = "slo.indicator.value";
/// Its unit.
pub(super) const UNIT: &str = "slo.indicator.unit";
/// The bound.
pub(super) const THRESHOLD: &str = "slo.objective.threshold";
/// How it is compared with it.
pub(super) const OPERATOR: &str = "slo.objective.operator";
/// The part that has to be good; the name of the metric too.
pub(super) const TARGET: &str = "slo.objective.target";
/// The window of the target; the name of the metric too.
pub(super) const WINDOW: &str = "slo.window";
/// How many events it stands for.
pub(super) const WEIGHT: &str = "slo.weight";
/// In front of the attributes that are grouped by.
pub(super) const GROUP: &str = "slo.group.";
/// How the run ended.
pub(super) const OUTCOME: &str = "tollgate.run.outcome";

/// What is told of verdicts.
pub(super) const EVALUATION: &str = "slo.evaluation";

/// Events judged.
pub(super) const EVENTS: &str = "slo.events";
/// What is left of the budget.
pub(super) const REMAINING: &str = "slo.budget.remaining";
/// How fast the budget is used.
pub(super) const BURN: &str = "slo.burn_rate";
/// Words about an objective, always 1.
pub(super) const INFO: &str = "slo.info";
