#![doc = include_str!("README.md")]

mod config;
mod encode;
mod metrics;
mod names;
mod state;
#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use genai::{
    Authority, Class, CostSource, Pricing, Reading, ReportedCost, Source,
    messages::{self, Messages},
    profile::{self, Profile},
};
use sdk::{
    AnyValue, Around, BuildContext, BuildError, Clock, Record, RecordKinds, RecordProcessor,
    Signal, Stability, Verdict,
};

pub use self::config::{Config, CostDetail, Originals, PriceConfig, Secondary};
use self::{
    encode::Pen,
    metrics::{Metrics, Outcome},
    state::PriceBook,
};
use crate::shared::{dialect_of, hand_on, read};

/// The `token_usage` processor.
#[derive(Debug)]
pub struct TokenUsage {
    config: Config,
    profile: Profile,
    /// None if costs are not asked for.
    prices: Option<Arc<PriceBook>>,
    clock: Clock,
    metrics: Metrics,
}

impl RecordProcessor for TokenUsage {
    const KIND: &'static str = "token_usage";
    const STABILITY: Stability = Stability::Beta;
    const SIGNALS: &'static [Signal] = &[Signal::Traces, Signal::Logs];
    type Config = Config;

    fn new(config: Config, context: BuildContext) -> Result<Self, BuildError> {
        let prices = match config.cost {
            CostDetail::None => None,
            CostDetail::Amount | CostDetail::Details => {
                Some(PriceBook::of(&config.prices, &context)?)
            }
        };
        Ok(Self {
            profile: config.profile().unwrap_or_default(),
            prices,
            metrics: Metrics::new(&context),
            clock: context.clock,
            config,
        })
    }

    fn records(&self) -> RecordKinds {
        RecordKinds::SPAN | RecordKinds::LOG_RECORD
    }

    fn process(&self, record: &mut Record<'_>, around: &Around<'_, '_>) -> Verdict {
        let scope = dialect_of(around);
        // Used where it lies, since it is large.
        let mut reading = read(&scope, record);
        if let Some(reading) = &mut reading {
            let outcome = self.write(record, reading);
            hand_on(record, reading, &scope);
            self.metrics.record(reading.dialect, outcome);
            if scope.dialect().is_none() && reading.dialect == genai::Dialect::Semconv {
                self.metrics.unknown_scope();
            }
        }
        Verdict::Keep
    }
}

impl TokenUsage {
    fn write<'a>(&self, record: &mut Record<'a>, reading: &mut Reading<'a>) -> Outcome {
        if reading.authority == Authority::Secondary
            && reading.usage.is_known()
            && self.config.secondary == Secondary::Pass
        {
            return Outcome::Secondary;
        }
        if is_call(reading) && !reading.usage.is_known() {
            self.metrics.usage_missing(reading.dialect);
        }
        let mut pen = Pen::new(record);
        profile::each_attribute(reading, self.profile, &mut |key, out| pen.put(key, out));
        let is_marked = self.config.mark_accounting && reading.usage.is_known();
        if is_marked || pen.has_written_counts {
            pen.set(names::ACCOUNTING, text(reading.accounting.name()));
        }
        self.write_cost(&mut pen, reading);
        if self.config.rebuild_messages {
            write_messages(&mut pen);
        }
        if self.config.originals == Originals::Remove {
            self.remove_originals(&mut pen, reading);
        }
        if pen.has_written { Outcome::Written } else { Outcome::Unchanged }
    }

    /// Only calls have a cost: that of an agent is the sum of its calls, and would be added to it.
    fn write_cost(&self, pen: &mut Pen<'_, '_>, reading: &mut Reading<'_>) {
        let Some(book) = &self.prices else { return };
        if reading.class != Class::Leaf {
            return;
        }
        match reading.cost {
            _ if reading.cache_hit => self.put_cost(pen, 0.0, CostSource::Gateway),
            // Computed here or in a collector before; prices that came since do not change it.
            Some(cost) if cost.source == CostSource::Computed => {}
            Some(cost) => self.put_cost(pen, cost.usd, cost.source),
            None if !reading.usage.is_known() => {}
            None => {
                let prices = book.now();
                let (pricing, at) = self.pricing(pen.record(), reading);
                match prices.cost(&pricing, at, &reading.usage) {
                    Some((usd, CostSource::Local)) => self.put_cost(pen, usd, CostSource::Local),
                    Some((usd, source)) => {
                        let all = match self.config.cost {
                            CostDetail::Details => prices.cost_attributes(pen.record().kind()),
                            _ => None,
                        };
                        if !all.is_some_and(|all| pen.append_all(all, usd)) {
                            self.put_cost(pen, usd, source);
                            if self.config.cost == CostDetail::Details {
                                pen.set(names::PRICE_DATE, text(prices.date()));
                            }
                        }
                        // A cost of 0 says nothing when it is read.
                        reading.cost = (usd > 0.0).then_some(ReportedCost { usd, source });
                    }
                    None => self.tell_unpriced(pen, reading),
                }
            }
        }
    }

    fn put_cost(&self, pen: &mut Pen<'_, '_>, usd: f64, source: CostSource) {
        pen.set(names::COST, AnyValue::Double(usd));
        if self.config.cost == CostDetail::Details {
            pen.set(names::COST_CURRENCY, text(names::CURRENCY));
            pen.set(names::COST_SOURCE, text(source.name()));
        }
    }

    fn tell_unpriced(&self, pen: &mut Pen<'_, '_>, reading: &Reading<'_>) {
        self.metrics.unpriced(reading);
        if self.config.mark_unpriced {
            pen.set(names::COST_SOURCE, text(CostSource::Unknown.name()));
        }
    }

    /// What to price a call by, and when it was, in nanoseconds since 1970.
    fn pricing<'a>(&self, record: &Record<'a>, reading: &Reading<'a>) -> (Pricing<'a>, u64) {
        let nanos = match Source::start(record) {
            0 => {
                let now = self.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
                u64::try_from(now.as_nanos()).unwrap_or(u64::MAX)
            }
            nanos => nanos,
        };
        let pricing = Pricing {
            provider: reading.provider,
            response_model: reading.response_model,
            request_model: reading.request_model,
            service_tier: reading.service_tier,
            at: UNIX_EPOCH + Duration::from_nanos(nanos),
        };
        (pricing, nanos)
    }

    /// An original goes only once what it says stands under its new name: a value that could not be
    /// read is not lost.
    fn remove_originals(&self, pen: &mut Pen<'_, '_>, reading: &Reading<'_>) {
        pen.remove(|record, key| {
            let new = profile::written_as(key, reading.dialect, self.profile);
            new.is_some_and(|new| record.attributes().contains(new.as_bytes()))
        });
    }
}

fn write_messages(pen: &mut Pen<'_, '_>) {
    let Messages { input, output } = messages::rebuild(pen.record(), messages::BYTES_MAX);
    for (key, rebuilt) in [(names::INPUT_MESSAGES, input), (names::OUTPUT_MESSAGES, output)] {
        if let Some(rebuilt) = rebuilt {
            pen.set(key, text(&rebuilt));
        }
    }
}

/// Whether a model answered.
fn is_call(reading: &Reading<'_>) -> bool {
    reading.class == Class::Leaf
        && reading.authority == Authority::Primary
        && reading.is_evident()
        && !reading.failed
        && !reading.cache_hit
}

fn text(word: &str) -> AnyValue<'_> {
    AnyValue::Str(word.as_bytes())
}
