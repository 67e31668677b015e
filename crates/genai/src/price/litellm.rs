//! LiteLLM's table of prices.

use std::collections::HashMap;

use serde_json::{Map, Value};
use smallvec::SmallVec;

use super::{
    LoadError, Tier,
    card::{Card, Rates},
};
use crate::model::{base_model, without_tail};

/// How many tails are taken off a name.
const TAILS_MAX: usize = 4;

/// Entries by name in lower case.
#[derive(Debug)]
pub(super) struct LiteLlm(HashMap<String, Map<String, Value>>);

impl LiteLlm {
    pub(super) fn parse(table: &[u8]) -> Result<Self, LoadError> {
        let parsed: HashMap<String, Value> = serde_json::from_slice(table)
            .map_err(|error| LoadError(format!("not a table of LiteLLM's: {error}")))?;
        let mut entries = HashMap::with_capacity(parsed.len());
        for (name, entry) in parsed {
            match entry {
                Value::Object(entry) if name != "sample_spec" => {
                    if let Some(wrong) = entry.iter().find(|(key, value)| is_wrong(key, value)) {
                        let (key, value) = wrong;
                        return Err(LoadError(format!("{name}: `{key}` is {value}, not a price")));
                    }
                    entries.insert(name.to_ascii_lowercase(), entry);
                }
                Value::Object(_) => {}
                other => return Err(LoadError(format!("{name}: expected a map, got {other}"))),
            }
        }
        Ok(Self(entries))
    }

    /// The price of a model: under its name, under the provider's and its name, without what routes it,
    /// without its versions.
    pub(super) fn card(&self, provider: Option<&str>, model: &str, tier: Tier) -> Option<Card> {
        let base = base_model(model);
        let shorter =
            std::iter::successors(without_tail(base), |name| without_tail(name)).take(TAILS_MAX);
        for name in [model, base].into_iter().chain(shorter) {
            let prefixes = provider.map(prefixes_of).unwrap_or_default();
            let routed = prefixes.iter().find_map(|prefix| self.0.get(&format!("{prefix}/{name}")));
            if let Some(card) =
                routed.or_else(|| self.0.get(name)).and_then(|entry| of(entry, tier))
            {
                return Some(card);
            }
        }
        None
    }
}

/// A price that is negative or no number.
fn is_wrong(key: &str, value: &Value) -> bool {
    let is_price = key.ends_with("_per_token");
    is_price && !value.is_null() && value.as_f64().is_none_or(|price| price < 0.0)
}

/// What LiteLLM puts before models of a provider.
fn prefixes_of(provider: &str) -> &'static [&'static str] {
    match provider {
        "openai" => &["openai"],
        "anthropic" => &["anthropic"],
        "aws.bedrock" => &["bedrock", "bedrock_converse"],
        "azure.ai.openai" => &["azure"],
        "azure.ai.inference" => &["azure_ai"],
        "gcp.gemini" | "gcp.gen_ai" => &["gemini"],
        "gcp.vertex_ai" => &["vertex_ai"],
        "mistral_ai" => &["mistral"],
        "x_ai" => &["xai"],
        "moonshot_ai" => &["moonshot"],
        "cohere" => &["cohere", "cohere_chat"],
        "groq" => &["groq"],
        "deepseek" => &["deepseek"],
        "perplexity" => &["perplexity"],
        "openrouter" => &["openrouter"],
        "together_ai" => &["together_ai"],
        "fireworks_ai" => &["fireworks_ai"],
        "cerebras" => &["cerebras"],
        "ollama" => &["ollama"],
        _ => &[],
    }
}

fn of(entry: &Map<String, Value>, tier: Tier) -> Option<Card> {
    let mut starts: SmallVec<[u64; 4]> = entry.keys().filter_map(|key| threshold(key)).collect();
    starts.sort_unstable();
    starts.dedup();
    let first = rates(entry, tier, None)?;
    let mut steps: SmallVec<[(u64, Rates); 1]> = SmallVec::from_slice(&[(0, first)]);
    for thousands in starts {
        // `above_200k` begins with the next token.
        steps.push((thousands * 1000 + 1, rates(entry, tier, Some(thousands))?));
    }
    Some(Card(steps))
}

/// The thousands in `input_cost_per_token_above_200k_tokens`.
fn threshold(key: &str) -> Option<u64> {
    let (_, rest) = key.split_once("_above_")?;
    rest.split_once("k_tokens")?.0.parse().ok().filter(|thousands| *thousands < 1 << 32)
}

fn rates(entry: &Map<String, Value>, tier: Tier, above: Option<u64>) -> Option<Rates> {
    let suffix = match tier {
        Tier::Standard => "",
        Tier::Flex => "_flex",
        Tier::Priority | Tier::Fast => "_priority",
        Tier::Batch => "_batches",
    };
    let number = |key: &str| entry.get(key).and_then(Value::as_f64);
    let price = |key: &str| {
        let stepped = above.map(|above| format!("{key}_above_{above}k_tokens"));
        let stepped =
            stepped.and_then(|key| number(&format!("{key}{suffix}")).or_else(|| number(&key)));
        stepped.or_else(|| number(&format!("{key}{suffix}"))).or_else(|| number(key))
    };
    let input = price("input_cost_per_token");
    let output = price("output_cost_per_token");
    if input.is_none() && output.is_none() {
        return None;
    }
    let (input, output) = (input.unwrap_or(0.0), output.unwrap_or(0.0));
    let write = price("cache_creation_input_token_cost").unwrap_or(input);
    let search = entry
        .get("search_context_cost_per_query")
        .and_then(|by_size| by_size.get("search_context_size_medium").and_then(Value::as_f64));
    Some(Rates {
        input,
        output,
        cache_read: price("cache_read_input_token_cost").unwrap_or(input),
        cache_write: write,
        cache_write_1h: price("cache_creation_input_token_cost_above_1hr").unwrap_or(write),
        reasoning: price("output_cost_per_reasoning_token").unwrap_or(output),
        audio_input: price("input_cost_per_audio_token").unwrap_or(input),
        audio_output: price("output_cost_per_audio_token").unwrap_or(output),
        image_input: price("input_cost_per_image_token").unwrap_or(input),
        image_output: price("output_cost_per_image_token").unwrap_or(output),
        web_search: search.unwrap_or(0.0),
        request: 0.0,
    })
}
