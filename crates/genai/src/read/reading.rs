//! What was understood of one record.

use pdata::AnyValue;

use crate::{
    Accounting, Class, Dialect, Provider, Signal, Usage, price::CostSource, table::FieldSet,
};

/// What one span or log record says, in the words of the conventions. Text borrows from the record
/// and is bytes, as everywhere on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// Whose words it used.
    pub dialect: Dialect,
    /// Whether it was a span or a log record.
    pub signal: Signal,
    /// What kind of work it reports.
    pub class: Class,
    /// The operation, normalised where known (`chat`, `invoke_agent`, `execute_tool` …), otherwise as
    /// it came. Empty if nothing names it.
    pub operation: &'a [u8],
    /// Who served the call. Never a framework.
    pub provider: Option<Provider<'a>>,
    /// The framework that a sender gave in place of a provider.
    pub framework: Option<&'a [u8]>,
    /// The model asked for.
    pub request_model: Option<&'a [u8]>,
    /// The model that answered.
    pub response_model: Option<&'a [u8]>,
    /// The provider's id of the answer.
    pub response_id: Option<&'a [u8]>,
    /// The gateway's or client's id of the call: LiteLLM's call id, a request id.
    pub call_id: Option<&'a [u8]>,
    /// Which attempt this was, from 1, where a dialect tells.
    pub attempt: Option<u64>,
    /// Tokens, in one meaning.
    pub usage: Usage,
    /// How sure it is what the tokens include.
    pub accounting: Accounting,
    /// What the sender says it cost.
    pub cost: Option<ReportedCost>,
    /// The tier the provider served it at: `default`, `flex`, `priority`, `batch` …
    pub service_tier: Option<&'a [u8]>,
    /// Whether the answer was streamed.
    pub stream: Option<bool>,
    /// Seconds from the request to the first chunk of the answer.
    pub time_to_first_chunk: Option<f64>,
    /// Why the model stopped.
    pub finish_reasons: FinishReasons<'a>,
    /// The agent's name.
    pub agent_name: Option<&'a [u8]>,
    /// The agent's id.
    pub agent_id: Option<&'a [u8]>,
    /// The workflow's name.
    pub workflow_name: Option<&'a [u8]>,
    /// The tool's name.
    pub tool_name: Option<&'a [u8]>,
    /// The id that the model gave the tool call.
    pub tool_call_id: Option<&'a [u8]>,
    /// The conversation, session or thread.
    pub conversation_id: Option<&'a [u8]>,
    /// What it says about the run it belongs to.
    pub run: Run<'a>,
    /// The class of error, `error.type`.
    pub error_type: Option<&'a [u8]>,
    /// Whether it failed: by status, by `error.type`, or in a dialect's own words.
    pub failed: bool,
    /// Whether it is time spent waiting for a human.
    pub awaits_human: bool,
    /// Whether a gateway answered from its own cache, which costs nothing.
    pub cache_hit: bool,
    /// Whether this is the signal of its scope that tokens are counted on.
    pub authority: Authority,
    /// Whether the serving side reports it: the caller may report the same call.
    pub server_side: bool,
    /// Whether a gateway between caller and provider reports it.
    pub gateway: bool,
    /// Whether the tokens are a sum over the life of the agent, not of this run.
    pub lifetime: bool,
    /// Seconds the work took, where the record itself tells (log records).
    pub duration: Option<f64>,
    /// 0 to 3, how well this kind of sender knows the numbers: 3 the provider's SDK, 2 a gateway, 1 an
    /// instrumentation of the client, 0 a framework.
    pub trust: u8,
    /// What already stands under its name in the conventions, with just this value.
    pub as_it_came: FieldSet,
}

impl Reading<'_> {
    /// Whether it shows that a model answered or failed to: tokens, an id, a reason to stop, an error.
    /// A leaf without is not counted as a call.
    #[must_use]
    pub fn is_evident(&self) -> bool {
        self.usage.is_known()
            || self.response_id.is_some()
            || !self.finish_reasons.is_empty()
            || self.failed
    }

    /// The model to name: the one that answered, else the one asked for.
    #[must_use]
    pub fn model(&self) -> Option<&[u8]> {
        self.response_model.or(self.request_model)
    }
}

/// What a record says about the run it belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run<'a> {
    /// An id of the run or turn: `gen_ai.agent.call.id`, ADK's invocation, Claude Code's prompt,
    /// MUTX's run.
    pub id: Option<&'a [u8]>,
    /// A name for the run if it has a root here: the agent, the workflow, the function.
    pub name: Option<&'a [u8]>,
    /// Whether a span like this is the root of a run, if nothing of its kind is above it.
    pub may_be_root: bool,
}

/// What the sender says a call cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportedCost {
    /// US dollars, above 0.
    pub usd: f64,
    /// Who says so.
    pub source: CostSource,
}

/// Which of the signals of one scope is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Authority {
    /// This one.
    #[default]
    Primary,
    /// Another one, if it arrives; this one only if not.
    Secondary,
}

/// Why the model stopped, as the sender wrote it: a list, one word, or a list in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FinishReasons<'a>(pub(crate) AnyValue<'a>);

/// How many finish reasons are read, at most: one for each choice.
const REASONS_MAX: usize = 32;

impl<'a> FinishReasons<'a> {
    /// The reasons in order, at most 32.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        let listed = match self.0 {
            AnyValue::Array(list) => Some(list.iter()),
            _ => None,
        };
        let text = match self.0 {
            AnyValue::Str(text) => text,
            _ => &[],
        };
        let words = text.split(|byte| b"[],\"'".contains(byte)).filter(|word| {
            let word = word.trim_ascii();
            !word.is_empty() && word != b"null" && word != b"None"
        });
        let listed = listed.into_iter().flatten().filter_map(AnyValue::as_str);
        listed.chain(words.map(<[u8]>::trim_ascii)).take(REASONS_MAX)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        match self.0 {
            AnyValue::Array(list) => !list.iter().any(|one| matches!(one, AnyValue::Str(_))),
            AnyValue::Str(_) => self.iter().next().is_none(),
            _ => true,
        }
    }
}
