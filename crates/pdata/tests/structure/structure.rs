//! What must hold for any bytes whatever; also the body of the fuzz target.

use std::sync::Arc;

use bytes::Bytes;
use pdata::{Batch, BatchBuilder, Limit, Signal, check, concat, count, for_each_record, split};

/// Takes the bytes as a request of every signal. Nothing panics, nothing is lost, and what the
/// check lets pass stays as it is.
pub(crate) fn structure(input: &[u8]) {
    for signal in Signal::ALL {
        let Ok(checked) = check(signal, Bytes::copy_from_slice(input)) else { continue };
        let again = check(signal, checked.bytes.clone()).unwrap();
        assert_eq!(again.bytes.as_ptr(), checked.bytes.as_ptr(), "normalised at once");
        assert_eq!(again.counts, checked.counts);
        assert_eq!(count(signal, &checked.bytes), checked.counts);
        let batch = Batch::checked(signal, checked.bytes, Arc::default()).unwrap();
        splits(&batch);
        if signal != Signal::Profiles {
            joins(&batch);
            regroups(&batch);
        }
    }
}

fn splits(batch: &Batch) {
    for limit in [Limit::Items(1), Limit::Items(3), Limit::Bytes(64), Limit::Bytes(1000)] {
        let parts = split(batch, limit);
        assert_eq!(parts.iter().map(items).sum::<usize>(), batch.items(), "{limit:?}");
    }
}

fn joins(batch: &Batch) {
    let twice = concat(&[batch.clone(), batch.clone()], Arc::default()).unwrap();
    assert_eq!(items(&twice), 2 * batch.items());
}

fn regroups(batch: &Batch) {
    let mut builder = BatchBuilder::new(batch.signal());
    for_each_record(batch.signal(), batch.bytes(), &mut |record| builder.push(&record));
    assert_eq!(items(&builder.build(Arc::default())), batch.items());
}

/// The items of a batch this crate wrote, which must be well formed.
fn items(batch: &Batch) -> usize {
    check(batch.signal(), batch.bytes().clone()).unwrap().counts.items
}
