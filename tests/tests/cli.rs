//! The command line: verbs, flags, exit codes, and the words on stdout and stderr (C§1.1, §1.3, §1.4).

use acceptance::{Outcome, run, run_with};

const CONFIG: [&str; 2] = ["--config", "data/cli.yaml"];

/// Splits at spaces and puts the config in the place of `@`.
fn tollgate(line: &str) -> Outcome {
    let words = line.split(' ').filter(|word| !word.is_empty());
    let args: Vec<_> =
        words.flat_map(|word| if word == "@" { CONFIG.to_vec() } else { vec![word] }).collect();
    run(&args)
}

#[test]
fn what_cannot_be_done_ends_with_code_one_and_a_reason_on_stderr() {
    for (line, reason) in [
        // The command line itself.
        ("", "at least one config flag must be provided"),
        ("validate", "at least one config flag must be provided"),
        ("-config x", "unknown shorthand flag: 'c' in -config"),
        ("--foo", "unknown flag: --foo"),
        ("--confg x", "unknown flag: --confg; did you mean \"--config\"?"),
        ("validate --foo @", "unknown flag: --foo"),
        ("foo", "unknown command \"foo\" for \"tollgate\"\n"),
        ("foo", "\nRun 'tollgate --help' for usage."),
        ("vlidate", "Did you mean this?\n\tvalidate\n"),
        ("@ extra", "unknown command \"extra\" for \"tollgate\""),
        ("--config", "flag needs an argument: --config"),
        ("validate --config", "flag needs an argument: --config"),
        ("validate @ --set foo", "invalid argument \"foo\" for \"--set\" flag: missing equal sign"),
        // Feature gates.
        ("validate @ --feature-gates x", "no such feature gate \"x\". valid gates: [confmap."),
        ("validate @ --feature-gates a,,b", "empty feature gate identifier at index 1"),
        ("featuregate x", "feature \"x\" not found"),
        ("featuregate a b", "unknown command \"b\""),
        // Where a config is.
        (
            "validate --config no.yaml",
            "failed to get config: cannot resolve the configuration: cannot retrieve the \
             configuration: unable to read the file file:no.yaml: open no.yaml: no such file or \
             directory",
        ),
        ("validate --config foo:bar", "unsupported scheme on URI \"foo:bar\""),
        (
            "validate --config env:a.b",
            "environment variable \"a.b\" has invalid name: must match regex \
             ^[a-zA-Z_][a-zA-Z0-9_]*$",
        ),
        (
            "validate --config http://127.0.0.1:1/x",
            "unable to download the file via HTTP GET for uri \"http://127.0.0.1:1/x\"",
        ),
        ("validate --config env:NEVER_SET_IN_A_TEST", "empty configuration file"),
        ("validate --config yaml:", "service::pipelines: service must have at least one pipeline"),
        // What is in it: `validate` says it plainly, `run` and `print-config` say what failed.
        (
            "validate @ --set processors.batch.timeout=-1s",
            "Error: processors::batch: timeout must be greater or equal to 0 (at data/cli.yaml:8:3)",
        ),
        (
            "@ --set processors.batch.timeout=-1s",
            "Error: invalid configuration: processors::batch: timeout must be greater or equal to 0",
        ),
        (
            "print-config @ --set processors.batch.timeout=-1s",
            "Error: invalid configuration: processors::batch: timeout must be greater or equal to 0",
        ),
        (
            "validate @ --set processors.batch=oops",
            "failed to get config: cannot unmarshal the configuration: decoding failed due to the \
             following error(s):\n\n'processors' error reading configuration for \"batch\": ",
        ),
        ("validate @ --set service.pipelines.traces.receivers=[x]", "(at --set:1:41)"),
        // The forms of print-config and graph.
        ("print-config @ --mode x", "invalid mode \"x\": modes are: redacted, unredacted"),
        ("print-config @ --format toml", "unrecognized print format: toml"),
        ("graph @ --format dot", "invalid value 'dot' for '--format <FORMAT>'"),
        ("graph", "at least one config flag must be provided"),
    ] {
        let Outcome { code, stdout, stderr } = tollgate(line);
        assert_eq!(code, Some(1), "{line}");
        assert_eq!(stdout, "", "{line}");
        assert!(stderr.starts_with("Error: "), "{line}: {stderr}");
        assert!(stderr.contains(reason), "{line}: {stderr}");
    }
}

#[test]
fn a_valid_config_is_answered_with_silence() {
    for line in [
        "validate @",
        "@ validate",
        "validate --config=data/cli.yaml --set=processors.batch.send_batch_size=10",
        "--set processors.batch.timeout=2s validate @",
        "validate @ --feature-gates=-service.profilesSupport,+service.AllowNoPipelines",
        "validate @ --feature-gates service.profilesSupport --feature-gates pdata.useProtoPooling",
        "validate --config file:data/cli.yaml --set processors.batch.metadata_keys=[a,b]",
    ] {
        let silence = Outcome { code: Some(0), stdout: String::new(), stderr: String::new() };
        assert_eq!(tollgate(line), silence, "{line}");
    }
    let empty_list = run(&["validate", "--config", "data/cli.yaml", "--feature-gates", ""]);
    assert_eq!(empty_list.code, Some(0), "{empty_list:?}");
}

#[test]
fn later_settings_win_and_set_wins_over_all_wherever_it_stands() {
    let shown = run(&[
        "--set",
        "processors.batch.timeout = 7s",
        "print-config",
        "--config",
        "data/cli.yaml",
        "--config",
        "yaml:processors::batch: {timeout: 5s, send_batch_size: 11}",
    ]);
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stdout.contains("timeout: 7s\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains("send_batch_size: 11\n"), "{}", shown.stdout);
}

#[test]
fn version_and_help_go_to_stdout() {
    for line in ["--version", "-v"] {
        let expected = concat!("tollgate version ", env!("CARGO_PKG_VERSION"), "\n");
        let outcome = tollgate(line);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), expected));
    }
    for (line, words) in [
        ("--help", &["validate", "components", "print-config", "featuregate", "graph"][..]),
        ("-h", &["--config", "--set", "--feature-gates", "--version"]),
        ("help validate", &["Usage: tollgate validate"]),
        ("print-config --help", &["--mode", "--format", "--validate"]),
    ] {
        let outcome = tollgate(line);
        assert_eq!(outcome.code, Some(0), "{line}");
        for word in words {
            assert!(outcome.stdout.contains(word), "{line}: no {word} in {}", outcome.stdout);
        }
    }
}

#[test]
fn components_lists_what_the_binary_can_build() {
    let Outcome { code, stdout, stderr } = tollgate("components");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let begin = format!(
        "buildinfo:\n    command: tollgate\n    description: Tollgate\n    version: {}\nreceivers:\n",
        env!("CARGO_PKG_VERSION")
    );
    assert!(stdout.starts_with(&begin), "{stdout}");
    let sections: Vec<_> =
        stdout.lines().filter(|line| !line.starts_with(' ')).map(|l| l.trim_end()).collect();
    let expected = [
        "buildinfo:",
        "receivers:",
        "processors:",
        "exporters:",
        "connectors:",
        "extensions:",
        "providers:",
    ];
    assert_eq!(sections, expected);
    for name in ["nop", "otlp", "batch", "memory_limiter", "otlp_grpc", "otlp_http", "forward"] {
        assert!(stdout.contains(&format!("    - name: {name}\n")), "no {name} in {stdout}");
    }
    // Old names load, and are not listed.
    assert!(!stdout.contains("otlphttp"), "{stdout}");
    assert!(stdout.contains("        traces-to-traces: "), "{stdout}");
    assert!(stdout.contains("    - scheme: env\n"), "{stdout}");
}

#[test]
fn print_config_shows_every_default_sorted_and_hides_secrets() {
    for verb in ["print-config", "print-initial-config"] {
        let Outcome { code, stdout, stderr } = tollgate(&format!("{verb} @"));
        assert_eq!((code, stderr.as_str()), (Some(0), ""));
        assert!(!stdout.contains("very-secret"), "{stdout}");
        for default in [
            "            - name: authorization\n              value: '[REDACTED]'\n",
            "        send_batch_size: 8192\n",
            "        timeout: 1s\n",
            "            queue_size: 1000\n",
            "            max_elapsed_time: 5m0s\n",
            "        compression: gzip\n",
            "                traces_url_path: /v1/traces\n",
            "            level: info\n",
        ] {
            assert!(stdout.contains(default), "no {default:?} in {stdout}");
        }
        let sections: Vec<_> =
            stdout.lines().filter(|line| line.starts_with(char::is_alphabetic)).collect();
        assert!(sections.is_sorted(), "{sections:?}");
        assert!(stdout.ends_with("\n\n"), "{stdout}");
    }
    let open = tollgate("print-config @ --mode unredacted");
    assert!(open.stdout.contains("Bearer very-secret"), "{}", open.stdout);
}

#[test]
fn print_config_as_json_is_json_with_the_same_defaults() {
    let Outcome { code, stdout, stderr } = tollgate("print-config @ --format json");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let shown: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(shown["processors"]["batch"]["send_batch_size"], 8192);
    assert_eq!(shown["exporters"]["otlp_http"]["headers"][0]["value"], "[REDACTED]");
}

#[test]
fn what_print_config_prints_can_be_loaded_again() {
    let printed = tollgate("print-config @ --mode unredacted").stdout;
    let again = run_with(&["validate", "--config", "env:PRINTED"], &[("PRINTED", &printed)]);
    assert_eq!((again.code, again.stderr.as_str()), (Some(0), ""));
}

#[test]
fn print_config_without_validation_prints_what_does_not_hold() {
    let broken = "print-config @ --set service.pipelines.traces.receivers=[x]";
    assert_eq!(tollgate(broken).code, Some(1));
    let outcome = tollgate(&format!("{broken} --validate=false"));
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.contains("                - x\n"), "{}", outcome.stdout);
}

#[test]
fn featuregate_shows_all_gates_or_one_and_what_the_flag_changed() {
    let table = tollgate("featuregate").stdout;
    let header: Vec<_> = table.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(header, ["ID", "Enabled", "Stage", "Description"]);
    for (line, enabled) in [
        ("featuregate service.profilesSupport", "false"),
        ("featuregate service.profilesSupport --feature-gates service.profilesSupport", "true"),
        ("--feature-gates +service.profilesSupport featuregate service.profilesSupport", "true"),
        ("featuregate service.partialReloadReceivers", "true"),
        (
            "featuregate service.partialReloadReceivers --feature-gates \
             -service.partialReloadReceivers",
            "false",
        ),
    ] {
        let outcome = tollgate(line);
        assert_eq!(outcome.code, Some(0), "{line}: {}", outcome.stderr);
        let shown = format!("Enabled: {enabled}\nStage: ");
        assert!(outcome.stdout.starts_with("Feature: service."), "{line}: {}", outcome.stdout);
        assert!(outcome.stdout.contains(&shown), "{line}: {}", outcome.stdout);
    }
}

#[test]
fn graph_draws_the_pipelines() {
    let text = tollgate("graph @");
    assert_eq!(text.code, Some(0), "{}", text.stderr);
    let expected = "traces: otlp -> batch -> nop, otlp_http\nlogs: otlp -> nop\n";
    assert_eq!(text.stdout, expected);
    let mermaid = tollgate("graph @ --format mermaid").stdout;
    assert!(mermaid.starts_with("flowchart LR\n"), "{mermaid}");
    assert!(mermaid.contains("[\"batch\"]"), "{mermaid}");
}

#[test]
fn every_config_of_the_repository_validates() {
    let folder = acceptance::binary::folder().join("../configs");
    let mut checked = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let silence = Outcome { code: Some(0), stdout: String::new(), stderr: String::new() };
            assert_eq!(run(&["validate", "--config", path.to_str().unwrap()]), silence);
            checked += 1;
        }
    }
    assert!(checked >= 3, "{checked} configs");
}

#[test]
fn the_words_of_a_failed_start_name_the_component() {
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let endpoint = format!("receivers.otlp.protocols.http.endpoint=127.0.0.1:{port}");
    let args = ["--config", "data/cli.yaml", "--set", &endpoint];
    let Outcome { code, stderr, .. } = run(&args);
    assert_eq!(code, Some(1));
    let reason = "Error: cannot start pipelines: failed to start \"otlp\" receiver: ";
    assert!(stderr.contains(reason), "{stderr}");
    assert!(stderr.contains(&port.to_string()), "{stderr}");

    let page = format!(
        "service.telemetry.metrics={{level: basic, readers: [{{pull: {{exporter: {{prometheus: {{host: \
         127.0.0.1, port: {port}}}}}}}}}]}}"
    );
    let Outcome { code, stderr, .. } = run(&["--config", "data/cli.yaml", "--set", &page]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("Error: failed to create meter provider: "), "{stderr}");
}
