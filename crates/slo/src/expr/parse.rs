//! Tokens to a checked tree.

use super::{
    DEPTH_MAX, ExprError, Node,
    read::Reader,
    token::{Shape, Token, error, tokens},
};
use crate::fields::Grain;

pub(super) fn parse(text: &str, grain: Grain) -> Result<Node, ExprError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, at: 0, reader: Reader { text, grain } };
    if parser.peek().shape == Shape::End {
        let message = "the condition is empty".to_owned();
        return Err(error(text, 0, message, "write one, such as not error"));
    }
    let node = parser.any(0)?;
    match parser.peek() {
        end if end.shape == Shape::End => Ok(node),
        token if token.is_sign(")") => {
            Err(parser.fail(token, "there is no ( for this )".to_owned(), "remove it"))
        }
        token if token.is_sign("<") || token.is_sign("<=") => Err(parser.fail(
            token,
            "comparisons do not chain".to_owned(),
            "join two of them with and",
        )),
        token => {
            let message = format!("{} does not follow here", token.shown());
            Err(parser.fail(token, message, "join conditions with and or or"))
        }
    }
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: &'a [Token<'a>],
    at: usize,
    reader: Reader<'a>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Token<'a> {
        self.ahead(0)
    }

    fn ahead(&self, by: usize) -> Token<'a> {
        let end = Token { shape: Shape::End, text: "", at: self.text.len() };
        self.tokens.get(self.at + by).copied().unwrap_or(end)
    }

    fn next(&mut self) -> Token<'a> {
        let token = self.peek();
        self.at += 1;
        token
    }

    fn take_word(&mut self, word: &str) -> bool {
        let is_it = self.peek().is_word(word);
        self.at += usize::from(is_it);
        is_it
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let is_it = self.peek().is_sign(sign);
        self.at += usize::from(is_it);
        is_it
    }

    fn fail(&self, token: Token<'_>, message: String, remedy: &str) -> ExprError {
        error(self.text, token.at, message, remedy)
    }

    fn any(&mut self, depth: usize) -> Result<Node, ExprError> {
        let first = self.all(depth)?;
        if !self.peek().is_word("or") {
            return Ok(first);
        }
        let mut nodes = vec![first];
        while self.take_word("or") {
            nodes.push(self.all(depth)?);
        }
        Ok(Node::Any(nodes.into()))
    }

    fn all(&mut self, depth: usize) -> Result<Node, ExprError> {
        let first = self.one(depth)?;
        if !self.peek().is_word("and") {
            return Ok(first);
        }
        let mut nodes = vec![first];
        while self.take_word("and") {
            nodes.push(self.one(depth)?);
        }
        Ok(Node::All(nodes.into()))
    }

    fn one(&mut self, depth: usize) -> Result<Node, ExprError> {
        let token = self.peek();
        if depth >= DEPTH_MAX {
            let message = format!("more than {DEPTH_MAX} levels of nesting");
            return Err(self.fail(token, message, "write it flatter"));
        }
        if self.take_word("not") {
            return Ok(Node::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.take_sign("(") {
            let inner = self.any(depth + 1)?;
            if !self.take_sign(")") {
                let found = self.peek();
                let message = format!("{} stands where ) is missing", found.shown());
                return Err(self.fail(found, message, "close the parenthesis"));
            }
            return Ok(inner);
        }
        let followed = self.ahead(1);
        let is_alone = followed.shape != Shape::Sign || matches!(followed.text, ")" | "]" | ",");
        if token.shape == Shape::Word && is_alone && !followed.is_word("in") {
            let is_in = followed.is_word("not") && self.ahead(2).is_word("in");
            if !is_in {
                self.at += 1;
                return self.reader.flag(token);
            }
        }
        self.test()
    }

    fn test(&mut self) -> Result<Node, ExprError> {
        let left = self.next();
        let left_unit = self.unit_behind(left);
        let is_not = self.take_word("not");
        if self.take_word("in") {
            let items = self.list()?;
            let node = self.reader.among(left, &items)?;
            return Ok(if is_not { Node::Not(Box::new(node)) } else { node });
        }
        let sign = self.next();
        let is_order = matches!(sign.text, "==" | "!=" | "<" | "<=" | ">" | ">=");
        if sign.shape != Shape::Sign || !is_order {
            let message = format!("{} stands where a comparison is missing", sign.shown());
            return Err(self.fail(sign, message, "compare with == != < <= > >= or in [..]"));
        }
        let right = self.next();
        let right_unit = self.unit_behind(right);
        self.reader.compare((left, left_unit), sign, (right, right_unit))
    }

    /// The word behind a number, if it is a unit.
    fn unit_behind(&mut self, number: Token<'a>) -> Option<&'a str> {
        let word = self.peek();
        let is_unit = number.shape == Shape::Number
            && word.shape == Shape::Word
            && super::literal::unit_of(word.text).is_some();
        self.at += usize::from(is_unit);
        is_unit.then_some(word.text)
    }

    fn list(&mut self) -> Result<Vec<(Token<'a>, Option<&'a str>)>, ExprError> {
        let open = self.peek();
        if !self.take_sign("[") {
            let message = format!("{} stands where a list is missing", open.shown());
            return Err(self.fail(open, message, "write in [a, b]"));
        }
        let mut items = Vec::new();
        while !self.take_sign("]") {
            let item = self.next();
            if matches!(item.shape, Shape::Sign | Shape::End) {
                let message = format!("{} stands where a value is missing", item.shown());
                return Err(self.fail(item, message, "write a list as [a, b]"));
            }
            items.push((item, self.unit_behind(item)));
            if !self.take_sign(",") && !self.peek().is_sign("]") {
                let found = self.peek();
                let message = format!("{} stands where , or ] is missing", found.shown());
                return Err(self.fail(found, message, "write a list as [a, b]"));
            }
        }
        if items.is_empty() {
            return Err(self.fail(open, "the list is empty".to_owned(), "name at least one value"));
        }
        Ok(items)
    }
}
