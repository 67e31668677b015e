//! Scopes by name.

use super::*;

fn of(name: &str) -> Option<Dialect> {
    ScopeDialect::of(name.as_bytes(), b"1.0").dialect()
}

#[test]
fn official_and_traceloop_instrumentations_are_told_apart() {
    for name in [
        "opentelemetry.instrumentation.genai.openai",
        "opentelemetry.instrumentation.openai_v2",
        "opentelemetry.instrumentation.google_genai",
        "opentelemetry.util.genai.handler",
    ] {
        assert_eq!(of(name), Some(Dialect::Semconv), "{name}");
    }
    for name in [
        "opentelemetry.instrumentation.openai.v1",
        "opentelemetry.instrumentation.google_generativeai",
        "opentelemetry.instrumentation.crewai.instrumentation",
        "opentelemetry.instrumentation.langchain",
        "traceloop.tracer",
    ] {
        assert_eq!(of(name), Some(Dialect::OpenLlmetry), "{name}");
    }
    for name in [
        "opentelemetry.instrumentation.fastapi",
        "opentelemetry.instrumentation.httpx",
        "opentelemetry.instrumentation.",
        "",
        "a",
        "airflow",
        "my.gen_ai",
    ] {
        assert_eq!(of(name), None, "{name}");
    }
}

#[test]
fn short_names_are_taken_whole() {
    assert_eq!(of("ai"), Some(Dialect::Vercel));
    assert_eq!(of("gen_ai"), Some(Dialect::VercelOtel));
    assert_eq!(of("litellm"), Some(Dialect::LiteLlm));
    assert_eq!(of("com.anthropic.claude_code.tracing"), Some(Dialect::ClaudeCode));
    assert_eq!(of("com.anthropic.sdk.python"), Some(Dialect::Anthropic));
}

#[test]
fn frameworks_know_numbers_less_well_than_sdks() {
    let trust = |name: &str, dialect| ScopeDialect::of(name.as_bytes(), b"").trust(dialect);
    let (tl, oi) = (Dialect::OpenLlmetry, Dialect::OpenInference);
    assert_eq!(trust("opentelemetry.instrumentation.openai.v1", tl), 1);
    assert_eq!(trust("opentelemetry.instrumentation.openai_agents", tl), 0);
    assert_eq!(trust("opentelemetry.instrumentation.langchain", tl), 0);
    assert_eq!(trust("openinference.instrumentation.langchain", oi), 0);
    assert_eq!(trust("@arizeai/openinference-instrumentation-langchain", oi), 0);
    assert_eq!(trust("openinference.instrumentation.openai", oi), 1);
    assert_eq!(trust("com.anthropic.sdk.python", Dialect::Anthropic), 3);
}

#[test]
fn names_are_distinct() {
    let mut names: Vec<&str> = Dialect::ALL.iter().map(|dialect| dialect.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Dialect::ALL.len());
}
