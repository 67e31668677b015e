//! What is wrong with a file of objectives: where, what, and what to write instead.

use std::fmt;

use config::Pos;

/// How bad a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It works, but not as one may think.
    Warning,
    /// It does not work.
    Error,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How bad it is.
    pub level: Level,
    /// Keys from the outside in: `objectives[2].good`.
    pub path: String,
    /// Where in the text, if it was read from one.
    pub pos: Option<Pos>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        if self.level == Level::Warning {
            f.write_str("warning: ")?;
        }
        write!(f, "{}: {}", self.message, self.remedy)?;
        match &self.pos {
            Some(pos) => write!(f, " (at {pos})"),
            None => Ok(()),
        }
    }
}

/// Everything that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// The faults in the order they were found.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }

    /// Whether one of them is an error.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|fault| fault.level == Level::Error)
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn error(&mut self, path: &str, pos: Option<&Pos>, message: String, remedy: String) {
        let pos = pos.cloned();
        self.push(Fault { level: Level::Error, path: path.to_owned(), pos, message, remedy });
    }

    pub(crate) fn warn(&mut self, path: &str, pos: Option<&Pos>, message: String, remedy: String) {
        let pos = pos.cloned();
        self.push(Fault { level: Level::Warning, path: path.to_owned(), pos, message, remedy });
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Faults {
    /// One line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, fault) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
