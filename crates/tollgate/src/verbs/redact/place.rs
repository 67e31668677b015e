//! Where in a JSON document a byte is.

use super::job::Job;

/// Goes through a document once and knows the path wherever it stands. The document was parsed before.
pub(super) struct Place<'d> {
    document: &'d [u8],
    at: usize,
    levels: Vec<Level<'d>>,
    /// Whether the next text in an object is a key.
    is_key: bool,
}

enum Level<'d> {
    /// In an object, at the member with this key.
    Object(&'d [u8]),
    /// In a list, at this place.
    List(usize),
}

impl<'d> Place<'d> {
    pub(super) fn new(document: &'d [u8]) -> Self {
        Self { document, at: 0, levels: Vec::new(), is_key: false }
    }

    /// The path of the value that holds the byte at `to`, which is not before the one asked for last.
    pub(super) fn path(&mut self, to: usize, job: &Job<'_>) -> String {
        while self.at <= to && self.step().is_some() {}
        let mut path = "$".to_owned();
        for level in &self.levels {
            match level {
                Level::List(at) => path.push_str(&format!("[{at}]")),
                Level::Object(key) => {
                    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
                    match !key.is_empty() && key.iter().all(is_plain) {
                        true => path.push_str(&format!(".{}", job.shown(key))),
                        false => path.push_str(&format!("[\"{}\"]", job.shown(key))),
                    }
                }
            }
        }
        path
    }

    /// Goes one token on.
    fn step(&mut self) -> Option<()> {
        let start = self.at;
        let byte = *self.document.get(start)?;
        self.at += 1;
        match byte {
            b'{' => {
                self.levels.push(Level::Object(b""));
                self.is_key = true;
            }
            b'[' => {
                self.levels.push(Level::List(0));
                self.is_key = false;
            }
            b'}' | b']' => {
                self.levels.pop();
                self.is_key = false;
            }
            b',' => match self.levels.last_mut() {
                Some(Level::List(at)) => *at += 1,
                _ => self.is_key = true,
            },
            b'"' => {
                let rest = self.document.get(self.at..).unwrap_or_default();
                let length = text_length(rest);
                self.at += length;
                let text = rest.get(..length.saturating_sub(1)).unwrap_or_default();
                if std::mem::take(&mut self.is_key)
                    && let Some(Level::Object(key)) = self.levels.last_mut()
                {
                    *key = text;
                }
            }
            _ => {}
        }
        Some(())
    }
}

/// The length of a JSON text behind its first quote, with its last.
fn text_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}
