//! What a request costs before its body is read, and what its body becomes.

use bytes::Bytes;
use http::{HeaderMap, Uri};
use tonic::Status;

use super::connection::Client;
use crate::auth::Identity;
use crate::budget::{BudgetError, BytePermit, ClientId};
use crate::compression::{
    DecompressError, DecompressLimits, Encoding, Packed, decompress_accounted,
};

/// What a request takes besides its headers and its body while it is answered: tasks, buffers of
/// HTTP, its context.
const REQUEST_BYTES: usize = 4 << 10;
/// What a header takes besides its text.
const HEADER_BYTES: usize = 64;

/// What the budget is charged for a request as such.
fn head_bytes(headers: &HeaderMap, uri: &Uri) -> usize {
    let path = uri.path_and_query().map_or(0, |path| path.as_str().len());
    headers.iter().fold(REQUEST_BYTES + path, |sum, (name, value)| {
        sum + HEADER_BYTES + name.as_str().len() + value.len()
    })
}

impl Client {
    /// Takes what a request as such costs, before anything is done about it. Kept until the answer.
    pub(super) fn admit(&self, headers: &HeaderMap, uri: &Uri) -> Result<BytePermit, BudgetError> {
        self.shared.budget.try_take(ClientId::of_peer(self.peer), head_bytes(headers, uri))
    }

    /// An empty permit for the body of a client that is known by now.
    pub(super) fn permit(&self, identity: &Identity) -> BytePermit {
        let client = ClientId::new(identity, self.peer);
        self.shared.budget.try_take(client, 0).unwrap_or_default()
    }

    /// Asks the middlewares.
    pub(super) fn pass(&self) -> Result<(), Status> {
        self.shared.options.middlewares.admit()
    }
}

/// Decompresses a body, byte by byte accounted for; afterwards `permit` stands for all that is kept.
pub(super) fn unpack<E>(
    bytes: &Bytes,
    encoding: Encoding,
    max_size: usize,
    permit: &mut BytePermit,
) -> Result<(Bytes, Option<Packed>), E>
where
    E: From<DecompressError> + From<BudgetError>,
{
    let limits = DecompressLimits::with_max_size(max_size);
    let mut refused = None;
    let expanded = decompress_accounted(bytes, encoding, limits, &mut |more| {
        refused = permit.try_resize(permit.held().saturating_add(more)).err();
        refused.is_none()
    });
    let expanded = match (expanded, refused) {
        (Err(DecompressError::OverBudget), Some(error)) => return Err(error.into()),
        (expanded, _) => expanded?,
    };
    let packed = Packed::new(encoding, bytes);
    let kept = packed.as_ref().map_or(0, |packed| packed.bytes.len());
    permit.try_resize(expanded.len() + kept)?;
    Ok((expanded, packed))
}
