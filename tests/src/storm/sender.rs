//! One client, who sends one request at a time and keeps it until it is taken.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;
use http::Request;
use http_body_util::BodyExt as _;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpSocket, TcpStream},
    time::Instant,
};
use tonic::Code;

use super::{DIGITS, Report, Storm};
use crate::client::{Connection, RequestBody, RpcStatus, whole};
use prost::Message as _;

/// Who is not told when to come back does so after this, as does who lost the connection.
const PAUSE: Duration = Duration::from_secs(1);

/// One client.
#[derive(Debug)]
pub(super) struct Sender {
    is_grpc: bool,
    from: SocketAddr,
    to: SocketAddr,
    bodies: [(Vec<u8>, usize); 2],
    first: usize,
    link: Option<Link>,
    sent: Sent,
}

#[derive(Debug)]
enum Link {
    Grpc(Connection),
    Http(http1::SendRequest<RequestBody>),
}

/// What became of the requests of one client.
#[derive(Debug, Default)]
pub(super) struct Sent {
    taken: Vec<usize>,
    report: Report,
}

/// What an attempt came to.
enum Answer {
    Taken,
    Refused(Option<Duration>),
    Final,
    Broken,
}

impl Sent {
    pub(super) fn add_to(self, all: &mut Report, numbers: &mut Vec<usize>) {
        let one = self.report;
        all.made += one.made;
        all.taken = [all.taken[0] + one.taken[0], all.taken[1] + one.taken[1]];
        all.told += one.told;
        all.untold += one.untold;
        all.final_refusals += one.final_refusals;
        all.broken += one.broken;
        all.latencies.extend(one.latencies);
        numbers.extend(self.taken);
    }
}

impl Sender {
    pub(super) fn new(
        is_grpc: bool,
        [from, to]: [SocketAddr; 2],
        bodies: [(Vec<u8>, usize); 2],
        first: usize,
    ) -> Self {
        Self { is_grpc, from, to, bodies, first, link: None, sent: Sent::default() }
    }

    /// Makes requests as long as the storm lasts, and sends until all are taken or `drain` is over.
    pub(super) async fn run(mut self, storm: Storm, begun: Instant, drain: Duration) -> Sent {
        let end = begun + storm.lasts;
        let give_up = end + drain;
        let made_at = |number: usize| begun + storm.every * u32::try_from(number).unwrap_or(0);
        while made_at(self.sent.report.made) < end {
            tokio::time::sleep_until(made_at(self.sent.report.made)).await;
            let number = self.first + self.sent.report.made;
            self.sent.report.made += 1;
            while !self.deliver(number, end).await {
                if Instant::now() > give_up {
                    return self.sent;
                }
            }
        }
        self.sent
    }

    /// One attempt; `true` when the request is taken or has to be given up.
    async fn deliver(&mut self, number: usize, end: Instant) -> bool {
        let begun = Instant::now();
        let answer = self.attempt(number).await;
        let report = &mut self.sent.report;
        match answer {
            Answer::Taken => {
                report.latencies.push(begun.elapsed().as_secs_f64() * 1e3);
                report.taken[usize::from(Instant::now() > end)] += 1;
                self.sent.taken.push(number);
                return true;
            }
            Answer::Refused(Some(wait)) => {
                report.told += 1;
                tokio::time::sleep(wait).await;
            }
            Answer::Refused(None) => {
                report.untold += 1;
                tokio::time::sleep(PAUSE).await;
            }
            Answer::Final => {
                report.final_refusals += 1;
                return true;
            }
            Answer::Broken => {
                report.broken += 1;
                self.link = None;
                tokio::time::sleep(PAUSE).await;
            }
        }
        false
    }

    async fn attempt(&mut self, number: usize) -> Answer {
        if self.link.is_none() {
            self.link = self.connect().await;
        }
        let (template, at) = &self.bodies[number % self.bodies.len()];
        let mut body = template.clone();
        body[*at..*at + DIGITS].copy_from_slice(format!("{number:0DIGITS$}").as_bytes());
        match &mut self.link {
            Some(Link::Grpc(connection)) => {
                match connection.try_export(crate::telemetry::TRACES, &body).await {
                    Ok(answer) => {
                        judged(answer.code(), RpcStatus::decode(answer.status.details()).ok())
                    }
                    Err(_) => Answer::Broken,
                }
            }
            Some(Link::Http(sender)) => post(sender, body.into()).await.unwrap_or(Answer::Broken),
            None => Answer::Broken,
        }
    }

    async fn connect(&self) -> Option<Link> {
        let socket = TcpSocket::new_v4().ok()?;
        socket.bind(self.from).ok()?;
        let stream: TcpStream = socket.connect(self.to).await.ok()?;
        if self.is_grpc {
            return Some(Link::Grpc(Connection::over(stream, self.to).await));
        }
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(Link::Http(sender))
    }
}

/// What the specification of OTLP makes of a gRPC status.
fn judged(code: Code, details: Option<RpcStatus>) -> Answer {
    let wait = details.and_then(|details| details.retry_seconds());
    let wait = wait.and_then(|seconds| u64::try_from(seconds).ok()).map(Duration::from_secs);
    match (code, wait) {
        (Code::Ok, _) => Answer::Taken,
        (Code::ResourceExhausted, None) => Answer::Final,
        (
            Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Aborted
            | Code::OutOfRange
            | Code::Unavailable
            | Code::DataLoss
            | Code::ResourceExhausted,
            wait,
        ) => Answer::Refused(wait),
        _ => Answer::Final,
    }
}

async fn post(
    sender: &mut http1::SendRequest<RequestBody>,
    body: Bytes,
) -> Result<Answer, hyper::Error> {
    sender.ready().await?;
    let request = Request::post("/v1/traces")
        .header("host", "localhost")
        .header("content-type", "application/x-protobuf")
        .body(whole(body))
        .unwrap();
    let response = sender.send_request(request).await?;
    let (head, body) = response.into_parts();
    body.collect().await?;
    let wait = head.headers.get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
    Ok(match head.status.as_u16() {
        200 => Answer::Taken,
        429 | 502..=504 => Answer::Refused(wait.map(Duration::from_secs)),
        _ => Answer::Final,
    })
}
