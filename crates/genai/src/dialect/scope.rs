//! What a scope's name says.

use std::sync::LazyLock;

use super::Dialect;
use crate::table::{Rule, SHEETS, Sheet, sheet};

/// What the name of an instrumentation scope says. Ask once per scope and keep it; it is small.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeDialect {
    dialect: Option<Dialect>,
    /// Which of the dialect's inclusion rules hold for this scope, as bits.
    rules: u16,
    trust: u8,
    hash: u64,
}

/// Scopes of OpenLLMetry and OpenInference that instrument a framework, not a provider's SDK.
const FRAMEWORKS: &[&str] = &[
    "langchain",
    "llamaindex",
    "llama_index",
    "crewai",
    "haystack",
    "openai_agents",
    "agno",
    "smolagents",
    "autogen",
    "dspy",
    "pydantic_ai",
    "mcp",
    "beeai",
    "guardrails",
    "instructor",
];

impl ScopeDialect {
    /// What this scope speaks, as far as its name says. The version decides nothing: half of the
    /// senders leave it empty, some give another package's.
    #[must_use]
    pub fn of(name: &[u8], _version: &[u8]) -> Self {
        let dialect = dialect_of(name);
        Self {
            dialect,
            rules: dialect.map_or(u16::MAX, |dialect| rules_of(name, sheet(dialect).inclusion)),
            trust: dialect.map_or(1, |dialect| trust_of(name, dialect)),
            hash: crate::count::hash(name),
        }
    }

    /// The dialect, if the name tells.
    #[must_use]
    pub fn dialect(&self) -> Option<Dialect> {
        self.dialect
    }

    /// Tells scopes apart.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// How well a record of this dialect in this scope knows the numbers.
    pub(crate) fn trust(&self, dialect: Dialect) -> u8 {
        if self.dialect == Some(dialect) { self.trust } else { sheet(dialect).trust }
    }

    /// Whether the rule at this place of the dialect's sheet may hold.
    pub(crate) fn has_rule(&self, at: usize, rule: &Rule) -> bool {
        match self.dialect {
            Some(_) => self.rules >> at & 1 == 1,
            None => rule.scope.is_empty(),
        }
    }
}

/// The longest pattern that fits wins, so that `opentelemetry.instrumentation.*` leaves the official
/// ones alone.
fn dialect_of(name: &[u8]) -> Option<Dialect> {
    let first = name.first()?;
    let all = patterns();
    let start = all.partition_point(|(pattern, _)| pattern.first() < Some(first));
    let same = all.get(start..)?.iter().take_while(|(pattern, _)| pattern.first() == Some(first));
    let best =
        same.filter(|(pattern, _)| fits(pattern, name)).max_by_key(|(pattern, _)| pattern.len());
    match best {
        // Instrumentations of everything else share the head of the name.
        Some((_, Dialect::OpenLlmetry)) if !is_llm_instrumentation(name) => None,
        best => best.map(|(_, dialect)| *dialect),
    }
}

/// The patterns of all sheets by their first byte.
fn patterns() -> &'static [(&'static [u8], Dialect)] {
    static PATTERNS: LazyLock<Vec<(&[u8], Dialect)>> = LazyLock::new(|| {
        let of = |sheet: &'static Sheet| {
            sheet.scopes.iter().map(|pattern| (pattern.as_bytes(), sheet.dialect))
        };
        let mut all: Vec<_> = SHEETS.iter().flat_map(of).collect();
        all.sort_unstable();
        all
    });
    &PATTERNS
}

/// Whether a name fits a pattern; a `*` at its end stands for any tail.
pub(crate) fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match pattern.strip_suffix(b"*") {
        Some(head) => name.starts_with(head),
        None => name == pattern,
    }
}

/// What Traceloop instruments, of all that is called `opentelemetry.instrumentation.`.
fn is_llm_instrumentation(name: &[u8]) -> bool {
    const PACKAGES: &[&str] = &[
        "openai",
        "anthropic",
        "bedrock",
        "cohere",
        "groq",
        "mistralai",
        "ollama",
        "vertexai",
        "google_generativeai",
        "langchain",
        "llamaindex",
        "haystack",
        "crewai",
        "agno",
        "openai_agents",
        "mcp",
        "together",
        "replicate",
        "transformers",
        "watsonx",
        "sagemaker",
        "alephalpha",
        "writer",
        "voyageai",
    ];
    let Some(package) = name.strip_prefix(b"opentelemetry.instrumentation.") else { return true };
    let package = package.split(|byte| *byte == b'.').next().unwrap_or_default();
    PACKAGES.iter().any(|known| known.as_bytes() == package)
}

fn rules_of(name: &[u8], rules: &[Rule]) -> u16 {
    let holds = |rule: &Rule| contains(name, rule.scope.as_bytes());
    let bits = rules.iter().take(16).enumerate().filter(|(_, rule)| holds(rule));
    bits.fold(0, |bits, (at, _)| bits | 1 << at)
}

fn trust_of(name: &[u8], dialect: Dialect) -> u8 {
    let mixed = matches!(dialect, Dialect::OpenLlmetry | Dialect::OpenInference);
    // What comes after `instrumentation`, however the language writes it.
    let package = || {
        let at = name
            .windows(16)
            .position(|window| window == b"instrumentation." || window == b"instrumentation-");
        at.and_then(|at| name.get(at + 16..)).unwrap_or_default()
    };
    let is_framework = mixed && {
        let package = package();
        FRAMEWORKS.iter().any(|word| package.starts_with(word.as_bytes()))
    };
    if is_framework { 0 } else { sheet(dialect).trust }
}

fn contains(name: &[u8], part: &[u8]) -> bool {
    part.is_empty() || name.windows(part.len()).any(|window| window == part)
}
