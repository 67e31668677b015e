//! YAML text to [`Value`], as the Go collector's YAML library reads it (C§2.3).
//!
//! The syntax is `saphyr-parser`'s; what a plain scalar means is decided in [`scalar`]. Only the
//! first document of a stream is read.

use std::collections::HashMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use crate::error::Error;
use crate::limits::{DEPTH_MAX, DOCUMENT_BYTES_MAX, NODES_MAX};
use crate::value::{Key, Kind, Map, Pos, Value};

mod merge_key;
pub mod scalar;
mod timestamp;

/// Reads the first document of `text`. Nothing at all is [`Kind::Null`].
///
/// `source` is what positions name: a file, `env:NAME`, `yaml:…`.
///
/// # Errors
/// Syntax, duplicate keys (all of them), unknown or endless aliases, and the bounds of
/// [`crate::limits`]. Texts start with `yaml: `.
///
/// ```
/// let value = config::parse("mode: 017", "config.yaml")?;
/// assert_eq!(value.get("mode").map(|v| v.kind.clone()), Some(config::Kind::Int(15)));
/// # Ok::<(), config::Error>(())
/// ```
pub fn parse(text: &str, source: &str) -> Result<Value, Error> {
    if text.len() > DOCUMENT_BYTES_MAX {
        return Err(Error::new(format!(
            "yaml: document of {} bytes is larger than the limit of {DOCUMENT_BYTES_MAX} bytes",
            text.len()
        )));
    }
    // A byte order mark is allowed in front, and is not part of the first key.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder {
        parser: Parser::new_from_str(text),
        source: Arc::from(source),
        anchors: HashMap::new(),
        nodes: 0,
        duplicates: Vec::new(),
    };
    let value = builder.document()?;
    match builder.duplicates.first() {
        None => Ok(value),
        Some(first) => {
            let lines: Vec<&str> = builder.duplicates.iter().map(|d| d.text.as_str()).collect();
            let message = format!("yaml: unmarshal errors:\n{}", lines.join("\n"));
            Err(Error::new(message).at(Some(&first.pos)))
        }
    }
}

/// A key that was given twice.
struct Duplicate {
    text: String,
    pos: Pos,
}

struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    source: Arc<str>,
    /// Finished anchors; `None` while the anchored node is still being read.
    anchors: HashMap<usize, Option<Value>>,
    nodes: usize,
    duplicates: Vec<Duplicate>,
}

impl<'a> Builder<'a> {
    fn pos(&self, marker: Marker) -> Pos {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Pos {
            source: Arc::clone(&self.source),
            line: number(marker.line()).max(1),
            column: number(marker.col()).saturating_add(1),
        }
    }

    fn error(&self, marker: Marker, what: &str) -> Error {
        let pos = self.pos(marker);
        Error::new(format!("yaml: line {}: {what}", pos.line)).at(Some(&pos))
    }

    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Error> {
        match self.parser.next_event() {
            None => Ok(None),
            Some(Ok(event)) => Ok(Some(event)),
            Some(Err(error)) => Err(self.error(*error.marker(), error.info())),
        }
    }

    fn document(&mut self) -> Result<Value, Error> {
        while let Some((event, span)) = self.next()? {
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd | Event::DocumentEnd => break,
                event => return self.node(event, span, 0),
            }
        }
        Ok(Value::default())
    }

    fn count(&mut self, nodes: usize, marker: Marker) -> Result<(), Error> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > NODES_MAX {
            let what =
                format!("document contains excessive aliasing or more than {NODES_MAX} nodes");
            return Err(self.error(marker, &what));
        }
        Ok(())
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Value, Error> {
        if depth > DEPTH_MAX {
            return Err(self.error(span.start, &format!("nested deeper than {DEPTH_MAX} levels")));
        }
        self.count(1, span.start)?;
        let pos = self.pos(span.start);
        let (anchor, kind) = match event {
            Event::Alias(anchor) => return self.alias(anchor, span.start),
            Event::Scalar(text, style, anchor, tag) => {
                let kind = self.scalar(&text, style, tag.as_deref(), span.start)?;
                (anchor, kind)
            }
            Event::SequenceStart(anchor, _) => {
                self.open_anchor(anchor);
                (anchor, Kind::Seq(self.sequence(depth)?))
            }
            Event::MappingStart(anchor, _) => {
                self.open_anchor(anchor);
                (anchor, Kind::Map(self.mapping(depth)?))
            }
            _ => return Err(self.error(span.start, "did not find expected node content")),
        };
        let value = Value::new(kind, Some(pos));
        if anchor > 0 {
            self.anchors.insert(anchor, Some(value.clone()));
        }
        Ok(value)
    }

    fn open_anchor(&mut self, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, None);
        }
    }

    fn alias(&mut self, anchor: usize, marker: Marker) -> Result<Value, Error> {
        let value = match self.anchors.get(&anchor) {
            Some(Some(value)) => value,
            Some(None) => return Err(self.error(marker, "anchor value contains itself")),
            None => return Err(self.error(marker, "unknown anchor referenced")),
        };
        // Counted before the copy is made: this is what stops a billion laughs.
        let nodes = value.node_count();
        self.count(nodes, marker)?;
        match self.anchors.get(&anchor) {
            Some(Some(value)) => Ok(value.clone()),
            _ => Ok(Value::default()),
        }
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        marker: Marker,
    ) -> Result<Kind, Error> {
        let tag = match tag {
            None if style == ScalarStyle::Plain => scalar::Tag::None,
            None => scalar::Tag::Str,
            Some(tag) if tag.is_yaml_core_schema() => scalar::Tag::from_suffix(&tag.suffix),
            Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => scalar::Tag::Str,
            Some(_) => scalar::Tag::Other,
        };
        scalar::resolve(text, tag).map_err(|error| self.error(marker, &error))
    }

    fn sequence(&mut self, depth: usize) -> Result<Vec<Value>, Error> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::SequenceEnd) {
                break;
            }
            items.push(self.node(event, span, depth + 1)?);
        }
        Ok(items)
    }

    fn mapping(&mut self, depth: usize) -> Result<Map, Error> {
        let mut map = Map::new();
        let mut merges = Vec::new();
        while let Some((event, span)) = self.next()? {
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let is_merge = merge_key::is_merge_key(&event);
            let key = self.key(event, span, depth)?;
            let Some((event, span)) = self.next()? else { break };
            let value = self.node(event, span, depth + 1)?;
            if is_merge {
                merges.push((value, span.start));
            } else {
                self.insert(&mut map, key, value);
            }
        }
        for (value, marker) in merges {
            merge_key::apply(&mut map, &value).map_err(|what| self.error(marker, what))?;
        }
        Ok(map)
    }

    fn key(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Key, Error> {
        let pos = self.pos(span.start);
        let value = self.node(event, span, depth + 1)?;
        match key_text(value.kind) {
            Some(text) => Ok(Key::new(text, Some(pos))),
            None => Err(self.error(span.start, "invalid map key: a list or a map cannot be a key")),
        }
    }

    fn insert(&mut self, map: &mut Map, key: Key, value: Value) {
        let Some((first, _)) = map.get_key_value(key.as_str()) else {
            map.insert(key, value);
            return;
        };
        let line = |key: &Key| key.pos().map_or(0, |pos| pos.line);
        let text = format!(
            "  line {}: mapping key {:?} already defined at line {}",
            line(&key),
            key.as_str(),
            line(first)
        );
        if let Some(pos) = key.pos() {
            self.duplicates.push(Duplicate { text, pos: pos.clone() });
        }
    }
}

/// How a key is spelled once it is text (C§2.2: non-string keys are stringified).
fn key_text(kind: Kind) -> Option<String> {
    Some(match kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(flag) => flag.to_string(),
        Kind::Int(number) => number.to_string(),
        Kind::Uint(number) => number.to_string(),
        Kind::Float(number) => crate::emit::go_float(number),
        Kind::String(text) => text,
        Kind::Seq(_) | Kind::Map(_) => return None,
    })
}
