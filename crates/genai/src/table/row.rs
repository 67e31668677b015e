//! The parts a sheet is made of.

use super::Field;
use crate::{Class, Dialect, Inclusion};

/// Everything known of one dialect.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// Which.
    pub dialect: Dialect,
    /// Names of its scopes. A `*` at the end stands for any tail.
    pub scopes: &'static [&'static str],
    /// Its keys. Of several for one field the first counts that has a value; those of the conventions
    /// come before all.
    pub rows: &'static [Row],
    /// What the values of its [`Field::Kind`] key mean.
    pub kinds: &'static [Named],
    /// What its span names mean, where no key says. A `*` at the end stands for any tail.
    pub spans: &'static [Named],
    /// What its log records mean, by event name.
    pub events: &'static [Named],
    /// The signal that tokens are counted on if it comes in several.
    pub counted_on: CountedOn,
    /// How well it knows the numbers: 3 the provider's SDK, 2 a gateway, 1 an instrumentation of the
    /// client, 0 a framework.
    pub trust: u8,
    /// Where its counts differ from the conventions.
    pub inclusion: &'static [Rule],
    /// What its users should know.
    pub notes: &'static str,
}

impl Sheet {
    /// A sheet with nothing in it.
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            scopes: &[],
            rows: &[],
            kinds: &[],
            spans: &[],
            events: &[],
            counted_on: CountedOn::Spans,
            trust: 1,
            inclusion: &[],
            notes: "",
        }
    }
}

/// The signal that tokens are counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountedOn {
    /// Spans; log records only where no span comes.
    Spans,
    /// Log records; spans only where no log record comes.
    Logs,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The key.
    pub key: &'static str,
    /// What it stands for.
    pub field: Field,
    /// How its value is written.
    pub form: Form,
    /// What its presence says.
    pub says: Says,
}

/// How a value is written, where that is not plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As in the conventions, or in any way that [`crate::value`] reads.
    Plain,
    /// A JSON string inside a string.
    Quoted,
    /// Milliseconds.
    Millis,
    /// A point in time, ISO 8601.
    Time,
}

/// What the presence of a key says about the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// It is GenAI telemetry.
    GenAi,
    /// It is GenAI telemetry of this dialect.
    Dialect,
    /// Nothing; it is read if something else says so.
    Nothing,
    /// Nothing, and it is read only in this dialect, since others use the key too.
    NothingElsewhere,
}

/// A key of this meaning.
pub(super) const fn row(key: &'static str, field: Field) -> Row {
    Row { key, field, form: Form::Plain, says: Says::GenAi }
}

/// A key that only this dialect writes.
pub(super) const fn mark(key: &'static str, field: Field) -> Row {
    Row { key, field, form: Form::Plain, says: Says::Dialect }
}

/// A key that also stands in telemetry that has nothing to do with GenAI.
pub(super) const fn also(key: &'static str, field: Field) -> Row {
    Row { key, field, form: Form::Plain, says: Says::Nothing }
}

/// A key that means this in this dialect and anything elsewhere.
pub(super) const fn here(key: &'static str, field: Field) -> Row {
    Row { key, field, form: Form::Plain, says: Says::NothingElsewhere }
}

impl Row {
    pub(super) const fn quoted(mut self) -> Self {
        self.form = Form::Quoted;
        self
    }

    pub(super) const fn millis(mut self) -> Self {
        self.form = Form::Millis;
        self
    }

    pub(super) const fn time(mut self) -> Self {
        self.form = Form::Time;
        self
    }
}

/// What a word means.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    /// The word.
    pub word: &'static str,
    /// What kind of work it is.
    pub class: Class,
    /// The operation in the conventions' words, or the nearest.
    pub operation: &'static str,
}

/// A word of this meaning.
pub(super) const fn named(word: &'static str, class: Class, operation: &'static str) -> Named {
    Named { word, class, operation }
}

/// Where counts differ from the conventions, whose input includes the cache and whose output includes
/// reasoning.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Only for scopes with this in their name; empty for all.
    pub scope: &'static str,
    /// Only for providers that begin so; empty for all.
    pub provider: &'static str,
    /// Not if a key that begins so is there; empty for always.
    pub unless: &'static str,
    /// How they differ.
    pub inclusion: Inclusion,
}

/// Input without cache.
pub(super) const CACHE_APART: Inclusion = Inclusion {
    input_without_cache: true,
    output_without_reasoning: false,
    input_without_tool_use: false,
};

/// Output without reasoning.
pub(super) const REASONING_APART: Inclusion = Inclusion {
    input_without_cache: false,
    output_without_reasoning: true,
    input_without_tool_use: false,
};

/// A rule for scopes with this in their name and providers that begin so.
pub(super) const fn rule(
    scope: &'static str,
    provider: &'static str,
    inclusion: Inclusion,
) -> Rule {
    Rule { scope, provider, unless: "", inclusion }
}
