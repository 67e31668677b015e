//! Whether a record is one of those that actions are done to.

use pdata::{AnyValue, Around, Attributes, Record, RecordKind, json::value_to_string, schema};
use regex::bytes::Regex;
use sdk::BuildError;

use super::config::{AttributeMatch, LibraryMatch, MatchConfig, SeverityMatch};
use crate::shared::Constant;

/// The properties a record must have. One that its kind cannot have, such as the name of a span for a
/// log record, no record of that kind has.
#[derive(Debug)]
pub(super) struct Matcher {
    services: Texts,
    span_names: Texts,
    span_kinds: Texts,
    attributes: Vec<Attribute>,
    resources: Vec<Attribute>,
    libraries: Vec<(Texts, Option<Texts>)>,
    log_bodies: Texts,
    log_severity_texts: Texts,
    log_severity: Option<SeverityMatch>,
    metric_names: Texts,
}

/// Texts of which one must match; none at all lets everything pass.
#[derive(Debug)]
enum Texts {
    Strict(Vec<Vec<u8>>),
    Regexp(Vec<Regex>),
}

#[derive(Debug)]
struct Attribute {
    key: Vec<u8>,
    value: Option<Expected>,
}

#[derive(Debug)]
enum Expected {
    Value(Constant),
    Text(Texts),
}

impl Matcher {
    pub(super) fn new(config: &MatchConfig) -> Result<Self, BuildError> {
        let regexp = config.is_regexp();
        let texts = |list: &[String]| Texts::new(list, regexp);
        let attributes = |list: &[AttributeMatch]| -> Result<Vec<_>, BuildError> {
            list.iter().map(|attribute| Attribute::new(attribute, regexp)).collect()
        };
        let library = |library: &LibraryMatch| -> Result<_, BuildError> {
            let name = texts(std::slice::from_ref(&library.name))?;
            let version = library.version.as_ref().map(std::slice::from_ref).map(texts);
            Ok((name, version.transpose()?))
        };
        let kinds = match regexp {
            true => config.span_kinds.clone(),
            false => {
                config.span_kinds.iter().map(|kind| span_kind(kind)).collect::<Result<_, _>>()?
            }
        };
        Ok(Self {
            services: texts(&config.services)?,
            span_names: texts(&config.span_names)?,
            span_kinds: texts(&kinds)?,
            attributes: attributes(&config.attributes)?,
            resources: attributes(&config.resources)?,
            libraries: config.libraries.iter().map(library).collect::<Result<_, _>>()?,
            log_bodies: texts(&config.log_bodies)?,
            log_severity_texts: texts(&config.log_severity_texts)?,
            log_severity: config.log_severity_number.as_ref().cloned(),
            metric_names: texts(&config.metric_names)?,
        })
    }

    /// Whether the record has every property asked for.
    pub(super) fn matches(&self, record: &Record<'_>, around: &Around<'_, '_>) -> bool {
        let resource = around.resource.attributes();
        let service = || resource.get(b"service.name").and_then(AnyValue::as_str);
        let of_its_kind = match record.kind() {
            RecordKind::Span => {
                !self.asks_for_logs()
                    && self.metric_names.is_empty()
                    && self.services.allow(service)
                    && self.span_names.allow(|| Some(record.name()))
                    && self.span_kinds.allow(|| kind_name(record.span_kind()))
            }
            RecordKind::LogRecord => {
                !self.asks_for_spans() && self.metric_names.is_empty() && self.matches_log(record)
            }
            _ => {
                !self.asks_for_spans()
                    && !self.asks_for_logs()
                    && self.metric_names.allow(|| around.metric.map(Record::name))
            }
        };
        of_its_kind
            && self.attributes.iter().all(|attribute| attribute.is_in(record.attributes()))
            && self.resources.iter().all(|attribute| attribute.is_in(resource))
            && self.matches_library(around)
    }

    /// Whether a property is asked for that only spans have; no other record matches then.
    fn asks_for_spans(&self) -> bool {
        !(self.services.is_empty() && self.span_names.is_empty() && self.span_kinds.is_empty())
    }

    /// Whether a property is asked for that only log records have.
    fn asks_for_logs(&self) -> bool {
        !(self.log_bodies.is_empty() && self.log_severity_texts.is_empty())
            || self.log_severity.is_some()
    }

    fn matches_log(&self, record: &Record<'_>) -> bool {
        let severity = record.severity_number();
        self.log_bodies.allow(|| record.body().as_str())
            && self.log_severity_texts.allow(|| Some(record.severity_text()))
            && self.log_severity.as_ref().is_none_or(|wanted| match severity {
                0 => wanted.match_undefined,
                number => number >= u64::try_from(wanted.min).unwrap_or(0),
            })
    }

    fn matches_library(&self, around: &Around<'_, '_>) -> bool {
        self.libraries.is_empty()
            || self.libraries.iter().any(|(name, version)| {
                name.allow(|| Some(around.scope.map_or(&[][..], |scope| scope.name())))
                    && version.as_ref().is_none_or(|version| {
                        version
                            .allow(|| Some(around.scope.map_or(&[][..], |scope| scope.version())))
                    })
            })
    }
}

impl Texts {
    fn new(list: &[String], regexp: bool) -> Result<Self, BuildError> {
        if !regexp {
            return Ok(Self::Strict(list.iter().map(|text| text.clone().into_bytes()).collect()));
        }
        let patterns = list.iter().map(|pattern| Regex::new(pattern));
        let patterns = patterns.collect::<Result<_, _>>();
        patterns.map(Self::Regexp).map_err(|error| BuildError(error.to_string()))
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Strict(list) => list.is_empty(),
            Self::Regexp(list) => list.is_empty(),
        }
    }

    fn allow<'t>(&self, text: impl FnOnce() -> Option<&'t [u8]>) -> bool {
        if self.is_empty() {
            return true;
        }
        match self {
            Self::Strict(list) => text().is_some_and(|text| list.iter().any(|item| item == text)),
            Self::Regexp(list) => text().is_some_and(|text| list.iter().any(|r| r.is_match(text))),
        }
    }
}

impl Attribute {
    fn new(config: &AttributeMatch, regexp: bool) -> Result<Self, BuildError> {
        let value = match (&config.value, regexp) {
            (value, _) if value.is_null() => None,
            (value, true) => {
                let pattern = value.as_str().map(str::to_owned).ok_or_else(|| {
                    BuildError(format!(
                        "attribute {:?}: match_type regexp takes texts only",
                        config.key
                    ))
                })?;
                Some(Expected::Text(Texts::new(&[pattern], true)?))
            }
            (value, false) => Some(Expected::Value(Constant::new(value))),
        };
        Ok(Self { key: config.key.clone().into_bytes(), value })
    }

    fn is_in(&self, attributes: Attributes<'_, '_>) -> bool {
        let Some(found) = attributes.get(&self.key) else { return false };
        match &self.value {
            None => true,
            Some(Expected::Value(wanted)) => wanted.get() == found,
            Some(Expected::Text(texts)) => {
                let text = value_to_string(found);
                texts.allow(|| Some(&text))
            }
        }
    }
}

/// The full name of a kind given by name, in full or in short, or by number.
fn span_kind(text: &str) -> Result<String, BuildError> {
    let upper = text.to_ascii_uppercase();
    let known = schema::SPAN_KIND
        .number_of(&upper)
        .or_else(|| schema::SPAN_KIND.number_of(&format!("SPAN_KIND_{upper}")))
        .or_else(|| upper.parse().ok());
    let name = known.and_then(|number| schema::SPAN_KIND.name_of(number)).map(str::to_owned);
    name.ok_or_else(|| {
        BuildError(format!("{text:?} is not a span kind; use SPAN_KIND_CLIENT or its like"))
    })
}

fn kind_name(number: u64) -> Option<&'static [u8]> {
    let number = i32::try_from(number).ok()?;
    schema::SPAN_KIND.name_of(number).map(str::as_bytes)
}
