//! One secret, in the settings or in a file.

use std::sync::Arc;

use config::Opaque;

use super::Rereading;

/// A secret. A file goes before the settings; white space around what it holds does not count.
#[derive(Debug)]
pub(crate) enum Secret {
    Given(Arc<Opaque>),
    File(Arc<Rereading<Opaque>>),
}

impl Secret {
    /// Reads the file, if one is named; the error names it.
    pub(crate) fn open(given: &Opaque, file: &str) -> Result<Self, String> {
        if file.is_empty() {
            return Ok(Self::Given(Arc::new(given.clone())));
        }
        Rereading::open(file, parse).map(Self::File)
    }

    /// The secret of now.
    pub(crate) async fn get(&self) -> Arc<Opaque> {
        match self {
            Self::Given(secret) => Arc::clone(secret),
            Self::File(file) => file.get().await,
        }
    }
}

fn parse(text: &str) -> Result<Opaque, String> {
    match text.trim() {
        "" => Err("is empty".to_owned()),
        secret => Ok(Opaque::new(secret)),
    }
}
