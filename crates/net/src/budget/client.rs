//! Whose bytes they are.

use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, SocketAddr};
use std::sync::LazyLock;

use crate::auth::Identity;

/// A client, for sharing: who it says it is where the server asks, else where it calls from.
/// A keyed hash, so that the table of clients holds no names and nobody can choose to collide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientId(pub(super) u64);

static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);

impl ClientId {
    /// All clients that find no room in the table together.
    pub(super) const OTHERS: Self = Self(u64::MAX);

    /// The client at an address. The port does not matter, nor do the lower 64 bits of IPv6, which
    /// one host chooses as it likes. `None` is a unix socket.
    #[must_use]
    pub fn of_peer(peer: Option<SocketAddr>) -> Self {
        let network = peer.map(|peer| match peer.ip().to_canonical() {
            IpAddr::V4(address) => u128::from(address.to_bits()),
            IpAddr::V6(address) => address.to_bits() & !u128::from(u64::MAX),
        });
        Self(KEYS.hash_one(network))
    }

    /// The client that an authenticator knows by `subject` or `username`, else the one at `peer`.
    #[must_use]
    pub fn new(identity: &Identity, peer: Option<SocketAddr>) -> Self {
        match identity.get("subject").or_else(|| identity.get("username")) {
            Some(name) => Self(KEYS.hash_one(name)),
            None => Self::of_peer(peer),
        }
    }
}
