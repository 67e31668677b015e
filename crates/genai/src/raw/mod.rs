//! Usage as the providers themselves report it: one body of JSON, in any of their shapes.

mod names;
#[cfg(test)]
mod tests;

use pdata::AnyValue;

use self::names::{Name, name_of};
use crate::{
    Inclusion, Usage,
    pick::{self, Path, Scalar, pick, pick_value},
    usage::Reported,
    value,
};

/// The longest JSON inside a JSON string that is unpacked.
const INNER_MAX: usize = 16 << 10;

/// Whose shape a usage body has, which says what its input and output include.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// OpenAI and most others: input includes cached tokens, output includes reasoning.
    #[default]
    OpenAi,
    /// Anthropic Messages: input leaves out the cache.
    Anthropic,
    /// Bedrock Converse: input leaves out the cache, the total does not.
    Bedrock,
    /// Gemini: output leaves out thoughts, tool use prompts stand beside the input.
    Gemini,
    /// `{input, output, total}`, Langfuse's own: input leaves out the cache.
    Flat,
}

impl Shape {
    /// What its counts include.
    #[must_use]
    pub const fn inclusion(self) -> Inclusion {
        let none = Inclusion {
            input_without_cache: false,
            output_without_reasoning: false,
            input_without_tool_use: false,
        };
        match self {
            Self::OpenAi => none,
            Self::Anthropic | Self::Bedrock | Self::Flat => {
                Inclusion { input_without_cache: true, ..none }
            }
            Self::Gemini => {
                Inclusion { output_without_reasoning: true, input_without_tool_use: true, ..none }
            }
        }
    }
}

/// A usage body as read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RawUsage {
    pub(crate) reported: Reported,
    /// Whose shape it has.
    pub shape: Shape,
    /// What the provider says it cost, US dollars (OpenRouter, Perplexity).
    pub cost: Option<f64>,
    /// Tokens written to a cache for five minutes.
    write_5m: Option<u64>,
    /// Whether the input is counted as OpenAI does, whatever stands beside it.
    prompt: bool,
    /// Whether input and output are what Cohere bills.
    billed: bool,
    /// Anthropic's iterations, summed: compaction and fallback calls within one.
    iterations: [u64; 4],
}

impl RawUsage {
    /// Reads a body: JSON, JSON in a JSON string, Python's `repr`, or `k=v k=v`.
    #[must_use]
    pub fn from_text(text: &[u8]) -> Self {
        let inner = pick::inner_text(text, INNER_MAX);
        let text = inner.as_deref().unwrap_or(text);
        let mut usage = Self::default();
        pick(text, &mut |path, scalar| match scalar {
            Scalar::Word(word) | Scalar::Text(word) => usage.take(path, AnyValue::Str(word)),
        });
        usage.finished()
    }

    /// Reads a body that came as text or as a structured value.
    #[must_use]
    pub fn from_value(body: AnyValue<'_>) -> Self {
        if let AnyValue::Str(text) = body {
            return Self::from_text(text);
        }
        let mut usage = Self::default();
        pick_value(body, &mut |path, scalar| usage.take(path, scalar));
        usage.finished()
    }

    /// The tokens in one meaning, as far as the body says.
    #[must_use]
    pub fn usage(&self) -> Usage {
        self.reported.settle(self.shape.inclusion()).0
    }

    /// Whether it says anything about tokens.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reported == Reported::default()
    }

    fn take(&mut self, path: Path<'_, '_>, scalar: AnyValue<'_>) {
        let Some((key, above)) = path.split_last() else { return };
        let parent = above.iter().rev().find(|key| !key.is_empty()).copied().unwrap_or_default();
        let Some(name) = name_of(parent, key) else { return };
        if name == Name::Cost {
            self.cost = self.cost.or(value::number(scalar)).filter(|cost| *cost > 0.0);
            return;
        }
        let Some(count) = value::count(scalar) else { return };
        if parent == b"iterations" {
            return self.take_iteration(name, count);
        }
        let billed = parent == b"billed_units";
        if billed && !self.billed {
            self.billed = true;
            (self.reported.usage.input, self.reported.usage.output) = (None, None);
        } else if self.billed && !billed && is_whole(name) {
            return;
        }
        self.take_count(name, count);
    }

    fn take_count(&mut self, name: Name, count: u64) {
        let usage = &mut self.reported.usage;
        let slot = match name {
            Name::Prompt => {
                self.prompt = true;
                &mut usage.input
            }
            Name::Input(shape) => {
                if self.shape == Shape::OpenAi {
                    self.shape = shape;
                }
                &mut usage.input
            }
            Name::Output => &mut usage.output,
            Name::Total => &mut usage.total,
            Name::CacheRead(shape) | Name::CacheWrite(shape) => {
                if self.shape == Shape::OpenAi {
                    self.shape = shape;
                }
                let is_read = matches!(name, Name::CacheRead(_));
                if is_read { &mut usage.cache_read } else { &mut usage.cache_write }
            }
            Name::CacheWrite5m => &mut self.write_5m,
            Name::CacheWrite1h => &mut usage.cache_write_1h,
            Name::Reasoning => &mut usage.reasoning,
            Name::AudioInput => &mut usage.audio_input,
            Name::AudioOutput => &mut usage.audio_output,
            Name::ImageInput => &mut usage.image_input,
            Name::ImageOutput => &mut usage.image_output,
            Name::ToolUse => &mut self.reported.tool_use,
            Name::WebSearches => &mut usage.web_searches,
            Name::Cost => return,
        };
        *slot = slot.or(Some(count));
    }

    fn take_iteration(&mut self, name: Name, count: u64) {
        let [input, output, read, write] = &mut self.iterations;
        let slot = match name {
            Name::Input(_) | Name::Prompt => input,
            Name::Output => output,
            Name::CacheRead(_) => read,
            Name::CacheWrite(_) => write,
            _ => return,
        };
        *slot = slot.saturating_add(count);
    }

    fn finished(mut self) -> Self {
        let usage = &mut self.reported.usage;
        let [input, output, read, write] = self.iterations;
        if input.max(output) > 0 {
            (usage.input, usage.output) = (Some(input), Some(output));
            (usage.cache_read, usage.cache_write) = (Some(read), Some(write));
            self.shape = Shape::Anthropic;
        }
        usage.cache_write = usage.cache_write.or(match (self.write_5m, usage.cache_write_1h) {
            (None, None) => None,
            (short, long) => Some(short.unwrap_or(0).saturating_add(long.unwrap_or(0))),
        });
        if self.prompt {
            self.shape = Shape::OpenAi;
        }
        self
    }
}

fn is_whole(name: Name) -> bool {
    matches!(name, Name::Input(_) | Name::Prompt | Name::Output)
}
