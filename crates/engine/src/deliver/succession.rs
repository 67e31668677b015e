//! One way to an exporter takes the place of another, while batches are on both.
//!
//! The old queue takes nothing more and its tasks empty it, but what they send goes to the new exporter,
//! with the new settings for retries. Room in the new queue is taken away for as long as the old one holds
//! something, so that both together stay within the bound. A store on disk is shared meanwhile.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use sdk::Id;
use tokio::time::sleep;

use super::Deliver;

/// How often it is looked whether the tasks of a queue have ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long an exporter that has to stop before its heir starts is given to end what is under way.
const HOLD_MAX: Duration = Duration::from_secs(5);

impl Deliver {
    /// Uses the store of the one whose place it will take, if both keep their batches with the same
    /// extension. Call before [`Deliver::start`].
    pub(crate) fn share_disk(&self, old: &Self) {
        if let (Some(new), Some(old)) = (&self.core.queue, &old.core.queue)
            && new.storage() == old.storage()
        {
            new.share_disk(old);
        }
    }

    /// Lets the heir take over. Both have started.
    pub(crate) fn succeed(self: &Arc<Self>, heir: &Arc<Self>) {
        let charged = match (&self.core.queue, &heir.core.queue) {
            (Some(old), Some(new)) => new.charge(old.used_like(new)),
            _ => None,
        };
        // The first heir stays: it has an heir of its own when it is replaced.
        drop(self.heir.set(heir.clone()));
        self.core.sender.succeed(heir.core.sender.clone());
        if let Some(queue) = &self.core.queue {
            queue.retire();
        }
        let mut elders = heir.elders.lock().unwrap_or_else(PoisonError::into_inner);
        elders.push(self.clone());
        drop(elders);
        let (old, heir) = (self.clone(), heir.clone());
        tokio::spawn(async move {
            old.finish().await;
            drop(charged);
            let mut elders = heir.elders.lock().unwrap_or_else(PoisonError::into_inner);
            elders.retain(|elder| !Arc::ptr_eq(elder, &old));
        });
    }

    /// Who keeps the queue, if it is on disk.
    pub(crate) fn storage(&self) -> Option<&Id> {
        self.core.queue.as_ref().and_then(super::queue::Queue::storage)
    }

    /// Lets what comes wait, so that the exporter can stop without a batch failing by that.
    pub(crate) async fn hold(&self) {
        self.core.sender.hold(HOLD_MAX).await;
    }

    /// Ends [`Deliver::hold`].
    pub(crate) fn release(&self) {
        self.core.sender.release();
    }

    /// Takes nothing more, and returns when everything is sent or given up, in its time.
    pub(crate) async fn finish(&self) {
        if let Some(queue) = &self.core.queue {
            queue.retire();
        }
        while !self.has_ended() {
            sleep(LOOK_EVERY).await;
        }
        // What a task that panicked left.
        self.core.work(0).await;
        self.shut().await;
    }

    fn has_ended(&self) -> bool {
        let consumers = self.consumers.lock().unwrap_or_else(PoisonError::into_inner);
        consumers.iter().all(tokio::task::JoinHandle::is_finished)
    }

    /// Returns when its exporter is needed no more: with an heir, when no attempt is under way.
    pub(crate) async fn leave(&self) {
        match self.heir.get() {
            Some(_) => self.core.sender.idle().await,
            None => self.finish().await,
        }
    }
}
