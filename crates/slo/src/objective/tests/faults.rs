//! Every fault of the catalogue, with its place and its remedy.

use super::{faults, read, set};
use crate::objective::{Faults, Surroundings};

const GOOD: &str = "name: a, on: run, good: not error, target: 99%";

#[test]
fn a_field_that_does_not_exist() {
    assert_eq!(
        faults("name: a, on: run, good: modl_calls <= 25, target: 99%"),
        "objectives[0].good: there is no field \"modl_calls\" at character 1: did you mean \
         model_calls? (at slo.yaml:2:28)"
    );
}

#[test]
fn a_unit_that_does_not_fit() {
    assert_eq!(
        faults("name: a, on: run, good: tokens.total <= 60s, target: 99%"),
        "objectives[0].good: tokens.total is tokens, 60s is a time at character 17: write 50k \
         tokens (at slo.yaml:2:28)"
    );
}

#[test]
fn a_target_that_leaves_no_budget_or_nothing_else() {
    let of = |target: &str| faults(&format!("name: a, on: run, good: not error, target: {target}"));
    for all in ["100%", "1", "1.0", "250%"] {
        assert_eq!(
            of(all),
            "objectives[0].target: a target of 100% leaves no budget, and no burn rate: write \
             less, such as 99.9% (at slo.yaml:2:47)",
            "{all}"
        );
    }
    for none in ["0", "0%", "-5%", "-0.5"] {
        assert_eq!(
            of(none),
            "objectives[0].target: a target of nothing is always kept: write more, such as 90% \
             (at slo.yaml:2:47)",
            "{none}"
        );
    }
}

#[test]
fn a_target_that_is_a_slip_of_the_pen() {
    let of = |target: &str| faults(&format!("name: a, on: run, good: not error, target: {target}"));
    assert_eq!(
        of("95"),
        "objectives[0].target: 95 is more than everything: write 95% if that is meant \
         (at slo.yaml:2:47)"
    );
    assert_eq!(
        of("0.95%"),
        "objectives[0].target: 0.95% promises less than one in a hundred: write 95% or 0.95 if \
         95 in a hundred are meant (at slo.yaml:2:47)"
    );
    assert_eq!(
        of("high"),
        "objectives[0].target: is no target: write a part, such as 95% or 0.95 (at slo.yaml:2:47)"
    );
    assert_eq!(of("95.5%"), "");
    assert_eq!(of("0.955"), "");
}

#[test]
fn a_name_that_is_taken() {
    let text = format!(
        "objectives:\n- {{{GOOD}}}\n- {{name: a, on: tool_call, good: not error, target: 99%}}"
    );
    assert_eq!(
        read(&text).1.to_string(),
        "objectives[1].name: \"a\" is the name of objectives[0] too: give each objective a name \
         of its own (at slo.yaml:3:10)"
    );
}

#[test]
fn a_name_that_is_none() {
    let long = "a".repeat(64);
    for name in ["Support", "a_b", "a.b", "\"\"", "\u{e4}", long.as_str()] {
        let text = faults(&format!("name: {name}, on: run, good: not error, target: 99%"));
        assert!(text.starts_with("objectives[0].name: "), "{text}");
        let remedy = "cannot be a name: use 1 to 63 of a-z, 0-9 and -, such as support-success";
        assert!(text.contains(remedy), "{text}");
    }
}

#[test]
fn a_condition_that_never_varies() {
    assert_eq!(
        faults("name: a, on: run, good: model_calls >= 0, target: 99%"),
        "objectives[0].good: it is always good, whatever happens: compare with a bound that can \
         be crossed (at slo.yaml:2:28)"
    );
    assert_eq!(
        faults("name: a, on: run, good: error and not error, target: 99%"),
        "objectives[0].good: it is never good, whatever happens: look for conditions that \
         contradict each other (at slo.yaml:2:28)"
    );
    assert_eq!(
        faults("name: a, on: run, good: not error, exclude: true, target: 99%"),
        "objectives[0].exclude: everything is excluded: exclude less (at slo.yaml:2:48)"
    );
}

#[test]
fn a_match_of_nothing() {
    assert_eq!(
        faults("name: a, on: run, match: {gen_ai.agent.name: []}, good: not error, target: 99%"),
        "objectives[0].match.gen_ai.agent.name: nothing is in the list, so nothing matches: name \
         a value (at slo.yaml:2:49)"
    );
}

#[test]
fn a_match_on_an_attribute_that_does_not_exist() {
    assert_eq!(
        faults("name: a, on: run, match: {gen_ai.agnt.name: x}, good: not error, target: 99%"),
        "objectives[0].match.gen_ai.agnt.name: there is no attribute \"gen_ai.agnt.name\": did \
         you mean gen_ai.agent.name? (at slo.yaml:2:48)"
    );
    assert_eq!(
        faults("name: a, on: run, match: {team: x}, good: not error, target: 99%"),
        "objectives[0].match.team: there is no attribute \"team\": for an attribute of your own \
         write attributes.team (at slo.yaml:2:36)"
    );
    assert_eq!(
        faults("name: a, on: run, match: {attributes.team: x}, good: not error, target: 99%"),
        ""
    );
}

#[test]
fn a_window_that_is_no_number_of_days() {
    let of = |window: &str| faults(&format!("{GOOD}, window: {window}"));
    assert_eq!(
        of("36h"),
        "objectives[0].window: 36h is no number of days: write whole days, such as 28d \
         (at slo.yaml:2:60)"
    );
    assert_eq!(
        of("1M"),
        "objectives[0].window: is no length of time: write it with a unit, such as 28d, 24h or \
         10m; months have no one length (at slo.yaml:2:60)"
    );
    assert_eq!(
        of("400d"),
        "objectives[0].window: 400d is more than a year: write at most 365d (at slo.yaml:2:60)"
    );
}

#[test]
fn an_alert_that_can_never_fire() {
    let of = |preset: &str| {
        let text = format!(
            "alerts: {{preset: {preset}}}\nobjectives:\n- {{name: a, on: run, good: not error, \
             target: 90%, window: 30d}}"
        );
        let (_, faults) = read(&text);
        (faults.has_errors(), faults.to_string())
    };
    let (is_error, text) = of("agent");
    assert!(!is_error);
    assert_eq!(
        text,
        "objectives[0].target: warning: page 14.4x needs an error ratio of 1.44, above 1, at \
         target 90%: using 3h/15m x4.8 instead (at slo.yaml:3:47)"
    );
    let (is_error, text) = of("google30");
    assert!(is_error);
    assert_eq!(
        text,
        "objectives[0].target: page 14.4x needs an error ratio of 1.44, above 1, at target 90%: \
         this alert can never fire: use alerts.preset: agent, whose windows fit the target \
         (at slo.yaml:3:47)"
    );
    assert_eq!(of("none"), (false, String::new()));
}

#[test]
fn a_threshold_that_is_never_reached() {
    assert_eq!(
        faults(
            "name: a, on: model_call, match: {gen_ai.request.stream: false}, good: ttft <= 2s, \
             target: 99%"
        ),
        "objectives[0].match: only answers that are not streamed match, and those have no first \
         chunk: match gen_ai.request.stream: true (at slo.yaml:2:36)"
    );
}

#[test]
fn an_evaluation_without_a_deadline() {
    assert_eq!(
        faults("name: a, on: evaluation, good: score >= 0.7, target: 99%"),
        "objectives[0]: an evaluation may come late or never, and nothing says how long to wait: \
         write deadline: 24h (at slo.yaml:2:3)"
    );
    assert_eq!(
        faults("name: a, on: evaluation, good: score >= 0.7, target: 99%, deadline: 24h"),
        ""
    );
}

#[test]
fn a_group_for_each_id() {
    assert_eq!(
        faults(&format!("{GOOD}, group_by: [gen_ai.conversation.id]")),
        "objectives[0].group_by[0]: gen_ai.conversation.id has a value of its own for each one, \
         so groups would never end: group by what there are few of, such as \
         gen_ai.request.model, or set allow_high_cardinality: true (at slo.yaml:2:63)"
    );
    let allowed = format!("{GOOD}, group_by: user.id, allow_high_cardinality: true");
    assert_eq!(faults(&allowed), "");
}

#[test]
fn no_groups_at_all() {
    assert_eq!(
        faults(&format!("{GOOD}, group_by: gen_ai.request.model, max_groups: 0")),
        "objectives[0].max_groups: no group would be counted: write at least 1, or leave out \
         group_by (at slo.yaml:2:96)"
    );
}

fn checked(text: &str, around: &Surroundings<'_>) -> String {
    let mut faults = Faults::default();
    set(text).check(around, &mut faults);
    faults.to_string()
}

const FILE: &str = "objectives:\n- {name: a, on: run, good: not error, target: 99%}";

#[test]
fn runs_without_anything_that_begins_one() {
    let around = Surroundings { lacks_genai_spans: true, ..Surroundings::default() };
    assert_eq!(
        checked(FILE, &around),
        "runs.root: \"a\" judges runs, but nothing says what begins one: write runs.root, or \
         send spans with gen_ai.operation.name"
    );
    let root = format!("runs: {{root: {{span_name: job}}}}\n{FILE}");
    assert_eq!(checked(&root, &around), "");
}

#[test]
fn a_run_that_would_be_over_before_it_is_idle() {
    let text = format!("runs: {{close: {{idle: 2h, max_age: 1h}}}}\n{FILE}");
    assert_eq!(
        read(&text).1.to_string(),
        "runs.close.idle: idle is 7200s, longer than max_age, which is 3600s: make idle shorter, \
         or max_age longer: it would never be reached (at slo.yaml:1:22)"
    );
}

#[test]
fn memory_that_does_not_hold_the_runs() {
    let text = format!("runs: {{limits: {{runs: 50000, memory: 1MiB}}}}\n{FILE}");
    assert_eq!(
        read(&text).1.to_string(),
        "runs.limits.memory: 1048576 bytes do not hold 50000 open runs of 400 bytes: give at \
         least 20000000 bytes, or lower runs (at slo.yaml:1:38)"
    );
}

#[test]
fn a_model_without_a_price() {
    let text = "objectives:\n- {name: a, on: model_call, match: {gen_ai.request.model: [gpt-4o, \
                mine]}, good: cost <= 0.5, target: 99%}";
    let around =
        Surroundings { has_price: Some(&|model| model == "gpt-4o"), ..Surroundings::default() };
    assert_eq!(
        checked(text, &around),
        "objectives[0].match.gen_ai.request.model: \"mine\" has no price, so its cost is never \
         known: add it to the table of prices"
    );
}

#[test]
fn two_objectives_that_say_the_same() {
    let text = "objectives:
- {name: a, on: run, match: {service.name: x, gen_ai.agent.name: [b, a]}, good: not error, target: 99%}
- {name: b, on: run, match: {gen_ai.agent.name: [a, b], service.name: x}, good: (not error), target: 95%}";
    assert_eq!(
        read(text).1.to_string(),
        "objectives[1].name: warning: it judges the same as \"a\": leave one out, or change match \
         or good (at slo.yaml:3:10)"
    );
}

#[test]
fn a_sampler_in_front() {
    let around = Surroundings { sampler_before: Some("tail_sampling"), ..Surroundings::default() };
    assert_eq!(
        checked(FILE, &around),
        "tail_sampling samples before, so failures that it drops are never judged: put slo before \
         tail_sampling, or set allow_after_sampling: true"
    );
    assert_eq!(checked(FILE, &Surroundings { allow_after_sampling: true, ..around }), "");
}

#[test]
fn a_state_that_cannot_be_written() {
    let around = Surroundings { unwritable_state: Some("/var/lib/slo"), ..Surroundings::default() };
    assert_eq!(
        checked(FILE, &around),
        "state.dir: \"/var/lib/slo\" cannot be written to: give the user of the process the right \
         to write there, or name another"
    );
}

#[test]
fn replicas_that_share_traces() {
    let around = Surroundings { replicas: 3, ..Surroundings::default() };
    assert_eq!(
        checked(FILE, &around),
        "warning: 3 replicas each see a part of a trace: route by trace id in front of them"
    );
    assert_eq!(checked(FILE, &Surroundings { routed_by_trace: true, ..around }), "");
}

#[test]
fn keys_that_are_not_known_and_parts_that_are_missing() {
    assert_eq!(
        faults("name: a, on: run, god: not error, target: 99%"),
        "objectives[0].god: the key is not known: did you mean good? (at slo.yaml:2:22)\n\
         objectives[0]: has no good: write good: not error (at slo.yaml:2:3)"
    );
    assert_eq!(
        faults("name: a, on: runn, good: not error, target: 99%"),
        "objectives[0].on: \"runn\" is nothing that can be judged: did you mean run? \
         (at slo.yaml:2:17)"
    );
    assert_eq!(
        read("objectives: []").1.to_string(),
        ": there are no objectives: write at least one below objectives (at slo.yaml:1:1)"
            .trim_start_matches(": ")
    );
    for (part, told) in [
        (
            "burn_alerts: [{burn_rate: 100, window: 1h}]",
            "an alert on a burn rate of 100 needs an error ratio of 1: it can never fire: lower",
        ),
        (
            "burn_alerts: [{burn_rate: -1, window: 1h}]",
            "is no burn rate: write how many times too fast, such as 14.4",
        ),
        ("burn_alerts: [{burn_rate: 1, window: 90s}]", "90s is no number of minutes: write such"),
        ("burn_alerts: [{burn_rate: 1}]", "has no window: write window: 1h"),
        ("missing: maybe", "\"maybe\" is no verdict: write exclude, bad, good or unknown"),
        ("severity: high", "\"high\" is no severity: write page or ticket"),
        ("traffic: 60", "is not a text: put it into quotes"),
        ("traffic: 60/s", "is no number of events in a time: write it such as 60/h, 6/m or 100/d"),
        ("labels: {a-b: c}", "is no name of a label: use letters, digits and _"),
        (
            "deadline: 24h",
            "warning: a run is not waited for: leave out deadline, or judge it with on: evaluation",
        ),
        (
            "outcomes: {cancelled: bad}",
            "warning: good does not ask about the outcome, so this is never used: use exclude: outcome == cancelled to leave runs out",
        ),
    ] {
        let found = faults(&format!("{GOOD}, {part}"));
        assert!(found.contains(told), "{found}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let found = faults("name: A, on: run, good: oops, target: 95, window: 1h, group_by: user.id");
    assert_eq!(found.lines().count(), 5, "{found}");
}
