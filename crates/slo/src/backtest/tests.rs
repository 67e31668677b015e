use proptest::prelude::*;

use super::{BacktestError, Event, Fired, backtest};
use crate::{Ratio, Set, Verdict, Weight, burn::Severity};

fn set(more: &str) -> Set {
    let text = format!(
        "objectives:\n- {{name: a, on: run, good: not error, target: 95%, window: 30d{more}}}"
    );
    Set::read(&config::parse(&text, "slo.yaml").unwrap(), &[]).0
}

const fn event(at: u64, verdict: Verdict) -> Event<'static> {
    Event { at, objective: "a", group: "", verdict, weight: Weight::ONE }
}

/// Ten a minute: clean, an outage, clean again.
fn outage() -> Vec<Event<'static>> {
    (0..240 * 10)
        .map(|n| {
            let at = n * 6;
            let is_bad = (120 * 60..180 * 60).contains(&at);
            event(at, if is_bad { Verdict::Bad } else { Verdict::Good })
        })
        .collect()
}

#[test]
fn an_outage_fires_and_resolves_at_the_minute() {
    let report = backtest(&set(""), outage()).unwrap();
    let result = &report.results[0];
    let fired = |alert, tier, from: u64, until: u64| Fired {
        alert,
        severity: Severity::Page,
        tier,
        from: from * 60,
        until: Some(until * 60),
    };
    // Nine of ten minutes; more than 0.36 of two hours, which is 43.2 minutes, and over with the
    // ten minutes after it; of the six hours three have to be seen, and at 200 minutes 0.3 of them
    // are bad, not more.
    let expected = [
        fired("SloHardDown", 0, 129, 182),
        fired("SloBudgetBurn", 1, 164, 187),
        fired("SloBudgetBurn", 2, 180, 200),
    ];
    assert_eq!(result.fired, expected);
    assert_eq!(result.remaining, Ratio::new(-4, 1));
    assert_eq!(result.counts.events(Verdict::Bad), Ratio::whole(600));
}

#[test]
fn the_report_is_a_table_and_its_alerts() {
    let text = backtest(&set(""), outage()).unwrap().to_string();
    assert_eq!(
        text,
        "| objective | target | good | bad | excluded | unknown | budget left |
|---|--:|--:|--:|--:|--:|--:|
| a | 95% | 1800 | 600 | 0 | 0 | -400% |
a: page SloHardDown (tier 0) from 7740, until 10920
a: page SloBudgetBurn (tier 1) from 9840, until 11220
a: page SloBudgetBurn (tier 2) from 10800, until 12000
"
    );
}

#[test]
fn clocks_that_are_wrong_are_found() {
    let events = [event(0, Verdict::Good), event(u64::MAX, Verdict::Good)];
    assert_eq!(backtest(&set(""), events), Err(BacktestError::TooLong));
    assert_eq!(backtest(&set(""), []).unwrap().results, []);
    // One event at the end of time is no reason to fall over.
    assert_eq!(backtest(&set(""), [event(u64::MAX, Verdict::Bad)]).unwrap().results.len(), 1);
}

#[test]
fn groups_are_bounded() {
    let names: Vec<String> = (0..10).map(|n| n.to_string()).collect();
    let events = names.iter().map(|group| Event { group, ..event(5, Verdict::Good) });
    let set = set(", group_by: gen_ai.request.model, max_groups: 3");
    let report = backtest(&set, events).unwrap();
    let found: Vec<_> = report.results.iter().map(|result| result.group.as_str()).collect();
    assert_eq!(found, ["0", "1", "2", "__other__"]);
    assert_eq!(report.results[3].counts.events(Verdict::Good), Ratio::whole(7));
}

proptest! {
    #[test]
    fn the_order_of_events_makes_no_difference(seed in any::<u64>()) {
        let mut shuffled = outage();
        fastrand::Rng::with_seed(seed).shuffle(&mut shuffled);
        prop_assert_eq!(backtest(&set(""), shuffled), backtest(&set(""), outage()));
    }
}
