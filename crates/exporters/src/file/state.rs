//! The open file and what waits to be written to it. Everything here blocks.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use sdk::Clock;

use super::{config::Config, rotate::Rotation};

/// How much waits in memory between flushes.
const BUFFER_BYTES_MAX: usize = 64 << 10;

/// An open file. Requests are whole in it, whatever goes wrong.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    file: File,
    /// How long the file is, up to the end of its last whole request.
    written: u64,
    /// Whole requests that are not in the file yet.
    buffer: Vec<u8>,
    rotation: Option<Rotation>,
}

impl Writer {
    /// Opens the file, makes its folder where that is wanted.
    pub(super) fn open(config: &Config, clock: Clock) -> io::Result<Self> {
        let path = PathBuf::from(&config.path);
        if config.create_directory {
            create_directory(&path, config.directory_mode().unwrap_or(0o755))?;
        }
        let rotation = config.rotation.as_ref().map(|rotation| Rotation::new(rotation, clock));
        let keep = config.append || rotation.is_some();
        let mut file = OpenOptions::new().write(true).create(true).truncate(!keep).open(&path)?;
        // A pipe or terminal has no end to seek to.
        let written = file.seek(SeekFrom::End(0)).unwrap_or(0);
        Ok(Self { path, file, written, buffer: Vec::new(), rotation })
    }

    /// Takes one request. After an error it was not taken.
    pub(super) fn write(&mut self, request: &[u8]) -> io::Result<()> {
        let waiting = self.written + self.buffer.len() as u64;
        if waiting > 0
            && self.rotation.as_ref().is_some_and(|rotation| rotation.is_full(waiting, request))
        {
            self.flush()?;
            self.rotate()?;
        }
        if self.buffer.len() + request.len() > BUFFER_BYTES_MAX {
            self.flush()?;
        }
        if request.len() > BUFFER_BYTES_MAX {
            return self.append(request);
        }
        self.buffer.extend_from_slice(request);
        Ok(())
    }

    /// Hands what waits to the operating system. After an error it still waits.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        let buffer = std::mem::take(&mut self.buffer);
        let appended = self.append(&buffer);
        self.buffer = buffer;
        if appended.is_ok() {
            self.buffer.clear();
        }
        appended
    }

    fn append(&mut self, requests: &[u8]) -> io::Result<()> {
        let appended = self.file.write_all(requests);
        if appended.is_ok() {
            self.written += requests.len() as u64;
        } else {
            // Half a request would spoil the next one. Where cutting fails too, the disk is beyond
            // our help, and the error says so.
            let _cut = self.file.set_len(self.written);
            let _end = self.file.seek(SeekFrom::Start(self.written));
        }
        appended
    }

    fn rotate(&mut self) -> io::Result<()> {
        if let Some(rotation) = &self.rotation {
            rotation.set_aside(&self.path)?;
            self.file =
                OpenOptions::new().write(true).create(true).truncate(true).open(&self.path)?;
            self.written = 0;
            rotation.clean_up(&self.path);
        }
        Ok(())
    }
}

fn create_directory(file: &Path, mode: u32) -> io::Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    if fs::exists(folder)? {
        return Ok(());
    }
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, mode);
    #[cfg(not(unix))]
    let _has_no_modes = mode;
    builder.create(folder)
}
