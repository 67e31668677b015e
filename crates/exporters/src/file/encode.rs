//! A batch as it stands in the file.

use std::io;

use pdata::json;
use sdk::{Batch, Error};

use super::config::Config;

/// How requests stand in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Encoder {
    is_json: bool,
    is_compressed: bool,
}

impl Encoder {
    pub(super) fn new(config: &Config) -> Self {
        Self { is_json: config.format == "json", is_compressed: !config.compression.is_empty() }
    }

    /// The batch with its line end or length. The same batch always gives the same bytes, so what
    /// cannot be encoded is refused for good.
    pub(super) fn encode(self, batch: &Batch) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        if self.is_json {
            json::encode(batch.signal(), batch.bytes(), &mut out);
            if !self.is_compressed {
                out.push(b'\n');
                return Ok(out);
            }
        } else if !self.is_compressed {
            return framed(batch.bytes());
        } else {
            out.extend_from_slice(batch.bytes());
        }
        let compressed: io::Result<_> = zstd::bulk::compress(&out, zstd::DEFAULT_COMPRESSION_LEVEL);
        let compressed = compressed
            .map_err(|error| Error::permanent(format!("cannot compress a batch: {error}")))?;
        framed(&compressed)
    }
}

/// The bytes after their length.
fn framed(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let length = u32::try_from(bytes.len()).map_err(|_| {
        Error::permanent("a batch larger than 4 GiB has no place in a file with lengths")
    })?;
    let mut out = Vec::with_capacity(bytes.len() + 4);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
    Ok(out)
}
