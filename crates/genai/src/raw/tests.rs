//! The providers' own usage bodies.

use super::*;

/// Input, output, cache read, cache write, an hour of it, reasoning.
#[track_caller]
fn assert_usage(body: &str, expected: [u64; 6]) {
    let usage = RawUsage::from_text(body.as_bytes()).usage();
    let found = [
        usage.input,
        usage.output,
        usage.cache_read,
        usage.cache_write,
        usage.cache_write_1h,
        usage.reasoning,
    ];
    assert_eq!(found.map(Option::unwrap_or_default), expected, "{body}");
}

#[test]
fn openai_counts_everything_in() {
    assert_usage(
        r#"{"prompt_tokens":2006,"completion_tokens":300,"total_tokens":2306,
            "prompt_tokens_details":{"cached_tokens":1920,"audio_tokens":0},
            "completion_tokens_details":{"reasoning_tokens":128,"rejected_prediction_tokens":0}}"#,
        [2006, 300, 1920, 0, 0, 128],
    );
    assert_usage(
        r#"{"usage":{"input_tokens":2006,"input_tokens_details":{"cached_tokens":1920,
            "cache_write_tokens":40},"output_tokens":300,
            "output_tokens_details":{"reasoning_tokens":128},"total_tokens":2306}}"#,
        [2006, 300, 1920, 40, 0, 128],
    );
}

#[test]
fn anthropic_counts_the_cache_apart() {
    let body = r#"{"input_tokens":5,"cache_creation_input_tokens":200,"cache_read_input_tokens":1000,
        "cache_creation":{"ephemeral_5m_input_tokens":150,"ephemeral_1h_input_tokens":50},
        "output_tokens":40,"service_tier":"standard","server_tool_use":{"web_search_requests":2}}"#;
    assert_usage(body, [1205, 40, 1000, 200, 50, 0]);
    assert_eq!(RawUsage::from_text(body.as_bytes()).usage().web_searches, Some(2));
    // More new input than cached: only the shape tells.
    let ambiguous = r#"{"input_tokens":5000,"cache_read_input_tokens":1000,"output_tokens":40}"#;
    assert_usage(ambiguous, [6000, 40, 1000, 0, 0, 0]);
    // A total that leaves no room for the cache says that it is inside.
    let inside = r#"{"input_tokens":2006,"output_tokens":300,"total_tokens":2306,"cache_read_input_tokens":1920}"#;
    assert_usage(inside, [2006, 300, 1920, 0, 0, 0]);
    let iterations = r#"{"input_tokens":5,"output_tokens":40,"iterations":[
        {"input_tokens":5,"output_tokens":40,"cache_read_input_tokens":100},
        {"input_tokens":7,"output_tokens":2,"cache_read_input_tokens":10}]}"#;
    assert_usage(iterations, [122, 42, 110, 0, 0, 0]);
    assert_usage(r#"{"input_tokens":5,"output_tokens":40,"iterations":null}"#, [5, 40, 0, 0, 0, 0]);
}

#[test]
fn gemini_counts_thoughts_and_tool_prompts_apart() {
    assert_usage(
        r#"{"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":60,"candidatesTokenCount":20,
            "thoughtsTokenCount":30,"totalTokenCount":150,
            "promptTokensDetails":[{"modality":"TEXT","tokenCount":100}],
            "candidatesTokensDetails":[{"modality":"TEXT","tokenCount":20}]}}"#,
        [100, 50, 60, 0, 0, 30],
    );
    assert_usage(
        r#"{"promptTokenCount":100,"toolUsePromptTokenCount":9,"candidatesTokenCount":20,"totalTokenCount":129}"#,
        [109, 20, 0, 0, 0, 0],
    );
    // Thoughts already inside, as the total shows.
    assert_usage(
        r#"{"promptTokenCount":100,"candidatesTokenCount":50,"thoughtsTokenCount":30,"totalTokenCount":150}"#,
        [100, 50, 0, 0, 0, 30],
    );
}

#[test]
fn bedrock_cohere_xai_and_ollama_have_their_own_ways() {
    assert_usage(
        r#"{"inputTokens":5,"outputTokens":40,"totalTokens":1245,"cacheReadInputTokens":1000,"cacheWriteInputTokens":200,
            "cacheDetails":[{"ttl":"5m","inputTokens":200}]}"#,
        [1205, 40, 1000, 200, 0, 0],
    );
    assert_usage(r#"{"inputTextTokenCount":8,"results":[{"tokenCount":9}]}"#, [8, 9, 0, 0, 0, 0]);
    assert_usage(
        r#"{"tokens":{"input_tokens":50,"output_tokens":5},"billed_units":{"input_tokens":10,"output_tokens":5}}"#,
        [10, 5, 0, 0, 0, 0],
    );
    assert_usage(
        r#"{"billed_units":{"input_tokens":10,"output_tokens":5},"tokens":{"input_tokens":50,"output_tokens":5}}"#,
        [10, 5, 0, 0, 0, 0],
    );
    assert_usage(
        r#"{"prompt_tokens":100,"completion_tokens":20,"total_tokens":150,"completion_tokens_details":{"reasoning_tokens":30}}"#,
        [100, 50, 0, 0, 0, 30],
    );
    assert_usage(
        r#"{"prompt_eval_count":7,"eval_count":3,"total_duration":5}"#,
        [7, 3, 0, 0, 0, 0],
    );
    assert_usage(
        r#"{"prompt_tokens":10,"prompt_cache_hit_tokens":4,"prompt_cache_miss_tokens":6,"completion_tokens":2}"#,
        [10, 2, 4, 0, 0, 0],
    );
}

#[test]
fn openrouter_says_what_it_cost() {
    let body =
        r#"{"prompt_tokens":10,"completion_tokens":2,"cost":0.0125,"cost_details":{"cost":1}}"#;
    assert_eq!(RawUsage::from_text(body.as_bytes()).cost, Some(0.0125));
    assert_eq!(RawUsage::from_text(br#"{"cost":0}"#).cost, None);
}

#[test]
fn bodies_come_as_reprs_and_inside_strings() {
    assert_usage(
        "{'completion_tokens': 300, 'prompt_tokens': 2006, 'total_tokens': 2306, \
         'prompt_tokens_details': {'audio_tokens': 0, 'cached_tokens': 1920, 'text_tokens': None}, \
         'cache_creation_input_tokens': 0, 'cache_read_input_tokens': 1920}",
        [2006, 300, 1920, 0, 0, 0],
    );
    assert_usage(
        "CompletionUsage(completion_tokens=300, prompt_tokens=2006, total_tokens=2306, \
         prompt_tokens_details=PromptTokensDetails(cached_tokens=1920))",
        [2006, 300, 1920, 0, 0, 0],
    );
    assert_usage(r#""{\"input\": 5, \"output\": 6}""#, [5, 6, 0, 0, 0, 0]);
    assert_usage(
        "total_tokens=4612 prompt_tokens=4012 cached_prompt_tokens=3840 completion_tokens=600",
        [4012, 600, 3840, 0, 0, 0],
    );
    assert!(RawUsage::from_text(b"hello").is_empty());
    assert!(RawUsage::from_text(b"").is_empty());
}
