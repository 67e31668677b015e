//! What is wrong with a config, in the Go collector's words (C§2.8), and where.

use std::fmt::Write as _;

use engine::{gates::Gates, settings::Settings};

use crate::fakes::{registry, settings, settings_with};

/// A config in which nothing is wrong.
const GOOD: &str = "\
receivers:
  source:
processors:
  tag:
exporters:
  sink:
connectors:
  bridge:
extensions:
  helper:
service:
  extensions: [helper]
  pipelines:
    traces:
      receivers: [source]
      processors: [tag]
      exporters: [sink]
";

/// [`GOOD`] with one text replaced by another.
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    GOOD.replacen(old, new, 1)
}

fn error(yaml: &str) -> String {
    settings_with(yaml, "").err().unwrap_or_default()
}

const PREFIX: &str = "cannot unmarshal the configuration: decoding failed due to the following \
                      error(s):\n\n";

#[test]
fn what_cannot_be_read_is_told_in_the_collectors_words() {
    for (yaml, expected) in [
        (with("service:\n", "foo: 1\nservice:\n"), "'' has invalid keys: foo (at config.yaml:11:1"),
        (
            with("  source:\n", "  nosuch:\n"),
            "'receivers' unknown type: \"nosuch\" for id: \"nosuch\" (valid values: [source span_source]) (at config.yaml:2:3; use one of these, or take it out of 'receivers' and 'service')",
        ),
        (
            with("  source:\n", "  sourc/2:\n"),
            "'receivers' unknown type: \"sourc\" for id: \"sourc/2\" (valid values: [source span_source]) (at config.yaml:2:3; did you mean \"source\"?)",
        ),
        (
            with("  tag:\n", "  batch:\n"),
            "'processors' unknown type: \"batch\" for id: \"batch\" (valid values: [drop holder tag])",
        ),
        (
            with("  bridge:\n", "  fridge:\n"),
            "'connectors' unknown type: \"fridge\" for id: \"fridge\" (valid values: [bridge to_metrics]) (at config.yaml:8:3; did you mean \"bridge\"?)",
        ),
        (
            with("  helper:\n", "  pprof:\n"),
            "'extensions' unknown type: \"pprof\" for id: \"pprof\" (valid values: [helper])",
        ),
        (
            with("  sink:\n", "  logging:\n"),
            "'exporters' the logging exporter has been deprecated, use the debug exporter instead (at config.yaml:6:3)",
        ),
        (
            with("  sink:\n", "  sink: {zzz: 1, aaa: 2}\n"),
            "'exporters' error reading configuration for \"sink\": decoding failed due to the following error(s):\n\n'' has invalid keys: aaa, zzz (at config.yaml:6:",
        ),
        (
            with("  sink:\n", "  sink: {sending_queue: {queue_size: many}}\n"),
            "'exporters' error reading configuration for \"sink\": decoding failed due to the following error(s):\n\n'sending_queue.queue_size' expected type 'int', got unconvertible type 'string' (at config.yaml:6:",
        ),
        (
            with("  sink:\n", "  sink: {sending_queue: {queue: 1}}\n"),
            "'sending_queue' has invalid keys: queue",
        ),
        (
            with("  sink:\n", "  a-b:\n"),
            "'exporters' in \"a-b\" id: invalid character(s) in type \"a-b\" (at config.yaml:6:3)",
        ),
        (
            with("  sink:\n", "  sink/:\n"),
            "'exporters' in \"sink/\" id: the part after / should not be empty",
        ),
        (
            with("  sink:\n", "  sink/1:\n  sink / 1:\n"),
            "'exporters' duplicate name \"sink / 1\" after unmarshaling sink/1 (at config.yaml:7:3)",
        ),
        (
            with("exporters:\n  sink:\n", "exporters: [sink]\n"),
            "'exporters' expected a map or struct, got \"slice\" (at config.yaml:5:12)",
        ),
        (
            with("exporters: [sink]", "exporters: sink"),
            "'service.pipelines[traces].exporters' source data must be an array or slice, got string (at config.yaml:17:18",
        ),
        (
            with("    traces:\n", "    spans:\n"),
            "in \"spans\" id: unknown pipeline signal: \"spans\"",
        ),
    ] {
        let error = error(&yaml);
        assert!(error.starts_with(PREFIX), "{error}");
        assert!(error.contains(expected), "\n{error}\n{expected}");
    }
}

#[test]
fn a_service_that_cannot_be_read_is_told_with_its_place() {
    let telemetry =
        |settings: &str| with("service:\n", &format!("service:\n  telemetry: {settings}\n"));
    for (yaml, expected) in [
        (
            with("  extensions: [", "  extension: ["),
            "'service' has invalid keys: extension (at config.yaml:12:3; did you mean \"extensions\"?",
        ),
        (
            telemetry("{unknown: 1}"),
            "'service.telemetry' has invalid keys: unknown (at config.yaml:12:15",
        ),
        (
            telemetry("{metrics: {address: x}}"),
            "'service.telemetry.metrics' has invalid keys: address",
        ),
        (telemetry("{metrics: {level: loud}}"), "unknown metrics level \"loud\""),
        (
            telemetry("{logs: {level: foo}}"),
            "'service.telemetry.logs.level' unrecognized level: \"foo\"",
        ),
        (telemetry("{logs: {encoding: xml}}"), "no encoder registered for name \"xml\""),
        (
            telemetry("{resource: {a: 1}}"),
            "'service.telemetry.resource[a]' expected type 'string', got unconvertible type 'int' (at config.yaml:12:29)",
        ),
        (
            telemetry("{resource: {a: x, attributes: []}}"),
            "inline attribute \"a\" cannot be mixed with `attributes`",
        ),
        (telemetry("{resource: {attributes_list: x}}"), "attributes_list is not supported"),
        (
            telemetry("{resource: {attributes: [{name: a, value: [1]}]}}"),
            "'service.telemetry.resource.attributes[0]' value of \"a\" must be a string, a number or a boolean",
        ),
    ] {
        let error = error(&yaml);
        assert!(error.starts_with(PREFIX), "{error}");
        assert!(error.contains(expected), "\n{error}\n{expected}");
    }
}

#[test]
fn what_cannot_work_together_is_told_in_the_collectors_words() {
    for (yaml, expected) in [
        (
            "service:\n".to_owned(),
            "service::pipelines: service must have at least one pipeline (at config.yaml:1:1)\nempty configuration file",
        ),
        (with("receivers:\n  source:\n", ""), "no receiver configuration specified in config\n"),
        (with("exporters:\n  sink:\n", ""), "no exporter configuration specified in config\n"),
        (
            with("receivers: [source]", "receivers: [sorce]"),
            "service::pipelines::traces: references receiver \"sorce\" which is not configured (at config.yaml:15:19; did you mean \"source\"?)",
        ),
        (
            with("processors: [tag]", "processors: [tag/2]"),
            "service::pipelines::traces: references processor \"tag/2\" which is not configured (at config.yaml:16:20",
        ),
        (
            with("exporters: [sink]", "exporters: [file]"),
            "service::pipelines::traces: references exporter \"file\" which is not configured (at config.yaml:17:19)",
        ),
        (
            with("extensions: [helper]", "extensions: [health]"),
            "service::extensions: references extension \"health\" which is not configured (at config.yaml:12:16",
        ),
        (
            with("receivers: [source]", "receivers: []"),
            "service::pipelines::traces: must have at least one receiver (at config.yaml:14:5)",
        ),
        (
            with("      exporters: [sink]\n", ""),
            "service::pipelines::traces: must have at least one exporter (at config.yaml:14:5)",
        ),
        (
            with("processors: [tag]", "processors: [tag, tag, tag]"),
            "service::pipelines::traces: references processor \"tag\" multiple times (at config.yaml:16:30)",
        ),
        (
            with("    traces:\n", "    profiles:\n"),
            "service::pipelines: pipeline \"profiles\": profiling signal support is at alpha level, gated under the \"service.profilesSupport\" feature gate (at config.yaml:14:5)",
        ),
        (
            with("  sink:\n", "  sink: {sending_queue: {queue_size: 0}}\n"),
            "exporters::sink::sending_queue: `queue_size` must be positive (at config.yaml:6:",
        ),
        (
            with("  sink:\n", "  sink:\n  sink/unused: {sending_queue: {num_consumers: -1}}\n"),
            "exporters::sink/unused::sending_queue: `num_consumers` must be positive",
        ),
        (
            with("  source:\n", "  source: {limit: -1}\n"),
            "receivers::source::limit: must not be negative (at config.yaml:2:12)",
        ),
        (with("  tag:\n", "  tag: {limit: -1}\n"), "processors::tag::limit: must not be negative"),
        (
            with("service:\n", "service:\n  telemetry: {metrics: {readers: []}}\n"),
            "collector telemetry metrics reader should exist when metric level is not none",
        ),
        (
            with("service:\n", "service:\n  telemetry: {metrics: {views: [{}]}}\n"),
            "service::telemetry::metrics::views can only be set when service::telemetry::metrics::level is detailed",
        ),
    ] {
        let error = error(&yaml);
        assert!(!error.starts_with(PREFIX), "{error}");
        assert!(error.contains(expected), "\n{error}\n{expected}");
    }
}

#[test]
fn an_id_that_is_both_a_connector_and_another_component_is_ambiguous() {
    let mut registry = registry();
    registry.connector::<Twin>();
    let yaml = with("  bridge:\n", "  sink:\n");
    let value = config::parse(&yaml, "config.yaml").unwrap();
    let settings = Settings::decode(&value, &registry).unwrap();
    assert_eq!(
        settings.validate(&Gates::default()).unwrap_err().to_string(),
        "connectors::sink: ambiguous ID: Found both \"sink\" exporter and \"sink\" connector. \
         Change one of the components' IDs to eliminate ambiguity (e.g. rename \"sink\" connector \
         to \"sink/connector\") (at config.yaml:8:3)"
    );
}

/// No settings.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
struct Nothing {}

impl sdk::Config for Nothing {}

/// A connector of the same name as an exporter.
struct Twin;

#[sdk::async_trait]
impl sdk::Connector for Twin {
    const KIND: &'static str = "sink";
    const PAIRS: &'static [(sdk::Signal, sdk::Signal)] = &[];
    type Config = Nothing;

    fn new(_: Nothing, _: sdk::BuildContext) -> Result<Self, sdk::BuildError> {
        Ok(Self)
    }

    async fn consume(&self, _: sdk::Batch, _: &sdk::Outputs) -> Result<(), sdk::Error> {
        Ok(())
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let yaml = with("  source:\n", "  nosuch:\n").replace("  sink:\n", "  sink: {nope: 1}\n")
        + "what: 1\n";
    let text = error(&yaml);
    for part in
        ["unknown type: \"nosuch\"", "'' has invalid keys: nope", "'' has invalid keys: what"]
    {
        assert!(text.contains(part), "{text}");
    }
    let yaml = with("receivers: [source]", "receivers: [a]")
        .replace("exporters: [sink]", "exporters: [b]");
    assert_eq!(error(&yaml).lines().count(), 2);
}

#[test]
fn gates_open_what_they_name() {
    let profiles = with("    traces:\n", "    profiles:\n");
    assert!(settings_with(&profiles, "service.profilesSupport").is_ok());
    let bare = "extensions:\n  helper:\nservice:\n  extensions: [helper]\n";
    assert!(settings_with(bare, "service.AllowNoPipelines").is_ok());
    assert!(error(bare).contains("service must have at least one pipeline"));
}

#[test]
fn an_old_name_loads_with_a_warning_and_stays_the_id() {
    let yaml = with("  sink:\n", "  hole/2:\n").replace("exporters: [sink]", "exporters: [hole/2]");
    let settings = settings(&yaml);
    let warnings = settings.warnings.iter().fold(String::new(), |mut text, warning| {
        write!(text, "{warning}").unwrap();
        text
    });
    assert_eq!(
        warnings,
        "\"hole\" alias is deprecated; use \"sink\" instead otelcol.component.id=\"hole/2\" \
         otelcol.component.kind=\"exporter\""
    );
    assert!(settings.exporters.keys().any(|id| id.to_string() == "hole/2"));
}

#[test]
fn a_printed_config_has_all_defaults() {
    let printed = settings(GOOD).to_value(config::Mode::Redacted).unwrap();
    let port = ["service", "telemetry", "metrics", "readers"];
    let reader = printed.get_path(&port).and_then(config::Value::as_seq).and_then(<[_]>::first);
    let page = reader.and_then(|reader| reader.get_path(&["pull", "exporter", "prometheus"]));
    assert_eq!(page.and_then(|page| page.get("host")?.as_str()), Some("localhost"));
    assert_eq!(
        printed.get_path(&["receivers", "source", "fail_start"]).and_then(config::Value::as_bool),
        Some(false)
    );
}
