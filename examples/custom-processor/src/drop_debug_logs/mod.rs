#![doc = include_str!("README.md")]

mod config;
#[cfg(test)]
mod tests;

use sdk::{
    Around, BuildContext, BuildError, Record, RecordKinds, RecordProcessor, Signal, Verdict,
};

pub use self::config::Config;

/// The `drop_debug_logs` processor.
#[derive(Debug)]
pub struct DropDebugLogs {
    below: u64,
}

impl RecordProcessor for DropDebugLogs {
    const KIND: &'static str = "drop_debug_logs";
    const SIGNALS: &'static [Signal] = &[Signal::Logs];
    type Config = Config;

    fn new(config: Config, _: BuildContext) -> Result<Self, BuildError> {
        Ok(Self { below: config.below.into() })
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::LOG_RECORD
    }

    fn process(&self, record: &mut Record<'_>, _: &Around<'_, '_>) -> Verdict {
        let severity = record.severity_number();
        if severity != 0 && severity < self.below { Verdict::Drop } else { Verdict::Keep }
    }
}
