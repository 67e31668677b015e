//! A client's credentials.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use config::Opaque;
use http::{HeaderMap, header::AUTHORIZATION};
use net::auth::{ClientAuthenticator, Origin, SignError};

use super::config::ClientConfig;
use crate::shared::{Secret, secret_value};

/// What clients ask.
#[derive(Debug)]
pub(super) struct Client {
    username: Secret,
    password: Secret,
}

impl Client {
    pub(super) fn open(config: &ClientConfig) -> Result<Self, String> {
        let username = Opaque::new(&config.username);
        Ok(Self {
            username: Secret::open(&username, &config.username_file)?,
            password: Secret::open(&config.password, &config.password_file)?,
        })
    }
}

#[async_trait]
impl ClientAuthenticator for Client {
    async fn sign(&self, headers: &mut HeaderMap, _: &dyn Origin) -> Result<(), SignError> {
        let (username, password) = (self.username.get().await, self.password.get().await);
        if username.reveal().contains(':') {
            return Err(SignError("the username must not contain a colon".to_owned()));
        }
        let pair = STANDARD.encode(format!("{}:{}", username.reveal(), password.reveal()));
        if let Some(value) = secret_value(&format!("Basic {pair}")) {
            headers.insert(AUTHORIZATION, value);
        }
        Ok(())
    }
}
