use bytes::Bytes;
use pdata::Signal;

use super::*;

/// A batch of so many bytes.
fn batch(length: u8) -> Batch {
    let mut bytes = vec![10, length - 2];
    bytes.resize(usize::from(length), 0);
    Batch::written(Signal::Traces, Bytes::from(bytes), Arc::default())
}

#[test]
fn a_view_sees_what_passes_while_it_is_there() {
    let taps = Taps::default();
    let edge = taps.edge("traces");
    edge.show(&batch(3));
    let view = taps.watch("traces", 1000).unwrap();
    assert!(taps.watch("metrics", 1000).is_none());
    edge.show(&batch(4));
    edge.show(&batch(5));
    assert_eq!(view.take().map(|seen| seen.bytes().len()), Some(4));
    assert_eq!(view.take().map(|seen| seen.bytes().len()), Some(5));
    assert!(view.take().is_none());
    drop(view);
    assert!(!edge.is_watched.load(Ordering::Relaxed));
    assert_eq!(taps.names(), ["traces"]);
    drop(edge);
    assert!(taps.names().is_empty());
}

#[test]
fn what_there_is_no_room_for_is_skipped_and_counted() {
    let taps = Taps::default();
    let edge = taps.edge("traces");
    let (small, many) = (taps.watch("traces", 10).unwrap(), taps.watch("traces", 10_000).unwrap());
    for _ in 0..100 {
        edge.show(&batch(4));
    }
    assert_eq!((small.skipped(), many.skipped()), (98, 100 - BATCHES_MAX as u64));
    assert!(small.take().is_some());
    edge.show(&batch(4));
    assert_eq!(small.skipped(), 98);
}
