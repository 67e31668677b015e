//! What a component says about its own settings: all faults at once, each with a path.

use std::fmt;

/// One fault: where in the settings, and what is wrong, in the user's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Keys from the outside in; empty for the whole section.
    pub path: Vec<String>,
    /// What is wrong: lower case, no full stop.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.path.join("::"), self.message)
    }
}

/// All faults of a section. Printed one a line as `a::b: message` (C§2.8).
///
/// ```
/// let mut queue = config::Problems::new();
/// queue.add("`queue_size` must be positive");
/// let mut exporter = config::Problems::new();
/// exporter.nest("sending_queue", queue);
/// assert_eq!(exporter.to_string(), "sending_queue: `queue_size` must be positive");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// No faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault of the whole section.
    pub fn add(&mut self, message: impl Into<String>) {
        self.0.push(Problem { path: Vec::new(), message: message.into() });
    }

    /// Adds a fault of one key.
    pub fn at(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.0.push(Problem { path: vec![key.into()], message: message.into() });
    }

    /// Adds `message` unless `holds`.
    pub fn check(&mut self, holds: bool, message: impl Into<String>) {
        if !holds {
            self.add(message);
        }
    }

    /// Takes over the faults of a sub-section, under its key.
    pub fn nest(&mut self, key: impl Into<String>, inner: Self) {
        let key = key.into();
        self.0.extend(inner.0.into_iter().map(|mut problem| {
            problem.path.insert(0, key.clone());
            problem
        }));
    }

    /// Takes over faults of the same section.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many faults there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The faults in the order they were added.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }

    /// `Ok` if nothing is wrong.
    ///
    /// # Errors
    /// Itself, when it holds any fault.
    pub fn into_result(self) -> Result<(), Self> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Problems {
    type Item = &'a Problem;
    type IntoIter = std::slice::Iter<'a, Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<I: IntoIterator<Item = Problem>>(problems: I) -> Self {
        Self(problems.into_iter().collect())
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
