//! Settings of the `attributes` processor.

use config::Value;
use regex::bytes::Regex;
use sdk::{Optional, Problems};
use serde::{Deserialize, Serialize};

use super::matching::Matcher;
use crate::shared::{ActionConfig, problems_of};

/// What is done to which records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The actions, in order.
    pub actions: Vec<ActionConfig>,
    /// Only records that match; tested first.
    pub include: Optional<MatchConfig>,
    /// Not the records that match.
    pub exclude: Optional<MatchConfig>,
}

/// Which records match: every property that is given must; within one, any item may, except
/// attributes, of which all must.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MatchConfig {
    /// `strict` or `regexp`.
    pub match_type: String,
    /// Read for compatibility: patterns need no cache here.
    pub regexp: Value,
    /// `service.name` of the resource. Spans only.
    pub services: Vec<String>,
    /// Names of spans. Spans only.
    pub span_names: Vec<String>,
    /// Kinds of spans: `SPAN_KIND_CLIENT`, `client` or its number; patterns see the long name. Spans
    /// only.
    pub span_kinds: Vec<String>,
    /// Attributes of the record.
    pub attributes: Vec<AttributeMatch>,
    /// Attributes of the resource.
    pub resources: Vec<AttributeMatch>,
    /// Instrumentation scopes.
    pub libraries: Vec<LibraryMatch>,
    /// Bodies of log records that are text. Logs only.
    pub log_bodies: Vec<String>,
    /// Severity texts. Logs only.
    pub log_severity_texts: Vec<String>,
    /// The least severity number. Logs only.
    pub log_severity_number: Optional<SeverityMatch>,
    /// Names of metrics. Metrics only.
    pub metric_names: Vec<String>,
}

/// An attribute to match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttributeMatch {
    /// The key.
    pub key: String,
    /// The value; null only asks that the key is there.
    pub value: Value,
}

/// An instrumentation scope to match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LibraryMatch {
    /// Its name.
    pub name: String,
    /// Its version; null is any, an empty text only an empty one.
    pub version: Option<String>,
}

/// A severity to match.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SeverityMatch {
    /// The least number that matches.
    pub min: i32,
    /// Whether a record without severity matches.
    pub match_undefined: bool,
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = problems_of(&self.actions);
        problems.check(
            !self.actions.is_empty(),
            "missing required field \"actions\": name at least one action",
        );
        for (key, matching) in [("include", &self.include), ("exclude", &self.exclude)] {
            if let Some(matching) = matching.as_ref() {
                problems.nest(key, matching.problems());
            }
        }
        problems
    }
}

impl MatchConfig {
    /// Whether texts are regular expressions.
    pub(super) fn is_regexp(&self) -> bool {
        self.match_type == "regexp"
    }

    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if !matches!(self.match_type.as_str(), "strict" | "regexp") {
            problems.add(format!(
                "unrecognized match_type: {:?}, valid types are: [regexp strict]",
                self.match_type
            ));
        }
        if self
            == &(Self {
                match_type: self.match_type.clone(),
                regexp: self.regexp.clone(),
                ..Self::default()
            })
        {
            problems.add(
                "at least one of services, span_names, span_kinds, attributes, resources, libraries, \
                 log_bodies, log_severity_texts, log_severity_number or metric_names must be specified",
            );
        }
        if self.is_regexp() {
            let lists = [
                ("services", &self.services),
                ("span_names", &self.span_names),
                ("log_bodies", &self.log_bodies),
                ("log_severity_texts", &self.log_severity_texts),
                ("metric_names", &self.metric_names),
            ];
            for (key, patterns) in lists {
                for error in patterns.iter().filter_map(|pattern| Regex::new(pattern).err()) {
                    problems.at(key, format!("not a regular expression: {error}"));
                }
            }
        }
        for (key, list) in [("attributes", &self.attributes), ("resources", &self.resources)] {
            if list.iter().any(|attribute| attribute.key.is_empty()) {
                problems.at(key, "can't have empty key in the list of attributes");
            }
        }
        // Whatever else would stop the processor from being made.
        if problems.is_empty()
            && let Err(error) = Matcher::new(self)
        {
            problems.add(error.to_string());
        }
        problems
    }
}
