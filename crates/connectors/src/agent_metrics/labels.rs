//! Attributes of series: few distinct values, numbered, and sets of them.

use std::collections::HashMap;

use super::{
    config::{Config, LimitsConfig},
    names::{Key, Metric, Source},
};

/// How many resource attributes may be told apart.
pub(super) const DIMENSIONS_MAX: usize = 8;
const WIDTH: usize = DIMENSIONS_MAX + Key::ALL.len();

/// No value.
pub(super) const ABSENT: u16 = 0;
/// In place of a value that is one too many, or looks like an id.
const OTHER: u16 = 1;
const OTHER_TEXT: &str = "other";

/// The longest value, in bytes. What is longer is no name.
const VALUE_MAX: usize = 128;
/// A run of so many hexadecimal digits, dashes left out, is an id.
const ID_DIGITS: usize = 16;

/// Different weights kept apart. Samplers use a handful.
const WEIGHTS_MAX: usize = 256;

/// The values of all attributes of one series, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Set([u16; WIDTH]);

impl Set {
    pub(super) const EMPTY: Self = Self([ABSENT; WIDTH]);
    /// Stands for all sets that there was no room for.
    pub(super) const OVERFLOW: Self = Self([u16::MAX; WIDTH]);

    pub(super) fn get(&self, key: Key) -> u16 {
        self.0.get(DIMENSIONS_MAX + key as usize).copied().unwrap_or(ABSENT)
    }

    /// The same with another value.
    #[must_use]
    pub(super) fn with(mut self, key: Key, value: u16) -> Self {
        if self != Self::OVERFLOW
            && let Some(place) = self.0.get_mut(DIMENSIONS_MAX + key as usize)
        {
            *place = value;
        }
        self
    }

    fn dimension(&self, at: usize) -> u16 {
        self.0.get(..DIMENSIONS_MAX).and_then(|all| all.get(at)).copied().unwrap_or(ABSENT)
    }
}

/// The values seen of one attribute.
#[derive(Debug, Default)]
struct Values {
    by_text: HashMap<Box<str>, u16>,
    texts: Vec<Box<str>>,
    limit: usize,
}

impl Values {
    fn new(limit: u16) -> Self {
        // The last number stands for overflow.
        Self { limit: usize::from(limit.min(u16::MAX - 3)), ..Self::default() }
    }

    fn number(&mut self, text: &[u8]) -> u16 {
        let Ok(text) = str::from_utf8(text) else { return OTHER };
        if text.is_empty() {
            return ABSENT;
        }
        if let Some(number) = self.by_text.get(text) {
            return *number;
        }
        if self.texts.len() >= self.limit || text == OTHER_TEXT || !is_name(text) {
            return OTHER;
        }
        let number = self.texts.len() as u16 + 2;
        self.texts.push(text.into());
        self.by_text.insert(text.into(), number);
        number
    }

    fn text(&self, number: u16) -> Option<&str> {
        match number {
            ABSENT => None,
            OTHER => Some(OTHER_TEXT),
            number => self.texts.get(usize::from(number) - 2).map(AsRef::as_ref),
        }
    }
}

/// Whether it may be the name of something that many share. Ids are not.
fn is_name(text: &str) -> bool {
    let mut run = 0;
    let mut digits = 0;
    for byte in text.bytes() {
        match byte {
            b'-' if run > 0 => {}
            byte if byte.is_ascii_hexdigit() => {
                run += 1;
                digits += usize::from(byte.is_ascii_digit());
            }
            _ => (run, digits) = (0, 0),
        }
        if run >= ID_DIGITS && digits >= 4 {
            return false;
        }
    }
    text.len() <= VALUE_MAX
}

/// All values, sets and weights seen.
#[derive(Debug)]
pub(super) struct Labels {
    dimensions: Vec<String>,
    /// Where `service.name` is among them.
    service: Option<usize>,
    values: Vec<Values>,
    numbers: HashMap<Set, u32>,
    sets: Vec<Set>,
    limit: usize,
    weights: Vec<f64>,
}

impl Labels {
    pub(super) fn new(config: &Config) -> Self {
        let LimitsConfig { models, agents, tools, values, series, .. } = config.limits;
        let limit = |key: Key| match key {
            Key::RequestModel | Key::ResponseModel => models,
            Key::Agent | Key::Workflow => agents,
            Key::Tool => tools,
            _ => values,
        };
        let dimensions = (0..DIMENSIONS_MAX).map(|_| Values::new(values));
        let keys = Key::ALL.into_iter().map(|key| Values::new(limit(key)));
        Self {
            service: config.dimensions.iter().position(|name| name == "service.name"),
            dimensions: config.dimensions.clone(),
            values: dimensions.chain(keys).collect(),
            numbers: HashMap::new(),
            sets: Vec::new(),
            limit: series.min(1 << 23) as usize,
            weights: vec![1.0],
        }
    }

    /// The number of a value.
    pub(super) fn value(&mut self, key: Key, text: Option<&[u8]>) -> u16 {
        self.number(DIMENSIONS_MAX + key as usize, text)
    }

    /// The text of a value.
    pub(super) fn text(&self, key: Key, number: u16) -> Option<&str> {
        self.values.get(DIMENSIONS_MAX + key as usize)?.text(number)
    }

    /// The set of what a resource says.
    pub(super) fn resource(&mut self, dimensions: &[Option<&[u8]>; DIMENSIONS_MAX]) -> Set {
        let mut set = Set::EMPTY;
        for (at, text) in dimensions.iter().enumerate() {
            let number = self.number(at, *text);
            if let Some(place) = set.0.get_mut(at) {
                *place = number;
            }
        }
        set
    }

    fn number(&mut self, at: usize, text: Option<&[u8]>) -> u16 {
        match (self.values.get_mut(at), text) {
            (Some(values), Some(text)) => values.number(text),
            _ => ABSENT,
        }
    }

    /// A number for a set and a weight together, to find both again.
    pub(super) fn ticket(&mut self, set: Set, weight: f64) -> u32 {
        let set = match self.numbers.get(&set) {
            Some(number) => *number,
            None if self.sets.len() < self.limit => {
                let number = self.sets.len() as u32;
                self.sets.push(set);
                self.numbers.insert(set, number);
                number
            }
            None => (1 << 24) - 1,
        };
        (set << 8) | self.weight(weight)
    }

    /// What a ticket stands for.
    pub(super) fn redeem(&self, ticket: u32) -> (Set, f64) {
        let set = self.sets.get((ticket >> 8) as usize).copied().unwrap_or(Set::OVERFLOW);
        (set, self.weights.get((ticket & 0xff) as usize).copied().unwrap_or(1.0))
    }

    /// The number of a weight. With too many of them, of the nearest one there is.
    fn weight(&mut self, weight: f64) -> u32 {
        let known = self.weights.iter().position(|known| known.to_bits() == weight.to_bits());
        if let Some(at) = known {
            return at as u32;
        }
        if self.weights.len() < WEIGHTS_MAX {
            self.weights.push(weight);
            return self.weights.len() as u32 - 1;
        }
        let distance = |known: f64| (known.ln() - weight.ln()).abs();
        let nearest = self
            .weights
            .iter()
            .enumerate()
            .min_by(|a, b| distance(*a.1).total_cmp(&distance(*b.1)));
        nearest.map_or(0, |(at, _)| at as u32)
    }

    /// Whether anything counts for more than itself.
    pub(super) fn is_weighted(&self) -> bool {
        self.weights.len() > 1
    }

    /// What of a set a metric is split by.
    pub(super) fn project(&mut self, set: &Set, metric: &Metric) -> Set {
        if *set == Set::OVERFLOW {
            return *set;
        }
        let mut projected = Set::EMPTY;
        for key in metric.keys {
            projected = projected.with(*key, set.get(*key));
        }
        if metric.source != Source::Mutx {
            for (to, from) in projected.0.iter_mut().zip(set.0).take(DIMENSIONS_MAX) {
                *to = from;
            }
            return projected;
        }
        if let Some(service) = self.service {
            if let Some(place) = projected.0.get_mut(service) {
                *place = set.dimension(service);
            }
            // An agent without a name goes by its service there.
            if metric.keys.contains(&Key::Agent) && set.get(Key::Agent) == ABSENT {
                let name =
                    self.values.get(service).and_then(|all| all.text(set.dimension(service)));
                let name = name.map(|name| name.as_bytes().to_vec());
                projected = projected.with(Key::Agent, self.value(Key::Agent, name.as_deref()));
            }
        }
        projected
    }

    /// Hands out the attributes of a series: names and values.
    pub(super) fn each_attribute<'l>(
        &'l self,
        set: &Set,
        source: Source,
        visit: &mut dyn FnMut(&'l str, &'l str),
    ) {
        for (at, name) in self.dimensions.iter().enumerate() {
            let text = self.values.get(at).and_then(|values| values.text(set.dimension(at)));
            if let Some(text) = text {
                // MUTX's names are split by the service alone.
                visit(if source == Source::Mutx { "service" } else { name }, text);
            }
        }
        for (key, values) in Key::ALL.into_iter().zip(self.values.iter().skip(DIMENSIONS_MAX)) {
            if let Some(text) = values.text(set.get(key)) {
                visit(key.attribute(source), text);
            }
        }
    }
}
