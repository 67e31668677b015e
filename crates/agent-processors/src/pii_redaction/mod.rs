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
    Batch, BatchProcessor, BuildContext, BuildError, Error, Id, Next, Signal, Stability,
    async_trait,
    telemetry::{Level, Telemetry},
};

pub use self::config::{
    Action, Audit, Chunks, Config, Content, Custom, Fields, KeySource, Media, Mode, OnError, Rule,
    What,
};
use self::{
    action::Whole,
    matching::ContentKeys,
    metrics::{Metrics, Series},
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
        let processor =
            Self::make(config, &context.telemetry, &context.id, context.info.version.clone())
                .map_err(BuildError::from)?;
        for rule in processor.core.engine.slow_rules() {
            tracing::warn!(processor = %context.id, rule, "the pattern of a custom rule begins with nothing fixed: every text is searched for it");
        }
        for key in processor.core.config.keys.iter().filter(|key| !key.insecure_literal.is_empty())
        {
            tracing::warn!(processor = %context.id, key = key.id, "a key stands in the config");
        }
        Ok(processor)
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
    /// The processor outside of any pipeline, for tools that do to a batch what a pipeline would.
    ///
    /// # Errors
    ///
    /// When a key or a file that the settings name cannot be read.
    pub fn alone(config: Config, id: &Id, version: &str) -> Result<Self, String> {
        Self::make(config, &Telemetry::new(Level::None), id, version.to_owned())
    }

    fn make(
        config: Config,
        telemetry: &Telemetry,
        id: &Id,
        version: String,
    ) -> Result<Self, String> {
        let keys = action::keys(&config)?;
        let core = Core {
            engine: action::engine(&config, &keys)?,
            content: ContentKeys::new(&config.content.keys),
            keys: Keys::new(),
            whole: Whole::new(config.content.mode, &keys)?,
            cache: (config.cache_entries > 0).then(|| Cache::new(config.cache_entries)),
            metrics: Metrics::new(id, telemetry),
            version,
            config,
            #[cfg(test)]
            fault: None,
        };
        Ok(Self { core })
    }

    /// What searches the texts.
    pub fn engine(&self) -> &Engine {
        &self.core.engine
    }

    /// The batch with nothing private in it; the very same bytes if there was nothing.
    pub fn redact(&self, batch: &Batch) -> Batch {
        let mut redactor = Redactor::new(&self.core, batch.signal());
        let left = edit_texts(batch, &mut redactor);
        redactor.finish();
        left
    }

    /// The same, and how often which type was found.
    pub fn redact_and_count(&self, batch: &Batch) -> (Batch, Vec<(&str, usize)>) {
        let mut redactor = Redactor::new(&self.core, batch.signal());
        let left = edit_texts(batch, &mut redactor);
        let found = redactor.finish();
        let name = |((kind, ..), count): (Series, usize)| (self.core.engine.name(kind), count);
        (left, found.into_iter().map(name).collect())
    }
}
