//! What the providers call their counts.

use super::Shape;

/// What a key of a usage body means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Input(Shape),
    /// Input as OpenAI counts it, whatever stands beside it.
    Prompt,
    Output,
    Total,
    CacheRead(Shape),
    CacheWrite(Shape),
    CacheWrite5m,
    CacheWrite1h,
    Reasoning,
    AudioInput,
    AudioOutput,
    ImageInput,
    ImageOutput,
    ToolUse,
    WebSearches,
    Cost,
}

/// What a key under this parent means; lists have their own key as parent.
pub(super) fn name_of(parent: &[u8], key: &[u8]) -> Option<Name> {
    if is_breakdown(parent) {
        return detail(parent, key);
    }
    Some(match key {
        b"prompt_tokens" | b"promptTokens" | b"prompt_token_count" | b"prompt_eval_count" => {
            Name::Prompt
        }
        b"input_tokens"
        | b"input_token_count"
        | b"inputTextTokenCount"
        | b"inputTokenCount"
        | b"inputTokens" => Name::Input(Shape::OpenAi),
        b"promptTokenCount" | b"total_input_tokens" => Name::Input(Shape::Gemini),
        b"input" | b"prompt" => Name::Input(Shape::Flat),
        b"completion_tokens"
        | b"output_tokens"
        | b"completionTokens"
        | b"outputTokens"
        | b"generation_token_count"
        | b"generated_token_count"
        | b"outputTokenCount"
        | b"candidatesTokenCount"
        | b"candidates_token_count"
        | b"total_output_tokens"
        | b"eval_count"
        | b"output"
        | b"completion" => Name::Output,
        b"tokenCount" if parent == b"results" => Name::Output,
        b"total_tokens" | b"totalTokens" | b"totalTokenCount" | b"total_token_count" | b"total" => {
            Name::Total
        }
        _ => return part(key),
    })
}

/// What a key means that names a part of the input or the output.
fn part(key: &[u8]) -> Option<Name> {
    Some(match key {
        b"cache_read_input_tokens" => Name::CacheRead(Shape::Anthropic),
        b"cacheReadInputTokens" | b"cacheReadInputTokenCount" => Name::CacheRead(Shape::Bedrock),
        b"cached_tokens"
        | b"cachedContentTokenCount"
        | b"cached_content_token_count"
        | b"prompt_cache_hit_tokens"
        | b"num_cached_tokens"
        | b"cached_prompt_tokens"
        | b"cachedInputTokens"
        | b"total_cached_tokens"
        | b"cachedPromptTokens"
        | b"cache_read_tokens"
        | b"prompt_cached_tokens"
        | b"cacheReadTokens" => Name::CacheRead(Shape::OpenAi),
        b"cache_creation_input_tokens" | b"cacheCreationInputTokens" => {
            Name::CacheWrite(Shape::Anthropic)
        }
        b"cacheWriteInputTokens" | b"cacheWriteInputTokenCount" => Name::CacheWrite(Shape::Bedrock),
        b"cache_write_tokens"
        | b"cache_creation_tokens"
        | b"cache_write_input_tokens"
        | b"prompt_cache_creation_tokens"
        | b"cacheWriteTokens" => Name::CacheWrite(Shape::OpenAi),
        b"ephemeral_5m_input_tokens" => Name::CacheWrite5m,
        b"ephemeral_1h_input_tokens" => Name::CacheWrite1h,
        b"reasoning_tokens"
        | b"thoughtsTokenCount"
        | b"thoughts_token_count"
        | b"thinking_tokens"
        | b"total_thought_tokens"
        | b"reasoningTokens"
        | b"completion_reasoning_tokens" => Name::Reasoning,
        b"toolUsePromptTokenCount" | b"tool_use_prompt_token_count" | b"total_tool_use_tokens" => {
            Name::ToolUse
        }
        b"web_search_requests" | b"num_search_queries" => Name::WebSearches,
        b"cost" => Name::Cost,
        _ => return None,
    })
}

/// Whether the parts of a count stand under this key.
fn is_breakdown(parent: &[u8]) -> bool {
    side(parent).is_some()
        || matches!(parent, b"cost_details" | b"cached_tokens_details" | b"cacheDetails")
}

/// Whether a key holds the parts of the input (`false`) or the output (`true`).
fn side(parent: &[u8]) -> Option<bool> {
    match parent {
        b"prompt_tokens_details"
        | b"input_tokens_details"
        | b"input_token_details"
        | b"prompt_token_details"
        | b"inputTokenDetails"
        | b"promptTokensDetails" => Some(false),
        b"completion_tokens_details"
        | b"output_tokens_details"
        | b"output_token_details"
        | b"completion_token_details"
        | b"outputTokenDetails"
        | b"candidatesTokensDetails" => Some(true),
        _ => None,
    }
}

fn detail(parent: &[u8], key: &[u8]) -> Option<Name> {
    let is_output = side(parent)?;
    Some(match (key, is_output) {
        (b"cached_tokens" | b"cache_read" | b"cacheReadTokens", false) => {
            Name::CacheRead(Shape::OpenAi)
        }
        (
            b"cache_write_tokens"
            | b"cache_creation"
            | b"cache_creation_tokens"
            | b"cacheWriteTokens",
            false,
        ) => Name::CacheWrite(Shape::OpenAi),
        (b"ephemeral_5m_input_tokens", false) => Name::CacheWrite5m,
        (b"ephemeral_1h_input_tokens", false) => Name::CacheWrite1h,
        (b"reasoning_tokens" | b"reasoning" | b"thinking_tokens" | b"reasoningTokens", true) => {
            Name::Reasoning
        }
        (b"audio_tokens" | b"audio", false) => Name::AudioInput,
        (b"audio_tokens" | b"audio", true) => Name::AudioOutput,
        (b"image_tokens" | b"image", false) => Name::ImageInput,
        (b"image_tokens" | b"image", true) => Name::ImageOutput,
        _ => return None,
    })
}
