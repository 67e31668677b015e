#![doc = include_str!("README.md")]

mod action;
mod config;
mod names;
#[cfg(test)]
mod tests;

use sdk::{
    Around, BuildContext, BuildError, Record, RecordKinds, RecordProcessor, Signal, Stability,
    Verdict,
};

use self::action::Normalizer;
pub use self::config::{Config, Source, Sources};

/// The `gen_ai_normalizer` processor.
#[derive(Debug)]
pub struct GenAiNormalizer {
    sources: Vec<Normalizer>,
}

/// `Span.events`.
const EVENTS: u32 = 11;

impl RecordProcessor for GenAiNormalizer {
    const KIND: &'static str = "gen_ai_normalizer";
    const ALIASES: &'static [&'static str] = &["genainormalizer"];
    const STABILITY: Stability = Stability::Alpha;
    const SIGNALS: &'static [Signal] = &[Signal::Traces];
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        if config.overwrite_schema_url {
            tracing::warn!(processor = %context.id, "overwrite_schema_url has no effect here");
        }
        Ok(Self { sources: config.sources.0.iter().map(Normalizer::new).collect() })
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::SPAN
    }

    fn process(&self, record: &mut Record<'_>, _: &Around<'_, '_>) -> Verdict {
        self.apply(record);
        if record.has(EVENTS) {
            record.edit_children(EVENTS, |event| {
                self.apply(event);
                Verdict::Keep
            });
        }
        Verdict::Keep
    }
}

impl GenAiNormalizer {
    fn apply(&self, record: &mut Record<'_>) {
        for source in &self.sources {
            source.apply(record);
        }
    }
}
