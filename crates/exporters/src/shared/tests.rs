use std::time::Duration;

use net::status::status_with_retry_info;
use sdk::Signal;
use tonic::{Code, Status};

use super::{answer::is_retryable, *};

#[test]
fn statuses_are_tried_again_as_the_specification_says() {
    let again = [1, 4, 10, 11, 14, 15];
    for code in 1..=16 {
        let status = Status::new(Code::from_i32(code), "x");
        assert_eq!(is_retryable(&status), again.contains(&code), "{code}");
        assert_eq!(error_of(&status, 1).is_permanent(), !again.contains(&code), "{code}");
    }
    let throttled =
        status_with_retry_info(&Status::resource_exhausted("slow"), Duration::from_secs(3));
    assert!(is_retryable(&throttled));
    let error = error_of(&throttled, 1);
    assert_eq!(error.wait(), Some(Duration::from_secs(3)));
    assert_eq!(error.status().map(|status| status.message.as_str()), Some("slow"));
}

#[test]
fn the_words_of_a_backend_are_kept_in_part() {
    let error = error_of(&Status::internal("ä".repeat(5000)), 1);
    let kept = "ä".repeat(1024);
    assert_eq!(error.status().unwrap().message, kept);
    assert_eq!(error.message(), format!("rpc error: code = Internal desc = {kept}"));
}

#[test]
fn what_was_not_kept_is_read_in_both_encodings() {
    let proto = [10, 6, 8, 2, 18, 2, b'n', b'o'];
    let json = br#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}"#;
    for delivered in [
        partial_success_of(Signal::Traces, &proto, false).unwrap(),
        partial_success_of(Signal::Traces, json, true).unwrap(),
    ] {
        assert_eq!((delivered.rejected, delivered.message.as_str()), (2, "no"));
    }
    assert_eq!(partial_success_of(Signal::Logs, b"", true).unwrap().rejected, 0);
    assert!(partial_success_of(Signal::Logs, b"<html>", true).is_err());
    assert!(partial_success_of(Signal::Logs, b"<html>", false).is_err());
}

#[test]
fn endpoints_become_host_and_port() {
    let rows = [
        ("localhost:4317", "localhost", Some(4317)),
        ("https://tempo.example:443/x", "tempo.example", Some(443)),
        ("http://tempo.example/x", "tempo.example", None),
        ("dns:///a.b:1", "a.b", Some(1)),
        ("[::1]:4317", "[::1]", Some(4317)),
    ];
    for (endpoint, host, port) in rows {
        assert_eq!(host_and_port(endpoint), (host.to_owned(), port), "{endpoint}");
    }
}

#[test]
fn a_request_that_is_too_large_is_told_by_the_words_of_each_backend() {
    use Code::{InvalidArgument, OutOfRange, ResourceExhausted, Unavailable, Unknown};
    // As Tempo, Mimir, and the gRPC libraries of Go, C++, Java, .NET and Rust say it.
    let burst = "RATE_LIMITED: batch size (62886 bytes) exceeds ingestion limit (local: 15000 bytes/s, global: 0 \
                 bytes/s, burst: 20000 bytes) while adding 62886 bytes for user t";
    let mimir = "the tenant exceeded the ingestion rate limit, set to 2.5 items/s with a maximum allowed burst of 7. ";
    let rate = "RATE_LIMITED: ingestion rate limit (local: 15000 bytes, global: 0 bytes) exceeded while adding 10 bytes";
    let requests = "the request rate limit, set to 10 requests/s across all distributors with a maximum allowed burst of 5";
    let rows = [
        (ResourceExhausted, "grpc: received message larger than max (5036263 vs. 4194304)", true),
        (
            ResourceExhausted,
            "grpc: received message after decompression larger than max 4194304",
            true,
        ),
        (ResourceExhausted, "SERVER: Received message larger than max (5 vs. 4)", true),
        (ResourceExhausted, "gRPC message exceeds maximum size 4194304: 5036263", true),
        (ResourceExhausted, "Received message exceeds the maximum configured message size.", true),
        (
            OutOfRange,
            "Error, decoded message length too large: found 5 bytes, the limit is: 4 bytes",
            true,
        ),
        (InvalidArgument, "http: request body too large", true),
        (Unknown, "unexpected HTTP status code received from server: 413 Payload Too Large", true),
        (ResourceExhausted, burst, true),
        (ResourceExhausted, mimir, true),
        (ResourceExhausted, rate, false),
        (ResourceExhausted, requests, false),
        (ResourceExhausted, "slow down", false),
        (
            ResourceExhausted,
            "burst: x, batch size (y bytes), items/s with a maximum allowed burst of ",
            false,
        ),
        (ResourceExhausted, "batch size (99999999999999999999 bytes), burst: 1 bytes", false),
        // What is wrong with one record, not with the size of the request.
        (InvalidArgument, "max entry size '262144' bytes exceeded for stream", false),
        (Unavailable, "http: request body too large", false),
        (Unavailable, burst, false),
    ];
    for (code, text, too_large) in rows {
        let status = status_with_retry_info(&Status::new(code, text), Duration::from_secs(5));
        let error = error_of(&status, 8);
        assert_eq!(error.is_too_large(), too_large, "{text}");
        assert!(!too_large || error.is_permanent() && error.wait().is_none(), "{text}");
        let details = &error.status().unwrap().details;
        assert_eq!(details.is_empty(), too_large, "nobody is told to wait: {text}");
    }
    let within = error_of(&Status::resource_exhausted(mimir), 7);
    assert!(!within.is_too_large(), "a batch within the burst passes later");
}

#[test]
fn an_answer_that_means_a_wrong_setting_says_which() {
    let rows = [
        (Status::unavailable("no org id"), Some("X-Scope-OrgID")),
        (Status::unauthenticated("no org id"), Some("X-Scope-OrgID")),
        (Status::invalid_argument("multiple org IDs present"), Some("one tenant a request")),
        (Status::unauthenticated("who?"), Some("credentials are missing")),
        (Status::permission_denied(""), Some("may not write")),
        (Status::unimplemented("unknown service"), Some("over gRPC")),
        (Status::unavailable("busy"), None),
        (Status::invalid_argument("bad span"), None),
    ];
    for (status, expected) in rows {
        let error = error_of(&status, 1);
        let advice = error.advice();
        assert_eq!(advice.is_some(), expected.is_some(), "{status}");
        assert!(
            advice.is_none_or(|advice| advice.contains(expected.unwrap_or_default())),
            "{advice:?}"
        );
        assert_eq!(
            error.is_permanent(),
            !is_retryable(&status),
            "advice changes nothing: {status}"
        );
    }
}
