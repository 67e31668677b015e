//! How many bytes of requests the process may hold at once.
//!
//! A [`ByteBudget`] is shared by every server of the process. A server takes from it before a body
//! is read and hands the [`BytePermit`] on with the body; dropping the permit gives the bytes back.
//! Nobody waits for bytes: a request over the budget is refused and told when to come back.
//!
//! Bytes belong to a [`ClientId`]. The fuller the budget, the less each client may hold: with the
//! default of 75 percent, three times what is free (dynamic thresholds, Choudhury and Hahne 1998).
//! A client alone so ends at three quarters, and there is always room for one that holds little.
//! Clients are in the table only while they hold something, so it needs no clock.

mod client;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use self::client::ClientId;

/// A number of bytes shared by all requests of the process. Cloning shares it.
#[derive(Clone, Default)]
pub struct ByteBudget {
    shared: Option<Arc<Shared>>,
}

/// How a budget is shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetLimits {
    /// All bytes.
    pub capacity: usize,
    /// The most that a client may hold while no other does, in percent of the capacity, 50 to 100.
    /// With 100 a client may hold whatever is free.
    pub client_percentage: u32,
    /// Clients that are told apart; those beyond share one share.
    pub clients_max: usize,
}

impl BudgetLimits {
    /// The share of one client unless said otherwise.
    pub const CLIENT_PERCENTAGE: u32 = 75;
    /// Clients told apart unless said otherwise; one costs about 40 bytes.
    pub const CLIENTS_MAX: usize = 10_000;

    /// The default shares of `capacity` bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let (client_percentage, clients_max) = (Self::CLIENT_PERCENTAGE, Self::CLIENTS_MAX);
        Self { capacity, client_percentage, clients_max }
    }

    /// Whether a client may hold `bytes` while `free` of the capacity are free.
    fn allow(&self, bytes: usize, free: usize) -> bool {
        let share = u128::from(self.client_percentage.clamp(1, 100));
        bytes as u128 * (100 - share) <= free as u128 * share
    }
}

struct Shared {
    limits: BudgetLimits,
    state: Mutex<State>,
    refused: [AtomicU64; 3],
}

/// `held` is the sum of `clients`, each of which is more than 0.
#[derive(Default)]
struct State {
    held: usize,
    clients: HashMap<ClientId, usize>,
}

/// Bytes were asked for that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// Others hold the bytes; asking again later can succeed.
    #[error("too many bytes in flight, try again later")]
    Exhausted,
    /// The client holds its share of the bytes; asking again later can succeed.
    #[error("too many bytes in flight for one client, try again later")]
    OverShare,
    /// More than the whole budget; asking again never succeeds.
    #[error("request is larger than the whole budget of {capacity} bytes")]
    NeverFits {
        /// The whole budget, in bytes.
        capacity: usize,
    },
}

/// How often bytes were refused, since the start, by [`BudgetError`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Refusals {
    /// [`BudgetError::Exhausted`].
    pub exhausted: u64,
    /// [`BudgetError::OverShare`].
    pub over_share: u64,
    /// [`BudgetError::NeverFits`].
    pub never_fits: u64,
}

impl ByteBudget {
    /// A budget of `capacity` bytes with the default shares.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self::with_limits(BudgetLimits::new(capacity))
    }

    /// A budget with these limits.
    #[must_use]
    pub fn with_limits(limits: BudgetLimits) -> Self {
        let (state, refused) = (Mutex::default(), Default::default());
        Self { shared: Some(Arc::new(Shared { limits, state, refused })) }
    }

    /// A budget that never refuses, for tests and for callers with another limit.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::default()
    }

    /// Takes `bytes` for a client, or nothing.
    ///
    /// # Errors
    ///
    /// [`BudgetError`] when they are not there.
    pub fn try_take(&self, client: ClientId, bytes: usize) -> Result<BytePermit, BudgetError> {
        let owner = self.shared.clone().map(|shared| Owner { shared, client });
        let mut permit = BytePermit { owner, held: 0 };
        permit.try_resize(bytes)?;
        Ok(permit)
    }

    /// Bytes held right now; 0 when unlimited.
    #[must_use]
    pub fn held(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.lock().held)
    }

    /// Clients that hold bytes right now; 0 when unlimited.
    #[must_use]
    pub fn clients(&self) -> usize {
        self.shared.as_ref().map_or(0, |shared| shared.lock().clients.len())
    }

    /// All bytes of the budget, `None` when unlimited.
    #[must_use]
    pub fn capacity(&self) -> Option<usize> {
        self.shared.as_ref().map(|shared| shared.limits.capacity)
    }

    /// How often it refused.
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        let Some(shared) = &self.shared else { return Refusals::default() };
        let [exhausted, over_share, never_fits] = &shared.refused;
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Refusals {
            exhausted: read(exhausted),
            over_share: read(over_share),
            never_fits: read(never_fits),
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes `bytes` for `client`; under which client they are kept.
    fn take(&self, client: ClientId, bytes: usize) -> Result<ClientId, BudgetError> {
        let mut state = self.lock();
        let is_known = state.clients.contains_key(&client);
        let is_full = state.clients.len() >= self.limits.clients_max;
        let client = if is_known || !is_full { client } else { ClientId::OTHERS };
        let free = self.limits.capacity.saturating_sub(state.held);
        if bytes > free {
            return Err(BudgetError::Exhausted);
        }
        let own = state.clients.get(&client).copied().unwrap_or(0).saturating_add(bytes);
        if !self.limits.allow(own, free) {
            return Err(BudgetError::OverShare);
        }
        state.held += bytes;
        state.clients.insert(client, own);
        Ok(client)
    }

    fn give_back(&self, client: ClientId, bytes: usize) {
        let mut state = self.lock();
        state.held = state.held.saturating_sub(bytes);
        if let Some(own) = state.clients.get_mut(&client) {
            *own = own.saturating_sub(bytes);
            if *own == 0 {
                state.clients.remove(&client);
            }
        }
    }

    fn count(&self, error: BudgetError) {
        let [exhausted, over_share, never_fits] = &self.refused;
        let count = match error {
            BudgetError::Exhausted => exhausted,
            BudgetError::OverShare => over_share,
            BudgetError::NeverFits { .. } => never_fits,
        };
        count.fetch_add(1, Ordering::Relaxed);
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
#[derive(Default)]
pub struct BytePermit {
    owner: Option<Owner>,
    held: usize,
}

struct Owner {
    shared: Arc<Shared>,
    client: ClientId,
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
        if let Some(Owner { shared, client }) = &mut self.owner
            && bytes != self.held
        {
            let capacity = shared.limits.capacity;
            let outcome = if bytes > capacity {
                Err(BudgetError::NeverFits { capacity })
            } else if bytes > self.held {
                shared.take(*client, bytes - self.held).map(|kept_under| *client = kept_under)
            } else {
                shared.give_back(*client, self.held - bytes);
                Ok(())
            };
            outcome.inspect_err(|error| shared.count(*error))?;
        }
        self.held = bytes;
        Ok(())
    }
}

impl fmt::Debug for BytePermit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BytePermit").field("held", &self.held).finish()
    }
}

impl Drop for BytePermit {
    fn drop(&mut self) {
        if let Some(Owner { shared, client }) = &self.owner {
            shared.give_back(*client, self.held);
        }
    }
}
