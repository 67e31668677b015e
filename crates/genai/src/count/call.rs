//! What the ledger keeps of a reading.

use crate::{Authority, Class, CostSource, RateId, Reading, ScopeDialect, Usage};

/// Where a call was seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Signal {
    /// On a span.
    #[default]
    Span,
    /// In a log record.
    Log,
}

/// What the ledger keeps of one reading: no text, under 200 bytes.
///
/// Build it with [`Call::new`] and add what a reading cannot know: ids and times with
/// [`at`](Self::at), the service with [`from_service`](Self::from_service), a computed cost and your
/// own label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// The trace; zeros if there is none.
    pub trace_id: [u8; 16],
    /// The span; 0 if there is none.
    pub span_id: u64,
    /// The span above it; 0 for a root.
    pub parent_id: u64,
    /// Nanoseconds since 1970.
    pub start: u64,
    /// Nanoseconds since 1970.
    pub end: u64,
    /// The sending scope within its service, hashed.
    pub scope: u64,
    /// The dialect within its service, hashed: what shares one authoritative signal.
    pub source: u64,
    /// The response id, hashed; 0 if there is none.
    pub response: u64,
    /// The model's name without routing and tails, hashed; 0 if there is none.
    pub model: u64,
    /// The conversation, hashed; 0 if there is none.
    pub conversation: u64,
    /// The agent that a lifetime total belongs to, hashed; 0 if there is none.
    pub agent: u64,
    /// What kind of work it is.
    pub class: Class,
    /// Where it was seen.
    pub signal: Signal,
    /// Whether this signal of its scope is counted.
    pub authority: Authority,
    /// How well the sender knows the numbers, 0 to 3.
    pub trust: u8,
    /// Whether it shows that a model answered; see [`Reading::is_evident`].
    pub evident: bool,
    /// Whether it failed.
    pub failed: bool,
    /// Whether the serving side reports it.
    pub server_side: bool,
    /// Whether the tokens are a sum over the agent's life.
    pub lifetime: bool,
    /// The tokens, packed.
    pub tokens: super::Packed,
    /// US dollars; NaN if unknown.
    pub cost: f64,
    /// Who says so.
    pub cost_source: CostSource,
    /// The price it would be computed at, for [`Prices`](crate::Prices).
    pub rate: RateId,
    /// Whatever the caller wants to find again, such as the number of a set of labels.
    pub label: u32,
}

impl Call {
    /// What a reading says. Ids, times and service are still missing.
    #[must_use]
    pub fn new(reading: &Reading<'_>, scope: &ScopeDialect) -> Self {
        let hash = |text: Option<&[u8]>| text.map_or(0, super::hash);
        let model = reading.model().map(crate::model::family_hash);
        let (cost, cost_source) = match reading.cost {
            _ if reading.cache_hit => (0.0, CostSource::Gateway),
            Some(reported) => (reported.usd, reported.source),
            None => (f64::NAN, CostSource::Unknown),
        };
        Self {
            trace_id: [0; 16],
            span_id: 0,
            parent_id: 0,
            start: 0,
            end: 0,
            scope: scope.hash(),
            source: super::hash(reading.dialect.name().as_bytes()),
            response: hash(reading.response_id),
            model: model.unwrap_or(0),
            conversation: hash(reading.conversation_id),
            agent: hash(reading.agent_id.or(reading.agent_name)),
            class: reading.class,
            signal: reading.signal,
            authority: reading.authority,
            trust: reading.trust,
            evident: reading.is_evident(),
            failed: reading.failed,
            server_side: reading.server_side,
            lifetime: reading.lifetime,
            tokens: super::Packed::new(&reading.usage),
            cost,
            cost_source,
            rate: RateId::UNKNOWN,
            label: 0,
        }
    }

    /// With ids as they stand on the wire, and times in nanoseconds since 1970.
    #[must_use]
    pub fn at(mut self, ids: [&[u8]; 3], start: u64, end: u64) -> Self {
        self.set_place(ids, start, end);
        self
    }

    /// [`at`](Self::at), in place.
    #[inline]
    pub fn set_place(&mut self, ids: [&[u8]; 3], start: u64, end: u64) {
        let [trace, span, parent] = ids;
        let number = |id: &[u8]| id.first_chunk::<8>().map_or(0, |id| u64::from_be_bytes(*id));
        self.trace_id = trace.first_chunk::<16>().copied().unwrap_or_default();
        (self.span_id, self.parent_id) = (number(span), number(parent));
        (self.start, self.end) = (start, end.max(start));
    }

    /// From this service; any stable bytes that tell services apart, such as `service.name`.
    #[must_use]
    pub fn from_service(mut self, service: &[u8]) -> Self {
        self.set_service(service);
        self
    }

    /// [`from_service`](Self::from_service), in place; once.
    #[inline]
    pub fn set_service(&mut self, service: &[u8]) {
        let service = super::hash(service).rotate_left(17);
        self.scope ^= service;
        self.source ^= service;
    }

    /// The tokens.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.tokens.usage()
    }

    /// Who this is, whoever sends it again: the span, or for a log record without one its content.
    pub(super) fn id(&self) -> u64 {
        let mut id = start_of_id(self.signal, self.trace_id, self.span_id);
        if self.signal == Signal::Log || self.span_id == 0 {
            for part in [self.start, self.scope, self.response, self.model, self.conversation] {
                id.add(part);
            }
            self.tokens.mix(&mut id);
        }
        id.finish()
    }
}

/// The id of a span.
pub(super) fn span_id(trace_id: [u8; 16], span_id: u64) -> u64 {
    start_of_id(Signal::Span, trace_id, span_id).finish()
}

fn start_of_id(signal: Signal, trace_id: [u8; 16], span_id: u64) -> super::Mix {
    let trace = u128::from_be_bytes(trace_id);
    let mut id = super::Mix::new(signal as u64);
    [(trace >> 64) as u64, trace as u64, span_id].iter().for_each(|part| id.add(*part));
    id
}
