//! The sheets as a document for users.

use std::fmt::Write as _;

use super::{CountedOn, Field, Form, Named, Row, Rule, SHEETS, Says, Sheet};
use crate::{Class, profile};

/// `docs/dialects.md`.
#[must_use]
pub fn markdown() -> String {
    let mut out = String::from(HEAD);
    let _ = out.write_str("\n| Dialect | Instrumentation scopes | Counted on |\n|---|---|---|\n");
    for sheet in SHEETS {
        let counted = match sheet.counted_on {
            CountedOn::Spans => "spans",
            CountedOn::Logs => "log records",
        };
        let (title, name) = (sheet.dialect.title(), sheet.dialect.name());
        let _ = writeln!(out, "| [{title}](#{name}) | {} | {counted} |", codes(sheet.scopes));
    }
    for sheet in SHEETS {
        write_sheet(&mut out, sheet);
    }
    out
}

const HEAD: &str = "\
# Dialects

What Tollgate reads from each SDK and framework, and what it does not. Written from the tables in
`crates/genai/src/table` by `cargo run -p genai --example dialects > docs/dialects.md`; a test holds it up to date.

A record's dialect is told by the name of its instrumentation scope, else by its keys. Keys of the conventions are read in every
dialect and come first; of several keys for one thing the first with a value counts. Input and output tokens always mean all that is
billed: cached tokens are part of the input, reasoning is part of the output. Where a sender means something else it is corrected, and
marked `verified` if the numbers themselves show it, `assumed` if only the table says so.

Values may be integers, doubles, numbers in text, JSON in text or Python's `repr`; `\"\"`, `\"None\"`, negative numbers and NaN say nothing.
Of bodies in text the first 64 KiB are looked at. Counts above 2^53 are not believed.
";

fn write_sheet(out: &mut String, sheet: &Sheet) {
    let _ = writeln!(out, "\n## {}\n", sheet.dialect.name());
    let _ = writeln!(out, "**{}.** {}", sheet.dialect.title(), sheet.notes);
    if !sheet.rows.is_empty() {
        let _ = out.write_str("\n| Read as | From, first one first |\n|---|---|\n");
    }
    let told = |row: &&Row| row.field != Field::Marker;
    for field in Field::ALL {
        let rows = sheet.rows.iter().filter(told).filter(|row| row.field == *field);
        let keys: Vec<String> = rows.map(key).collect();
        if !keys.is_empty() {
            let written = match profile::canonical(*field) {
                Some(name) => format!("{} (`{name}`)", field.title()),
                None => field.title().to_owned(),
            };
            let _ = writeln!(out, "| {written} | {} |", keys.join(", "));
        }
    }
    write_names(out, "Kinds of span", sheet.kinds);
    write_names(out, "Names of spans", sheet.spans);
    write_names(out, "Log records", sheet.events);
    for rule in sheet.inclusion {
        let _ = writeln!(out, "\nCorrected: {}.", correction(rule));
    }
}

fn key(row: &Row) -> String {
    let form = match row.form {
        Form::Plain => "",
        Form::Quoted => " (JSON)",
        Form::Millis => " (ms)",
        Form::Time => " (time)",
    };
    let only = if row.says == Says::NothingElsewhere { " (only here)" } else { "" };
    format!("`{}`{form}{only}", row.key)
}

fn write_names(out: &mut String, title: &str, names: &[Named]) {
    if names.is_empty() {
        return;
    }
    let one = |named: &Named| {
        let class = match named.class {
            Class::Leaf => "a call",
            Class::Aggregate => "a sum",
            Class::Tool => "a tool",
            Class::Agent => "an agent",
            Class::Workflow => "a workflow",
            Class::Other => "not counted",
        };
        format!("`{}` {class}", named.word)
    };
    let all: Vec<String> = names.iter().map(one).collect();
    let _ = writeln!(out, "\n{title}: {}.", all.join(", "));
}

fn correction(rule: &Rule) -> String {
    let mut text = String::new();
    let inclusion = rule.inclusion;
    if inclusion.input_without_cache {
        text.push_str("input leaves out the cache");
    }
    if inclusion.output_without_reasoning {
        text.push_str("output leaves out reasoning");
    }
    if !rule.scope.is_empty() {
        let _ = write!(text, ", in scopes with `{}`", rule.scope);
    }
    if !rule.provider.is_empty() {
        let _ = write!(text, ", for provider `{}`", rule.provider);
    }
    if !rule.unless.is_empty() {
        let _ = write!(text, ", unless there are keys `{}…`", rule.unless);
    }
    text
}

fn codes(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}
