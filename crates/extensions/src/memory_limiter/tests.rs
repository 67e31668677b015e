use net::status::{Code, http_status_of, retry_info};
use sdk::ComponentKind;

use super::*;

testkit::extension_contract!(
    MemoryLimiter,
    include_str!("README.md"),
    "{check_interval: 1s, limit_mib: 100}"
);

fn context() -> BuildContext {
    testkit::context(ComponentKind::Extension, "memory_limiter")
}

fn limiter(yaml: &str, context: &BuildContext) -> MemoryLimiter {
    MemoryLimiter::new(testkit::settings(yaml), context.clone()).unwrap()
}

#[test]
fn settings_that_cannot_work_are_refused_in_the_words_of_the_processor() {
    testkit::check_refused::<Config>("limit_mib: 1", "'check_interval' must be greater than zero");
    testkit::check_refused::<Config>(
        "check_interval: 1s",
        "'limit_mib' or 'limit_percentage' must be greater than zero",
    );
}

#[test]
fn over_the_limit_requests_are_refused_and_told_when_to_come_back() {
    let context = context();
    let limiter = limiter("{check_interval: 1s, limit_mib: 100}", &context);
    let mut offered = Capabilities::default();
    limiter.provide(&mut offered);
    let gate = offered.get::<Arc<dyn ServerMiddleware>>().unwrap();
    assert!(gate.admit().is_ok());
    limiter.gate.limiter.observe(u64::MAX);
    let status = gate.admit().unwrap_err();
    assert_eq!(
        (status.code(), retry_info(&status)),
        (Code::ResourceExhausted, Some(COME_BACK_AFTER))
    );
    assert_eq!(http_status_of(status.code()).as_u16(), 429);
    limiter.gate.limiter.observe(0);
    assert!(gate.admit().is_ok());
    let name = "tollgate_memory_limiter_refused_requests";
    let line = format!("{name}{{extension=\"memory_limiter\"}} 1");
    assert_eq!(testkit::series(&context, name), [line]);
}

#[tokio::test(start_paused = true)]
async fn it_measures_while_it_runs_and_reports_a_change() {
    let context = context();
    // Below what any process uses, so that the first measurement refuses.
    let mut limiter = limiter("{check_interval: 1s, limit_mib: 1}", &context);
    Extension::start(&mut limiter, context.host.clone()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(limiter.gate.admit().is_err());
    let statuses = context.host.statuses();
    let message = Change::Refuse.message().to_owned();
    assert_eq!(statuses.len(), 1, "{statuses:?}");
    assert_eq!(statuses[0].status, Status::RecoverableError(message));
    Extension::shutdown(&mut limiter).await.unwrap();
    assert!(limiter.watch.is_none());
}
