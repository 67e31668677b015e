//! The account of one pipeline.

use std::{collections::BTreeMap, sync::Arc};

use sdk::Id;

use super::account::{Account, Ledger, LineId, Opening, Owner, Side};
use crate::plan::{PipelinePlan, Step, Target};

/// Entered, copied and made = passed on, dropped, refused and lost, and what is held.
#[derive(Debug)]
pub(crate) struct PipelineAccount {
    account: Arc<Account>,
    entered: LineId,
    copied: LineId,
    refused: LineId,
    targets: BTreeMap<Id, LineId>,
    processors: BTreeMap<Id, Lines>,
}

/// The lines of one processor.
#[derive(Clone, Copy, Debug)]
struct Lines {
    dropped: LineId,
    made: LineId,
    lost: LineId,
}

/// What one target of a pipeline takes over.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    account: Arc<Account>,
    line: LineId,
}

/// What one processor of a pipeline does to the number of items.
#[derive(Clone, Debug)]
pub(crate) struct ProcessorAccount {
    account: Arc<Account>,
    lines: Lines,
    copied: LineId,
}

/// Items that entered and for which nobody behind has answered yet. Dropped without an answer, they are
/// refused: the client went away, and keeps what it sent.
#[must_use]
pub(crate) struct Entered<'a> {
    of: &'a PipelineAccount,
    items: usize,
}

impl PipelineAccount {
    /// The account of a planned pipeline.
    pub(crate) fn new(plan: &PipelinePlan, ledger: &Ledger) -> Arc<Self> {
        let pipeline = plan.id.to_string();
        let label = ("pipeline", pipeline.as_str());
        let own = [label];
        let owner = Owner::Pipeline(pipeline.clone());
        let mut opening = Opening::new(ledger, owner, ("tollgate_pipeline", "items"), &own);
        let entered = opening.line(Side::In, "entered", "that came to the pipeline.", &own);
        let help = "that went on a second time: to a further exporter or connector, or again after a refusal.";
        let copied = opening.line(Side::In, "copied", help, &own);
        let targets = plan.targets.iter().map(|target| {
            let (Target::Exporter(id) | Target::Connector(id)) = target;
            let to = id.to_string();
            let help = "that an exporter or connector took over.";
            let (labels, words) = ([label, ("to", &to)], format!("passed to {to}"));
            let line = opening.worded_line(Side::Out, "passed", help, &labels, words);
            (id.clone(), line)
        });
        let targets = targets.collect();
        let ids = plan.steps.iter().flat_map(|step| match step {
            Step::Pass(ids) => ids.as_slice(),
            Step::Batch(id) => std::slice::from_ref(id),
        });
        let processors = ids.map(|id| (id.clone(), Lines::new(&mut opening, label, id))).collect();
        let help = "given back to whoever sent them.";
        let refused = opening.line(Side::Out, "refused", help, &own);
        let account = opening.open();
        Arc::new(Self { account, entered, copied, refused, targets, processors })
    }

    /// The account itself.
    #[cfg(test)]
    pub(crate) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// Items came to the pipeline.
    pub(crate) fn enter(&self, items: usize) -> Entered<'_> {
        self.account.add(self.entered, items);
        Entered { of: self, items }
    }

    /// Items went on while whoever sent them still has them.
    pub(crate) fn copy(&self, items: usize) {
        self.account.add(self.copied, items);
    }

    /// What a target takes over; none if it is not one of the pipeline's.
    pub(crate) fn passage(&self, target: &Id) -> Option<Passage> {
        let line = *self.targets.get(target)?;
        Some(Passage { account: self.account.clone(), line })
    }

    /// What a processor does; none if it is not one of the pipeline's.
    pub(crate) fn processor(&self, id: &Id) -> Option<ProcessorAccount> {
        let lines = *self.processors.get(id)?;
        Some(ProcessorAccount { account: self.account.clone(), lines, copied: self.copied })
    }
}

impl Entered<'_> {
    /// Somebody behind answers for the items now.
    pub(crate) fn taken(mut self) {
        self.items = 0;
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        if self.items > 0 {
            self.of.account.add(self.of.refused, self.items);
        }
    }
}

impl Passage {
    /// The target took items over.
    pub(crate) fn pass(&self, items: usize) {
        self.account.add(self.line, items);
    }
}

impl ProcessorAccount {
    /// The processor took items out on purpose.
    pub(crate) fn drop_items(&self, items: usize) {
        if items > 0 {
            self.account.add(self.lines.dropped, items);
        }
    }

    /// The processor handed on items that did not come to it.
    pub(crate) fn make(&self, items: usize) {
        self.account.add(self.lines.made, items);
    }

    /// The processor had to give up items that a client was told are taken.
    pub(crate) fn lose(&self, items: usize) {
        self.account.add(self.lines.lost, items);
    }

    /// Items went on although whoever sent them was refused, and may send them again.
    pub(crate) fn copy(&self, items: usize) {
        if items > 0 {
            self.account.add(self.copied, items);
        }
    }
}

impl Lines {
    fn new(opening: &mut Opening<'_>, pipeline: (&str, &str), processor: &Id) -> Self {
        let id = processor.to_string();
        let labels = [pipeline, ("processor", id.as_str())];
        let mut line = |side, what, help| {
            opening.worded_line(side, what, help, &labels, format!("{what} by {id}"))
        };
        Self {
            dropped: line(Side::Out, "dropped", "that a processor took out on purpose."),
            made: line(Side::In, "made", "that a processor added."),
            lost: line(Side::Out, "lost", "that were taken and that a processor had to give up."),
        }
    }
}
