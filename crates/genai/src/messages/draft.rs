//! Messages while their parts are still coming in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::MESSAGES_MAX;

/// A call of a tool.
#[derive(Debug, Default)]
pub(super) struct ToolCall {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) arguments: Option<String>,
}

/// One message.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) role: Option<String>,
    pub(super) content: Option<String>,
    /// Parts of the content by their index.
    pub(super) contents: BTreeMap<usize, String>,
    pub(super) calls: BTreeMap<usize, ToolCall>,
    /// The call that a tool's message answers.
    pub(super) answers: Option<String>,
    pub(super) finish: Option<String>,
    /// Parts that came in the form of the conventions.
    pub(super) parts: Vec<Value>,
}

/// The messages of one side, by their index.
#[derive(Debug)]
pub(super) struct Drafts {
    all: BTreeMap<usize, Draft>,
    left: usize,
    is_over: bool,
}

impl Drafts {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { all: BTreeMap::new(), left: bytes_max, is_over: false }
    }

    /// The message at an index, to take `bytes` more; none if that is too much.
    pub(super) fn at(&mut self, index: usize, bytes: usize) -> Option<&mut Draft> {
        self.spend(bytes)?;
        if index >= MESSAGES_MAX {
            self.is_over = true;
            return None;
        }
        Some(self.all.entry(index).or_default())
    }

    /// One more message.
    pub(super) fn next(&mut self, bytes: usize) -> Option<&mut Draft> {
        let index = self.all.last_key_value().map_or(0, |(index, _)| index + 1);
        self.at(index, bytes)
    }

    /// The first message, for what comes in several attributes.
    pub(super) fn first(&mut self, bytes: usize) -> Option<&mut Draft> {
        self.at(0, bytes)
    }

    /// Counts content; no if it is too much.
    pub(super) fn spend(&mut self, bytes: usize) -> Option<()> {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.is_over = true,
        }
        (!self.is_over).then_some(())
    }

    /// The messages as JSON; none if there are none or too much of them.
    pub(super) fn finish(self) -> Option<String> {
        if self.is_over || self.all.is_empty() {
            return None;
        }
        let messages: Vec<Value> = self.all.into_values().map(Draft::finish).collect();
        serde_json::to_string(&messages).ok()
    }
}

impl Draft {
    fn finish(self) -> Value {
        let role = self.role.unwrap_or_else(|| "assistant".to_owned());
        let mut parts = self.parts;
        let texts: Vec<String> = self
            .content
            .into_iter()
            .chain(self.contents.into_values())
            .filter(|text| !text.is_empty())
            .collect();
        if (role == "tool" || self.answers.is_some()) && !texts.is_empty() {
            let (id, response) = (self.answers, texts.concat());
            parts.push(json!({"type": "tool_call_response", "id": id, "response": response}));
        } else {
            let text = |text| json!({"type": "text", "content": text});
            parts.extend(texts.into_iter().map(text));
        }
        for call in self.calls.into_values() {
            let arguments = call.arguments.map(parsed);
            parts.push(call_part(call.id.as_deref(), call.name.as_deref(), arguments.as_ref()));
        }
        let mut message = json!({"role": role, "parts": parts});
        if let (Some(finish), Some(map)) = (self.finish, message.as_object_mut()) {
            map.insert("finish_reason".to_owned(), finish.into());
        }
        message
    }
}

/// A tool call in the form of the conventions.
pub(super) fn call_part(id: Option<&str>, name: Option<&str>, arguments: Option<&Value>) -> Value {
    json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments})
}

/// Arguments as JSON if they are, else as text.
pub(super) fn parsed(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}
