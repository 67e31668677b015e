//! What is found and why.

use crate::entity::{Entity, Tier};

/// The type of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A type that every engine knows.
    Known(Entity),
    /// A rule of the policy's own, by its place in the list.
    Custom(u16),
}

/// A part of the text that is private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// How sure the detector is by itself.
    pub tier: Tier,
    /// What made it a finding.
    pub proof: Proof,
    /// As what the text was read.
    pub view: View,
    /// Where the word stands that helped.
    pub context: Option<(u32, u32)>,
    /// Whether the key of the text helped.
    pub by_key: bool,
}

/// What made something a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Proof {
    /// A check digit or checksum.
    Checksum,
    /// A prefix that only this type has.
    Prefix,
    /// The shape alone.
    Shape,
    /// The key that the value stands under.
    Key,
    /// Words around it.
    Words,
    /// A list of names.
    List,
    /// A pattern of the policy.
    Pattern,
}

/// As what the text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// As it stands.
    Plain,
    /// With escapes undone and look-alikes taken for what they look like.
    Folded,
    /// As base64.
    Decoded,
}

/// Why something is a finding, in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation<'a> {
    /// The type.
    pub name: &'a str,
    /// What the type is.
    pub about: &'static str,
    /// How sure the detector is by itself.
    pub tier: Tier,
    /// What made it a finding.
    pub proof: Proof,
    /// As what the text was read.
    pub view: View,
    /// The word that helped.
    pub context: Option<&'a [u8]>,
    /// Whether the key of the text helped.
    pub by_key: bool,
}

/// What was done to a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// How many findings of each type were replaced.
    pub counts: Vec<Count>,
    /// Whether the caller is to drop what the text stood in, and for what.
    pub dropped: Option<Kind>,
    /// Whether the text was cut short.
    pub truncated: bool,
}

/// How many findings of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The type.
    pub kind: Kind,
    /// How many.
    pub count: usize,
}

impl Finding {
    pub(crate) fn entity(&self) -> Option<Entity> {
        match self.kind {
            Kind::Known(entity) => Some(entity),
            Kind::Custom(_) => None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }
}
