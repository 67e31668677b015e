//! Patterns of the user's own.
//!
//! Patterns that begin with fixed text share one search for all these texts and are tried only in texts
//! that hold one of them. The others are searched for in every text, together, in one pass. All are
//! linear in the length of the text.

use regex_automata::{
    Input,
    meta::{Config, Regex},
    util::{prefilter::Prefilter, syntax},
};
use regex_syntax::hir::literal::Extractor;

use super::{Finding, Kind, Proof, View};
use crate::{
    entity::Tier,
    policy::{CustomRule, PolicyError},
};

/// How much memory the automata of the patterns may take, in bytes.
const NFA_BYTES_MAX: usize = 32 << 20;

#[derive(Debug)]
pub(super) struct Custom {
    fast: Option<(Prefilter, Set)>,
    slow: Option<Set>,
}

/// Patterns searched for together.
#[derive(Debug)]
struct Set {
    regex: Regex,
    rules: Vec<u16>,
}

impl Custom {
    pub(super) fn new(rules: &[CustomRule]) -> Result<Option<Self>, PolicyError> {
        let mut literals = Vec::new();
        let mut sets: [Vec<(u16, &CustomRule)>; 2] = [Vec::new(), Vec::new()];
        for (at, rule) in (0u16..).zip(rules) {
            let hir = regex_syntax::ParserBuilder::new().utf8(false).build().parse(&rule.pattern);
            let hir = hir.map_err(|error| refused(rule, &error))?;
            let prefixes = Extractor::new().extract(&hir);
            let fixed = prefixes.literals().filter(|all| {
                !all.is_empty() && all.iter().all(|literal| literal.as_bytes().len() >= 2)
            });
            let [fast, slow] = &mut sets;
            if let Some(fixed) = fixed {
                literals.extend(fixed.iter().map(|literal| literal.as_bytes().to_vec()));
                fast.push((at, rule));
            } else {
                slow.push((at, rule));
            }
        }
        let [fast, slow] = sets;
        let filter = Prefilter::new(regex_automata::MatchKind::All, &literals);
        let (fast, slow) = match (filter, Set::new(&fast)?) {
            (Some(filter), Some(set)) => (Some((filter, set)), Set::new(&slow)?),
            _ => (None, Set::new(&[fast, slow].concat())?),
        };
        Ok((fast.is_some() || slow.is_some()).then_some(Self { fast, slow }))
    }

    pub(super) fn slow(&self) -> impl Iterator<Item = u16> {
        self.slow.iter().flat_map(|set| set.rules.iter().copied())
    }

    pub(super) fn find(&self, text: &[u8], found: &mut Vec<Finding>) {
        let whole = regex_automata::Span { start: 0, end: text.len() };
        if let Some((filter, set)) = &self.fast
            && let Some(first) = filter.find(text, whole)
        {
            set.find(text, first.start, found);
        }
        if let Some(set) = &self.slow {
            set.find(text, 0, found);
        }
    }
}

impl Set {
    fn new(rules: &[(u16, &CustomRule)]) -> Result<Option<Self>, PolicyError> {
        let Some((_, first)) = rules.first() else { return Ok(None) };
        let patterns: Vec<&str> = rules.iter().map(|(_, rule)| rule.pattern.as_str()).collect();
        let regex = Regex::builder()
            .configure(Config::new().utf8_empty(false).nfa_size_limit(Some(NFA_BYTES_MAX)))
            .syntax(syntax::Config::new().utf8(false))
            .build_many(&patterns)
            .map_err(|error| refused(first, &error))?;
        Ok(Some(Self { regex, rules: rules.iter().map(|(at, _)| *at).collect() }))
    }

    fn find(&self, text: &[u8], from: usize, found: &mut Vec<Finding>) {
        let mut captures = self.regex.create_captures();
        let mut input = Input::new(text).range(from..);
        while input.start() <= text.len() {
            self.regex.search_captures(&input, &mut captures);
            let (Some(pattern), Some(whole)) = (captures.pattern(), captures.get_match()) else {
                return;
            };
            let span = captures.get_group(1).unwrap_or_else(|| whole.span());
            if let Some(rule) = self.rules.get(pattern.as_usize()) {
                found.push(Finding {
                    kind: Kind::Custom(*rule),
                    start: span.start,
                    end: span.end,
                    tier: Tier::A,
                    proof: Proof::Pattern,
                    view: View::Plain,
                    context: None,
                    by_key: false,
                });
            }
            input.set_start(whole.end().max(whole.start() + 1));
        }
    }
}

fn refused(rule: &CustomRule, reason: &dyn std::fmt::Display) -> PolicyError {
    PolicyError::Pattern { name: rule.name.clone(), reason: reason.to_string() }
}
