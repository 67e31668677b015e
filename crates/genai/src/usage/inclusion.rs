//! What a sender's counts include, and how that is checked.

use super::Usage;

/// How sure it is what the counts include.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Accounting {
    /// The numbers themselves show it, or there was nothing to tell apart.
    #[default]
    Verified,
    /// The table of dialects says so; the numbers allow both.
    Assumed,
}

impl Accounting {
    /// `verified` or `assumed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Assumed => "assumed",
        }
    }
}

/// What the table of dialects says about a sender's counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Inclusion {
    /// The reported input leaves out what was read from and written to a cache.
    pub input_without_cache: bool,
    /// The reported output leaves out reasoning.
    pub output_without_reasoning: bool,
    /// Tokens of tool use prompts are reported beside the input, not in it.
    pub input_without_tool_use: bool,
}

/// Counts as the sender reported them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reported {
    /// The counts; `input` and `output` in the sender's meaning.
    pub(crate) usage: Usage,
    /// Tokens of tool use prompts, where they are reported apart.
    pub(crate) tool_use: Option<u64>,
}

impl Reported {
    /// The counts in the meaning of [`Usage`].
    ///
    /// The numbers are asked first: parts larger than their whole, or a total that adds up in only
    /// one way, show what is included. Where they do not, `rule` decides.
    pub(crate) fn settle(self, rule: Inclusion) -> (Usage, Accounting) {
        let Self { mut usage, tool_use } = self;
        let tool_use = tool_use.filter(|_| rule.input_without_tool_use).unwrap_or(0);
        let known = Known {
            cache: usage.input.map_or(0, |_| sum(usage.cache_read, usage.cache_write)),
            reasoning: usage.output.and(usage.reasoning).unwrap_or(0),
            parts: sum(usage.input, usage.output).saturating_add(tool_use),
            // A total below its two parts is no evidence.
            total: usage.total.filter(|_| usage.input.is_some() && usage.output.is_some()),
            usage,
        };
        let (input_apart, input_shown) =
            known.decide(rule.input_without_cache, |reading| reading.input_apart);
        let (output_apart, output_shown) =
            known.decide(rule.output_without_reasoning, |reading| reading.output_apart);
        let input_settled = known.cache == 0 || input_shown;
        let mut output_settled = known.reasoning == 0 || output_shown;

        let more = if input_apart { known.cache } else { 0 }.saturating_add(tool_use);
        usage.input = usage.input.map(|input| input.saturating_add(more));
        if output_apart && usage.reasoning.is_none() {
            // Only the total knows of the reasoning.
            let counted = sum(usage.input, usage.output);
            let hidden = known.total.map(|total| total.saturating_sub(counted));
            output_settled = hidden.is_some() || usage.output.is_none();
            if let Some(hidden) = hidden.filter(|hidden| *hidden > 0) {
                usage.output = usage.output.map(|output| output.saturating_add(hidden));
                usage.reasoning = Some(hidden);
            }
        } else if output_apart {
            usage.output = usage.output.map(|output| output.saturating_add(known.reasoning));
        }
        let settled = input_settled && output_settled;
        (usage, if settled { Accounting::Verified } else { Accounting::Assumed })
    }
}

/// The numbers that are held against each other.
struct Known {
    usage: Usage,
    cache: u64,
    reasoning: u64,
    parts: u64,
    total: Option<u64>,
}

/// One way to read the counts.
#[derive(Clone, Copy)]
struct Hypothesis {
    input_apart: bool,
    output_apart: bool,
}

impl Known {
    /// What all readings that the numbers allow agree on, and that they do; else `assumed`.
    fn decide(&self, assumed: bool, of: impl Fn(Hypothesis) -> bool) -> (bool, bool) {
        let adds_up = |reading: &Hypothesis| self.total == Some(self.sum(*reading));
        let by_total = HYPOTHESES.iter().any(|reading| self.allows(reading) && adds_up(reading));
        let mut seen = [false, false];
        for reading in HYPOTHESES.iter().filter(|reading| self.allows(reading)) {
            if !by_total || adds_up(reading) {
                if of(*reading) {
                    seen[1] = true;
                } else {
                    seen[0] = true;
                }
            }
        }
        match seen {
            [false, true] => (true, true),
            [true, false] => (false, true),
            _ => (assumed, false),
        }
    }

    fn allows(&self, reading: &Hypothesis) -> bool {
        let within = |part: u64, whole: Option<u64>| whole.is_none_or(|whole| part <= whole);
        (reading.input_apart || within(self.cache, self.usage.input))
            && (reading.output_apart || within(self.reasoning, self.usage.output))
    }

    fn sum(&self, reading: Hypothesis) -> u64 {
        let cache = if reading.input_apart { self.cache } else { 0 };
        let reasoning = if reading.output_apart { self.reasoning } else { 0 };
        self.parts.saturating_add(cache).saturating_add(reasoning)
    }
}

const HYPOTHESES: [Hypothesis; 4] = [
    Hypothesis { input_apart: false, output_apart: false },
    Hypothesis { input_apart: true, output_apart: false },
    Hypothesis { input_apart: false, output_apart: true },
    Hypothesis { input_apart: true, output_apart: true },
];

fn sum(a: Option<u64>, b: Option<u64>) -> u64 {
    a.unwrap_or(0).saturating_add(b.unwrap_or(0))
}
