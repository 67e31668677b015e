//! Pages in HTML without scripts, styles or anything from elsewhere.

use std::fmt::{Display, Write as _};

/// A page being written. Whatever it is given is escaped.
#[derive(Debug)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn new(title: &str) -> Self {
        let mut page = Self(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>".to_owned(),
        );
        page.escaped(title);
        page.0.push_str("</title></head><body>\n<h1>");
        page.escaped(title);
        page.0.push_str("</h1>\n");
        page
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self.0.push_str("<p>");
        self.escaped(text);
        self.0.push_str("</p>\n");
        self
    }

    pub(super) fn links(mut self, links: &[(&str, &str)]) -> Self {
        self.0.push_str("<ul>\n");
        for (path, label) in links {
            // Writing to a string cannot fail.
            let _ = writeln!(self.0, "<li><a href=\"{path}\">{label}</a></li>");
        }
        self.0.push_str("</ul>\n");
        self
    }

    pub(super) fn table<R: IntoIterator<Item = C>, C: IntoIterator<Item: Display>>(
        mut self,
        heads: &[&str],
        rows: R,
    ) -> Self {
        self.0.push_str("<table border=\"1\" cellpadding=\"4\">\n<tr>");
        for head in heads {
            let _ = write!(self.0, "<th>{head}</th>");
        }
        self.0.push_str("</tr>\n");
        for row in rows {
            self.0.push_str("<tr>");
            for cell in row {
                self.0.push_str("<td>");
                self.escaped(&cell.to_string());
                self.0.push_str("</td>");
            }
            self.0.push_str("</tr>\n");
        }
        self.0.push_str("</table>\n");
        self
    }

    pub(super) fn finish(mut self) -> String {
        self.0.push_str("</body></html>\n");
        self.0
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                c => self.0.push(c),
            }
        }
    }
}
