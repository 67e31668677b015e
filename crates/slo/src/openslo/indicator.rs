//! What an SLO measures, as `on`, `match`, `good` and `target`.

use config::{Kind, Value};

use super::{FREE, SOURCE_TYPE, import::Library, text};
use crate::{
    Field, Ratio, Unit,
    fields::Kind as FieldKind,
    objective::{At, Faults},
};

/// Entries of one of our objectives.
type Parts = Vec<(&'static str, Value)>;

/// Whether the objectives have indicators of their own.
pub(super) fn is_composite(objectives: &[At<'_>]) -> bool {
    objectives.iter().any(|at| at.get("indicator").is_some() || at.get("indicatorRef").is_some())
}

/// One objective of an SLO with one indicator.
pub(super) fn single(
    spec: &At<'_>,
    objective: &At<'_>,
    library: &Library<'_>,
    faults: &mut Faults,
) -> Option<Parts> {
    let indicator = indicator(spec, library, faults)?;
    parts(&indicator, objective, faults)
}

/// Several indicators of which all have to be good: one objective, if they look at the same things.
pub(super) fn composite(
    objectives: &[At<'_>],
    library: &Library<'_>,
    faults: &mut Faults,
) -> Option<Parts> {
    let mut all: Option<Parts> = None;
    for at in objectives {
        let weight = at.get("compositeWeight").and_then(|at| at.scalar());
        if weight.is_some_and(|weight| weight != "1") {
            at.fail(
                faults,
                "weights of a composite are not counted",
                "leave out compositeWeight, or write two SLOs",
            );
        }
        let one = indicator(at, library, faults).and_then(|sli| parts(&sli, at, faults))?;
        let Some(all) = &mut all else {
            all = Some(one);
            continue;
        };
        for (key, value) in one {
            let slot = all.iter_mut().find(|(known, _)| *known == key);
            match slot {
                Some((_, good)) if key == "good" => {
                    let both = format!("({}) and ({})", written(good), written(&value));
                    *good = text(both, good.pos.clone().as_ref());
                }
                Some((_, known)) if *known == value => {}
                _ => {
                    at.fail(
                        faults,
                        format!("the parts of the composite do not have the same {key}"),
                        "write an SLO for each",
                    );
                    return None;
                }
            }
        }
    }
    all
}

fn written(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// The spec of the indicator, inline or referred to.
fn indicator<'a>(at: &At<'a>, library: &Library<'a>, faults: &mut Faults) -> Option<At<'a>> {
    let inline = at.get("indicator");
    let name = at.get("indicatorRef");
    let object = match (inline, name) {
        (Some(inline), None) => inline,
        (None, Some(name)) => {
            let text = name.text(faults)?;
            match library.get("SLI", text) {
                Some(value) => At { path: format!("SLI {text}"), value },
                None => {
                    name.fail(faults, format!("there is no SLI {text:?}"), "add it to the file");
                    return None;
                }
            }
        }
        _ => {
            let remedy = "write exactly one of them";
            at.fail(faults, "has not one of indicator and indicatorRef", remedy);
            return None;
        }
    };
    let spec = object.get("spec");
    if spec.is_none() {
        object.fail(faults, "has no spec", "write one");
    }
    spec
}

fn parts(sli: &At<'_>, objective: &At<'_>, faults: &mut Faults) -> Option<Parts> {
    let mut parts = match (sli.get("thresholdMetric"), sli.get("ratioMetric")) {
        (Some(threshold), None) => threshold_parts(&threshold, objective, faults)?,
        (None, Some(ratio)) => ratio_parts(&ratio, faults)?,
        _ => {
            let remedy = "write exactly one of them";
            sli.fail(faults, "has not one of thresholdMetric and ratioMetric", remedy);
            return None;
        }
    };
    parts.push(("target", target(objective, faults)?));
    for key in ["timeSliceTarget", "timeSliceWindow"] {
        if let Some(at) = objective.get(key) {
            at.fail(faults, "time slices are not counted, events are", "leave it out");
        }
    }
    Some(parts)
}

/// The spec of a source of ours.
fn source<'a>(at: &At<'a>, faults: &mut Faults) -> Option<At<'a>> {
    let Some(source) = at.get("metricSource") else {
        at.fail(faults, "has no metricSource", "write one of the type tollgate");
        return None;
    };
    let kind = source.get("type");
    if kind.as_ref().and_then(|at| at.value.as_str()) != Some(SOURCE_TYPE) {
        let name = kind.as_ref().and_then(At::scalar).unwrap_or_else(|| "no type".to_owned());
        source.fail(
            faults,
            format!("a source of {name} cannot be judged while it passes"),
            "write type: tollgate with spec: {on, match, ...}, or leave the SLO to its generator",
        );
        return None;
    }
    let spec = source.get("spec");
    if spec.is_none() {
        source.fail(faults, "has no spec", "write spec: {on: run, ...}");
    }
    spec
}

/// `on`, `match`, and what else an objective may say.
fn common(spec: &At<'_>, own: &[&str], faults: &mut Faults) -> Option<Parts> {
    let known: Vec<&str> = ["on", "match"].iter().chain(own).chain(&FREE).copied().collect();
    spec.map(&known, faults)?;
    let keys = ["on", "match"].into_iter().chain(FREE);
    Some(keys.filter_map(|key| Some((key, spec.get(key)?.value.clone()))).collect())
}

fn threshold_parts(at: &At<'_>, objective: &At<'_>, faults: &mut Faults) -> Option<Parts> {
    let spec = source(at, faults)?;
    let mut parts = common(&spec, &["value"], faults)?;
    let Some(value) = spec.get("value") else {
        spec.fail(faults, "has no value", "name the field that is compared, such as value: ttft");
        return None;
    };
    let field = value.text(faults)?;
    let sign = match objective.get("op").as_ref().and_then(|at| at.value.as_str()) {
        Some("lte") => "<=",
        Some("lt") => "<",
        Some("gte") => ">=",
        Some("gt") => ">",
        _ => {
            objective.fail(faults, "has no op", "write lte, lt, gte or gt");
            return None;
        }
    };
    let Some(bound) = objective.get("value").and_then(|at| at.scalar()) else {
        objective.fail(faults, "has no value", "write the bound, such as value: 2");
        return None;
    };
    // OpenSLO has no units; times are in seconds as in OpenTelemetry.
    let is_time = Field::of(field).is_some_and(|f| f.row().kind == FieldKind::Number(Unit::Time));
    let unit = if is_time && Ratio::decimal(&bound).is_some() { "s" } else { "" };
    parts.push(("good", text(format!("{field} {sign} {bound}{unit}"), value.pos())));
    Some(parts)
}

fn ratio_parts(at: &At<'_>, faults: &mut Faults) -> Option<Parts> {
    if at.get("raw").is_some() {
        at.fail(faults, "a raw ratio has no events", "write good or bad, and total");
        return None;
    }
    let (part, is_bad) = match (at.get("good"), at.get("bad")) {
        (Some(good), None) => (good, false),
        (None, Some(bad)) => (bad, true),
        _ => {
            at.fail(faults, "has not one of good and bad", "write exactly one of them");
            return None;
        }
    };
    let Some(total) = at.get("total") else {
        at.fail(faults, "has no total", "write one");
        return None;
    };
    let mut parts = common(&source(&total, faults)?, &[], faults)?;
    let spec = source(&part, faults)?;
    spec.map(&["on", "match", "where"], faults)?;
    let Some(condition) = spec.get("where") else {
        spec.fail(faults, "has no where", "write the condition, such as where: not error");
        return None;
    };
    let written = condition.scalar()?;
    let good = if is_bad { format!("not ({written})") } else { written };
    parts.push(("good", text(good, condition.pos())));
    Some(parts)
}

fn target(objective: &At<'_>, faults: &mut Faults) -> Option<Value> {
    match (objective.get("target"), objective.get("targetPercent")) {
        (Some(target), None) => Some(target.value.clone()),
        (None, Some(percent)) => {
            let exact = percent.scalar().as_deref().and_then(Ratio::decimal);
            let part = exact.and_then(|exact| exact.over(Ratio::whole(100)));
            if part.is_none() {
                percent.fail(faults, "is no number", "write it such as 99.9");
            }
            let kind = Kind::String(part?.to_string());
            Some(Value::new(kind, percent.pos().cloned()))
        }
        _ => {
            let remedy = "write exactly one of them";
            objective.fail(faults, "has not one of target and targetPercent", remedy);
            None
        }
    }
}
