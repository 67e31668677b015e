//! Rules with a mistake in them must not pass.

use super::{
    Case,
    counts::Traffic,
    random::random,
    steady,
    tool::{Room, short},
};

/// An error ratio of exactly the threshold of the first tier, 7.2 * 0.05, for hours: `>` is silent,
/// `>=` is not.
fn at_the_threshold() -> Case {
    let text = "objectives:\n- {name: edge, on: run, good: not error, target: 95%, window: 30d}";
    Case::new(text, 1, vec![Traffic::of("edge", steady(180, 16, 9))])
}

/// A total outage of an hour after two clean ones.
fn outage() -> Case {
    let text = "objectives:\n- {name: out, on: run, good: not error, target: 95%, window: 30d}";
    let events = [steady(120, 10, 0), steady(60, 0, 10), steady(60, 10, 0)].concat();
    Case::new(text, 1, vec![Traffic::of("out", events)])
}

/// Few events: the guard on their number is what keeps it silent.
fn few() -> Case {
    let text = "objectives:\n- {name: few, on: run, good: not error, target: 95%, window: 30d}";
    let events: Vec<_> =
        (0..60).flat_map(|_| [steady(9, 0, 0), steady(1, 0, 1)].concat()).collect();
    Case::new(text, 1, vec![Traffic::of("few", events[..200].to_vec())])
}

fn passes(room: &Room, case: &Case, change: &dyn Fn(&str) -> String) -> (bool, String) {
    let rules = case.file.to_string();
    let changed = change(&rules);
    room.write("rules.yaml", &changed);
    room.write("test.yaml", &case.test_file("rules.yaml"));
    room.promtool(&["test", "rules"], &["test.yaml".to_owned()])
}

#[test]
fn a_ratio_at_the_threshold_does_not_fire() {
    let Some(room) = Room::new() else { return };
    for case in [at_the_threshold(), outage(), few(), random(2)] {
        let (is_fine, said) = passes(&room, &case, &str::to_owned);
        assert!(is_fine, "{}", short(&said));
    }
}

#[test]
fn every_mistake_is_found() {
    let Some(room) = Room::new() else { return };
    let swap =
        |text: &str, a: &str, b: &str| text.replace(a, "\u{1}").replace(b, a).replace('\u{1}', b);
    let short_window = "slo:bad_ratio:increase10m{slo_name=\"out\"} > 0.36";
    let long_window = "slo:bad_ratio:increase2h{slo_name=\"out\"} > 0.36";
    type Change<'a> = Box<dyn Fn(&str) -> String + 'a>;
    let mistakes: Vec<(&str, Case, Change<'_>)> = vec![
        (">= for >", at_the_threshold(), Box::new(|text| text.replace("} > 0.36", "} >= 0.36"))),
        ("< for >", outage(), Box::new(|text| text.replace("} > 0.36", "} < 0.36"))),
        ("> for >=", outage(), Box::new(|text| text.replace("} >= 0.9", "} > 0.9999"))),
        ("swapped windows", outage(), Box::new(|text| swap(text, "[2h]", "[10m]"))),
        ("windows of another tier", outage(), Box::new(|text| swap(text, "[2h]", "[6h]"))),
        (
            "no short window",
            outage(),
            Box::new(|text| text.replace(&format!("and\n      {short_window}\n"), "")),
        ),
        (
            "no long window",
            outage(),
            Box::new(|text| text.replace(&format!("{long_window}\n      and\n"), "")),
        ),
        ("or for and", outage(), Box::new(|text| text.replace("\n      and\n", "\n      or\n"))),
        (
            "good for bad",
            outage(),
            Box::new(|text| text.replace("slo_verdict=\"bad\"", "slo_verdict=\"good\"")),
        ),
        ("another factor", outage(), Box::new(|text| text.replace("> 0.36", "> 0.72"))),
        ("rate for increase", few(), Box::new(|text| text.replace("(increase(", "(rate("))),
        ("no guard", few(), Box::new(|text| text.replace(") >= 20", ") >= 1"))),
        (
            "no coverage",
            few(),
            Box::new(|text| text.replace("offset 3h", "").replace(") >= 20", ") >= 1")),
        ),
    ];
    for (name, case, change) in mistakes {
        let before = case.file.to_string();
        assert_ne!(change(&before), before, "{name} changes nothing");
        let (is_fine, said) = passes(&room, &case, &*change);
        assert!(!is_fine, "{name} passes");
        assert!(said.contains("FAILED"), "{name}: {}", short(&said));
        assert!(!said.contains("parse error"), "{name} is no PromQL: {}", short(&said));
    }
}
