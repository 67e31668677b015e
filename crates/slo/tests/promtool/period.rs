//! The period of the target: exact counts, what is left, and the alert when nothing is.

use slo::{
    Ratio, Set,
    rules::{Dialect, Options, rules},
};

use super::{
    Sample,
    counts::Traffic,
    side_by_side::{name_of, sloths_rules},
    steady,
    tool::{Room, short},
};

fn set(text: &str) -> Set {
    Set::read(&config::parse(text, "slo.yaml").unwrap(), &[]).0
}

fn test_file(step: u32, traffic: &Traffic, samples: &[Sample], more: &str) -> String {
    let mut out = format!(
        "rule_files: [rules.yaml]\nevaluation_interval: {step}m\ntests:\n- interval: {step}m\n  \
         input_series:\n{}  promql_expr_test:\n",
        traffic.series()
    );
    samples.iter().for_each(|sample| out += &sample.to_string());
    out + more
}

/// 660 good ones in eleven hours, then 36,000 in one with 3,600 bad. By Sloth's own rules 0.83 % are bad,
/// since every five minutes count alike; by ours the 9.8 % that were.
#[test]
fn sloths_own_rules_call_bursts_twelve_times_better_than_they_are() {
    let Some(room) = Room::new() else { return };
    let name = name_of("95%");
    let set = set(&format!(
        "objectives:\n- {{name: {name}, on: run, good: not error, target: 95%, window: 30d}}"
    ));
    let exact = Ratio::new(3_600, 660 + 36_000).unwrap();
    assert!(exact.to_string().starts_with("0.098199"), "{exact}");
    // Once a minute from the first on: the ratio of the last five, of which so many are of the burst.
    let ratio = |burst: i128| Ratio::new(60 * burst, 600 * burst + 5 - burst).unwrap();
    let sum =
        (1..=60).fold(Ratio::ZERO, |sum, minute: i128| sum.plus(ratio(minute.min(5))).unwrap());
    let average = sum.over(Ratio::whole(720)).unwrap();
    assert!(average.to_string().starts_with("0.0083318"), "{average}");
    assert_eq!((exact.to_f64() / average.to_f64() * 10.0).round(), 118.0, "11.8 times");

    room.write("ours.yaml", &rules(&set, Options::of(Dialect::Native)).to_string());
    room.write("sloths.yaml", &sloths_rules("95%"));
    let events = [steady(11 * 60, 1, 0), steady(60, 540, 60)].concat();
    let traffic = Traffic::of(&name, events);
    let near = |series: &str, value: Ratio| {
        let expr = format!("abs(sum({series}) - {:e}) < bool 1e-9", value.to_f64());
        Sample { minute: 720, expr, labels: String::new(), value: Some(Ratio::ONE) }
    };
    let samples =
        [near("slo:bad_ratio:increase30d", exact), near("slo:sli_error:ratio_rate30d", average)];
    let test =
        test_file(1, &traffic, &samples, "").replace("[rules.yaml]", "[ours.yaml, sloths.yaml]");
    room.write("test.yaml", &test);
    let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
    assert!(is_fine, "{}", short(&said));
}

/// Agents work in bursts: eleven hours of one run a minute, then one of 600 with a tenth bad. The
/// average of averages is off by a factor of 11.8; our ratio is the fraction itself.
#[test]
fn bursts_count_as_much_as_they_are() {
    let Some(room) = Room::new() else { return };
    let set = set(
        "objectives:\n- {name: burst, on: run, good: not error, target: 95%, window: 30d, service: s}",
    );
    let events = [steady(11 * 12, 5, 0), steady(12, 2_700, 300)].concat();
    let traffic = Traffic::of("burst", events);
    let end = 12 * 60;
    let exact = Ratio::new(3_600, 36_660).unwrap();
    let budget = Ratio::new(1, 20).unwrap();
    let left = Ratio::ONE.minus(exact.over(budget).unwrap()).unwrap();

    room.write("rules.yaml", &rules(&set, Options::of(Dialect::Native)).to_string());
    let sample = |expr: &str, value: Ratio| Sample {
        minute: end,
        expr: format!("{expr}{{slo_name=\"burst\"}}"),
        labels: format!("__name__=\"{expr}\",slo_name=\"burst\""),
        value: Some(value),
    };
    let samples = [sample("slo:bad_ratio:increase30d", exact)];
    room.write("test.yaml", &test_file(5, &traffic, &samples, ""));
    let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
    assert!(is_fine, "{}", short(&said));
    // Prometheus divides and subtracts floats; that is as near to the fraction as floats come.
    let left_in_floats = 1.0 - exact.to_f64() / 0.05;
    assert!((left_in_floats - left.to_f64()).abs() < 1e-12);
    let negative = format!(
        "  - eval_time: {end}m\n    expr: '-slo:budget_remaining:ratio{{slo_name=\"burst\"}}'\n    \
         exp_samples: [{{labels: '{{slo_name=\"burst\"}}', value: {}}}]\n",
        -left_in_floats
    );
    room.write("test.yaml", &test_file(5, &traffic, &[], &negative));
    let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
    assert!(is_fine, "{}", short(&said));

    // Sloth's formula on the same events: every five minutes weigh the same, 12 of 143 with a
    // ratio.
    room.write("rules.yaml", &rules(&set, Options::of(Dialect::Sloth)).to_string());
    let sloth = format!(
        "  - eval_time: {end}m\n    expr: 'slo:sli_error:ratio_rate30d{{sloth_slo=\"burst\"}} < bool \
         0.01'\n    exp_samples: [{{labels: '{{sloth_id=\"s-burst\",sloth_service=\"s\",sloth_slo=\"burst\",\
         sloth_window=\"30d\"}}', value: 1}}]\n"
    );
    room.write("test.yaml", &test_file(5, &traffic, &[], &sloth));
    let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
    assert!(is_fine, "{}", short(&said));
}

/// A period in hours: 28 days at one event in a hundred bad, then all bad until the budget of 5 %
/// is gone.
#[test]
fn the_alert_on_an_exhausted_budget_fires_at_the_predicted_hour() {
    let Some(room) = Room::new() else { return };
    let set =
        set("objectives:\n- {name: long, on: run, good: not error, target: 95%, window: 28d}");
    let file = rules(&set, Options::of(Dialect::Native));
    room.write("rules.yaml", &file.to_string());
    let (hours, start) = (28 * 24_usize, 28 * 24 + 10_usize);
    let traffic = Traffic::of("long", [steady(start, 99, 1), steady(60, 0, 100)].concat());
    let budget = Ratio::new(1, 20).unwrap();
    let bad = |at: usize| {
        let events = traffic.within(set.objectives[0].window, at, 60);
        Ratio::new(events.bad.into(), (events.good + events.bad).into()).unwrap()
    };
    // The first hour at which it is used up; the alert holds for five minutes, so it fires an hour
    // later.
    let gone = (hours..=start + 60).find(|at| bad(*at) >= budget).unwrap();
    assert!((start + 10..start + 50).contains(&gone), "{gone}");
    let samples: Vec<Sample> = [24, hours, start, gone - 1, gone, gone + 1]
        .into_iter()
        .map(|at| Sample {
            minute: u32::try_from(at).unwrap() * 60,
            expr: "slo:bad_ratio:increase28d{slo_name=\"long\"}".to_owned(),
            labels: "__name__=\"slo:bad_ratio:increase28d\",slo_name=\"long\"".to_owned(),
            value: Some(bad(at)),
        })
        .collect();
    let alert = |at: usize, is_firing: bool| {
        let mut out = format!(
            "  - eval_time: {}m\n    alertname: SloBudgetExhausted\n    exp_alerts:\n",
            at * 60
        );
        if is_firing {
            out += "    - exp_labels: {slo_name: long, slo_severity: ticket}\n      \
                    exp_annotations: {summary: \"long: the budget of 28d is used up\"}\n";
        }
        out
    };
    let alerts = [alert(gone, false), alert(gone + 1, true)].concat();
    let more = format!("  alert_rule_test:\n{alerts}");
    room.write("test.yaml", &test_file(60, &traffic, &samples, &more));
    let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
    assert!(is_fine, "{}", short(&said));
}

/// Nothing comes any more, where a week ago something did; and a failure before everything else is
/// seen.
#[test]
fn silence_is_told_where_there_was_traffic_a_week_ago() {
    let Some(room) = Room::new() else { return };
    let set =
        set("objectives:\n- {name: quiet, on: run, good: not error, target: 95%, window: 28d}");
    room.write("rules.yaml", &rules(&set, Options::of(Dialect::Native)).to_string());
    // A week and six hours of events in steps of half an hour, then six hours of nothing.
    let traffic = Traffic::of("quiet", [steady(348, 10, 0), steady(12, 0, 0)].concat());
    let alert = |at: u32, is_firing: bool| {
        let mut out =
            format!("  - eval_time: {}m\n    alertname: SloSilent\n    exp_alerts:\n", at * 30);
        if is_firing {
            out += "    - exp_labels: {slo_name: quiet, slo_severity: ticket}\n      \
                    exp_annotations: {summary: \"quiet: nothing was judged for 41m, a week ago \
                    something was\"}\n";
        }
        out
    };
    let alerts = [alert(348, false), alert(350, true), alert(360, true)].concat();
    room.write(
        "test.yaml",
        &test_file(30, &traffic, &[], &format!("  alert_rule_test:\n{alerts}")),
    );
    let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
    assert!(is_fine, "{}", short(&said));
}

/// Pyrra's rules on our counter: the availability is exact, and its two fast tiers fire in a total
/// outage.
#[test]
fn pyrras_rules_say_what_pyrra_says() {
    let Some(room) = Room::new() else { return };
    let set = set("objectives:\n- {name: p, on: run, good: not error, target: 99%, window: 28d}");
    room.write("rules.yaml", &rules(&set, Options::of(Dialect::Pyrra)).to_string());
    let traffic = Traffic::of("p", [steady(120, 20, 0), steady(60, 0, 20)].concat());
    // A third of 3,600 is bad; the absent alert and the slow tiers are silent.
    let more = "  - eval_time: 120m\n    expr: 'count(ALERTS{alertstate=\"firing\"}) or vector(0)'\n    \
                exp_samples: [{labels: '{}', value: 0}]\n  - eval_time: 180m\n    expr: \
                'sum(pyrra_availability{slo=\"p\"})'\n    exp_samples: [{labels: '{}', value: \
                0.6666666666666667}]\n  - eval_time: 180m\n    expr: 'count(ALERTS{alertname=\
                \"ErrorBudgetBurn\",severity=\"critical\",alertstate=\"firing\"})'\n    \
                exp_samples: [{labels: '{}', value: 2}]\n";
    room.write("test.yaml", &test_file(1, &traffic, &[], more));
    let (is_fine, said) = room.promtool(&["test", "rules"], &["test.yaml".to_owned()]);
    assert!(is_fine, "{}", short(&said));
}
