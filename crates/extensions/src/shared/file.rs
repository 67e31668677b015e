//! A file that is read again while we run.

use std::{
    fs::File,
    io::Read as _,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// A file is looked at no more often.
const EVERY: Duration = Duration::from_secs(1);
/// The longest file.
const FILE_BYTES_MAX: u64 = 4 << 20;

/// What a file says. It is looked at when it is asked for, at most once a second. A file that cannot
/// be used changes nothing: what it said before stays, and that is logged once.
pub(crate) struct Rereading<T> {
    path: String,
    parse: fn(&str) -> Result<T, String>,
    state: Mutex<State<T>>,
}

struct State<T> {
    text: String,
    value: Arc<T>,
    looked: Instant,
    fault: Option<String>,
}

impl<T: Send + Sync + 'static> Rereading<T> {
    /// Reads the file for the first time; the error names it.
    pub(crate) fn open(
        path: &str,
        parse: fn(&str) -> Result<T, String>,
    ) -> Result<Arc<Self>, String> {
        let text = read(path)?;
        let value = Arc::new(parse(&text).map_err(|fault| format!("{path}: {fault}"))?);
        let state = Mutex::new(State { text, value, looked: Instant::now(), fault: None });
        Ok(Arc::new(Self { path: path.to_owned(), parse, state }))
    }

    /// What it says now.
    pub(crate) async fn get(self: &Arc<Self>) -> Arc<T> {
        if let Some(known) = self.known() {
            return known;
        }
        let this = Arc::clone(self);
        // If it cannot be run, things stay as they are.
        let _ = tokio::task::spawn_blocking(move || this.look()).await;
        Arc::clone(&self.state().value)
    }

    /// The value, unless it is time to look again; whoever hears that is the one to look.
    fn known(&self) -> Option<Arc<T>> {
        let mut state = self.state();
        if state.looked.elapsed() < EVERY {
            return Some(Arc::clone(&state.value));
        }
        state.looked = Instant::now();
        None
    }

    fn look(&self) {
        let read = read(&self.path);
        if let Ok(text) = &read
            && *text == self.state().text
        {
            self.state().fault = None;
            return;
        }
        let parsed = read.and_then(|text| match (self.parse)(&text) {
            Ok(value) => Ok((text, Arc::new(value))),
            Err(fault) => Err(format!("{}: {fault}", self.path)),
        });
        let mut state = self.state();
        match parsed {
            Ok((text, value)) => {
                tracing::info!(file = self.path, "The file changed and is in use");
                (state.text, state.value, state.fault) = (text, value, None);
            }
            Err(fault) => {
                if state.fault.as_ref() != Some(&fault) {
                    tracing::error!(
                        error = fault,
                        "The file changed and cannot be used; what it said before stays"
                    );
                }
                state.fault = Some(fault);
            }
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read(path: &str) -> Result<String, String> {
    let mut text = String::new();
    let read = File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text))
        .map_err(|error| format!("{path}: {error}"))?;
    if read as u64 > FILE_BYTES_MAX {
        return Err(format!("{path}: larger than {FILE_BYTES_MAX} bytes"));
    }
    Ok(text)
}

impl<T> std::fmt::Debug for Rereading<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rereading").field("path", &self.path).finish()
    }
}
