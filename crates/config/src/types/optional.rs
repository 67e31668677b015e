//! Sections that can be off (C§2.6).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::encode::is_template;

/// The newtype name by which [`crate::decode()`] knows an [`Optional`].
pub(crate) const OPTIONAL: &str = "$config::Optional";

/// A section that is off, off with defaults waiting, or on.
///
/// | state | key absent | `key:` or `null` | `key: {}` or a map |
/// |---|---|---|---|
/// | [`Self::None`] | off | off | on, over `T::default()` |
/// | [`Self::Default`] | off | on, with the hidden defaults | on, over the hidden defaults |
/// | [`Self::Some`] | on | on, unchanged | on, over the value |
///
/// A map may hold `enabled: false`, which turns the section off after its other keys were checked.
/// Any serde format prints a section that is off as null.
///
/// `T` must be a struct without a field `enabled` of its own, and `T::default()` must not hold an
/// `Optional<T>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Optional<T> {
    /// Off.
    #[default]
    None,
    /// Off until the user names the section; then on with these defaults.
    Default(T),
    /// On.
    Some(T),
}

/// The state of an [`Optional`] on its way through our reader and writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Off, and there are no settings to read.
    None,
    /// Turned off by the user; the settings are checked, then dropped.
    Off,
    Default,
    Some,
}

impl Flavour {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Off => "off",
            Self::Default => "default",
            Self::Some => "some",
        }
    }

    pub(crate) fn from_name(name: &str) -> Self {
        match name {
            "default" => Self::Default,
            "some" => Self::Some,
            "off" => Self::Off,
            _ => Self::None,
        }
    }
}

impl<T> Optional<T> {
    /// The settings if the section is on.
    #[must_use]
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Some(value) => Some(value),
            Self::None | Self::Default(_) => None,
        }
    }

    /// The settings if the section is on.
    pub fn as_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Some(value) => Some(value),
            Self::None | Self::Default(_) => None,
        }
    }

    /// The settings if the section is on.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Some(value) => Some(value),
            Self::None | Self::Default(_) => None,
        }
    }

    /// Whether the section is on.
    #[must_use]
    pub fn is_some(&self) -> bool {
        matches!(self, Self::Some(_))
    }

    /// Whether the section is off, with or without defaults.
    #[must_use]
    pub fn is_off(&self) -> bool {
        !self.is_some()
    }
}

impl<T: Default> Optional<T> {
    /// Turns the section on: with its value, its hidden defaults, or those of the type.
    pub fn turn_on(&mut self) {
        *self = match std::mem::take(self) {
            Self::Some(value) | Self::Default(value) => Self::Some(value),
            Self::None => Self::Some(T::default()),
        };
    }
}

impl<T> From<Option<T>> for Optional<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Self::Some)
    }
}

impl<T: Serialize + Default> Serialize for Optional<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !is_template() {
            return self.as_ref().serialize(serializer);
        }
        match self {
            Self::None => {
                let name = Flavour::None.name();
                serializer.serialize_newtype_variant(OPTIONAL, 0, name, &T::default())
            }
            Self::Default(value) => {
                let name = Flavour::Default.name();
                serializer.serialize_newtype_variant(OPTIONAL, 1, name, value)
            }
            Self::Some(value) => {
                let name = Flavour::Some.name();
                serializer.serialize_newtype_variant(OPTIONAL, 2, name, value)
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(OPTIONAL, OptionalVisitor(PhantomData))
    }
}

struct OptionalVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OptionalVisitor<T> {
    type Value = Optional<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map, or null")
    }

    /// From any other serde format: null is off, all else is on.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Optional<T>, D::Error> {
        Option::<T>::deserialize(inner).map(Optional::from)
    }

    /// From our reader, which knows the state.
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Optional<T>, A::Error> {
        let (name, content) = access.variant::<String>()?;
        Ok(match Flavour::from_name(&name) {
            Flavour::None => {
                content.unit_variant()?;
                Optional::None
            }
            Flavour::Off => {
                content.newtype_variant::<T>()?;
                Optional::None
            }
            Flavour::Default => Optional::Default(content.newtype_variant()?),
            Flavour::Some => Optional::Some(content.newtype_variant()?),
        })
    }
}
