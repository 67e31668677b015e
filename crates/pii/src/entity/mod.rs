//! What can be found: stable names, grouped and ranked.

mod table;
#[cfg(test)]
mod tests;

pub use self::table::Entity;

/// What kind of thing a finding is. Where findings overlap, the earlier group wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Keys, tokens, passwords: what lets somebody in.
    Secret,
    /// Cards, accounts, wallets.
    Financial,
    /// Numbers that a state gives to a person or company.
    National,
    /// Addresses of mail, phones, and networks.
    Contact,
    /// Numbers of devices and vehicles.
    Device,
    /// Names, places, dates: what only context tells.
    Person,
}

/// How sure a detector is without help, and so when it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Proves itself: a checksum, a prefix of its own, or a shape that clean text does not have.
    A,
    /// Found only with context: a word close by, or the key the value stands under.
    B,
    /// Noisy: only where the policy asks for it.
    C,
}

impl Tier {
    /// The letter.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// A country whose identifiers are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "country codes")]
pub enum Locale {
    Us,
    Uk,
    De,
    Fr,
    Es,
    It,
    Nl,
    Pl,
    Br,
    In,
    Ca,
    Au,
    /// Every other country: Austria to South Africa.
    Others,
}

impl Locale {
    /// Every locale.
    pub const ALL: [Self; 13] = [
        Self::Us,
        Self::Uk,
        Self::De,
        Self::Fr,
        Self::Es,
        Self::It,
        Self::Nl,
        Self::Pl,
        Self::Br,
        Self::In,
        Self::Ca,
        Self::Au,
        Self::Others,
    ];

    /// The name in a policy: the country code in lower case, or `others`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Uk => "uk",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::It => "it",
            Self::Nl => "nl",
            Self::Pl => "pl",
            Self::Br => "br",
            Self::In => "in",
            Self::Ca => "ca",
            Self::Au => "au",
            Self::Others => "others",
        }
    }

    /// The locale with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.name() == name)
    }
}

impl Entity {
    /// The type with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|entity| entity.name() == name)
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

impl std::fmt::Display for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}
