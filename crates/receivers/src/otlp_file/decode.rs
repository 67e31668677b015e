//! Files to requests: which files, which format, which signal, and one request after the other.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use pdata::json;
use sdk::{Batch, Context, Signal};
use tokio::{
    fs::File,
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
};

use super::config::{Config, Format};

/// How many files all patterns together may match.
const FILES_MAX: usize = 100_000;

/// The files that the settings name: paths as they are, patterns replaced by what they match.
pub(super) fn find(include: &[String]) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    for path in include.iter().map(Path::new) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.contains('*') {
            files.push(path.to_owned());
            continue;
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let cannot_list = |error| format!("cannot list {}: {error}", folder.display());
        let before = files.len();
        for entry in fs::read_dir(folder).map_err(cannot_list)? {
            let entry = entry.map_err(cannot_list)?;
            if matches(&name, &entry.file_name().to_string_lossy()) && entry.path().is_file() {
                files.push(entry.path());
            }
        }
        if files.len() == before {
            return Err(format!("no file matches {}", path.display()));
        }
        if let Some(found) = files.get_mut(before..) {
            found.sort();
        }
    }
    if files.len() > FILES_MAX {
        return Err(format!("{} files are more than {FILES_MAX}", files.len()));
    }
    Ok(files)
}

/// Whether a name fits a pattern in which `*` stands for any text.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut parts: Vec<_> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        // The leftmost place leaves the most for the parts that follow.
        let Some((_, after)) = name.split_once(part) else { return false };
        name = after;
    }
    name.ends_with(end)
}

/// A file that is read request by request.
#[derive(Debug)]
pub(super) struct Requests {
    reader: BufReader<File>,
    format: Format,
    signal: Option<Signal>,
    bytes_max: usize,
    /// The number of the line or request last read, from 1.
    at: u64,
    buffer: Vec<u8>,
}

/// Why no request came.
#[derive(Debug)]
pub(super) enum Fault {
    /// This one is no good; the next may be.
    Bad {
        /// Its line or place in the file, from 1.
        at: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// Nothing more can be read.
    Lost(String),
}

/// What stands at the next place in a file.
enum Piece {
    /// Whole, in the buffer.
    Whole,
    TooLong,
    End,
}

impl Requests {
    pub(super) async fn open(path: &Path, config: &Config) -> Result<Self, Fault> {
        let (format, signal) = kind_of(path, config).map_err(Fault::Lost)?;
        let file = File::open(path).await?;
        Ok(Self {
            reader: BufReader::with_capacity(64 << 10, file),
            format,
            signal,
            bytes_max: config.record_bytes_max(),
            at: 0,
            buffer: Vec::new(),
        })
    }

    /// The next request; none at the end of the file.
    pub(super) async fn next(&mut self) -> Result<Option<Batch>, Fault> {
        loop {
            self.at += 1;
            self.buffer.clear();
            let piece = match self.format {
                Format::Auto | Format::Json => self.line().await,
                Format::Proto => self.framed().await,
                Format::Request => self.whole().await,
            };
            match piece? {
                Piece::End => return Ok(None),
                Piece::TooLong => {
                    let mib = self.bytes_max >> 20;
                    let reason = format!("longer than `max_record_size_mib`, which is {mib}");
                    return Err(self.bad(reason));
                }
                Piece::Whole
                    if self.format == Format::Json && self.buffer.trim_ascii().is_empty() => {}
                Piece::Whole => return self.batch().map(Some).map_err(|reason| self.bad(reason)),
            }
        }
    }

    fn bad(&self, reason: String) -> Fault {
        Fault::Bad { at: self.at, reason }
    }

    fn batch(&self) -> Result<Batch, String> {
        let signal = match (self.signal, self.format) {
            (Some(signal), _) => signal,
            (None, Format::Json) => signal_of_json(&self.buffer)?,
            (None, _) => return Err("its signal is not known; set `signal`".to_owned()),
        };
        let bytes = if self.format == Format::Json {
            json::decode(signal, &self.buffer).map_err(|error| error.to_string())?.into()
        } else {
            Bytes::copy_from_slice(&self.buffer)
        };
        let checked = Batch::checked(signal, bytes, Arc::new(Context::default()));
        checked.map_err(|malformed| malformed.to_string())
    }

    /// Reads up to a line end, which it drops. A line that is too long is read and forgotten.
    async fn line(&mut self) -> io::Result<Piece> {
        let mut is_too_long = false;
        let mut is_end = true;
        loop {
            let read = self.reader.fill_buf().await?;
            if read.is_empty() {
                break;
            }
            is_end = false;
            let (line, used) = match read.iter().position(|byte| *byte == b'\n') {
                Some(end) => (read.get(..end).unwrap_or_default(), Some(end + 1)),
                None => (read, None),
            };
            is_too_long |= self.buffer.len() + line.len() > self.bytes_max;
            if is_too_long {
                self.buffer.clear();
            } else {
                self.buffer.extend_from_slice(line);
            }
            let length = used.unwrap_or(line.len());
            self.reader.consume(length);
            if used.is_some() {
                break;
            }
        }
        Ok(match (is_end, is_too_long) {
            (true, _) => Piece::End,
            (_, true) => Piece::TooLong,
            _ => Piece::Whole,
        })
    }

    /// Reads a length and that many bytes.
    async fn framed(&mut self) -> io::Result<Piece> {
        if self.reader.fill_buf().await?.is_empty() {
            return Ok(Piece::End);
        }
        let length = u64::from(self.reader.read_u32().await?);
        let is_too_long = length > self.bytes_max as u64;
        let mut rest = (&mut self.reader).take(length);
        let read = if is_too_long {
            tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?
        } else {
            rest.read_to_end(&mut self.buffer).await? as u64
        };
        if read < length {
            let reason = format!("{length} bytes announced, {read} left in the file");
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, reason));
        }
        Ok(if is_too_long { Piece::TooLong } else { Piece::Whole })
    }

    /// Reads the rest of the file.
    async fn whole(&mut self) -> io::Result<Piece> {
        if self.at > 1 {
            return Ok(Piece::End);
        }
        let mut rest = (&mut self.reader).take(self.bytes_max as u64 + 1);
        let read = rest.read_to_end(&mut self.buffer).await?;
        Ok(if read > self.bytes_max { Piece::TooLong } else { Piece::Whole })
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

/// The format and, as far as it is known before reading, the signal of a file.
fn kind_of(path: &Path, config: &Config) -> Result<(Format, Option<Signal>), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let format = match (config.format, ending.as_ref()) {
        (Format::Auto, "jsonl" | "json") => Format::Json,
        (Format::Auto, "pb") => Format::Request,
        (Format::Auto, "bin" | "proto") => Format::Proto,
        (Format::Auto, _) => {
            return Err("its ending does not tell what is in it; set `format`".to_owned());
        }
        (format, _) => format,
    };
    if let Some(signal) = Signal::from_name(&config.signal) {
        return Ok((format, Some(signal)));
    }
    if format == Format::Json {
        return Ok((format, None));
    }
    let in_name = |signal: &Signal| name.contains(&format!(".{signal}."));
    let signal = Signal::ALL.into_iter().find(in_name).ok_or_else(|| {
        "its name has no `.traces.`, `.metrics.`, `.logs.` or `.profiles.` in it; set `signal`"
            .to_owned()
    })?;
    Ok((format, Some(signal)))
}

/// The signal that the first key of an object names.
fn signal_of_json(line: &[u8]) -> Result<Signal, String> {
    let key = line.trim_ascii().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    let key = key.and_then(|rest| rest.strip_prefix(b"\"")).unwrap_or_default();
    let key = key.split(|byte| *byte == b'"').next().unwrap_or_default();
    match key {
        b"resourceSpans" | b"resource_spans" => Ok(Signal::Traces),
        b"resourceMetrics" | b"resource_metrics" => Ok(Signal::Metrics),
        b"resourceLogs" | b"resource_logs" => Ok(Signal::Logs),
        b"resourceProfiles" | b"resource_profiles" | b"dictionary" => Ok(Signal::Profiles),
        _ => Err("not an OTLP request: the first key is not `resourceSpans`, `resourceMetrics`, \
                  `resourceLogs` or `resourceProfiles`"
            .to_owned()),
    }
}
