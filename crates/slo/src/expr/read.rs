//! Tests with their types and units checked.

use super::{
    Compare, ExprError, Name, Node, Number, Order, Pattern, Stays, Test,
    token::{Shape, Token, error},
};
use crate::fields::{ATTRIBUTES, FIELDS, Field, Grain, Growth, Kind, OUTCOMES, Unit};

/// A value of a comparison and the unit behind it.
pub(super) type Operand<'a> = (Token<'a>, Option<&'a str>);

pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) grain: Grain,
}

impl Reader<'_> {
    fn fail(&self, token: Token<'_>, message: String, remedy: &str) -> ExprError {
        error(self.text, token.at, message, remedy)
    }

    /// A word that stands alone: a constant, or a field that is yes or no.
    pub(super) fn flag(&self, token: Token<'_>) -> Result<Node, ExprError> {
        if token.text == "true" || token.text == "false" {
            return Ok(Node::Const(token.text == "true"));
        }
        let name = self.name(token)?;
        match kind(&name) {
            Some(Kind::Bool) => Ok(test(name, Compare::Bool(true))),
            None => {
                let remedy = format!("write {name} == true, or another value");
                Err(self.fail(token, format!("{name} is not compared with anything"), &remedy))
            }
            Some(kind) => {
                let example = match kind {
                    Kind::Number(unit) => format!("{name} <= {}", unit.example()),
                    _ => format!("{name} == {}", example_word(&name)),
                };
                let message = format!("{name} is not compared with anything");
                Err(self.fail(token, message, &format!("write {example}")))
            }
        }
    }

    pub(super) fn compare(
        &self,
        left: Operand<'_>,
        sign: Token<'_>,
        right: Operand<'_>,
    ) -> Result<Node, ExprError> {
        let (order, is_not) = match sign.text {
            "<" => (Order::Less, false),
            "<=" => (Order::LessOrEqual, false),
            ">" => (Order::Greater, false),
            ">=" => (Order::GreaterOrEqual, false),
            "==" => (Order::Equal, false),
            _ => (Order::Equal, true),
        };
        let node = match (left.0.shape, right.0.shape) {
            (Shape::Word, _) if !is_constant(left.0) => self.one(left.0, order, sign, right)?,
            (_, Shape::Word) if !is_constant(right.0) => {
                self.one(right.0, order.swapped(), sign, left)?
            }
            (Shape::Number, Shape::Number) => {
                let (a, b) = (self.number(left)?, self.number(right)?);
                if a.unit() != b.unit() {
                    return Err(self.units(right.0, left.0.text, a.unit(), &b));
                }
                Node::Const(order.holds(&a.value(), &b.value()))
            }
            _ => {
                let message = "neither side names a field".to_owned();
                return Err(self.fail(left.0, message, "compare a field with a value"));
            }
        };
        Ok(if is_not { Node::Not(Box::new(node)) } else { node })
    }

    fn one(
        &self,
        left: Token<'_>,
        order: Order,
        sign: Token<'_>,
        right: Operand<'_>,
    ) -> Result<Node, ExprError> {
        let name = self.name(left)?;
        let is_number = right.0.shape == Shape::Number;
        let compare = match kind(&name) {
            Some(Kind::Number(unit)) if right.0.shape == Shape::Word => {
                let other = self.name(right.0)?;
                if kind(&other).is_some_and(|kind| kind != Kind::Number(unit)) {
                    let message = format!("{name} is {}, {other} is not", unit.name());
                    return Err(self.fail(right.0, message, "compare like with like"));
                }
                Compare::Name(order, other)
            }
            Some(Kind::Number(unit)) => Compare::Number(order, self.fitting(&name, unit, right)?),
            None if is_number => Compare::Number(order, self.number(right)?),
            kind => {
                if order != Order::Equal {
                    let message = format!("{name} has no order");
                    return Err(self.fail(sign, message, "compare it with == or !="));
                }
                match (kind, right.0.text) {
                    (Some(Kind::Bool) | None, "true" | "false") if right.0.shape == Shape::Word => {
                        Compare::Bool(right.0.text == "true")
                    }
                    (Some(Kind::Bool), _) => {
                        let remedy = format!("write {name} or not {name}");
                        let message = format!("{name} is yes or no");
                        return Err(self.fail(right.0, message, &remedy));
                    }
                    _ => Compare::Text(Box::new([self.pattern(&name, right.0)?])),
                }
            }
        };
        Ok(test(name, compare))
    }

    pub(super) fn among(&self, left: Token<'_>, items: &[Operand<'_>]) -> Result<Node, ExprError> {
        let name = self.name(left)?;
        let has_numbers = items.iter().all(|(item, _)| item.shape == Shape::Number);
        let compare = match kind(&name) {
            Some(Kind::Bool) => {
                let remedy = format!("write {name} or not {name}");
                return Err(self.fail(left, format!("{name} is yes or no"), &remedy));
            }
            Some(Kind::Number(unit)) => {
                let numbers = items.iter().map(|item| self.fitting(&name, unit, *item));
                Compare::NumberIn(numbers.collect::<Result<_, _>>()?)
            }
            None if has_numbers => {
                let numbers = items.iter().map(|item| self.number(*item));
                Compare::NumberIn(numbers.collect::<Result<_, _>>()?)
            }
            _ => {
                let patterns = items.iter().map(|(item, _)| self.pattern(&name, *item));
                Compare::Text(patterns.collect::<Result<_, _>>()?)
            }
        };
        Ok(test(name, compare))
    }

    /// A number of that unit.
    fn fitting(&self, name: &Name, unit: Unit, value: Operand<'_>) -> Result<Number, ExprError> {
        let number = match value.0.shape {
            Shape::Number => self.number(value)?,
            _ => {
                let message = format!("{name} is {}, {} is not", unit.name(), value.0.shown());
                return Err(self.fail(value.0, message, &format!("write {}", unit.example())));
            }
        };
        let fits = match (unit, number.unit()) {
            (unit, Some(written)) => unit == written,
            // A bare number of a time could be seconds or milliseconds.
            (Unit::Time, None) => false,
            (_, None) => true,
        };
        if fits {
            Ok(number)
        } else {
            Err(self.units(value.0, &name.to_string(), Some(unit), &number))
        }
    }

    fn units(
        &self,
        token: Token<'_>,
        what: &str,
        unit: Option<Unit>,
        number: &Number,
    ) -> ExprError {
        let unit = unit.unwrap_or(Unit::Plain);
        let written =
            number.unit().map_or("has no unit".to_owned(), |u| format!("is {}", u.name()));
        let message = format!("{what} is {}, {number} {written}", unit.name());
        self.fail(token, message, &format!("write {}", unit.example()))
    }

    fn number(&self, value: Operand<'_>) -> Result<Number, ExprError> {
        Number::read(value.0.text, value.1).ok_or_else(|| {
            let message = format!("{} is no number with a unit known", value.0.shown());
            self.fail(value.0, message, "write 25, 50k, 0.7, 60s, 1m30s, $0.50 or 20 tokens/s")
        })
    }

    fn pattern(&self, name: &Name, token: Token<'_>) -> Result<Pattern, ExprError> {
        let pattern = match token.shape {
            Shape::Word => Pattern::glob(token.text),
            Shape::Quoted => Pattern::exact(token.text),
            _ => {
                let message = format!("{name} is a text, {} is not", token.shown());
                return Err(self.fail(token, message, "put it into quotes"));
            }
        };
        let is_outcome = *name == Name::Field(Field::Outcome);
        if is_outcome && !OUTCOMES.iter().any(|word| pattern.matches(word.as_bytes())) {
            let remedy = match config::suggest(token.text, OUTCOMES) {
                Some(word) => format!("did you mean {word}?"),
                None => format!("outcomes are {}", OUTCOMES.join(", ")),
            };
            let message = format!("no outcome is called {}", token.shown());
            return Err(self.fail(token, message, &remedy));
        }
        Ok(pattern)
    }

    /// A field of the grain, or an attribute.
    fn name(&self, token: Token<'_>) -> Result<Name, ExprError> {
        if token.shape != Shape::Word {
            let message = format!("{} is no name", token.shown());
            return Err(self.fail(token, message, "begin with a field"));
        }
        if let Some(field) = Field::of(token.text) {
            let row = field.row();
            if row.is_on(self.grain) {
                return Ok(Name::Field(field));
            }
            let grains = row.grains().map(Grain::name).collect::<Vec<_>>().join(" or ");
            let message = format!("a {} has no {}", self.grain, token.text);
            return Err(self.fail(token, message, &format!("judge it with on: {grains}")));
        }
        attribute(token.text).map(Name::Attribute).map_err(|remedy| {
            let fields = FIELDS.iter().filter(|row| row.is_on(self.grain)).map(|row| row.name);
            let remedy = match config::suggest(token.text, fields) {
                Some(near) => format!("did you mean {near}?"),
                None => remedy,
            };
            self.fail(token, format!("there is no field {}", token.shown()), &remedy)
        })
    }
}

/// The key of an attribute that may be asked about: one of the conventions, or any with
/// `attributes.` in front. Otherwise what to write instead.
pub(crate) fn attribute(text: &str) -> Result<Box<str>, String> {
    if let Some(key) = text.strip_prefix("attributes.").filter(|key| !key.is_empty()) {
        return Ok(key.into());
    }
    if ATTRIBUTES.binary_search(&text).is_ok() {
        return Ok(text.into());
    }
    Err(match config::suggest(text, ATTRIBUTES.iter().copied()) {
        Some(near) => format!("did you mean {near}?"),
        None => format!("for an attribute of your own write attributes.{text}"),
    })
}

fn is_constant(token: Token<'_>) -> bool {
    token.is_word("true") || token.is_word("false")
}

/// The type of a name; attributes have that of the value at hand.
fn kind(name: &Name) -> Option<Kind> {
    match name {
        Name::Field(field) => Some(field.row().kind),
        Name::Attribute(_) => None,
    }
}

fn example_word(name: &Name) -> &'static str {
    match name {
        Name::Field(Field::Outcome) => "completed",
        Name::Field(Field::FinishReasons) => "stop",
        _ => "\"text\"",
    }
}

fn test(name: Name, compare: Compare) -> Node {
    let stays = match (&name, &compare) {
        (Name::Attribute(_), _) => Stays { when_true: true, when_false: true },
        (Name::Field(field), Compare::Number(order, _)) if field.row().growth == Growth::Grows => {
            match order {
                Order::Less | Order::LessOrEqual => Stays { when_true: false, when_false: true },
                Order::Greater | Order::GreaterOrEqual => {
                    Stays { when_true: true, when_false: false }
                }
                Order::Equal => Stays::default(),
            }
        }
        (Name::Field(_), _) => Stays::default(),
    };
    let (text, opposite) = Test::texts(&name, &compare);
    Node::Test(Box::new(Test {
        name,
        compare,
        stays,
        text: text.into(),
        opposite: opposite.into(),
    }))
}
