//! The Vercel AI SDK.

use super::{
    Field, Rule, Sheet,
    row::{CACHE_APART, also, mark, named, row},
};
use crate::{Class, Dialect};

pub(super) const VERCEL: Sheet = Sheet {
    scopes: &["ai"],
    rows: &[
        mark("ai.operationId", Field::Kind),
        row("ai.model.provider", Field::Provider),
        row("ai.model.id", Field::RequestModel),
        row("ai.response.model", Field::ResponseModel),
        row("ai.response.id", Field::ResponseId),
        row("ai.usage.inputTokens", Field::Input),
        row("ai.usage.promptTokens", Field::Input),
        row("ai.usage.tokens", Field::Input),
        row("ai.usage.outputTokens", Field::Output),
        row("ai.usage.completionTokens", Field::Output),
        row("ai.usage.totalTokens", Field::Total),
        row("ai.usage.inputTokenDetails.cacheReadTokens", Field::CacheRead),
        row("ai.usage.cachedInputTokens", Field::CacheRead),
        row("ai.usage.inputTokenDetails.cacheWriteTokens", Field::CacheWrite),
        row("ai.usage.outputTokenDetails.reasoningTokens", Field::Reasoning),
        row("ai.usage.reasoningTokens", Field::Reasoning),
        row("ai.usage.inputTokenDetails.noCacheTokens", Field::Marker),
        row("ai.response.providerMetadata", Field::MoreUsage),
        row("ai.response.finishReason", Field::FinishReasons),
        row("ai.response.msToFirstChunk", Field::FirstChunk).millis(),
        row("ai.telemetry.functionId", Field::AgentName),
        row("ai.toolCall.name", Field::ToolName),
        row("ai.toolCall.id", Field::ToolCallId),
        row("ai.telemetry.metadata.sessionId", Field::Conversation),
        row("ai.telemetry.metadata.chatId", Field::Conversation),
        row("ai.telemetry.metadata.threadId", Field::Conversation),
    ],
    kinds: &[
        named("ai.generateText.doGenerate", Class::Leaf, "chat"),
        named("ai.streamText.doStream", Class::Leaf, "chat"),
        named("ai.generateObject.doGenerate", Class::Leaf, "chat"),
        named("ai.streamObject.doStream", Class::Leaf, "chat"),
        named("ai.embed.doEmbed", Class::Leaf, "embeddings"),
        named("ai.embedMany.doEmbed", Class::Leaf, "embeddings"),
        named("ai.rerank.doRerank", Class::Leaf, "rerank"),
        named("ai.generateText", Class::Agent, "invoke_agent"),
        named("ai.streamText", Class::Agent, "invoke_agent"),
        named("ai.generateObject", Class::Agent, "invoke_agent"),
        named("ai.streamObject", Class::Agent, "invoke_agent"),
        named("ai.embed", Class::Aggregate, "embeddings"),
        named("ai.embedMany", Class::Aggregate, "embeddings"),
        named("ai.toolCall", Class::Tool, "execute_tool"),
    ],
    inclusion: &[
        Rule {
            scope: "",
            provider: "anthropic",
            unless: "ai.usage.inputTokenDetails.",
            inclusion: CACHE_APART,
        },
        Rule {
            scope: "",
            provider: "aws.bedrock",
            unless: "ai.usage.inputTokenDetails.",
            inclusion: CACHE_APART,
        },
    ],
    notes: "Only the inner `.doGenerate`, `.doStream` and `.doEmbed` spans are calls; the outer ones \
            repeat them or, up to version 5, only the last. Up to 5 the cache comes from \
            `ai.response.providerMetadata`, and input of Anthropic calls leaves it out, which is \
            corrected. The run is named by `functionId`.",
    ..Sheet::new(Dialect::Vercel)
};

pub(super) const VERCEL_OTEL: Sheet = Sheet {
    scopes: &["gen_ai"],
    rows: &[also("ai.settings.context.sessionId", Field::Conversation)],
    notes: "Agents and steps repeat the sums of their calls and are not counted. Session and user are \
            not exported by default.",
    ..Sheet::new(Dialect::VercelOtel)
};
