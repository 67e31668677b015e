//! Settings of the `gen_ai_normalizer` processor: those of the Go collector, in all forms it has had.

use std::{collections::BTreeMap, fmt};

use sdk::Problems;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, SeqAccess, Visitor},
};

use super::names::BUILT_IN;

/// Which conventions are brought to those of OpenTelemetry.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Config {
    /// The conventions read, in the order in which they are applied.
    pub sources: Sources,
    /// Read for compatibility: a processor of single records cannot set the schema URL of a scope.
    pub overwrite_schema_url: bool,
}

/// Sources as a list of `{name: …}`, or in the older form, a map by name, which is sorted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources(pub Vec<Source>);

/// One convention to read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// `openinference`, `openllmetry`, or any name for mappings of your own.
    pub name: String,
    /// Whether an attribute goes once it was written under its new key.
    pub remove_originals: bool,
    /// Whether the new key is written where it is taken already.
    pub overwrite: bool,
    /// Old key to new key. Only for a source of your own.
    pub mappings: Mappings,
    /// The older name of `mappings`; it may also add to a built-in source or change it.
    pub custom_mappings: Mappings,
    /// New key to values: old to new, in any case. Only for a source of your own.
    pub value_mappings: BTreeMap<String, Mappings>,
}

type Mappings = BTreeMap<String, String>;

/// What a source of the older form holds: its name is the key.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Unnamed {
    remove_originals: bool,
    overwrite: bool,
    custom_mappings: Mappings,
}

impl Source {
    /// Whether the source is known by name.
    pub(super) fn is_built_in(&self) -> bool {
        BUILT_IN.iter().any(|built_in| built_in.name == self.name)
    }

    /// Old keys and new keys that the settings give.
    pub(super) fn mappings(&self) -> impl Iterator<Item = (&String, &String)> {
        self.mappings.iter().chain(&self.custom_mappings)
    }

    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        if self.name.is_empty() {
            problems.add("\"name\" must be set");
            return problems;
        }
        if self.is_built_in() {
            let not_here = |key| format!("{key:?} is not valid on built-in source {:?}", self.name);
            problems.check(self.mappings.is_empty(), not_here("mappings"));
            problems.check(self.value_mappings.is_empty(), not_here("value_mappings"));
        } else if self.mappings().next().is_none() {
            problems.add(format!(
                "user-defined source {:?} requires non-empty \"mappings\" (built-in sources, which do \
                 not require mappings: openinference, openllmetry)",
                self.name
            ));
        }
        for (from, to) in self.mappings() {
            problems.check(!from.is_empty(), "source attribute name must be non-empty");
            problems.check(!to.is_empty(), format!("target for {from:?} must be non-empty"));
            let differ = from.is_empty() || from != to;
            problems.check(differ, format!("source and target are identical ({from:?})"));
        }
        for key in self.value_mappings.keys().filter(|_| !self.is_built_in()) {
            let is_target = self.mappings().any(|(_, to)| to == key);
            let text = format!("\"value_mappings\" key {key:?} is not a target in \"mappings\"");
            problems.check(is_target, text);
        }
        problems
    }
}

impl sdk::Config for Config {
    fn problems(&self) -> Problems {
        let mut problems = Problems::new();
        let sources = &self.sources.0;
        problems.check(!sources.is_empty(), "at least one source must be specified");
        for (at, source) in sources.iter().enumerate() {
            problems.nest(format!("sources[{at}]"), source.problems());
            let before = sources.iter().take(at);
            if !source.name.is_empty() && before.into_iter().any(|other| other.name == source.name)
            {
                problems
                    .at(format!("sources[{at}]"), format!("duplicate source {:?}", source.name));
            }
        }
        problems
    }
}

impl Serialize for Sources {
    /// The list form, which keeps the order.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Sources {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SourcesVisitor)
    }
}

struct SourcesVisitor;

impl<'de> Visitor<'de> for SourcesVisitor {
    type Value = Sources;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of sources, or a map of sources by name")
    }

    fn visit_unit<E>(self) -> Result<Sources, E> {
        Ok(Sources::default())
    }

    fn visit_none<E>(self) -> Result<Sources, E> {
        Ok(Sources::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Sources, A::Error> {
        let mut sources = Vec::new();
        while let Some(source) = list.next_element()? {
            sources.push(source);
        }
        Ok(Sources(sources))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Sources, A::Error> {
        let mut sources = Vec::new();
        while let Some((name, unnamed)) = map.next_entry::<String, Option<Unnamed>>()? {
            let Unnamed { remove_originals, overwrite, custom_mappings } =
                unnamed.unwrap_or_default();
            let source =
                Source { remove_originals, overwrite, custom_mappings, ..Source::default() };
            sources.push(Source { name, ..source });
        }
        sources.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Sources(sources))
    }
}
