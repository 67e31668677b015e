//! What the collector tells about itself: its log, its metrics page, its process.
//!
//! Read in this order: [`Logs`] (lines as the Go collector writes them, C§1.5), [`MetricsPage`]
//! (`/metrics`, C§4.2), [`observe_process`] (C§4.3), `admission`.

mod admission;
mod logs;
mod page;
mod process;
mod push;

pub(crate) use self::admission::observe_budget;
pub use self::{
    logs::{Logs, LogsError},
    page::{MetricsPage, PageError},
    process::{Heap, observe_process},
    push::{Push, PushError, logs::LogSender},
};
