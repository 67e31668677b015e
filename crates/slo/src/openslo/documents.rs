//! The objects of a text: several documents, or lists of objects, or both.

use config::Value;

use crate::objective::Faults;

/// Documents of one text.
const DOCUMENTS_MAX: usize = 10_000;

/// Every object, at its place in the whole text.
pub(super) fn objects(text: &str, source: &str, faults: &mut Faults) -> Vec<Value> {
    let mut objects = Vec::new();
    for (number, (lines_before, document)) in documents(text).into_iter().enumerate() {
        if number == DOCUMENTS_MAX {
            let message = format!("there are more than {DOCUMENTS_MAX} documents");
            faults.error("", None, message, "split the file".to_owned());
            break;
        }
        match config::parse(document, source) {
            Err(error) => {
                let pos = error.pos().cloned().map(|mut pos| {
                    pos.line = pos.line.saturating_add(lines_before);
                    pos
                });
                let remedy = "correct the YAML".to_owned();
                faults.error("", pos.as_ref(), error.message().to_owned(), remedy);
            }
            Ok(mut value) => {
                moved(&mut value, lines_before);
                match value.kind {
                    config::Kind::Null => {}
                    config::Kind::Seq(items) => objects.extend(items),
                    _ => objects.push(value),
                }
            }
        }
    }
    objects
}

/// The documents, each with the number of lines before it. A line that begins with `---` begins
/// one, wherever it stands: texts over several lines are indented.
fn documents(text: &str) -> Vec<(u32, &str)> {
    let mut documents = Vec::new();
    let (mut start, mut start_line, mut at, mut line) = (0, 0, 0, 0_u32);
    for piece in text.split_inclusive('\n') {
        let is_mark = piece
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if is_mark && at > start {
            documents.push((start_line, text.get(start..at).unwrap_or("")));
            (start, start_line) = (at, line);
        }
        at += piece.len();
        line = line.saturating_add(1);
    }
    documents.push((start_line, text.get(start..).unwrap_or("")));
    documents
}

/// Adds the lines of the documents before.
fn moved(value: &mut Value, lines: u32) {
    if lines == 0 {
        return;
    }
    if let Some(pos) = &mut value.pos {
        pos.line = pos.line.saturating_add(lines);
    }
    match &mut value.kind {
        config::Kind::Seq(items) => items.iter_mut().for_each(|item| moved(item, lines)),
        config::Kind::Map(map) => map.values_mut().for_each(|value| moved(value, lines)),
        _ => {}
    }
}
