//! Names, beside those of Prometheus's own translator.

use testkit::settings;

use crate::{
    prometheus::Config,
    shared::prometheus::{Ending, Namer},
};

#[test]
fn metric_names_are_those_of_the_reference_translator() {
    use Ending::{Counter, Gauge, None as Other};
    let escaped = "add_metric_suffixes: true";
    let bare = "translation_strategy: UnderscoreEscapingWithoutSuffixes";
    let kept = "translation_strategy: NoUTF8EscapingWithSuffixes";
    let raw = "translation_strategy: NoTranslation";
    for (yaml, name, unit, ending, expected) in [
        (bare, "simple_metric", "", Gauge, "simple_metric"),
        (bare, "metric@with#special$chars", "", Gauge, "metric_with_special_chars"),
        (bare, "123metric", "s", Gauge, "_123metric"),
        (bare, "metric@@##$$name", "", Counter, "metric_name"),
        (escaped, "requests", "", Counter, "requests_total"),
        (escaped, "cpu_usage", "1", Gauge, "cpu_usage_ratio"),
        (escaped, "items", "1", Counter, "items_total"),
        (escaped, "response_time", "ms", Gauge, "response_time_milliseconds"),
        (escaped, "requests", "1/s", Gauge, "requests_per_second"),
        (escaped, "throughput", "By/s", Gauge, "throughput_bytes_per_second"),
        (escaped, "custom_metric", "custom_unit", Gauge, "custom_metric_custom_unit"),
        (escaped, "custom_metric", "{custom}", Gauge, "custom_metric"),
        (escaped, "custom_metric", "By/{custom}", Gauge, "custom_metric_bytes"),
        (escaped, "requests_total", "", Counter, "requests_total"),
        (escaped, "cpu_usage_ratio", "1", Gauge, "cpu_usage_ratio"),
        (escaped, "response_time_seconds", "s", Gauge, "response_time_seconds"),
        (escaped, "metric__with__under", "a__b", Gauge, "metric_with_under_a_b"),
        (escaped, "custom", "unit@with#special/chars", Gauge, "custom_unit_with_special_per_chars"),
        (escaped, "request_duration", "s", Other, "request_duration_seconds"),
        (escaped, "active_connections", "1", Other, "active_connections"),
        (kept, "requêsts", "", Counter, "requêsts_total"),
        (kept, "cpu_usagé", "1", Gauge, "cpu_usagé_ratio"),
        (kept, "requêsts", "1/s", Gauge, "requêsts_per_second"),
        (kept, "cpu_seconds_total", "s", Counter, "cpu_seconds_total"),
        (kept, "@#$%", "", Counter, "@#$%_total"),
        (raw, "my.metric", "s", Counter, "my.metric"),
    ] {
        let config: Config = settings(yaml);
        let built = Namer::new(&config.own.style()).metric(name, unit, ending);
        assert_eq!(built.as_deref(), Some(expected), "{yaml} {name} {unit}");
        let config: Config = settings(&format!("{yaml}\nnamespace: app"));
        let built = Namer::new(&config.own.style()).metric(name, unit, ending);
        let expected = format!("app_{}", expected.trim_start_matches('_'));
        assert_eq!(built, Some(expected), "{yaml} {name} {unit}");
    }
    let config: Config = settings(escaped);
    assert_eq!(Namer::new(&config.own.style()).metric("@#$%", "", Gauge), None);
}

#[test]
fn label_names_are_those_of_the_reference_translator() {
    let config: Config = settings("");
    let namer = Namer::new(&config.own.style());
    for (key, expected) in [
        ("label:with:colons", "label_with_colons"),
        ("LabelWithCapitalLetters", "LabelWithCapitalLetters"),
        ("label!with&special$chars)", "label_with_special_chars_"),
        ("label_with_foreign_characters_字符", "label_with_foreign_characters___"),
        ("123label", "key_123label"),
        ("_label", "key_label"),
        ("__label", "__label"),
        ("字符", "key__"),
    ] {
        assert_eq!(namer.label(key).as_deref(), Some(expected), "{key}");
    }
    assert_eq!(namer.label(""), None);
}
