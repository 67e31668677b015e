//! Settings of the `headers_setter` extension.

use config::Opaque;
use http::{HeaderName, HeaderValue};
use sdk::{Id, Problems};
use serde::{Deserialize, Serialize};

/// Which headers are set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The headers, in order.
    pub headers: Vec<HeaderConfig>,
    /// An authenticator that signs before the headers are set.
    pub additional_auth: String,
}

/// One header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HeaderConfig {
    /// Its name.
    pub key: String,
    /// What is done with it.
    pub action: Action,
    /// Its value.
    pub value: Opaque,
    /// A file with its value.
    pub value_file: String,
    /// The header of the request that brought the data.
    pub from_context: String,
    /// What an authenticator found out about the client.
    pub from_attribute: String,
    /// The value where that is not there.
    pub default_value: Opaque,
}

/// What is done with a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Action {
    /// Set unless it is there.
    Insert,
    /// Set only if it is there.
    Update,
    /// Set.
    #[default]
    Upsert,
    /// Removed.
    Delete,
}

impl TryFrom<String> for Action {
    type Error = String;

    fn try_from(word: String) -> Result<Self, String> {
        match word.as_str() {
            "insert" => Ok(Self::Insert),
            "update" => Ok(Self::Update),
            "" | "upsert" => Ok(Self::Upsert),
            "delete" => Ok(Self::Delete),
            other => Err(format!("unknown action {other:?}: use insert, update, upsert or delete")),
        }
    }
}

impl From<Action> for String {
    fn from(action: Action) -> Self {
        match action {
            Action::Insert => "insert",
            Action::Update => "update",
            Action::Upsert => "upsert",
            Action::Delete => "delete",
        }
        .to_owned()
    }
}

impl HeaderConfig {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if self.key.is_empty() {
            problems.add("missing header name");
        } else if HeaderName::try_from(self.key.as_str()).is_err() {
            problems.add(format!("invalid header name {:?}", self.key));
        }
        let sources = [
            !self.value.is_empty(),
            !self.value_file.is_empty(),
            !self.from_context.is_empty(),
            !self.from_attribute.is_empty(),
        ];
        let sources = sources.into_iter().filter(|is_given| *is_given).count();
        if self.action != Action::Delete {
            problems.check(
                sources > 0,
                "missing header source, must be 'from_context', 'from_attribute', 'value' or \
                 'value_file'",
            );
        }
        problems.check(
            sources <= 1,
            "invalid header source, must be one of 'from_context', 'from_attribute', 'value' and \
             'value_file'",
        );
        for (key, value) in [("value", &self.value), ("default_value", &self.default_value)] {
            if HeaderValue::from_str(value.reveal()).is_err() {
                problems.at(key, "has bytes that cannot be sent");
            }
        }
        problems
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        problems.check(!self.headers.is_empty(), "missing headers configuration");
        let mut headers = Problems::new();
        for (at, header) in self.headers.iter().enumerate() {
            headers.nest(at.to_string(), header.problems());
        }
        problems.nest("headers", headers);
        if !self.additional_auth.is_empty() && self.additional_auth.parse::<Id>().is_err() {
            problems.at("additional_auth", "is not the id of an extension");
        }
        problems
    }
}
