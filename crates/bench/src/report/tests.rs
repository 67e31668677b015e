use super::{CellResult, Idle, Report, Row};
use crate::load::Measurement;
use crate::run::Round;
use crate::scenario::{Cell, Scenario, Size};
use crate::subject::Kind;

fn round(user_seconds: f64) -> Result<Round, String> {
    let measurement = Measurement {
        spans: 1_000_000,
        user_seconds,
        system_seconds: 0.5,
        wall_seconds: 4.0,
        p50_micros: 1_500,
        p99_micros: 9_000,
        peak_bytes: 64 << 20,
        ..Measurement::default()
    };
    Ok(Round { measurement, idle_bytes: 32 << 20 })
}

fn report(rows: Vec<Row>) -> Report {
    let cell = Cell { scenario: Scenario::None, size: Size::Small, per_request: 100 };
    let cells = vec![CellResult { cell, rows }];
    Report {
        machine: "a machine".into(),
        setup: "a setup".into(),
        versions: vec![(Kind::Proxy, "tonic 1".into())],
        skipped: vec![(Kind::Tollgate, "no binary".into())],
        idle: Idle::of(&cells),
        cells,
    }
}

#[test]
fn prints_medians_spreads_and_ratios_taken_within_a_round() {
    let report = report(vec![
        Row { kind: Kind::Proxy, rounds: vec![round(0.5), round(1.5), round(0.7)] },
        Row { kind: Kind::Otelcol, rounds: vec![round(3.5), round(3.5), round(4.3)] },
    ]);
    let page = report.page();
    let expected = "| 0.5 KB | 100 | Go collector | 4.00 (4.00–4.80) | 4.00 (2.00–4.00) | – | 1.00 (1.00–1.00) | 250000 | 100 % | 1.5 | 9.0 | 64 (64–64) | 0 |";
    assert!(page.contains(expected), "{page}");
    assert!(page.contains("- Tollgate: skipped, no binary\n"), "{page}");
    assert!(page.contains("| byte proxy | 32.0 (32.0–32.0) |"), "{page}");
    assert!(!page.contains("Batch processor"), "{page}");
    assert_eq!(report.failures(), 0);
}

#[test]
fn names_a_failure_below_the_table_and_leaves_it_out_of_the_numbers() {
    let rounds = vec![round(0.5), Err("3 of 9 spans never came".into())];
    let report = report(vec![Row { kind: Kind::Proxy, rounds }]);
    let page = report.page();
    assert!(page.contains("| 1.00 (1.00–1.00) |"), "{page}");
    assert!(page.contains("- failed: none · 0.5 KB · 100 a request, byte proxy: 3 of 9"), "{page}");
    assert_eq!(report.failures(), 1);
}

#[test]
fn prints_a_dash_for_what_was_never_measured() {
    let report = report(vec![Row { kind: Kind::Otelcol, rounds: vec![Err("gone".into())] }]);
    assert!(
        report.page().contains("| Go collector | – | – | – | – | – | – % |"),
        "{}",
        report.page()
    );
}
