//! Methods and messages over gRPC.

use acceptance::{
    Collector, Connection,
    client::{framed, whole},
    telemetry::{LOGS, METRICS, TRACES, logs, metrics, traces},
};
use bytes::Bytes;
use tonic::Code;

use super::NOP;

#[tokio::test]
async fn each_signal_has_its_service_and_no_other_exists() {
    let collector = Collector::start(NOP).await;
    let connection = Connection::open(collector.grpc().await).await;
    for (service, message, code) in [
        (TRACES, traces(&["a"]), Code::Ok),
        (METRICS, metrics(3), Code::Ok),
        (LOGS, logs(3), Code::Ok),
        (TRACES, Vec::new(), Code::Ok),
        (METRICS, Vec::new(), Code::Ok),
        (LOGS, Vec::new(), Code::Ok),
        // No pipeline of this signal uses the receiver.
        ("profiles.v1development.ProfilesService", Vec::new(), Code::Unimplemented),
        ("trace.v2.TraceService", Vec::new(), Code::Unimplemented),
        (TRACES, traces(&["a"])[..10].to_vec(), Code::InvalidArgument),
        (LOGS, b"{}".to_vec(), Code::InvalidArgument),
    ] {
        let answer = connection.export(service, &message).await;
        assert_eq!(answer.code(), code, "{service}: {:?}", answer.status);
    }
    for path in ["/", "/grpc.health.v1.Health/Check", "/opentelemetry.proto.collector.x/Export"] {
        let answer = connection.call(path, &[], whole(framed(&[], false))).await;
        assert_eq!(answer.code(), Code::Unimplemented, "{path}: {:?}", answer.status);
    }
    collector.stop().await;
}

#[tokio::test]
async fn frames_that_are_no_message_are_refused_and_the_connection_goes_on() {
    let collector = Collector::start(NOP).await;
    let connection = Connection::open(collector.grpc().await).await;
    let path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    let message = framed(&traces(&["a"]), false);
    for (what, body) in [
        ("nothing", Bytes::new()),
        ("half a prefix", message.slice(..3)),
        ("a prefix alone", message.slice(..5)),
        ("half a message", message.slice(..message.len() / 2)),
        ("two messages", [&message[..], &message[..]].concat().into()),
        ("an unknown flag", [&[7], &message[1..]].concat().into()),
        ("four gigabytes announced", Bytes::from_static(&[0, 255, 255, 255, 255, 1, 2, 3])),
    ] {
        let answer = connection.call(path, &[], whole(body)).await;
        assert_ne!(answer.code(), Code::Ok, "{what}");
        assert!(!answer.status.message().is_empty(), "{what}: {:?}", answer.status);
    }
    assert_eq!(connection.call(path, &[], whole(message)).await.code(), Code::Ok);
    collector.stop().await;
}
