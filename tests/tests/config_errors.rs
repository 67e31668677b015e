//! Configs that must not start: each `bad/*.yaml` is refused with the words in the `.stderr` beside it
//! (C§2.8). `UPDATE_EXPECT=1` writes the words anew; the difference is for people to judge.

use std::{collections::BTreeSet, env, fs};

use acceptance::{Outcome, run_with};

/// Refusals that have no one place in a file to point at.
const WITHOUT_POSITION: [&str; 7] = [
    "connector_cycle",
    "empty",
    "invalid_utf8",
    "null_document",
    "only_comment",
    "queue_storage_missing",
    "utf16",
];

#[test]
fn every_bad_config_is_refused_with_the_expected_words() {
    let folder = acceptance::binary::folder();
    let is_update = env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    let mut checked = BTreeSet::new();
    for entry in fs::read_dir(folder.join("bad")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let location = format!("bad/{name}.yaml");
        // Some of them expand one variable, set, and one that is never set.
        let args = ["validate", "--config", &location];
        let Outcome { code, stdout, stderr } = run_with(&args, &[("BAD_TEXT", "text")]);
        let stderr = without_component_list(&stderr);
        let expected = path.with_extension("stderr");
        if is_update {
            fs::write(&expected, &stderr).unwrap();
        }
        let expected = fs::read_to_string(expected).unwrap_or_default();
        if code != Some(1) || !stdout.is_empty() || !stderr.starts_with("Error: ") {
            wrong.push(format!("{name}: code {code:?}, {stdout:?}, {stderr:?}"));
        }
        if stderr != expected {
            wrong.push(format!("{name}: expected\n{expected}got\n{stderr}"));
        }
        let has_position = stderr.contains(&format!("at {location}:"));
        if has_position == WITHOUT_POSITION.contains(&name.as_str()) {
            wrong.push(format!("{name}: position shown: {has_position}\n{stderr}"));
        }
        checked.insert(name);
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert!(checked.len() >= 40, "{} configs", checked.len());
}

/// The text with the list of all component types cut short, so that one more is no change.
fn without_component_list(text: &str) -> String {
    const LIST: &str = "(valid values: [";
    let Some((before, list)) = text.split_once(LIST) else { return text.to_owned() };
    let Some((_, after)) = list.split_once(']') else { return text.to_owned() };
    format!("{before}{LIST}…]{}", without_component_list(after))
}

#[test]
fn an_unknown_type_is_answered_with_those_there_are() {
    let args = ["validate", "--config", "bad/unknown_exporter_type.yaml"];
    let Outcome { stderr, .. } = run_with(&args, &[]);
    let (_, list) = stderr.split_once("(valid values: [").unwrap();
    for kind in ["debug", "file", "nop", "otlp_grpc", "otlp_http"] {
        assert!(list.split([' ', ']']).any(|valid| valid == kind), "{kind}: {stderr}");
    }
}

/// The rows of C§2.8 and the texts that other pages of the contract promise, whatever else is said.
#[test]
fn the_words_of_the_go_collector_are_in_the_expected_words() {
    for (name, words) in ROWS {
        let path = acceptance::binary::folder().join(format!("bad/{name}.stderr"));
        let expected = fs::read_to_string(path).unwrap_or_default();
        assert!(expected.contains(words), "{name}: no {words:?} in {expected}");
    }
}

const ROWS: &[(&str, &str)] = &[
    // Decoding.
    (
        "unknown_top_level_key",
        "failed to get config: cannot unmarshal the configuration: decoding failed due to the \
         following error(s):\n\n'' has invalid keys: foo",
    ),
    ("unknown_service_key", "'service' has invalid keys: foo"),
    ("unknown_telemetry_key", "'service.telemetry' has invalid keys: unknown"),
    (
        "unknown_keys_in_component",
        "'exporters' error reading configuration for \"otlphttp\": decoding failed due to the \
         following error(s):\n\n'' has invalid keys: aaa, zzz",
    ),
    ("unknown_nested_key", "'protocols' has invalid keys: htttp"),
    ("unknown_exporter_type", "'exporters' unknown type: \"otlp_grcp\" for id: \"otlp_grcp\""),
    ("unknown_receiver_type", "'receivers' unknown type: \"nosuch\" for id: \"nosuch\""),
    (
        "logging_exporter",
        "'exporters' the logging exporter has been deprecated, use the debug exporter instead",
    ),
    ("string_for_int", "expected type 'int', got unconvertible type 'string'"),
    ("string_for_bool", "expected type 'bool', got unconvertible type 'string'"),
    ("int_for_string", "expected type 'string', got unconvertible type 'int'"),
    ("int_for_header", "'headers[a]' expected type 'configopaque.String', got unconvertible"),
    (
        "string_for_list",
        "'service.pipelines[traces].receivers' source data must be an array or slice, got string",
    ),
    ("negative_for_unsigned", "cannot parse value as 'uint32': -1000 overflows uint"),
    ("bad_duration", "time: invalid duration"),
    ("duration_without_unit", "time: missing unit in duration"),
    (
        "bad_optional_enabled",
        "unexpected type string for 'enabled': got 'x' value expected 'true' or 'false'",
    ),
    ("metrics_address", "has invalid keys: address"),
    ("log_level", "level' unrecognized level: \"foo\""),
    ("metrics_level", "unknown metrics level \"foo\""),
    ("queue_legacy_key", "'sending_queue' has invalid keys: blocking"),
    ("queue_unknown_sizer", "invalid sizer: \"x\""),
    ("receiver_bad_transport", "unsupported transport type \"x\""),
    ("exporter_bad_compression", "unsupported compression type \"brotli\""),
    ("exporter_bad_encoding", "invalid encoding type: xml"),
    ("nop_takes_no_settings", "has invalid keys: a"),
    // Ids.
    ("id_empty_type", "in \"/x\" id: the part before / should not be empty"),
    ("id_empty_name", "in \"otlp/\" id: the part after / should not be empty"),
    ("id_bad_type", "in \"a-b\" id: invalid character(s) in type \"a-b\""),
    ("id_bad_name", "id: invalid character(s) in name \"a b\""),
    ("id_twice_after_trim", "duplicate name \"batch/x \" after unmarshaling batch/x"),
    ("pipeline_signal", "in \"trace\" id: unknown pipeline signal: \"trace\""),
    // Validation.
    ("empty", "empty configuration file"),
    ("empty", "service::pipelines: service must have at least one pipeline"),
    ("no_receivers", "no receiver configuration specified in config"),
    ("no_exporters", "no exporter configuration specified in config"),
    (
        "dangling_receiver",
        "service::pipelines::traces: references receiver \"otlp/2\" which is not configured",
    ),
    (
        "dangling_processor",
        "service::pipelines::traces: references processor \"batch\" which is not configured",
    ),
    (
        "dangling_exporter",
        "service::pipelines::traces: references exporter \"nop/2\" which is not configured",
    ),
    (
        "dangling_extension",
        "service::extensions: references extension \"health_check\" which is not configured",
    ),
    ("pipeline_without_receivers", "service::pipelines::traces: must have at least one receiver"),
    ("pipeline_without_exporters", "service::pipelines::traces: must have at least one exporter"),
    ("processor_twice", "references processor \"batch\" multiple times"),
    (
        "profiles_without_gate",
        "service::pipelines: pipeline \"profiles\": profiling signal support is at alpha level, \
         gated under the \"service.profilesSupport\" feature gate",
    ),
    (
        "receiver_without_protocol",
        "receivers::otlp: must specify at least one protocol when using the OTLP receiver",
    ),
    ("exporter_without_endpoint", "requires a non-empty \"endpoint\""),
    ("exporter_without_any_endpoint", "at least one endpoint must be specified"),
    ("exporter_missing_port", "missing port in address"),
    ("exporter_bad_balancer", "invalid balancer_name: x"),
    ("header_twice", "duplicate keys in map-style list: [foo]"),
    ("queue_size_zero", "exporters::otlp_http::sending_queue: `queue_size` must be positive"),
    ("queue_batch_sizer", "`batch` supports only `items` or `bytes` sizer, found \"requests\""),
    ("batch_sizes", "send_batch_max_size must be greater or equal to send_batch_size"),
    ("batch_metadata_twice", "duplicate entry in metadata_keys: \"a\" (case-insensitive)"),
    ("memory_limiter_without_interval", "'check_interval' must be greater than zero"),
    ("no_readers", "metrics reader should exist when metric level is not none"),
    // The graph.
    (
        "connector_only_exporter",
        "failed to build pipelines: connector \"forward\" used as exporter in [traces] pipeline \
         but not used in any supported receiver pipeline",
    ),
    ("connector_cycle", "cycle detected: connector \"forward/a\" (traces to traces) -> "),
    // Resolution.
    ("yaml_duplicate_key", "line 2: mapping key \"receivers\" already defined at line 1"),
    ("yaml_top_level_list", "retrieved value (type=[]interface {}) cannot be used as a Conf"),
    (
        "yaml_unclosed_list",
        "cannot be used as a Conf: assuming string type since contents are not valid YAML: yaml: ",
    ),
    ("expand_bad_name", "environment variable \"a.b\" has invalid name: must match regex"),
    ("expand_unset_scheme", "scheme \"nosuch\" is not supported for uri \"nosuch:x\""),
    ("expand_dollar_inside", "the uri \"env:A$B\" contains unsupported characters ('$')"),
    ("expand_endless", "too many recursive expansions"),
];
