//! Random objectives and random failures.

use fastrand::Rng;
use slo::{
    Verdict, Weight,
    backtest::{Event, backtest},
};

use super::{
    Case,
    counts::{Events, Traffic},
    tool::{Room, short},
};

/// Sets of objectives that are tried.
const SETS: u64 = 50;

/// The generated rules are accepted, record the exact ratios, and their alerts fire and resolve at
/// the minute that was worked out.
#[test]
fn random_objectives_alert_at_the_predicted_minute() {
    let Some(room) = Room::new() else { return };
    let (mut files, mut tests) = (Vec::new(), Vec::new());
    let mut changes = 0;
    for seed in 0..SETS {
        let case = random(seed);
        let (rules, test) = (format!("rules{seed}.yaml"), format!("test{seed}.yaml"));
        room.write(&rules, &case.file.to_string());
        room.write(&test, &case.test_file(&rules));
        changes += super::predict::alerts(&case).len();
        files.push(rules);
        tests.push(test);
    }
    let (is_fine, said) = room.promtool(&["check", "rules"], &files);
    assert!(is_fine, "{}", short(&said));
    assert!(changes > 400, "the failures make too little happen: {changes}");
    let (is_fine, said) = room.promtool(&["test", "rules"], &tests);
    assert!(is_fine, "{}", short(&said));
}

/// The replay of the same events fires and resolves at the same minutes; no promtool is needed for
/// that.
#[test]
fn the_backtest_says_the_same() {
    let mut changes = 0;
    for seed in (0..SETS * 4).step_by(2) {
        let case = random(seed);
        let mut events = Vec::new();
        for traffic in &case.traffic {
            for (at, step) in traffic.events.iter().enumerate() {
                for (verdict, count) in [(Verdict::Good, step.good), (Verdict::Bad, step.bad)] {
                    let group = traffic.group.as_ref().map_or("", |(_, value)| value);
                    let at = at as u64 * 60 + 59;
                    let weight = Weight::ONE;
                    let event = Event { at, objective: &traffic.name, group, verdict, weight };
                    events.extend(vec![event; usize::try_from(count).unwrap()]);
                }
            }
        }
        let report = backtest(&case.set, events).unwrap();
        let mut replayed = Vec::new();
        for fired in report.results.iter().flat_map(|result| &result.fired) {
            replayed.push((fired.alert, fired.from / 60, 1));
            replayed.extend(fired.until.map(|at| (fired.alert, at / 60, -1)));
        }
        let mut predicted = Vec::new();
        for name in ["SloBudgetBurn", "SloHardDown"] {
            for (minute, started, ended) in super::predict::changes(&case, name) {
                predicted.extend(vec![(name, minute, 1); started]);
                predicted.extend(vec![(name, minute, -1); ended]);
            }
        }
        replayed.sort_unstable();
        predicted.sort_unstable();
        // Minutes before the first event are not replayed.
        assert_eq!(replayed, predicted, "seed {seed}");
        changes += replayed.len();
    }
    assert!(changes > 300, "too little happens: {changes}");
}

/// One to two objectives with groups and replicas; a few hours in minutes, or a day in steps of
/// five.
pub(crate) fn random(seed: u64) -> Case {
    let mut random = Rng::with_seed(seed);
    let step = if seed.is_multiple_of(2) { 1 } else { 5 };
    let steps = random.usize(100..130);
    let mut text = format!("alerts: {{min_events: {}}}\nobjectives:\n", random.u32(1..40));
    let mut traffic = Vec::new();
    for number in 0..random.usize(1..3) {
        let name = format!("o{number}");
        let target = random.choice([800, 900, 930, 950, 970, 990, 999]).unwrap();
        let days = random.choice([7, 14, 28, 30]).unwrap();
        let groups: &[&str] = if random.bool() { &[""] } else { &["a", "b"] };
        text += &format!(
            "- {{name: {name}, on: model_call, good: not error, match: {{service.name: {name}}}, \
             target: {}, window: {days}d",
            f64::from(target) / 1000.0
        );
        let per_step = random.choice([1, 3, 10, 100]).unwrap();
        // Windows made for the traffic are minutes; steps of five would not meet their ends.
        if step == 1 && random.bool() {
            text += &format!(", traffic: {per_step}/m");
        }
        if random.u8(0..3) == 0 {
            let rate = random.choice([1, 2, 4]).unwrap();
            let window = random.choice(["1h", "2h"]).unwrap();
            text += &format!(", burn_alerts: [{{burn_rate: {rate}, window: {window}}}]");
        }
        if groups.len() > 1 {
            text += ", group_by: [gen_ai.request.model]";
        }
        text += "}\n";
        for group in groups {
            let label = ("slo_group_gen_ai_request_model".to_owned(), (*group).to_owned());
            traffic.push(Traffic {
                name: name.clone(),
                group: (groups.len() > 1).then_some(label),
                replicas: random.u64(1..3),
                events: happened(&mut random, steps, per_step),
            });
        }
    }
    Case::new(&text, step, traffic)
}

/// Clean, failing, clean again, with noise and gaps.
fn happened(random: &mut Rng, steps: usize, per_step: u64) -> Vec<Events> {
    let start = random.usize(20..steps / 2);
    let length = random.usize(5..steps / 2);
    let severity = random.choice([10_u64, 30, 60, 100]).unwrap();
    let has_gaps = random.u8(0..4) == 0;
    let has_unknown = random.u8(0..4) == 0;
    let event = |at: usize| {
        let all = if has_gaps && random.u8(0..3) > 0 { 0 } else { per_step };
        let is_failing = (start..start + length).contains(&at);
        let share = if is_failing { severity } else { u64::from(random.u8(0..100) == 0) };
        let bad = (0..all).filter(|_| random.u64(0..100) < share).count() as u64;
        let unknown = if has_unknown && is_failing { random.u64(0..=all) } else { 0 };
        Events { good: all - bad, bad, unknown }
    };
    (0..steps).map(event).collect()
}
