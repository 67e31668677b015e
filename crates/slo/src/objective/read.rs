//! One objective out of its settings.

use config::Kind;

use super::{MAX_GROUPS, Match, Objective, Outcomes, Wanted, fault::Faults, reader::At};
use crate::{
    Expr, Field, Period, Ratio, Verdict,
    burn::{Severity, Single, Traffic},
    expr::{Pattern, attribute},
    fields::{Grain, OUTCOMES, is_identity},
};

const KEYS: &[&str] = &[
    "name",
    "on",
    "match",
    "good",
    "exclude",
    "missing",
    "outcomes",
    "target",
    "window",
    "group_by",
    "max_groups",
    "allow_high_cardinality",
    "deadline",
    "traffic",
    "burn_alerts",
    "severity",
    "owner",
    "service",
    "description",
    "labels",
];

/// What objectives share unless they say otherwise.
#[derive(Clone, Debug)]
pub(super) struct Defaults {
    pub(super) window: Period,
    pub(super) owner: Option<String>,
    pub(super) service: Option<String>,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { window: Period::days(28), owner: None, service: None }
    }
}

impl Defaults {
    pub(super) fn read(at: &At<'_>, faults: &mut Faults) -> Self {
        let mut defaults = Self::default();
        at.map(&["window", "owner", "service"], faults);
        if let Some(window) = at.get("window").and_then(|at| window_of(&at, faults)) {
            defaults.window = window;
        }
        defaults.owner = text_at(at, "owner", faults);
        defaults.service = text_at(at, "service", faults);
        defaults
    }
}

/// The objective, if nothing is wrong that would leave it without one of its parts.
pub(super) fn objective(
    at: &At<'_>,
    defaults: &Defaults,
    faults: &mut Faults,
) -> Option<Objective> {
    at.map(KEYS, faults)?;
    let name = required(at, "name", "support-success", faults).and_then(|at| name_of(&at, faults));
    let on = required(at, "on", "run", faults).and_then(|at| grain_of(&at, faults));
    let target = required(at, "target", "95%", faults).and_then(|at| target_of(&at, faults));
    let good_at = required(at, "good", "not error", faults);
    let matching = at.get("match").map(|at| match_of(&at, faults)).unwrap_or_default();
    let good = on.and_then(|on| condition(&good_at?, on, faults));
    let exclude_at = at.get("exclude");
    let exclude = on.zip(exclude_at.as_ref()).map(|(on, at)| condition(at, on, faults));
    let missing = at.get("missing").map(|at| missing_of(&at, faults));
    let window = match at.get("window") {
        Some(at) => window_of(&at, faults),
        None => Some(defaults.window),
    };
    let (group_by, max_groups) = groups(at, faults);
    let (good, on) = (good?, on?);
    let reads_outcome = good.reads(Field::Outcome);
    let outcomes = outcomes(at, &good, faults);
    let objective = Objective {
        on,
        matching,
        exclude: match exclude {
            Some(exclude) => Some(exclude?),
            None => None,
        },
        missing: missing.unwrap_or(Some(Verdict::Unknown))?,
        outcomes,
        window: window?,
        group_by,
        max_groups,
        deadline: at.get("deadline").and_then(|at| at.period(faults)),
        traffic: at.get("traffic").and_then(|at| traffic_of(&at, faults)),
        burn_alerts: at.get("burn_alerts").map(|at| singles(&at, faults)).unwrap_or_default(),
        severity: at.get("severity").map_or(Some(Severity::Page), |at| severity_of(&at, faults))?,
        owner: text_at(at, "owner", faults).or_else(|| defaults.owner.clone()),
        service: text_at(at, "service", faults).or_else(|| defaults.service.clone()),
        description: text_at(at, "description", faults),
        labels: at.get("labels").map(|at| at.labels(faults)).unwrap_or_default(),
        reads_outcome,
        name: name?,
        target: target?,
        good,
    };
    Some(objective)
}

fn required<'a>(at: &At<'a>, key: &str, example: &str, faults: &mut Faults) -> Option<At<'a>> {
    let found = at.get(key);
    if found.is_none() {
        at.fail(faults, format!("has no {key}"), format!("write {key}: {example}"));
    }
    found
}

fn text_at(at: &At<'_>, key: &str, faults: &mut Faults) -> Option<String> {
    at.get(key)?.text(faults).map(str::to_owned)
}

fn name_of(at: &At<'_>, faults: &mut Faults) -> Option<String> {
    let name = at.text(faults)?;
    let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || name.len() > 63 || !name.bytes().all(is_fine) {
        let remedy = "use 1 to 63 of a-z, 0-9 and -, such as support-success";
        at.fail(faults, format!("{name:?} cannot be a name"), remedy);
        return None;
    }
    Some(name.to_owned())
}

fn grain_of(at: &At<'_>, faults: &mut Faults) -> Option<Grain> {
    let text = at.text(faults)?;
    let grain = Grain::of(text);
    if grain.is_none() {
        let names = Grain::ALL.map(Grain::name);
        let remedy = match config::suggest(text, names) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("write one of {}", names.join(", ")),
        };
        at.fail(faults, format!("{text:?} is nothing that can be judged"), remedy);
    }
    grain
}

/// `95%`, `"95%"` or 0.95; a bare 95 and `0.95%` are refused, since they are slips nearly always.
fn target_of(at: &At<'_>, faults: &mut Faults) -> Option<Ratio> {
    let hundred = Ratio::whole(100);
    let text = at.scalar().unwrap_or_default();
    let (number, is_percent) = match text.strip_suffix('%') {
        Some(number) => (Ratio::decimal(number.trim()), true),
        None => (Ratio::decimal(&text), false),
    };
    let Some(number) = number else {
        at.fail(faults, "is no target", "write a part, such as 95% or 0.95");
        return None;
    };
    if !is_percent && number > Ratio::ONE {
        let remedy = format!("write {number}% if that is meant");
        at.fail(faults, format!("{text} is more than everything"), remedy);
        return None;
    }
    if is_percent && number > Ratio::ZERO && number < Ratio::ONE {
        let part = number.times(hundred).unwrap_or_default();
        let remedy = format!("write {part}% or {number} if {part} in a hundred are meant");
        at.fail(faults, format!("{text} promises less than one in a hundred"), remedy);
        return None;
    }
    let target = if is_percent { number.over(hundred)? } else { number };
    if target >= Ratio::ONE {
        at.fail(
            faults,
            "a target of 100% leaves no budget, and no burn rate",
            "write less, such as 99.9%",
        );
        return None;
    }
    if target <= Ratio::ZERO {
        at.fail(faults, "a target of nothing is always kept", "write more, such as 90%");
        return None;
    }
    Some(target)
}

fn window_of(at: &At<'_>, faults: &mut Faults) -> Option<Period> {
    let window = at.period(faults)?;
    if !window.is_days() {
        at.fail(faults, format!("{window} is no number of days"), "write whole days, such as 28d");
        return None;
    }
    if window > Period::days(365) {
        at.fail(faults, format!("{window} is more than a year"), "write at most 365d");
        return None;
    }
    Some(window)
}

fn condition(at: &At<'_>, on: Grain, faults: &mut Faults) -> Option<Expr> {
    // `true` and `3` are read as YAML reads them; conditions are texts.
    let Some(text) = at.scalar() else {
        at.fail(faults, "is not a condition", "write one, such as not error");
        return None;
    };
    match Expr::parse(&text, on) {
        Ok(expr) => Some(expr),
        Err(error) => {
            let message = format!("{} at character {}", error.message, error.column);
            at.fail(faults, message, error.remedy);
            None
        }
    }
}

fn missing_of(at: &At<'_>, faults: &mut Faults) -> Option<Verdict> {
    let text = at.text(faults)?;
    let verdict = match text {
        "exclude" => Some(Verdict::Excluded),
        text => Verdict::of(text).filter(|verdict| *verdict != Verdict::Excluded),
    };
    if verdict.is_none() {
        at.fail(faults, format!("{text:?} is no verdict"), "write exclude, bad, good or unknown");
    }
    verdict
}

fn severity_of(at: &At<'_>, faults: &mut Faults) -> Option<Severity> {
    match at.text(faults)? {
        "page" => Some(Severity::Page),
        "ticket" => Some(Severity::Ticket),
        other => {
            at.fail(faults, format!("{other:?} is no severity"), "write page or ticket");
            None
        }
    }
}

fn traffic_of(at: &At<'_>, faults: &mut Faults) -> Option<Traffic> {
    let traffic = at.text(faults).and_then(Traffic::parse);
    if traffic.is_none() {
        at.fail(faults, "is no number of events in a time", "write it such as 60/h, 6/m or 100/d");
    }
    traffic
}

/// Alerts on one window each; at most so many, since each is a tier.
const SINGLES_MAX: usize = 16;

fn singles(at: &At<'_>, faults: &mut Faults) -> Vec<Single> {
    let items = at.list(faults);
    if items.len() > SINGLES_MAX {
        at.fail(faults, format!("there are more than {SINGLES_MAX} alerts"), "keep the best ones");
    }
    items.iter().take(SINGLES_MAX).filter_map(|at| single(at, faults)).collect()
}

fn single(at: &At<'_>, faults: &mut Faults) -> Option<Single> {
    at.map(&["burn_rate", "window", "for", "severity"], faults)?;
    let rate = required(at, "burn_rate", "2", faults)?;
    let factor = rate.scalar().as_deref().and_then(Ratio::decimal);
    let factor = factor.filter(|factor| *factor > Ratio::ZERO);
    if factor.is_none() {
        rate.fail(faults, "is no burn rate", "write how many times too fast, such as 14.4");
    }
    let window_at = required(at, "window", "1h", faults)?;
    let window = window_at.period(faults)?;
    if !window.as_seconds().is_multiple_of(60) {
        window_at.fail(faults, format!("{window} is no number of minutes"), "write such as 5m");
        return None;
    }
    Some(Single {
        factor: factor?,
        window,
        hold: at.get("for").and_then(|at| at.period(faults)),
        severity: at.get("severity").map_or(Some(Severity::Page), |at| severity_of(&at, faults))?,
    })
}

/// The table of outcomes: the defaults, without those that `good` names, with what is said here.
fn outcomes(at: &At<'_>, good: &Expr, faults: &mut Faults) -> Outcomes {
    let mut outcomes = Outcomes::DEFAULT;
    for (place, word) in OUTCOMES.iter().enumerate() {
        if good.names(Field::Outcome, word) {
            outcomes.set(place, None);
        }
    }
    let Some(at) = at.get("outcomes") else { return outcomes };
    at.map(&OUTCOMES, faults);
    for (place, word) in OUTCOMES.iter().enumerate() {
        let Some(at) = at.get(word) else { continue };
        match at.text(faults) {
            Some("excluded" | "exclude") => outcomes.set(place, Some(Verdict::Excluded)),
            Some("judge") => outcomes.set(place, None),
            Some(text) => match Verdict::of(text) {
                Some(verdict) => outcomes.set(place, Some(verdict)),
                None => at.fail(
                    faults,
                    format!("{text:?} is no verdict"),
                    "write good, bad, excluded, unknown, or judge to leave it to good",
                ),
            },
            None => {}
        }
    }
    if !good.reads(Field::Outcome) {
        at.warn(
            faults,
            "good does not ask about the outcome, so this is never used",
            "use exclude: outcome == cancelled to leave runs out",
        );
    }
    outcomes
}

fn groups(at: &At<'_>, faults: &mut Faults) -> (Vec<String>, u32) {
    let mut keys: Vec<String> = Vec::new();
    let is_allowed = at.get("allow_high_cardinality").and_then(|at| at.flag(faults));
    let group_by = at.get("group_by");
    for item in group_by.iter().flat_map(At::one_or_more) {
        let Some(text) = item.text(faults) else { continue };
        match attribute(text) {
            Err(remedy) => item.fail(faults, format!("there is no attribute {text:?}"), remedy),
            Ok(key) if is_identity(&key) && is_allowed != Some(true) => item.fail(
                faults,
                format!("{text} has a value of its own for each one, so groups would never end"),
                "group by what there are few of, such as gen_ai.request.model, or set \
                 allow_high_cardinality: true",
            ),
            Ok(key) if keys.iter().any(|known| **known == *key) => {
                item.fail(faults, format!("{text} is named twice"), "name it once");
            }
            Ok(key) => keys.push(key.into()),
        }
    }
    let max_groups = match at.get("max_groups") {
        None => MAX_GROUPS,
        Some(at) => match at.count(faults) {
            Some(0) => {
                at.fail(
                    faults,
                    "no group would be counted",
                    "write at least 1, or leave out group_by",
                );
                MAX_GROUPS
            }
            count => count.unwrap_or(MAX_GROUPS),
        },
    };
    (keys, max_groups)
}

/// A map of attributes and what they must be.
pub(super) fn match_of(at: &At<'_>, faults: &mut Faults) -> Match {
    let mut matching = Match::default();
    for (key, _) in at.any_map(faults).into_iter().flatten() {
        let key = key.as_str();
        let Some(value) = at.get(key) else { continue };
        let name = match key {
            "span_name" => Ok(key.into()),
            _ => attribute(key),
        };
        let name = match name {
            Ok(name) => name,
            Err(remedy) => {
                value.fail(faults, format!("there is no attribute {key:?}"), remedy);
                continue;
            }
        };
        let items = value.one_or_more();
        if items.is_empty() {
            value.fail(faults, "nothing is in the list, so nothing matches", "name a value");
        }
        let wanted = items.iter().filter_map(|item| wanted(item, faults)).collect();
        matching.add(&name, wanted);
    }
    matching
}

fn wanted(at: &At<'_>, faults: &mut Faults) -> Option<Wanted> {
    match &at.value.kind {
        Kind::String(text) => Some(Wanted::Text(Pattern::glob(text))),
        Kind::Int(number) => Some(Wanted::Int(*number)),
        Kind::Bool(flag) => Some(Wanted::Bool(*flag)),
        _ => {
            at.fail(
                faults,
                "is nothing to compare with",
                "write a text, a whole number, true or false",
            );
            None
        }
    }
}
