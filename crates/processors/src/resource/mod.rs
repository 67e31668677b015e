#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use sdk::{
    Around, BuildContext, BuildError, Record, RecordKinds, RecordProcessor, Stability, Verdict,
};

pub use self::config::Config;
use crate::shared::Actions;

/// The `resource` processor.
#[derive(Debug)]
pub struct Resource {
    actions: Actions,
}

impl RecordProcessor for Resource {
    const KIND: &'static str = "resource";
    const STABILITY: Stability = Stability::Beta;
    type Config = Config;

    fn new(config: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { actions: Actions::new(&config.attributes)? })
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::RESOURCE
    }

    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict {
        self.actions.apply(record, around.context);
        Verdict::Keep
    }
}
