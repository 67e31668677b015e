use genai::ScopeDialect;
use sdk::{RecordKinds, Verdict};

use super::{KNOWN, SCOPES, dialect_of, read};

/// What each span of a batch of these scopes is told.
fn dialects(scopes: &[String]) -> Vec<ScopeDialect> {
    let groups = scopes.iter().map(|name| {
        format!(r#"{{"scope":{{"name":"{name}"}},"spans":[{{"name":"a"}},{{"name":"b"}}]}}"#)
    });
    let groups: Vec<_> = groups.collect();
    let batch = testkit::traces(&format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{}]}}]}}"#,
        groups.join(",")
    ));
    let mut told = Vec::new();
    pdata::rewrite(&batch, RecordKinds::SPAN, &mut |_, around| {
        told.push(dialect_of(around));
        Verdict::Keep
    });
    told
}

#[test]
fn every_span_is_told_what_its_own_scope_speaks() {
    let mut scopes: Vec<_> = (0..3 * SCOPES).map(|at| format!("scope.{at}")).collect();
    scopes.push("strands-agents".to_owned());
    scopes.push("x".repeat(10_000));
    scopes.push(String::new());
    let expected = scopes.iter().flat_map(|name| [ScopeDialect::of(name.as_bytes(), b""); 2]);
    assert_eq!(dialects(&scopes), expected.collect::<Vec<_>>());
}

#[test]
fn no_more_scopes_are_remembered_than_there_is_room_for() {
    let scopes: Vec<_> = (0..100).map(|at| format!("scope.{at}")).collect();
    dialects(&scopes);
    dialects(&["x".repeat(10_000)]);
    KNOWN.with_borrow(|known| {
        assert_eq!(known.len(), SCOPES);
        assert!(known.find(|scope| scope.name.len() > 100).is_none());
    });
}

#[test]
fn what_is_not_genai_telemetry_is_found_out_once_and_forgotten_when_it_is_edited() {
    let batch = testkit::traces(
        r#"{"resourceSpans":[{"scopeSpans":[{"spans":[
        {"traceId":"5b8efff798038103d269b633813fc60c","spanId":"0102030405060708","name":"GET /"}]}]}]}"#,
    );
    let scope = ScopeDialect::of(b"", b"");
    let mut asked = 0;
    pdata::rewrite(&batch, RecordKinds::SPAN, &mut |record, _| {
        asked += 1;
        assert!(read(&scope, record).is_none() && read(&scope, record).is_none());
        let mut attributes = record.attributes_mut();
        attributes.set(b"gen_ai.operation.name", sdk::AnyValue::Str(b"chat"));
        assert!(read(&scope, record).is_some(), "it is something else now");
        Verdict::Keep
    });
    assert_eq!(asked, 1);
}
