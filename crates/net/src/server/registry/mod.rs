//! The connections of a server, and which of them makes room for another.
//!
//! At the limit a new connection is not left waiting for those that do nothing: of the connections
//! that wait for their client, some are closed, first those of clients that have more than an equal
//! share of all, then those without a request, then those idle for longest. One that is being
//! answered is never closed.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::activity::Activity;
use crate::budget::ClientId;

/// Looking through all connections costs as much as they are many, so it makes room for several:
/// one of this many.
const ROOM: usize = 64;

/// Every open connection.
#[derive(Debug, Default)]
pub(super) struct Registry {
    next: AtomicU64,
    entries: Mutex<HashMap<u64, Entry>>,
}

#[derive(Debug)]
struct Entry {
    client: ClientId,
    activity: Arc<Activity>,
    close: Arc<Notify>,
}

/// An open connection; forgotten when dropped.
#[derive(Debug)]
pub(super) struct Registered {
    id: u64,
    registry: Arc<Registry>,
    pub(super) activity: Arc<Activity>,
    /// Told when the connection has to make room.
    pub(super) close: Arc<Notify>,
}

impl Registry {
    pub(super) fn register(self: &Arc<Self>, peer: Option<SocketAddr>) -> Registered {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (activity, close) = (Arc::new(Activity::new()), Arc::new(Notify::new()));
        let entry = Entry {
            client: ClientId::of_peer(peer),
            activity: Arc::clone(&activity),
            close: Arc::clone(&close),
        };
        self.entries().insert(id, entry);
        Registered { id, registry: Arc::clone(self), activity, close }
    }

    /// Closes some connections that wait for their clients; how many.
    pub(super) fn make_room(&self) -> usize {
        let entries = self.entries();
        let mut counts = HashMap::<ClientId, usize>::new();
        for entry in entries.values() {
            *counts.entry(entry.client).or_default() += 1;
        }
        let share = entries.len() / counts.len().max(1);
        let mut waiting: Vec<_> = entries
            .values()
            .filter_map(|entry| {
                let is_within = counts.get(&entry.client).is_none_or(|count| *count <= share);
                let (has_request, since) = entry.activity.waits()?;
                Some(((is_within, has_request, since), entry))
            })
            .collect();
        let wanted = (entries.len() / ROOM + 1).min(waiting.len());
        if wanted < waiting.len() {
            waiting.select_nth_unstable_by_key(wanted, |(order, _)| *order);
        }
        waiting.truncate(wanted);
        waiting.iter().for_each(|(_, entry)| entry.close.notify_one());
        wanted
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<u64, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.registry.entries().remove(&self.id);
    }
}
