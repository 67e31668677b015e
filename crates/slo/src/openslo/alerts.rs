//! Alerts of OpenSLO: burn rates of one window each.

use config::{Kind, Value};

use super::{import::Library, map, text};
use crate::{
    Period, Ratio,
    objective::{At, Faults},
};

/// The alerts of an SLO, as objectives of ours write them.
pub(super) fn alerts(spec: &At<'_>, library: &Library<'_>, faults: &mut Faults) -> Vec<Value> {
    let mut found = Vec::new();
    let Some(policies) = spec.get("alertPolicies") else { return found };
    for policy in policies.list(faults) {
        let inner = referred(&policy, "alertPolicyRef", "AlertPolicy", library, faults);
        let Some(inner) = inner.and_then(|at| at.get("spec")) else { continue };
        for condition in inner.get("conditions").map(|at| at.list(faults)).unwrap_or_default() {
            let object = referred(&condition, "conditionRef", "AlertCondition", library, faults);
            let Some(spec) = object.and_then(|at| at.get("spec")) else { continue };
            found.extend(burn_alert(&spec, faults));
        }
        if let Some(targets) = inner.get("notificationTargets") {
            let remedy = "route by labels: alerts.page.labels and alerts.ticket.labels";
            targets.warn(faults, "whom to notify is not taken over", remedy);
        }
    }
    found
}

/// The object itself, or the one that it names.
fn referred<'a>(
    at: &At<'a>,
    key: &str,
    kind: &str,
    library: &Library<'a>,
    faults: &mut Faults,
) -> Option<At<'a>> {
    let Some(name) = at.get(key) else { return Some(at.clone()) };
    let text = name.text(faults)?;
    let found = library.get(kind, text);
    if found.is_none() {
        name.fail(faults, format!("there is no {kind} {text:?}"), "add it to the file");
    }
    Some(At { path: format!("{kind} {text}"), value: found? })
}

fn burn_alert(spec: &At<'_>, faults: &mut Faults) -> Option<Value> {
    let Some(condition) = spec.get("condition") else {
        spec.fail(faults, "has no condition", "write one of the kind burnrate");
        return None;
    };
    if condition.get("kind").as_ref().and_then(|at| at.value.as_str()) != Some("burnrate") {
        condition.fail(faults, "is not of the kind burnrate", "write kind: burnrate");
        return None;
    }
    if let Some(op) = condition.get("op")
        && matches!(op.value.as_str(), Some("lt" | "lte"))
    {
        let remedy = "it is taken for op: gt, which is meant nearly always";
        op.warn(faults, "it would alert while the burn rate is low", remedy);
    }
    condition.warn(
        faults,
        "it has one window, and goes on for most of it after all is well again",
        "leave it out: alerts.preset makes alerts with two windows that fit the target",
    );
    let number = condition.get("threshold").and_then(|at| at.scalar());
    let Some(number) = number.filter(|text| Ratio::decimal(text).is_some()) else {
        condition.fail(faults, "has no threshold", "write the burn rate, such as threshold: 14.4");
        return None;
    };
    let Some(window) = condition.get("lookbackWindow") else {
        condition.fail(faults, "has no lookbackWindow", "write one, such as 1h");
        return None;
    };
    let mut entries = vec![
        ("burn_rate", text(number, condition.pos())),
        ("window", window.value.clone()),
        ("severity", severity(spec, faults)),
    ];
    // `0m` is how OpenSLO writes that it need not hold.
    let after = condition.get("alertAfter").and_then(|at| at.scalar());
    let hold = after.and_then(|text| Period::parse(&text));
    entries.extend(hold.map(|hold| ("for", text(hold.to_string(), condition.pos()))));
    Some(map(entries, condition.pos()))
}

/// Whom it calls; OpenSLO takes any word.
fn severity(spec: &At<'_>, faults: &mut Faults) -> Value {
    let at = spec.get("severity");
    let word = match at.as_ref().and_then(|at| at.value.as_str()) {
        Some("page" | "critical") => "page",
        Some("ticket" | "warning") | None => "ticket",
        Some(other) => {
            let message = format!("{other:?} is a ticket here");
            at.as_ref().unwrap_or(spec).warn(faults, message, "write page or ticket");
            "ticket"
        }
    };
    Value::new(Kind::String(word.to_owned()), at.as_ref().and_then(At::pos).cloned())
}
