use super::*;

#[test]
fn a_combined_error_is_permanent_if_any_is_and_keeps_a_status() {
    let status =
        GrpcStatus { code: Code::ResourceExhausted, message: "full".into(), details: Bytes::new() };
    let combined = Error::combined([
        Error::refused("a").retry_after(Duration::from_secs(1)),
        Error::permanent("b").with_status(status.clone()),
        Error::refused("c").retry_after(Duration::from_secs(3)),
    ])
    .unwrap();
    assert_eq!(combined.to_string(), "Permanent error: a; b; c");
    assert_eq!(combined.wait(), Some(Duration::from_secs(3)));
    assert_eq!(combined.status(), Some(&status));
    assert!(Error::combined([]).is_none());
}

#[test]
fn codes_are_known_by_number_and_others_are_unknown() {
    for number in 0..=16 {
        assert_eq!(Code::from_number(number) as i32, number);
    }
    assert_eq!(Code::from_number(99), Code::Unknown);
}

#[test]
fn words_in_front_leave_the_mark_of_permanence_where_it_was() {
    let error = Error::permanent("no such field").context("not retryable error").context("otlp");
    assert!(error.is_permanent());
    assert_eq!(error.to_string(), "otlp: not retryable error: Permanent error: no such field");
    assert_eq!(Error::refused("full").context("otlp").to_string(), "otlp: full");
}

#[test]
fn what_is_too_large_is_permanent_and_not_waited_for() {
    let error = Error::refused("big").retry_after(Duration::from_secs(1)).too_large();
    assert!(error.is_permanent() && error.is_too_large());
    assert_eq!(error.wait(), None);
    let combined = Error::combined([Error::refused("busy").advise("set it"), error]).unwrap();
    assert!(combined.is_too_large());
    assert_eq!(combined.advice(), Some("set it"));
    assert!(combined.context("x").is_too_large());
}
