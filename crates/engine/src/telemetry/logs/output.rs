//! Where lines go.

use std::{
    fs::OpenOptions,
    io::{self, Write},
};

use super::LogsError;

/// One destination of the log.
pub(super) struct Output {
    name: String,
    writer: Box<dyn Write + Send>,
    /// Whether the last line could not be written; said once until one can be again.
    is_broken: bool,
}

impl Output {
    /// `stdout`, `stderr`, a path, or a `file://` URL; files are appended to.
    ///
    /// # Errors
    ///
    /// Another kind of URL, or a file that cannot be written.
    pub(super) fn open(path: &str) -> Result<Self, LogsError> {
        let fault = |reason: &dyn std::fmt::Display| {
            LogsError(format!("couldn't open sink {path:?}: {reason}"))
        };
        let file = match path {
            "stderr" => return Ok(Self::stderr()),
            "stdout" => return Ok(Self::new(path, Box::new(io::stdout()))),
            _ => match path.split_once("://") {
                Some(("file", rest)) => rest.strip_prefix("localhost").unwrap_or(rest),
                Some((scheme, _)) => {
                    return Err(fault(&format_args!(
                        "no sink found for scheme {scheme:?}; use stdout, stderr, a path or file://"
                    )));
                }
                None => path,
            },
        };
        let opened = OpenOptions::new().create(true).append(true).open(file);
        opened.map(|file| Self::new(path, Box::new(file))).map_err(|error| fault(&error))
    }

    /// The standard error output.
    pub(super) fn stderr() -> Self {
        Self::new("stderr", Box::new(io::stderr()))
    }

    fn new(name: &str, writer: Box<dyn Write + Send>) -> Self {
        Self { name: name.to_owned(), writer, is_broken: false }
    }

    /// Writes a whole line at once, so that lines of several processes do not mix. A line that
    /// cannot be written is lost: a log that fails must not stop the telemetry.
    pub(super) fn write(&mut self, line: &[u8]) {
        let written = self.writer.write_all(line).and_then(|()| self.writer.flush());
        match written {
            Ok(()) => self.is_broken = false,
            Err(error) if !self.is_broken => {
                self.is_broken = true;
                let said = writeln!(io::stderr(), "log {:?}: write error: {error}", self.name);
                // Nowhere is left to say that this failed, too.
                drop(said);
            }
            Err(_) => {}
        }
    }
}
