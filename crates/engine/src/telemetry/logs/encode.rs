//! An entry as a line, as the Go collector's logger writes it.

use std::io;

use jiff::Timestamp;
use serde::{Serializer as _, ser::SerializeMap as _};
use serde_json::{
    Map, Value,
    ser::{CompactFormatter, Formatter, Serializer},
};
use tracing::Level;

use super::entry::Entry;
use crate::settings::{LogEncoding, LogsSettings};

/// Turns entries into lines.
#[derive(Debug)]
pub(super) struct Encoder {
    encoding: LogEncoding,
    with_caller: bool,
    /// Fields of every line: the resource, then what the user adds.
    common: Vec<(String, Value)>,
}

impl Encoder {
    pub(super) fn new(settings: &LogsSettings, resource: &[(String, String)]) -> Self {
        let mut common = Vec::new();
        if !settings.disable_zap_resource && !resource.is_empty() {
            let resource = resource.iter().map(|(name, text)| (name.clone(), text.clone().into()));
            common.push(("resource".to_owned(), Value::Object(resource.collect::<Map<_, _>>())));
        }
        // A value without a JSON form is none that YAML could hold.
        common.extend(
            settings.initial_fields.iter().map(|(name, value)| {
                (name.clone(), serde_json::to_value(value).unwrap_or_default())
            }),
        );
        Self { encoding: settings.encoding, with_caller: !settings.disable_caller, common }
    }

    /// Appends the line with its end.
    pub(super) fn encode(&self, entry: &Entry, line: &mut Vec<u8>) {
        match self.encoding {
            LogEncoding::Console => self.console(entry, line),
            LogEncoding::Json => self.json(entry, line),
        }
        line.push(b'\n');
    }

    fn console(&self, entry: &Entry, line: &mut Vec<u8>) {
        let caller = self.caller(entry);
        let columns = [
            Some(time(entry)),
            Some(level(entry.level).to_owned()),
            caller,
            Some(entry.message.clone()),
        ];
        line.extend(columns.into_iter().flatten().collect::<Vec<_>>().join("\t").into_bytes());
        if !self.common.is_empty() || !entry.component.is_empty() || !entry.fields.is_empty() {
            line.push(b'\t');
            write_object(line, Spaced, self.fields(entry));
        }
    }

    fn json(&self, entry: &Entry, line: &mut Vec<u8>) {
        let head = [
            ("level", Some(level(entry.level).to_owned())),
            ("ts", Some(time(entry))),
            ("caller", self.caller(entry)),
            ("msg", Some(entry.message.clone())),
        ]
        .map(|(name, text)| (name, text.map(Value::String)));
        let head = head.iter().filter_map(|(name, text)| Some((*name, text.as_ref()?)));
        write_object(line, CompactFormatter, head.chain(self.fields(entry)));
    }

    fn fields<'e>(&'e self, entry: &'e Entry) -> impl Iterator<Item = (&'e str, &'e Value)> {
        let own = entry.component.iter().chain(&entry.fields).map(|(name, value)| (*name, value));
        self.common.iter().map(|(name, value)| (name.as_str(), value)).chain(own)
    }

    /// `deliver/observe.rs:12`: the file with the folder it is in.
    fn caller(&self, entry: &Entry) -> Option<String> {
        let (file, line) = entry.caller.filter(|_| self.with_caller)?;
        let separators = ['/', '\\'];
        let short = match file.rmatch_indices(separators).nth(1) {
            Some((at, _)) => file.get(at + 1..).unwrap_or(file),
            None => file,
        };
        Some(format!("{}:{line}", short.replace('\\', "/")))
    }
}

/// `2026-11-22T06:55:47.022Z`.
fn time(entry: &Entry) -> String {
    let time = Timestamp::try_from(entry.time).unwrap_or(Timestamp::UNIX_EPOCH);
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG | Level::TRACE => "debug",
    }
}

fn write_object<'f>(
    line: &mut Vec<u8>,
    formatter: impl Formatter,
    fields: impl Iterator<Item = (&'f str, &'f Value)>,
) {
    let begin = line.len();
    let mut serializer = Serializer::with_formatter(&mut *line, formatter);
    let written = serializer.serialize_map(None).and_then(|mut map| {
        for (name, value) in fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    });
    if written.is_err() {
        // Neither memory nor JSON values can fail; half an object would help nobody.
        line.truncate(begin);
    }
}

/// JSON in one line with a space after each colon and comma.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
