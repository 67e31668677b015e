//! Tests that read the log of their own thread.

use std::sync::Once;

/// Keeps a listener for the whole process beside those of single threads. `tracing` remembers for
/// each place that logs whether anybody listens; with a single listener it asks only the thread
/// that logs there first, and that may be the thread of another test, where nobody does.
pub(crate) fn keep_listening() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        // Fails only if there is a listener for the whole process already, which serves as well.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
}
