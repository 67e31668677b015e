use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use prost::Message as _;
use tonic::{Code, Status};

use super::*;

#[test]
fn grpc_codes_become_http_statuses() {
    let expected = [
        (Code::Ok, 200),
        (Code::Cancelled, 503),
        (Code::Unknown, 500),
        (Code::InvalidArgument, 400),
        (Code::DeadlineExceeded, 503),
        (Code::NotFound, 500),
        (Code::AlreadyExists, 500),
        (Code::PermissionDenied, 403),
        (Code::ResourceExhausted, 429),
        (Code::FailedPrecondition, 500),
        (Code::Aborted, 503),
        (Code::OutOfRange, 503),
        (Code::Unimplemented, 404),
        (Code::Internal, 500),
        (Code::Unavailable, 503),
        (Code::DataLoss, 503),
        (Code::Unauthenticated, 401),
    ];
    for (code, status) in expected {
        assert_eq!(http_status_of(code).as_u16(), status, "{code:?}");
    }
}

#[test]
fn http_statuses_become_grpc_codes() {
    let expected = [
        (400, Code::InvalidArgument),
        (401, Code::Unauthenticated),
        (403, Code::PermissionDenied),
        (404, Code::Unimplemented),
        (409, Code::Unknown),
        (418, Code::Unknown),
        (429, Code::ResourceExhausted),
        (500, Code::Unknown),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::Unavailable),
    ];
    for (status, code) in expected {
        assert_eq!(code_of_http(status), code, "{status}");
    }
    assert_eq!(code_of_grpc_http(400), Code::Internal);
    assert_eq!(code_of_grpc_http(429), Code::Unavailable);
}

#[test]
fn retry_info_survives_the_wire_and_replaces_an_earlier_one() {
    let first = status_with_retry_info(&Status::unavailable("full"), Duration::from_secs(3));
    let second = status_with_retry_info(&first, Duration::from_millis(1500));
    let mut headers = HeaderMap::new();
    status_to_headers(&second, &mut headers);
    let read = status_from_headers(&headers).unwrap();
    assert_eq!((read.code(), read.message()), (Code::Unavailable, "full"));
    assert_eq!(retry_info(&read), Some(Duration::from_millis(1500)));
    assert_eq!(rpc::decode(read.details()).unwrap().details.len(), 1);
    assert_eq!(retry_info(&Status::unavailable("none")), None);
}

#[test]
fn retry_info_is_read_as_tonic_reads_it() {
    // The bytes of google.rpc.Status{14, "x", [Any(RetryInfo{7.5 s})]}, as protoc writes them.
    let info = b"\x0a\x08\x08\x07\x10\x80\xca\xb5\xee\x01";
    let mut any = b"\x0a\x28type.googleapis.com/google.rpc.RetryInfo\x12\x0a".to_vec();
    any.extend_from_slice(info);
    let mut details = b"\x08\x0e\x12\x01x\x1a".to_vec();
    details.push(u8::try_from(any.len()).unwrap());
    details.extend_from_slice(&any);
    let status = Status::with_details(Code::Unavailable, "x", Bytes::from(details.clone()));
    assert_eq!(retry_info(&status), Some(Duration::from_millis(7500)));
    let written = status_with_retry_info(&Status::unavailable("x"), Duration::from_millis(7500));
    assert_eq!(written.details(), details);
}

#[test]
fn retry_after_is_told_only_for_throttling() {
    let wait = |status: Status, millis| {
        let status = status_with_retry_info(&status, Duration::from_millis(millis));
        retry_after_value(&status).map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(wait(Status::unavailable(""), 0).as_deref(), Some("0"));
    assert_eq!(wait(Status::unavailable(""), 1200).as_deref(), Some("2"));
    assert_eq!(wait(Status::resource_exhausted(""), 5000).as_deref(), Some("5"));
    assert_eq!(wait(Status::internal(""), 5000), None);
    assert_eq!(retry_after_value(&Status::unavailable("")), None);
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    let read = |text| parse_retry_after(&HeaderValue::from_static(text), now);
    assert_eq!(read("30"), Some(Duration::from_secs(30)));
    assert_eq!(read("0"), Some(Duration::ZERO));
    assert_eq!(read("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
    assert_eq!(read("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
    assert_eq!(read("99999999999"), Some(Duration::from_secs(86_400)));
    assert_eq!(read(""), None);
    assert_eq!(read("soon"), None);
    assert_eq!(read("-1"), None);
}

#[test]
fn a_status_is_a_google_rpc_status_in_both_forms() {
    let status = Status::invalid_argument("bad \"body\"\n\u{1}");
    assert_eq!(
        rpc_status_proto(&status),
        Bytes::from_static(b"\x08\x03\x12\x0cbad \"body\"\n\x01")
    );
    assert_eq!(rpc_status_json(&status), r#"{"code":3,"message":"bad \"body\"\n\u0001"}"#);
    let throttled =
        status_with_retry_info(&Status::unavailable("full"), Duration::from_millis(1500));
    let json: serde_json::Value = serde_json::from_slice(&rpc_status_json(&throttled)).unwrap();
    let expected = serde_json::json!({
        "code": 14, "message": "full",
        "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "1.500s"}],
    });
    assert_eq!(json, expected);
    assert_eq!(rpc_status_json(&Status::ok("")), "{}");
}

#[test]
fn a_google_rpc_status_is_read_back_within_bounds() {
    let throttled = status_with_retry_info(&Status::unavailable("full"), Duration::from_secs(2));
    let read = rpc_status_from_proto(&rpc_status_proto(&throttled)).unwrap();
    assert_eq!((read.code(), read.message()), (Code::Unavailable, "full"));
    assert_eq!(retry_info(&read), Some(Duration::from_secs(2)));
    let long = vec![0; (64 << 10) + 1];
    assert_eq!(rpc_status_from_proto(&long).unwrap_err(), StatusDecodeError::TooLong(65_537));
    assert!(rpc_status_from_proto(b"\x0a").is_err());
}

#[test]
fn hostile_trailers_neither_panic_nor_fail() {
    let mut headers = HeaderMap::new();
    headers.insert("grpc-status", HeaderValue::from_static("not a number"));
    headers.insert("grpc-message", HeaderValue::from_static("%zz%ff%E4%B8%96"));
    headers.insert("grpc-status-details-bin", HeaderValue::from_static("!not base64!"));
    let status = status_from_headers(&headers).unwrap();
    assert_eq!(status.code(), Code::Unknown);
    assert!(status.message().ends_with('世'));
    assert!(status.details().is_empty());
    assert!(status_from_headers(&HeaderMap::new()).is_none());
}

#[test]
fn a_status_too_long_for_headers_is_cut() {
    let details = Bytes::from(vec![1; 10_000]);
    let status = Status::with_details(Code::Internal, "ü".repeat(10_000), details);
    let mut headers = HeaderMap::new();
    status_to_headers(&status, &mut headers);
    let read = status_from_headers(&headers).unwrap();
    assert_eq!(read.message().len(), 4096);
    assert!(read.details().is_empty());
}

proptest! {
    #[test]
    fn headers_are_those_that_tonic_reads(code in 0_i32..17, message in ".{0,100}", details in prop::collection::vec(any::<u8>(), 0..100)) {
        let status = Status::with_details(Code::from_i32(code), message, Bytes::from(details));
        let mut ours = HeaderMap::new();
        status_to_headers(&status, &mut ours);
        // tonic insists on details without padding, which is what both of us write.
        let mut theirs = HeaderMap::new();
        status.add_header(&mut theirs).unwrap();
        for headers in [ours, theirs] {
            let read = status_from_headers(&headers).unwrap();
            prop_assert_eq!(read.code(), status.code());
            prop_assert_eq!(read.message(), status.message());
            prop_assert_eq!(read.details(), status.details());
        }
    }

    #[test]
    fn any_bytes_can_be_offered_as_a_status(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = rpc_status_from_proto(&bytes);
        let status = Status::with_details(Code::Unavailable, "", Bytes::from(bytes));
        let _ = retry_info(&status);
        let _ = retry_after_value(&status);
        let json: serde_json::Value = serde_json::from_slice(&rpc_status_json(&status)).unwrap();
        prop_assert!(json.is_object());
        prop_assert!(rpc::RpcStatus::decode(rpc_status_proto(&status)).is_ok());
    }
}
