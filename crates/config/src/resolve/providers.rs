//! The providers of a resolver, by scheme.

use super::location::Location;
use crate::error::Error;
use crate::provider::{Provider, Retrieved};

pub(super) struct Providers(Vec<Box<dyn Provider>>);

impl Providers {
    pub(super) fn new(providers: Vec<Box<dyn Provider>>) -> Self {
        Self(providers)
    }

    pub(super) fn has(&self, scheme: &str) -> bool {
        self.0.iter().any(|provider| provider.scheme() == scheme)
    }

    pub(super) fn schemes(&self) -> Vec<&str> {
        self.0.iter().map(|provider| provider.scheme()).collect()
    }

    pub(super) fn retrieve(&self, location: &Location<'_>) -> Result<Retrieved, Error> {
        let provider = self.0.iter().find(|provider| provider.scheme() == location.scheme);
        match provider {
            Some(provider) => provider.retrieve(location.opaque),
            None => Err(Error::new(format!(
                "scheme {:?} is not supported for uri \"{}:{}\"",
                location.scheme, location.scheme, location.opaque
            ))),
        }
    }
}
