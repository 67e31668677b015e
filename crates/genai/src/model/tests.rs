//! Model names without what routes and dates them.

use proptest::prelude::*;

use super::*;

#[test]
fn routing_is_taken_off() {
    for (model, base) in [
        ("gpt-4o", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("accounts/fireworks/models/llama-v3p1-8b", "llama-v3p1-8b"),
        (
            "bedrock/us-east-1/anthropic.claude-3-5-sonnet-20240620-v1:0",
            "claude-3-5-sonnet-20240620",
        ),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5-20250929"),
        (
            "arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-4-20250514-v1:0",
            "claude-opus-4-20250514",
        ),
        ("ft:gpt-4o-mini-2024-07-18:org::id", "gpt-4o-mini-2024-07-18"),
        ("openrouter/meta-llama/llama-3.1-8b:free", "llama-3.1-8b"),
        ("llama3.1:8b", "llama3.1"),
        ("", ""),
        ("/", "/"),
    ] {
        assert_eq!(base_model(model), base, "{model}");
    }
}

#[test]
fn one_family_has_one_name() {
    for (model, family) in [
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o", "gpt-4o"),
        ("claude-sonnet-4-5@20250929", "claude-sonnet-4-5"),
        ("anthropic/claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("claude-3-5-sonnet-latest", "claude-3-5-sonnet"),
        ("gemini-1.5-pro-002", "gemini-1.5-pro"),
        ("gpt-5-mini", "gpt-5-mini"),
        ("2024-08-06", "2024-08-06"),
    ] {
        assert_eq!(family_name(model), family, "{model}");
    }
}

#[test]
fn families_give_their_maker_away() {
    for (model, provider) in [
        ("gpt-4o", Some("openai")),
        ("o3-mini", Some("openai")),
        ("text-embedding-3-small", Some("openai")),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", Some("anthropic")),
        ("models/gemini-2.5-pro", Some("gcp.gemini")),
        ("command-r-plus", Some("cohere")),
        ("codestral-latest", Some("mistral_ai")),
        ("grok-4", Some("x_ai")),
        ("deepseek-chat", Some("deepseek")),
        ("llama-3.1-8b", None),
        ("qwen-2.5", None),
        ("gpt-oss-120b", None),
        ("olmo", None),
        ("", None),
    ] {
        assert_eq!(infer_provider(model), provider, "{model}");
    }
    assert_eq!(routed_provider("azure/gpt-4o"), Some("azure.ai.openai"));
    assert_eq!(routed_provider("meta-llama/x"), None);
    assert_eq!(routed_provider("gpt-4o"), None);
}

proptest! {
    #[test]
    fn any_name_ends(name in "\\PC{0,60}") {
        prop_assert!(family_name(&name).len() <= name.len());
        let _ = (infer_provider(&name), routed_provider(&name));
    }
}
