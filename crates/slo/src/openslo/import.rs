//! OpenSLO to ours.

use std::collections::HashMap;

use config::{Kind, Value};

use super::{ANNOTATION, alerts::alerts, documents::objects, indicator, list, map, text};
use crate::{
    Period,
    objective::{At, Faults},
};

/// Every object by its kind and name.
pub(super) struct Library<'a>(HashMap<(&'a str, &'a str), &'a Value>);

impl<'a> Library<'a> {
    pub(super) fn get(&self, kind: &str, name: &str) -> Option<&'a Value> {
        self.0.get(&(kind, name)).copied()
    }
}

/// Reads OpenSLO v1 and writes it as a file of ours, to be printed with [`config::to_yaml`] or read
/// with [`Set::read`](crate::Set::read). Values keep their places, so that faults found later still
/// point into the text they came from.
///
/// What cannot be judged while it passes is a fault with its remedy, never left out silently.
#[must_use]
pub fn import(source_text: &str, source: &str) -> (Value, Faults) {
    let mut faults = Faults::default();
    let objects = objects(source_text, source, &mut faults);
    let mut library = Library(HashMap::new());
    for object in &objects {
        let name = object.get_path(&["metadata", "name"]).and_then(Value::as_str);
        let Some((kind, name)) = object.get("kind").and_then(Value::as_str).zip(name) else {
            let at = At::root(object);
            at.fail(&mut faults, "has no kind or no metadata.name", "write both");
            continue;
        };
        if library.0.insert((kind, name), object).is_some() {
            let at = At::root(object);
            at.fail(&mut faults, format!("there are two {kind} {name:?}"), "rename one");
        }
    }
    let mut objectives = Vec::new();
    for object in &objects {
        if object.get("kind").and_then(Value::as_str) == Some("SLO") {
            let mut own = Faults::default();
            let found = slo(&At::root(object), &library, &mut own);
            // Half of a promise is another promise.
            objectives.extend(found.into_iter().filter(|_| !own.has_errors()));
            own.iter().for_each(|fault| faults.push(fault.clone()));
        }
    }
    if objectives.is_empty() && !faults.has_errors() {
        let remedy = "write an object with kind: SLO".to_owned();
        faults.error("", None, "there is no SLO".to_owned(), remedy);
    }
    (map(vec![("objectives", list(objectives, None))], None), faults)
}

/// The objectives of one SLO.
fn slo(at: &At<'_>, library: &Library<'_>, faults: &mut Faults) -> Vec<Value> {
    let version = at.get("apiVersion");
    if version.as_ref().and_then(|at| at.value.as_str()) != Some("openslo/v1") {
        let place = version.unwrap_or_else(|| at.clone());
        place.fail(faults, "is not of the version openslo/v1", "write apiVersion: openslo/v1");
        return Vec::new();
    }
    let Some(spec) = at.get("spec") else {
        at.fail(faults, "has no spec", "write one");
        return Vec::new();
    };
    method(&spec, faults);
    let burn_alerts = alerts(&spec, library, faults);
    let window = window(&spec, faults);
    let mut shared = shared(at, &spec, window, faults);
    if !burn_alerts.is_empty() {
        shared.push(("burn_alerts", list(burn_alerts, spec.pos())));
    }
    let objectives = spec.get("objectives").map(|at| at.list(faults)).unwrap_or_default();
    if objectives.is_empty() {
        spec.fail(faults, "has no objectives", "write at least one");
    }
    let name = at.value.get_path(&["metadata", "name"]).and_then(Value::as_str).unwrap_or("");
    if indicator::is_composite(&objectives) {
        let found = indicator::composite(&objectives, library, faults);
        return found.map(|parts| objective(name, parts, &shared, at)).into_iter().collect();
    }
    let mut found = Vec::new();
    for (number, objective_at) in objectives.iter().enumerate() {
        let Some(parts) = indicator::single(&spec, objective_at, library, faults) else { continue };
        let name =
            if objectives.len() == 1 { name.to_owned() } else { format!("{name}-{}", number + 1) };
        found.push(objective(&name, parts, &shared, at));
    }
    found
}

/// An objective as our file writes it.
fn objective(
    name: &str,
    parts: Vec<(&'static str, Value)>,
    shared: &[(&'static str, Value)],
    at: &At<'_>,
) -> Value {
    let mut entries = vec![("name", text(name, at.pos()))];
    entries.extend(parts);
    entries.extend(shared.iter().cloned());
    map(entries, at.pos())
}

fn method(spec: &At<'_>, faults: &mut Faults) {
    let Some(at) = spec.get("budgetingMethod") else {
        spec.fail(faults, "has no budgetingMethod", "write budgetingMethod: Occurrences");
        return;
    };
    match at.value.as_str() {
        Some("Occurrences") => {}
        Some("Timeslices" | "RatioTimeslices") => at.fail(
            faults,
            "time slices are not counted, events are",
            "write budgetingMethod: Occurrences; a slice without events says nothing about agents",
        ),
        _ => at.fail(faults, "is no budgeting method", "write budgetingMethod: Occurrences"),
    }
}

fn window(spec: &At<'_>, faults: &mut Faults) -> Option<Value> {
    let Some(at) = spec.get("timeWindow") else {
        spec.fail(faults, "has no timeWindow", "write one with isRolling: true");
        return None;
    };
    let windows = at.list(faults);
    let [window] = windows.as_slice() else {
        at.fail(faults, "is not one window", "write exactly one");
        return None;
    };
    if window.get("calendar").is_some()
        || window.get("isRolling").and_then(|at| at.value.as_bool()) == Some(false)
    {
        window.fail(
            faults,
            "windows of the calendar are not counted",
            "use a rolling one, isRolling: true",
        );
        return None;
    }
    let Some(duration) = window.get("duration") else {
        window.fail(faults, "has no duration", "write one, such as 28d");
        return None;
    };
    let written = duration.text(faults)?;
    if written.ends_with(['M', 'Q', 'Y']) {
        let remedy = "write it in days or weeks, such as 28d";
        duration.fail(faults, "months, quarters and years have no one length", remedy);
        return None;
    }
    match Period::parse(written) {
        Some(period) => Some(text(period.to_string(), duration.pos())),
        None => {
            duration.fail(faults, "is no length of time", "write it such as 28d or 4w");
            None
        }
    }
}

/// What all objectives of an SLO have.
fn shared(
    at: &At<'_>,
    spec: &At<'_>,
    window: Option<Value>,
    faults: &mut Faults,
) -> Vec<(&'static str, Value)> {
    let mut shared = Vec::new();
    shared.extend(window.map(|window| ("window", window)));
    for key in ["service", "description"] {
        if let Some(value) = spec.get(key) {
            shared.push((key, value.value.clone()));
        }
    }
    let Some(metadata) = at.get("metadata") else { return shared };
    if let Some(labels) = metadata.get("labels") {
        shared.push(("labels", labels_of(&labels, faults)));
    }
    let owner = metadata
        .get("annotations")
        .and_then(|at| at.value.get(&format!("{ANNOTATION}owner")).cloned());
    shared.extend(owner.map(|owner| ("owner", owner)));
    shared
}

/// Labels of one or several texts; their names become names of Prometheus.
fn labels_of(at: &At<'_>, faults: &mut Faults) -> Value {
    let mut labels = config::Map::new();
    for (key, _) in at.any_map(faults).into_iter().flatten() {
        let Some(value) = at.get(key.as_str()) else { continue };
        let texts: Vec<String> = value.one_or_more().iter().filter_map(At::scalar).collect();
        let clean = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let name: String = key.as_str().chars().map(clean).collect();
        if name != key.as_str() {
            value.warn(faults, format!("the label is called {name} here"), "nothing need be done");
        }
        labels.insert(name.into(), text(texts.join(","), value.pos()));
    }
    Value::new(Kind::Map(labels), at.pos().cloned())
}
