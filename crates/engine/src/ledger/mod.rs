//! The loss ledger: every item that comes in is accounted for until it leaves.
//!
//! Each pipeline keeps an account, and each exporter keeps one for each signal. Whoever has a batch
//! answers for its items; an answer of success moves them on, an error leaves them with whoever asked.
//! An account therefore always adds up to what it holds, and at the end of a service it must hold
//! nothing: what was swallowed without a word shows as held for ever. `docs/ledger.md` tells it to users.

mod account;
mod exporter;
mod pipeline;
#[cfg(test)]
mod tests;

use tracing::{error, info};

pub(crate) use self::{
    account::Ledger,
    exporter::ExporterAccount,
    pipeline::{Passage, PipelineAccount, ProcessorAccount},
};

/// Tells the log how the accounts of a service ended. Nothing runs any more.
pub(crate) fn close(ledger: &Ledger) {
    for account in ledger.accounts() {
        let Some(statement) = account.statement() else { continue };
        let owner = account.owner();
        match account.held() {
            0 => info!(owner, account = statement, "Telemetry is accounted for."),
            missing => error!(
                owner,
                account = statement,
                missing,
                "Telemetry is not accounted for. This is a bug."
            ),
        }
    }
}
