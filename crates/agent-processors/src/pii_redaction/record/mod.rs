//! What is done to each text of a batch.
//!
//! Read in this order: this file, `visit` (what is shown when, and what needs no look), `search` (what a
//! text holds), `join` (what is streamed in pieces), `parts` (what is split over parts of a message).

mod join;
mod parts;
mod search;
mod visit;

use std::{borrow::Cow, collections::HashMap, ops::Range};

use pdata::{
    Signal,
    schema::RESOURCE,
    texts::{Edit, Level, Place, Text},
};
use pii::{Context, Entity, FieldClass, Finding, Kind};

use self::visit::NUMBER_MIN;
use super::{
    Core,
    action::action,
    config::{Audit, Media, OnError, What},
    encode::Report,
    matching::{KeyNote, is_plain_key, is_structure},
    metrics::{Series, Spot},
    names, syntax,
};

/// Goes through one batch.
pub(super) struct Redactor<'c> {
    core: &'c Core,
    signal: Signal,
    /// What is written on the span or log record that is open.
    report: Option<Report>,
    /// What the key of the attribute that is open says.
    key: KeyNote,
    /// Whether the attribute or body that is open holds content.
    is_content: bool,
    /// Whether the body of the log record that is open does; not known until it is asked.
    is_content_body: Option<bool>,
    /// Whether the pieces of a stream in the span that is open were searched.
    is_joined: bool,
    /// Texts already settled together with others, by where they stand in memory.
    settled: HashMap<usize, Vec<u8>>,
    /// The hash of the attribute that is open, and how much had been done before it.
    open: Option<(u128, usize)>,
    /// Grows with all that is found or changed.
    done: usize,
    found: Vec<Finding>,
    /// Where the braces open in the content that is open.
    opens: Vec<usize>,
    pieces: Vec<Range<usize>>,
    in_piece: Vec<Finding>,
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
            key: KeyNote::default(),
            is_content: false,
            is_content_body: None,
            is_joined: false,
            settled: HashMap::new(),
            open: None,
            done: 0,
            found: Vec::new(),
            opens: Vec::new(),
            pieces: Vec::new(),
            in_piece: Vec::new(),
            tally: Vec::new(),
            bytes: 0,
            hits: 0,
            errors: 0,
        }
    }

    /// Adds what was counted to the metrics; answers what was found.
    pub(super) fn finish(self) -> Vec<(Series, usize)> {
        let metrics = &self.core.metrics;
        metrics.bytes.add(self.bytes);
        metrics.hits.add(self.hits);
        metrics.errors.add(self.errors);
        metrics.add(&self.tally, |kind| self.core.engine.name(kind).to_owned());
        self.tally
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
                let spot = Some(Spot::Key);
                let edit = self.string(place, key, (Context::default(), spot), out)?;
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
        let long = number >= NUMBER_MIN;
        let context = self.context(place);
        if self.is_content && self.core.whole.is_some() && !is_structure(place.key()) {
            return Ok(Edit::Drop(Level::Value));
        }
        let named = number >= 100 && (self.is_content || place.keys().len() > 1);
        if !(long || named) || context.class == FieldClass::Structural {
            return Ok(Edit::Keep);
        }
        self.string(place, number.to_string().as_bytes(), (context, None), out)
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
        if !self.settled.is_empty()
            && let Some(settled) = self.settled.remove(&text.as_ptr().addr())
        {
            out.extend_from_slice(&settled);
            self.note_masked(place);
            return Ok(Edit::Replace);
        }
        let context = self.context(place);
        if !self.is_content || self.core.config.dry_run {
            if self.is_content {
                self.without_split(Cow::Borrowed(text));
            }
            let edit = self.string(place, text, (context, None), out);
            self.opens.clear();
            return edit;
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
        now = self.without_split(now);
        let edit = self.string(place, &now, (context, None), out)?;
        self.opens.clear();
        match edit {
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
        (context, spot): (Context<'_>, Option<Spot>),
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
        self.done += 1;
        self.count(&context, spot.unwrap_or_else(|| self.spot(place)));
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
                report.redacted = report.redacted.saturating_add(1);
            }
            return Ok(Edit::Drop(level));
        }
        self.note_masked(place);
        Ok(Edit::Replace)
    }

    fn ignore(&mut self, types: &[Entity]) {
        let is_ignored = |kind| matches!(kind, Kind::Known(entity) if types.contains(&entity));
        self.found.retain(|finding| !is_ignored(finding.kind));
    }

    fn count(&mut self, context: &Context<'_>, spot: Spot) {
        for finding in &self.found {
            let name = self.core.engine.name(finding.kind);
            let what = match self.core.config.dry_run {
                true => What::Detect,
                false => action(&self.core.config, name, context.class).what,
            };
            let series = (finding.kind, what.name(), self.signal, spot);
            match self.tally.iter_mut().find(|(known, _)| *known == series) {
                Some((_, count)) => *count += 1,
                None => self.tally.push((series, 1)),
            }
        }
    }

    /// What kind of field this is.
    fn context<'p>(&self, place: &Place<'p>) -> Context<'p> {
        let mut context = match place.keys() {
            [key] if place.is_in_attribute() => Context { key, class: self.key.class() },
            _ => Context::of_key(place.key()),
        };
        if context.class == FieldClass::Any && self.is_content {
            context.class = FieldClass::Content;
        }
        context
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
        self.done += 1;
        if let Some(report) = &mut self.report {
            report.mask(place.attribute_key());
        }
    }

    fn note_cut(&mut self, place: &Place<'_>, text: &[u8]) {
        self.done += 1;
        if let Some(report) = &mut self.report {
            report.cut(place.attribute_key(), text);
        }
    }

    /// What becomes of a text that could not be searched.
    fn fail(&mut self, place: &Place<'_>, text: Text<'_>, out: &mut Vec<u8>) -> Edit {
        self.errors += 1;
        self.done += 1;
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

    fn writes_reports(&self) -> bool {
        self.core.config.audit != Audit::None && !self.core.config.dry_run
    }
}
