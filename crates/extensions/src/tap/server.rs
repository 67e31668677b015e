//! The answers: which edges there are, and what passes one of them for a while.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Method, Response, StatusCode};
use net::server::{HttpCall, HttpService};
use sdk::tap::{Taps, View};
use tokio::{
    sync::Semaphore,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::{
    config::OwnConfig,
    encode::{Redactor, line, skipped_line},
};
use crate::shared::{is_private, parameter, reply};

const JSON: &str = "application/json";
const LINES: &str = "application/x-ndjson";
const PLAIN: &str = "text/plain; charset=utf-8";
/// The longest look, in seconds. Who wants to see more asks again.
const SECONDS_MAX: u64 = 30;
/// The longest answer, in bytes; the line that goes beyond it is the last.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// Shows what passes.
#[derive(Debug)]
pub(super) struct Viewing {
    pub(super) taps: Arc<Taps>,
    pub(super) redactor: Option<Redactor>,
    /// One permit for each viewer; closed at the end.
    pub(super) viewers: Semaphore,
    pub(super) own: OwnConfig,
    /// Whether an authenticator looks after who comes.
    pub(super) is_open: bool,
}

#[async_trait]
impl HttpService for Viewing {
    async fn call(&self, call: HttpCall) -> Response<Bytes> {
        if !self.is_open && !is_private(&call) {
            return reply(StatusCode::FORBIDDEN, PLAIN, "ask for localhost\n");
        }
        if call.method != Method::GET {
            return reply(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "405 only GET\n");
        }
        match call.uri.path() {
            "/edges" => {
                let names = serde_json::to_vec(&self.taps.names()).unwrap_or_default();
                reply(StatusCode::OK, JSON, names)
            }
            "/tap" => self.look(&call).await,
            _ => reply(
                StatusCode::NOT_FOUND,
                PLAIN,
                "404: /edges, /tap?edge=…&seconds=…&batches=…\n",
            ),
        }
    }
}

impl Viewing {
    async fn look(&self, call: &HttpCall) -> Response<Bytes> {
        let number = |name| parameter(&call.uri, name).and_then(|text| text.parse::<u64>().ok());
        let seconds = number("seconds").unwrap_or(1).min(SECONDS_MAX);
        let batches = number("batches").and_then(|batches| usize::try_from(batches).ok());
        let edge = parameter(&call.uri, "edge").unwrap_or_default();
        let Ok(_turn) = self.viewers.try_acquire() else {
            return reply(
                StatusCode::SERVICE_UNAVAILABLE,
                PLAIN,
                "others are looking: `viewers`\n",
            );
        };
        let Some(view) = self.taps.watch(&edge, self.own.buffer_bytes) else {
            let text =
                format!("there is no edge {edge:?}; there are: {}\n", self.taps.names().join(", "));
            return reply(StatusCode::NOT_FOUND, PLAIN, text);
        };
        let until = Instant::now() + Duration::from_secs(seconds);
        let mut lines = self.lines(&edge, &view, until, batches.unwrap_or(usize::MAX)).await;
        let skipped = view.skipped();
        if skipped > 0 {
            lines.extend(skipped_line(&edge, skipped));
        }
        reply(StatusCode::OK, LINES, lines)
    }

    /// What passes until that time, no faster than viewers may be shown it.
    async fn lines(&self, edge: &str, view: &View, until: Instant, batches: usize) -> Vec<u8> {
        let mut ticks = interval(Duration::from_secs(1) / self.own.batches_per_second.max(1));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut lines, mut shown) = (Vec::new(), 0);
        while shown < batches && lines.len() < ANSWER_BYTES_MAX && !self.viewers.is_closed() {
            tokio::select! {
                _ = ticks.tick() => {}
                () = sleep_until(until) => break,
            }
            let Some(batch) = view.take() else { continue };
            lines.extend(line(edge, &batch, self.own.items_per_batch, self.redactor.as_ref()));
            shown += 1;
        }
        lines
    }
}
