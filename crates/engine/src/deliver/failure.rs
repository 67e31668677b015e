//! Why batches were given up.

use sdk::{Batch, Error};

use super::observe::Observe;

/// Why a batch was given up.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// What the client and the log hear.
    pub(super) error: Error,
    /// Whether it might have gone through, had we not been shutting down.
    pub(super) shutdown: bool,
    /// How many items were given up.
    pub(super) items: usize,
}

impl Failure {
    pub(super) fn of(error: Error, items: usize) -> Self {
        Self { error, shutdown: false, items }
    }

    pub(super) fn shutdown(error: Error, items: usize) -> Self {
        Self { error: error.context("interrupted due to shutdown"), shutdown: true, items }
    }
}

/// The failures of the pieces of one batch. Of many, one that is final and one that is not are told:
/// a thousand pieces would make a long line.
#[derive(Debug, Default)]
pub(super) struct Failures {
    lasting: Option<Failure>,
    passing: Option<Failure>,
    /// Those that are too large and cannot be split.
    large: Large,
}

/// What is too large and cannot be split.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Large {
    /// How many items.
    pub(super) items: usize,
    /// The size of the largest as protobuf.
    pub(super) bytes_max: usize,
}

impl Failures {
    /// Remembers how large a piece is that is too large.
    pub(super) fn note_size(&mut self, failure: &Failure, piece: &Batch) {
        if failure.error.is_too_large() {
            self.large.items += piece.items();
            self.large.bytes_max = self.large.bytes_max.max(piece.bytes().len());
        }
    }

    /// Says what was too large and what to do, once for all of it.
    pub(super) fn tell(&self, observe: &Observe) {
        if self.large.items > 0 {
            observe.too_large(self.large);
        }
    }

    /// One failure for all.
    pub(super) fn into_outcome(self) -> Result<(), Failure> {
        let failures = [self.lasting, self.passing].into_iter().flatten();
        let all = failures.reduce(|mut all, next| {
            let errors = [all.error, next.error];
            all.error = Error::combined(errors).unwrap_or_else(|| Error::permanent("failed"));
            all.shutdown |= next.shutdown;
            all.items += next.items;
            all
        });
        all.map_or(Ok(()), Err)
    }
}

impl Extend<Failure> for Failures {
    fn extend<T: IntoIterator<Item = Failure>>(&mut self, failures: T) {
        for failure in failures {
            let place =
                if failure.error.is_permanent() { &mut self.lasting } else { &mut self.passing };
            match place {
                Some(first) => {
                    first.shutdown |= failure.shutdown;
                    first.items += failure.items;
                }
                None => *place = Some(failure),
            }
        }
    }
}
