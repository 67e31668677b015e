//! Every spelling met leads to the name in the conventions.

use super::*;

fn name(of: &str) -> String {
    Provider::of(of.as_bytes()).map(|provider| provider.name().into_owned()).unwrap_or_default()
}

#[test]
fn spellings_lead_to_the_names_of_the_conventions() {
    for (canonical, spellings) in [
        ("openai", "OpenAI openai.chat openai.responses openai.completion openai.embedding"),
        ("anthropic", "Anthropic anthropic.messages anthropic.chat"),
        (
            "aws.bedrock",
            "AWS aws_bedrock bedrock bedrock_converse amazon_bedrock amazon-bedrock AmazonBedrock aws.bedrock",
        ),
        (
            "azure.ai.openai",
            "azure az.ai.openai azure_openai azure-openai azure.chat azure-openai.chat Azure azure.ai.openai",
        ),
        ("azure.ai.inference", "az.ai.inference azure_ai azure-ai azure.ai.inference"),
        (
            "gcp.vertex_ai",
            "vertex_ai vertexai google.vertex.chat google-vertex VertexAI vertex_ai-anthropic_models gcp.vertex_ai",
        ),
        (
            "gcp.gemini",
            "gemini google Gemini Google google.generative-ai.chat google_genai google-gla gcp.gemini",
        ),
        ("gcp.gen_ai", "gcp.gen_ai"),
        ("mistral_ai", "mistral mistralai MistralAI mistral.chat mistral_ai"),
        ("x_ai", "xai x-ai grok xai.chat x_ai"),
        ("ibm.watsonx.ai", "watsonx Watsonx ibm ibm.watsonx.ai"),
        ("moonshot_ai", "moonshot moonshotai kimi moonshot_ai"),
        ("cohere", "Cohere cohere_chat"),
        ("deepseek", "DeepSeek deepseek.chat"),
        ("groq", "Groq groq"),
        ("openrouter", "OpenRouter openrouter.chat"),
        ("ollama", "ollama Ollama"),
        ("my-house", "My-House"),
    ] {
        for spelling in spellings.split(' ') {
            assert_eq!(name(spelling), canonical, "{spelling}");
        }
    }
}

#[test]
fn names_of_the_conventions_stay() {
    for canonical in ["openai", "aws.bedrock", "azure.ai.openai", "gcp.gemini", "x_ai", "cohere"] {
        assert_eq!(Provider::of(canonical.as_bytes()), Some(Provider::Known(canonical)));
    }
}

#[test]
fn frameworks_and_empty_words_are_none() {
    for word in [
        "strands-agents",
        "microsoft.agent_framework",
        "crewai",
        "Langchain",
        "langgraph",
        "autogen",
        "agno",
        "pydantic-ai",
        "gcp.vertex.agent",
        "LlamaIndex",
        "unknown",
        "None",
        "",
    ] {
        assert_eq!(Provider::of(word.as_bytes()), None, "{word}");
    }
}

#[test]
fn long_and_broken_names_pass() {
    let long = "X".repeat(10_000);
    assert_eq!(name(&long), "x".repeat(10_000));
    assert_eq!(
        Provider::of(b"\xff\xfe").map(|it| it.name().into_owned()),
        Some("\u{fffd}\u{fffd}".into())
    );
}
