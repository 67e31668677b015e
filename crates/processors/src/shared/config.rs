//! One action as users write it, and what can be wrong with it.

use config::Value;
use regex::bytes::Regex;
use sdk::Problems;
use serde::{Deserialize, Serialize};

/// One action on attributes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActionConfig {
    /// The attribute to act on.
    pub key: String,
    /// `insert`, `update`, `upsert`, `delete`, `hash`, `extract` or `convert`, in any case.
    pub action: String,
    /// The value to put in; its YAML type decides its type.
    pub value: Value,
    /// The attribute whose value is put in.
    pub from_attribute: String,
    /// What of the request is put in: `metadata.<key>`, `auth.<key>` or `client.address`.
    pub from_context: String,
    /// The value put in when the source has none.
    pub default_value: Value,
    /// A regular expression: on keys for `delete` and `hash`, on the value for `extract`.
    pub pattern: String,
    /// What `convert` makes of the value: `int`, `double` or `string`.
    pub converted_type: String,
}

/// Every reason the actions cannot work, each with its place in the list.
pub(crate) fn problems_of(actions: &[ActionConfig]) -> Problems {
    let mut problems = Problems::new();
    for (at, action) in actions.iter().enumerate() {
        for message in action.faults() {
            problems.add(format!("{message} at the {at}-th action"));
        }
    }
    problems
}

impl ActionConfig {
    fn faults(&self) -> Vec<String> {
        let word = self.action.to_ascii_lowercase();
        let mut faults = Vec::new();
        let takes_pattern = matches!(word.as_str(), "delete" | "hash" | "extract");
        let has_pattern = matches!(word.as_str(), "delete" | "hash") && !self.pattern.is_empty();
        if self.key.is_empty() && !has_pattern {
            faults.push("missing required field \"key\"".to_owned());
        }
        match word.as_str() {
            "insert" | "update" | "upsert" => faults.extend(self.source_fault(&word)),
            "delete" | "hash" => {}
            "extract" => faults.extend(self.extract_fault()),
            "convert" if matches!(self.converted_type.as_str(), "int" | "double" | "string") => {}
            "convert" if self.converted_type.is_empty() => faults
                .push("missing required field \"converted_type\" for action \"convert\"".to_owned()),
            "convert" => faults.push(format!(
                "invalid value {:?} in field \"converted_type\" for action \"convert\"; use \"int\", \
                 \"double\" or \"string\"",
                self.converted_type
            )),
            _ => faults.push(format!(
                "unsupported action {:?}; use insert, update, upsert, delete, hash, extract or convert",
                self.action
            )),
        }
        if !self.pattern.is_empty() {
            if !takes_pattern {
                faults.push(format!("field \"pattern\" does not go with action {word:?}"));
            } else if let Err(error) = Regex::new(&self.pattern) {
                faults.push(format!("field \"pattern\" is not a regular expression: {error}"));
            }
        }
        faults
    }

    fn source_fault(&self, word: &str) -> Option<String> {
        let sources =
            [!self.value.is_null(), !self.from_attribute.is_empty(), !self.from_context.is_empty()];
        match sources.into_iter().filter(|given| *given).count() {
            0 if self.default_value.is_null() => Some(format!(
                "either field \"value\", \"from_attribute\", \"from_context\" or \"default_value\" \
                 must be specified for action {word:?}"
            )),
            0 | 1 => None,
            _ => Some(format!(
                "only one of \"value\", \"from_attribute\" and \"from_context\" can be specified for \
                 action {word:?}"
            )),
        }
    }

    fn extract_fault(&self) -> Option<String> {
        if self.pattern.is_empty() {
            return Some("missing required field \"pattern\" for action \"extract\"".to_owned());
        }
        // A pattern that is none is reported once, by the caller.
        let regex = Regex::new(&self.pattern).ok()?;
        let mut groups = regex.capture_names().skip(1).peekable();
        if groups.peek().is_none() {
            return Some("field \"pattern\" of action \"extract\" has no named group".to_owned());
        }
        groups.any(|name| name.is_none()).then(|| {
            "every group in field \"pattern\" of action \"extract\" must be named".to_owned()
        })
    }
}
