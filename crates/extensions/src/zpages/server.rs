//! The pages.

use std::{sync::Arc, time::SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Response, StatusCode};
use jiff::Timestamp;
use net::server::{HttpCall, HttpService};
use sdk::{BuildInfo, ComponentKind, Duration, Host, Overviews, Status, StatusEvent};
use tokio::time::Instant;

use super::encode::Page;
use crate::shared::reply;

const HTML: &str = "text/html; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";
/// The pages there are.
const LINKS: [(&str, &str); 5] = [
    ("/debug/servicez", "Service"),
    ("/debug/pipelinez", "Pipelines"),
    ("/debug/extensionz", "Extensions"),
    ("/debug/featurez", "Features"),
    ("/debug/tracez", "Traces"),
];

/// Shows what runs.
#[derive(Debug)]
pub(super) struct Pages {
    pub(super) overview: Arc<Overviews>,
    pub(super) host: Host,
    pub(super) info: BuildInfo,
    /// The time of day when it was made, and the moment to count from.
    pub(super) begun: (SystemTime, Instant),
}

#[async_trait]
impl HttpService for Pages {
    async fn call(&self, call: HttpCall) -> Response<Bytes> {
        match self.page(call.uri.path()) {
            Some(page) => reply(StatusCode::OK, HTML, page.finish()),
            None => reply(StatusCode::NOT_FOUND, PLAIN, "404 page not found\n"),
        }
    }
}

impl Pages {
    fn page(&self, path: &str) -> Option<Page> {
        Some(match path.trim_end_matches('/') {
            "" | "/debug" | "/debug/servicez" => self.service(),
            "/debug/pipelinez" => self.pipelines(),
            "/debug/extensionz" => self.extensions(),
            "/debug/featurez" => self.features(),
            "/debug/tracez" => Page::new("Traces").text(
                "Tollgate records no spans of its own work, so there are none to show. What happens to the \
                 telemetry of others is counted: see its own metrics, and `tollgate tap` for a look at what passes.",
            ),
            _ => return None,
        })
    }

    fn service(&self) -> Page {
        let (time, moment) = self.begun;
        let start = Timestamp::try_from(time).unwrap_or(Timestamp::UNIX_EPOCH);
        let rows = [
            ["Command".to_owned(), self.info.command.clone()],
            ["Version".to_owned(), self.info.version.clone()],
            ["System".to_owned(), format!("{}/{}", std::env::consts::OS, std::env::consts::ARCH)],
            ["Start time".to_owned(), start.to_string()],
            ["Uptime".to_owned(), Duration::from_std(moment.elapsed()).to_string()],
        ];
        Page::new("Service").links(&LINKS).table(&["", ""], rows)
    }

    fn pipelines(&self) -> Page {
        let overview = self.overview.get();
        let rows = overview.pipelines.iter().map(|pipeline| {
            [
                pipeline.id.to_string(),
                pipeline.receivers.join(", "),
                pipeline.processors.join(" → "),
                pipeline.exporters.join(", "),
            ]
        });
        let page = Page::new("Pipelines").table(&["Pipeline", "From", "Processors", "To"], rows);
        let statuses = self.host.statuses();
        let parts = statuses.iter().filter(|event| event.kind != ComponentKind::Extension);
        page.text("Components").table(&["Kind", "Id", "Status"], parts.map(row))
    }

    fn extensions(&self) -> Page {
        let statuses = self.host.statuses();
        let overview = self.overview.get();
        let rows = overview.extensions.iter().map(|id| {
            let of_it =
                |event: &&StatusEvent| event.kind == ComponentKind::Extension && event.id == *id;
            let status = statuses.iter().find(of_it).map(|event| words(&event.status));
            [id.to_string(), status.unwrap_or_default()]
        });
        Page::new("Extensions").table(&["Id", "Status"], rows)
    }

    fn features(&self) -> Page {
        let overview = self.overview.get();
        let rows = overview.gates.iter().map(|gate| {
            let state = if gate.is_enabled { "on" } else { "off" };
            [gate.id, state, gate.stage, gate.description]
        });
        Page::new("Features").table(&["Gate", "State", "Stage", "What it does"], rows)
    }
}

fn row(event: &StatusEvent) -> [String; 3] {
    [event.kind.to_string(), event.id.to_string(), words(&event.status)]
}

fn words(status: &Status) -> String {
    match status {
        Status::Starting => "starting".to_owned(),
        Status::Ok => "ok".to_owned(),
        Status::RecoverableError(why) => format!("recoverable error: {why}"),
        Status::PermanentError(why) => format!("permanent error: {why}"),
        Status::FatalError(why) => format!("fatal error: {why}"),
        Status::Stopping => "stopping".to_owned(),
        Status::Stopped => "stopped".to_owned(),
    }
}
