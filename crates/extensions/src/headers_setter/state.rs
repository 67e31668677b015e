//! Headers, set.

use async_trait::async_trait;
use http::{HeaderMap, HeaderName};
use net::auth::{ClientAuth, ClientAuthenticator, Origin, SignError};

use super::config::{Action, HeaderConfig};
use crate::shared::{Secret, secret_value};

/// What clients ask.
#[derive(Debug)]
pub(super) struct Setter {
    headers: Vec<Header>,
    /// Signs before.
    first: Option<ClientAuth>,
}

#[derive(Debug)]
struct Header {
    name: HeaderName,
    action: Action,
    source: Source,
    default: Secret,
}

#[derive(Debug)]
enum Source {
    Value(Secret),
    Context(String),
    Attribute(String),
}

impl Setter {
    pub(super) fn open(
        configs: &[HeaderConfig],
        first: Option<ClientAuth>,
    ) -> Result<Self, String> {
        let headers = configs.iter().map(Header::open).collect::<Result<_, _>>()?;
        Ok(Self { headers, first })
    }
}

impl Header {
    fn open(config: &HeaderConfig) -> Result<Self, String> {
        let name = HeaderName::try_from(config.key.as_str())
            .map_err(|_| format!("invalid header name {:?}", config.key))?;
        let source = if !config.from_context.is_empty() {
            Source::Context(config.from_context.clone())
        } else if !config.from_attribute.is_empty() {
            Source::Attribute(config.from_attribute.clone())
        } else {
            Source::Value(Secret::open(&config.value, &config.value_file)?)
        };
        let default = Secret::open(&config.default_value, "")?;
        Ok(Self { name, action: config.action, source, default })
    }

    /// The value; empty where there is none.
    async fn value(&self, origin: &dyn Origin) -> Result<String, SignError> {
        let found = match &self.source {
            Source::Value(secret) => secret.get().await.reveal().to_owned(),
            Source::Attribute(name) => origin.attribute(name).unwrap_or_default().to_owned(),
            Source::Context(name) => match origin.metadata(name) {
                [] => String::new(),
                [one] => one.clone(),
                // To guess could send one tenant's data to another.
                several => {
                    return Err(SignError(format!(
                        "{} values of {name:?} came with the data, one is needed",
                        several.len()
                    )));
                }
            },
        };
        if found.is_empty() { Ok(self.default.get().await.reveal().to_owned()) } else { Ok(found) }
    }

    async fn apply(&self, headers: &mut HeaderMap, origin: &dyn Origin) -> Result<(), SignError> {
        let is_there = headers.contains_key(&self.name);
        match self.action {
            Action::Delete => {
                headers.remove(&self.name);
                return Ok(());
            }
            Action::Insert if is_there => return Ok(()),
            Action::Update if !is_there => return Ok(()),
            Action::Insert | Action::Update | Action::Upsert => {}
        }
        let value = self.value(origin).await?;
        if value.is_empty() {
            return Ok(());
        }
        let value = secret_value(&value).ok_or_else(|| {
            SignError(format!("the value for header {} has bytes that cannot be sent", self.name))
        })?;
        headers.insert(self.name.clone(), value);
        Ok(())
    }
}

#[async_trait]
impl ClientAuthenticator for Setter {
    async fn sign(&self, headers: &mut HeaderMap, origin: &dyn Origin) -> Result<(), SignError> {
        if let Some(first) = &self.first {
            first.sign(headers, origin).await?;
        }
        for header in &self.headers {
            header.apply(headers, origin).await?;
        }
        Ok(())
    }

    fn needs_tls(&self) -> bool {
        self.first.as_ref().is_some_and(ClientAuth::needs_tls)
    }

    fn rejected(&self) {
        if let Some(first) = &self.first {
            first.rejected();
        }
    }
}
