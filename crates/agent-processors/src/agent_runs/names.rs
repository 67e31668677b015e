//! The attributes and events that are written. They stay as they are.

/// How the run ended: `completed`, `error`, `guardrail`, `max_iterations`, `timeout`, `cancelled`,
/// `unknown`.
pub(super) const OUTCOME: &[u8] = b"tollgate.run.outcome";
/// Whether nothing can turn out to stand above the root.
pub(super) const CERTAIN: &[u8] = b"tollgate.run.certain";
/// Model calls, each counted once.
pub(super) const MODEL_CALLS: &[u8] = b"tollgate.run.model_calls";
/// Of them, those that failed.
pub(super) const MODEL_FAILURES: &[u8] = b"tollgate.run.model_failures";
/// Tool calls.
pub(super) const TOOL_CALLS: &[u8] = b"tollgate.run.tool_calls";
/// Of them, those that failed.
pub(super) const TOOL_FAILURES: &[u8] = b"tollgate.run.tool_failures";
/// Of them, those after which no call of the same tool went well, in a run that did not complete.
pub(super) const TOOLS_UNRECOVERED: &[u8] = b"tollgate.run.tools_unrecovered";
/// Failed model and tool calls.
pub(super) const ERRORS: &[u8] = b"tollgate.run.errors";
/// Agents and workflows at work, the root included.
pub(super) const AGENTS: &[u8] = b"tollgate.run.agents";
/// Input tokens, those read from and written to a cache included.
pub(super) const INPUT: &[u8] = b"tollgate.run.input_tokens";
/// Output tokens, reasoning included.
pub(super) const OUTPUT: &[u8] = b"tollgate.run.output_tokens";
/// Of the input, what was read from a cache.
pub(super) const CACHE_READ: &[u8] = b"tollgate.run.cache_read_tokens";
/// Of the input, what was written to a cache.
pub(super) const CACHE_WRITE: &[u8] = b"tollgate.run.cache_write_tokens";
/// Of the output, reasoning.
pub(super) const REASONING: &[u8] = b"tollgate.run.reasoning_tokens";
/// US dollars of the calls with a known cost.
pub(super) const COST: &[u8] = b"tollgate.run.cost";
/// Calls with tokens and without a known cost.
pub(super) const UNPRICED: &[u8] = b"tollgate.run.unpriced_calls";
/// Calls that went well and carry no tokens.
pub(super) const WITHOUT_USAGE: &[u8] = b"tollgate.run.calls_without_usage";
/// Whether some of the tokens stand in for calls that never came.
pub(super) const ESTIMATED: &[u8] = b"tollgate.run.estimated";
/// Seconds in which a human was waited for.
pub(super) const WAITED: &[u8] = b"tollgate.run.human_wait";
/// Seconds from begin to end.
pub(super) const DURATION: &[u8] = b"tollgate.run.duration";
/// The id of the run.
pub(super) const ID: &[u8] = b"tollgate.run.id";
/// What it did before.
pub(super) const STATE_FROM: &[u8] = b"tollgate.run.state.from";
/// What it does now.
pub(super) const STATE_TO: &[u8] = b"tollgate.run.state.to";
/// Why.
pub(super) const REASON: &[u8] = b"tollgate.run.reason";

/// Work on a trace or session has begun.
pub(super) const STARTED: &str = "tollgate.run.started";
/// It does something else now.
pub(super) const STATE_CHANGED: &str = "tollgate.run.state_changed";
/// A run ended.
pub(super) const CLOSED: &str = "tollgate.run.closed";
/// A run did not end as far as was seen.
pub(super) const LOST: &str = "tollgate.run.lost";
/// Something came after a run was closed.
pub(super) const AMENDED: &str = "tollgate.run.amended";
/// What all of them begin with.
pub(super) const EVENTS: &[u8] = b"tollgate.run.";
