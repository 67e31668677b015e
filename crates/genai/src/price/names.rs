//! Under which names a model's price may stand.

use crate::model::{base_model, infer_provider, routed_provider, without_tail};

/// How many tails are taken off a name.
const TAILS_MAX: usize = 4;

/// Providers at which a model does not cost what it does elsewhere: one's own machines, subscriptions,
/// prices by time.
const UNLISTED: &[&str] =
    &["ollama", "vllm", "github_copilot", "huggingface", "replicate", "nvidia_nim", "sambanova"];

/// Providers that are software on one's own machines.
const LOCAL: &[&str] = &["ollama", "vllm"];

/// Whether a model runs on one's own machines, by its provider or, behind a gateway, by its route.
/// Ollama also passes calls on to its cloud; such models say so at their end.
pub(super) fn is_local(provider: Option<&str>, models: &[String]) -> bool {
    let is = |name: &str| LOCAL.contains(&name);
    let by_route = || models.iter().any(|model| routed_provider(model).is_some_and(is));
    let local = match provider {
        None | Some("litellm_proxy") => by_route(),
        Some(name) => is(name),
    };
    local && !models.iter().any(|model| model.ends_with("-cloud") || model.ends_with(":cloud"))
}

/// Providers and names in the words of genai-prices, the likeliest first: the names as they are, then
/// without what routes them, then without versions and dates.
pub(super) fn candidates<'m>(
    provider: Option<&str>,
    models: &'m [String],
) -> impl Iterator<Item = (&'static str, &'m str)> {
    let mut pairs = Vec::new();
    let known = provider.map(ids_of).unwrap_or_default();
    for strip in [Strip::Nothing, Strip::Routing, Strip::Tails] {
        for model in models {
            let inferred = [routed_provider(model), infer_provider(model)];
            // Who hosts a model at its maker's price may stand in the table only under the maker.
            let hosts = matches!(
                provider,
                None | Some("litellm_proxy" | "azure.ai.openai" | "azure.ai.inference")
                    | Some("gcp.vertex_ai" | "gcp.gen_ai" | "aws.bedrock")
            );
            let lists = known.is_empty() && !provider.is_some_and(|name| UNLISTED.contains(&name));
            let inferred = inferred.into_iter().flatten().filter(|_| lists || hosts);
            let ids = known.iter().copied().chain(inferred.flat_map(ids_of).copied());
            let ids: Vec<&'static str> = ids.collect();
            for name in names(model, strip) {
                pairs.extend(ids.iter().map(|id| (*id, name)));
            }
        }
    }
    pairs.into_iter()
}

#[derive(Clone, Copy)]
enum Strip {
    Nothing,
    Routing,
    Tails,
}

fn names(model: &str, strip: Strip) -> Vec<&str> {
    match strip {
        Strip::Nothing => vec![model],
        Strip::Routing => {
            let tail = model.split_once('/').map(|(_, tail)| tail);
            let tag = model.rsplit_once(':').map(|(head, _)| head).filter(|_| model.contains('/'));
            tail.into_iter().chain(tag).chain([base_model(model)]).collect()
        }
        Strip::Tails => {
            let shorter =
                std::iter::successors(without_tail(base_model(model)), |name| without_tail(name));
            shorter.take(TAILS_MAX).collect()
        }
    }
}

/// The ids that genai-prices has for a provider.
fn ids_of(provider: &str) -> &'static [&'static str] {
    match provider {
        "openai" => &["openai"],
        "anthropic" => &["anthropic"],
        "aws.bedrock" => &["aws"],
        "azure.ai.openai" => &["azure", "openai"],
        "azure.ai.inference" => &["azure"],
        "gcp.gemini" | "gcp.gen_ai" | "gcp.vertex_ai" => &["google"],
        "mistral_ai" => &["mistral"],
        "x_ai" => &["x-ai"],
        "moonshot_ai" => &["moonshotai"],
        "cohere" => &["cohere"],
        "groq" => &["groq"],
        "deepseek" => &["deepseek"],
        "perplexity" => &["perplexity"],
        "openrouter" => &["openrouter"],
        "together_ai" => &["together"],
        "fireworks_ai" => &["fireworks"],
        "cerebras" => &["cerebras"],
        "voyageai" => &["voyageai"],
        "databricks" => &["databricks"],
        "minimax" => &["minimax"],
        "novita" => &["novita"],
        "zai" => &["zai"],
        _ => &[],
    }
}
