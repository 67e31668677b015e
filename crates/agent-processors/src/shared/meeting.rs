//! Where those who follow runs and those who judge them meet: neither knows the other.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use sdk::{BuildContext, Id};

use super::tracker::{Judge, Key, Notes, View};

/// What is noted of a trace; so many notes of each kind there may be.
pub(crate) type Note<'n> = &'n mut dyn FnMut(&mut Notes, usize);
/// Looks at the runs of a trace.
pub(crate) type Look<'l> = &'l mut dyn FnMut(&View<'_>, &Notes);

/// Runs that are followed.
pub(crate) trait Followed: fmt::Debug + Send + Sync {
    /// Whether this span of a trace is followed.
    fn has(&self, key: Key, span: u64) -> bool;
    /// Lets something be noted of a trace, if it is followed.
    fn note(&self, key: Key, note: Note<'_>);
    /// Shows the runs of a trace as they stand, if it is followed.
    fn look(&self, key: Key, look: Look<'_>);
    /// Closes what is over and shows what changed to the judge.
    fn review(&self);
    /// Closes or gives up everything. For the end.
    fn finish(&self);
}

/// One for each id of a processor that follows runs; whoever is built first makes it.
#[derive(Debug, Default)]
pub(crate) struct Meeting {
    followed: OnceLock<Arc<dyn Followed>>,
    judge: OnceLock<Arc<dyn Judge>>,
}

impl Meeting {
    /// Where the runs of this id are met.
    pub(crate) fn of(id: &Id, context: &BuildContext) -> Arc<Self> {
        context.shared.get_or_insert_with(id, Self::default)
    }

    /// From now on these are the runs. The first ones stay.
    pub(crate) fn follow(&self, followed: Arc<dyn Followed>) {
        let _ = self.followed.set(followed);
    }

    /// The runs; none if no processor has this id.
    pub(crate) fn followed(&self) -> Option<&dyn Followed> {
        self.followed.get().map(Arc::as_ref)
    }

    /// From now on runs are shown to this judge. Only one can be; tells whether it is this one.
    pub(crate) fn appoint(&self, judge: Arc<dyn Judge>) -> bool {
        self.judge.set(judge).is_ok()
    }

    /// Who judges, if anybody does.
    pub(crate) fn judge(&self) -> Option<&Arc<dyn Judge>> {
        self.judge.get()
    }
}
