#![doc = include_str!("README.md")]

mod config;
mod matching;
#[cfg(test)]
mod tests;

use sdk::{
    Around, BuildContext, BuildError, Record, RecordKinds, RecordProcessor, Stability, Verdict,
};

pub use self::config::{AttributeMatch, Config, LibraryMatch, MatchConfig, SeverityMatch};
use self::matching::Matcher;
use crate::shared::Actions;

/// The `attributes` processor.
#[derive(Debug)]
pub struct Attributes {
    actions: Actions,
    include: Option<Matcher>,
    exclude: Option<Matcher>,
}

impl RecordProcessor for Attributes {
    const KIND: &'static str = "attributes";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self {
            actions: Actions::new(&config.actions)?,
            include: config.include.as_ref().map(Matcher::new).transpose()?,
            exclude: config.exclude.as_ref().map(Matcher::new).transpose()?,
        })
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::ITEMS
    }

    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict {
        let is_meant = self.include.as_ref().is_none_or(|include| include.matches(record, around))
            && !self.exclude.as_ref().is_some_and(|exclude| exclude.matches(record, around));
        if is_meant {
            self.actions.apply(record, around.context);
        }
        Verdict::Keep
    }
}
