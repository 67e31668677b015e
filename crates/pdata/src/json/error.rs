//! What is wrong with a JSON request, without a word of what it said.

use serde_json::error::Category;

/// JSON that is not the OTLP message it should be. It names types and places, never content:
/// a wrong value may be private.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "malformed OTLP JSON at line {line}, column {column} (byte {offset}), in `{path}`: {reason}"
)]
pub struct JsonError {
    /// Counted from the start of the body; mostly just behind the fault.
    pub offset: usize,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in bytes.
    pub column: usize,
    /// `resourceSpans[0].scopeSpans[0].spans[3].traceId`, or `(root)`.
    pub path: String,
    /// What was expected, what came, and what to do.
    pub reason: String,
}

/// One step of the path to a fault.
#[derive(Debug)]
pub(super) enum Step {
    /// Into a field, by its JSON name.
    Field(&'static str),
    /// Into an element of an array.
    Index(usize),
}

/// What the decoder knew when it stopped.
#[derive(Debug, Default)]
pub(super) struct Fault {
    /// The way to the fault, innermost step first.
    pub(super) path: Vec<Step>,
    /// What is wrong, where the decoder said so itself.
    pub(super) reason: Option<String>,
    /// What should have stood there.
    pub(super) expected: &'static str,
}

impl JsonError {
    /// Puts what the parser and the decoder know into words.
    pub(super) fn new(input: &[u8], error: &serde_json::Error, fault: Fault) -> Self {
        let (line, column) = (error.line().max(1), error.column());
        let offset = offset_of(input, line, column);
        let reason = match (fault.reason, error.classify()) {
            (Some(reason), _) => reason,
            (None, Category::Data | Category::Io) => {
                format!("expected {}, found {}", fault.expected, found(input, offset))
            }
            // Syntax errors are fixed texts of the parser; data errors would quote the data.
            (None, Category::Syntax) => format!("{}; send valid JSON", bare(error)),
            (None, Category::Eof) if input.trim_ascii().is_empty() => {
                "the body is empty; send at least `{}`".to_owned()
            }
            (None, Category::Eof) => format!("{}; the body is cut short", bare(error)),
        };
        Self { offset, line, column: column.max(1), path: path_text(&fault.path), reason }
    }
}

fn path_text(steps: &[Step]) -> String {
    let mut path = String::new();
    for step in steps.iter().rev() {
        match step {
            Step::Field(name) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    if path.is_empty() { "(root)".to_owned() } else { path }
}

/// The parser's text without its ` at line …`.
fn bare(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or_default().to_owned(),
        None => text,
    }
}

fn offset_of(input: &[u8], line: usize, column: usize) -> usize {
    let start = match line {
        0 | 1 => 0,
        _ => memchr::memchr_iter(b'\n', input).nth(line - 2).map_or(0, |at| at + 1),
    };
    start.saturating_add(column).min(input.len())
}

/// The type of the value that ends at `offset`, or of the object that starts there.
fn found(input: &[u8], offset: usize) -> &'static str {
    if input.get(offset) == Some(&b'{') {
        return "an object";
    }
    match offset.checked_sub(1).and_then(|at| input.get(at)) {
        Some(b'"') => "a string",
        Some(b'l') => "null",
        Some(b'e') => "a boolean",
        Some(b'0'..=b'9') => "a number",
        Some(b'{' | b'}') => "an object",
        _ => "another type",
    }
}
