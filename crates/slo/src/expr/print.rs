//! A condition as text that reads back as the same condition.

use std::fmt::{self, Write as _};

use super::{Compare, Expr, Name, Node, Test};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.print(f, 0)
    }
}

impl Node {
    /// `around` is how tightly what stands around it binds: 0 nothing, 1 `and`, 2 `not`.
    fn print(&self, f: &mut fmt::Formatter<'_>, around: u8) -> fmt::Result {
        match self {
            Self::Const(constant) => write!(f, "{constant}"),
            Self::Test(test) => f.write_str(&test.text),
            Self::Not(inner) => {
                f.write_str("not ")?;
                inner.print(f, 2)
            }
            Self::All(nodes) => list(f, nodes, " and ", around > 0, 1),
            Self::Any(nodes) => list(f, nodes, " or ", around > 0, 1),
        }
    }
}

fn list(
    f: &mut fmt::Formatter<'_>,
    nodes: &[Node],
    between: &str,
    has_brackets: bool,
    around: u8,
) -> fmt::Result {
    if has_brackets {
        f.write_char('(')?;
    }
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        node.print(f, around)?;
    }
    if has_brackets { f.write_char(')') } else { Ok(()) }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => f.write_str(field.name()),
            Self::Attribute(key) if crate::fields::ATTRIBUTES.contains(&&**key) => f.write_str(key),
            Self::Attribute(key) => write!(f, "attributes.{key}"),
        }
    }
}

impl Test {
    /// The test as text, and its opposite without spaces, as reasons show it.
    pub(super) fn texts(name: &Name, compare: &Compare) -> (String, String) {
        match compare {
            Compare::Number(order, number) => (
                format!("{name} {} {number}", order.sign()),
                format!("{name}{}{number}", order.opposite_sign()),
            ),
            Compare::Name(order, other) => (
                format!("{name} {} {other}", order.sign()),
                format!("{name}{}{other}", order.opposite_sign()),
            ),
            Compare::Bool(true) if matches!(name, Name::Field(_)) => {
                (name.to_string(), format!("not {name}"))
            }
            Compare::Bool(wanted) => (format!("{name} == {wanted}"), format!("{name}!={wanted}")),
            Compare::NumberIn(numbers) => among(name, numbers),
            Compare::Text(patterns) => match &**patterns {
                [one] => (format!("{name} == {one}"), format!("{name}!={one}")),
                _ => among(name, patterns),
            },
        }
    }
}

fn among<T: fmt::Display>(name: &Name, items: &[T]) -> (String, String) {
    let list = items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    (format!("{name} in [{list}]"), format!("{name} not in [{list}]"))
}
