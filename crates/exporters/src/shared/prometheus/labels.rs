//! The labels of series, from attributes, scope, resource and settings.

use std::borrow::Cow;

use pdata::{
    AnyValue,
    json::value_to_string,
    views::{Attributes, ResourceView, ScopeMetricsView},
};

use super::{Namer, Reason, Style};

/// Resource attributes that `job` and `instance` are made of.
const SERVICE_ATTRIBUTES: [&str; 3] = ["service.name", "service.namespace", "service.instance.id"];
/// What comes before a label whose name is taken, as where Prometheus scrapes.
const TAKEN: &str = "exported_";

/// Labels sorted by name, each name once.
pub(crate) type LabelList<'k> = Vec<(Cow<'k, str>, Cow<'k, str>)>;

/// How labels are made.
#[derive(Debug)]
pub(crate) struct Labels {
    namer: Namer,
    const_labels: Vec<(String, String)>,
    resource_labels: ResourceLabels,
    has_scope: bool,
    bytes_max: usize,
}

/// Which resource attributes become labels.
#[derive(Clone, Debug, Default)]
pub(crate) enum ResourceLabels {
    /// Only those that `job` and `instance` are made of.
    #[default]
    None,
    All,
    /// All but those that `job` and `instance` are made of.
    AllButService,
    /// In a pattern `*` stands for any text and `?` for one character. None included means all.
    Matching {
        included: Vec<String>,
        excluded: Vec<String>,
    },
}

/// A resource: what it is called on the page, and all of its attributes.
#[derive(Debug)]
pub(crate) struct Target {
    /// `instance` and `job`, as far as known.
    identity: Vec<(String, String)>,
    /// Sorted by key, each key once.
    attributes: Vec<(String, String)>,
}

/// Labels that all points of one scope share.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Sorted by name, each name once.
    fixed: Vec<(String, String)>,
    /// Resource attributes that go with the attributes of each point, sorted by key.
    copied: Vec<(String, String)>,
}

impl Target {
    pub(crate) fn new(resource: ResourceView<'_>) -> Self {
        let attributes = pairs(resource.attributes());
        let get = |key: &str| {
            let at = attributes.binary_search_by(|(found, _)| (**found).cmp(key)).ok()?;
            attributes.get(at).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
        };
        let job = match (get("service.namespace"), get("service.name")) {
            (Some(namespace), Some(name)) => Some(format!("{namespace}/{name}")),
            (_, name) => name.map(str::to_owned),
        };
        let instance = get("service.instance.id").map(str::to_owned);
        let identity = [("instance", instance), ("job", job)].into_iter();
        let identity = identity.filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Self { identity: identity.collect(), attributes }
    }
}

impl Labels {
    pub(crate) fn new(style: &Style, namer: Namer) -> Self {
        let name = |(key, value): (&String, &String)| {
            namer.label(key).map(|name| (name.into_owned(), value.clone()))
        };
        Self {
            const_labels: style.const_labels.iter().filter_map(name).collect(),
            resource_labels: style.resource_labels.clone(),
            has_scope: style.has_scope,
            bytes_max: style.label_bytes,
            namer,
        }
    }

    /// Job and instance of a resource, and all labels of its `target_info`; none where it has
    /// neither, or too much.
    pub(crate) fn of_target<'t>(
        &self,
        target: &'t Target,
    ) -> Option<(LabelList<'t>, LabelList<'t>)> {
        let shared = Shared { fixed: target.identity.clone(), copied: Vec::new() };
        let others = target.attributes.iter().filter(|(key, _)| !is_service(key));
        let others = others.map(|(key, value)| (Cow::from(key), Cow::from(value)));
        let labels = self.of_point(&shared, others, "").ok()?;
        let owned = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
            (Cow::from(name.into_owned()), Cow::from(value.into_owned()))
        };
        let labels = labels.into_iter().map(owned).collect();
        let identity = target.identity.iter();
        let identity: LabelList<'t> =
            identity.map(|(name, value)| (name.into(), value.into())).collect();
        (!identity.is_empty()).then_some((identity, labels))
    }

    /// What all points of a scope share.
    pub(crate) fn of_scope(
        &self,
        target: &Target,
        scope: &ScopeMetricsView<'_>,
    ) -> Result<Shared, Reason> {
        let mut fixed = self.const_labels.clone();
        fixed.extend(target.identity.iter().cloned());
        if self.has_scope {
            let about = scope.scope();
            for (name, value) in [
                ("otel_scope_name", about.name()),
                ("otel_scope_version", about.version()),
                ("otel_scope_schema_url", scope.schema_url()),
            ] {
                fixed.push((name.to_owned(), lossy(value).into_owned()));
            }
            let attributes = pairs(about.attributes()).into_iter();
            fixed.extend(attributes.filter_map(|(key, value)| {
                let key = format!("otel_scope_{key}");
                self.namer.label(&key).map(|name| (name.into_owned(), value))
            }));
        }
        fixed.retain(|(_, value)| !value.is_empty());
        // Stable, so that of equal names the first stays.
        fixed.sort_by(|a, b| a.0.cmp(&b.0));
        fixed.dedup_by(|next, first| next.0 == first.0);
        let copied = target.attributes.iter().filter(|(key, _)| self.resource_labels.has(key));
        let shared = Shared { fixed, copied: copied.cloned().collect() };
        let all = shared.fixed.iter().chain(&shared.copied);
        match all.map(|(name, value)| name.len() + value.len()).sum::<usize>() > self.bytes_max {
            true => Err(Reason::LabelLimit),
            false => Ok(shared),
        }
    }

    /// The labels of one series. Attributes that end in one
    /// name share it, with `;` between their values, by the order of their keys. One whose name is
    /// taken, by `own_label` for example, gets `exported_` in front. Empty values are no labels.
    pub(crate) fn of_point<'k>(
        &self,
        shared: &'k Shared,
        attributes: impl Iterator<Item = (Cow<'k, str>, Cow<'k, str>)>,
        own_label: &str,
    ) -> Result<LabelList<'k>, Reason> {
        let is_copied = |key: &str| is_in(&shared.copied, key);
        let copied = shared.copied.iter();
        let copied = copied.map(|(key, value)| (Cow::from(key), Cow::from(value)));
        let mut made: Vec<(String, Cow<'k, str>, Cow<'k, str>)> = Vec::new();
        let mut length: usize = 0;
        for (key, value) in attributes.filter(|(key, _)| !is_copied(key)).chain(copied) {
            let Some(name) = self.namer.label(&key).filter(|_| !value.is_empty()) else { continue };
            length = length.saturating_add(key.len() + value.len());
            if length > self.bytes_max {
                return Err(Reason::LabelLimit);
            }
            let mut name = name.into_owned();
            while name == own_label || name == "__name__" || is_in(&shared.fixed, &name) {
                name.insert_str(0, TAKEN);
            }
            made.push((name, key, value));
        }
        made.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        // Of equal keys the first counts, as everywhere.
        made.dedup_by(|next, first| next.1 == first.1);
        let mut labels: LabelList<'k> = Vec::with_capacity(made.len());
        for (name, _, value) in made {
            match labels.last_mut() {
                Some((last, values)) if *last == name => {
                    values.to_mut().push(';');
                    values.to_mut().push_str(&value);
                }
                _ => labels.push((name.into(), value)),
            }
        }
        let fixed = shared.fixed.iter();
        labels.extend(fixed.map(|(name, value)| (Cow::from(name), Cow::from(value))));
        labels.sort_by(|a, b| a.0.cmp(&b.0));
        let lengths = labels.iter().map(|(name, value)| name.len() + value.len());
        match lengths.sum::<usize>() > self.bytes_max {
            true => Err(Reason::LabelLimit),
            false => Ok(labels),
        }
    }
}

impl ResourceLabels {
    fn has(&self, key: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::AllButService => !is_service(key),
            Self::Matching { included, excluded } => {
                let any = |patterns: &[String]| patterns.iter().any(|one| matches(one, key));
                (included.is_empty() || any(included)) && !any(excluded)
            }
        }
    }
}

/// Text from the wire; what is not UTF-8 becomes U+FFFD, since a page has to be UTF-8.
pub(crate) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A value as one string.
pub(crate) fn string(value: AnyValue<'_>) -> Cow<'_, str> {
    match value_to_string(value) {
        Cow::Borrowed(bytes) => lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(lossy(&bytes).into_owned()),
    }
}

/// Attributes sorted by key, the first of equal keys.
fn pairs(attributes: Attributes<'_>) -> Vec<(String, String)> {
    let pair = |pair: pdata::KeyValue<'_>| {
        (lossy(pair.key).into_owned(), string(pair.value()).into_owned())
    };
    let mut pairs: Vec<_> = attributes.iter().map(pair).collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    pairs.dedup_by(|next, first| next.0 == first.0);
    pairs
}

/// Whether a list sorted by key has this one.
fn is_in(sorted: &[(String, String)], key: &str) -> bool {
    sorted.binary_search_by(|(found, _)| (**found).cmp(key)).is_ok()
}

fn is_service(key: &str) -> bool {
    SERVICE_ATTRIBUTES.contains(&key)
}

/// Whether a text matches a pattern in which `*` is any text and `?` one character.
fn matches(pattern: &str, text: &str) -> bool {
    let (mut pattern, mut text) = (pattern.chars(), text.chars());
    // Where to go on when what follows the last star does not fit: the star takes one more.
    let mut retry = None;
    loop {
        let here = text.clone();
        match (pattern.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                text = here;
                retry = Some((pattern.clone(), text.clone()));
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => {
                let Some((after_star, taken)) = &mut retry else { return false };
                if taken.next().is_none() {
                    return false;
                }
                (pattern, text) = (after_star.clone(), taken.clone());
            }
        }
    }
}
