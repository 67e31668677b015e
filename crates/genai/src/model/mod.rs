//! Model names: routing prefixes, version tails, families.

#[cfg(test)]
mod tests;

use std::cell::RefCell;

use crate::{Provider, value::is_same};

/// The provider a model's name gives away by its family; `None` for models that many serve.
#[must_use]
pub fn infer_provider(model: &str) -> Option<&'static str> {
    let name = base_model(model);
    const FAMILIES: &[(&str, &str)] = &[
        ("gpt-oss", ""),
        ("gpt-", "openai"),
        ("chatgpt-", "openai"),
        ("text-embedding-3", "openai"),
        ("text-embedding-ada", "openai"),
        ("dall-e", "openai"),
        ("whisper-1", "openai"),
        ("claude", "anthropic"),
        ("gemini", "gcp.gemini"),
        ("command", "cohere"),
        ("mistral", "mistral_ai"),
        ("codestral", "mistral_ai"),
        ("magistral", "mistral_ai"),
        ("ministral", "mistral_ai"),
        ("pixtral", "mistral_ai"),
        ("devstral", "mistral_ai"),
        ("grok", "x_ai"),
        ("deepseek", "deepseek"),
        ("kimi", "moonshot_ai"),
        ("sonar", "perplexity"),
    ];
    let starts =
        |head: &str| name.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head));
    if let Some((_, provider)) = FAMILIES.iter().find(|(head, _)| starts(head)) {
        return (!provider.is_empty()).then_some(*provider);
    }
    let mut letters = name.bytes();
    let is_o = letters.next().is_some_and(|byte| byte == b'o');
    (is_o && letters.next().is_some_and(|byte| byte.is_ascii_digit())).then_some("openai")
}

/// The provider that a routing prefix names, as in `azure/gpt-4o` or `openrouter/anthropic/claude`.
#[must_use]
pub fn routed_provider(model: &str) -> Option<&'static str> {
    let (head, _) = model.split_once('/')?;
    match Provider::of(head.as_bytes())? {
        Provider::Known(name) => Some(name),
        Provider::Other(_) => None,
    }
}

/// The name without what routes it: `models/`, `openai/`, `bedrock/eu-west-1/`, an ARN, a Bedrock
/// region, a tag such as `:free`, the `ft:` of a fine-tune.
#[must_use]
pub fn base_model(model: &str) -> &str {
    let mut name = model.trim();
    if name.starts_with("arn:") {
        name = name.rsplit('/').next().unwrap_or(name);
    }
    // `publishers/x/models/y`, `accounts/x/models/y`, `provider/region/y`: the last part is the name.
    name = name.rsplit('/').find(|part| !part.is_empty()).unwrap_or(name);
    if let Some(tuned) = name.strip_prefix("ft:") {
        name = tuned.split(':').next().unwrap_or(tuned);
    }
    for region in ["us.", "eu.", "apac.", "global.", "jp.", "au.", "us-gov.", "ca."] {
        name = name.strip_prefix(region).unwrap_or(name);
    }
    for maker in ["anthropic.", "amazon.", "meta.", "mistral.", "cohere.", "ai21.", "deepseek."] {
        name = name.strip_prefix(maker).unwrap_or(name);
    }
    strip_bedrock_version(name)
}

/// `claude-…-v1:0` without its `-v1:0`, `llama3:8b` without its tag.
fn strip_bedrock_version(name: &str) -> &str {
    let (name, _) = name.split_once(':').unwrap_or((name, ""));
    match name.rsplit_once("-v") {
        Some((head, version)) if is_digits(version) && version.len() == 1 => head,
        _ => name,
    }
}

/// The name without one more tail: a date, `-latest`, a number of three digits.
#[must_use]
pub(crate) fn without_tail(name: &str) -> Option<&str> {
    if let Some(head) = name.strip_suffix("-latest") {
        return Some(head);
    }
    if let Some((head, date)) = name.rsplit_once('@') {
        return (is_digits(date) || date == "default" || date == "latest").then_some(head);
    }
    let (head, tail) = name.rsplit_once('-')?;
    if is_digits(tail) && matches!(tail.len(), 3 | 8) {
        return Some(head);
    }
    // -YYYY-MM-DD
    let date = name.get(name.len().checked_sub(11)?..)?;
    let mut parts = date.strip_prefix('-')?.split('-');
    let widths = [4, 2, 2]
        .iter()
        .all(|width| parts.next().is_some_and(|part| part.len() == *width && is_digits(part)));
    if widths { name.get(..name.len() - 11) } else { None }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The hash of a model's name without routing and tails, the same for all spellings of one model.
#[must_use]
pub(crate) fn family_hash(model: &[u8]) -> u64 {
    // Calls of a few models come one after the other.
    FAMILIES.with(|known| {
        let Ok(mut known) = known.try_borrow_mut() else { return find_hash(model) };
        match known.ring.iter().find(|family| family.is(model)) {
            Some(family) => family.hash,
            None => known.learn(model),
        }
    })
}

fn find_hash(model: &[u8]) -> u64 {
    let family = str::from_utf8(model).map_or(model, |model| family_name(model).as_bytes());
    crate::count::hash(family)
}

/// The name without routing and tails.
fn family_name(model: &str) -> &str {
    let mut name = base_model(model);
    while let Some(shorter) = without_tail(name) {
        name = shorter;
    }
    name
}

/// The longest name that is remembered, and how many are by each thread.
const NAME_MAX: usize = 48;
const REMEMBERED: usize = 8;

thread_local! {
    /// The models met last.
    static FAMILIES: RefCell<Families> = const { RefCell::new(Families::NONE) };
}

struct Families {
    ring: [Family; REMEMBERED],
    /// Which is replaced next.
    next: usize,
}

/// A model's name, and the hash of its family's.
#[derive(Clone, Copy)]
struct Family {
    name: [u8; NAME_MAX],
    /// 0 if there is none.
    length: u8,
    hash: u64,
}

impl Family {
    const NONE: Self = Self { name: [0; NAME_MAX], length: 0, hash: 0 };

    #[inline]
    fn is(&self, model: &[u8]) -> bool {
        let length = usize::from(self.length);
        length > 0 && self.name.get(..length).is_some_and(|name| is_same(name, model))
    }
}

impl Families {
    const NONE: Self = Self { ring: [Family::NONE; REMEMBERED], next: 0 };

    #[cold]
    fn learn(&mut self, model: &[u8]) -> u64 {
        let mut one = Family { hash: find_hash(model), ..Family::NONE };
        if let (Some(name), Some(place)) =
            (one.name.get_mut(..model.len()), self.ring.get_mut(self.next))
        {
            name.copy_from_slice(model);
            // At most `NAME_MAX`.
            one.length = model.len() as u8;
            *place = one;
            self.next = (self.next + 1) % REMEMBERED;
        }
        one.hash
    }
}
