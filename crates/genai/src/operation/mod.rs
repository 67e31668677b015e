//! What a span or log record stands for.

#[cfg(test)]
mod tests;

use crate::{
    dialect::fits,
    read::Slots,
    table::{self, Field, FieldSet, Named, Sheet},
};

/// What kind of work a record reports, as far as counting is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Class {
    /// One call of a model: what tokens are counted on.
    Leaf,
    /// A sum over model calls that is neither agent nor workflow, such as a turn.
    Aggregate,
    /// One call of a tool.
    Tool,
    /// An agent at work.
    Agent,
    /// A workflow of agents, tasks or chains.
    Workflow,
    /// Anything else: retrieval, memory, guardrails, messages.
    #[default]
    Other,
}

impl Class {
    /// `leaf`, `aggregate`, `tool`, `agent`, `workflow` or `other`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Leaf => "leaf",
            Self::Aggregate => "aggregate",
            Self::Tool => "tool",
            Self::Agent => "agent",
            Self::Workflow => "workflow",
            Self::Other => "other",
        }
    }
}

/// The class and normalised name of a `gen_ai.operation.name`; `None` if it is not a known one.
#[must_use]
pub fn operation_of(name: &[u8]) -> Option<(Class, &'static str)> {
    let found = match name {
        b"chat" | b"llm_call" | b"completion" | b"acompletion" | b"call_llm" | b"responses"
        | b"aresponses" | b"message" | b"chat_completion" => (Class::Leaf, "chat"),
        b"generate_content" | b"agenerate_content" => (Class::Leaf, "generate_content"),
        b"text_completion" | b"atext_completion" => (Class::Leaf, "text_completion"),
        b"embeddings" | b"embedding" | b"aembedding" => (Class::Leaf, "embeddings"),
        b"rerank" | b"arerank" => (Class::Leaf, "rerank"),
        b"image_generation" | b"aimage_generation" => (Class::Leaf, "image_generation"),
        b"speech" | b"aspeech" => (Class::Leaf, "speech"),
        b"transcription" | b"atranscription" => (Class::Leaf, "transcription"),
        b"agent_step" => (Class::Aggregate, "agent_step"),
        b"execute_event_loop_cycle" => (Class::Aggregate, "execute_event_loop_cycle"),
        b"execute_tool" | b"tool_call" => (Class::Tool, "execute_tool"),
        b"invoke_agent" | b"agent_call" => (Class::Agent, "invoke_agent"),
        b"invoke_workflow" => (Class::Workflow, "invoke_workflow"),
        b"create_agent" => (Class::Other, "create_agent"),
        b"plan" => (Class::Other, "plan"),
        b"retrieval" => (Class::Other, "retrieval"),
        b"fetch_response" => (Class::Other, "fetch_response"),
        b"execute_task" => (Class::Other, "execute_task"),
        b"chain" => (Class::Other, "chain"),
        b"moderation" | b"amoderation" => (Class::Other, "moderation"),
        b"apply_guardrail" => (Class::Other, "apply_guardrail"),
        b"search_memory" => (Class::Other, "search_memory"),
        b"create_memory" => (Class::Other, "create_memory"),
        b"update_memory" => (Class::Other, "update_memory"),
        b"upsert_memory" => (Class::Other, "upsert_memory"),
        b"delete_memory" => (Class::Other, "delete_memory"),
        b"create_memory_store" => (Class::Other, "create_memory_store"),
        b"delete_memory_store" => (Class::Other, "delete_memory_store"),
        _ => return None,
    };
    Some(found)
}

/// What a record was found to stand for.
pub(crate) struct Operation<'a> {
    pub(crate) class: Class,
    pub(crate) name: &'a [u8],
    /// Whether just this stands under `gen_ai.operation.name`.
    as_it_came: bool,
}

impl<'a> Operation<'a> {
    /// What a span stands for. The dialect's own word for its kind counts before the operation, which
    /// several give to everything; then the span's name; then that it carries tokens of a model.
    pub(crate) fn of_span(
        slots: &Slots<'_, 'a>,
        sheet: &Sheet,
        name: impl Fn() -> &'a [u8],
        is_call: bool,
    ) -> Self {
        Self::of_kind(slots)
            .or_else(|| Self::of_operation(slots))
            .or_else(
                || {
                    if sheet.spans.is_empty() { None } else { Self::by_name(sheet.spans, name()) }
                },
            )
            .unwrap_or_else(|| Self::of_nothing(slots, is_call))
    }

    /// What a log record stands for. Of records that the dialect does not list, only those with tokens
    /// are calls: senders write one for the request and one for the answer.
    pub(crate) fn of_event(
        slots: &Slots<'_, 'a>,
        sheet: &Sheet,
        event: Option<&[u8]>,
        is_call: bool,
    ) -> Self {
        if let Some(listed) = event.and_then(|event| Self::by_name(sheet.events, event)) {
            return listed;
        }
        let mut found =
            Self::of_operation(slots).unwrap_or_else(|| Self::of_nothing(slots, is_call));
        if !is_call {
            found.class = Class::Other;
        }
        found
    }

    /// What the first fitting name of a list stands for.
    pub(crate) fn by_name(list: &'static [Named], name: &[u8]) -> Option<Self> {
        let named = list.iter().find(|named| fits(named.word.as_bytes(), name))?;
        Some(Self { class: named.class, name: named.operation.as_bytes(), as_it_came: false })
    }

    /// Notes whether it need not be written.
    pub(crate) fn note(&self, as_it_came: &mut FieldSet) {
        if self.as_it_came {
            as_it_came.insert(Field::Operation);
        }
    }

    fn of_kind(slots: &Slots<'_, 'a>) -> Option<Self> {
        let slot = slots.slot(Field::Kind)?;
        let word = slots.text(Field::Kind)?;
        let kinds = table::sheet(slot.meaning.dialect).kinds;
        let named = kinds.iter().find(|named| named.word.as_bytes().eq_ignore_ascii_case(word))?;
        let kind = Self { class: named.class, name: named.operation.as_bytes(), as_it_came: false };
        // The operation may say more exactly what kind of call it is.
        match Self::of_operation(slots) {
            Some(operation) if operation.class == kind.class => Some(operation),
            _ => Some(kind),
        }
    }

    fn of_operation(slots: &Slots<'_, 'a>) -> Option<Self> {
        let slot = slots.slot(Field::Operation)?;
        let came = slot.text()?;
        let (class, name) = operation_of(came)?;
        let as_it_came = slot.is_canonical() && name.as_bytes() == came;
        Some(Self { class, name: name.as_bytes(), as_it_came })
    }

    fn of_nothing(slots: &Slots<'_, 'a>, is_call: bool) -> Self {
        let came = slots.text(Field::Operation);
        let class = if is_call && came.is_none() { Class::Leaf } else { Class::Other };
        let name = came.unwrap_or(if is_call { b"chat" } else { b"" });
        Self { class, name, as_it_came: came.is_some() }
    }
}
