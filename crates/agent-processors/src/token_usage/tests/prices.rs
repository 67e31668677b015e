//! What calls cost, and prices that change while the collector runs.

use std::{fs, path::PathBuf, time::Duration};

use sdk::{Batch, BuildContext, ComponentKind, RecordProcessor};
use testkit::contract::{block_on, block_on_paused};
use tokio::time;

use super::{Config, TokenUsage, after, attributes, check, span};

fn call(model: &str) -> Batch {
    span(
        "opentelemetry.instrumentation.openai_v2",
        &format!(
            "chat gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model={model} \
             gen_ai.usage.input_tokens=2006 gen_ai.usage.output_tokens=300 \
             gen_ai.usage.cache_read.input_tokens=1920"
        ),
    )
}

/// What a call costs after a processor with these settings.
fn cost(yaml: &str, call: &Batch) -> Option<f64> {
    let found = attributes(yaml, call);
    let cost = found.iter().find(|(key, _)| key == "gen_ai.usage.cost");
    cost.map(|(_, value)| value.parse().unwrap())
}

#[track_caller]
fn assert_costs(found: Option<f64>, usd: f64) {
    assert!(found.is_some_and(|found| (found - usd).abs() < 1e-9), "{found:?} is not {usd}");
}

/// A file of prices of a test, removed at its end.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("token_usage_{name}_{}.json", std::process::id());
        let file = Self(std::env::temp_dir().join(name));
        file.write(text);
        file
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).unwrap();
    }

    fn settings(&self, more: &str) -> String {
        format!("prices: {{file: {:?}, {more}}}", self.0.display().to_string())
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A table in LiteLLM's format with one model, and what its input tokens cost. `pad` makes it another file.
fn table(model: &str, usd: &str, pad: usize) -> String {
    let pad = " ".repeat(pad);
    format!(
        r#"{{"{model}": {{"litellm_provider": "openai", "mode": "chat", "input_cost_per_token": {usd},
        "output_cost_per_token": 0}}}}{pad}"#
    )
}

#[test]
fn calls_cost_what_the_check_values_say() {
    // Worked out by hand from the published prices: 86 × 2.5 + 1920 × 1.25 + 300 × 10 millionths.
    assert_costs(cost("", &call("gpt-4o")), 0.005_615);
    let claude = span(
        "com.anthropic.sdk.python",
        "anthropic.messages.create gen_ai.operation.name=chat gen_ai.provider.name=anthropic \
         gen_ai.request.model=claude-sonnet-4-5 gen_ai.usage.input_tokens=1205 \
         gen_ai.usage.output_tokens=40 gen_ai.usage.cache_read.input_tokens=1000 \
         anthropic.usage.cache_creation.ephemeral_5m_input_tokens=150 \
         anthropic.usage.cache_creation.ephemeral_1h_input_tokens=50",
    );
    assert_costs(cost("", &claude), 0.001_777_5);
}

#[test]
fn a_computed_cost_says_so_and_from_when_its_prices_are() {
    let found = attributes("", &call("gpt-4o"));
    let value = |key: &str| found.iter().find(|(name, _)| name == key).map(|(_, v)| v.as_str());
    assert_eq!(value("tollgate.cost.currency"), Some("USD"));
    assert_eq!(value("tollgate.cost.source"), Some("computed"));
    let date = value("tollgate.cost.price_date").unwrap().trim_matches('"');
    assert_eq!((date.len(), date.matches('-').count()), (10, 2), "{date}");
}

#[test]
fn an_unknown_price_is_unknown_and_never_zero() {
    let unknown = call("no-such-model");
    check("", &unknown, "gen_ai.usage.cost tollgate.cost.source tollgate.cost.price_date");
    check("mark_unpriced: true", &unknown, "gen_ai.usage.cost tollgate.cost.source=unknown");
}

#[test]
fn a_model_on_ones_own_machine_costs_nothing_and_says_why() {
    let call = span(
        "opentelemetry.instrumentation.ollama",
        "chat gen_ai.operation.name=chat gen_ai.provider.name=ollama gen_ai.request.model=llama3.1:8b \
         gen_ai.usage.input_tokens=2006 gen_ai.usage.output_tokens=300",
    );
    let expected = "gen_ai.usage.cost=0.0 tollgate.cost.source=local tollgate.cost.currency=USD \
                    tollgate.cost.price_date";
    check("mark_unpriced: true", &call, expected);
    check("", &after("", &call), expected);
}

#[test]
fn cost_can_be_the_amount_alone_or_nothing() {
    check("cost: none", &call("gpt-4o"), "gen_ai.usage.cost tollgate.cost.source");
    let amount = after("cost: amount", &call("gpt-4o"));
    assert!(testkit::text(&amount).contains("gen_ai.usage.cost=0.005"));
    check("cost: amount", &call("gpt-4o"), "tollgate.cost.source tollgate.cost.currency");
}

#[test]
fn what_a_gateway_says_is_not_computed_again() {
    let call = span(
        "litellm",
        "litellm_request gen_ai.operation.name=chat gen_ai.system=openai gen_ai.request.model=gpt-4o \
         gen_ai.usage.input_tokens=2006 gen_ai.usage.output_tokens=300 gen_ai.cost.total_cost=0.5",
    );
    let expected = "gen_ai.usage.cost=0.5 tollgate.cost.source=gateway tollgate.cost.price_date";
    check("", &call, expected);
    check("", &after("", &call), expected);
}

#[test]
fn a_deployment_costs_what_its_alias_costs() {
    let yaml = "prices: {aliases: {my-deployment: gpt-4o}}";
    assert_costs(cost(yaml, &call("my-deployment")), 0.005_615);
    assert_eq!(cost("", &call("my-deployment")), None);
}

#[test]
fn a_file_is_laid_over_the_prices_built_in() {
    let file = File::new("over", &table("house-model", "0.001", 0));
    assert_costs(cost(&file.settings(""), &call("house-model")), 2.006);
    assert_costs(cost(&file.settings(""), &call("gpt-4o")), 0.005_615);
}

fn built(yaml: &str) -> (Result<TokenUsage, String>, BuildContext) {
    let context = testkit::context(ComponentKind::Processor, "token_usage/x");
    let config: Config = testkit::settings(yaml);
    (TokenUsage::new(config, context.clone()).map_err(|error| error.to_string()), context)
}

#[test]
fn a_file_that_is_no_good_ends_the_start() {
    let file = File::new("bad", "no prices");
    let larger = File::new("large", &table("m", "1", 1 << 20));
    let missing = "prices: {file: /no/such/file.json}".to_owned();
    for (yaml, text) in [
        (file.settings(""), "expected a JSON list"),
        (larger.settings("max_file_mib: 1"), "is larger than 1 MiB"),
        (missing, "No such file"),
        (format!("prices: {{file: {:?}}}", std::env::temp_dir()), "is not a file"),
    ] {
        let (refused, _) = built(&yaml);
        let reason = refused.err().unwrap_or_default();
        assert!(reason.contains(text) && reason.contains("price file"), "{reason} for {yaml}");
    }
}

/// What an input token costs now.
fn rate(processor: &TokenUsage) -> f64 {
    let after = testkit::text(&testkit::apply(processor, &call("house-model")));
    let cost = after.split_once("gen_ai.usage.cost=").unwrap().1;
    let cost: f64 = cost.split(' ').next().unwrap().parse().unwrap();
    (cost / 2006.0 * 1e9).round() / 1e9
}

/// Lets the interval pass and a call start the reload; the clock stands still until that has ended.
async fn interval(processor: &TokenUsage) {
    time::advance(Duration::from_secs(11)).await;
    rate(processor);
    time::sleep(Duration::from_millis(1)).await;
}

fn reloads(context: &BuildContext) -> [String; 2] {
    ["loaded", "failed"].map(|outcome| {
        let name = format!(
            "otelcol_processor_token_usage_price_reloads{{outcome=\"{outcome}\",processor=\"token_usage/x\"}} "
        );
        let series = testkit::series(context, &name);
        series.first().map(|line| line.replace(&name, "")).unwrap_or_default()
    })
}

#[test]
fn a_changed_file_is_taken_after_the_interval_and_a_bad_one_is_not() {
    let file = File::new("reload", &table("house-model", "0.001", 0));
    block_on_paused(async {
        let (processor, context) = built(&file.settings("reload_interval: 10s"));
        let processor = processor.unwrap();
        assert_eq!(rate(&processor), 0.001);

        file.write(&table("house-model", "0.002", 1));
        assert_eq!(rate(&processor), 0.001, "before the interval is over");
        interval(&processor).await;
        assert_eq!(rate(&processor), 0.002);
        assert_eq!(reloads(&context), ["1", "0"]);

        file.write("half a tab");
        interval(&processor).await;
        interval(&processor).await;
        assert_eq!(rate(&processor), 0.002, "the old prices stay");
        assert_eq!(reloads(&context), ["1", "1"], "a bad file is told once");

        file.write(&table("house-model", "0.003", 2));
        interval(&processor).await;
        assert_eq!(rate(&processor), 0.003);
        assert_eq!(reloads(&context), ["2", "1"]);
    });
}

#[test]
fn an_unchanged_file_is_not_read_again_and_a_lost_one_changes_nothing() {
    let file = File::new("lost", &table("house-model", "0.001", 0));
    block_on_paused(async {
        let (processor, context) = built(&file.settings("reload_interval: 10s"));
        let processor = processor.unwrap();
        interval(&processor).await;
        assert_eq!(reloads(&context), ["0", "0"]);
        fs::remove_file(&file.0).unwrap();
        interval(&processor).await;
        assert_eq!((rate(&processor), reloads(&context)), (0.001, ["0", "1"].map(str::to_owned)));
    });
}

#[test]
fn an_interval_of_zero_reads_the_file_once() {
    let file = File::new("once", &table("house-model", "0.001", 0));
    block_on(async {
        let (processor, context) = built(&file.settings("reload_interval: 0s"));
        let processor = processor.unwrap();
        file.write(&table("house-model", "0.002", 1));
        assert_eq!((rate(&processor), reloads(&context)), (0.001, ["0", "0"].map(str::to_owned)));
    });
}

#[test]
fn the_pipelines_of_a_component_share_one_table() {
    let file = File::new("shared", &table("house-model", "0.001", 0));
    let context = testkit::context(ComponentKind::Processor, "token_usage/x");
    let config: Config = testkit::settings(&file.settings(""));
    let [one, other] = [(); 2].map(|()| TokenUsage::new(config.clone(), context.clone()).unwrap());
    let (one, other) = (one.prices.unwrap(), other.prices.unwrap());
    assert!(std::sync::Arc::ptr_eq(&one, &other));
}
