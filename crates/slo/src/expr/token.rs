//! Text to words, numbers and signs.

use super::{ExprError, TEXT_MAX};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A name, a keyword, a word to compare with.
    Word,
    /// A text in quotes; [`Token::text`] holds what stands between them.
    Quoted,
    /// What begins like a number.
    Number,
    /// `(`, `<=`, `,` and the like.
    Sign,
    /// The end of the text.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) shape: Shape,
    pub(super) text: &'a str,
    /// Bytes from the start.
    pub(super) at: usize,
}

impl Token<'_> {
    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.shape == Shape::Sign && self.text == sign
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        self.shape == Shape::Word && self.text == word
    }

    /// As it is quoted in error texts.
    pub(super) fn shown(&self) -> String {
        match self.shape {
            Shape::End => "the end".to_owned(),
            _ => format!("\"{}\"", self.text),
        }
    }
}

/// Signs, longer ones first.
const SIGNS: [&str; 11] = ["==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", ","];

pub(super) fn error(text: &str, at: usize, message: String, remedy: &str) -> ExprError {
    let column = text.get(..at).map_or(0, |before| before.chars().count()) + 1;
    ExprError { column, message, remedy: remedy.to_owned() }
}

/// All tokens; the last one is [`Shape::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, ExprError> {
    if text.len() > TEXT_MAX {
        let message = format!("a condition of {} bytes is too long", text.len());
        return Err(error(text, 0, message, "split it into several objectives"));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let space = rest.len() - rest.trim_start().len();
        if space > 0 {
            at += space;
            continue;
        }
        let token = next(text, at, rest)?;
        at = match token.shape {
            Shape::Quoted => token.at + token.text.len() + 2,
            _ => token.at + token.text.len(),
        };
        tokens.push(token);
    }
    tokens.push(Token { shape: Shape::End, text: "", at });
    Ok(tokens)
}

fn next<'a>(text: &'a str, at: usize, rest: &'a str) -> Result<Token<'a>, ExprError> {
    let first = rest.chars().next().unwrap_or(' ');
    let second = rest.chars().nth(1).unwrap_or(' ');
    let taken = |shape, length: usize| Token { shape, text: rest.get(..length).unwrap_or(""), at };
    if first == '"' || first == '\'' {
        let inner = rest.get(1..).unwrap_or("");
        let Some(length) = inner.find(first) else {
            return Err(error(
                text,
                at,
                "a quote is not closed".to_owned(),
                "add the second quote",
            ));
        };
        return Ok(Token { shape: Shape::Quoted, text: inner.get(..length).unwrap_or(""), at });
    }
    let starts_number = first.is_ascii_digit()
        || first == '$'
        || matches!(first, '-' | '.') && second.is_ascii_digit();
    if starts_number {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '%');
        let length = rest.char_indices().skip(1).find(|(_, c)| !is_part(*c));
        return Ok(taken(Shape::Number, length.map_or(rest.len(), |(at, _)| at)));
    }
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        return Ok(taken(Shape::Sign, sign.len()));
    }
    if is_word_start(first) {
        let length = rest.find(|c| !is_word_part(c)).unwrap_or(rest.len());
        return Ok(taken(Shape::Word, length));
    }
    let remedy = match first {
        '=' => "compare with ==",
        '&' => "write and",
        '|' => "write or",
        '!' => "write not",
        _ => "put texts into quotes",
    };
    Err(error(text, at, format!("{first:?} means nothing here"), remedy))
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '_' | '*')
}

fn is_word_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '*' | '-' | '/' | ':')
}

/// Whether the text, unquoted, is one word.
pub(super) fn is_word(text: &str) -> bool {
    text.chars().next().is_some_and(is_word_start) && text.chars().all(is_word_part)
}
