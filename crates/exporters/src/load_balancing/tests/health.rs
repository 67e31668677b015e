//! Backends that do not answer, and those that refuse.

use net::status::{Code, Status, status_with_retry_info};
use sdk::Status as Doing;
use testkit::Reply;

use super::*;

const QUICK: &str = "health: {interval: 5ms, timeout: 50ms, failures: 3}";

/// A port where nobody listens.
fn closed() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn doing(context: &BuildContext) -> Doing {
    context.host.statuses().last().unwrap().status.clone()
}

fn metric(context: &BuildContext, name: &str) -> String {
    let line = testkit::series(context, name).remove(0);
    line.rsplit(' ').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_for_a_backend_that_is_gone_goes_to_the_others() {
    let backend = Backend::start([]).await;
    let (gone, up) = (closed(), backend.address());
    let resolver = format!("static: {{hostnames: ['{gone}', '{up}']}}");
    let (exporter, context) = exporter_to(&resolver, "", QUICK).await;
    let batch = batch(40, 2);
    Exporter::export(&exporter, batch.clone()).await.unwrap();
    let requests: Vec<_> =
        backend.take().into_iter().filter(|request| !request.body.is_empty()).collect();
    assert_eq!(requests.len(), 2, "its own part, and that of the other");
    let arrived = traces(&requests);
    assert!(arrived.len() == 40 && arrived.values().all(|spans| *spans == 2), "{arrived:?}");
    assert_eq!(metric(&context, "tollgate_loadbalancer_backends_out"), "1");
    let rerouted: usize = metric(&context, "tollgate_loadbalancer_rerouted_items").parse().unwrap();
    assert!((20..60).contains(&rerouted), "{rerouted} of 80");
    let told = doing(&context);
    let expected = format!("1 of 2 backends do not answer: {gone}");
    assert_eq!(told, Doing::RecoverableError(expected));
    // From now on nothing waits for it.
    Exporter::export(&exporter, batch.clone()).await.unwrap();
    let requests = backend.take();
    assert_eq!((requests.len(), &requests[0].body), (1, batch.bytes()));
}

#[tokio::test]
async fn a_backend_that_answers_again_gets_its_share_back_and_no_trace_before_that_moved() {
    let (silent, other) = (Backend::start([]).await, Backend::start([]).await);
    let resolver =
        format!("static: {{hostnames: ['{}', '{}']}}", silent.address(), other.address());
    let (exporter, context) = exporter_to(&resolver, "timeout: 50ms", QUICK).await;
    Exporter::export(&exporter, batch(40, 1)).await.unwrap();
    let before = traces(&silent.take());
    assert!(!before.is_empty());
    drop(other.take());
    // The request, and three empty ones.
    silent.reply([Reply::Hang, Reply::Hang, Reply::Hang, Reply::Hang]);
    Exporter::export(&exporter, batch(40, 1)).await.unwrap();
    let mut both = other.take();
    both.retain(|request| !request.body.is_empty());
    assert_eq!(traces(&both).len(), 40, "while it is out the other has all");
    let state = &exporter.state;
    while state.backends().iter().any(|backend| backend.health() == Health::Out) {
        tokio::task::yield_now().await;
    }
    while doing(&context) != Doing::Ok {
        tokio::task::yield_now().await;
    }
    drop(silent.take());
    Exporter::export(&exporter, batch(40, 1)).await.unwrap();
    let mut after = silent.take();
    after.retain(|request| !request.body.is_empty());
    assert_eq!(traces(&after), before);
}

#[tokio::test]
async fn a_backend_that_was_only_late_keeps_its_share() {
    let (late, other) = (Backend::start([]).await, Backend::start([]).await);
    let resolver = format!("static: {{hostnames: ['{}', '{}']}}", late.address(), other.address());
    let (exporter, context) = exporter_to(&resolver, "timeout: 50ms", QUICK).await;
    // Its part is not answered; the empty request is.
    late.reply([Reply::Hang]);
    Exporter::export(&exporter, batch(40, 1)).await.unwrap();
    let mut requests = late.take();
    requests.retain(|request| !request.body.is_empty());
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!(metric(&context, "tollgate_loadbalancer_rerouted_items"), "0");
    assert_eq!(other.take().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_an_answer_and_only_what_was_refused_is_still_to_be_sent() {
    let throttled = status_with_retry_info(&Status::unavailable("full"), Duration::from_secs(7));
    for (refusal, is_permanent) in [
        (Status::unavailable("busy"), false),
        (throttled, false),
        (Status::new(Code::InvalidArgument, "no"), true),
    ] {
        let (refusing, taking) = (Backend::start([]).await, Backend::start([]).await);
        let (exporter, context) = exporter(&[&refusing, &taking], QUICK).await;
        refusing.reply([Reply::Status(refusal.clone())]);
        let batch = batch(40, 2);
        let mut error = Exporter::export(&exporter, batch).await.unwrap_err();
        assert_eq!(error.is_permanent(), is_permanent, "{refusal:?}");
        assert_eq!(error.wait().is_some(), !refusal.details().is_empty());
        let rest = error.take_rest().unwrap();
        let refused = refusing.take();
        assert_eq!((refused.len(), &refused[0].body), (1, rest.batch.bytes()));
        assert_eq!(traces(&taking.take()).len() + traces(&refused).len(), 40);
        assert_eq!(metric(&context, "tollgate_loadbalancer_backends_out"), "0");
        Exporter::export(&exporter, rest.batch).await.unwrap();
        assert_eq!((traces(&refusing.take()), taking.take().len()), (traces(&refused), 0));
    }
}

#[tokio::test]
async fn what_can_never_be_taken_does_not_end_the_retries_of_the_others() {
    let (never, later) = (Backend::start([]).await, Backend::start([]).await);
    let (exporter, _) = exporter(&[&never, &later], "").await;
    never.reply([Reply::Status(Status::new(Code::InvalidArgument, "no"))]);
    later.reply([Reply::Status(Status::unavailable("busy"))]);
    let mut error = Exporter::export(&exporter, batch(40, 1)).await.unwrap_err();
    assert!(!error.is_permanent() && error.take_rest().is_none(), "{error}");
    never.reply([Reply::Status(Status::new(Code::InvalidArgument, "no"))]);
    let mut error = Exporter::export(&exporter, batch(40, 1)).await.unwrap_err();
    assert!(error.is_permanent());
    assert_eq!(error.take_rest().unwrap().batch.items() + traces(&later.take()[1..]).len(), 40);
}

#[tokio::test]
async fn with_nobody_left_the_batch_is_refused_whole_and_may_be_tried_again() {
    let resolver = format!("static: {{hostnames: ['{}', '{}']}}", closed(), closed());
    let (exporter, _) = exporter_to(&resolver, "", QUICK).await;
    for _ in 0..2 {
        let mut error = Exporter::export(&exporter, batch(10, 1)).await.unwrap_err();
        assert!(!error.is_permanent() && error.take_rest().is_none(), "{error}");
    }
}

#[tokio::test]
async fn what_a_backend_did_not_keep_adds_up() {
    // An `ExportTraceServiceResponse` with one span rejected.
    let reply = || Reply::Message(bytes::Bytes::from_static(&[10, 2, 8, 1]));
    let backends = [Backend::start([reply()]).await, Backend::start([reply()]).await];
    let (exporter, _) = exporter(&backends.each_ref(), "").await;
    let delivered = Exporter::export(&exporter, batch(40, 1)).await.unwrap();
    assert_eq!(delivered.rejected, 2);
}

#[tokio::test]
async fn what_a_backend_calls_too_large_is_to_be_split_and_the_others_parts_are_not_sent_again() {
    let (narrow, wide) = (Backend::start([]).await, Backend::start([]).await);
    let (exporter, _) = exporter(&[&narrow, &wide], "").await;
    let words = "grpc: received message larger than max (5 vs. 4)";
    narrow.reply([Reply::Status(Status::resource_exhausted(words))]);
    let mut error = Exporter::export(&exporter, batch(40, 1)).await.unwrap_err();
    assert!(error.is_too_large(), "{error}");
    let rest = error.take_rest().unwrap();
    assert_eq!(traces(&wide.take()).len() + rest.batch.items(), 40);
    assert_eq!(traces(&narrow.take()).len(), rest.batch.items());
}
