//! What a connection is doing, for its clocks and for who has to make room.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use tokio::time::Instant;

/// What a connection is doing. Times are milliseconds since `opened`.
#[derive(Debug)]
pub(super) struct Activity {
    opened: Instant,
    /// Requests being answered.
    requests: AtomicUsize,
    /// How many of them wait for more of their body.
    reading: AtomicUsize,
    /// When the last of them ended.
    idle_since: AtomicU64,
    /// When the first byte of the next HTTP/1.1 headers came, plus 1; 0 if none did.
    header_since: AtomicU64,
    /// When the client stopped taking what is sent to it, plus 1; 0 if it takes it.
    blocked_since: AtomicU64,
    unread_body: AtomicBool,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self {
            opened: Instant::now(),
            requests: AtomicUsize::new(0),
            reading: AtomicUsize::new(0),
            idle_since: AtomicU64::new(0),
            header_since: AtomicU64::new(0),
            blocked_since: AtomicU64::new(0),
            unread_body: AtomicBool::new(false),
        }
    }

    pub(super) fn now(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(super) fn bytes_came(&self) {
        if self.requests.load(Ordering::Relaxed) == 0
            && self.header_since.load(Ordering::Relaxed) == 0
        {
            self.header_since.store(self.now().saturating_add(1), Ordering::Relaxed);
        }
    }

    /// Whether the client takes what is sent to it.
    pub(super) fn writes(&self, is_blocked: bool) {
        let was_blocked = self.blocked_since.load(Ordering::Relaxed) > 0;
        if is_blocked != was_blocked {
            let since = if is_blocked { self.now().saturating_add(1) } else { 0 };
            self.blocked_since.store(since, Ordering::Relaxed);
        }
    }

    /// A client was answered before it had sent all of its body.
    pub(super) fn leave_body_unread(&self) {
        self.unread_body.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_unread_body(&self) -> bool {
        self.unread_body.load(Ordering::Relaxed)
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    pub(super) fn idle_since(&self) -> u64 {
        self.idle_since.load(Ordering::Relaxed)
    }

    pub(super) fn header_since(&self) -> Option<u64> {
        self.header_since.load(Ordering::Relaxed).checked_sub(1)
    }

    pub(super) fn blocked_since(&self) -> Option<u64> {
        self.blocked_since.load(Ordering::Relaxed).checked_sub(1)
    }

    /// If nothing can be done but wait for the client: whether it has begun a request, and since
    /// when it completed none.
    pub(super) fn waits(&self) -> Option<(bool, Instant)> {
        let requests = self.requests();
        if requests > self.reading.load(Ordering::Relaxed) && self.blocked_since().is_none() {
            return None;
        }
        let since = std::time::Duration::from_millis(self.idle_since());
        Some((requests > 0, self.opened.checked_add(since).unwrap_or(self.opened)))
    }
}

/// A request being answered; ends when dropped.
pub(super) struct InFlight(Arc<Activity>);

impl InFlight {
    pub(super) fn new(activity: &Arc<Activity>) -> Self {
        activity.requests.fetch_add(1, Ordering::Relaxed);
        activity.header_since.store(0, Ordering::Relaxed);
        Self(Arc::clone(activity))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        if self.0.requests.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.idle_since.store(self.0.now(), Ordering::Relaxed);
        }
    }
}

/// A request that waits for its body; ends when dropped.
pub(super) struct Reading<'a>(&'a Activity);

impl<'a> Reading<'a> {
    pub(super) fn new(activity: &'a Activity) -> Self {
        activity.reading.fetch_add(1, Ordering::Relaxed);
        Self(activity)
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.reading.fetch_sub(1, Ordering::Relaxed);
    }
}
