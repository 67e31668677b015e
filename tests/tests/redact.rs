//! `tollgate redact` and `tollgate reveal`, as users meet them.

use acceptance::run_on;
use opentelemetry_proto::tonic::{
    collector::{logs::v1::ExportLogsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{AnyValue, KeyValue, any_value::Value},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    trace::v1::{ResourceSpans, ScopeSpans, Span, Status, span},
};
use prost::Message as _;

const KEY: [(&str, &str); 1] = [("REDACT_KEY", "0123456789abcdef0123456789abcdef")];
/// Nothing of these may ever reach stderr.
const SECRETS: [&str; 4] = ["ada@example.org", "4111111111111111", "4111 1111", "hunter2"];

/// Runs the verb on an input and returns exit code, stdout and stderr, after a look for secrets.
fn redact(line: &str, input: &str) -> (Option<i32>, String, String) {
    let (code, stdout, stderr) = raw(line, input.as_bytes());
    (code, String::from_utf8_lossy(&stdout).into_owned(), stderr)
}

fn raw(line: &str, input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let args: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let (code, stdout, stderr) = run_on(&args, &KEY, input);
    for secret in SECRETS {
        assert!(!stderr.contains(secret), "{line}: {stderr}");
    }
    (code, stdout, stderr)
}

#[test]
fn text_comes_out_without_private_data_and_the_report_counts_types() {
    let input = "hello\nto ada@example.org\r\n\ncard 4111 1111 1111 1111, or ada@example.org";
    let (code, stdout, stderr) = redact("redact", input);
    assert_eq!(stdout, "hello\nto [EMAIL_ADDRESS]\r\n\ncard [CREDIT_CARD], or [EMAIL_ADDRESS]");
    assert_eq!(
        stderr,
        format!(
            "3 findings in 1 input, {} bytes\n  EMAIL_ADDRESS  2\n  CREDIT_CARD    1\n",
            input.len()
        )
    );
    assert_eq!(code, Some(0));
    assert_eq!(
        redact("redact --quiet", "nothing here\n"),
        (Some(0), "nothing here\n".into(), String::new())
    );
}

#[test]
fn explain_says_where_what_and_why_and_shows_values_masked() {
    let (_, _, stderr) = redact(
        "redact --explain --format text",
        "é ada@example.org\nnothing\npassword=hunter2 card 4111111111111111\n",
    );
    for line in [
        "stdin:1:3: EMAIL_ADDRESS (masked a***@e***.org), tier A: it has the shape\n",
        "stdin:3:10: PASSWORD (7 bytes), tier B: ",
        "stdin:3:23: CREDIT_CARD (masked 4",
    ] {
        assert!(stderr.contains(line), "{stderr}");
    }
}

#[test]
fn json_stays_json_and_explain_gives_paths() {
    let input = "{ \"messages\": [ {\"text\": \"none\"}, {\"text\": \"\\u0022to ada@example.org\\n\"} ],\n  \
                 \"password\" : \"hunter2\", \"n\": 4111111111111111, \"ada@example.org\": {\"a-b\": \"ada@example.org\"} }\n";
    let (code, stdout, stderr) = redact("redact --explain", input);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["messages"][1]["text"], "\"to [EMAIL_ADDRESS]\n");
    assert_eq!(json["password"], "[PASSWORD]");
    assert_eq!(json["n"], "[CREDIT_CARD]");
    assert!(stdout.starts_with("{ \"messages\": [ {\"text\": \"none\"}, {"), "{stdout}");
    for path in [
        "$.messages[1].text: EMAIL",
        "$.password: PASSWORD",
        "$.n: CREDIT",
        "$[\"[EMAIL_ADDRESS]\"][\"a-b\"]: EMAIL",
    ] {
        assert!(stderr.contains(&format!("stdin: {path}")), "{path}\n{stderr}");
    }
}

#[test]
fn json_lines_are_read_one_by_one_and_otlp_among_them_as_such() {
    let span = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"n","attributes":[{"key":"password","value":{"stringValue":"hunter2"}}]}]}]}]}"#;
    let input = format!("{{\"a\":\"ada@example.org\"}}\n{span}\nno json ada@example.org\n");
    let (_, stdout, stderr) = redact("redact --explain", &input);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines[0], "{\"a\":\"[EMAIL_ADDRESS]\"}");
    let json: serde_json::Value = serde_json::from_str(lines[1]).unwrap();
    let attributes = &json["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"];
    assert_eq!(attributes[0]["value"]["stringValue"], "[PASSWORD]");
    assert_eq!(lines[2], "no json [EMAIL_ADDRESS]");
    assert!(stderr.contains("stdin:1: $.a: EMAIL_ADDRESS"), "{stderr}");
    assert!(
        stderr
            .contains("stdin:2: resourceSpans[0].scopeSpans[0].spans[0].attributes[\"password\"]"),
        "{stderr}"
    );
}

/// A string attribute.
fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue {
        key: key.to_owned(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

fn text(value: &str) -> Value {
    Value::StringValue(value.to_owned())
}

fn spans(span: Span) -> ExportTraceServiceRequest {
    let scope = ScopeSpans { spans: vec![span], ..ScopeSpans::default() };
    ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            scope_spans: vec![scope],
            ..ResourceSpans::default()
        }],
    }
}

#[test]
fn otlp_in_protobuf_comes_out_as_such_with_every_text_looked_at() {
    let mail = "ada@example.org";
    let request = |mail: &str, password: &str, card: Value| {
        spans(Span {
            trace_id: vec![7; 16],
            span_id: vec![9; 8],
            name: format!("GET /{mail}"),
            status: Some(Status { message: mail.to_owned(), code: 2 }),
            attributes: vec![
                attribute("db.password", text(password)),
                attribute("card", card),
                attribute("trace_id", text("4111111111111111")),
            ],
            events: vec![span::Event { name: mail.to_owned(), ..span::Event::default() }],
            links: vec![span::Link {
                attributes: vec![attribute("m", text(mail))],
                ..span::Link::default()
            }],
            ..Span::default()
        })
    };
    let input = request(mail, "hunter2", Value::IntValue(4_111_111_111_111_111)).encode_to_vec();
    let (code, stdout, stderr) = raw("redact --explain", &input);
    assert_eq!(code, Some(0), "{stderr}");
    let expected = request("[EMAIL_ADDRESS]", "[PASSWORD]", text("[CREDIT_CARD]"));
    assert_eq!(ExportTraceServiceRequest::decode(stdout.as_slice()).unwrap(), expected);
    assert!(
        stderr
            .contains("stdin: resourceSpans[0].scopeSpans[0].spans[0].links[0].attributes[\"m\"]"),
        "{stderr}"
    );
    // What holds nothing comes out as the same bytes.
    let clean = request("x", "", text("y")).encode_to_vec();
    assert_eq!(raw("redact --quiet", &clean).1, clean);
}

#[test]
fn logs_in_protobuf_are_told_from_spans() {
    let record = LogRecord {
        time_unix_nano: 5,
        body: Some(AnyValue { value: Some(text("to ada@example.org")) }),
        ..LogRecord::default()
    };
    let scope = ScopeLogs { log_records: vec![record], ..ScopeLogs::default() };
    let resource = ResourceLogs { scope_logs: vec![scope], ..ResourceLogs::default() };
    let input = ExportLogsServiceRequest { resource_logs: vec![resource] }.encode_to_vec();
    for line in ["redact", "redact --format otlp-proto --signal logs"] {
        let (_, stdout, _) = raw(line, &input);
        let output = ExportLogsServiceRequest::decode(stdout.as_slice()).unwrap();
        let body = output.resource_logs[0].scope_logs[0].log_records[0].body.clone();
        assert_eq!(body.unwrap().value, Some(text("to [EMAIL_ADDRESS]")));
    }
}

#[test]
fn flags_say_what_is_looked_for_and_what_is_done() {
    let input = "ada@example.org 4111111111111111 203.0.113.9\n";
    for (flags, expected) in [
        ("--types EMAIL_ADDRESS", "[EMAIL_ADDRESS] 4111111111111111 203.0.113.9\n"),
        ("--types -IP_ADDRESS,-CREDIT_CARD", "[EMAIL_ADDRESS] 4111111111111111 203.0.113.9\n"),
        ("--types EMAIL_ADDRESS,IP_ADDRESS", "[EMAIL_ADDRESS] 4111111111111111 [IP_ADDRESS]\n"),
        ("--operator mask", "******** ******** ********\n"),
        ("--operator replace:X", "X X X\n"),
        ("--operator detect", input),
        ("--operator truncate", "[EMAIL_ADDRESS]\n"),
        ("--operator drop", ""),
        ("--dry-run", ""),
    ] {
        assert_eq!(redact(&format!("redact {flags}"), input).1, expected, "{flags}");
    }
    let (code, stdout, _) = redact("redact --fail-on-findings --dry-run", input);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(redact("redact --fail-on-findings", "clean\n").0, Some(0));
}

#[test]
fn what_was_encrypted_is_opened_with_the_key_and_leaves_a_line() {
    let input = "to ada@example.org\nand bob@example.org\n";
    let (_, sealed, _) = redact("redact --operator encrypt --key k1=env:REDACT_KEY", input);
    assert!(sealed.starts_with("to [EMAIL_ADDRESS:enc:k1:") && !sealed.contains('@'), "{sealed}");
    let (code, opened, stderr) = redact("reveal --key k1=env:REDACT_KEY", &sealed);
    assert_eq!((code, opened.as_str()), (Some(0), input));
    assert!(
        stderr.starts_with("audit: time=")
            && stderr.ends_with(" input=stdin opened=2 with key k1\n"),
        "{stderr}"
    );
    // A second pass leaves tokens alone; pseudonyms are the same wherever they are made.
    assert_eq!(redact("redact --operator encrypt --key k1=env:REDACT_KEY", &sealed).1, sealed);
    let pseudonym =
        |text: &str| redact("redact --operator pseudonym --key k1=env:REDACT_KEY", text).1;
    assert_eq!(pseudonym("ADA@example.org\n"), pseudonym("ada@example.org\n"));
    let (code, _, stderr) = redact("reveal --key k2=env:REDACT_KEY", &sealed);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("Error: -: line 1: a token was made with a key that was not given"),
        "{stderr}"
    );
}

#[test]
fn what_cannot_be_done_is_said_without_a_secret() {
    for (line, input, reason) in [
        ("redact --types NO_SUCH", "", "no type is called `NO_SUCH`"),
        ("redact --operator burn", "", "no operator is called `burn`"),
        ("redact --operator encrypt", "", "the operator encrypt needs a key"),
        ("redact --operator encrypt --key hunter2", "", "--key is ID=env:NAME or ID=file:PATH"),
        ("redact --operator encrypt --key k1=hunter2", "", "--key is ID=env:NAME or ID=file:PATH"),
        ("redact --key k1=env:NEVER_SET_IN_A_TEST", "", "NEVER_SET_IN_A_TEST is not set"),
        ("redact no-such-file", "", "no-such-file: "),
        ("redact --format json", "{\"a\":", "this is no JSON"),
        ("redact --format otlp-json", "{}", "it has no resourceSpans"),
        ("redact --format otlp-proto", "x", "this is no OTLP in protobuf"),
        ("redact --operator drop", "{\"a\":\"ada@example.org\"}", "would break JSON"),
        ("redact --format yaml", "", "invalid value 'yaml'"),
        ("reveal", "", "Error: "),
    ] {
        let (code, stdout, stderr) = redact(line, input);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{line}: {stderr}");
        assert!(stderr.contains(reason), "{line}: {stderr}");
    }
}

#[test]
fn a_private_key_over_many_lines_and_a_line_without_end_are_found() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7\n".repeat(20);
    let key = format!("-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\n");
    // The key stands across the place where what is read at once ends.
    let before = "clean line\n".repeat(5_957);
    let (_, stdout, _) = redact("redact --format text", &format!("{before}{key}after\n"));
    assert_eq!(stdout, format!("{before}[PRIVATE_KEY]\nafter\n"));
    let long = format!("{} ada@example.org {}", "word ".repeat(300_000), "word ".repeat(300_000));
    let (_, stdout, stderr) = redact("redact --format text --explain", &long);
    assert_eq!(stdout, long.replace("ada@example.org", "[EMAIL_ADDRESS]"));
    assert!(stderr.contains("stdin:1:1500002: EMAIL_ADDRESS"), "{stderr}");
}

#[test]
fn input_of_any_bytes_is_read_to_its_end() {
    for input in [
        &b"\n\x00\x01\x02"[..],
        b"\n",
        b"",
        b"\xff\xfe ada@example.org \x80",
        b"{\"a\"",
        b"[\n\n",
        b"{}\n{",
        b"\n\x12\n\x10aaaa",
        b"\n{\"a\":1}",
    ] {
        let (code, stdout, stderr) = raw("redact", input);
        assert_eq!(code, Some(0), "{input:?}: {stderr}");
        let expected = String::from_utf8_lossy(input).replace("ada@example.org", "[EMAIL_ADDRESS]");
        assert_eq!(String::from_utf8_lossy(&stdout), expected);
    }
}

/// A config with a processor of each kind of settings.
const PROCESSORS: &str = "yaml:{receivers: {otlp: {protocols: {grpc: }}}, processors: {pii_redaction/mask: {policy: p7, \
    action: {do: mask}, types_off: [CREDIT_CARD]}, pii_redaction/plain: }, exporters: {debug: }, service: {pipelines: \
    {traces: {receivers: [otlp], processors: [pii_redaction/mask], exporters: [debug]}}}}";

fn with_config(flags: &[&str], input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let args = [&["redact", "--config", PROCESSORS][..], flags].concat();
    let (code, stdout, stderr) = run_on(&args, &[], input);
    for secret in SECRETS {
        assert!(!stderr.contains(secret), "{flags:?}: {stderr}");
    }
    (code, stdout, stderr)
}

#[test]
fn a_processor_of_a_config_does_what_it_does_in_its_pipeline() {
    let text = b"to ada@example.org with 4111 1111 1111 1111\n";
    let (code, stdout, stderr) = with_config(&["--processor", "pii_redaction/mask"], text);
    assert_eq!(code, Some(0), "{stderr}");
    assert_eq!(String::from_utf8(stdout).unwrap(), "to ******** with 4111 1111 1111 1111\n");
    let span = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"n","attributes":[{"key":"note","value":{"stringValue":"to ada@example.org"}}]}]}]}]}"#;
    let (_, stdout, stderr) =
        with_config(&["--explain", "--processor", "pii_redaction/mask"], span.as_bytes());
    let json: serde_json::Value = serde_json::from_slice(&stdout).unwrap();
    let attributes = json["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["attributes"].clone();
    let attributes = attributes.as_array().unwrap();
    let value = |key: &str| {
        let found = attributes.iter().find(|pair| pair["key"] == key);
        found
            .map_or(String::new(), |pair| pair["value"]["stringValue"].as_str().unwrap().to_owned())
    };
    assert_eq!(value("note"), "to ********");
    assert_eq!(value("redaction.types"), "EMAIL_ADDRESS=1");
    assert_eq!(value("redaction.policy"), "p7");
    assert!(stderr.contains("attributes[\"note\"]") && stderr.contains("1 finding"), "{stderr}");
}

#[test]
fn which_processor_is_meant_has_to_be_said_where_there_are_several() {
    for (flags, said) in [
        (&[][..], "say which with --processor: pii_redaction/mask, pii_redaction/plain"),
        (&["--processor", "pii_redaction"], "the config has no such pii_redaction"),
        (&["--processor", "pii_redaction/plain", "--types", "EMAIL_ADDRESS"], "leave out --types"),
    ] {
        let (code, stdout, stderr) = with_config(flags, b"ada@example.org");
        assert_eq!((code, stdout.len()), (Some(1), 0), "{flags:?}");
        assert!(stderr.contains(said), "{flags:?}: {stderr}");
    }
    let (code, _, stderr) = redact("redact --processor pii_redaction", "x");
    assert!(code == Some(1) && stderr.contains("--config"), "{stderr}");
}
