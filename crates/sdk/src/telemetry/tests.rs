use super::*;

#[test]
fn counters_keep_their_name_and_share_a_family() {
    let telemetry = Telemetry::new(Level::Normal);
    let series = |id| {
        telemetry.counter(
            Level::Basic,
            "otelcol_x_sent_spans",
            "Sent. [Alpha]",
            &[("exporter", id)],
        )
    };
    series("a").add(2);
    series("b").add(3);
    series("a").add(1);
    let page = String::from_utf8(telemetry.render()).unwrap();
    assert_eq!(
        page,
        "# HELP otelcol_x_sent_spans Sent. [Alpha]\n# TYPE otelcol_x_sent_spans counter\n\
         otelcol_x_sent_spans{exporter=\"a\"} 3\notelcol_x_sent_spans{exporter=\"b\"} 3\n"
    );
}

#[test]
fn what_the_level_leaves_out_costs_nothing_and_shows_nothing() {
    let telemetry = Telemetry::new(Level::Basic);
    telemetry.counter(Level::Detailed, "otelcol_y", "Y.", &[]).add(1);
    telemetry.gauge(Level::Basic, "otelcol_z", "Z.", &[]).set(-2);
    let page = String::from_utf8(telemetry.render()).unwrap();
    assert!(!page.contains("otelcol_y") && page.contains("otelcol_z -2"), "{page}");
}

#[test]
fn scrapes_refresh_first() {
    let telemetry = Telemetry::new(Level::Basic);
    let gauge = telemetry.gauge(Level::Basic, "otelcol_now", "Now.", &[]);
    telemetry.on_scrape(move || gauge.add(1));
    telemetry.render();
    assert!(String::from_utf8(telemetry.render()).unwrap().contains("otelcol_now 2"));
}

#[test]
fn series_of_one_name_may_have_different_labels() {
    let telemetry = Telemetry::new(Level::Normal);
    let series = |labels: Labels<'_>| telemetry.counter(Level::Basic, "otelcol_sent", "S.", labels);
    series(&[("exporter", "otlp"), ("server_address", "here")]).add(1);
    series(&[("exporter", "debug")]).add(2);
    assert_eq!(
        String::from_utf8(telemetry.render()).unwrap(),
        "# HELP otelcol_sent S.\n# TYPE otelcol_sent counter\notelcol_sent{exporter=\"debug\"} 2\n\
         otelcol_sent{exporter=\"otlp\",server_address=\"here\"} 1\n"
    );
}

#[test]
fn a_fractional_counter_only_rises() {
    let telemetry = Telemetry::new(Level::Normal);
    let counter = telemetry.float_counter(Level::Basic, "otelcol_seconds", "S.", &[]);
    for total in [1.5, 0.5, 2.25] {
        counter.raise_to(total);
    }
    let page = String::from_utf8(telemetry.render()).unwrap();
    assert!(page.contains("# TYPE otelcol_seconds counter\notelcol_seconds 2.25\n"), "{page}");
}
