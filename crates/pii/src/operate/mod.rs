//! What is done to findings.

mod cards;
mod keep;
mod quote;
mod seal;
#[cfg(test)]
mod tests;

use self::seal::Token;
pub use self::seal::{RevealError, reveal};
use crate::{
    bytes::{from, part},
    engine::{Changed, Count, Engine, Finding},
    entity::Entity,
    policy::{Context, Operator},
};

/// Writes `text` with the findings replaced to `out`; `None` if nothing changed.
pub(crate) fn apply(
    engine: &Engine,
    text: &[u8],
    context: &Context<'_>,
    findings: &[Finding],
    out: &mut Vec<u8>,
) -> Option<Changed> {
    let mut changed = Changed::default();
    let mut written = 0;
    let mut new = Vec::new();
    for finding in findings.iter().filter(|finding| finding.end <= text.len()) {
        let value = part(text, finding.start..finding.end);
        let operator = engine.operator(finding.kind, context.class);
        new.clear();
        match operator {
            Operator::Detect => continue,
            Operator::Drop => {
                out.clear();
                count(&mut changed, finding);
                changed.dropped = Some(finding.kind);
                return Some(changed);
            }
            Operator::Truncate => {
                out.extend_from_slice(part(text, written..finding.start));
                seal::plain(engine.name(finding.kind), out);
                count(&mut changed, finding);
                changed.truncated = true;
                return (out != text).then_some(changed);
            }
            _ => write(engine, operator, finding, value, &mut new),
        }
        if new == value || finding.start < written {
            continue;
        }
        let quote = quote::needed(text, finding.start, finding.end);
        if changed.counts.is_empty() {
            out.reserve(text.len() + new.len());
        }
        out.extend_from_slice(part(text, written..finding.start));
        out.extend_from_slice(quote);
        out.extend_from_slice(&new);
        out.extend_from_slice(quote);
        written = finding.end;
        count(&mut changed, finding);
    }
    if changed.counts.is_empty() {
        out.clear();
        return None;
    }
    out.extend_from_slice(from(text, written));
    Some(changed)
}

fn write(engine: &Engine, operator: &Operator, finding: &Finding, value: &[u8], out: &mut Vec<u8>) {
    let name = engine.name(finding.kind);
    match operator {
        Operator::Replace(template) => {
            for (at, part) in template.split("{type}").enumerate() {
                out.extend_from_slice(if at == 0 { b"" } else { name.as_bytes() });
                out.extend_from_slice(part.as_bytes());
            }
        }
        Operator::Mask { fill, length } => {
            let length = length.unwrap_or(value.len());
            out.extend(std::iter::repeat_n(*fill as u8, length));
        }
        Operator::Keep { first, last } => {
            keep::write(finding.entity(), value, (*first, *last), out)
        }
        Operator::Pseudonym(key) => seal::pseudonym(key, name, finding.entity(), value, out),
        Operator::Encrypt(key) => seal::encrypt(key, name, value, out),
        Operator::Fpe(key) => {
            let is_card = finding.entity() == Some(Entity::CreditCard);
            if !is_card || !cards::write(key, value, out) {
                seal::pseudonym(key, name, finding.entity(), value, out);
            }
        }
        Operator::Drop | Operator::Truncate | Operator::Detect => {}
    }
}

fn count(changed: &mut Changed, finding: &Finding) {
    match changed.counts.iter_mut().find(|count| count.kind == finding.kind) {
        Some(count) => count.count += 1,
        None => changed.counts.push(Count { kind: finding.kind, count: 1 }),
    }
}

/// Whether a finding lies inside of a token that an engine wrote before.
///
/// The shape must be exact. Where the policy holds the key whose id the token names, the token must also
/// have been made with it, so that nobody hides a secret in a token of their own.
pub(crate) fn is_ours(engine: &Engine, text: &[u8], finding: &Finding) -> bool {
    /// The longest token.
    const LONGEST: usize = 8192;
    /// How far a finding may begin behind the bracket.
    const BEHIND: usize = 96;
    let head = part(text, finding.start.saturating_sub(BEHIND)..finding.start + 1);
    let Some(open) = memchr::memrchr(b'[', head) else { return false };
    let open = finding.start.saturating_sub(BEHIND) + open;
    let inside = part(text, open + 1..open + LONGEST);
    let Some(close) = memchr::memchr(b']', inside) else { return false };
    if open + 1 + close + 1 < finding.end {
        return false;
    }
    let Some(token) = Token::parse(part(inside, 0..close)) else { return false };
    let known = Entity::from_name(token.name).is_some()
        || engine.policy.custom.iter().any(|rule| rule.name == token.name);
    known
        && keys(engine).find(|key| key.id() == token.key).is_none_or(|key| token.is_made_with(key))
}

fn keys(engine: &Engine) -> impl Iterator<Item = &crate::policy::Key> {
    let policy = &engine.policy;
    policy.rules.iter().map(|rule| &rule.operator).chain([&policy.operator]).filter_map(
        |operator| match operator {
            Operator::Pseudonym(key) | Operator::Encrypt(key) | Operator::Fpe(key) => Some(key),
            _ => None,
        },
    )
}
