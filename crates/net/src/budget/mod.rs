//! How many bytes of requests the process may hold at once.
//!
//! A [`ByteBudget`] is shared by every server of the process. A server takes from it before a body
//! is read and hands the [`BytePermit`] on with the body; dropping the permit gives the bytes back.
//! Nobody waits for bytes: a request over the budget is refused and told when to come back.

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A number of bytes shared by all requests of the process. Cloning shares it.
#[derive(Clone, Default)]
pub struct ByteBudget {
    shared: Option<Arc<Shared>>,
}

struct Shared {
    capacity: usize,
    held: AtomicUsize,
}

/// Bytes were asked for that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// Others hold the bytes; asking again later can succeed.
    #[error("too many bytes in flight, try again later")]
    Exhausted,
    /// More than the whole budget; asking again never succeeds.
    #[error("request is larger than the whole budget of {capacity} bytes")]
    NeverFits {
        /// The whole budget, in bytes.
        capacity: usize,
    },
}

impl ByteBudget {
    /// A budget of `capacity` bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { shared: Some(Arc::new(Shared { capacity, held: AtomicUsize::new(0) })) }
    }

    /// A budget that never refuses, for tests and for callers with another limit.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::default()
    }

    /// Takes `bytes`, or nothing.
    ///
    /// # Errors
    ///
    /// [`BudgetError`] when they are not there.
    pub fn try_take(&self, bytes: usize) -> Result<BytePermit, BudgetError> {
        let mut permit = BytePermit { budget: self.clone(), held: 0 };
        permit.try_resize(bytes)?;
        Ok(permit)
    }

    /// Bytes held right now; 0 when unlimited.
    #[must_use]
    pub fn held(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.held.load(Ordering::Relaxed))
    }

    /// All bytes of the budget, `None` when unlimited.
    #[must_use]
    pub fn capacity(&self) -> Option<usize> {
        self.shared.as_ref().map(|shared| shared.capacity)
    }
}

impl Shared {
    fn take(&self, bytes: usize) -> Result<(), BudgetError> {
        if bytes > self.capacity {
            return Err(BudgetError::NeverFits { capacity: self.capacity });
        }
        self.held
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
                held.checked_add(bytes).filter(|sum| *sum <= self.capacity)
            })
            .map(|_| ())
            .map_err(|_| BudgetError::Exhausted)
    }
}

impl fmt::Debug for ByteBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ByteBudget")
            .field("capacity", &self.capacity())
            .field("held", &self.held())
            .finish()
    }
}

/// Bytes taken from a [`ByteBudget`]; given back when dropped. Put it in an `Arc` to share it.
#[derive(Debug, Default)]
pub struct BytePermit {
    budget: ByteBudget,
    held: usize,
}

impl BytePermit {
    /// How many bytes it stands for.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held
    }

    /// Makes it stand for `bytes` in all: takes what is missing, gives back what is too much.
    ///
    /// # Errors
    ///
    /// [`BudgetError`] when the missing bytes are not there; the permit keeps what it had.
    pub fn try_resize(&mut self, bytes: usize) -> Result<(), BudgetError> {
        if let Some(shared) = &self.budget.shared {
            if bytes > shared.capacity {
                return Err(BudgetError::NeverFits { capacity: shared.capacity });
            }
            if bytes > self.held {
                shared.take(bytes - self.held)?;
            } else {
                shared.held.fetch_sub(self.held - bytes, Ordering::Relaxed);
            }
        }
        self.held = bytes;
        Ok(())
    }
}

impl Drop for BytePermit {
    fn drop(&mut self) {
        if let Some(shared) = &self.budget.shared {
            shared.held.fetch_sub(self.held, Ordering::Relaxed);
        }
    }
}
