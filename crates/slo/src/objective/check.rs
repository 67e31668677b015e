//! Faults that show only when parts are seen together.

use std::collections::HashMap;

use super::{Alerts, Objective, Set, Wanted, fault::Faults, reader::At};
use crate::{
    Field,
    burn::{Preset, Tier, tiers},
    fields::Grain,
};

/// Faults of one objective.
pub(super) fn objective(objective: &Objective, at: &At<'_>, alerts: &Alerts, faults: &mut Faults) {
    let place = |key: &str| at.get(key).unwrap_or_else(|| at.clone());
    match objective.good.constancy() {
        Some(true) => place("good").fail(
            faults,
            "it is always good, whatever happens",
            "compare with a bound that can be crossed",
        ),
        Some(false) => place("good").fail(
            faults,
            "it is never good, whatever happens",
            "look for conditions that contradict each other",
        ),
        None => {}
    }
    if objective.exclude.as_ref().is_some_and(|exclude| exclude.constancy() == Some(true)) {
        place("exclude").fail(faults, "everything is excluded", "exclude less");
    }
    let needs_stream = objective.good.reads(Field::Ttft) || objective.good.reads(Field::Throughput);
    let streams = objective.matching.wanted("gen_ai.request.stream");
    if needs_stream && !streams.is_empty() && !streams.contains(&Wanted::Bool(true)) {
        place("match").fail(
            faults,
            "only answers that are not streamed match, and those have no first chunk",
            "match gen_ai.request.stream: true",
        );
    }
    if objective.on == Grain::Evaluation && objective.deadline.is_none() {
        at.fail(
            faults,
            "an evaluation may come late or never, and nothing says how long to wait",
            "write deadline: 24h",
        );
    }
    if objective.on != Grain::Evaluation && objective.deadline.is_some() {
        place("deadline").warn(
            faults,
            format!("a {} is not waited for", objective.on),
            "leave out deadline, or judge it with on: evaluation",
        );
    }
    reachable(objective, &place("target"), alerts, faults);
}

/// Alerts that can never fire.
fn reachable(objective: &Objective, at: &At<'_>, alerts: &Alerts, faults: &mut Faults) {
    let target = objective.target;
    for single in &objective.burn_alerts {
        let tier = single.tier(0, objective.window);
        if !tier.is_reachable(target) {
            at.fail(
                faults,
                format!(
                    "an alert on a burn rate of {} needs an error ratio of {}: it can never fire",
                    tier.factor,
                    tier.threshold(target).unwrap_or_default(),
                ),
                "lower the burn rate, or raise the target",
            );
        }
    }
    let of = |preset| tiers(preset, target, objective.window, objective.traffic, alerts.min_events);
    let usual = match alerts.preset {
        Preset::None => return,
        Preset::Agent => of(Preset::Google30),
        preset => of(preset),
    };
    let dead: Vec<&Tier> = usual.iter().filter(|tier| !tier.is_reachable(target)).collect();
    let Some(first) = dead.first() else { return };
    let hundred = crate::Ratio::whole(100);
    let percent = target.times(hundred).unwrap_or_default();
    let message = format!(
        "{} {}x needs an error ratio of {}, above 1, at target {percent}%",
        first.severity,
        first.factor,
        first.threshold(target).unwrap_or_default(),
    );
    if alerts.preset != Preset::Agent {
        let remedy = "use alerts.preset: agent, whose windows fit the target";
        at.fail(faults, format!("{message}: this alert can never fire"), remedy);
        return;
    }
    let ours = of(Preset::Agent);
    match ours.iter().find(|tier| tier.severity == first.severity) {
        Some(tier) => {
            let remedy = format!("using {}/{} x{} instead", tier.long, tier.short, tier.factor);
            at.warn(faults, message, remedy);
        }
        None => at.warn(
            faults,
            format!("{message}: no burn rate alert can fire"),
            "only the alert on nearly everything failing is left; raise the target",
        ),
    }
}

/// Faults between objectives.
pub(super) fn together(objectives: &[Objective], places: &[&At<'_>], faults: &mut Faults) {
    let mut names: HashMap<&str, &At<'_>> = HashMap::new();
    let mut meanings: HashMap<String, &str> = HashMap::new();
    for (objective, at) in objectives.iter().zip(places) {
        let name = at.get("name").unwrap_or_else(|| (*at).clone());
        if let Some(first) = names.get(objective.name.as_str()) {
            name.fail(
                faults,
                format!("{:?} is the name of {} too", objective.name, first.path),
                "give each objective a name of its own",
            );
            continue;
        }
        names.insert(&objective.name, at);
        let meaning = meaning(objective);
        if let Some(first) = meanings.get(&meaning) {
            name.warn(
                faults,
                format!("it judges the same as {first:?}"),
                "leave one out, or change match or good",
            );
        } else {
            meanings.insert(meaning, &objective.name);
        }
    }
}

/// What makes two objectives the same promise.
fn meaning(objective: &Objective) -> String {
    let mut keys: Vec<String> = objective
        .matching
        .iter()
        .map(|(key, wanted)| {
            let mut texts: Vec<String> = wanted.iter().map(|w| format!("{w:?}")).collect();
            texts.sort();
            format!("{key}={}", texts.join("|"))
        })
        .collect();
    keys.sort();
    let exclude = objective.exclude.as_ref().map(ToString::to_string);
    format!("{} {} {} {exclude:?}", objective.on, keys.join(" "), objective.good)
}

/// What is around the objectives; who knows it says so, the rest is taken to be fine.
#[derive(Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// A sampler stands before in the pipeline, by that name.
    pub sampler_before: Option<&'a str>,
    /// The user knows about the sampler.
    pub allow_after_sampling: bool,
    /// Replicas that judge the same traffic.
    pub replicas: u32,
    /// All of a trace comes to the same replica.
    pub routed_by_trace: bool,
    /// The directory of the state, if it cannot be written to.
    pub unwritable_state: Option<&'a str>,
    /// Whether there is a price for a model; without it prices are not checked.
    pub has_price: Option<&'a dyn Fn(&str) -> bool>,
    /// Whether the pipeline receives no GenAI spans by which the roots of runs could be found.
    pub lacks_genai_spans: bool,
}

impl Set {
    /// Faults that show only where the objectives are used.
    pub fn check(&self, around: &Surroundings<'_>, faults: &mut Faults) {
        if let Some(sampler) = around.sampler_before.filter(|_| !around.allow_after_sampling) {
            faults.error(
                "",
                None,
                format!("{sampler} samples before, so failures that it drops are never judged"),
                format!("put slo before {sampler}, or set allow_after_sampling: true"),
            );
        }
        if around.replicas > 1 && !around.routed_by_trace {
            faults.warn(
                "",
                None,
                format!("{} replicas each see a part of a trace", around.replicas),
                "route by trace id in front of them".to_owned(),
            );
        }
        if let Some(dir) = around.unwritable_state {
            faults.error(
                "state.dir",
                None,
                format!("{dir:?} cannot be written to"),
                "give the user of the process the right to write there, or name another".to_owned(),
            );
        }
        self.check_runs(around, faults);
        self.check_prices(around, faults);
    }

    fn check_runs(&self, around: &Surroundings<'_>, faults: &mut Faults) {
        let is_run = |objective: &&Objective| objective.on == Grain::Run;
        let Some(first) = self.objectives.iter().find(is_run) else { return };
        if self.runs.root.is_none() && around.lacks_genai_spans {
            faults.error(
                "runs.root",
                None,
                format!("{:?} judges runs, but nothing says what begins one", first.name),
                "write runs.root, or send spans with gen_ai.operation.name".to_owned(),
            );
        }
    }

    fn check_prices(&self, around: &Surroundings<'_>, faults: &mut Faults) {
        let Some(has_price) = around.has_price else { return };
        for (at, objective) in self.objectives.iter().enumerate() {
            if !objective.good.reads(Field::Cost) {
                continue;
            }
            for key in ["gen_ai.request.model", "gen_ai.response.model"] {
                for wanted in objective.matching.wanted(key) {
                    let Wanted::Text(pattern) = wanted else { continue };
                    if !pattern.has_stars() && !has_price(pattern.text()) {
                        faults.error(
                            &format!("objectives[{at}].match.{key}"),
                            None,
                            format!(
                                "{:?} has no price, so its cost is never known",
                                pattern.text()
                            ),
                            "add it to the table of prices".to_owned(),
                        );
                    }
                }
            }
        }
    }
}
