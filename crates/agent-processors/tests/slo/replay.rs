//! Recordings: every verdict with the facts that led to it.

use agent_processors::{Judged, Replay};
use slo::{Verdict, explain::explain};

use crate::rig::trace;

const OBJECTIVES: &str = "objectives:
  - {name: complete, on: run, good: outcome == completed, target: 95%}
  - {name: tools, on: tool_call, good: not error, target: 98%}
  - {name: others, on: run, match: {gen_ai.agent.name: nobody}, good: not error, target: 98%}
";

#[test]
fn a_recording_is_judged_and_can_be_explained() {
    let mut replay = Replay::new(testkit::settings(OBJECTIVES)).unwrap();
    replay.add(&trace(
        1,
        "2 1 1 2 gen_ai.operation.name=execute_tool gen_ai.tool.name=a status=error error.type=x
         1 0 0 6 gen_ai.operation.name=invoke_agent gen_ai.agent.name=planner",
    ));
    let set = replay.set().clone();
    let judged = replay.finish();
    let of = |at: usize| -> &Judged { judged.iter().find(|one| one.objective == at).unwrap() };
    assert_eq!(of(0).verdict, Some(Verdict::Good));
    assert_eq!(of(1).verdict, Some(Verdict::Bad));
    assert_eq!(of(2).verdict, None);
    assert_eq!((of(0).span, of(1).span), (1, 2));
    for one in &judged {
        let why = explain(&set.objectives[one.objective], &one.facts);
        assert_eq!(why.verdict, one.verdict, "the facts lead to the verdict: {why}");
    }
}
