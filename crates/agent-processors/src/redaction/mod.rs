#![doc = include_str!("README.md")]

mod action;
mod config;
mod matching;
mod names;
mod record;
mod sanitize;
mod syntax;
#[cfg(test)]
mod tests;

use sdk::{
    Around, BuildContext, BuildError, Record, RecordKinds, RecordProcessor, Stability, Verdict,
};

use self::action::Rules;
pub use self::config::{Config, DbSanitizer, DbSystem, HashFunction, UrlSanitizer};

/// The `redaction` processor.
#[derive(Debug)]
pub struct Redaction {
    rules: Rules,
    summary: Summary,
}

/// What the added attributes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Summary {
    /// Keys and counts.
    Debug,
    /// Counts.
    Info,
    /// Nothing.
    Silent,
}

impl RecordProcessor for Redaction {
    const KIND: &'static str = "redaction";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let summary = match config.summary.as_str() {
            "debug" => Summary::Debug,
            "info" => Summary::Info,
            "silent" | "" => Summary::Silent,
            other => {
                tracing::warn!(processor = %context.id, summary = other, "an unknown summary tells nothing; known are debug, info and silent");
                Summary::Silent
            }
        };
        if !config.allow_all_keys && config.allowed_keys.is_empty() {
            tracing::warn!(processor = %context.id, "every attribute is removed: set allow_all_keys or allowed_keys");
        }
        let rules = Rules::new(&config).map_err(BuildError::from)?;
        Ok(Self { rules, summary })
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::ALL
    }

    fn process(&self, record: &mut Record<'_>, _: &Around<'_, '_>) -> Verdict {
        self.redact(record);
        Verdict::Keep
    }
}
