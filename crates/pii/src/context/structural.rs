//! Keys whose values are the machine's own: ids, counts, times, names of models.

use std::sync::LazyLock;

use crate::policy::FieldClass;

/// Whole keys, in lower case.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "trace_id", "traceid", "span_id", "spanid", "parent_span_id", "parentspanid", "tool_call_id",
    "gen_ai.response.id", "gen_ai.tool.call.id", "gen_ai.conversation.id", "gen_ai.agent.id",
    "gen_ai.request.model", "gen_ai.response.model", "gen_ai.system", "gen_ai.provider.name",
    "gen_ai.operation.name", "llm.model_name", "model", "session.id", "thread.id", "process.pid",
    "service.instance.id", "service.version", "k8s.pod.uid", "container.id", "host.id",
    "request_id", "run_id", "event_id", "correlation_id", "message_id", "response_id", "uuid",
    "timestamp", "time", "ts", "created", "created_at", "updated_at", "start_time", "end_time",
    "commit", "git.commit.sha", "sha", "etag", "digest", "checksum", "version", "revision",
    "container.image.id", "container.image.tags", "messaging.message.id", "aws.request_id",
    "system_fingerprint", "telemetry.sdk.version", "seed", "offset", "partition",
];

/// Ends of keys, in lower case.
#[rustfmt::skip]
const ENDS: &[&str] = &[
    "_tokens", ".tokens", "_token_count", "_unix_nano", "_timestamp", "trace_id", "span_id",
    "_duration_ms", "_ms", "_bytes", "_count", ".uid", ".model", "_model", ".commit",
];

/// Starts of keys, in lower case.
const STARTS: &[&str] = &["gen_ai.usage.", "llm.token_count.", "gen_ai.request.max_", "telemetry."];

/// One bit for each hash of the last three bytes of what [`KEYS`] and [`ENDS`] list.
static LAST: LazyLock<[u64; 64]> = LazyLock::new(|| {
    let mut bits = [0; 64];
    for name in KEYS.iter().chain(ENDS) {
        let bit = last(name.as_bytes());
        if let Some(word) = bits.get_mut(bit / 64) {
            *word |= 1u64 << (bit % 64);
        }
    }
    bits
});

/// A hash of the last three bytes below 4096, whatever their letter case.
#[inline]
fn last(key: &[u8]) -> usize {
    let bytes = match key {
        [.., a, b, c] => [*a, *b, *c],
        [b, c] => [0, *b, *c],
        [c] => [0, 0, *c],
        [] => [0; 3],
    };
    let [a, b, c] = bytes.map(|byte| u32::from(byte | 0x20));
    ((a << 16 | b << 8 | c).wrapping_mul(0x9E37_79B9) >> 20) as usize
}

/// The class of a field by its key.
#[inline]
pub(crate) fn class_of(key: &[u8]) -> FieldClass {
    let bit = last(key);
    let may_end = LAST.get(bit / 64).is_some_and(|word| word >> (bit % 64) & 1 == 1);
    let may_start = matches!(key.first(), Some(b'g' | b'G' | b'l' | b'L' | b't' | b'T'));
    if (may_end && is_listed(key)) || (may_start && starts(key)) {
        return FieldClass::Structural;
    }
    FieldClass::Any
}

fn is_listed(key: &[u8]) -> bool {
    let ends = |end: &&str| {
        let tail = key.len().checked_sub(end.len()).and_then(|at| key.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
    };
    let is_key = |name: &&str| key.eq_ignore_ascii_case(name.as_bytes());
    KEYS.iter().any(is_key) || ENDS.iter().any(ends)
}

fn starts(key: &[u8]) -> bool {
    let starts = |start: &&str| {
        key.get(..start.len()).is_some_and(|key| key.eq_ignore_ascii_case(start.as_bytes()))
    };
    STARTS.iter().any(starts)
}

/// The class of a field, all lists compared.
#[cfg(test)]
pub(super) fn class_plainly(key: &[u8]) -> FieldClass {
    if is_listed(key) || starts(key) { FieldClass::Structural } else { FieldClass::Any }
}

/// Keys of the lists, changed or not.
#[cfg(test)]
pub(super) fn soups() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let known: Vec<&str> = [KEYS, ENDS, STARTS].concat();
    (proptest::sample::select(known), "[a-zA-Z_.]{0,3}", "[a-zA-Z_.]{0,3}", any::<bool>()).prop_map(
        |(known, before, after, capitals)| {
            let key = format!("{before}{known}{after}");
            if capitals { key.to_uppercase() } else { key }
        },
    )
}
