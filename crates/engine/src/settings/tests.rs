use config::parse;
use sdk::{
    Around, BuildContext, BuildError, BuildInfo, NoSettings, Record, RecordKinds, RecordProcessor,
    Verdict, telemetry::Level,
};

use super::*;

/// Leaves out records by chance.
struct Half;

/// Has to see everything.
struct Judge;

macro_rules! record_processor {
    ($name:ident, $kind:literal, $samples:literal) => {
        impl RecordProcessor for $name {
            const KIND: &'static str = $kind;
            const SAMPLES: bool = $samples;
            type Config = NoSettings;

            fn needs_everything(_: &NoSettings) -> bool {
                !$samples
            }

            fn new(_: NoSettings, _: BuildContext) -> Result<Self, BuildError> {
                Ok(Self)
            }

            fn records(&self) -> RecordKinds {
                RecordKinds::SPAN
            }

            fn process(&self, _: &mut Record<'_>, _: &Around<'_, '_>) -> Verdict {
                Verdict::Keep
            }
        }
    };
}

record_processor!(Half, "half", true);
record_processor!(Judge, "judge", false);

#[test]
fn who_has_to_see_everything_is_refused_behind_who_samples() {
    let mut registry = Registry::default();
    registry.record_processor::<Half>().record_processor::<Judge>();
    let faults = |processors: &str| {
        let yaml = format!(
            "processors: {{half: , judge: }}\nservice:\n  pipelines:\n    traces:\n      processors: {processors}\n"
        );
        let settings = Settings::decode(&parse(&yaml, "x.yaml").unwrap(), &registry).unwrap();
        validate::faults(&settings, &Gates::default()).to_string()
    };
    let told = faults("[half, judge]");
    let wanted = "service::pipelines::traces: processor \"judge\" has to see everything and stands behind \"half\"";
    assert!(told.contains(wanted) && told.contains("x.yaml:5:26"), "{told}");
    assert!(!faults("[judge, half]").contains("has to see everything"));
}

fn info() -> BuildInfo {
    BuildInfo {
        command: "tollgate".to_owned(),
        description: String::new(),
        version: "1.2.3".to_owned(),
    }
}

fn decoded(telemetry: &str) -> Settings {
    let yaml = format!("service: {{telemetry: {telemetry}}}");
    Settings::decode(&parse(&yaml, "x.yaml").unwrap(), &Registry::default()).unwrap()
}

#[test]
fn telemetry_has_the_collectors_defaults() {
    let TelemetrySettings { logs, metrics, .. } = decoded("").service.telemetry;
    assert_eq!((logs.level, logs.encoding), (LogLevel::Info, LogEncoding::Console));
    assert_eq!(logs.output_paths, ["stderr"]);
    assert_eq!(logs.sampling.as_ref().map(|sampling| sampling.thereafter), Some(100));
    assert_eq!(metrics.level.0, Level::Normal);
    let telemetry = decoded("{}").service.telemetry;
    let pages: Vec<_> = telemetry.prometheus_readers().collect();
    assert_eq!(pages, [&PrometheusReader::default()]);
    assert_eq!((pages[0].host.as_str(), pages[0].port), ("localhost", 8888));
}

#[test]
fn a_list_of_readers_replaces_the_default_and_keeps_names_bare() {
    let telemetry = decoded(
        "{metrics: {level: Detailed, readers: [{pull: {exporter: {prometheus: {host: 0.0.0.0, port: 9}}}}]}}",
    )
    .service
    .telemetry;
    let page = PrometheusReader { host: "0.0.0.0".to_owned(), port: 9, ..Default::default() };
    assert_eq!(telemetry.prometheus_readers().collect::<Vec<_>>(), [&page]);
    assert!(page.without_type_suffix && page.without_units && page.without_scope_info);
    assert_eq!(telemetry.metrics.level.0, Level::Detailed);
}

#[test]
fn settings_without_an_effect_are_named() {
    let settings = decoded(
        "{traces: {processors: [{batch: {}}], propagators: [b3]}, \
          metrics: {readers: [{periodic: {exporter: {console: {}, otlp: {temporality_preference: \
          delta}}}}]}, logs: {sampling: {enabled: false}}}",
    );
    let named: Vec<_> =
        settings.warnings.iter().map(|warning| warning.fields[0].1.as_str()).collect();
    assert_eq!(
        named,
        [
            "service::telemetry::metrics::readers::periodic::exporter::console",
            "service::telemetry::metrics::readers::periodic::exporter::otlp::temporality_preference",
            "service::telemetry::traces::processors",
            "service::telemetry::traces::propagators"
        ]
    );
    assert!(settings.service.telemetry.logs.sampling.is_off());
    assert!(decoded("{}").warnings.is_empty());
}

#[test]
fn the_resource_has_two_shapes_and_null_takes_an_attribute_away() {
    for (yaml, expected, warnings) in [
        ("{}", "service.instance.id=i service.name=tollgate service.version=1.2.3", 0),
        (
            "{resource: {service.name: agents, service.instance.id: , team: x}}",
            "service.name=agents service.version=1.2.3 team=x",
            1,
        ),
        (
            "{resource: {schema_url: u, attributes: [{name: service.name, value: agents}, {name: n, value: 3, type: int}]}}",
            "n=3 service.instance.id=i service.name=agents service.version=1.2.3",
            0,
        ),
    ] {
        let settings = decoded(yaml);
        let attributes = settings.resource.attributes(&info(), "i");
        let text: Vec<_> = attributes.iter().map(|(name, text)| format!("{name}={text}")).collect();
        assert_eq!(text.join(" "), expected);
        assert_eq!(settings.warnings.len(), warnings, "{yaml}");
    }
}

#[test]
fn the_budget_for_requests_follows_from_the_settings() {
    const MIB: u64 = 1 << 20;
    let settings = |limit_mib, limit_percentage| AdmissionSettings {
        limit_mib,
        limit_percentage,
        ..AdmissionSettings::default()
    };
    let rows = [
        (settings(0, 0), None, 32),
        (settings(0, 0), Some(64 * MIB), 32),
        (settings(0, 0), Some(1024 * MIB), 256),
        (settings(0, 0), Some(1 << 40), 512),
        (settings(64, 0), Some(1024 * MIB), 64),
        (settings(64, 50), None, 64),
        (settings(0, 50), Some(1024 * MIB), 512),
        (settings(0, 50), None, 32),
        (settings(0, 1), Some(10 * MIB), 1),
    ];
    for (settings, total, mib) in rows {
        let capacity = settings.limits(total).capacity as u64;
        assert_eq!(capacity, mib * MIB, "{settings:?} of {total:?}");
    }
}

#[test]
fn admission_that_cannot_work_is_refused_with_its_place() {
    let rows = [
        ("{limit_percentage: 101}", "'limit_percentage' must be less than or equal to 100"),
        ("{client_percentage: 49}", "'client_percentage' must be between 50 and 100"),
        ("{max_clients: 0}", "'max_clients' must be greater than zero"),
    ];
    for (yaml, text) in rows {
        let yaml = format!("service:\n  admission: {yaml}\n");
        let root = parse(&yaml, "x.yaml").unwrap();
        let settings = Settings::decode(&root, &Registry::default()).unwrap();
        let told = validate::faults(&settings, &Gates::default()).to_string();
        assert!(told.contains(&format!("service::admission: {text} (at x.yaml:2:3)")), "{told}");
    }
}
