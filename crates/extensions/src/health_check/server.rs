//! The answers.

use std::{
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header::CONTENT_TYPE};
use jiff::Timestamp;
use net::server::{HttpCall, HttpService};
use sdk::{Clock, Duration, Host};
use serde::Serialize;
use tokio::time::Instant;

use super::config::ResponseBodyConfig;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Since when the service is ready, if it is: the time of day, and the moment to count from.
type Readiness = Option<(SystemTime, Instant)>;

/// Answers every request alike.
#[derive(Debug)]
pub(super) struct Health {
    pub(super) path: String,
    pub(super) bodies: Option<ResponseBodyConfig>,
    pub(super) clock: Clock,
    pub(super) readiness: Mutex<Readiness>,
    pub(super) host: Host,
}

/// The body where none is configured.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    status: &'static str,
    up_since: String,
    uptime: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<&'static str>,
}

/// What is said beside a status that is good: the service runs, but not as somebody wanted.
const OLDER_CONFIG: &str = "an older config runs: the latest cannot be used, the log says why";

impl Health {
    pub(super) fn set_ready(&self, is_ready: bool) {
        let since = is_ready.then(|| (self.clock.now(), Instant::now()));
        *self.readiness.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    pub(super) fn answer(&self, path: &str) -> Response<Bytes> {
        if !self.serves(path) {
            return reply(StatusCode::NOT_FOUND, &PLAIN, "404 page not found\n".into());
        }
        let since = *self.readiness.lock().unwrap_or_else(PoisonError::into_inner);
        let code = if since.is_some() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
        match &self.bodies {
            Some(bodies) if since.is_some() => reply(code, &PLAIN, bodies.healthy.clone().into()),
            Some(bodies) => reply(code, &PLAIN, bodies.unhealthy.clone().into()),
            None => reply(code, &JSON, json(since, self.host.config_is_refused())),
        }
    }

    fn serves(&self, path: &str) -> bool {
        path == self.path || (self.path.ends_with('/') && path.starts_with(&self.path))
    }
}

#[async_trait]
impl HttpService for Health {
    async fn call(&self, call: HttpCall) -> Response<Bytes> {
        self.answer(call.uri.path())
    }
}

fn json(since: Readiness, config_is_refused: bool) -> Bytes {
    let config = config_is_refused.then_some(OLDER_CONFIG);
    let body = match since {
        Some((time, moment)) => Body {
            status: "Server available",
            up_since: Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
            uptime: Duration::from_std(moment.elapsed()).to_string(),
            config,
        },
        None => Body {
            status: "Server not available",
            // Go's zero time.
            up_since: "0001-01-01T00:00:00Z".to_owned(),
            uptime: String::new(),
            config,
        },
    };
    // A few texts always have a JSON form.
    serde_json::to_vec(&body).unwrap_or_default().into()
}

fn reply(code: StatusCode, content_type: &HeaderValue, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = code;
    response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
    response
}
