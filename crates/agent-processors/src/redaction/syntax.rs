//! Regular expressions as Go reads them (RE2 syntax), in that of the engine here: `\d`, `\w`, `\s` and
//! `\b` know ASCII only, brackets nest nowhere, `\Q…\E` quotes, a brace that repeats nothing is a brace.

use std::fmt;

/// A pattern that Go would not read either, or that means something else here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Where, as a byte of the pattern.
    pub(super) at: usize,
    /// What is wrong and what to do.
    pub(super) reason: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {}: {}", self.at + 1, self.reason)
    }
}

/// Translates a pattern of the Go collector's configs.
pub(super) fn translate(pattern: &str) -> Result<String, Refused> {
    let mut reader = Reader { pattern, at: 0, out: String::with_capacity(pattern.len() + 16) };
    while let Some(letter) = reader.peek() {
        match letter {
            '\\' => reader.escape()?,
            '[' => reader.class()?,
            '(' => reader.group()?,
            '{' => reader.brace(),
            '}' => reader.literal_of(1, '}'),
            _ => {
                reader.out.push(letter);
                reader.at += letter.len_utf8();
            }
        }
    }
    Ok(reader.out)
}

/// What a backslash and what follows it mean.
enum Escape {
    /// One character.
    Char(char),
    /// A set of characters, as it stands inside brackets.
    Set(String),
}

struct Reader<'p> {
    pattern: &'p str,
    at: usize,
    out: String,
}

impl<'p> Reader<'p> {
    fn rest(&self) -> &'p str {
        self.pattern.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn refuse<T>(&self, at: usize, reason: impl Into<String>) -> Result<T, Refused> {
        Err(Refused { at, reason: reason.into() })
    }

    /// Writes one character that stands for itself, and goes on behind `length` bytes.
    fn literal_of(&mut self, length: usize, letter: char) {
        put_literal(letter, &mut self.out);
        self.at += length;
    }

    /// A backslash outside of brackets.
    fn escape(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let end = quoted.find("\\E");
            let text = quoted.get(..end.unwrap_or(quoted.len())).unwrap_or_default();
            text.chars().for_each(|letter| put_literal(letter, &mut self.out));
            self.at += 2 + text.len() + end.map_or(0, |_| 2);
            return Ok(());
        }
        let boundary = match rest.as_bytes().get(1) {
            Some(b'b') => r"(?-u:\b)",
            Some(b'B') => r"(?-u:\B)",
            Some(b'A') => r"\A",
            Some(b'z') => r"\z",
            _ => {
                match self.escaped()? {
                    Escape::Char(letter) => put_literal(letter, &mut self.out),
                    Escape::Set(set) => {
                        self.out.push('[');
                        self.out.push_str(&set);
                        self.out.push(']');
                    }
                }
                return Ok(());
            }
        };
        self.out.push_str(boundary);
        self.at += 2;
        Ok(())
    }

    /// Reads a backslash and what belongs to it, inside or outside of brackets.
    fn escaped(&mut self) -> Result<Escape, Refused> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.peek() else {
            return self.refuse(start, "a backslash at the end; write `\\\\` for a backslash");
        };
        self.at += letter.len_utf8();
        let set = |text: &str| Ok(Escape::Set(text.to_owned()));
        match letter {
            'd' => set("0-9"),
            'D' => set("[^0-9]"),
            's' => set(r"\t\n\f\r\x{20}"),
            'S' => set(r"[^\t\n\f\r\x{20}]"),
            'w' => set("0-9A-Za-z_"),
            'W' => set("[^0-9A-Za-z_]"),
            'p' | 'P' => self.property(start, letter == 'P'),
            'x' => self.hex(start),
            '0' => Ok(self.octal(0, 2)),
            '1'..='7' if matches!(self.peek(), Some('0'..='7')) => {
                Ok(self.octal(letter.to_digit(8).unwrap_or_default(), 2))
            }
            '1'..='9' => self.refuse(start, "no back-references; write the repeated part again"),
            'a' => Ok(Escape::Char('\x07')),
            'f' => Ok(Escape::Char('\x0c')),
            'n' => Ok(Escape::Char('\n')),
            'r' => Ok(Escape::Char('\r')),
            't' => Ok(Escape::Char('\t')),
            'v' => Ok(Escape::Char('\x0b')),
            _ if letter.is_ascii_punctuation() => Ok(Escape::Char(letter)),
            'Z' => self.refuse(start, "`\\Z` is unknown; write `\\z` for the end of the text"),
            'h' => self.refuse(start, "`\\h` is unknown; write `[ \\t]`"),
            'R' => self.refuse(start, "`\\R` is unknown; write `\\r?\\n`"),
            _ => self.refuse(start, format!("`\\{letter}` is unknown")),
        }
    }

    /// `\pL`, `\p{Greek}`, `\p{^Greek}`.
    fn property(&mut self, start: usize, negated: bool) -> Result<Escape, Refused> {
        let rest = self.rest();
        let (name, length) = match rest.strip_prefix('{') {
            Some(inside) => match inside.find('}') {
                Some(end) => (inside.get(..end).unwrap_or_default(), end + 2),
                None => return self.refuse(start, "`\\p{` has no end; add `}`"),
            },
            None => {
                let length = self.peek().map_or(0, char::len_utf8);
                (rest.get(..length).unwrap_or_default(), length)
            }
        };
        let (name, negated) = match name.strip_prefix('^') {
            Some(name) => (name, !negated),
            None => (name, negated),
        };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return self.refuse(start, "no such class of characters");
        }
        self.at += length;
        Ok(Escape::Set(format!("\\{}{{{name}}}", if negated { 'P' } else { 'p' })))
    }

    /// `\x41` and `\x{1F600}`.
    fn hex(&mut self, start: usize) -> Result<Escape, Refused> {
        let rest = self.rest();
        let (digits, length) = match rest.strip_prefix('{') {
            Some(inside) => {
                let end = inside.find('}').unwrap_or_default();
                (inside.get(..end).unwrap_or_default(), end + 2)
            }
            None => (rest.get(..2).unwrap_or_default(), 2),
        };
        let letter = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
        let Some(letter) = letter.filter(|_| !digits.starts_with('+')) else {
            return self.refuse(start, "`\\x` needs two hex digits or a character in braces");
        };
        self.at += length;
        Ok(Escape::Char(letter))
    }

    /// Up to `more` octal digits behind those read.
    fn octal(&mut self, mut value: u32, more: usize) -> Escape {
        for _ in 0..more {
            let Some(digit) = self.peek().and_then(|letter| letter.to_digit(8)) else { break };
            value = value * 8 + digit;
            self.at += 1;
        }
        Escape::Char(char::from_u32(value).unwrap_or_default())
    }

    /// Brackets. What Go reads as characters and the engine here as operators is written as characters.
    fn class(&mut self) -> Result<(), Refused> {
        let start = self.at;
        self.at += 1;
        self.out.push('[');
        if self.rest().starts_with('^') {
            self.out.push('^');
            self.at += 1;
        }
        let first = self.at;
        loop {
            match self.peek() {
                None => return self.refuse(start, "`[` has no end; add `]`, or write `\\[`"),
                Some(']') if self.at != first => break,
                Some('[') if self.rest().starts_with("[:") && self.posix()? => {}
                Some(_) => self.item()?,
            }
        }
        self.at += 1;
        self.out.push(']');
        Ok(())
    }

    /// `[:alpha:]`; answers whether there was one.
    fn posix(&mut self) -> Result<bool, Refused> {
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print",
            "punct", "space", "upper", "word", "xdigit",
        ];
        let inside = self.rest().get(2..).unwrap_or_default();
        let Some(end) = inside.find(":]") else { return Ok(false) };
        let name = inside.get(..end).unwrap_or_default();
        if !NAMES.contains(&name.trim_start_matches('^')) {
            return self.refuse(self.at, format!("`[:{name}:]` is unknown"));
        }
        self.out.push_str("[:");
        self.out.push_str(name);
        self.out.push_str(":]");
        self.at += end + 4;
        Ok(true)
    }

    /// One character, range or set inside of brackets.
    fn item(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let low = match self.member()? {
            Escape::Set(set) => {
                self.out.push_str(&set);
                return Ok(());
            }
            Escape::Char(letter) => letter,
        };
        put_literal(low, &mut self.out);
        let mut ahead = self.rest().chars();
        if ahead.next() == Some('-') && ahead.next().is_some_and(|letter| letter != ']') {
            self.at += 1;
            match self.member()? {
                Escape::Char(high) if low <= high => {
                    self.out.push('-');
                    put_literal(high, &mut self.out);
                }
                _ => return self.refuse(start, "a range must go up, from character to character"),
            }
        }
        Ok(())
    }

    fn member(&mut self) -> Result<Escape, Refused> {
        match self.peek() {
            Some('\\') => self.escaped(),
            Some(letter) => {
                self.at += letter.len_utf8();
                Ok(Escape::Char(letter))
            }
            None => self.refuse(self.at, "`[` has no end"),
        }
    }

    /// `(`, and what stands behind a `?`.
    fn group(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        let start = self.at;
        let Some(inside) = rest.strip_prefix("(?") else {
            self.out.push('(');
            self.at += 1;
            return Ok(());
        };
        let is_name = inside.starts_with("P<")
            || inside.starts_with('<') && !inside.starts_with("<=") && !inside.starts_with("<!");
        let length = if is_name {
            inside.find('>').map(|end| end + 1)
        } else {
            let flags = inside.find(|letter| !"imsU-".contains(letter));
            flags
                .filter(|end| matches!(inside.as_bytes().get(*end), Some(b':' | b')')))
                .map(|end| end + 1)
        };
        let Some(text) = length.and_then(|length| rest.get(..length + 2)) else {
            let remedy = match inside.get(..1) {
                Some("=" | "!" | "<") => {
                    "no look-around; match the neighbours too, or list them in `allowed_values`"
                }
                Some("P") => "no back-references to names; write the repeated part again",
                _ => "only the flags i, m, s and U",
            };
            return self.refuse(start, remedy);
        };
        self.out.push_str(text);
        self.at += text.len();
        Ok(())
    }

    /// A brace repeats what stands before it, or is a brace.
    fn brace(&mut self) {
        let inside = self.rest().get(1..).unwrap_or_default();
        let end = inside.find('}').unwrap_or_default();
        let text = inside.get(..end).unwrap_or_default();
        let (low, high) = text.split_once(',').unwrap_or((text, ""));
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if low.is_empty() || !is_number(low) || !is_number(high) {
            return self.literal_of(1, '{');
        }
        self.out.push('{');
        self.out.push_str(text);
        self.out.push('}');
        self.at += end + 2;
    }
}

/// A character that stands for itself, inside or outside of brackets.
fn put_literal(letter: char, out: &mut String) {
    if letter.is_ascii() && !letter.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{{{:02x}}}", u32::from(letter)));
    } else {
        out.push(letter);
    }
}
