//! A reader of the text format that shares nothing with the writer.

use std::collections::BTreeMap;

use super::samples;

/// A line of a page, read by the rules of the format: name, labels, and what stands after them.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) rest: String,
}

pub(super) fn read_page(page: &str) -> Vec<Line> {
    samples(page).into_iter().map(read_line).collect()
}

pub(super) fn read_line(line: &str) -> Line {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    let mut labels = BTreeMap::new();
    let mut name = name.to_owned();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        while !rest.starts_with('}') {
            rest = rest.strip_prefix(',').unwrap_or(rest);
            let (key, after) = match rest.starts_with('"') {
                true => read_quoted(rest),
                false => {
                    let (key, after) = rest.split_at(rest.find('=').unwrap());
                    (key.to_owned(), after)
                }
            };
            rest = after;
            match after.strip_prefix('=') {
                Some(after) => {
                    let (value, after) = read_quoted(after);
                    assert!(labels.insert(key, value).is_none(), "a label twice: {line}");
                    rest = after;
                }
                None => name = key,
            }
        }
        rest = rest.strip_prefix('}').unwrap();
    }
    Line { name, labels, rest: rest.strip_prefix(' ').unwrap().to_owned() }
}

pub(super) fn read_quoted(text: &str) -> (String, &str) {
    let mut content = String::new();
    let mut chars = text.strip_prefix('"').unwrap().chars();
    loop {
        match chars.next().unwrap() {
            '"' => return (content, chars.as_str()),
            '\\' => content.push(match chars.next().unwrap() {
                'n' => '\n',
                other => other,
            }),
            other => content.push(other),
        }
    }
}
