//! The engine: one pass of masks and triggers, verifiers where something fires, one output.

mod custom;
mod finding;
mod overlap;
mod scan;
#[cfg(test)]
mod tests;

use self::custom::Custom;
pub use self::finding::{Changed, Count, Explanation, Finding, Kind, Proof, View};
pub(crate) use self::scan::{LONG, Scan};
use crate::{
    classes::Level,
    context::{self, Hints},
    entity::{Entity, Tier},
    fold, operate, places,
    policy::{Context, FieldClass, Operator, Policy, PolicyError},
};

/// Finds private data in text and replaces it. Made once from a policy, shared by any number of threads.
#[derive(Debug)]
pub struct Engine {
    pub(crate) policy: Policy,
    pub(crate) level: Level,
    on: Box<[bool]>,
    custom: Option<Custom>,
    allow: Vec<Vec<u8>>,
    /// Whether the policy asks for what [`places`] looks for.
    has_places: bool,
}

/// Texts shorter than this hold nothing that is looked for without a key.
const SHORTEST: usize = 3;

impl Engine {
    /// An engine for a policy.
    ///
    /// # Errors
    ///
    /// When a rule names what does not exist or a pattern does not compile.
    pub fn new(policy: &Policy) -> Result<Self, PolicyError> {
        policy.check()?;
        let is_on = |entity: &Entity| {
            let locale = entity.locale().is_none_or(|locale| policy.locales.contains(&locale));
            let wanted = entity.tier() != Tier::C || policy.on.contains(entity);
            locale && wanted && !policy.off.contains(entity)
        };
        Ok(Self {
            level: Level::best(),
            has_places: places::TYPES.iter().any(is_on),
            on: Entity::ALL.iter().map(is_on).collect(),
            custom: Custom::new(&policy.custom)?,
            allow: policy
                .allow
                .iter()
                .map(|value| value.to_ascii_lowercase().into_bytes())
                .collect(),
            policy: policy.clone(),
        })
    }

    /// Custom rules whose patterns begin with nothing fixed, so that every text is searched for them.
    pub fn slow_rules(&self) -> impl Iterator<Item = &str> {
        self.custom.iter().flat_map(Custom::slow).map(|at| self.custom_name(at))
    }

    /// What `text` holds, in order, without overlaps. The vector stays empty, and unallocated, when nothing is found.
    pub fn scan(&self, text: &[u8], context: &Context<'_>) -> Vec<Finding> {
        let mut found = Vec::new();
        self.scan_into(text, context, &mut found);
        found
    }

    /// Like [`Engine::scan`], into a vector that is emptied first.
    pub fn scan_into(&self, text: &[u8], context: &Context<'_>, found: &mut Vec<Finding>) {
        found.clear();
        let hints = context::of_key(context.key);
        if text.len() < SHORTEST && hints.is_empty() {
            return;
        }
        let is_structural = context.class == FieldClass::Structural;
        let mut scan = Scan::new(self, text, *context, hints, found);
        scan.run();
        if !is_structural {
            scan.whole_value();
        }
        if self.has_places && !is_structural {
            places::scan(&mut scan);
        }
        if scan.has_folds() {
            fold::scan(&mut scan);
        }
        if let Some(custom) = &self.custom {
            custom.find(text, found);
        }
        if found.is_empty() {
            return;
        }
        found.retain(|finding| !self.is_let_through(text, finding));
        overlap::resolve(found);
    }

    /// Writes `text` with its findings replaced to `out`, which is emptied first.
    ///
    /// Answers `None` when nothing changed: then `out` is empty and the text stands as it was. With [`Operator::Drop`] `out` is empty and [`Changed::dropped`] says so.
    pub fn redact(&self, text: &[u8], context: &Context<'_>, out: &mut Vec<u8>) -> Option<Changed> {
        out.clear();
        let findings = self.scan(text, context);
        if findings.is_empty() {
            return None;
        }
        operate::apply(self, text, context, &findings, out)
    }

    /// Writes `text` with `findings` replaced, as [`Engine::redact`] does; they come from a scan of the
    /// same text, or of one that was equal.
    pub fn replace(
        &self,
        text: &[u8],
        context: &Context<'_>,
        findings: &[Finding],
        out: &mut Vec<u8>,
    ) -> Option<Changed> {
        out.clear();
        operate::apply(self, text, context, findings, out)
    }

    /// The name of a finding's type.
    pub fn name(&self, kind: Kind) -> &str {
        match kind {
            Kind::Known(entity) => entity.name(),
            Kind::Custom(at) => self.custom_name(at),
        }
    }

    /// Which detector made a finding, why, and what context counted.
    pub fn explain<'a>(&'a self, text: &'a [u8], finding: &Finding) -> Explanation<'a> {
        let known = match finding.kind {
            Kind::Known(entity) => entity.about(),
            Kind::Custom(_) => "A rule of the policy's own.",
        };
        Explanation {
            name: self.name(finding.kind),
            about: known,
            tier: finding.tier,
            proof: finding.proof,
            view: finding.view,
            context: finding
                .context
                .map(|(start, end)| crate::bytes::part(text, start as usize..end as usize)),
            by_key: finding.by_key,
        }
    }

    /// What is done to a finding of that kind in a field of that class.
    pub fn operator(&self, kind: Kind, class: FieldClass) -> &Operator {
        let name = self.name(kind);
        let fits = |rule: &&crate::policy::Rule| {
            rule.class.is_none_or(|wanted| wanted == class)
                && (rule.types.is_empty() || rule.types.iter().any(|wanted| wanted == name))
        };
        self.policy.rules.iter().find(fits).map_or(&self.policy.operator, |rule| &rule.operator)
    }

    pub(crate) fn is_on(&self, entity: Entity) -> bool {
        self.on.get(entity.index()).copied().unwrap_or_default()
    }

    fn custom_name(&self, at: u16) -> &str {
        self.policy.custom.get(usize::from(at)).map_or("", |rule| rule.name.as_str())
    }

    fn is_let_through(&self, text: &[u8], finding: &Finding) -> bool {
        let value = crate::bytes::part(text, finding.start..finding.end);
        let is_off = matches!(finding.kind, Kind::Known(entity) if !self.is_on(entity));
        let is_allowed = |allowed: &Vec<u8>| {
            let tail = value.len().checked_sub(allowed.len()).map(|at| value.split_at(at).1);
            let whole = value.len() == allowed.len() || allowed.first() == Some(&b'@');
            whole && tail.is_some_and(|tail| tail.eq_ignore_ascii_case(allowed))
        };
        is_off || self.allow.iter().any(is_allowed) || operate::is_ours(self, text, finding)
    }
}

/// What the key of a text says about it, as bits.
pub(crate) type KeyHints = Hints;
