//! A look at what passes, taken without holding it up.
//!
//! Whoever wires a graph asks [`Taps`] for an [`Edge`] for each place worth a look and shows it every batch.
//! Whoever wants to look watches an edge through a [`View`]. Batches that a view has no room for are skipped
//! and counted: it never makes anybody wait.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, PoisonError, TryLockError,
        atomic::{AtomicBool, Ordering},
    },
};

use pdata::{Batch, Context};

/// Batches a view holds at most, besides its bytes.
const BATCHES_MAX: usize = 64;

/// All edges of a service, by name.
#[derive(Debug, Default)]
pub struct Taps(Mutex<BTreeMap<String, Arc<Edge>>>);

/// One place that batches pass.
#[derive(Debug, Default)]
pub struct Edge {
    /// Read for every batch; all else only when it is set.
    is_watched: AtomicBool,
    views: Mutex<Vec<Arc<Mutex<Seen>>>>,
}

/// What somebody sees of an edge; it ends when it is dropped.
#[derive(Debug)]
pub struct View {
    edge: Arc<Edge>,
    seen: Arc<Mutex<Seen>>,
}

/// What waits to be looked at.
#[derive(Debug)]
struct Seen {
    batches: VecDeque<Batch>,
    bytes: usize,
    bytes_max: usize,
    skipped: u64,
}

impl Taps {
    /// The edge of that name, made by the first who asks. It is there for as long as somebody holds it, so edges
    /// that a reload took away are gone.
    pub fn edge(&self, name: &str) -> Arc<Edge> {
        let mut edges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        edges.retain(|_, edge| Arc::strong_count(edge) > 1);
        Arc::clone(edges.entry(name.to_owned()).or_default())
    }

    /// The names of all edges.
    pub fn names(&self) -> Vec<String> {
        let mut edges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        edges.retain(|_, edge| Arc::strong_count(edge) > 1);
        edges.keys().cloned().collect()
    }

    /// Begins to look at an edge, holding at most so many bytes; none if there is no such edge.
    pub fn watch(&self, name: &str, bytes_max: usize) -> Option<View> {
        let edges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let edge = Arc::clone(edges.get(name)?);
        drop(edges);
        let seen = Seen { batches: VecDeque::new(), bytes: 0, bytes_max, skipped: 0 };
        let seen = Arc::new(Mutex::new(seen));
        let mut views = edge.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.push(Arc::clone(&seen));
        edge.is_watched.store(true, Ordering::Relaxed);
        drop(views);
        Some(View { edge, seen })
    }
}

impl Edge {
    /// Shows a batch to whoever looks; a relaxed load where nobody does.
    #[inline]
    pub fn show(&self, batch: &Batch) {
        if self.is_watched.load(Ordering::Relaxed) {
            self.offer(batch);
        }
    }

    /// Never waits: who holds a lock at this moment misses the batch.
    #[cold]
    fn offer(&self, batch: &Batch) {
        let views = match self.views.try_lock() {
            Ok(views) => views,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        for view in views.iter() {
            match view.try_lock() {
                Ok(mut seen) => seen.take(batch),
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner().take(batch),
                Err(TryLockError::WouldBlock) => {}
            }
        }
    }
}

impl Seen {
    fn take(&mut self, batch: &Batch) {
        let bytes = batch.bytes().len();
        let is_full = self.batches.len() >= BATCHES_MAX;
        if is_full || self.bytes.saturating_add(bytes) > self.bytes_max {
            self.skipped += 1;
            return;
        }
        self.bytes += bytes;
        // Who sent it is nobody's business, and what it holds of the budget is given back when it is
        // delivered, looked at or not.
        let bare =
            Batch::written(batch.signal(), batch.bytes().clone(), Arc::new(Context::default()));
        self.batches.push_back(bare);
    }
}

impl View {
    /// The batch that waits longest.
    pub fn take(&self) -> Option<Batch> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = seen.batches.pop_front()?;
        seen.bytes -= batch.bytes().len();
        Some(batch)
    }

    /// How many batches passed unseen.
    pub fn skipped(&self) -> u64 {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.skipped
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let mut views = self.edge.views.lock().unwrap_or_else(PoisonError::into_inner);
        views.retain(|seen| !Arc::ptr_eq(seen, &self.seen));
        self.edge.is_watched.store(!views.is_empty(), Ordering::Relaxed);
    }
}
