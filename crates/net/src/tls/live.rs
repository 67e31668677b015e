//! What is made of files that may change while we run.
//!
//! Files are looked at when a connection begins, not more often than the settings say. What is made
//! of them is made anew as a whole, so nothing that an old file allowed is left in a session cache. A
//! file that cannot be used changes nothing: the old one stays, and that is logged once.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::time::Instant;

use super::TlsError;
use super::material::{Piece, Role, Source};

type Make<T> = dyn Fn(&[Piece]) -> Result<T, TlsError> + Send + Sync;

/// A value and the files that it is made of.
pub(super) struct Live<T> {
    make: Box<Make<T>>,
    current: RwLock<Arc<T>>,
    files: Mutex<Files>,
}

struct Files {
    pieces: Vec<Watched>,
    /// Why the files were not used the last time, if they were not.
    fault: Option<TlsError>,
}

#[derive(Clone)]
struct Watched {
    piece: Piece,
    every: Option<Duration>,
    due: Option<Instant>,
}

impl<T: Send + Sync + 'static> Live<T> {
    /// Reads the sources and makes the value. Each is read again after the time that stands with it.
    pub(super) fn load(
        sources: Vec<(Role, Source, Option<Duration>)>,
        make: impl Fn(&[Piece]) -> Result<T, TlsError> + Send + Sync + 'static,
    ) -> Result<Arc<Self>, TlsError> {
        let now = Instant::now();
        let mut pieces = Vec::with_capacity(sources.len());
        for (role, source, every) in sources {
            let pem = source.read(role)?;
            let every = every.filter(|_| source.is_file());
            let due = every.and_then(|every| now.checked_add(every));
            pieces.push(Watched { piece: Piece { role, source, pem }, every, due });
        }
        let current = RwLock::new(Arc::new(make(&plain(&pieces))?));
        let files = Mutex::new(Files { pieces, fault: None });
        Ok(Arc::new(Self { make: Box::new(make), current, files }))
    }

    /// The value of now. Whoever comes when files are due looks at them; the others do not wait.
    pub(super) async fn get(self: &Arc<Self>) -> Arc<T> {
        if self.is_due() {
            let this = Arc::clone(self);
            // A failure to run it leaves things as they are.
            let _ = tokio::task::spawn_blocking(move || this.refresh()).await;
        }
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_due(&self) -> bool {
        let Ok(files) = self.files.try_lock() else { return false };
        let now = Instant::now();
        files.pieces.iter().any(|watched| watched.due.is_some_and(|due| due <= now))
    }

    fn refresh(&self) {
        let Ok(mut files) = self.files.try_lock() else { return };
        let now = Instant::now();
        let mut fresh = files.pieces.clone();
        for watched in fresh.iter_mut().chain(&mut files.pieces) {
            if watched.due.is_some_and(|due| due <= now) {
                watched.due = watched.every.and_then(|every| now.checked_add(every));
            }
        }
        match self.remake(&mut fresh, &files.pieces) {
            Ok(made) => {
                if let Some(made) = made {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(made);
                    tracing::info!("TLS files changed and are in use");
                }
                *files = Files { pieces: fresh, fault: None };
            }
            Err(fault) => {
                if files.fault.as_ref() != Some(&fault) {
                    tracing::error!(
                        error = fault.reason(),
                        "TLS files changed and cannot be used; the old ones stay"
                    );
                }
                files.fault = Some(fault);
            }
        }
    }

    /// Reads every file again; a new value if one of them changed.
    fn remake(&self, fresh: &mut [Watched], old: &[Watched]) -> Result<Option<T>, TlsError> {
        for watched in fresh.iter_mut().filter(|watched| watched.every.is_some()) {
            watched.piece.pem = watched.piece.source.read(watched.piece.role)?;
        }
        let is_same = fresh.iter().zip(old).all(|(fresh, old)| fresh.piece.pem == old.piece.pem);
        if is_same { Ok(None) } else { (self.make)(&plain(fresh)).map(Some) }
    }
}

fn plain(pieces: &[Watched]) -> Vec<Piece> {
    pieces.iter().map(|watched| watched.piece.clone()).collect()
}
