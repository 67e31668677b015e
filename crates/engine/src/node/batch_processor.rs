//! A processor that takes whole batches.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use sdk::{Batch, Consumer, DynBatchProcessor, Error, Next, Note, async_trait, telemetry::Counter};

use super::{Hop, Station, Switch};
use crate::{ledger::ProcessorAccount, observe::ProcessorCounters};

/// Hands batches to a processor together with what follows.
pub(crate) struct BatchNode {
    processor: Arc<dyn DynBatchProcessor>,
    incoming: Counter,
    outgoing: Arc<Outgoing>,
    /// `outgoing` again, for a processor that holds batches.
    next: Next,
}

impl BatchNode {
    pub(crate) fn new(
        processor: Arc<dyn DynBatchProcessor>,
        counters: ProcessorCounters,
        account: ProcessorAccount,
        next: Hop,
    ) -> Self {
        let ProcessorCounters { incoming, outgoing } = counters;
        let outgoing = Arc::new(Outgoing { counter: outgoing, account, next: Switch::new(next) });
        let next = Next::shared(outgoing.clone());
        Self { processor, incoming, outgoing, next }
    }

    /// What it hands on to, to be switched.
    pub(crate) fn outgoing(&self) -> &Outgoing {
        &self.outgoing
    }

    /// What the processor sends to, from tasks of its own as well.
    pub(crate) fn next(&self) -> Next {
        self.next.clone()
    }
}

#[async_trait]
impl Consumer for BatchNode {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let items = batch.items();
        self.incoming.add(items);
        if self.processor.holds() {
            return self.processor.process(batch, &self.next).await;
        }
        let call =
            Call(Arc::new(Taken { outgoing: self.outgoing.clone(), items: AtomicUsize::new(0) }));
        let next = Next::shared(call.0.clone());
        self.processor.process(batch, &next).await?;
        call.settle(items);
        Ok(())
    }

    fn is_queued(&self) -> bool {
        self.next.is_queued()
    }
}

/// What follows a processor, counted.
pub(crate) struct Outgoing {
    counter: Counter,
    account: ProcessorAccount,
    next: Switch<Hop>,
}

impl Outgoing {
    /// What follows.
    pub(crate) fn next(&self) -> &Switch<Hop> {
        &self.next
    }
}

#[async_trait]
impl Consumer for Outgoing {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.counter.add(batch.items());
        self.next.get().send(batch).await
    }

    fn is_queued(&self) -> bool {
        self.next.get().is_queued()
    }

    fn note(&self, note: Note) {
        match note {
            Note::Lost(items) => self.account.lose(items),
            Note::Copied(items) => self.account.copy(items),
        }
    }
}

/// One batch with a processor that holds none. Dropped before it is settled, what was taken behind the
/// processor will come again.
struct Call(Arc<Taken>);

/// What follows a processor during one call.
struct Taken {
    outgoing: Arc<Outgoing>,
    /// How many items of the call were taken.
    items: AtomicUsize,
}

impl Call {
    /// The processor answers for `items` with success: what it did not hand on, it dropped.
    fn settle(self, items: usize) {
        let taken = self.0.items.swap(0, Ordering::Relaxed);
        let account = &self.0.outgoing.account;
        match items.checked_sub(taken) {
            Some(dropped) => account.drop_items(dropped),
            None => account.make(taken - items),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.0.outgoing.account.copy(self.0.items.swap(0, Ordering::Relaxed));
    }
}

#[async_trait]
impl Consumer for Taken {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        let items = batch.items();
        self.outgoing.consume(batch).await?;
        self.items.fetch_add(items, Ordering::Relaxed);
        Ok(())
    }

    fn is_queued(&self) -> bool {
        self.outgoing.is_queued()
    }

    fn note(&self, note: Note) {
        self.outgoing.note(note);
    }
}
