//! Concat, split and builder lose nothing and keep what stands around each record.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use pdata::{Batch, BatchBuilder, Context, Limit, concat, for_each_record, split};
use proptest::prelude::*;

use crate::support::{Dice, Request, dice, make_odd};

fn batch<R: Request>(dice: &mut Dice) -> Batch {
    let bytes = R::random(dice).encode_to_vec();
    let bytes = make_odd(R::SIGNAL.schema(), &bytes, dice);
    Batch::checked(R::SIGNAL, bytes.into(), Arc::default()).unwrap()
}

/// The items of batches, each in a request of its own.
fn items<R: Request>(batches: &[Batch]) -> Vec<R> {
    batches.iter().flat_map(|batch| R::decode(batch.bytes().clone()).unwrap().items()).collect()
}

fn is_well_formed(batch: &Batch) -> Result<(), TestCaseError> {
    let again = Batch::checked(batch.signal(), batch.bytes().clone(), Arc::default()).unwrap();
    prop_assert_eq!(again.counts(), batch.counts());
    prop_assert_eq!(again.bytes().as_ptr(), batch.bytes().as_ptr(), "a usual shape");
    Ok(())
}

fn concat_joins<R: Request>(mut dice: Dice) -> Result<(), TestCaseError> {
    let batches = [batch::<R>(&mut dice), batch::<R>(&mut dice), batch::<R>(&mut dice)];
    let joined = concat(&batches, Arc::new(Context::default())).unwrap();
    is_well_formed(&joined)?;
    prop_assert_eq!(items::<R>(&[joined]), items::<R>(&batches));
    Ok(())
}

fn split_conserves<R: Request>(mut dice: Dice, limit: Limit) -> Result<(), TestCaseError> {
    let whole = batch::<R>(&mut dice);
    let parts = split(&whole, limit);
    prop_assert_eq!(items::<R>(&parts), items::<R>(std::slice::from_ref(&whole)));
    for part in &parts {
        is_well_formed(part)?;
        prop_assert!(!part.is_empty() || whole.is_empty());
        match limit {
            Limit::Items(most) => prop_assert!(part.items() <= most.max(1)),
            Limit::Bytes(most) => prop_assert!(part.bytes().len() <= most || part.items() <= 1),
        }
    }
    if let (Limit::Items(most), [full @ .., _]) = (limit, &*parts) {
        prop_assert!(full.iter().all(|part| part.items() == most.max(1)), "no part is wasted");
    }
    let fits = match limit {
        Limit::Items(most) => whole.items() <= most.max(1),
        Limit::Bytes(most) => whole.bytes().len() <= most,
    };
    if fits {
        prop_assert_eq!(parts.len(), 1);
        prop_assert_eq!(parts[0].bytes().as_ptr(), whole.bytes().as_ptr());
    }
    Ok(())
}

/// Regrouping moves items next to others under the same headers; their order there stays.
fn builder_conserves<R: Request>(mut dice: Dice) -> Result<(), TestCaseError> {
    let batches = [batch::<R>(&mut dice), batch::<R>(&mut dice)];
    let mut builder = BatchBuilder::new(R::SIGNAL);
    for batch in &batches {
        for_each_record(R::SIGNAL, batch.bytes(), &mut |record| builder.push(&record));
    }
    prop_assert_eq!(builder.items(), batches.iter().map(Batch::items).sum::<usize>());
    let built = builder.build(Arc::default());
    is_well_formed(&built)?;
    let sorted = |batches: &[Batch]| {
        let mut items: Vec<Vec<u8>> =
            items::<R>(batches).iter().map(prost::Message::encode_to_vec).collect();
        items.sort();
        items
    };
    prop_assert_eq!(sorted(std::slice::from_ref(&built)), sorted(&batches));
    Ok(())
}

fn limit() -> impl Strategy<Value = Limit> {
    prop_oneof![(0usize..12).prop_map(Limit::Items), (0usize..1500).prop_map(Limit::Bytes)]
}

macro_rules! for_every_signal {
    ($($name:ident: $request:ty;)*) => {$(
        mod $name {
            use super::*;

            proptest! {
                #[test]
                fn joined_batches_hold_the_items_of_all(dice in dice()) {
                    concat_joins::<$request>(dice)?;
                }

                #[test]
                fn parts_hold_all_items_in_order_with_their_headers(dice in dice(), limit in limit()) {
                    split_conserves::<$request>(dice, limit)?;
                }

                #[test]
                fn regrouped_items_keep_their_headers(dice in dice()) {
                    builder_conserves::<$request>(dice)?;
                }
            }
        }
    )*};
}

for_every_signal! {
    traces: ExportTraceServiceRequest;
    metrics: ExportMetricsServiceRequest;
    logs: ExportLogsServiceRequest;
}
