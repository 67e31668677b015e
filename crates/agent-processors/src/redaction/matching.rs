//! Patterns, and what becomes of the texts they match.
//!
//! All patterns of a list are searched for in one pass; most texts end there. Only in a text that holds
//! something is each pattern applied by itself, in the order of the list.

use regex_automata::{
    Input, MatchKind, PatternSet, Span,
    meta::{Config, Regex},
    util::syntax,
};

use super::{action::Mask, syntax::translate};

/// How much memory the automata of a list may take, in bytes.
const NFA_BYTES_MAX: usize = 64 << 20;
/// How much memory the states found while searching may take, in bytes, for each list and thread.
const CACHE_BYTES: usize = 8 << 20;
/// The most patterns in a list.
pub(super) const PATTERNS_MAX: usize = 1_000;
/// A pattern that matches texts of any length lets through no more than the word, and no more than this
/// many bytes on either side of it.
const WORD_BYTES: usize = 256;
/// Where words end.
const DELIMITERS: &[u8] = b" \t\r\n\"'`,;<>()[]{}|\\";

/// A list of patterns that are only asked whether one of them matches.
#[derive(Debug)]
pub(super) struct Patterns(Option<Regex>);

impl Patterns {
    /// Compiles a list; the error says which pattern and why.
    pub(super) fn new(list: &[String]) -> Result<Self, String> {
        compile(&translated(list)?).map(Self)
    }

    /// Whether any of them matches.
    pub(super) fn is_match(&self, text: &[u8]) -> bool {
        self.0.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// What was found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing.
    Same,
    /// Something that is allowed, and nothing else.
    Allowed,
    /// Something that was masked; the text as it is now.
    Masked(Vec<u8>),
}

/// Blocked and allowed values.
#[derive(Debug)]
pub(super) struct Values {
    /// Blocked patterns, then allowed ones.
    all: Option<Regex>,
    blocked: Vec<Regex>,
    allowed: Vec<Allowed>,
    mask: Mask,
}

#[derive(Debug)]
struct Allowed {
    regex: Regex,
    /// The same, for whole texts.
    whole: Regex,
    /// Whether its matches are of bounded length.
    is_bounded: bool,
}

impl Values {
    /// Compiles both lists; the error says which pattern and why.
    pub(super) fn new(blocked: &[String], allowed: &[String], mask: Mask) -> Result<Self, String> {
        let (blocked, allowed) = (translated(blocked)?, translated(allowed)?);
        let all: Vec<String> = blocked.iter().chain(&allowed).cloned().collect();
        let one = |pattern: &String| {
            compile(std::slice::from_ref(pattern))?.ok_or_else(|| "no pattern".to_owned())
        };
        let allow = |pattern: &String| {
            let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(pattern);
            Ok(Allowed {
                regex: one(pattern)?,
                whole: one(&format!(r"\A(?:{pattern})\z"))?,
                is_bounded: hir.is_ok_and(|hir| hir.properties().maximum_len().is_some()),
            })
        };
        Ok(Self {
            all: compile_with(&all, MatchKind::All)?,
            blocked: blocked.iter().map(one).collect::<Result<_, String>>()?,
            allowed: allowed.iter().map(allow).collect::<Result<_, String>>()?,
            mask,
        })
    }

    /// Masks what is blocked in `text` and not allowed.
    pub(super) fn apply(&self, text: &[u8]) -> Fate {
        let Some(all) = self.all.as_ref().filter(|all| all.is_match(text)) else {
            return Fate::Same;
        };
        let mut found = PatternSet::new(all.pattern_len());
        all.which_overlapping_matches(&Input::new(text), &mut found);
        let is_allowed = found.iter().any(|pattern| pattern.as_usize() >= self.blocked.len());
        let mut now: Option<Vec<u8>> = None;
        for (regex, pattern) in self.blocked.iter().zip(0..) {
            let is_found =
                regex_automata::PatternID::new(pattern).is_ok_and(|id| found.contains(id));
            // What a pattern left behind may be what a later one looks for.
            if (is_found || now.is_some())
                && let Some(new) = self.replace(regex, now.as_deref().unwrap_or(text), is_allowed)
            {
                // Patterns that match between any two letters would make a text ever longer.
                if new.len() > text.len().saturating_mul(16).saturating_add(4_096) {
                    return Fate::Masked(self.mask.of(text));
                }
                now = Some(new);
            }
        }
        match now {
            Some(new) if new != text => Fate::Masked(new),
            _ if is_allowed => Fate::Allowed,
            _ => Fate::Same,
        }
    }

    /// Whether a whole text is allowed.
    pub(super) fn allows(&self, text: &[u8]) -> bool {
        self.allowed.iter().any(|allowed| allowed.whole.is_match(text))
    }

    /// The whole text masked.
    pub(super) fn mask(&self, text: &[u8]) -> Vec<u8> {
        self.mask.of(text)
    }

    fn replace(&self, regex: &Regex, text: &[u8], is_allowed: bool) -> Option<Vec<u8>> {
        let mut allowed = is_allowed.then(|| Exempt::new(self, text));
        let (mut out, mut written) = (Vec::new(), 0);
        for found in regex.find_iter(text) {
            if allowed.as_mut().is_some_and(|allowed| allowed.covers(found.span())) {
                continue;
            }
            out.extend_from_slice(text.get(written..found.start()).unwrap_or_default());
            self.mask.write(text.get(found.range()).unwrap_or_default(), &mut out);
            written = found.end();
        }
        if out.is_empty() {
            return None;
        }
        out.extend_from_slice(text.get(written..).unwrap_or_default());
        Some(out)
    }
}

/// What is allowed in one text.
struct Exempt<'v> {
    values: &'v Values,
    text: &'v [u8],
    /// Matches of patterns of bounded length, by their start, and the first that may still count.
    spans: Vec<Span>,
    next: usize,
}

impl<'v> Exempt<'v> {
    fn new(values: &'v Values, text: &'v [u8]) -> Self {
        let bounded = values.allowed.iter().filter(|allowed| allowed.is_bounded);
        let mut spans: Vec<Span> = bounded
            .flat_map(|allowed| allowed.regex.find_iter(text).map(|found| found.span()))
            .collect();
        spans.sort_by_key(|span| (span.start, span.end));
        // One that lies inside of another adds nothing, so ends go up as starts do.
        let mut outer: Vec<Span> = Vec::new();
        for span in spans {
            match outer.last_mut() {
                Some(last) if span.end <= last.end => {}
                Some(last) if span.start == last.start => last.end = span.end,
                _ => outer.push(span),
            }
        }
        Self { values, text, spans: outer, next: 0 }
    }

    /// Whether a match lies in something allowed. Matches come in order.
    fn covers(&mut self, found: Span) -> bool {
        let behind = |span: &Span| span.end < found.end;
        while self.spans.get(self.next).is_some_and(behind) {
            self.next += 1;
        }
        if self.spans.get(self.next).is_some_and(|span| span.start <= found.start) {
            return true;
        }
        let word = self.word(found);
        self.values.allowed.iter().filter(|allowed| !allowed.is_bounded).any(|allowed| {
            let input = Input::new(self.text).span(word);
            allowed
                .regex
                .find_iter(input)
                .any(|it| it.start() <= found.start && it.end() >= found.end)
        })
    }

    /// The word around a match.
    fn word(&self, found: Span) -> Span {
        let is_delimiter = |byte: &u8| DELIMITERS.contains(byte);
        let low = found.start.saturating_sub(WORD_BYTES);
        let high = self.text.len().min(found.end.saturating_add(WORD_BYTES));
        let before = self.text.get(low..found.start).unwrap_or_default();
        let behind = self.text.get(found.end..high).unwrap_or_default();
        Span {
            start: before.iter().rposition(is_delimiter).map_or(low, |at| low + at + 1),
            end: behind.iter().position(is_delimiter).map_or(high, |at| found.end + at),
        }
    }
}

fn translated(list: &[String]) -> Result<Vec<String>, String> {
    if list.len() > PATTERNS_MAX {
        return Err(format!("{} patterns, at most {PATTERNS_MAX}", list.len()));
    }
    let one =
        |pattern: &String| translate(pattern).map_err(|refused| format!("`{pattern}`: {refused}"));
    list.iter().map(one).collect()
}

/// Compiles translated patterns into one automaton; `None` for no pattern.
fn compile(patterns: &[String]) -> Result<Option<Regex>, String> {
    compile_with(patterns, MatchKind::LeftmostFirst)
}

fn compile_with(patterns: &[String], kind: MatchKind) -> Result<Option<Regex>, String> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let config = Config::new()
        .match_kind(kind)
        .utf8_empty(false)
        .nfa_size_limit(Some(NFA_BYTES_MAX))
        .hybrid_cache_capacity(CACHE_BYTES);
    Regex::builder()
        .configure(config)
        .syntax(syntax::Config::new().utf8(false))
        .build_many(patterns)
        .map(Some)
        .map_err(|error| match error.syntax_error() {
            Some(regex_syntax::Error::Parse(error)) => error.kind().to_string(),
            Some(regex_syntax::Error::Translate(error)) => error.kind().to_string(),
            _ => error.to_string(),
        })
}
