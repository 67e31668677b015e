//! From a record to a [`Reading`].

mod reading;
mod source;

pub use self::{
    reading::{Authority, FinishReasons, Reading, ReportedCost, Run},
    source::Source,
};
use crate::ScopeDialect;

/// Understands one span or log record. `None` for what is not GenAI telemetry.
///
/// `scope` is what [`ScopeDialect::of`] said of the record's scope. Attributes are walked once; a
/// record without a telling key costs a hash per key and allocates nothing.
///
/// ```
/// # use pdata::views::SpanView;
/// # use genai::{ScopeDialect, read};
/// fn input_tokens(scope_name: &[u8], span: &SpanView<'_>) -> Option<u64> {
///     let scope = ScopeDialect::of(scope_name, b"");
///     read(&scope, span)?.usage.input
/// }
/// ```
#[must_use]
pub fn read<'a>(_scope: &ScopeDialect, _record: &impl Source<'a>) -> Option<Reading<'a>> {
    None
}
