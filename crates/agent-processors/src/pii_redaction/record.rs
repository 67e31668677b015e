//! What is done to each text of a batch.

use std::{
    borrow::Cow,
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

use pdata::{
    KeyValue, Signal,
    schema::{LOG_RECORD, Message, RESOURCE, SPAN, SPAN_EVENT},
    texts::{Edit, Level, Place, Step, Text, Visitor},
};
use pii::{Context, Entity, FieldClass, Finding, Kind};

use super::{
    Core,
    action::action,
    config::{Chunks, Media, OnError},
    encode::Report,
    matching::{is_chunk, is_plain_key, is_structure},
    metrics::{Series, Spot},
    names,
    state::CACHED_MIN,
    syntax,
};

/// Goes through one batch.
pub(super) struct Redactor<'c> {
    core: &'c Core,
    signal: Signal,
    /// What is written on the span or log record that is open.
    report: Option<Report>,
    /// Whether the attribute or body that is open holds content.
    is_content: bool,
    /// Whether the body of the log record that is open does.
    is_content_body: bool,
    /// Texts already settled together with others, by where they stand in memory.
    settled: HashMap<usize, Vec<u8>>,
    found: Vec<Finding>,
    tally: Vec<(Series, usize)>,
    bytes: usize,
    hits: usize,
    errors: usize,
}

/// A text that is too long to be searched.
struct TooLong;

impl<'c> Redactor<'c> {
    pub(super) fn new(core: &'c Core, signal: Signal) -> Self {
        Self {
            core,
            signal,
            report: None,
            is_content: false,
            is_content_body: false,
            settled: HashMap::new(),
            found: Vec::new(),
            tally: Vec::new(),
            bytes: 0,
            hits: 0,
            errors: 0,
        }
    }

    /// Adds what was counted to the metrics.
    pub(super) fn finish(self) {
        let metrics = &self.core.metrics;
        metrics.bytes.add(self.bytes);
        metrics.hits.add(self.hits);
        metrics.errors.add(self.errors);
        metrics.add(&self.tally, |kind| self.core.engine.name(kind).to_owned());
    }

    fn look(
        &mut self,
        place: &Place<'_>,
        text: Text<'_>,
        out: &mut Vec<u8>,
    ) -> Result<Edit, TooLong> {
        match text {
            Text::Key(key) if is_plain_key(key) => Ok(Edit::Keep),
            Text::Key(key) => {
                let edit = self.string(place, key, (Context::default(), Spot::Key), out)?;
                Ok(if matches!(edit, Edit::Drop(_)) { Edit::Drop(Level::Attribute) } else { edit })
            }
            Text::Str(text) => self.value(place, text, out),
            Text::Bytes(bytes) if std::str::from_utf8(bytes).is_ok() => {
                self.value(place, bytes, out)
            }
            Text::Bytes(bytes) => Ok(self.binary(place, bytes, out)),
            Text::Int(number) => self.number(place, number, out),
            // Whole numbers that JSON wrote as doubles.
            Text::Double(number) if number.fract() == 0.0 && number.abs() < 9e18 => {
                self.number(place, number as i64, out)
            }
            Text::Double(_) => Ok(Edit::Keep),
        }
    }

    /// Numbers of nine digits and more; shorter ones where content names them, such as a PIN.
    fn number(
        &mut self,
        place: &Place<'_>,
        number: i64,
        out: &mut Vec<u8>,
    ) -> Result<Edit, TooLong> {
        let long = number >= 100_000_000;
        let (context, spot) = self.context(place);
        if self.is_content && self.core.whole.is_some() && !is_structure(place.key()) {
            return Ok(Edit::Drop(Level::Value));
        }
        let named = number >= 100 && (self.is_content || place.keys().len() > 1);
        if !(long || named) || context.class == FieldClass::Structural {
            return Ok(Edit::Keep);
        }
        self.string(place, number.to_string().as_bytes(), (context, spot), out)
    }

    /// Bytes that are no text.
    fn binary(&mut self, place: &Place<'_>, bytes: &[u8], out: &mut Vec<u8>) -> Edit {
        let settings = &self.core.config.content;
        let goes = self.is_content && (self.core.whole.is_some() || settings.media == Media::Stub);
        if self.core.config.dry_run || !goes || bytes.len() < 1024 {
            return Edit::Keep;
        }
        out.extend_from_slice(&syntax::stub(b"bytes", bytes));
        self.note_masked(place);
        Edit::Replace
    }

    /// A string, with what is done about content before it is searched.
    fn value(
        &mut self,
        place: &Place<'_>,
        text: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Edit, TooLong> {
        if let Some(settled) = self.settled.remove(&text.as_ptr().addr()) {
            out.extend_from_slice(&settled);
            self.note_masked(place);
            return Ok(Edit::Replace);
        }
        let (context, spot) = self.context(place);
        if !self.is_content || self.core.config.dry_run {
            return self.string(place, text, (context, spot), out);
        }
        let settings = &self.core.config.content;
        let mut now = Cow::Borrowed(text);
        if let Some(new) = self.without_content(place, text) {
            now = Cow::Owned(new);
        }
        if settings.media == Media::Stub
            && now.len() >= 1024
            && let Some(new) = syntax::without_media(&now)
        {
            now = Cow::Owned(new);
        }
        match self.string(place, &now, (context, spot), out)? {
            Edit::Keep => {}
            Edit::Replace => now = Cow::Owned(std::mem::take(out)),
            edit => return Ok(edit),
        }
        let most = settings.max_bytes as usize;
        if most > 0 && now.len() > most {
            self.note_cut(place, &now);
            now = Cow::Owned(syntax::cut(&now, most));
        }
        let Cow::Owned(new) = now else { return Ok(Edit::Keep) };
        if new == text {
            return Ok(Edit::Keep);
        }
        *out = new;
        self.note_masked(place);
        Ok(Edit::Replace)
    }

    /// Content without its texts, where the settings say so.
    fn without_content(&self, place: &Place<'_>, text: &[u8]) -> Option<Vec<u8>> {
        let whole = self.core.whole.as_ref()?;
        if is_structure(place.key()) || text.is_empty() {
            return None;
        }
        let replace = |text: &[u8]| {
            let mut out = Vec::new();
            whole.replace(text, &mut out).then_some(out)
        };
        let mut in_json =
            |text: &str| replace(text.as_bytes()).and_then(|new| String::from_utf8(new).ok());
        syntax::replace_texts(text, &mut in_json).or_else(|| replace(text))
    }

    /// Searches one text and does what the policy says.
    fn string(
        &mut self,
        place: &Place<'_>,
        text: &[u8],
        (context, spot): (Context<'_>, Spot),
        out: &mut Vec<u8>,
    ) -> Result<Edit, TooLong> {
        if text.len() > self.core.config.max_text_bytes as usize {
            return Err(TooLong);
        }
        self.search(text, &context);
        if self.core.config.keep_resource_addresses && place.is_in(&RESOURCE) {
            self.ignore(&[Entity::IpAddress, Entity::MacAddress]);
        }
        // A version may look like an address, a unit or severity like anything.
        let field = place.field().map_or("", |field| field.name);
        if matches!(field, "schema_url" | "version" | "unit" | "severity_text") {
            self.ignore(&[Entity::IpAddress, Entity::PhoneNumber]);
        }
        if self.found.is_empty() {
            return Ok(Edit::Keep);
        }
        self.count(&context, spot);
        if self.core.config.dry_run {
            return Ok(Edit::Keep);
        }
        let found = std::mem::take(&mut self.found);
        let changed = self.core.engine.replace(text, &context, &found, out);
        self.found = found;
        let Some(changed) = changed else { return Ok(Edit::Keep) };
        if let Some(report) = &mut self.report {
            changed.counts.iter().for_each(|count| report.count(count.kind, count.count));
            if changed.truncated {
                report.cut(place.attribute_key(), text);
            }
        }
        if let Some(kind) = changed.dropped {
            let name = self.core.engine.name(kind);
            let level = action(&self.core.config, name, context.class).what.level();
            if let Some(report) = &mut self.report {
                report.redacted += 1;
            }
            return Ok(Edit::Drop(level));
        }
        self.note_masked(place);
        Ok(Edit::Replace)
    }

    /// What a text holds, into `found`. Lists of messages are taken apart, since all but the last of
    /// them came before.
    fn search(&mut self, text: &[u8], context: &Context<'_>) {
        self.found.clear();
        self.bytes += text.len();
        #[cfg(test)]
        if let Some(fault) = self.core.fault {
            fault(text);
        }
        let Some(cache) = self.core.cache.as_ref().filter(|_| text.len() >= CACHED_MIN) else {
            return self.core.engine.scan_into(text, context, &mut self.found);
        };
        let pieces = match self.is_content && text.len() >= 4 * CACHED_MIN {
            true => syntax::pieces(text, CACHED_MIN),
            false => std::iter::once(0..text.len()).collect(),
        };
        let mut in_piece = Vec::new();
        for piece in pieces {
            let start = piece.start;
            let text = text.get(piece).unwrap_or_default();
            in_piece.clear();
            if text.len() < CACHED_MIN {
                self.core.engine.scan_into(text, context, &mut in_piece);
                self.found.extend(in_piece.iter().map(|finding| shifted(finding, start)));
                continue;
            }
            let hash = cache.hash(text, context);
            if cache.get(hash, &mut in_piece) {
                self.hits += 1;
            } else {
                self.core.engine.scan_into(text, context, &mut in_piece);
                cache.put(hash, &in_piece);
            }
            self.found.extend(in_piece.iter().map(|finding| shifted(finding, start)));
        }
    }

    fn ignore(&mut self, types: &[Entity]) {
        let is_ignored = |kind| matches!(kind, Kind::Known(entity) if types.contains(&entity));
        self.found.retain(|finding| !is_ignored(finding.kind));
    }

    fn count(&mut self, context: &Context<'_>, spot: Spot) {
        for finding in &self.found {
            let name = self.core.engine.name(finding.kind);
            let what = match self.core.config.dry_run {
                true => super::config::What::Detect,
                false => action(&self.core.config, name, context.class).what,
            };
            let series = (finding.kind, what.name(), self.signal, spot);
            match self.tally.iter_mut().find(|(known, _)| *known == series) {
                Some((_, count)) => *count += 1,
                None => self.tally.push((series, 1)),
            }
        }
    }

    /// What kind of field this is, and the words for it.
    fn context<'p>(&self, place: &Place<'p>) -> (Context<'p>, Spot) {
        let mut context = Context::of_key(place.key());
        let spot = self.spot(place);
        if context.class == FieldClass::Any && self.is_content {
            context.class = FieldClass::Content;
        }
        (context, spot)
    }

    fn spot(&self, place: &Place<'_>) -> Spot {
        match place.message().name {
            "Resource" | "EntityRef" => Spot::Resource,
            "InstrumentationScope" => Spot::Scope,
            "Event" => Spot::Event,
            "Link" => Spot::Link,
            "Exemplar" => Spot::Exemplar,
            _ if self.is_content => Spot::Content,
            _ if place.is_in_attribute() => Spot::Attribute,
            _ if place.field().is_some_and(|field| field.name == "body") => Spot::Body,
            _ => Spot::Field,
        }
    }

    fn note_masked(&mut self, place: &Place<'_>) {
        if let Some(report) = &mut self.report {
            report.mask(place.attribute_key());
        }
    }

    fn note_cut(&mut self, place: &Place<'_>, text: &[u8]) {
        if let Some(report) = &mut self.report {
            report.cut(place.attribute_key(), text);
        }
    }

    /// Searches the pieces of a stream as one text; those that hold a part of something are settled.
    fn join_chunks(&mut self, span: &[u8]) {
        let mut joined = Vec::new();
        let mut parts: Vec<(usize, std::ops::Range<usize>)> = Vec::new();
        super::encode::each_chunk(span, &mut |chunk| {
            let start = joined.len();
            if start + chunk.len() <= self.core.config.max_text_bytes as usize {
                joined.extend_from_slice(chunk);
                parts.push((chunk.as_ptr().addr(), start..joined.len()));
            }
        });
        if parts.len() < 2 {
            return;
        }
        let context = Context { key: &[], class: FieldClass::Content };
        self.search(&joined, &context);
        let ends_in = |finding: &Finding| {
            let at = parts.partition_point(|(_, part)| part.end <= finding.start);
            parts.get(at).is_some_and(|(_, part)| finding.end > part.end)
        };
        if !self.found.iter().any(ends_in) || self.core.config.dry_run {
            return;
        }
        self.count(&context, Spot::Event);
        let found = std::mem::take(&mut self.found);
        for (address, part) in parts {
            if let Some(new) = self.settle(&joined, part, &found, &context) {
                self.settled.insert(address, new);
            }
        }
    }

    /// One piece with all that is found in it replaced: where it begins stands what takes its place.
    fn settle(
        &mut self,
        joined: &[u8],
        part: std::ops::Range<usize>,
        found: &[Finding],
        context: &Context<'_>,
    ) -> Option<Vec<u8>> {
        let first = found.partition_point(|finding| finding.end <= part.start);
        let inside = found.get(first..)?.iter().take_while(|finding| finding.start < part.end);
        let mut out: Option<Vec<u8>> = None;
        let mut done = part.start;
        for finding in inside {
            let out = out.get_or_insert_default();
            out.extend_from_slice(joined.get(done..finding.start.max(done)).unwrap_or_default());
            if finding.start >= part.start {
                let text = joined.get(finding.start..finding.end).unwrap_or_default();
                let alone = Finding { start: 0, end: text.len(), context: None, ..*finding };
                let mut new = Vec::new();
                if self.core.engine.replace(text, context, &[alone], &mut new).is_some() {
                    out.extend_from_slice(&new);
                } else {
                    out.extend_from_slice(text);
                }
                if let Some(report) = &mut self.report {
                    report.count(finding.kind, 1);
                }
            }
            done = finding.end.min(part.end);
        }
        let mut out = out?;
        out.extend_from_slice(joined.get(done..part.end).unwrap_or_default());
        Some(out)
    }

    /// What becomes of a text that could not be searched.
    fn fail(&mut self, place: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
        self.errors += 1;
        out.clear();
        if self.core.config.on_error == OnError::Open || self.core.config.dry_run {
            return Edit::Keep;
        }
        self.note_masked(place);
        if matches!(text, Text::Key(_)) {
            return Edit::Drop(Level::Attribute);
        }
        out.extend_from_slice(names::ERROR.as_bytes());
        Edit::Replace
    }
}

impl Visitor for Redactor<'_> {
    fn enter(&mut self, place: &Place<'_>, content: &[u8], _: &mut Vec<u8>) -> Step {
        let message: &'static Message = place.message();
        let is = |other: &'static Message| std::ptr::eq(message, other);
        self.is_content = false;
        if is(&SPAN) || is(&LOG_RECORD) {
            self.report = Some(Report::new(message, content, &self.core.engine));
            self.settled.clear();
            self.is_content_body =
                is(&LOG_RECORD) && memchr::memmem::find(content, b"gen_ai.").is_some();
            if is(&SPAN) && self.core.config.content.stream_chunks == Chunks::Join {
                let joined = catch_unwind(AssertUnwindSafe(|| self.join_chunks(content)));
                self.errors += usize::from(joined.is_err());
            }
        }
        let drops_chunks = self.core.config.content.stream_chunks == Chunks::Drop;
        if drops_chunks && !self.core.config.dry_run && is(&SPAN_EVENT) {
            let mut chunks = 0;
            super::encode::each_chunk_of_event(content, &mut |_| chunks += 1);
            if chunks > 0 {
                return Step::Drop;
            }
        }
        Step::Into
    }

    fn attribute(&mut self, place: &Place<'_>, pair: KeyValue<'_>, _: &mut Vec<u8>) -> Step {
        if place.keys().len() > 1 || !place.is_in_attribute() {
            return Step::Into;
        }
        self.is_content = self.core.content.has(pair.key) || is_chunk(pair.key);
        let is_record = std::ptr::eq(place.message(), &raw const SPAN)
            || std::ptr::eq(place.message(), &raw const LOG_RECORD);
        // What was written before is in the report, which is written anew.
        if is_record && pair.key.starts_with(b"redaction.") && Report::is_own(pair.key) {
            return if self.writes_reports() { Step::Drop } else { Step::Into };
        }
        Step::Into
    }

    fn text(&mut self, place: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
        if !place.is_in_attribute() {
            let is_body = place.field().is_some_and(|field| field.name == "body");
            self.is_content = is_body && self.is_content_body;
        }
        match catch_unwind(AssertUnwindSafe(|| self.look(place, text, out))) {
            Ok(Ok(edit)) => edit,
            Ok(Err(TooLong)) | Err(_) => self.fail(place, text, out),
        }
    }

    fn leave(&mut self, place: &Place<'_>, out: &mut Vec<u8>) {
        let message = place.message();
        if !std::ptr::eq(message, &raw const SPAN) && !std::ptr::eq(message, &raw const LOG_RECORD)
        {
            return;
        }
        if let Some(report) = self.report.take()
            && self.writes_reports()
        {
            report.write(self.core, out);
        }
    }
}

impl Redactor<'_> {
    fn writes_reports(&self) -> bool {
        self.core.config.audit != super::config::Audit::None && !self.core.config.dry_run
    }
}

/// A finding in a part of a text, as one of the whole.
fn shifted(finding: &Finding, by: usize) -> Finding {
    let shift = |at: u32| at.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
    Finding {
        start: finding.start + by,
        end: finding.end + by,
        context: finding.context.map(|(start, end)| (shift(start), shift(end))),
        ..*finding
    }
}
