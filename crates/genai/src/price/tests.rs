//! Prices: known values, names, tiers, tables of one's own.

use std::time::{Duration, UNIX_EPOCH};

use super::*;

/// 2026-11-22.
const DAY: Duration = Duration::from_secs(1_795_305_600);

fn prices() -> Prices {
    Prices::bundled()
}

fn ask<'a>(provider: &'static str, model: &'a str) -> Pricing<'a> {
    Pricing {
        provider: Provider::of(provider.as_bytes()),
        response_model: Some(model.as_bytes()),
        request_model: None,
        service_tier: None,
        at: UNIX_EPOCH + DAY,
    }
}

fn usage(input: u64, output: u64) -> Usage {
    Usage { input: Some(input), output: Some(output), ..Usage::default() }
}

fn cost(prices: &Prices, pricing: &Pricing<'_>, usage: &Usage) -> Option<f64> {
    prices.cost(prices.rate(pricing), usage)
}

#[track_caller]
fn assert_usd(found: Option<f64>, usd: f64) {
    assert!(found.is_some_and(|found| (found - usd).abs() < 1e-9), "{found:?}, not {usd}");
}

/// gpt-4o: 2006 in, 1920 of it cached, 300 out. The same as LiteLLM and pydantic-ai say.
fn gpt_4o() -> Usage {
    Usage { cache_read: Some(1920), reasoning: Some(128), ..usage(2006, 300) }
}

/// claude-sonnet-4-5: 5 + 150 written for 5 minutes + 50 for an hour + 1000 read, 40 out.
fn sonnet() -> Usage {
    Usage {
        cache_read: Some(1000),
        cache_write: Some(200),
        cache_write_1h: Some(50),
        ..usage(1205, 40)
    }
}

#[test]
fn costs_what_providers_charge() {
    let prices = prices();
    assert_usd(cost(&prices, &ask("openai", "gpt-4o-2024-08-06"), &gpt_4o()), 0.005615);
    assert_usd(cost(&prices, &ask("anthropic", "claude-sonnet-4-5"), &sonnet()), 0.0017775);
}

#[test]
fn agrees_with_the_calculator_at_every_size_and_tier() {
    use genai_prices::{PriceRequest, Usage as Counts, UsageKey};
    let prices = prices();
    let models =
        [("anthropic", "claude-sonnet-4-5"), ("google", "gemini-2.5-pro"), ("openai", "gpt-5.4")];
    for (provider, model) in models {
        for tier in ["default", "flex", "priority", "batch"] {
            for input in [0, 1, 999, 128_000, 199_999, 200_000, 200_001, 272_000, 272_001, 900_000]
            {
                let counts = Counts::from([
                    (UsageKey::INPUT_TOKENS, input as f64),
                    (UsageKey::CACHE_READ_TOKENS, (input / 3) as f64),
                    (UsageKey::OUTPUT_TOKENS, 777.0),
                ]);
                let request = PriceRequest::new(model, &counts)
                    .with_provider_id(provider)
                    .with_timestamp(UNIX_EPOCH + DAY);
                let request = match tier {
                    "batch" => request.with_price_context("processing", "batch"),
                    tier => request.with_price_context("service_tier", tier),
                };
                let expected = genai_prices::calculate(&request).unwrap().total_price;
                let usage = Usage { cache_read: Some(input / 3), ..usage(input, 777) };
                let provider = if provider == "google" { "gcp.gemini" } else { provider };
                let pricing =
                    Pricing { service_tier: Some(tier.as_bytes()), ..ask(provider, model) };
                assert_usd(cost(&prices, &pricing, &usage), expected);
            }
        }
    }
}

#[test]
fn finds_a_model_under_any_of_its_names() {
    let prices = prices();
    let same = |names: &[(&'static str, &str)], usage: &Usage, usd: f64| {
        for (provider, name) in names {
            let found = cost(&prices, &ask(provider, name), usage);
            assert!(found.is_some_and(|found| (found - usd).abs() < 1e-9), "{name}: {found:?}");
        }
    };
    let openai = [
        ("openai", "gpt-4o"),
        ("openai", "GPT-4o"),
        ("openai", "openai/gpt-4o"),
        ("", "openai/gpt-4o"),
        ("", "gpt-4o"),
        ("", "azure/gpt-4o"),
        ("azure", "azure/eu/gpt-4o"),
        ("azure", "gpt-4o"),
        ("openai", "gpt-4o-2099-01-01"),
        ("openai", "gpt-4o-latest"),
        ("litellm_proxy", "gpt-4o"),
    ];
    same(&openai, &gpt_4o(), 0.005615);
    let claude = [
        ("anthropic", "claude-sonnet-4-5-20250929"),
        ("anthropic", "claude-sonnet-4-5-latest"),
        ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("", "bedrock/us-east-1/anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("vertex_ai", "claude-sonnet-4-5@20250929"),
        ("", "claude-sonnet-4-5"),
    ];
    for (provider, name) in claude {
        let found = cost(&prices, &ask(provider, name), &usage(1_000, 100));
        assert!(found.is_some_and(|usd| (0.0045..0.006).contains(&usd)), "{name}: {found:?}");
    }
    let gemini = cost(&prices, &ask("gcp.gemini", "gemini-2.5-pro"), &usage(100, 50));
    same(
        &[
            ("gcp.gemini", "models/gemini-2.5-pro"),
            ("", "publishers/google/models/gemini-2.5-pro"),
            ("vertex_ai", "gemini-2.5-pro"),
        ],
        &usage(100, 50),
        gemini.unwrap(),
    );
    assert!(cost(&prices, &ask("x_ai", "grok-4"), &usage(10, 10)).is_some());
    assert!(
        cost(&prices, &ask("openai", "ft:gpt-4o-mini-2024-07-18:org::id"), &usage(9, 9)).is_some()
    );
    assert!(
        cost(&prices, &ask("openrouter", "anthropic/claude-sonnet-4.5"), &usage(9, 9)).is_some()
    );
}

#[test]
fn says_nothing_of_what_it_does_not_know() {
    let prices = prices();
    for (provider, model) in [
        ("openai", "no-such-model"),
        ("ollama", "gpt-oss:120b-cloud"),
        ("openai", "ollama/llama3.1"),
        ("huggingface", "meta-llama/Llama-3.1-8B"),
        ("github_copilot", "gpt-4o"),
        ("", ""),
    ] {
        assert_eq!(prices.rate(&ask(provider, model)), RateId::UNKNOWN, "{model}");
        assert_eq!(cost(&prices, &ask(provider, model), &usage(5, 5)), None, "{model}");
    }
    assert_eq!(cost(&prices, &ask("openai", "gpt-4o"), &Usage::default()), None);
    let long = "x".repeat(100_000);
    assert_eq!(prices.rate(&ask("openai", &long)), RateId::UNKNOWN);
}

#[test]
fn models_on_ones_own_machines_cost_nothing_and_are_told_apart() {
    let prices = prices();
    for (provider, model) in [
        ("ollama", "llama3.1:8b"),
        ("ollama_chat", "qwen3"),
        ("ollama", "gpt-4o"),
        ("vllm", "meta-llama/Llama-3.1-8B"),
        ("hosted_vllm", "openai/gpt-oss-120b"),
        ("litellm_proxy", "ollama/llama3.1:8b"),
        ("", "hosted_vllm/my-model"),
        ("ollama", ""),
    ] {
        let rate = prices.rate(&ask(provider, model));
        assert_eq!(rate, RateId::LOCAL, "{provider} {model}");
        assert_eq!(rate.source(), CostSource::Local);
        assert_eq!(prices.cost(rate, &usage(5, 5)), Some(0.0));
        assert_eq!(prices.cost(rate, &Usage::default()), None, "without tokens there is no cost");
    }
    let computed = prices.rate(&ask("openai", "gpt-4o")).source();
    let unknown = prices.rate(&ask("openai", "no-such-model")).source();
    assert_eq!((computed, unknown), (CostSource::Computed, CostSource::Unknown));
}

#[test]
fn a_table_or_an_alias_may_price_ones_own_machines() {
    let table =
        br#"{"ollama/house": {"input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}"#;
    let aliases = [("llama3.1:8b", "gpt-4o"), ("qwen3", "no-such-model")];
    let aliases = aliases.map(|(from, to)| (from.to_owned(), to.to_owned()));
    let prices = prices().with_table(table, "").unwrap().with_aliases(aliases);
    assert_usd(cost(&prices, &ask("ollama", "house"), &usage(10, 10)), 30e-6);
    assert_usd(cost(&prices, &ask("ollama", "llama3.1:8b"), &gpt_4o()), 0.005615);
    assert_eq!(prices.rate(&ask("ollama", "qwen3")), RateId::UNKNOWN, "asked for and not found");
    assert_eq!(prices.rate(&ask("ollama", "mistral")), RateId::LOCAL);
}

#[test]
fn an_alias_names_the_model_of_a_deployment() {
    let alias = ("Prod-Chat".to_owned(), "gpt-4o".to_owned());
    let prices = prices().with_aliases([alias]);
    assert_usd(cost(&prices, &ask("azure", "prod-chat"), &gpt_4o()), 0.005615);
}

#[test]
fn a_table_of_litellm_comes_first() {
    let table = br#"{
        "sample_spec": {"input_cost_per_token": "text"},
        "house-model": {"litellm_provider": "ollama", "mode": "chat",
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6,
            "cache_read_input_token_cost": 1e-7,
            "input_cost_per_token_above_200k_tokens": 3e-6,
            "input_cost_per_token_flex": 5e-7},
        "ollama/free": {"input_cost_per_token": 0, "output_cost_per_token": 0},
        "openai/gpt-4o": {"input_cost_per_token": 1, "output_cost_per_token": 1}
    }"#;
    let prices = prices().with_table(table, "2026-11-01").unwrap();
    assert_eq!(prices.date(), "2026-11-01");
    let cached = Usage { cache_read: Some(400), ..usage(1_000, 100) };
    assert_usd(cost(&prices, &ask("", "house-model"), &cached), 600e-6 + 40e-6 + 200e-6);
    assert_usd(cost(&prices, &ask("", "House-Model-2026-01-01"), &usage(1, 0)), 1e-6);
    assert_usd(cost(&prices, &ask("", "house-model"), &usage(200_000, 0)), 0.2);
    assert_usd(cost(&prices, &ask("", "house-model"), &usage(200_001, 0)), 0.600003);
    let flex = Pricing { service_tier: Some(b"flex"), ..ask("", "house-model") };
    assert_usd(cost(&prices, &flex, &usage(10, 0)), 5e-6);
    assert_usd(cost(&prices, &ask("ollama", "free"), &usage(10, 10)), 0.0);
    assert_usd(cost(&prices, &ask("openai", "gpt-4o"), &usage(1, 1)), 2.0);
    assert_usd(cost(&prices, &ask("anthropic", "claude-sonnet-4-5"), &sonnet()), 0.0017775);
}

#[test]
fn a_table_of_genai_prices_replaces_the_one_built_in() {
    let table = br#"[{"id": "openai", "name": "OpenAI", "api_pattern": "x", "models": [
        {"id": "gpt-4o", "match": {"equals": "gpt-4o"}, "prices": {"input_mtok": 1, "output_mtok": 2}}
    ]}]"#;
    let prices = prices().with_table(table, "2027-01-01").unwrap();
    assert_usd(cost(&prices, &ask("openai", "gpt-4o"), &usage(1_000_000, 1_000_000)), 3.0);
    assert_eq!(cost(&prices, &ask("anthropic", "claude-sonnet-4-5"), &sonnet()), None);
}

#[test]
fn a_wrong_table_is_refused_with_a_reason() {
    for (table, reason) in [
        (&b""[..], "expected a JSON list"),
        (b"prices: 1", "expected a JSON list"),
        (b"[1]", "must be an object"),
        (b"{\"a\": 1}", "a: expected a map"),
        (b"{\"a\": {\"input_cost_per_token\": -1}}", "a: `input_cost_per_token` is -1"),
        (b"{\"a\": ", "not a table of LiteLLM's"),
    ] {
        let error = prices().with_table(table, "").unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn the_date_is_that_of_the_version_built_in() {
    let lock = include_str!("../../../../Cargo.lock");
    let entry = format!("name = \"genai-prices\"\nversion = \"{BUNDLED_VERSION}\"");
    assert!(lock.contains(&entry), "genai-prices changed: look up the date of its table");
    assert_eq!(prices().date(), BUNDLED_DATE);
}

#[test]
fn a_table_in_place_of_another_leaves_its_rates_what_they_were() {
    let table = |usd: usize| format!("{{\"m\": {{\"input_cost_per_token\": {usd}}}}}");
    let table = |usd| prices().with_table(table(usd).as_bytes(), "").unwrap();
    let first = table(1);
    let before = first.rate(&ask("", "m"));
    let second = table(2).in_place_of(first);
    let now = second.rate(&ask("", "m"));
    assert_usd(second.cost(before, &usage(1, 0)), 1.0);
    assert_usd(second.cost(now, &usage(1, 0)), 2.0);
    // However often: the newest are kept, and a forgotten one is unknown.
    second.known.write().unwrap().cards.resize(CARDS_MAX, Card(smallvec::smallvec![]));
    let third = table(3).in_place_of(second);
    assert_eq!(third.cost(before, &usage(1, 0)), None);
    assert_usd(cost(&third, &ask("", "m"), &usage(1, 0)), 3.0);
    assert!(third.known.read().unwrap().cards.len() <= CARDS_MAX / 2 + 1);
}

#[test]
fn many_names_do_not_grow_it_without_bound() {
    let prices = prices();
    for at in 0..ANSWERS_MAX + 10 {
        let name = format!("unknown-model-of-mine-{at}x");
        assert_eq!(prices.rate(&ask("groq", &name)), RateId::UNKNOWN);
    }
    let known = prices.known.read().unwrap();
    assert!(known.answers.len() <= ANSWERS_MAX && known.cards.is_empty());
}
