//! Asking for a token: the client credentials grant (RFC 6749 §4.4).

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use config::Opaque;
use http::{HeaderMap, HeaderValue, Uri, header::AUTHORIZATION};
use net::{
    client::{HttpClient, HttpReply},
    settings::{CompressionType, HttpClientConfig},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    config::Config,
    decode::{Token, fault, token},
};
use crate::shared::{Secret, secret_value};

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
/// What is encoded in a form: everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The longest wait for a token when the settings say 0.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Asks one token endpoint.
#[derive(Debug)]
pub(super) struct TokenClient {
    http: HttpClient,
    url: Uri,
    id: Secret,
    secret: Secret,
    /// The request without credentials.
    form: String,
    timeout: Duration,
    /// Whether credentials go into the body: some endpoints do not take them as a header.
    in_body: AtomicBool,
}

impl TokenClient {
    pub(super) fn open(config: &Config, agent: &str) -> Result<Self, String> {
        let url: Uri = config.token_url.parse().map_err(|_| "token_url is not a URL".to_owned())?;
        let http = HttpClientConfig {
            tls: config.tls.clone(),
            compression: CompressionType::try_from("none".to_owned())
                .map_err(|error| error.to_string())?,
            ..HttpClientConfig::default()
        };
        let https = url.scheme_str() == Some("https");
        let http = HttpClient::new(&http, agent, https, None).map_err(|error| error.to_string())?;
        let mut form = "grant_type=client_credentials".to_owned();
        if !config.scopes.is_empty() {
            push(&mut form, "scope", &config.scopes.join(" "));
        }
        for (key, values) in &config.endpoint_params {
            values.iter().for_each(|value| push(&mut form, key, value.reveal()));
        }
        let timeout = Some(*config.timeout).filter(|timeout| !timeout.is_zero());
        Ok(Self {
            http,
            url,
            id: Secret::open(&Opaque::new(&config.client_id), &config.client_id_file)?,
            secret: Secret::open(&config.client_secret, &config.client_secret_file)?,
            form,
            timeout: timeout.unwrap_or(TIMEOUT),
            in_body: AtomicBool::new(false),
        })
    }

    /// A new token. Errors hold neither credentials nor what the endpoint wrote beside its code.
    pub(super) async fn fetch(&self) -> Result<Token, String> {
        let in_body = self.in_body.load(Ordering::Relaxed);
        let mut reply = self.ask(in_body).await?;
        let was_refused = matches!(reply.status.as_u16(), 400 | 401 | 403);
        if was_refused {
            // The other way may be the one that this endpoint knows.
            let other = self.ask(!in_body).await?;
            if other.status.is_success() {
                self.in_body.store(!in_body, Ordering::Relaxed);
                reply = other;
            }
        }
        if !reply.status.is_success() {
            let code = fault(&reply.body).map(|code| format!(", {code}")).unwrap_or_default();
            return Err(format!(
                "failed to get security token from token endpoint: {}{code}",
                reply.status
            ));
        }
        token(&reply.body)
            .map_err(|text| format!("failed to get security token from token endpoint: {text}"))
    }

    async fn ask(&self, in_body: bool) -> Result<HttpReply, String> {
        let (id, secret) = (self.id.get().await, self.secret.get().await);
        let mut form = self.form.clone();
        let mut headers = HeaderMap::new();
        if in_body {
            push(&mut form, "client_id", id.reveal());
            push(&mut form, "client_secret", secret.reveal());
        } else {
            // Both are encoded before they are joined (RFC 6749 §2.3.1).
            let pair = format!("{}:{}", encoded(id.reveal()), encoded(secret.reveal()));
            let value = secret_value(&format!("Basic {}", STANDARD.encode(pair)));
            headers.extend(value.map(|value| (AUTHORIZATION, value)));
        }
        let body = form.into_bytes().into();
        self.http
            .post(&self.url, FORM, body, &headers, Some(self.timeout))
            .await
            .map_err(|error| format!("failed to get security token from token endpoint: {error}"))
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn push(form: &mut String, key: &str, value: &str) {
    // Writing to a string does not fail.
    let _ = write!(form, "&{}={}", encoded(key), encoded(value));
}
