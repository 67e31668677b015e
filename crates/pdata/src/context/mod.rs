//! Who sent a batch, and what is held on its behalf.

use std::{any::Any, collections::BTreeMap, fmt, net::SocketAddr, sync::Arc};

#[cfg(test)]
mod tests;

/// What a receiver knows about the request that brought a batch.
#[derive(Clone, Default)]
pub struct Context {
    /// How it came, for metric labels: `grpc`, `http` or nothing.
    pub transport: &'static str,
    /// The address of the client.
    pub peer: Option<SocketAddr>,
    /// Request headers, kept only where the receiver is told to (`include_metadata`).
    pub metadata: Metadata,
    /// What an authenticator learned about the client, by attribute name.
    pub auth: BTreeMap<String, String>,
    /// Kept alive until the last batch of the request is delivered or refused.
    pub holds: Vec<Hold>,
}

/// Something to give back when a request is done with, such as admitted bytes. Opaque on purpose:
/// whoever took it knows what dropping it does.
#[derive(Clone)]
pub struct Hold(#[expect(dead_code, reason = "held for its Drop")] Arc<dyn Any + Send + Sync>);

impl Hold {
    /// Keeps `value` until the last clone is dropped.
    pub fn new(value: Arc<dyn Any + Send + Sync>) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold")
    }
}

/// Shows of metadata and of what an authenticator learned the names only: values may be credentials.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("transport", &self.transport)
            .field("peer", &self.peer)
            .field("metadata", &self.metadata)
            .field("auth", &self.auth.keys())
            .field("holds", &self.holds.len())
            .finish()
    }
}

impl Context {
    /// The context of a batch made from several requests: it keeps all holds, and of the rest only
    /// the metadata keys named, which the requests are known to share.
    pub fn merged<'a>(contexts: impl IntoIterator<Item = &'a Self>, keys: &[String]) -> Self {
        let mut merged = Self::default();
        for (at, context) in contexts.into_iter().enumerate() {
            if at == 0 {
                for key in keys {
                    for value in context.metadata.get(key) {
                        merged.metadata.add(key, value.clone());
                    }
                }
            }
            merged.holds.extend(context.holds.iter().cloned());
        }
        merged
    }
}

/// Request headers: names in lower case, several values each. Debug output shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Metadata(BTreeMap<String, Vec<String>>);

impl Metadata {
    /// Adds one value.
    pub fn add(&mut self, key: &str, value: String) {
        self.0.entry(key.to_ascii_lowercase()).or_default().push(value);
    }

    /// All values of a key, whose case does not matter.
    pub fn get(&self, key: &str) -> &[String] {
        let values = match self.0.get(key) {
            Some(values) => Some(values),
            None => self.0.get(&key.to_ascii_lowercase()),
        };
        values.map_or(&[], Vec::as_slice)
    }

    /// Keys and their values, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().map(|(key, values)| (key.as_str(), values.as_slice()))
    }

    /// Whether nothing was kept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
