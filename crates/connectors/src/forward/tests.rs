use sdk::{ComponentKind, Signal};
use testkit::{Answer, Sink};

use super::*;

testkit::connector_contract!(Forward, include_str!("README.md"));

fn forward() -> Forward {
    let context = testkit::context(ComponentKind::Connector, "forward");
    Forward::new(Config {}, context).unwrap()
}

#[tokio::test]
async fn a_batch_passes_as_it_is() {
    let sink = Sink::default();
    for batch in [testkit::spans("a k=v"), testkit::log_records("b"), testkit::gauges("c")] {
        Connector::consume(&forward(), batch.clone(), &sink.outputs()).await.unwrap();
        let passed = sink.take();
        assert_eq!((passed[0].signal(), passed[0].bytes()), (batch.signal(), batch.bytes()));
        assert_eq!(passed[0].bytes().as_ptr(), batch.bytes().as_ptr(), "the same memory");
    }
}

#[tokio::test]
async fn a_failure_behind_it_is_heard_in_front_of_it() {
    let sink = Sink::scripted([Answer::Fail(Error::refused("full"))]);
    let answer = Connector::consume(&forward(), testkit::spans("a"), &sink.outputs()).await;
    assert_eq!(answer.unwrap_err().to_string(), "full");
}

#[tokio::test]
async fn a_signal_that_nobody_takes_is_refused_for_good() {
    let outputs = Sink::default().outputs_for(&[Signal::Logs]);
    let error = Connector::consume(&forward(), testkit::spans("a"), &outputs).await.unwrap_err();
    assert_eq!(error.to_string(), "Permanent error: no pipeline takes traces");
}
