//! A batch as bytes on disk: what it holds, and who sent it.
//!
//! `01`, the length of the header (32 bits, little-endian), the header, the OTLP request. The header is a protobuf
//! message: 1 transport, 2 peer, and for each pair of metadata (3) and of what the authenticator said (4) a message of
//! 1 key and 2 value.

use std::sync::Arc;

use bytes::{BufMut as _, Bytes};
use pdata::wire::{Fields, put_len, put_message};
use sdk::{Batch, Context, Signal};

/// The version that is written and read.
const VERSION: u8 = 1;
/// Bytes in front of the header.
const START: usize = 5;

const TRANSPORT: u32 = 1;
const PEER: u32 = 2;
const METADATA: u32 = 3;
const AUTH: u32 = 4;
const KEY: u32 = 1;
const VALUE: u32 = 2;

/// The parts of a record. The telemetry is not copied.
pub(super) fn encode(batch: &Batch) -> Vec<Bytes> {
    let header = header(batch.context());
    let mut start = Vec::with_capacity(START + header.len());
    start.put_u8(VERSION);
    // Headers of requests are bounded far below this.
    start.put_u32_le(u32::try_from(header.len()).unwrap_or_default());
    start.extend_from_slice(&header);
    vec![start.into(), batch.bytes().clone()]
}

fn header(context: &Context) -> Vec<u8> {
    let mut out = Vec::new();
    put_len(&mut out, TRANSPORT, context.transport.as_bytes());
    if let Some(peer) = context.peer {
        put_len(&mut out, PEER, peer.to_string().as_bytes());
    }
    for (key, values) in context.metadata.iter() {
        values.iter().for_each(|value| put_pair(&mut out, METADATA, key, value));
    }
    context.auth.iter().for_each(|(key, value)| put_pair(&mut out, AUTH, key, value));
    out
}

fn put_pair(out: &mut Vec<u8>, number: u32, key: &str, value: &str) {
    put_message(out, number, |pair| {
        put_len(pair, KEY, key.as_bytes());
        put_len(pair, VALUE, value.as_bytes());
    });
}

/// The batch of a record.
///
/// # Errors
///
/// What is wrong with the bytes.
pub(super) fn decode(signal: Signal, record: &Bytes) -> Result<Batch, String> {
    let (start, rest) = record.split_at_checked(START).ok_or("a record without a header")?;
    let (version, length) = start.split_first().ok_or("a record without a version")?;
    if *version != VERSION {
        return Err(format!("a record of version {version}, written by another Tollgate"));
    }
    let length = length.first_chunk().map_or(0, |length| u32::from_le_bytes(*length)) as usize;
    let header = rest.get(..length).ok_or("a record that is cut off")?;
    let context = context(header)?;
    let telemetry = record.slice(START + length..);
    Batch::checked(signal, telemetry, Arc::new(context)).map_err(|error| error.to_string())
}

fn context(header: &[u8]) -> Result<Context, String> {
    let mut context = Context::default();
    for field in Fields::new(header) {
        let bytes = field.value.bytes();
        match field.number {
            TRANSPORT => {
                context.transport = match bytes {
                    b"grpc" => "grpc",
                    b"http" => "http",
                    _ => "",
                };
            }
            PEER => context.peer = text(bytes)?.parse().ok(),
            METADATA => {
                let (key, value) = pair(bytes)?;
                context.metadata.add(&key, value);
            }
            AUTH => {
                let (key, value) = pair(bytes)?;
                context.auth.insert(key, value);
            }
            _ => {}
        }
    }
    Ok(context)
}

fn pair(bytes: &[u8]) -> Result<(String, String), String> {
    let mut pair = (String::new(), String::new());
    for field in Fields::new(bytes) {
        match field.number {
            KEY => pair.0 = text(field.value.bytes())?,
            VALUE => pair.1 = text(field.value.bytes())?,
            _ => {}
        }
    }
    Ok(pair)
}

fn text(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| "a header that is not text".to_owned())
}
