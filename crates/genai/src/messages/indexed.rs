//! Messages spread over keys with indexes.

use super::draft::{Draft, Drafts};

/// Heads of such keys, and whether they are the answer.
const HEADS: &[(&str, bool)] = &[
    ("gen_ai.prompt.", false),
    ("gen_ai.completion.", true),
    ("llm.input_messages.", false),
    ("llm.output_messages.", true),
];

/// Whether a key may be one.
pub(super) fn may_be(key: &[u8]) -> bool {
    HEADS.iter().any(|(head, _)| key.starts_with(head.as_bytes()))
}

/// Takes what stands under a key.
pub(super) fn take(key: &[u8], text: &str, input: &mut Drafts, output: &mut Drafts) {
    let Some(key) = str::from_utf8(key).ok() else { return };
    for (head, is_output) in HEADS {
        let Some((index, rest)) = key.strip_prefix(head).and_then(index) else { continue };
        let rest = rest.strip_prefix("message.").unwrap_or(rest);
        let side = if *is_output { &mut *output } else { &mut *input };
        if let Some(draft) = side.at(index, text.len()) {
            take_field(draft, rest, text);
        }
    }
}

fn take_field(draft: &mut Draft, field: &str, text: &str) {
    let owned = || Some(text.to_owned());
    match field {
        "role" => draft.role = owned(),
        "content" => draft.content = owned(),
        "finish_reason" => draft.finish = owned(),
        "tool_call_id" => draft.answers = owned(),
        _ => {
            if let Some((at, "message_content.text")) =
                field.strip_prefix("contents.").and_then(index)
            {
                draft.contents.insert(at, text.to_owned());
            }
            if let Some((at, rest)) = field.strip_prefix("tool_calls.").and_then(index) {
                let call = draft.calls.entry(at).or_default();
                match rest {
                    "id" | "tool_call.id" => call.id = owned(),
                    "name" | "function.name" | "tool_call.function.name" => call.name = owned(),
                    "arguments" | "function.arguments" | "tool_call.function.arguments" => {
                        call.arguments = owned();
                    }
                    _ => {}
                }
            }
        }
    }
}

/// An index of at most four digits and what follows its dot.
fn index(text: &str) -> Option<(usize, &str)> {
    let (digits, rest) = text.split_once('.')?;
    let plain = digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().map(|index| (index, rest))
}
