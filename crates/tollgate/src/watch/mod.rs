//! Config files that are looked at again and again (`--watch-config`).
//!
//! Looking is done by reading: it sees what a change of the name's target does (as Kubernetes replaces a
//! ConfigMap), works on every file system, and takes a rewrite of the same text for what it is. A change
//! counts once two looks in a row have seen the same, so that a file is not taken half-written.

#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    fs::File,
    hash::{DefaultHasher, Hasher as _},
    io::Read as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use ::config::{FileProvider, Provider, Retrieved};
use engine::run::Control;
use tokio::{
    sync::mpsc,
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

/// How often files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Of how many files a change is seen.
const FILES_MAX: usize = 1_000;
/// How much of a file is looked at; longer ones are no configs.
const BYTES_MAX: u64 = 64 << 20;

/// What a file said; none if it could not be read.
type Print = Option<u64>;

/// The files of the config that was read last, and what they said then. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched(Arc<Mutex<BTreeMap<String, Print>>>);

impl Watched {
    /// A config is about to be read.
    pub(crate) fn begin(&self) {
        self.lock().clear();
    }

    /// Reads files and remembers them.
    pub(crate) fn provider(&self) -> Box<dyn Provider> {
        Box::new(Watching(self.clone()))
    }

    /// What its files say now.
    fn look(&self) -> BTreeMap<String, Print> {
        let paths: Vec<_> = self.lock().keys().cloned().collect();
        paths.into_iter().map(|path| (path.clone(), print(&path))).collect()
    }

    fn is(&self, seen: &BTreeMap<String, Print>) -> bool {
        *self.lock() == *seen
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Print>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks for a reload whenever the files have changed and stay as they are now for a second look. Ends with
/// the collector.
pub(crate) async fn watch(watched: Watched, control: mpsc::Sender<Control>) {
    let mut looks = interval(LOOK_EVERY);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut last, mut asked) = (BTreeMap::new(), BTreeMap::new());
    loop {
        tokio::select! {
            _ = looks.tick() => {}
            () = control.closed() => return,
        }
        let look = watched.clone();
        let Ok(seen) = spawn_blocking(move || look.look()).await else { continue };
        // A reload that was asked for may not have begun; once is enough.
        let is_news = !watched.is(&seen) && seen != asked;
        if is_news && seen == last {
            tracing::info!("Config files have changed");
            asked.clone_from(&seen);
            if control.send(Control::Reload).await.is_err() {
                return;
            }
        }
        last = seen;
    }
}

struct Watching(Watched);

impl Provider for Watching {
    fn scheme(&self) -> &str {
        "file"
    }

    fn retrieve(&self, opaque: &str) -> Result<Retrieved, ::config::Error> {
        // Before it is read: what changes in between is seen as a change.
        let print = print(opaque);
        let mut files = self.0.lock();
        if files.len() < FILES_MAX {
            files.insert(opaque.to_owned(), print);
        }
        drop(files);
        FileProvider.retrieve(opaque)
    }
}

fn print(path: &str) -> Print {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(BYTES_MAX).read_to_end(&mut bytes).ok()?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    Some(hasher.finish())
}
