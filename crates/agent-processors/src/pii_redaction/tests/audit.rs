//! What is told about what was done.

use super::*;

#[test]
fn counts_by_type_are_written_and_never_values() {
    let rig = Rig::new("{policy: chat, audit: keys}");
    let left = rig.spans("pay to=jane.doe@example.org from=john@example.org card=4111111111111111");
    assert_eq!(
        left,
        "pay to=[EMAIL_ADDRESS] from=[EMAIL_ADDRESS] card=[CREDIT_CARD] redaction.types=CREDIT_CARD=1,EMAIL_ADDRESS=2 \
         redaction.policy=chat redaction.version=0.0.0 redaction.masked.keys=to,from,card redaction.masked.count=3"
    );
}

#[test]
fn a_second_processor_adds_to_what_the_first_wrote() {
    let first = Rig::new("types_off: [CREDIT_CARD]");
    let second = Rig::new("{}");
    let batch = testkit::spans("pay to=jane.doe@example.org card=4111111111111111");
    let left = testkit::text(&second.redact(&first.redact(&batch)));
    assert!(left.contains("redaction.types=CREDIT_CARD=1,EMAIL_ADDRESS=1 "), "{left}");
    assert!(left.contains("redaction.masked.count=2"), "{left}");
    assert_eq!(left.matches("redaction.types").count(), 1);
}

#[test]
fn nothing_hides_in_a_report() {
    let rig = Rig::new("{}");
    let left = rig.spans("pay redaction.types=jane.doe@example.org=1 redaction.truncated=jane.doe@example.org redaction.masked.keys=john@example.org");
    assert!(!left.contains("example.org"), "{left}");
}

#[test]
fn findings_are_counted_by_type_action_signal_and_place() {
    let rig = Rig::new("{audit: none, rules: [{types: [IBAN], action: {do: detect}}]}");
    rig.processor.redact(&testkit::spans("to:jane.doe@example.org iban=DE89370400440532013000"));
    rig.processor.redact(&testkit::log_records("mail:jane.doe@example.org"));
    let series = rig.series("otelcol_processor_pii_redaction_findings");
    let labels = |action: &str, field: &str, signal: &str, kind: &str| {
        format!(
            r#"{{action="{action}",field="{field}",processor="pii_redaction",signal="{signal}",type="{kind}"}} 1"#
        )
    };
    for wanted in [
        labels("replace", "field", "traces", "EMAIL_ADDRESS"),
        labels("detect", "attribute", "traces", "IBAN"),
        labels("replace", "body", "logs", "EMAIL_ADDRESS"),
    ] {
        assert!(series.iter().any(|line| line.ends_with(&wanted)), "{wanted} in {series:#?}");
    }
    assert!(!series.join("").contains("jane"));
}

#[test]
fn a_dry_run_counts_and_changes_nothing() {
    let rig = Rig::new("{dry_run: true, content: {mode: drop, max_bytes: 4, stream_chunks: drop}}");
    let batch = testkit::spans("pay to=jane.doe@example.org gen_ai.prompt=hello");
    assert_eq!(rig.processor.redact(&batch).bytes().as_ptr(), batch.bytes().as_ptr());
    let series = rig.series("otelcol_processor_pii_redaction_findings").join("");
    assert!(series.contains(r#"action="detect""#), "{series}");
}

#[test]
fn what_cannot_be_searched_does_not_pass() {
    let mut rig = Rig::new(QUIET);
    rig.processor.core.fault =
        Some(|text| assert!(!text.starts_with(b"fault"), "as the test wants"));
    let left = rig.processor.redact(&testkit::spans("fault:name a=fault:value fault1=x b=fine"));
    assert_eq!(testkit::text(&left), "[REDACTION_ERROR] a=[REDACTION_ERROR] b=fine");
    assert!(rig.series("otelcol_processor_pii_redaction_errors").join("").ends_with(" 3"));
    let mut open = Rig::new("{audit: none, on_error: open}");
    open.processor.core.fault = rig.processor.core.fault;
    let left = open.processor.redact(&testkit::spans("fault:name a=fault:value"));
    assert_eq!(testkit::text(&left), "fault:name a=fault:value");
}

#[test]
fn a_text_over_the_limit_does_not_pass() {
    let rig = Rig::new("{audit: none, max_text_bytes: 10}");
    assert_eq!(rig.value("a", "0123456789"), "0123456789");
    assert_eq!(rig.processor.redact(&testkit::spans("x a=abcdefghijk")).bytes().len(), {
        let left = testkit::spans("x a=[REDACTION_ERROR]");
        left.bytes().len()
    });
}
