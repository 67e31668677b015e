//! Our rules and Sloth's on the same failures: when they page, and how often they change their
//! mind.

use slo::{
    Set,
    rules::{Dialect, Options, rules},
};

use super::{
    counts::{Events, Traffic},
    steady,
    tool::Room,
};

/// Minutes of clean history, of a total outage, and in all.
#[derive(Clone, Copy)]
struct Times {
    clean: usize,
    outage: usize,
    /// Minutes between samples.
    step: u32,
}

/// When somebody is paged first, in minutes after the beginning of the outage, and how many times
/// it fired.
#[derive(Debug, PartialEq)]
struct Found {
    minute: Option<u32>,
    cycles: u32,
}

/// What Sloth 0.16.0 itself makes of objectives called `o-999`, `o-99` and so on.
const SLOTH: &str = include_str!("../golden/sloth-0.16.0/rules.yaml");

/// The name of the objective with that target.
pub(crate) fn name_of(target: &str) -> String {
    format!("o-{}", target.replace(['.', '%'], ""))
}

/// Sloth's own rules for a target.
pub(crate) fn sloths_rules(target: &str) -> String {
    let end = format!("-{}", name_of(target));
    let groups = SLOTH.split("\n- name: ").skip(1);
    let ours = groups.filter(|group| group.lines().next().is_some_and(|name| name.ends_with(&end)));
    let text: String = ours.map(|group| format!("- name: {group}\n")).collect();
    assert_eq!(text.matches("\n  rules:").count(), 3, "{target}");
    format!("groups:\n{text}")
}

fn set(target: &str, traffic: &str) -> Set {
    let name = name_of(target);
    let text = format!(
        "objectives:\n- {{name: {name}, on: run, good: not error, target: {target}, window: 30d, \
         traffic: {traffic}, service: s}}"
    );
    let (set, faults) = Set::read(&config::parse(&text, "slo.yaml").unwrap(), &[]);
    assert!(!faults.has_errors(), "{faults}");
    set
}

/// Events a step: 60 a minute, 6 a minute, or one every ten minutes.
fn events(times: Times, per_hour: u64) -> Vec<Events> {
    let steps = times.clean + times.outage;
    (1..=steps as u64 / u64::from(times.step))
        .map(|at| {
            let minutes = at * u64::from(times.step);
            let count = |minutes: u64| minutes * per_hour / 60;
            let new = count(minutes) - count(minutes - u64::from(times.step));
            let is_bad = minutes as usize > times.clean;
            if is_bad { steady(1, 0, new)[0] } else { steady(1, new, 0)[0] }
        })
        .collect()
}

/// Asks promtool by a test that fails: it says what it got.
fn found(room: &Room, target: &str, rules: &str, times: Times, per_hour: u64, page: &str) -> Found {
    let step = times.step;
    room.write("rules.yaml", rules);
    let traffic = Traffic::of(&name_of(target), events(times, per_hour));
    let (start, end) = (times.clean, times.clean + times.outage);
    let firing = format!("(count(ALERTS{{alertstate=\"firing\",{page}}}) or vector(0)) > bool 0");
    let ask = |expr: String| {
        let test = format!(
            "rule_files: [rules.yaml]\nevaluation_interval: {step}m\ntests:\n- interval: {step}m\n  \
             input_series:\n{}  promql_expr_test:\n  - eval_time: {end}m\n    expr: '{expr}'\n    \
             exp_samples: [{{labels: '{{}}', value: -1}}]\n",
            traffic.series()
        );
        room.write("test.yaml", &test);
        let (_, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
        let got = said.split("got:").nth(1)?.trim().trim_start_matches("{}").trim();
        got.split(|c: char| c.is_whitespace() || c == '"').next()?.parse::<f64>().ok()
    };
    let before =
        ask(format!("max_over_time(({firing})[{start}m:{step}m] offset {}m)", times.outage));
    assert_eq!(before, Some(0.0), "a page before the failure");
    let first = ask(format!(
        "min_over_time(((timestamp({firing}) * 1) and on () (({firing}) == 1))[{}m:{step}m])",
        times.outage
    ));
    let changes =
        ask(format!("changes(({firing})[{}m:{step}m])", times.outage + 10)).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
    Found {
        minute: first.map(|seconds| (seconds / 60.0) as u32 - start as u32),
        cycles: (changes as u32).div_ceil(2),
    }
}

const OURS: &str = "slo_severity=\"page\"";
const SLOTHS: &str = "sloth_severity=\"page\"";

/// The hardest three of the table of docs/slo.md, at every run of the tests.
#[test]
fn every_total_outage_pages_once() {
    let Some(room) = Room::new() else { return };
    let times = Times { clean: 200, outage: 120, step: 1 };
    for (target, traffic, per_hour, minute) in
        [("80%", "60/h", 60, 9), ("95%", "6/h", 6, 50), ("90%", "6/h", 6, 90)]
    {
        let file = rules(&set(target, traffic), Options::of(Dialect::Native)).to_string();
        let found = found(&room, target, &file, times, per_hour, OURS);
        assert_eq!(found, Found { minute: Some(minute), cycles: 1 }, "{target} {traffic}");
    }
    let never = Found { minute: None, cycles: 0 };
    assert_eq!(found(&room, "80%", &sloths_rules("80%"), times, 60, SLOTHS), never);
    let late = Found { minute: Some(44), cycles: 1 };
    assert_eq!(found(&room, "95%", &sloths_rules("95%"), times, 3_600, SLOTHS), late);
}

/// The table of docs/slo.md: `SIDE_BY_SIDE=1 cargo test -p slo --test promtool side_by_side --
/// --nocapture`. Takes minutes.
#[test]
fn the_table_of_the_documentation() {
    if std::env::var_os("SIDE_BY_SIDE").is_none() {
        return;
    }
    let Some(room) = Room::new() else { return };
    let shown = |found: Found| {
        found.minute.map_or("never | 0".to_owned(), |minute| format!("{minute} | {}", found.cycles))
    };
    println!(
        "| target | runs a minute | ours: page after min | cycles | Sloth: page after min | cycles |"
    );
    println!("|--:|--:|--:|--:|--:|--:|");
    for target in ["99.9%", "99%", "95%", "90%", "80%"] {
        for (per_minute, traffic, per_hour) in
            [("60", "60/m", 3_600), ("6", "6/m", 360), ("0.1", "6/h", 6)]
        {
            let set = set(target, traffic);
            let times = Times { clean: 480, outage: 480, step: 1 };
            let native = rules(&set, Options::of(Dialect::Native)).to_string();
            let ours = found(&room, target, &native, times, per_hour, OURS);
            assert!(ours.minute.is_some(), "{target} {traffic}");
            let sloths = found(&room, target, &sloths_rules(target), times, per_hour, SLOTHS);
            println!("| {target} | {per_minute} | {} | {} |", shown(ours), shown(sloths));
        }
    }
}

/// On the same events ours and Sloth's rules record the same ratio for every window that both have; only the
/// ratio of the whole window differs, and only under uneven traffic.
#[test]
fn ours_and_sloths_rules_record_the_same_ratios() {
    let Some(room) = Room::new() else { return };
    let uneven: Vec<Events> = (0..72_u64)
        .map(|at| Events { good: 7 + at * at % 11, bad: u64::from(at % 5 == 0), unknown: 0 })
        .collect();
    for events in [steady(72, 9, 1), uneven] {
        let set = set("95%", "10/m");
        let ours = rules(&set, Options::of(Dialect::Native));
        room.write("ours.yaml", &ours.to_string());
        room.write("sloths.yaml", &sloths_rules("95%"));
        let mut test = format!(
            "rule_files: [ours.yaml, sloths.yaml]\nevaluation_interval: 5m\ntests:\n- interval: \
             5m\n  input_series:\n{}  promql_expr_test:\n",
            Traffic::of("o-95", events).series()
        );
        for window in ["5m", "1h", "6h"] {
            // Their quotient is of rates, ours of counts: equal but for the last digit of a float.
            test += &format!(
                "  - eval_time: 360m\n    expr: 'abs(sum(slo:bad_ratio:increase{window}) - \
                 sum(slo:sli_error:ratio_rate{window})) < bool 1e-12'\n    exp_samples: \
                 [{{labels: '{{}}', value: 1}}]\n"
            );
        }
        room.write("test.yaml", &test);
        let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
        assert!(is_fine, "{said}");
    }
}
