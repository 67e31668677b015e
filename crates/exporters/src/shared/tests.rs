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
        assert_eq!(error_of(&status).is_permanent(), !again.contains(&code), "{code}");
    }
    let throttled =
        status_with_retry_info(&Status::resource_exhausted("slow"), Duration::from_secs(3));
    assert!(is_retryable(&throttled));
    let error = error_of(&throttled);
    assert_eq!(error.wait(), Some(Duration::from_secs(3)));
    assert_eq!(error.status().map(|status| status.message.as_str()), Some("slow"));
}

#[test]
fn the_words_of_a_backend_are_kept_in_part() {
    let error = error_of(&Status::internal("ä".repeat(5000)));
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
