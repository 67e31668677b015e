//! What was worked out a moment ago and is likely to be asked for again.

/// The things met last, a ring of `N`.
#[derive(Debug)]
pub(crate) struct Recent<T, const N: usize> {
    ring: Vec<T>,
    /// Which is replaced next.
    next: usize,
}

impl<T, const N: usize> Recent<T, N> {
    /// Nothing met yet.
    pub(crate) const fn new() -> Self {
        Self { ring: Vec::new(), next: 0 }
    }

    /// The one that `is` says yes to.
    #[inline]
    pub(crate) fn find(&self, is: impl FnMut(&&T) -> bool) -> Option<&T> {
        self.ring.iter().find(is)
    }

    /// Remembers one more, in place of the oldest if there are `N`.
    #[cold]
    pub(crate) fn keep(&mut self, one: T) {
        match self.ring.get_mut(self.next) {
            Some(oldest) => *oldest = one,
            None => self.ring.push(one),
        }
        self.next = (self.next + 1) % N.max(1);
    }

    /// How many are remembered.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ring.len()
    }
}
