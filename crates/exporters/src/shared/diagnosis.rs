//! What the refusal of a backend is about: the size of the request, or a setting of ours.
//!
//! Backends have no codes for either, so their words are looked at, too: those of Tempo, Loki and Mimir, of
//! the gRPC libraries, and of Tollgate.

use sdk::Error;
use tonic::Code;

/// How many bytes of a backend's words are looked at.
const TEXT_BYTES_MAX: usize = 4096;

/// A refusal, in what gRPC and HTTP have in common.
pub(crate) struct Refusal {
    code: Code,
    /// The HTTP status; none over gRPC.
    http: Option<u16>,
    /// Lower case.
    text: String,
    /// How many items the request had.
    items: usize,
}

/// Words that say a request was too large, lower case, and the code they come with.
const TOO_LARGE: [(Code, &str); 11] = [
    // gRPC in Go, C++, Python; Tollgate.
    (Code::ResourceExhausted, "larger than max"),
    // gRPC in Java.
    (Code::ResourceExhausted, "exceeds maximum size"),
    // gRPC in .NET.
    (Code::ResourceExhausted, "exceeds the maximum configured message size"),
    // gRPC in Rust.
    (Code::OutOfRange, "message length too large"),
    // Tollgate's client and its HTTP server.
    (Code::ResourceExhausted, "message too large, over 4 gib"),
    (Code::ResourceExhausted, "request body too large"),
    // The Go collector and Tempo over HTTP.
    (Code::InvalidArgument, "request body too large"),
    // Mimir.
    (Code::InvalidArgument, "err-mimir-distributor-max-write-message-size"),
    (Code::InvalidArgument, "err-mimir-distributor-max-otlp-request-size"),
    // A proxy that was asked over gRPC and answers over HTTP.
    (Code::Unknown, "received from server: 413"),
    // A Go collector whose own destination says so.
    (Code::Unknown, "http status code 413"),
];

impl Refusal {
    /// A refusal over gRPC, of a request with so many items.
    pub(crate) fn over_grpc(code: Code, message: &str, items: usize) -> Self {
        Self { code, http: None, text: searched(message.as_bytes()), items }
    }

    /// A refusal over HTTP with this status and body, of a request with so many items.
    pub(crate) fn over_http(status: u16, code: Code, body: &[u8], items: usize) -> Self {
        Self { code, http: Some(status), text: searched(body), items }
    }

    /// Whether a smaller request may be taken where this one never is.
    pub(crate) fn is_too_large(&self) -> bool {
        self.http == Some(413)
            || TOO_LARGE.iter().any(|(code, words)| *code == self.code && self.text.contains(words))
            || self.code == Code::ResourceExhausted && self.is_over_burst()
    }

    /// Whether an ingestion limit lets less through at once than the request had.
    fn is_over_burst(&self) -> bool {
        // Tempo: "batch size (62886 bytes) exceeds ingestion limit (local: …, burst: 20000 bytes)".
        let sizes = (number_after(&self.text, "batch size ("), number_after(&self.text, "burst: "));
        // Mimir: "set to 10000 items/s with a maximum allowed burst of 200000".
        let items = number_after(&self.text, "items/s with a maximum allowed burst of ");
        matches!(sizes, (Some(size), Some(burst)) if size > burst)
            || items.is_some_and(|burst| self.items as u64 > burst)
    }

    /// What to do, if a setting of ours is wrong.
    fn advice(&self) -> Option<&'static str> {
        // Tempo answers this with UNAVAILABLE and 503, Loki with 401.
        if self.text.contains("no org id") {
            return Some(
                "the destination keeps tenants apart and the request names none; set `X-Scope-OrgID` below `headers`",
            );
        }
        if self.text.contains("multiple org ids present") {
            return Some(
                "the destination takes one tenant a request; `X-Scope-OrgID` names several",
            );
        }
        match (self.http, self.code) {
            (Some(415), _) => Some("the destination does not take this `encoding`; try `proto`"),
            (Some(404 | 405), _) => Some(
                "nothing takes OTLP of this signal at that URL; check `endpoint`, to which `/v1/traces`, \
                 `/v1/metrics` or `/v1/logs` is added",
            ),
            (None, Code::Unimplemented) => Some(
                "nothing takes OTLP of this signal over gRPC there; check `endpoint`, and which pipelines send to it",
            ),
            (_, Code::Unauthenticated) => {
                Some("the credentials are missing or wrong; check `auth` and `headers`")
            }
            (_, Code::PermissionDenied) => Some(
                "these credentials may not write there; check `auth`, `headers` and their rights",
            ),
            _ => None,
        }
    }

    /// Adds to the error what the refusal is about.
    pub(crate) fn explain(&self, error: Error) -> Error {
        match self.advice() {
            _ if self.is_too_large() => error.too_large(),
            Some(advice) => error.advise(advice),
            None => error,
        }
    }
}

/// The start of a text, in lower case.
fn searched(text: &[u8]) -> String {
    let start = text.get(..TEXT_BYTES_MAX).unwrap_or(text);
    String::from_utf8_lossy(start).to_ascii_lowercase()
}

/// The number behind the words.
fn number_after(text: &str, words: &str) -> Option<u64> {
    let (_, rest) = text.split_once(words)?;
    let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}
