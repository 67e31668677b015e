//! Record processors, fused: one walk over a batch for all of them.

use std::sync::Arc;

use pdata::{Around, Batch, Record, RecordKinds, Verdict, rewrite};
use sdk::{Consumer, DynRecordProcessor, Error, async_trait};
use smallvec::SmallVec;

use super::{End, Station};
use crate::{ledger::ProcessorAccount, observe::ProcessorCounters};

/// Neighbouring record processors of one pipeline.
pub(crate) struct Pass {
    stages: Vec<Stage>,
    /// What any of the stages wants to see.
    kinds: RecordKinds,
    next: End,
}

/// One record processor.
pub(crate) struct Stage {
    processor: Arc<dyn DynRecordProcessor>,
    kinds: RecordKinds,
    counters: ProcessorCounters,
    account: ProcessorAccount,
}

impl Stage {
    pub(crate) fn new(
        processor: Arc<dyn DynRecordProcessor>,
        counters: ProcessorCounters,
        account: ProcessorAccount,
    ) -> Self {
        let kinds = processor.records();
        Self { processor, kinds, counters, account }
    }
}

/// What one stage took out of a batch.
#[derive(Clone, Copy, Default)]
struct Dropped {
    /// Spans, data points and log records: one by one, and at the end those that went with a group.
    items: usize,
    /// Resources, scopes and metrics, with all below them.
    groups: usize,
}

/// What each stage took out of a batch.
type DroppedBy = SmallVec<[Dropped; 8]>;

impl Pass {
    pub(crate) fn new(stages: Vec<Stage>, next: End) -> Self {
        let kinds = stages.iter().fold(RecordKinds::NONE, |kinds, stage| kinds | stage.kinds);
        Self { stages, kinds, next }
    }

    /// Offers every record to every stage in order and hands on what is left.
    pub(crate) async fn send(&self, batch: Batch) -> Result<(), Error> {
        let (left, dropped) = self.run(&batch);
        // A request that came without records is not ours to swallow.
        let was_emptied = left.counts().records == 0 && batch.counts().records > 0;
        // What was admitted for the original is in its context, which the rest shares.
        drop(batch);
        if !was_emptied {
            self.next.send(left).await?;
        }
        // Not before: what is refused behind comes again, whole.
        for (stage, dropped) in self.stages.iter().zip(dropped) {
            stage.account.drop_items(dropped.items);
        }
        Ok(())
    }

    fn run(&self, batch: &Batch) -> (Batch, DroppedBy) {
        let mut dropped = DroppedBy::new();
        dropped.resize(self.stages.len(), Dropped::default());
        let rewritten = rewrite(batch, self.kinds, &mut |record, around| {
            self.visit(record, around, &mut dropped)
        });
        self.count(batch.items(), rewritten.dropped_items, &mut dropped);
        (rewritten.batch, dropped)
    }

    fn visit(
        &self,
        record: &mut Record<'_>,
        around: &Around<'_, '_>,
        dropped: &mut [Dropped],
    ) -> Verdict {
        let kind = record.kind();
        for (stage, dropped) in self.stages.iter().zip(dropped) {
            if stage.kinds.contains(kind)
                && stage.processor.process(record, around) == Verdict::Drop
            {
                match RecordKinds::ITEMS.contains(kind) {
                    true => dropped.items += 1,
                    false => dropped.groups += 1,
                }
                return Verdict::Drop;
            }
        }
        Verdict::Keep
    }

    /// Each stage gets what the one before left. How many items went with a group only the sum over
    /// all stages says, so they count for the first stage that dropped groups.
    fn count(&self, items: usize, dropped_items: usize, dropped: &mut [Dropped]) {
        let singly: usize = dropped.iter().map(|dropped| dropped.items).sum();
        let mut in_groups = dropped_items.saturating_sub(singly);
        let mut incoming = items;
        for (stage, dropped) in self.stages.iter().zip(dropped) {
            if dropped.groups > 0 {
                dropped.items += std::mem::take(&mut in_groups);
            }
            stage.counters.incoming.add(incoming);
            incoming = incoming.saturating_sub(dropped.items);
            stage.counters.outgoing.add(incoming);
        }
    }
}

#[async_trait]
impl Consumer for Pass {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.send(batch).await
    }

    fn is_queued(&self) -> bool {
        self.next.is_queued()
    }
}
