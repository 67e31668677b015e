use proptest::prelude::*;

use super::{
    Preset, Severity, Tier, Traffic, all_succeed, allowed_seconds, budget, burn_rate, consumed,
    error_ratio, factor, hard_down, hours_to_exhaustion, remaining, tiers,
};
use crate::{Period, Ratio};

fn ratio(text: &str) -> Ratio {
    match text.split_once('/') {
        Some((num, den)) => Ratio::new(num.parse().unwrap(), den.parse().unwrap()).unwrap(),
        None => Ratio::decimal(text).unwrap(),
    }
}

fn whole(number: i64) -> Ratio {
    Ratio::whole(number)
}

#[test]
fn burn_and_what_remains() {
    let target = ratio("0.95");
    assert_eq!(error_ratio(whole(1), whole(99)), Some(ratio("0.01")));
    assert_eq!(burn_rate(whole(1), whole(99), target), Some(ratio("0.2")));
    assert_eq!(remaining(whole(1), whole(99), target), Some(ratio("0.8")));
    assert_eq!(burn_rate(whole(0), whole(100), target), Some(Ratio::ZERO));
    assert_eq!(remaining(whole(0), whole(100), target), Some(Ratio::ONE));
    assert_eq!(burn_rate(whole(7), whole(0), ratio("0.999")), Some(whole(1000)));
    assert_eq!(burn_rate(whole(0), whole(0), target), None, "no events, no ratio");
    assert_eq!(burn_rate(whole(1), whole(1), Ratio::ONE), None, "no budget, no burn rate");
    assert_eq!(remaining(whole(1), whole(1), target), Some(whole(-9)), "overdrawn");
}

#[test]
fn factors_of_the_workbook() {
    let of = |percent, days, hours| {
        factor(whole(percent), Period::days(days), Period::hours(hours)).unwrap()
    };
    assert_eq!([of(2, 30, 1), of(5, 30, 6)], [ratio("14.4"), whole(6)]);
    assert_eq!([of(10, 30, 24), of(10, 30, 72)], [whole(3), whole(1)]);
    assert_eq!([of(2, 28, 1), of(5, 28, 6)], [ratio("13.44"), ratio("5.6")]);
    assert_eq!([of(10, 28, 24), of(10, 28, 72)], [ratio("2.8"), ratio("14/15")]);
    assert_eq!([of(2, 7, 1), of(5, 7, 6)], [ratio("3.36"), ratio("1.4")]);
    assert_eq!([of(10, 7, 24), of(10, 7, 72)], [ratio("0.7"), ratio("7/30")]);
}

#[test]
fn budgets_in_time() {
    let month = Period::days(30);
    let allowed = allowed_seconds(ratio("0.999"), month).unwrap();
    assert_eq!(allowed, whole(43 * 60 + 12));
    assert_eq!(hours_to_exhaustion(ratio("14.4"), month), Some(whole(50)));
    assert_eq!(hours_to_exhaustion(Ratio::ZERO, month), None);
    let hour = consumed(whole(10), Period::hours(1), month).unwrap();
    assert_eq!(hour, ratio("10/720"));
    assert_eq!(hour.to_string(), "0.013888888888888888");
}

fn tier(percent: i64, hours: u32, days: u32) -> Tier {
    let long = Period::hours(hours);
    Tier {
        number: 1,
        severity: Severity::Page,
        percent: whole(percent),
        long,
        short: long.divided(12),
        factor: factor(whole(percent), Period::days(days), long).unwrap(),
        hold: None,
        min_events: 0,
    }
}

#[test]
fn an_alert_above_every_ratio_is_dead() {
    let page = tier(2, 1, 30);
    assert_eq!(page.threshold(ratio("0.93")), Some(ratio("1.008")));
    assert!(!page.is_reachable(ratio("0.93")));
    assert_eq!(page.threshold(ratio("0.9306")), Some(ratio("0.99936")));
    assert!(page.is_reachable(ratio("0.9306")));
    let boundary = Ratio::ONE.minus(Ratio::ONE.over(ratio("14.4")).unwrap()).unwrap();
    assert_eq!(boundary.to_string(), "0.9305555555555556");
    assert!(!page.is_reachable(boundary));
}

#[test]
fn a_total_outage_is_found_after() {
    let minutes =
        |tier: Tier, target: &str| tier.minutes_to_fire(ratio(target), Ratio::ONE).unwrap();
    let seconds = |tier, target| minutes(tier, target).times(whole(60)).unwrap();
    let four = [tier(2, 1, 30), tier(5, 6, 30), tier(10, 24, 30), tier(10, 72, 30)];
    let found = four.map(|tier| seconds(tier, "0.999"));
    assert_eq!(found, [ratio("51.84"), ratio("129.6"), ratio("259.2"), ratio("259.2")]);
    assert_eq!(minutes(four[0], "0.95"), ratio("43.2"));
    assert_eq!(minutes(four[1], "0.90"), whole(216));
    assert_eq!(four[0].minutes_to_fire(ratio("0.90"), Ratio::ONE), None);
    // At exactly the threshold it is not crossed.
    assert_eq!(four[0].minutes_to_fire(ratio("0.999"), ratio("0.0144")), None);
    assert_eq!(four[1].minutes_to_fire(ratio("0.999"), ratio("0.0144")), Some(whole(150)));
}

fn agent(target: &str, days: u32) -> Vec<String> {
    tiers(Preset::Agent, ratio(target), Period::days(days), None, 20)
        .iter()
        .map(|tier| {
            let (long, short) = (tier.long, tier.short);
            format!("{} {long}/{short} x{}", tier.severity, tier.factor)
        })
        .collect()
}

#[test]
fn windows_follow_the_target() {
    let workbook = ["page 1h/5m x14.4", "page 6h/30m x6", "ticket 1d/2h x3", "ticket 3d/6h x1"];
    assert_eq!(agent("0.999", 30), workbook);
    assert_eq!(agent("0.99", 30), workbook);
    let of_95 = ["page 2h/10m x7.2", "page 6h/30m x6", "ticket 1d/2h x3", "ticket 3d/6h x1"];
    assert_eq!(agent("0.95", 30), of_95);
    let of_90 = ["page 3h/15m x4.8", "page 8h/40m x4.5", "ticket 1d/2h x3", "ticket 3d/6h x1"];
    assert_eq!(agent("0.90", 30), of_90);
    let of_80 = ["page 6h/30m x2.4", "page 16h/80m x2.25", "ticket 36h/3h x2", "ticket 3d/6h x1"];
    assert_eq!(agent("0.80", 30), of_80);
}

#[test]
fn no_window_alerts_within_the_budget() {
    assert_eq!(agent("0.95", 7)[2..], ["ticket 16h/80m x1.05"]);
    assert_eq!(agent("0.999", 28)[3], "ticket 2d/4h x1.4");
    assert_eq!(agent("0.999", 1), ["page 15m/2m x1.92", "page 1h/5m x1.2", "ticket 2h/10m x1.2"]);
}

#[test]
fn little_traffic_widens_short_windows_and_lowers_the_guard() {
    let traffic = Traffic::parse("6/h");
    let found = tiers(Preset::Agent, ratio("0.95"), Period::days(30), traffic, 20);
    assert_eq!((found[0].short, found[0].min_events), (Period::minutes(50), 6));
    assert_eq!((found[2].short, found[2].min_events), (Period::hours(2), 20));
    assert_eq!(hard_down(traffic).window, Period::minutes(100));
    assert_eq!(hard_down(Traffic::parse("60/m")).window, Period::minutes(10));
    assert_eq!(hard_down(None).window, Period::minutes(10));
}

#[test]
fn traffic_is_read() {
    for (text, hourly) in [("60/h", "60"), ("1.5 / m", "90"), ("12/d", "0.5")] {
        let traffic = Traffic::parse(text).unwrap();
        assert_eq!(traffic.events_per_hour(), ratio(hourly), "{text}");
    }
    for text in ["", "60", "0/h", "-1/h", "60/s", "x/h"] {
        assert_eq!(Traffic::parse(text), None, "{text}");
    }
}

#[test]
fn pyrras_windows_are_parts_of_the_period() {
    let found = tiers(Preset::Pyrra, ratio("0.99"), Period::days(28), None, 20);
    let texts: Vec<_> = found
        .iter()
        .map(|t| {
            format!("{} {}/{} x{} for {}", t.severity, t.long, t.short, t.factor, t.hold.unwrap())
        })
        .collect();
    assert_eq!(
        texts,
        [
            "page 1h/5m x14 for 2m",
            "page 6h/30m x7 for 15m",
            "ticket 1d/2h x2 for 1h",
            "ticket 4d/6h x1 for 3h",
        ]
    );
    let month = tiers(Preset::Pyrra, ratio("0.99"), Period::days(30), None, 20);
    assert_eq!(month[1].long, Period::minutes(386));
    let short = tiers(Preset::Pyrra, ratio("0.99"), Period::days(1), None, 20);
    assert!(short.iter().all(|tier| tier.short >= Period::minutes(1)), "never no window at all");
}

#[test]
fn all_of_k_succeed_as_often_as_they_can_be_drawn() {
    assert_eq!(all_succeed(8, 10, 2), Some(ratio("28/45")));
    assert_eq!(all_succeed(10, 10, 8), Some(Ratio::ONE));
    assert_eq!(all_succeed(1, 10, 2), Some(Ratio::ZERO));
    assert_eq!(all_succeed(1, 2, 3), None);
    assert_eq!(all_succeed(5, 5, 0), Some(Ratio::ONE));
}

/// The bursty hours: the average of averages is off by a factor of 11.8.
#[test]
fn a_ratio_of_sums_is_no_average_of_ratios() {
    let exact = error_ratio(whole(3_600), whole(660 + 36_000 - 3_600)).unwrap();
    assert_eq!(exact, ratio("3600/36660"));
    // Twelve hours of five-minute ratios, one hour of them with a tenth bad.
    let average = ratio("0.1").times(ratio("12/144")).unwrap();
    assert_eq!(average.to_string(), "0.008333333333333333");
    assert_eq!(exact.over(average).unwrap().to_f64().round(), 12.0);
}

proptest! {
    #[test]
    fn every_tier_of_agents_can_fire_and_only_outside_the_budget(
        permille in 1..1_000_i64, days in 1..91_u32, per_day in prop::option::of(1..100_000_i64),
    ) {
        let target = Ratio::new(permille.into(), 1_000).unwrap();
        let traffic = per_day.map(|n| Traffic::per_hour(Ratio::new(n.into(), 24).unwrap()).unwrap());
        let found = tiers(Preset::Agent, target, Period::days(days), traffic, 20);
        prop_assert!(!found.is_empty() || permille < 50);
        for tier in &found {
            prop_assert!(tier.is_reachable(target), "{:?}", tier);
            prop_assert!(tier.factor >= Ratio::ONE, "{:?}", tier);
            prop_assert!(tier.short <= tier.long);
            // With a budget below half, half of the events being bad is always enough.
            if budget(target).unwrap() <= Ratio::new(1, 4).unwrap() && days >= 7 {
                prop_assert!(tier.threshold(target).unwrap() <= Ratio::new(1, 2).unwrap(), "{:?}", tier);
            }
            prop_assert!(tier.minutes_to_fire(target, Ratio::ONE).is_some());
        }
    }

    #[test]
    fn a_higher_target_burns_no_slower(bad in 0..1_000_i64, good in 1..1_000_i64, a in 1..999_i64, b in 1..999_i64) {
        let (low, high) = (a.min(b), a.max(b));
        let burn = |permille: i64| {
            burn_rate(whole(bad), whole(good), Ratio::new(permille.into(), 1_000).unwrap()).unwrap()
        };
        prop_assert!(burn(low) <= burn(high));
    }

    #[test]
    fn what_is_consumed_and_what_remains_is_one(bad in 0..1_000_i64, good in 1..1_000_i64) {
        let target = ratio("0.95");
        let burn = burn_rate(whole(bad), whole(good), target).unwrap();
        prop_assert_eq!(burn.plus(remaining(whole(bad), whole(good), target).unwrap()), Some(Ratio::ONE));
    }
}
