//! One HTTP/1.1 request, written by hand: any method, any header, right or wrong.

use std::collections::BTreeMap;

use bytes::Bytes;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Bytes,
}

impl HttpAnswer {
    /// The value of a header; empty when it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// Sends `start` (`POST /v1/traces`) with header lines (`content-type: application/json`) and a body
/// to `address`, and reads the answer to its end.
///
/// # Panics
///
/// When there is no answer or it is no HTTP/1.1.
pub async fn exchange(address: &str, start: &str, headers: &[&str], body: &[u8]) -> HttpAnswer {
    let mut request = format!("{start} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    if !body.is_empty() || start.starts_with("POST") {
        request.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    for line in headers {
        request.push_str(&format!("{line}\r\n"));
    }
    request.push_str("\r\n");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    // A server may refuse before it has read all of a long body.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    parse(&answer)
}

fn parse(answer: &[u8]) -> HttpAnswer {
    let shown = String::from_utf8_lossy(answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("not an HTTP/1.1 answer: {shown:?}"));
    let (head, rest) = answer.split_at(end);
    let head = std::str::from_utf8(head).unwrap();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
    HttpAnswer {
        status: status.unwrap_or_else(|| panic!("no status: {shown:?}")),
        headers: headers.collect(),
        body: Bytes::copy_from_slice(rest.get(4..).unwrap_or_default()),
    }
}
