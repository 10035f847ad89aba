//! The only place that prints: how a value shows itself under a cell.
//!
//! [`show`] does it at any moment while the cell runs, and can do it again in
//! the same place.
//!
//! # The marker protocol
//!
//! evcxr looks for marker lines on the standard output of the cell. Between
//! them is the content of one MIME type. A type takes part by having a method
//! `evcxr_display(&self)`, which the kernel calls when a cell ends in a value
//! of that type. The protocol is in the [README of evcxr]. The lab's kernel
//! knows one type more, which carries a display id or clears the output.
//!
//! [README of evcxr]: https://github.com/evcxr/evcxr/tree/main/evcxr_jupyter

mod shown;

pub use shown::{Shown, clear, show, show_html};

use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::time::Duration;

const BEGIN: &str = "EVCXR_BEGIN_CONTENT";
const END: &str = "EVCXR_END_CONTENT";

/// Prints the content of a cell's result: HTML where it can be shown, and the
/// same as text for everywhere else.
pub(crate) fn blocks(html: Option<&str>, text: &str) {
    print(&render_blocks(html, text));
}

/// Prints Markdown, which pages render and everything else shows as it is.
pub(crate) fn markdown(text: &str) {
    print(
        &(render_block("text/markdown", text)
            + &render_block("text/plain", text)),
    );
}

/// Prints finished blocks.
fn print(blocks: &str) {
    // One write under one lock. A line that another thread prints in between
    // would become part of the content, or hide the marker from the kernel.
    let mut stdout = io::stdout().lock();
    // A notebook that has gone away is no reason to panic.
    let _ = stdout.write_all(blocks.as_bytes());
    let _ = stdout.flush();
}

/// The bytes that [`blocks`] prints.
fn render_blocks(html: Option<&str>, text: &str) -> String {
    let html = html.map(|html| render_block("text/html", html));
    html.unwrap_or_default() + &render_block("text/plain", text)
}

fn render_block(mime: &str, content: &str) -> String {
    // A client may send the marker as text; it must not end our block.
    let content = content.replace(END, "EVCXR-END-CONTENT");
    format!("{BEGIN} {mime}\n{}\n{END}\n", content.trim_end())
}

/// Makes text safe between HTML tags and inside quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// Writes control characters as `\n`, `\r`, `\u{1b}`: they would break the
/// line, or (as ESC) the terminal.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\'' | '\\' => line.push(c),
            _ => line.extend(c.escape_debug()),
        }
    }
    line
}

/// A paragraph of HTML; nothing for an empty text.
pub(crate) fn paragraph(text: &str) -> String {
    match text {
        "" => String::new(),
        _ => format!("<div style=\"margin:0.2em 0\">{}</div>", escape(text)),
    }
}

/// Text in fixed-width lines, as it is.
pub(crate) fn preformatted(text: &str) -> String {
    format!(
        "<pre style=\"margin:0;color:inherit;background:none\">{}</pre>",
        escape(text)
    )
}

/// Writes lines with a newline between them and none at the end: `println!`
/// adds that one.
pub(crate) fn write_lines(
    f: &mut fmt::Formatter<'_>,
    lines: impl IntoIterator<Item = String>,
) -> fmt::Result {
    let shown = lines.into_iter().filter(|line| !line.is_empty());
    for (index, line) in shown.enumerate() {
        let newline = if index == 0 { "" } else { "\n" };
        write!(f, "{newline}{line}")?;
    }
    Ok(())
}

/// A time as people write it: «0.3 с».
pub(crate) fn seconds(time: Duration) -> String {
    format!("{} с", time.as_secs_f64())
}

/// A table that can be shown as text and as HTML.
pub(crate) struct Table {
    titles: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(titles: &[&'static str]) -> Self {
        Self {
            titles: titles.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.titles.len());
        self.rows.push(cells);
    }

    /// Columns padded to the same width, two spaces between them.
    pub(crate) fn to_lines(&self) -> Vec<String> {
        let titles: Vec<String> = self
            .titles
            .iter()
            .map(|title| (*title).to_owned())
            .collect();
        let lines = || std::iter::once(&titles).chain(&self.rows);
        let widths: Vec<usize> = (0..titles.len())
            .map(|column| {
                lines()
                    .map(|line| line[column].chars().count())
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let padded = |line: &Vec<String>| {
            let mut padded = String::new();
            for (cell, width) in line.iter().zip(&widths) {
                let _ = write!(padded, "{cell:<width$}  ");
            }
            padded.trim_end().to_owned()
        };
        lines().map(padded).collect()
    }

    /// The same as HTML.
    ///
    /// Only inline styles: JupyterLab removes `<style>` from outputs. No
    /// colours: the page may be dark or light.
    pub(crate) fn to_html(&self) -> String {
        let cell = "style=\"text-align:left;padding:0.1em 0.8em 0.1em 0;font-family:monospace;\
                    white-space:pre-wrap\"";
        let mut html = String::from(
            "<table style=\"border-collapse:collapse;margin:0\"><tr>",
        );
        for title in &self.titles {
            let _ = write!(html, "<th {cell}>{}</th>", escape(title));
        }
        html.push_str("</tr>");
        for row in &self.rows {
            html.push_str("<tr>");
            for text in row {
                let _ = write!(html, "<td {cell}>{}</td>", escape(text));
            }
            html.push_str("</tr>");
        }
        html + "</table>"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_blocks_are_complete_lines() {
        assert_eq!(
            render_blocks(Some("<b>x</b>"), "x\n"),
            "EVCXR_BEGIN_CONTENT text/html\n<b>x</b>\nEVCXR_END_CONTENT\n\
             EVCXR_BEGIN_CONTENT text/plain\nx\nEVCXR_END_CONTENT\n"
        );
    }

    #[test]
    fn marker_inside_the_content_does_not_end_the_block() {
        let block = render_blocks(None, "a\nEVCXR_END_CONTENT\nb");
        assert_eq!(block.matches(END).count(), 1);
    }

    #[test]
    fn markup_in_a_cell_is_text() {
        let mut table = Table::new(&["a"]);
        table.row(vec!["<img src=x onerror='alert(1)'>".to_owned()]);
        assert!(!table.to_html().contains("<img"));
    }

    #[test]
    fn columns_are_aligned_by_characters_not_bytes() {
        let mut table = Table::new(&["имя", "x"]);
        table.row(vec!["ab".to_owned(), "1".to_owned()]);
        assert_eq!(table.to_lines(), ["имя  x", "ab   1"]);
    }
}
