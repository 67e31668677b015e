use super::*;
use crate::wire::put_message;

fn spans(count: usize) -> Batch {
    let mut out = Vec::new();
    put_message(&mut out, 1, |out| {
        put_message(out, 2, |out| (0..count).for_each(|_| put_message(out, 2, |_| {})));
    });
    Batch::checked(Signal::Traces, out.into(), Arc::default()).unwrap()
}

#[test]
fn merged_batches_hold_the_records_of_all_in_order() {
    let merged = concat(&[spans(2), spans(3)], Arc::default()).unwrap();
    assert_eq!((merged.items(), merged.counts().resources), (5, 2));
    assert_eq!(merged.bytes()[..], [&spans(2).bytes()[..], spans(3).bytes()].concat());
    assert_eq!(crate::count(Signal::Traces, merged.bytes()), merged.counts());
}

#[test]
fn one_batch_alone_shares_its_bytes() {
    let batch = spans(1);
    let merged = concat(std::slice::from_ref(&batch), Arc::default()).unwrap();
    assert_eq!(merged.bytes().as_ptr(), batch.bytes().as_ptr());
}

#[test]
fn different_signals_and_profiles_are_refused() {
    let empty = |signal| Batch::written(signal, Bytes::new(), Arc::default());
    let mixed = concat(&[empty(Signal::Logs), empty(Signal::Traces)], Arc::default());
    assert_eq!(mixed.unwrap_err(), ConcatError::Signals(Signal::Logs, Signal::Traces));
    let profiles = concat(&[empty(Signal::Profiles), empty(Signal::Profiles)], Arc::default());
    assert_eq!(profiles.unwrap_err(), ConcatError::Profiles);
}
