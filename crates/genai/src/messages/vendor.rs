//! Messages in JSON of a vendor's own, and as span events.

use pdata::views::EventView;
use serde_json::{Value, json};

use super::draft::{Draft, Drafts, call_part, parsed};
use crate::value;

/// Whether a key may hold such JSON.
pub(super) fn may_be(key: &[u8]) -> bool {
    matches!(
        key,
        b"ai.prompt.messages"
            | b"ai.response.text"
            | b"ai.response.toolCalls"
            | b"ai.response.finishReason"
            | b"gen_ai.prompt"
            | b"gen_ai.completion"
    )
}

/// Takes what stands under a key.
pub(super) fn take(key: &[u8], text: &[u8], input: &mut Drafts, output: &mut Drafts) {
    let side = if matches!(key, b"ai.prompt.messages" | b"gen_ai.prompt") { input } else { output };
    if side.spend(text.len()).is_none() {
        return;
    }
    let plain = || String::from_utf8_lossy(text).into_owned();
    match key {
        b"ai.response.text" => {
            if let Some(draft) = side.first(0) {
                draft.content = Some(plain());
            }
        }
        b"ai.response.finishReason" => {
            if let Some(draft) = side.first(0) {
                draft.finish = Some(plain());
            }
        }
        b"ai.response.toolCalls" => {
            let calls = serde_json::from_slice(text).unwrap_or_default();
            if let (Value::Array(calls), Some(draft)) = (calls, side.first(0)) {
                draft.parts.extend(calls.iter().filter_map(part));
            }
        }
        _ => match serde_json::from_slice(text) {
            Ok(body) => take_body(&body, side),
            Err(_) if key == b"gen_ai.prompt" => push(side, "user", &Value::String(plain())),
            Err(_) => {}
        },
    }
}

/// A list of messages, OpenAI's request or answer, or one prompt.
fn take_body(body: &Value, side: &mut Drafts) {
    let messages = body.as_array().or_else(|| body.get("messages")?.as_array());
    if let Some(messages) = messages {
        for message in messages {
            let role = message.get("role").and_then(Value::as_str).unwrap_or("user");
            push_message(side, role, message);
        }
        return;
    }
    for choice in body.get("choices").and_then(Value::as_array).into_iter().flatten() {
        let Some(message) = choice.get("message") else { continue };
        if let Some(draft) = push_message(side, "assistant", message) {
            draft.finish = choice.get("finish_reason").and_then(Value::as_str).map(str::to_owned);
        }
    }
    if let Some(prompt) = body.get("prompt").or_else(|| body.get("input")) {
        push(side, "user", prompt);
    }
}

fn push_message<'d>(side: &'d mut Drafts, role: &str, message: &Value) -> Option<&'d mut Draft> {
    let draft = side.next(0)?;
    draft.role = Some(role.to_owned());
    draft.answers = text_of(message, &["tool_call_id"]);
    if let Some(content) = message.get("content") {
        take_content(draft, content);
    }
    let calls = message.get("tool_calls").and_then(Value::as_array).into_iter().flatten();
    draft.parts.extend(calls.filter_map(part));
    Some(draft)
}

fn push(side: &mut Drafts, role: &str, content: &Value) {
    if let Some(draft) = side.next(0) {
        draft.role = Some(role.to_owned());
        take_content(draft, content);
    }
}

/// Text, or a list of parts in a vendor's form.
fn take_content(draft: &mut Draft, content: &Value) {
    match content {
        Value::String(text) => draft.content = Some(text.clone()),
        Value::Array(parts) => draft.parts.extend(parts.iter().filter_map(part)),
        _ => {}
    }
}

/// A part in the form of the conventions. Files and images are named by their type only.
fn part(part: &Value) -> Option<Value> {
    if let Some(text) = part.get("text").and_then(Value::as_str) {
        let kind = part.get("type").and_then(Value::as_str);
        let kind = if kind == Some("reasoning") { "reasoning" } else { "text" };
        return Some(json!({"type": kind, "content": text}));
    }
    // Strands and Bedrock wrap their parts.
    let inner = part.get("toolUse").or_else(|| part.get("toolResult")).unwrap_or(part);
    let function = inner.get("function").unwrap_or(inner);
    let id = text_of(inner, &["toolCallId", "toolUseId", "tool_use_id", "id"]);
    let result = ["output", "result", "content"].iter().find_map(|key| inner.get(*key));
    let is_result = part.get("toolResult").is_some()
        || matches!(part.get("type").and_then(Value::as_str), Some("tool-result" | "tool_result"));
    if is_result {
        return Some(json!({"type": "tool_call_response", "id": id, "response": result}));
    }
    if let Some(name) = text_of(function, &["toolName", "name"]) {
        let arguments = ["input", "args", "arguments"].iter().find_map(|key| function.get(*key));
        let arguments = arguments.map(|arguments| match arguments {
            Value::String(text) => parsed(text.clone()),
            other => other.clone(),
        });
        return Some(call_part(id.as_deref(), Some(&name), arguments.as_ref()));
    }
    let kind = part.get("type").and_then(Value::as_str)?;
    Some(json!({"type": kind}))
}

fn text_of(map: &Value, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| map.get(*key)?.as_str()).map(str::to_owned)
}

/// Takes a message that is a span event.
pub(super) fn take_event(event: &EventView<'_>, input: &mut Drafts, output: &mut Drafts) {
    let (side, role) = match event.name() {
        b"gen_ai.system.message" => (input, "system"),
        b"gen_ai.user.message" => (input, "user"),
        b"gen_ai.assistant.message" => (input, "assistant"),
        b"gen_ai.tool.message" => (input, "tool"),
        b"gen_ai.choice" => (output, "assistant"),
        b"gen_ai.content.prompt" => (input, "user"),
        b"gen_ai.content.completion" => (output, "assistant"),
        _ => return,
    };
    let text = |key: &[u8]| event.attributes().get(key).and_then(value::text);
    let keys: [&[u8]; 4] = [b"content", b"message", b"gen_ai.prompt", b"gen_ai.completion"];
    let Some(content) = keys.into_iter().find_map(text) else { return };
    let Some(draft) = side.next(content.len()) else { return };
    let owned = |text: Option<&[u8]>| text.map(|text| String::from_utf8_lossy(text).into_owned());
    draft.role = owned(text(b"role")).or_else(|| Some(role.to_owned()));
    draft.finish = owned(text(b"finish_reason"));
    match serde_json::from_slice(content) {
        Ok(Value::Array(parts)) => draft.parts.extend(parts.iter().filter_map(part)),
        _ => {
            draft.content = owned(Some(content));
            draft.answers = owned(text(b"id")).filter(|_| role == "tool");
        }
    }
    // A tool's parts carry their own ids.
    if role == "tool" && !draft.parts.is_empty() {
        draft.role = Some("user".to_owned());
    }
}
