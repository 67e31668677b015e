//! Rules as Prometheus reads them.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use super::{File, Group, Rule, RuleKind};

impl fmt::Display for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("# Made by tollgate slo rules. Change the objectives, not this file.\n")?;
        f.write_str(if self.groups.is_empty() { "groups: []\n" } else { "groups:\n" })?;
        self.groups.iter().try_for_each(|group| group.fmt(f))
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "- name: {}", Quoted(&self.name))?;
        if let Some(interval) = self.interval {
            writeln!(f, "  interval: {interval}")?;
        }
        f.write_str("  rules:\n")?;
        self.rules.iter().try_for_each(|rule| rule.fmt(f))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            RuleKind::Record(name) => writeln!(f, "  - record: {}", Quoted(name))?,
            RuleKind::Alert(name, _) => writeln!(f, "  - alert: {}", Quoted(name))?,
        }
        f.write_str("    expr: |-\n")?;
        for line in self.expr.lines() {
            writeln!(f, "      {line}")?;
        }
        if let RuleKind::Alert(_, Some(hold)) = &self.kind {
            writeln!(f, "    for: {hold}")?;
        }
        map(f, "labels", &self.labels)?;
        map(f, "annotations", &self.annotations)
    }
}

fn map(f: &mut fmt::Formatter<'_>, name: &str, map: &BTreeMap<String, String>) -> fmt::Result {
    if map.is_empty() {
        return Ok(());
    }
    writeln!(f, "    {name}:")?;
    map.iter().try_for_each(|(key, value)| writeln!(f, "      {key}: {}", Quoted(value)))
}

/// A text in double quotes. JSON's escapes are YAML's.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        if self.0.starts_with(|c: char| c.is_ascii_alphabetic())
            && self.0.chars().all(|c| is_plain(c) || c == ':')
            && !self.0.ends_with(':')
            && !is_yaml_word(self.0)
        {
            return f.write_str(self.0);
        }
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                    write!(f, "\\u{:04x}", u32::from(c))?;
                }
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Words that are not read as texts.
fn is_yaml_word(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    words.contains(&text.to_ascii_lowercase().as_str())
}
