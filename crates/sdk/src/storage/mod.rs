//! What a storage extension offers: entries that survive a restart.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use crate::{Error, StartError};

/// A place for stores. An extension offers it as an `Arc<dyn Storage>` among its
/// [`Capabilities`](crate::Capabilities).
#[async_trait]
pub trait Storage: Send + Sync {
    /// Opens the store of that name, which has one owner at a time.
    ///
    /// # Errors
    ///
    /// It cannot be opened; the text says why and what to do.
    async fn open(&self, name: &str) -> Result<OpenStore, StartError>;
}

/// A store, and what was in it.
pub struct OpenStore {
    /// The store.
    pub store: Arc<dyn Store>,
    /// What was appended before and not removed, oldest first.
    pub entries: Vec<Entry>,
}

/// One entry of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, unlike that of any other entry there is.
    pub key: u64,
    /// What the owner appended with it.
    pub tag: u32,
    /// How many bytes it has.
    pub bytes: usize,
}

/// Entries of one owner.
#[async_trait]
pub trait Store: Send + Sync {
    /// Adds an entry made of `parts`. It is kept, whatever happens to the process, when this returns; when the
    /// caller leaves before that, it is not.
    ///
    /// # Errors
    ///
    /// It was not kept: there is no room, or the disk failed.
    async fn append(&self, parts: Vec<Bytes>, tag: u32) -> Result<Entry, Error>;

    /// The bytes of an entry.
    ///
    /// # Errors
    ///
    /// Permanent when they are damaged; otherwise they may be readable later.
    async fn read(&self, key: u64) -> Result<Bytes, Error>;

    /// The entry is done with. After a crash it may come back.
    fn remove(&self, key: u64);

    /// Writes down what waits. Nothing is taken after that.
    async fn close(&self);
}
