//! Points at which a running graph is put onto other rails.
//!
//! What goes on through a reload (receivers, batch processors, connectors) holds on to what follows it.
//! It holds a switch; a reload sets it. Everything between two switches is made anew.

use std::sync::{Arc, PoisonError, RwLock, Weak};

use sdk::{Batch, Consumer, Error, async_trait};

use super::{Entrance, Station};

/// What follows, until a reload says otherwise.
#[derive(Debug)]
pub(crate) struct Switch<T>(RwLock<Arc<T>>);

/// A way that batches took before a switch was set.
pub(crate) struct OldWay(Weak<dyn Send + Sync>);

impl<T: Send + Sync + 'static> Switch<T> {
    pub(crate) fn new(to: T) -> Self {
        Self(RwLock::new(Arc::new(to)))
    }

    /// What follows. To be held for as long as a batch is on its way there.
    pub(crate) fn get(&self) -> Arc<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on batches go there.
    pub(crate) fn set(&self, to: T) -> OldWay {
        let mut way = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *way, Arc::new(to));
        let weak: Weak<T> = Arc::downgrade(&old);
        OldWay(weak)
    }
}

impl OldWay {
    /// Whether a batch is still on it.
    pub(crate) fn is_used(&self) -> bool {
        self.0.strong_count() > 0
    }
}

/// The way from a connector's own tasks into pipelines.
pub(crate) struct Door(pub(crate) Switch<Entrance>);

#[async_trait]
impl Consumer for Door {
    async fn consume(&self, batch: Batch) -> Result<(), Error> {
        self.0.get().send(batch).await
    }

    fn is_queued(&self) -> bool {
        Station::is_queued(&*self.0.get())
    }
}
