use sdk::{ComponentKind, Consumer as _, Error, Status};

use super::*;

#[test]
fn the_notation_reads_and_writes_the_same_lines() {
    let lines = "resource service.name=shop\nGET /cart status=200 ok=true text=\"7\" half=0.5\n\
                 resource service.name=bank\npay";
    for batch in [spans(lines), log_records(lines), gauges(lines)] {
        assert_eq!(batch.items(), 2, "{}", batch.signal());
        assert_eq!(text(&batch), lines);
    }
}

#[test]
fn requests_tell_their_signal() {
    let request =
        r#"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"x"}}]}]}]}"#;
    let found = batch(request);
    assert_eq!((found.signal(), found.items()), (sdk::Signal::Logs, 1));
    assert_eq!(
        json_of(&found)["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["body"]["stringValue"],
        "x"
    );
}

#[test]
fn the_context_is_the_same_in_every_test_and_keeps_statuses() {
    let context = context(ComponentKind::Processor, "batch/2");
    let since = context.clock.now().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!((since.as_secs(), context.id.to_string().as_str()), (NOW, "batch/2"));
    context.report(Status::Ok);
    context.report(Status::Stopping);
    let statuses: Vec<_> = context.host.statuses().into_iter().map(|event| event.status).collect();
    assert_eq!(statuses, [Status::Ok, Status::Stopping]);
}

#[test]
fn the_example_is_the_first_yaml_block() {
    assert_eq!(example("# x\n\n```rust\n```\n```yaml\na: 1\n```\n```yaml\nb: 2\n```\n"), "a: 1\n");
}

#[test]
fn a_sink_answers_by_script_and_keeps_everything() {
    contract::block_on_paused(async {
        let sink = Sink::scripted([Answer::Fail(Error::refused("full")), Answer::Take]);
        assert_eq!(sink.consume(spans("a")).await.unwrap_err().to_string(), "full");
        assert!(sink.consume(spans("b\nc")).await.is_ok());
        sink.answer([Answer::Hang]);
        let hangs = sink.consume(spans("d"));
        let wait = std::time::Duration::from_secs(3600);
        assert!(tokio::time::timeout(wait, hangs).await.is_err());
        sink.received(3).await;
        assert_eq!(sink.items(), [1, 2, 1]);
        assert_eq!((sink.take().len(), sink.batches().len()), (3, 0));
    });
}

#[test]
fn a_backend_answers_by_script_and_keeps_requests() {
    contract::block_on(async {
        let reply = Reply::http(503, "text/plain", "busy").with_header("retry-after", "7");
        let backend = Backend::start([reply]).await;
        let address = backend.address();
        let busy = exchange(&address, "POST /v1/logs", &["x-a: b"], b"hello").await;
        assert_eq!((busy.status, busy.header("retry-after")), (503, "7"));
        assert_eq!(busy.body, "busy");
        assert_eq!(exchange(&address, "POST /", &[], b"").await.status, 200);
        let requests = backend.take();
        assert_eq!((requests[0].path.as_str(), &requests[0].body[..]), ("/v1/logs", &b"hello"[..]));
        assert_eq!(requests.len(), 2);
        assert_eq!(requests[0].headers["x-a"], "b");
    });
}
