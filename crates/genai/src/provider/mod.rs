//! Who serves a model: the names met, brought to those of the conventions.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

/// Who served a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider<'a> {
    /// A known one, by its name in the conventions or, where they have none, by the usual name in
    /// lower case.
    Known(&'static str),
    /// Any other, as the sender wrote it.
    Other(&'a [u8]),
}

impl<'a> Provider<'a> {
    /// The name as bytes; that of an unknown one as it came.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        match self {
            Self::Known(name) => name.as_bytes(),
            Self::Other(name) => name,
        }
    }

    /// The name in lower case.
    #[must_use]
    pub fn name(self) -> Cow<'a, str> {
        match self {
            Self::Known(name) => Cow::Borrowed(name),
            Self::Other(name) => match str::from_utf8(name) {
                Ok(name) if !name.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                    Cow::Borrowed(name)
                }
                _ => Cow::Owned(String::from_utf8_lossy(name).to_ascii_lowercase()),
            },
        }
    }

    /// Brings a name to that of the conventions. `None` for a framework, which serves no model, and
    /// for words that say nothing.
    #[must_use]
    pub fn of(name: &'a [u8]) -> Option<Self> {
        // Most are written as they are listed; none of those is a framework.
        if let Some(known) = known(name) {
            return Some(Self::Known(known));
        }
        if name.is_empty() || is_framework_lowered(name) {
            return None;
        }
        let mut lower = [0; NAME_MAX];
        let Some(lower) = lowered(name, &mut lower) else { return Some(Self::Other(name)) };
        if matches!(lower, b"unknown" | b"none" | b"null" | b"undefined" | b"custom") {
            return None;
        }
        Some(known(lower).or_else(|| family(lower)).map_or(Self::Other(name), Self::Known))
    }
}

/// The longest name that is looked up.
const NAME_MAX: usize = 48;

/// The name in lower case and with `_` for spaces, if it is short enough to be looked up.
fn lowered<'b>(name: &[u8], room: &'b mut [u8; NAME_MAX]) -> Option<&'b [u8]> {
    let room = room.get_mut(..name.len())?;
    for (to, from) in room.iter_mut().zip(name) {
        *to = if *from == b' ' { b'_' } else { from.to_ascii_lowercase() };
    }
    Some(room)
}

/// Whether this names a framework: something that calls providers and is none.
#[must_use]
pub(crate) fn is_framework(name: &[u8]) -> bool {
    known(name).is_none() && is_framework_lowered(name)
}

fn is_framework_lowered(name: &[u8]) -> bool {
    let mut lower = [0; NAME_MAX];
    matches!(
        lowered(name, &mut lower),
        Some(
            b"strands-agents"
                | b"strands"
                | b"microsoft.agent_framework"
                | b"agent_framework"
                | b"semantic_kernel"
                | b"crewai"
                | b"langchain"
                | b"langgraph"
                | b"autogen"
                | b"agno"
                | b"haystack"
                | b"pydantic-ai"
                | b"pydantic_ai"
                | b"gcp.vertex.agent"
                | b"llamaindex"
                | b"llama_index"
                | b"openai_agents"
                | b"mutx"
        )
    )
}

/// Spellings of one provider each.
fn known(lower: &[u8]) -> Option<&'static str> {
    let name = match lower {
        b"openai" => "openai",
        b"anthropic" | b"claude" => "anthropic",
        b"aws" | b"aws.bedrock" | b"aws_bedrock" | b"bedrock" | b"bedrock_converse"
        | b"amazon_bedrock" | b"amazon-bedrock" | b"amazonbedrock" | b"amazon" => "aws.bedrock",
        b"azure" | b"azure.ai.openai" | b"az.ai.openai" | b"azure_openai" | b"azure-openai"
        | b"azureopenai" => "azure.ai.openai",
        b"azure.ai.inference"
        | b"az.ai.inference"
        | b"azure_ai"
        | b"azure-ai"
        | b"azure_ai_inference" => "azure.ai.inference",
        b"gcp.vertex_ai" | b"vertex_ai" | b"vertexai" | b"google-vertex" | b"google_vertex"
        | b"google_vertexai" | b"vertex" => "gcp.vertex_ai",
        b"gcp.gemini"
        | b"gemini"
        | b"google"
        | b"google_genai"
        | b"google-gla"
        | b"google_gla"
        | b"google_generative_ai"
        | b"google_ai_studio" => "gcp.gemini",
        b"gcp.gen_ai" => "gcp.gen_ai",
        b"mistral_ai" | b"mistral" | b"mistralai" => "mistral_ai",
        b"x_ai" | b"xai" | b"x-ai" | b"grok" => "x_ai",
        b"ibm.watsonx.ai" | b"watsonx" | b"ibm" => "ibm.watsonx.ai",
        b"moonshot_ai" | b"moonshot" | b"moonshotai" | b"kimi" => "moonshot_ai",
        b"cohere" | b"cohere_chat" => "cohere",
        b"groq" => "groq",
        b"deepseek" => "deepseek",
        b"perplexity" => "perplexity",
        b"openrouter" => "openrouter",
        b"together" | b"together_ai" | b"togetherai" => "together_ai",
        b"fireworks" | b"fireworks_ai" | b"fireworks-ai" => "fireworks_ai",
        b"ollama" | b"ollama_chat" => "ollama",
        b"vllm" | b"hosted_vllm" => "vllm",
        b"huggingface" | b"hugging_face" => "huggingface",
        b"cerebras" => "cerebras",
        b"sambanova" => "sambanova",
        b"nvidia_nim" | b"nvidia" => "nvidia_nim",
        b"replicate" => "replicate",
        b"litellm_proxy" | b"litellm" => "litellm_proxy",
        b"github_copilot" | b"github-copilot" | b"copilot" => "github_copilot",
        b"voyageai" | b"voyage" => "voyageai",
        _ => return None,
    };
    Some(name)
}

/// The provider of a name with a tail, as `openai.chat`, `vertex_ai-anthropic_models` or
/// `amazon-bedrock.converse`.
fn family(lower: &[u8]) -> Option<&'static str> {
    const HEADS: &[(&[u8], &str)] = &[
        (b"azure-openai.", "azure.ai.openai"),
        (b"azure.", "azure.ai.openai"),
        (b"openai.", "openai"),
        (b"anthropic.", "anthropic"),
        (b"amazon-bedrock.", "aws.bedrock"),
        (b"google.vertex.", "gcp.vertex_ai"),
        (b"google-vertex.", "gcp.vertex_ai"),
        (b"vertex_ai-", "gcp.vertex_ai"),
        (b"vertex.anthropic.", "gcp.vertex_ai"),
        (b"google.generative-ai", "gcp.gemini"),
        (b"google.", "gcp.gemini"),
        (b"mistral.", "mistral_ai"),
        (b"xai.", "x_ai"),
        (b"deepseek.", "deepseek"),
        (b"groq.", "groq"),
        (b"cohere.", "cohere"),
        (b"perplexity.", "perplexity"),
        (b"moonshotai.", "moonshot_ai"),
        (b"openrouter.", "openrouter"),
        (b"togetherai.", "together_ai"),
        (b"fireworks.", "fireworks_ai"),
        (b"ollama.", "ollama"),
        (b"cerebras.", "cerebras"),
    ];
    HEADS.iter().find(|(head, _)| lower.starts_with(head)).map(|(_, name)| *name)
}
