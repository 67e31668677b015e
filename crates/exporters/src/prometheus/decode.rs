//! Series from the translator into the store.

use tokio::time::Instant;

use super::{
    encode::text,
    state::{Open, Store},
};
use crate::shared::prometheus::{Exemplar, Family, Head, Intake, LabelList, Point, Reason, Value};

/// The store, as it takes a request that came `now`.
pub(super) struct Taking<'s> {
    pub(super) store: &'s mut Store,
    pub(super) now: Instant,
}

impl Intake for Taking<'_> {
    type Family<'f>
        = Open<'f>
    where
        Self: 'f;

    fn target(&mut self, target: Option<(LabelList<'_>, LabelList<'_>)>) {
        if let Some((identity, labels)) = target {
            self.store.show_target(&text(&identity), &text(&labels), self.now);
        }
    }

    fn open(&mut self, head: Head<'_>) -> Result<Open<'_>, Reason> {
        self.store.open(head.name, head.kind, head.help, self.now)
    }

    fn close(&mut self, name: &str) {
        self.store.close(name);
    }
}

impl Family for Open<'_> {
    fn put<I: Iterator<Item = Exemplar>>(
        &mut self,
        labels: LabelList<'_>,
        point: Point,
        exemplars: impl FnOnce() -> I,
    ) -> Result<(), Reason> {
        self.take(&text(&labels), point, exemplars)
    }

    fn end(&mut self, labels: LabelList<'_>, time: u64, _: Option<Value>) {
        self.forget(&text(&labels), time);
    }
}
