//! `tollgate test`: configs tried without a network, as docs/testing.md shows it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "what fails here fails the test")]

use std::{env, fs, path::PathBuf};

use acceptance::{binary::folder, run};

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    /// With the two files of the page, each changed.
    fn new(name: &str, config: impl Fn(&str) -> String, test: impl Fn(&str) -> String) -> Self {
        let page = fs::read_to_string(folder().join("../docs/testing.md")).unwrap();
        let blocks: Vec<&str> = page
            .split("```yaml\n")
            .skip(1)
            .map(|block| block.split("```").next().unwrap())
            .collect();
        let path = env::temp_dir().join(format!("tollgate-test-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("collector.yaml"), config(blocks[0])).unwrap();
        fs::write(path.join("collector.test.yaml"), test(blocks[1])).unwrap();
        Self(path)
    }

    /// Exit code and what was printed, without the folder.
    fn test(&self) -> (Option<i32>, String) {
        let file = self.0.join("collector.test.yaml");
        let outcome = run(&["test", &file.to_string_lossy()]);
        assert_eq!(outcome.stderr, "");
        let folder = format!("{}/", self.0.display());
        (outcome.code, outcome.stdout.replace(&folder, ""))
    }
}

fn same(text: &str) -> String {
    text.to_owned()
}

#[test]
fn the_example_of_the_page_passes() {
    let folder = Folder::new("passes", same, same);
    let expected =
        "ok    collector.test.yaml: mail addresses do not reach the backend\n1 passed, 0 failed\n";
    assert_eq!(folder.test(), (Some(0), expected.to_owned()));
}

#[test]
fn a_difference_is_shown_line_by_line() {
    let folder = Folder::new(
        "fails",
        |config| config.replace("[pii_redaction, resource", "[resource"),
        same,
    );
    let (code, text) = folder.test();
    assert_eq!(code, Some(1));
    assert!(text.starts_with("FAIL  collector.test.yaml: mail"), "{text}");
    assert!(text.contains("\n    -                     \"stringValue\": \"[EMAIL_ADDRESS]\"\n    +                     \"stringValue\": \"ada@example.org\"\n"), "{text}");
    assert!(text.ends_with("0 passed, 1 failed\n"), "{text}");
    assert!(!text.contains("chat") || text.lines().count() < 20, "{text}");
}

#[test]
fn nothing_may_be_what_is_expected_and_what_comes() {
    let nothing = |test: &str| {
        test.split("    expect:").next().unwrap().to_owned() + "    expect: {otlp_grpc: []}\n"
    };
    let (code, text) = Folder::new("nothing", same, nothing).test();
    assert_eq!(code, Some(1));
    assert!(text.contains("    - nothing\n    + {\n"), "{text}");
    let empty = "config: collector.yaml\nenv: {BACKEND: 'b:1', ENVIRONMENT: x}\ntests: [{name: none, expect: {otlp_grpc: []}}]\n";
    assert_eq!(Folder::new("empty", same, |_| empty.to_owned()).test().0, Some(0));
}

#[test]
fn a_run_is_summed_up_when_the_input_has_ended() {
    let config = |_: &str| {
        "receivers: {otlp: {protocols: {grpc: }}}\nprocessors: {token_usage: }\nconnectors: {agent_metrics: }\nexporters: \
         {prometheus: {endpoint: 'localhost:1'}}\nservice: {pipelines: {traces: {receivers: [otlp], processors: \
         [token_usage], exporters: [agent_metrics]}, metrics: {receivers: [agent_metrics], exporters: [prometheus]}}}\n"
            .to_owned()
    };
    let test = |test: &str| {
        let test = test.split("    expect:").next().unwrap().to_owned();
        test + "    expect: {prometheus: []}\n"
    };
    let (code, text) = Folder::new("run", config, test).test();
    // What counts calls begins at zero, so something comes; no call has been made.
    assert_eq!(code, Some(1), "{text}");
    assert!(!text.contains("gen_ai.client"), "{text}");
    let call = |text: &str| {
        let operation = "[{key: gen_ai.operation.name, value: {stringValue: chat}}, {key: gen_ai.request.model, \
             value: {stringValue: gpt-4o}}, {key: gen_ai.usage.input_tokens, value: {intValue: 7}}]";
        let times = "startTimeUnixNano: 1767225590000000000\n                      endTimeUnixNano: \
                     1767225591000000000\n                      name: chat";
        let text = test(text).replace("name: chat", times);
        text.replace("[{key: user.email, value: {stringValue: ada@example.org}}]", operation)
    };
    let (code, text) = Folder::new("call", config, call).test();
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("gen_ai.client"), "{text}");
}

#[test]
fn what_cannot_be_used_is_said_with_its_place() {
    let rows: [(&str, &str, &str); 7] = [
        ("config: collector.yaml", "config: other.yaml", "other.yaml"),
        ("tests:", "test:", "did you mean \"tests\"?"),
        ("env:", "now: yesterday\nenv:", "`now`:"),
        (
            "- otlp:\n          resourceSpans",
            "- receiver: jaeger\n        otlp:\n          resourceSpans",
            "no pipeline has the receiver \"jaeger\"",
        ),
        (
            "resourceSpans:\n            - scopeSpans",
            "resourceMetrics:\n            - scopeMetrics",
            "input[0]:",
        ),
        (
            "      otlp_grpc:\n        - otlp",
            "      debug:\n        - otlp",
            "there is no exporter \"debug\"",
        ),
        ("spanId: \"eee19b7ec3c1b174\"", "spanId: \"xyz\"", "input[0]:"),
    ];
    for (at, (from, to, words)) in rows.into_iter().enumerate() {
        let folder = Folder::new(&format!("wrong{at}"), same, |test| test.replace(from, to));
        let (code, text) = folder.test();
        assert_eq!(code, Some(if at < 3 { 2 } else { 1 }), "{text}");
        assert!(text.contains(words), "{to}: {text}");
    }
    let outcome = run(&["test", "--config", "x.yaml", "y.yaml"]);
    assert_eq!(outcome.code, Some(1));
    assert!(outcome.stderr.contains("a test file names its config"));
}
