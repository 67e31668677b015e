use genai::ScopeDialect;
use sdk::{RecordKinds, Verdict};

use super::{
    Digest, Gist, KNOWN, SCOPES, Words, dialect_of, hand_on, kind_of, read, service_of,
    tracker::Kind, want_gists, want_readings, with_digest,
};

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

#[test]
fn what_is_handed_on_is_read_as_it_was_until_the_record_is_edited() {
    let batch = testkit::spans(
        "chat gpt-4o gen_ai.operation.name=chat gen_ai.system=openai gen_ai.request.model=gpt-4o \
         gen_ai.response.model=gpt-4o-2024-08-06 gen_ai.response.id=r1 gen_ai.usage.input_tokens=7 \
         gen_ai.response.finish_reasons=stop gen_ai.conversation.id=c1 error.type=timeout",
    );
    let scope = ScopeDialect::of(b"", b"");
    let mut asked = 0;
    pdata::rewrite(&batch, RecordKinds::SPAN, &mut |record, _| {
        asked += 1;
        let mut first = read(&scope, record).expect("it is GenAI telemetry");
        // Anything that no second look would find.
        first.trust = 77;
        record.attributes_mut().set(b"added", sdk::AnyValue::Int(1));
        want_readings();
        hand_on(record, &first, &scope);
        with_digest(&scope, record, |digest, words| {
            assert_eq!(format!("{digest:?}"), format!("{:?}", Digest::of(&first, &scope)));
            assert_eq!(*words, Words::of(&first));
        })
        .expect("it is handed on");
        with_digest(&scope, record, |digest, _| assert_ne!(digest.call.trust, 77))
            .expect("what is counted is completed, so it is handed on once");
        hand_on(record, &first, &scope);
        record.attributes_mut().set(b"added", sdk::AnyValue::Int(2));
        with_digest(&scope, record, |digest, _| {
            assert_ne!(digest.call.trust, 77, "it is something else now");
        })
        .expect("it is still GenAI telemetry");
        Verdict::Keep
    });
    assert_eq!(asked, 1);
}

#[test]
fn what_a_record_was_found_to_stand_for_holds_until_it_is_edited_and_for_no_other() {
    let batch = testkit::spans(
        "chat gpt-4o gen_ai.operation.name=chat gen_ai.request.model=gpt-4o\n\
         execute_tool search gen_ai.operation.name=execute_tool gen_ai.tool.name=search",
    );
    let mut told = Vec::new();
    pdata::rewrite(&batch, RecordKinds::SPAN, &mut |record, around| {
        let scope = dialect_of(around);
        told.push(kind_of(record, around));
        want_readings();
        with_digest(&scope, record, |digest, _| told.push(Some(digest.kind)));
        told.push(kind_of(record, around));
        record.attributes_mut().set(b"gen_ai.operation.name", sdk::AnyValue::Str(b"invoke_agent"));
        told.push(kind_of(record, around));
        Verdict::Keep
    });
    let of = |kind| [Some(kind), Some(kind), Some(kind), Some(Kind::Agent)];
    assert_eq!(told, [of(Kind::Call), of(Kind::Tool)].concat());
}

#[test]
fn the_gist_of_a_reading_holds_until_the_record_is_edited_and_is_that_of_a_reading_of_its_own() {
    want_gists();
    let batch = testkit::spans(
        "chat gpt-4o gen_ai.operation.name=chat gen_ai.request.model=gpt-4o \
         gen_ai.usage.input_tokens=7 gen_ai.usage.output_tokens=3\n\
         LLM openinference.span.kind=LLM llm.model_name=gpt-4o llm.token_count.prompt=9 \
         llm.token_count.prompt_details.cache_read=4 error.type=timeout\n\
         execute_tool search gen_ai.operation.name=execute_tool gen_ai.tool.name=search\n\
         GET http.request.method=GET",
    );
    let usage = testkit::record_processor::<crate::token_usage::TokenUsage>("");
    let mut known = Vec::new();
    pdata::rewrite(&batch, RecordKinds::SPAN, &mut |record, around| {
        assert_eq!(Gist::known(record), None, "nobody read it yet");
        let _ = sdk::RecordProcessor::process(&usage, record, around);
        let handed = Gist::known(record);
        let reading = genai::read(&dialect_of(around), record);
        assert_eq!(handed, reading.as_ref().map(Gist::of));
        known.push(handed.is_some());
        record.attributes_mut().set(b"gen_ai.usage.input_tokens", sdk::AnyValue::Int(1));
        assert_eq!(Gist::known(record), None, "it says something else now");
        Verdict::Keep
    });
    assert_eq!(known, [true, true, true, false]);
}

#[test]
fn every_span_is_told_the_service_of_its_own_resource() {
    let resource = |attributes: &str| {
        format!(
            r#"{{"resource":{{"attributes":[{attributes}]}},
            "scopeSpans":[{{"spans":[{{"name":"a"}},{{"name":"b"}}]}}]}}"#
        )
    };
    let named = |name| format!(r#"{{"key":"service.name","value":{{"stringValue":"{name}"}}}}"#);
    let resources = [resource(&named("shop")), resource(""), resource(&named("cart"))];
    let batch = testkit::traces(&format!(r#"{{"resourceSpans":[{}]}}"#, resources.join(",")));
    let mut told = Vec::new();
    pdata::rewrite(&batch, RecordKinds::SPAN, &mut |_, around| {
        told.push(String::from_utf8_lossy(service_of(around)).into_owned());
        Verdict::Keep
    });
    assert_eq!(told, ["shop", "shop", "", "", "cart", "cart"]);
}

/// Both processors, as a pipeline runs them.
fn both(batch: &sdk::Batch) -> String {
    let usage = testkit::record_processor::<crate::token_usage::TokenUsage>("");
    let runs = testkit::record_processor::<crate::agent_runs::AgentRuns>("");
    let after = pdata::rewrite(batch, RecordKinds::SPAN, &mut |record, around| {
        let _ = sdk::RecordProcessor::process(&usage, record, around);
        sdk::RecordProcessor::process(&runs, record, around)
    });
    testkit::json_of(&after.batch).to_string()
}

#[test]
fn what_is_remembered_of_other_dialects_and_models_changes_nothing() {
    let mut batches = Vec::new();
    for model in 0..24 {
        for words in [
            "gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=M \
             gen_ai.usage.input_tokens=7 gen_ai.usage.output_tokens=3",
            "openinference.span.kind=LLM llm.model_name=M llm.provider=anthropic \
             llm.token_count.prompt=7 llm.token_count.completion=3",
            "gen_ai.system=langchain gen_ai.operation.name=invoke_agent gen_ai.agent.name=M",
            "http.request.method=GET url.path=M",
        ] {
            // Known models, their dated names, and such as nobody knows.
            let name = match model % 4 {
                0 => "gpt-4o".to_owned(),
                1 => "claude-haiku-4-5-20251001".to_owned(),
                2 => format!("gpt-4o-2024-08-{:02}", model % 28 + 1),
                _ => format!("unheard-of-{model}"),
            };
            batches.push(testkit::spans(&format!("span {}", words.replace('M', &name))));
        }
    }
    // A thread of its own has nothing to remember.
    let fresh = |batch: &sdk::Batch| {
        std::thread::scope(|scope| scope.spawn(|| both(batch)).join().expect("it does not panic"))
    };
    for batch in batches.iter().chain(batches.iter().rev()) {
        assert_eq!(both(batch), fresh(batch));
    }
}
