#![doc = include_str!("README.md")]

mod action;
mod config;
mod encode;
mod matching;
mod metrics;
mod names;
mod record;
mod state;
mod syntax;
#[cfg(test)]
mod tests;

use pdata::texts::edit_texts;
use pii::Engine;
use sdk::{
    Batch, BatchProcessor, BuildContext, BuildError, Error, Next, Signal, Stability, async_trait,
};

pub use self::config::{
    Action, Audit, Chunks, Config, Content, Custom, Fields, KeySource, Media, Mode, OnError, Rule,
    What,
};
use self::{
    action::Whole,
    matching::ContentKeys,
    metrics::Metrics,
    record::Redactor,
    state::{Cache, Keys},
};

/// The `pii_redaction` processor.
#[derive(Debug)]
pub struct PiiRedaction {
    core: Core,
}

/// What all batches share.
#[derive(Debug)]
struct Core {
    config: Config,
    engine: Engine,
    content: ContentKeys,
    keys: Keys,
    /// Replaces content as a whole, where that is asked for.
    whole: Option<Whole>,
    cache: Option<Cache>,
    metrics: Metrics,
    version: String,
    /// Called with each text that is searched.
    #[cfg(test)]
    fault: Option<fn(&[u8])>,
}

#[async_trait]
impl BatchProcessor for PiiRedaction {
    const KIND: &'static str = "pii_redaction";
    const STABILITY: Stability = Stability::Beta;
    const SIGNALS: &'static [Signal] = &Signal::ALL;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let keys = action::keys(&config).map_err(BuildError::from)?;
        let engine = action::engine(&config, &keys).map_err(BuildError::from)?;
        for rule in engine.slow_rules() {
            tracing::warn!(processor = %context.id, rule, "the pattern of a custom rule begins with nothing fixed: every text is searched for it");
        }
        for key in config.keys.iter().filter(|key| !key.insecure_literal.is_empty()) {
            tracing::warn!(processor = %context.id, key = key.id, "a key stands in the config");
        }
        let whole = Whole::new(config.content.mode, &keys).map_err(BuildError::from)?;
        let core = Core {
            engine,
            content: ContentKeys::new(&config.content.keys),
            keys: Keys::new(),
            whole,
            cache: (config.cache_entries > 0).then(|| Cache::new(config.cache_entries)),
            metrics: Metrics::new(&context),
            version: context.info.version,
            config,
            #[cfg(test)]
            fault: None,
        };
        Ok(Self { core })
    }

    async fn process(&self, batch: Batch, next: &Next) -> Result<(), Error> {
        let left = self.redact(&batch);
        let was_emptied = left.items() == 0 && batch.items() > 0;
        // What was admitted for the original is in its context, which the rest shares.
        drop(batch);
        if was_emptied { Ok(()) } else { next.send(left).await }
    }
}

impl PiiRedaction {
    /// The batch with nothing private in it; the very same bytes if there was nothing.
    pub fn redact(&self, batch: &Batch) -> Batch {
        let mut redactor = Redactor::new(&self.core, batch.signal());
        let left = edit_texts(batch, &mut redactor);
        redactor.finish();
        left
    }
}
