//! `file:PATH`.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use super::{Provider, Retrieved};
use crate::error::Error;
use crate::limits::DOCUMENT_BYTES_MAX;

/// Files, read whole, relative to the working directory.
#[derive(Debug, Clone, Copy, Default)]
pub struct FileProvider;

impl Provider for FileProvider {
    fn scheme(&self) -> &str {
        "file"
    }

    fn retrieve(&self, opaque: &str) -> Result<Retrieved, Error> {
        let path = clean(opaque);
        let shown = path.display();
        let fail = |why: &str| Error::new(format!("unable to read the file file:{opaque}: {why}"));
        let file =
            File::open(&path).map_err(|e| fail(&format!("open {shown}: {}", go_words(&e))))?;
        let mut bytes = Vec::new();
        let limit = u64::try_from(DOCUMENT_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
        file.take(limit)
            .read_to_end(&mut bytes)
            .map_err(|e| fail(&format!("read {shown}: {}", go_words(&e))))?;
        if bytes.len() > DOCUMENT_BYTES_MAX {
            return Err(fail(&format!("larger than the limit of {DOCUMENT_BYTES_MAX} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|_| fail("yaml: invalid UTF-8"))?;
        Ok(Retrieved::from_yaml(&text, &shown.to_string()))
    }
}

/// Removes `.`, empty parts and `x/..`, without asking the file system.
fn clean(path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in Path::new(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir) => {}
                _ => out.push(".."),
            },
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

/// The error in the words the Go collector prints.
fn go_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        io::ErrorKind::NotADirectory => "not a directory".to_owned(),
        _ => error.to_string(),
    }
}
