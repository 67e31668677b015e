//! Attributes that are written beside those that `genai` names.

/// US dollars, a double; the name most tools read.
pub(super) const COST: &[u8] = b"gen_ai.usage.cost";
/// The currency of [`COST`], always `USD`.
pub(super) const COST_CURRENCY: &[u8] = b"tollgate.cost.currency";
/// The one currency there is.
pub(super) const CURRENCY: &str = "USD";
/// Who says what it cost: `provider`, `gateway`, `sdk`, `computed` or `local`; `unknown` where asked for.
pub(super) const COST_SOURCE: &[u8] = b"tollgate.cost.source";
/// The date of the prices that a cost was computed with, `YYYY-MM-DD`.
pub(super) const PRICE_DATE: &[u8] = b"tollgate.cost.price_date";
/// `verified` or `assumed`: how sure it is what the counts include. Where this stands, counts are in
/// the meaning of the conventions, whatever the sender's habits.
pub(super) const ACCOUNTING: &[u8] = b"tollgate.token.accounting";
/// What the model was given, as JSON.
pub(super) const INPUT_MESSAGES: &[u8] = b"gen_ai.input.messages";
/// What it answered, as JSON.
pub(super) const OUTPUT_MESSAGES: &[u8] = b"gen_ai.output.messages";

/// What every count of tokens begins with.
pub(super) const USAGE: &str = "gen_ai.usage.";
