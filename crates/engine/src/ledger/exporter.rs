//! The account of one exporter and signal.

use std::sync::Arc;

use sdk::{Id, Signal};

use super::account::{Account, Ledger, LineId, Opening, Owner, Side};

/// Offered and restored = sent, rejected, refused, lost and left on disk, and what is held.
#[derive(Debug)]
pub(crate) struct ExporterAccount {
    account: Arc<Account>,
    offered: LineId,
    restored: LineId,
    sent: LineId,
    rejected: LineId,
    refused: LineId,
    lost: LineId,
    left_on_disk: LineId,
    /// Whether success is said when items are queued. What fails later is then lost; else its sender
    /// still has it.
    answers_early: bool,
}

impl ExporterAccount {
    /// The account of an exporter for a signal.
    pub(crate) fn new(exporter: &Id, signal: Signal, answers_early: bool, ledger: &Ledger) -> Self {
        let id = exporter.to_string();
        let labels = [("exporter", id.as_str()), ("otel_signal", signal.name())];
        let owner = Owner::Exporter(id.clone(), signal);
        let mut opening = Opening::new(ledger, owner, ("tollgate_exporter", "items"), &labels);
        let mut line = |side, what, help| opening.line(side, what, help, &labels);
        let offered = line(Side::In, "offered", "that came to the exporter.");
        let help = "that were on disk when the exporter started.";
        let restored = line(Side::In, "restored", help);
        let sent = line(Side::Out, "sent", "that the destination took.");
        let rejected = line(Side::Out, "rejected", "that the destination said it did not keep.");
        let refused = line(Side::Out, "refused", "given back to whoever sent them.");
        let lost = line(Side::Out, "lost", "that were taken and had to be given up.");
        let left_on_disk = line(Side::Out, "left_on_disk", "that wait on disk for the next start.");
        let account = opening.open();
        Self {
            account,
            offered,
            restored,
            sent,
            rejected,
            refused,
            lost,
            left_on_disk,
            answers_early,
        }
    }

    /// Items came to the exporter.
    pub(crate) fn offer(&self, items: usize) {
        self.account.add(self.offered, items);
    }

    /// Items were on disk.
    pub(crate) fn restore(&self, items: usize) {
        self.account.add(self.restored, items);
    }

    /// The destination answered success, and how many of the items it did not keep.
    pub(crate) fn send(&self, items: usize, rejected: usize) {
        let rejected = rejected.min(items);
        self.account.add_all(&[(self.sent, items - rejected), (self.rejected, rejected)]);
    }

    /// Items were never taken.
    pub(crate) fn refuse(&self, items: usize) {
        self.account.add(self.refused, items);
    }

    /// Items were given up: lost if a client was told they are taken, else the client still has them.
    pub(crate) fn fail(&self, items: usize) {
        let line = if self.answers_early { self.lost } else { self.refused };
        self.account.add(line, items);
    }

    /// Items stay on disk until the next start.
    pub(crate) fn leave(&self, items: usize) {
        self.account.add(self.left_on_disk, items);
    }
}
