//! Filling in `${…}` (C§2.4).
//!
//! A reference ends at the first `}` and starts at the last `${` before it, so inner references go
//! first. A value that is one reference takes the typed result and remembers its text; a reference
//! inside other text is replaced by its text, everywhere the same token stands.

use std::sync::Arc;

use super::location::Location;
use super::merge::nest_keys;
use super::providers::Providers;
use crate::error::Error;
use crate::limits::{
    DEPTH_MAX, EXPANDED_BYTES_MAX, EXPANDED_NODES_MAX, EXPANSION_ROUNDS_MAX, RETRIEVALS_MAX,
};
use crate::provider::{Retrieved, Warning};
use crate::value::{Kind, Value};

const TOO_MANY: &str = "too many recursive expansions";

pub(super) struct Expander<'a> {
    providers: &'a Providers,
    pub(super) warnings: Vec<Warning>,
    retrievals: usize,
    nodes: usize,
    bytes: usize,
}

/// One step of expanding a string.
enum Step {
    /// Nothing to expand.
    Done,
    /// A reference inside other text was replaced.
    Text(Filled),
    /// The whole value was one reference.
    Whole(Retrieved),
}

/// A text in which a reference was replaced.
struct Filled {
    text: String,
    reference: String,
    with: Arc<str>,
}

/// What references inside a string have become. An error further on quotes the string, but what was
/// read from the environment or a file is not for showing.
#[derive(Default)]
struct Secrets(Vec<(Arc<str>, String)>);

impl Secrets {
    fn hide(&self, error: Error) -> Error {
        self.0.iter().rev().fold(error, |error, (value, name)| error.hiding(value, name))
    }
}

impl<'a> Expander<'a> {
    pub(super) fn new(providers: &'a Providers) -> Self {
        Self { providers, warnings: Vec::new(), retrievals: 0, nodes: 0, bytes: 0 }
    }

    /// Expands everything in `value`, again and again until no reference is left.
    pub(super) fn expand(&mut self, value: Value, depth: usize) -> Result<Value, Error> {
        if depth > DEPTH_MAX {
            return Err(Error::new(TOO_MANY).at(value.pos.as_ref()));
        }
        let mut value = value;
        let mut secrets = Secrets::default();
        for _ in 0..EXPANSION_ROUNDS_MAX {
            let Kind::String(text) = &value.kind else { return self.inside(value, depth) };
            let step =
                self.step(text).map_err(|error| secrets.hide(error).at(value.pos.as_ref()))?;
            match step {
                Step::Done => {
                    value.original = None;
                    return Ok(value);
                }
                Step::Text(Filled { text, reference, with }) => {
                    secrets.0.push((with, reference));
                    value = Value::new(Kind::String(text), value.pos);
                }
                Step::Whole(found) => {
                    value = Value { kind: found.value.kind, pos: value.pos, original: found.text };
                }
            }
        }
        Err(Error::new(TOO_MANY).at(value.pos.as_ref()))
    }

    /// Expands what a list or map holds, and the original text beside any typed value.
    fn inside(&mut self, value: Value, depth: usize) -> Result<Value, Error> {
        let Value { kind, pos, original } = value;
        let kind = match kind {
            Kind::Seq(items) => Kind::Seq(
                items
                    .into_iter()
                    .map(|item| self.expand(item, depth + 1))
                    .collect::<Result<_, _>>()?,
            ),
            Kind::Map(map) => {
                // Keys are never expanded.
                let map = map
                    .into_iter()
                    .map(|(key, item)| Ok((key, self.expand(item, depth + 1)?)))
                    .collect::<Result<_, Error>>()?;
                Kind::Map(if original.is_some() { nest_keys(map) } else { map })
            }
            scalar => scalar,
        };
        // Which of the two a setting takes is not known yet. A text that cannot be expanded, say
        // because of a reference in a comment, is only missed by string settings.
        let original = match original {
            Some(text) => self.original(text)?,
            None => None,
        };
        Ok(Value { kind, pos, original })
    }

    fn original(&mut self, text: Arc<str>) -> Result<Option<Arc<str>>, Error> {
        let mut text = text;
        for _ in 0..EXPANSION_ROUNDS_MAX {
            match self.step(&text) {
                Ok(Step::Done) => return Ok(Some(text)),
                Ok(Step::Text(expanded)) => text = Arc::from(expanded.text),
                Ok(Step::Whole(_)) | Err(_) => return Ok(None),
            }
        }
        Err(Error::new(TOO_MANY))
    }

    fn step(&mut self, text: &str) -> Result<Step, Error> {
        let Some(reference) = find_reference(text) else { return Ok(Step::Done) };
        let found = self.retrieve(reference)?;
        if reference == text {
            return Ok(Step::Whole(found));
        }
        let Some(with) = &found.text else {
            return Err(Error::new(format!(
                "expanding {reference}: retrieved value does not have unambiguous string \
                 representation: it is of type {}",
                found.value.go_type()
            )));
        };
        let times = text.matches(reference).count();
        let added = times.saturating_mul(with.len()).saturating_add(text.len());
        self.spend_bytes(added)?;
        Ok(Step::Text(Filled {
            text: text.replace(reference, with),
            reference: reference.to_owned(),
            with: with.clone(),
        }))
    }

    fn spend_bytes(&mut self, bytes: usize) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes > EXPANDED_BYTES_MAX {
            return Err(Error::new(format!(
                "expanded text is larger than the limit of {EXPANDED_BYTES_MAX} bytes"
            )));
        }
        Ok(())
    }

    /// Retrieves what `${…}` names.
    fn retrieve(&mut self, reference: &str) -> Result<Retrieved, Error> {
        let inner = reference.strip_prefix("${").unwrap_or(reference);
        let inner = inner.strip_suffix('}').unwrap_or(inner);
        let defaulted;
        let uri = if inner.contains(':') {
            inner
        } else {
            defaulted = format!("env:{inner}");
            &defaulted
        };
        self.retrievals += 1;
        if self.retrievals > RETRIEVALS_MAX {
            return Err(Error::new(TOO_MANY));
        }
        let found = match self.located(uri) {
            // Superset: upstream fails on `${NAME:-default}`, taking NAME for a scheme.
            Err(_) if self.providers.has("env") && is_env_with_default(uri) => {
                self.providers.retrieve(&Location { scheme: "env", opaque: uri })?
            }
            Err(error) => return Err(error),
            Ok(location) => {
                if location.opaque.contains('$') {
                    return Err(Error::new(format!(
                        "the uri {uri:?} contains unsupported characters ('$')"
                    )));
                }
                self.providers.retrieve(&location)?
            }
        };
        self.nodes = self.nodes.saturating_add(found.value.node_count());
        if self.nodes > EXPANDED_NODES_MAX {
            return Err(Error::new(TOO_MANY));
        }
        for warning in &found.warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
        Ok(found)
    }

    fn located<'u>(&self, uri: &'u str) -> Result<Location<'u>, Error> {
        let location = Location::from_reference(uri)?;
        if !self.providers.has(location.scheme) {
            return Err(Error::new(format!(
                "scheme {:?} is not supported for uri {uri:?}",
                location.scheme
            )));
        }
        Ok(location)
    }
}

/// The token to expand next, `${…}`, or `None`. An escaped one ends the search: what stands behind
/// it in the same string is not expanded (C§2.4).
fn find_reference(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (head, tail) = rest.split_at_checked(rest.find('}')? + 1)?;
        let Some((before, token)) = head.rfind("${").and_then(|at| head.split_at_checked(at))
        else {
            rest = tail;
            continue;
        };
        let dollars = before.bytes().rev().take_while(|b| *b == b'$').count();
        return (dollars % 2 == 0).then_some(token);
    }
}

fn is_env_with_default(uri: &str) -> bool {
    uri.split_once(":-")
        .is_some_and(|(name, default)| crate::provider::is_env_name(name) && !default.contains('$'))
}

/// Turns every `$$` into `$`, once everything is expanded.
pub(super) fn unescape(value: &mut Value) {
    if let Some(text) = &value.original
        && text.contains("$$")
    {
        value.original = Some(Arc::from(text.replace("$$", "$")));
    }
    match &mut value.kind {
        Kind::String(text) if text.contains("$$") => *text = text.replace("$$", "$"),
        Kind::Seq(items) => items.iter_mut().for_each(unescape),
        Kind::Map(map) => map.values_mut().for_each(unescape),
        _ => {}
    }
}
