use proptest::prelude::*;

use super::{read_any_condition, read_any_file, read_anything};

const FILE: &str = "
runs: {close: {idle: 10m}, limits: {runs: 10, memory: 64KiB}}
defaults: {window: 30d, owner: x}
objectives:
- {name: a, on: run, match: {gen_ai.agent.name: [x*, 3]}, good: outcome == completed and cost <= $0.5, target: 95%}
- {name: b, on: model_call, good: ttft <= 2s or not error, missing: exclude, target: 0.9, group_by: gen_ai.request.model}
alerts: {preset: agent, min_events: 5, page: {labels: {team: x}}}
";

proptest! {
    #[test]
    fn no_bytes_break_anything(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_any_condition(&bytes);
        read_any_file(&bytes);
        read_anything(&bytes);
    }

    /// A file with a few bytes changed gets further than noise.
    #[test]
    fn no_change_breaks_a_file(changes in prop::collection::vec((any::<prop::sample::Index>(), 0x20..0x7F_u8), 0..6)) {
        let mut bytes = FILE.as_bytes().to_vec();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        read_any_file(&bytes);
        read_anything(&bytes);
    }

    #[test]
    fn no_words_break_a_condition(words in prop::collection::vec(prop::sample::select(vec![
        "not", "and", "or", "in", "(", ")", "[", "]", ",", "<=", "==", "!=", "outcome", "error", "cost", "60s",
        "$1", "tokens", "5", "true", "\"x\"", "'\"'", "duration", "*", "attributes.x", "-1", ".5", "70%", "1h30m",
    ]), 0..14)) {
        read_any_condition(words.join(" ").as_bytes());
        read_any_condition(words.concat().as_bytes());
    }
}
