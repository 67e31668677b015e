//! Whom a server lets in.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use net::auth::{AuthError, AuthRequest, Identity, ServerAuthenticator};
use sha1::Digest as _;
use sha2::Sha256;
use tokio::sync::Semaphore;

use super::{
    config::HtpasswdConfig,
    decode::{Credentials, Users, credentials, users},
};
use crate::shared::{Rereading, denied};

const CHALLENGE: &str = "Basic realm=\"tollgate\", charset=\"UTF-8\"";
/// Passwords compared at one time; a hash is made to take long.
const COMPARED_MAX: usize = 2;
/// Requests that wait for that. More are told to come back.
const WAITING_MAX: usize = 256;
/// So many pairs that were right are remembered, so that a sender waits for its hash only once.
const REMEMBERED_MAX: usize = 1024;

/// What servers ask.
#[derive(Debug)]
pub(super) struct Server {
    file: Option<Arc<Rereading<Users>>>,
    inline: Arc<Users>,
    remembered: Mutex<Remembered>,
    waiting: Semaphore,
    comparing: Semaphore,
}

/// Pairs that were right, as sums, for as long as the file is the same.
#[derive(Default)]
struct Remembered {
    file: Option<Arc<Users>>,
    pairs: HashSet<[u8; 32]>,
}

impl Remembered {
    fn is_of(&self, file: Option<&Arc<Users>>) -> bool {
        match (&self.file, file) {
            (Some(ours), Some(theirs)) => Arc::ptr_eq(ours, theirs),
            (None, None) => true,
            _ => false,
        }
    }
}

impl std::fmt::Debug for Remembered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Remembered")
    }
}

impl Server {
    pub(super) fn open(config: &HtpasswdConfig) -> Result<Self, String> {
        let file = Some(config.file.as_str()).filter(|file| !file.is_empty());
        let file = file.map(|file| Rereading::open(file, users)).transpose()?;
        let inline =
            users(config.inline.reveal()).map_err(|fault| format!("htpasswd::inline: {fault}"))?;
        Ok(Self {
            file,
            inline: Arc::new(inline),
            remembered: Mutex::default(),
            waiting: Semaphore::new(WAITING_MAX),
            comparing: Semaphore::new(COMPARED_MAX),
        })
    }

    async fn is_right(&self, shown: &Credentials) -> Result<bool, AuthError> {
        let file = match &self.file {
            Some(file) => Some(file.get().await),
            None => None,
        };
        let pair: [u8; 32] = Sha256::new()
            .chain_update(&shown.username)
            .chain_update([0])
            .chain_update(&shown.password)
            .finalize()
            .into();
        if self.knows(&pair, file.as_ref()) {
            return Ok(true);
        }
        let later = || AuthError::Unavailable("too many logins at one time".to_owned());
        let _place = self.waiting.try_acquire().map_err(|_| later())?;
        let _turn = self.comparing.acquire().await.map_err(|_| later())?;
        let (inline, username) = (Arc::clone(&self.inline), shown.username.clone());
        let (password, compared) = (shown.password.clone(), file.clone());
        let compare = move || is_listed(&inline, compared.as_deref(), &username, &password);
        let is_right = tokio::task::spawn_blocking(compare).await.map_err(|_| later())?;
        if is_right {
            self.remember(pair, file.as_ref());
        }
        Ok(is_right)
    }

    /// Whether the pair was right before, by this very list.
    fn knows(&self, pair: &[u8; 32], file: Option<&Arc<Users>>) -> bool {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if !remembered.is_of(file) {
            *remembered = Remembered { file: file.cloned(), pairs: HashSet::new() };
        }
        remembered.pairs.contains(pair)
    }

    fn remember(&self, pair: [u8; 32], file: Option<&Arc<Users>>) {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if !remembered.is_of(file) {
            return;
        }
        if remembered.pairs.len() >= REMEMBERED_MAX {
            remembered.pairs.clear();
        }
        remembered.pairs.insert(pair);
    }
}

/// An unknown user takes as long as a known one: some hash is compared all the same.
fn is_listed(inline: &Users, file: Option<&Users>, username: &str, password: &str) -> bool {
    let known = inline.get(username).or_else(|| file?.get(username));
    let any = || inline.values().next().or_else(|| file?.values().next());
    match known {
        Some(hash) => hash.matches(password),
        None => {
            let _ = any().is_some_and(|hash| hash.matches(password));
            false
        }
    }
}

#[async_trait]
impl ServerAuthenticator for Server {
    async fn authenticate(&self, request: &AuthRequest<'_>) -> Result<Identity, AuthError> {
        let header = request.get("authorization").filter(|header| !header.is_empty());
        let header = header.ok_or_else(|| denied("no basic auth provided", CHALLENGE))?;
        let shown = credentials(header).map_err(|fault| denied(fault, CHALLENGE))?;
        if !self.is_right(&shown).await? {
            return Err(denied("invalid credentials", CHALLENGE));
        }
        let Credentials { username, raw, .. } = shown;
        Ok(Identity::from([("username".to_owned(), username), ("raw".to_owned(), raw)]))
    }
}
