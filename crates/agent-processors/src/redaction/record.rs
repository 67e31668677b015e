//! Every place of a record where text stands.

use pdata::{AnyValue, Edited, KeyValue, Record, RecordKind, Verdict};

use super::{
    Redaction, Summary,
    action::{ByKey, Rules, as_text},
    matching::Fate,
    names::{self, Names},
    sanitize::Database,
};

/// `Span.events`, `Span.links`, and in a link `trace_state`.
const EVENTS: u32 = 11;
const LINKS: u32 = 13;

/// What was done, as the attributes tell it.
#[derive(Debug, Default)]
struct Report {
    redacted: List,
    masked: List,
    allowed: List,
    ignored: i64,
    /// Whether keys are kept and not only counted.
    with_keys: bool,
}

#[derive(Debug, Default)]
struct List {
    count: i64,
    keys: Vec<Vec<u8>>,
}

impl Report {
    fn note(&mut self, list: fn(&mut Self) -> &mut List, key: &[u8]) {
        let with_keys = self.with_keys;
        let list = list(self);
        list.count += 1;
        if with_keys {
            list.keys.push(key.to_vec());
        }
    }

    fn redacted(&mut self, key: &[u8]) {
        self.note(|report| &mut report.redacted, key);
    }

    fn masked(&mut self, key: &[u8]) {
        self.note(|report| &mut report.masked, key);
    }

    fn allowed(&mut self, key: &[u8]) {
        self.note(|report| &mut report.allowed, key);
    }
}

impl Redaction {
    /// Looks at one record and everything in it.
    pub(super) fn redact(&self, record: &mut Record<'_>) {
        let mut report = self.report();
        self.attributes(record, &mut report);
        match record.kind() {
            RecordKind::Scope => {
                self.texts(record, &["name", "version"], "scope", &mut report);
            }
            RecordKind::Span => self.span(record, &mut report),
            RecordKind::LogRecord => {
                self.texts(record, &["severity_text", "event_name"], "log", &mut report);
            }
            RecordKind::Metric => {
                self.texts(record, &["name", "description", "unit"], "metric", &mut report);
                // Its attributes are the metadata of the metric; nothing is added there.
                return;
            }
            RecordKind::DataPoint => {
                if let Some(exemplars) = record.schema().field_named("exemplars") {
                    record.edit_children(exemplars.number, |exemplar| {
                        self.attributes(exemplar, &mut self.report());
                        Verdict::Keep
                    });
                }
            }
            RecordKind::Resource | RecordKind::Part => {}
        }
        self.tell(record, report, names::ATTRIBUTES);
        if record.kind() == RecordKind::LogRecord {
            self.log_body(record);
        }
    }

    fn report(&self) -> Report {
        Report { with_keys: self.summary == Summary::Debug, ..Report::default() }
    }

    fn span(&self, span: &mut Record<'_>, report: &mut Report) {
        let is_allowed = self.rules.values.apply(span.name()) == Fate::Allowed;
        self.texts(span, &["name", "trace_state"], "span", report);
        if !is_allowed && let Some(name) = self.rules.sanitizers.span_name(span) {
            span.set_name(&name);
        }
        let message = span.status_message();
        if !message.is_empty()
            && let Fate::Masked(new) = self.rules.values.apply(message)
        {
            span.set_status_message(&new);
            report.masked(b"span.status.message");
        }
        for (number, name, text) in [(EVENTS, "event", "name"), (LINKS, "link", "trace_state")] {
            if span.has(number) {
                span.edit_children(number, |part| {
                    let mut report = self.report();
                    self.attributes(part, &mut report);
                    self.texts(part, &[text], name, &mut report);
                    self.tell(part, report, names::ATTRIBUTES);
                    Verdict::Keep
                });
            }
        }
    }

    /// Masks what is blocked in text fields of the record itself.
    fn texts(&self, record: &mut Record<'_>, fields: &[&str], of: &str, report: &mut Report) {
        for field in fields {
            let Some(number) = record.schema().field_named(field).map(|field| field.number) else {
                continue;
            };
            let text = record.bytes(number);
            if !text.is_empty()
                && let Fate::Masked(new) = self.rules.values.apply(text)
            {
                record.set_bytes(number, &new);
                report.masked(format!("{of}.{field}").as_bytes());
            }
        }
    }

    fn attributes(&self, record: &mut Record<'_>, report: &mut Report) {
        let rules = &self.rules;
        let database = match rules.sanitizers.database(record) {
            Database::None if record.kind() == RecordKind::LogRecord => Database::Any,
            database => database,
        };
        record.attributes_mut().edit_each(|key, value, out| match rules.by_key(key) {
            ByKey::Ignore => {
                report.ignored += 1;
                Edited::Same
            }
            ByKey::Remove => {
                report.redacted(key);
                Edited::Removed
            }
            ByKey::Mask if rules.allows(value) => {
                report.allowed(key);
                Edited::Same
            }
            ByKey::Mask => {
                report.masked(key);
                *out = rules.masked(value);
                Edited::Written
            }
            ByKey::Look => match rules.attribute(key, value, database) {
                Fate::Same => Edited::Same,
                Fate::Allowed => {
                    report.allowed(key);
                    Edited::Same
                }
                Fate::Masked(new) => {
                    report.masked(key);
                    *out = new;
                    Edited::Written
                }
            },
        });
    }

    fn log_body(&self, record: &mut Record<'_>) {
        let mut report = self.report();
        let body = record.body();
        if body == AnyValue::Empty {
            return;
        }
        if let Some(new) = self.body(&mut Vec::new(), body, &mut report) {
            record.set_body(AnyValue::read(&new));
        }
        self.tell(record, report, names::BODY);
    }

    /// What stands in a body under `path`; the new value, encoded, if anything changed.
    fn body(
        &self,
        path: &mut Vec<u8>,
        value: AnyValue<'_>,
        report: &mut Report,
    ) -> Option<Vec<u8>> {
        let length = path.len();
        let mut out = Vec::new();
        let mut is_changed = false;
        let mut message = Vec::new();
        match value {
            AnyValue::Empty => return None,
            AnyValue::KvList(list) => {
                for pair in list.iter() {
                    let (key, value) = (pair.key, pair.value());
                    step(path, format_args!(""), key);
                    let new = match self.rules.by_key(key) {
                        ByKey::Ignore => {
                            report.ignored += 1;
                            None
                        }
                        ByKey::Remove => {
                            report.redacted(path);
                            is_changed = true;
                            path.truncate(length);
                            continue;
                        }
                        ByKey::Mask => {
                            report.masked(path);
                            Some(self.rules.masked(value))
                        }
                        ByKey::Look => self.body(path, value, report),
                    };
                    path.truncate(length);
                    is_changed |= new.is_some();
                    let value = new.as_deref().map_or(value, AnyValue::read);
                    pdata::wire::put_message(&mut out, 1, |out| KeyValue::write(key, value, out));
                }
                AnyValue::KvList(pdata::KvList(&out)).write(&mut message);
            }
            AnyValue::Array(array) => {
                for (at, value) in array.iter().enumerate() {
                    step(path, format_args!("[{at}]"), b"");
                    let new = self.body(path, value, report);
                    path.truncate(length);
                    is_changed |= new.is_some();
                    let value = new.as_deref().map_or(value, AnyValue::read);
                    pdata::wire::put_message(&mut out, 1, |out| value.write(out));
                }
                AnyValue::Array(pdata::Array(&out)).write(&mut message);
            }
            _ => return self.body_text(path, value, report),
        }
        is_changed.then_some(message)
    }

    fn body_text(&self, path: &[u8], value: AnyValue<'_>, report: &mut Report) -> Option<Vec<u8>> {
        let path: &[u8] = if path.is_empty() { b"body" } else { path };
        let text = match value {
            // Bytes that are text are looked at as such.
            AnyValue::Bytes(bytes) => bytes.to_vec(),
            _ => as_text(value),
        };
        let fate = self.rules.values.apply(&text);
        if fate == Fate::Allowed {
            report.allowed(path);
            return None;
        }
        let masked = if let Fate::Masked(new) = fate { Some(new) } else { None };
        let sanitized = self.rules.sanitizers.body(masked.as_deref().unwrap_or(&text));
        let new = sanitized.or(masked).filter(|new| *new != text)?;
        report.masked(path);
        Some(Rules::string(&new))
    }

    /// Adds the attributes that tell what was done.
    fn tell(&self, record: &mut Record<'_>, report: Report, names: Names) {
        if self.summary == Summary::Silent {
            return;
        }
        let lists = [
            (report.redacted, names.redacted),
            (report.masked, names.masked),
            (report.allowed, names.allowed),
        ];
        for (list, (keys, count)) in lists {
            if list.count == 0 {
                continue;
            }
            if self.summary == Summary::Debug {
                let mut all = list.keys;
                if let Some(AnyValue::Str(before)) = record.attributes().get(keys.as_bytes())
                    && !before.is_empty()
                {
                    all.extend(before.split(|byte| *byte == b',').map(<[u8]>::to_vec));
                }
                all.sort();
                let all = all.join(&b',');
                record.attributes_mut().set(keys.as_bytes(), AnyValue::Str(&all));
            }
            add(record, count, list.count);
        }
        if report.ignored > 0 {
            add(record, names.ignored, report.ignored);
        }
    }
}

/// Adds to the number under `key`.
fn add(record: &mut Record<'_>, key: &str, count: i64) {
    let before = record.attributes().get(key.as_bytes()).and_then(AnyValue::as_int);
    let sum = before.unwrap_or_default().saturating_add(count);
    record.attributes_mut().set(key.as_bytes(), AnyValue::Int(sum));
}

/// One step further down: `a.b`, `a.[0]`.
fn step(path: &mut Vec<u8>, place: std::fmt::Arguments<'_>, key: &[u8]) {
    if !path.is_empty() {
        path.push(b'.');
    }
    path.extend_from_slice(place.to_string().as_bytes());
    path.extend_from_slice(key);
}
