//! The connector alone.

use testkit::{Answer, Sink};

use super::{
    super::RunEvents,
    rig::{Rig, names},
};

testkit::connector_contract!(RunEvents, "# agent_runs\n\n```yaml\n{}\n```\n");

const AGENT: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{
    "traceId":"5b8efff798038103d269b633813fc60c","spanId":"00000000000000a1","name":"invoke_agent a",
    "startTimeUnixNano":"1767323000000000000","endTimeUnixNano":"1767323001000000000",
    "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"invoke_agent"}}]}]}]}]}"#;

#[tokio::test(start_paused = true)]
async fn events_that_are_refused_come_again() {
    let sink = Sink::scripted([Answer::Fail(sdk::Error::refused("full"))]);
    let rig = Rig::with_sink("", sink).await;
    rig.pass(&testkit::traces(AGENT));
    rig.wait(1).await;
    assert_eq!(names(&rig.told()), ["started", "state_changed"], "refused");
    rig.wait(1).await;
    assert_eq!(names(&rig.told()), ["started", "state_changed"], "taken");
    assert_eq!(rig.metric("events{"), 2.0);
}

#[tokio::test(start_paused = true)]
async fn events_for_which_there_is_no_room_are_counted() {
    let rig = Rig::new("max_pending_events: 1").await;
    rig.pass(&testkit::traces(AGENT));
    assert_eq!(rig.metric("dropped_events"), 1.0);
    assert_eq!(names(&rig.stop().await), ["started"]);
}
