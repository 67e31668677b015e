//! Operations by name.

use super::*;

#[test]
fn only_these_are_calls_of_a_model() {
    let leaves = ["chat", "generate_content", "text_completion", "embeddings", "rerank"];
    let met = ["image_generation", "llm_call", "completion", "acompletion", "call_llm"];
    for name in leaves.iter().chain(&met) {
        assert_eq!(operation_of(name.as_bytes()).unwrap().0, Class::Leaf, "{name}");
    }
    for name in [
        "retrieval",
        "fetch_response",
        "create_agent",
        "plan",
        "search_memory",
        "chain",
        "execute_task",
        "apply_guardrail",
        "moderation",
    ] {
        assert_eq!(operation_of(name.as_bytes()).unwrap().0, Class::Other, "{name}");
    }
    assert_eq!(operation_of(b"invoke_agent").unwrap().0, Class::Agent);
    assert_eq!(operation_of(b"invoke_workflow").unwrap().0, Class::Workflow);
    assert_eq!(operation_of(b"execute_tool").unwrap().0, Class::Tool);
    assert_eq!(operation_of(b"agent_step").unwrap().0, Class::Aggregate);
    assert_eq!(operation_of(b"shipping"), None);
}
