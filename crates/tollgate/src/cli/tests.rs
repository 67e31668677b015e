use super::*;

fn given(line: &str) -> Result<Request, UsageError> {
    parse(std::iter::once("tollgate").chain(line.split_whitespace()).map(OsString::from))
}

#[test]
fn flags_stand_before_or_after_the_verb_and_keep_their_order() {
    for line in ["--config a --config b validate", "validate --config a --config b"] {
        let request = given(line).unwrap();
        assert_eq!(request.verb, Verb::Validate);
        assert_eq!(request.configs, ["a", "b"], "{line}");
    }
    assert_eq!(given("--config=a,b").unwrap().configs, ["a,b"], "no splitting at commas");
}

#[test]
fn verbs_take_their_own_flags() {
    let rows = [
        ("", Verb::Run),
        ("components", Verb::Components { markdown: false }),
        ("config schema", Verb::ConfigSchema),
        ("featuregate", Verb::FeatureGate { id: None }),
        ("featuregate a.b", Verb::FeatureGate { id: Some("a.b".into()) }),
        ("graph --format mermaid", Verb::Graph { format: GraphFormat::Mermaid }),
        (
            "print-initial-config --format json --validate=false",
            Verb::PrintConfig { format: "json".into(), mode: "redacted".into(), validate: false },
        ),
    ];
    for (line, verb) in rows {
        assert_eq!(given(line).unwrap().verb, verb, "{line}");
    }
}

#[test]
fn gates_are_split_and_empty_ones_refused() {
    let request = given("--feature-gates=a,-b --feature-gates +c").unwrap();
    assert_eq!(request.gates, ["a", "-b", "+c"]);
    assert!(given("--feature-gates=").unwrap().gates.is_empty());
    let error = given("--feature-gates=a,,b").unwrap_err().to_string();
    assert!(error.contains("empty feature gate identifier at index 1"), "{error}");
}

#[test]
fn mistakes_are_told_in_the_words_of_the_go_collector() {
    let rows = [
        ("--foo", "unknown flag: --foo"),
        ("--confg x", "unknown flag: --confg; did you mean \"--config\"?"),
        ("-config x", "unknown shorthand flag: 'c' in -c"),
        ("nonsense", "unknown command \"nonsense\" for \"tollgate\""),
        ("--set foo", "invalid argument \"foo\" for \"--set\" flag: missing equal sign"),
        ("--config", "flag needs an argument: --config"),
    ];
    for (line, expected) in rows {
        let error = given(line).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{line}: {error}");
    }
}

#[test]
fn version_and_help_are_text_to_print() {
    let Verb::Print(text) = given("--version").unwrap().verb else { panic!("not a text") };
    assert_eq!(text, format!("tollgate version {}\n", env!("CARGO_PKG_VERSION")));
    assert!(
        matches!(given("--help").unwrap().verb, Verb::Print(text) if text.contains("--config"))
    );
}

#[test]
fn completion_scripts_know_the_verbs() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let Verb::Print(script) = given(&format!("completion {shell}")).unwrap().verb else {
            panic!("not a text")
        };
        assert!(script.contains("print-config"), "{shell}: {script}");
    }
    let error = given("completion tcsh").unwrap_err().to_string();
    assert!(error.contains("powershell"), "{error}");
}
