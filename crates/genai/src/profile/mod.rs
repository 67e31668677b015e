//! What a reading is written as.

#[cfg(test)]
mod tests;

use crate::{
    Dialect, FinishReasons, Provider, Reading,
    table::{Field, Says, index},
};

/// A version of the conventions to write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Version 1.37.
    V1_37,
    /// Version 1.41, the last tagged one.
    #[default]
    V1_41,
    /// What is being developed.
    Next,
}

impl Profile {
    /// The profile of that name: `v1_37`, `v1_41` or `next`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "v1_37" => Some(Self::V1_37),
            "v1_41" => Some(Self::V1_41),
            "next" => Some(Self::Next),
            _ => None,
        }
    }
}

/// A value to write.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Out<'a> {
    /// Text.
    Str(&'a [u8]),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// A truth value.
    Bool(bool),
    /// A list of texts.
    Strs(FinishReasons<'a>),
}

/// Hands each attribute of the conventions that a reading gives, and that does not stand in the record
/// already with that value, to `put`. Cost has no place in the conventions and is not among them.
pub fn each_attribute<'a>(
    reading: &Reading<'a>,
    profile: Profile,
    put: &mut dyn FnMut(&'static str, Out<'a>),
) {
    let mut put = |field: Field, out: Option<Out<'a>>| {
        if !reading.as_it_came.contains(field)
            && let (Some(out), Some(key)) = (out, key(field, profile))
        {
            put(key, out);
        }
    };
    let text = |text: Option<&'a [u8]>| text.map(Out::Str);
    put(Field::Operation, text(Some(reading.operation).filter(|name| !name.is_empty())));
    put(Field::Provider, text(reading.provider.map(Provider::as_bytes)));
    put(Field::RequestModel, text(reading.request_model));
    put(Field::ResponseModel, text(reading.response_model));
    put(Field::ResponseId, text(reading.response_id));
    put(Field::AgentName, text(reading.agent_name));
    put(Field::AgentId, text(reading.agent_id));
    put(Field::WorkflowName, text(reading.workflow_name));
    put(Field::ToolName, text(reading.tool_name));
    put(Field::ToolCallId, text(reading.tool_call_id));
    put(Field::Conversation, text(reading.conversation_id));
    put(Field::ErrorType, text(reading.error_type));
    put(Field::Stream, reading.stream.map(Out::Bool));
    put(Field::FirstChunk, reading.time_to_first_chunk.map(Out::Double));
    let reasons = reading.finish_reasons;
    put(Field::FinishReasons, Some(Out::Strs(reasons)).filter(|_| !reasons.is_empty()));
    if matches!(reading.provider, Some(Provider::Known("openai" | "azure.ai.openai"))) {
        put(Field::ServiceTier, text(reading.service_tier));
    }
    each_count(reading, &mut put);
}

fn each_count<'a>(reading: &Reading<'a>, put: &mut dyn FnMut(Field, Option<Out<'a>>)) {
    let usage = &reading.usage;
    let counts = [
        (Field::Input, usage.input),
        (Field::Output, usage.output),
        (Field::CacheRead, usage.cache_read),
        (Field::CacheWrite, usage.cache_write),
        (Field::Reasoning, usage.reasoning),
        (Field::AudioInput, usage.audio_input),
        (Field::AudioOutput, usage.audio_output),
        (Field::ImageInput, usage.image_input),
        (Field::ImageOutput, usage.image_output),
    ];
    for (field, count) in counts {
        let number = count.and_then(|count| i64::try_from(count).ok());
        put(field, number.map(Out::Int));
    }
}

/// The key of a field in a version of the conventions; `None` if it has none there.
#[must_use]
pub fn key(field: Field, profile: Profile) -> Option<&'static str> {
    let since = match field {
        Field::CacheWrite if profile == Profile::Next => {
            return Some("gen_ai.usage.cache_write.input_tokens");
        }
        Field::CacheRead
        | Field::CacheWrite
        | Field::Reasoning
        | Field::Stream
        | Field::FirstChunk
        | Field::WorkflowName => Profile::V1_41,
        Field::AudioInput | Field::AudioOutput | Field::ImageInput | Field::ImageOutput => {
            Profile::Next
        }
        _ => Profile::V1_37,
    };
    canonical(field).filter(|_| profile >= since)
}

/// The key of a field in the latest conventions that have it; of cache writes the older.
pub(crate) const fn canonical(field: Field) -> Option<&'static str> {
    Some(match field {
        Field::Operation => "gen_ai.operation.name",
        Field::Provider => "gen_ai.provider.name",
        Field::RequestModel => "gen_ai.request.model",
        Field::ResponseModel => "gen_ai.response.model",
        Field::ResponseId => "gen_ai.response.id",
        Field::Input => "gen_ai.usage.input_tokens",
        Field::Output => "gen_ai.usage.output_tokens",
        Field::CacheRead => "gen_ai.usage.cache_read.input_tokens",
        Field::CacheWrite => "gen_ai.usage.cache_creation.input_tokens",
        Field::Reasoning => "gen_ai.usage.reasoning.output_tokens",
        Field::AudioInput => "gen_ai.usage.audio.input_tokens",
        Field::AudioOutput => "gen_ai.usage.audio.output_tokens",
        Field::ImageInput => "gen_ai.usage.image.input_tokens",
        Field::ImageOutput => "gen_ai.usage.image.output_tokens",
        Field::FinishReasons => "gen_ai.response.finish_reasons",
        Field::FirstChunk => "gen_ai.response.time_to_first_chunk",
        Field::Stream => "gen_ai.request.stream",
        Field::ServiceTier => "openai.response.service_tier",
        Field::AgentName => "gen_ai.agent.name",
        Field::AgentId => "gen_ai.agent.id",
        Field::WorkflowName => "gen_ai.workflow.name",
        Field::ToolName => "gen_ai.tool.name",
        Field::ToolCallId => "gen_ai.tool.call.id",
        Field::Conversation => "gen_ai.conversation.id",
        Field::ErrorType => "error.type",
        _ => return None,
    })
}

/// Whether an attribute of this dialect says in other words what the profile writes in the conventions',
/// so that removing originals removes it. Bodies of JSON are not removed, nor are keys that telemetry
/// without GenAI has too.
#[must_use]
pub fn is_original(attribute: &[u8], dialect: Dialect, profile: Profile) -> bool {
    written_as(attribute, dialect, profile).is_some()
}

/// The key under which the profile writes what an attribute of this dialect says in other words; `None`
/// if it is no original in the meaning of [`is_original`].
#[must_use]
pub fn written_as(attribute: &[u8], dialect: Dialect, profile: Profile) -> Option<&'static str> {
    let meaning = index().find(attribute)?.meaning(dialect)?;
    let field = match meaning.row.field {
        Field::Kind => Field::Operation,
        Field::System => Field::Provider,
        field => field,
    };
    key(field, profile).filter(|key| meaning.row.says != Says::Nothing && *key != meaning.row.key)
}
