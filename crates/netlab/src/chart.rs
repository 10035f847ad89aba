//! Horizontal bars, for figures that a lesson has measured.

use std::fmt::{self, Write as _};

use crate::display::{self, escape};

/// The width of a text chart in characters.
const WIDTH: usize = 72;
/// The longest label that is not cut.
const LABEL: usize = 24;
/// More rows than this are not shown.
const ROWS: usize = 14;

/// A bar chart that displays itself.
///
/// As text it is made of block characters, at most 72 columns wide; in a
/// notebook it is an SVG.
#[derive(Debug, Clone, PartialEq)]
pub struct Bars {
    title: String,
    unit: String,
    rows: Vec<(String, f64)>,
}

/// Makes a chart of one bar per row.
///
/// The longest bar is the largest value; all start at zero. A value that is
/// negative or no number has no bar, only its figure.
///
/// # Examples
///
/// ```
/// let bars = netlab::chart::bars("Время", "мс", &[("процесс", 1.5), ("поток", 0.03)]);
/// println!("{bars}");
/// ```
pub fn bars(title: &str, unit: &str, rows: &[(impl AsRef<str>, f64)]) -> Bars {
    let rows = rows
        .iter()
        .map(|(label, value)| (shorten(label.as_ref()), *value))
        .collect();
    Bars {
        title: title.to_owned(),
        unit: unit.to_owned(),
        rows,
    }
}

fn shorten(label: &str) -> String {
    match label.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}

/// A figure with about three significant digits.
fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 || size == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        size if size >= 0.1 => format!("{value:.3}"),
        size if size >= 0.01 => format!("{value:.4}"),
        size if size >= 0.001 => format!("{value:.5}"),
        _ => format!("{value:.1e}"),
    }
}

impl Bars {
    /// The part of the full width that a value takes, from 0 to 1.
    fn share(&self, value: f64) -> f64 {
        let finite = |value: f64| {
            if value.is_finite() {
                value.max(0.0)
            } else {
                0.0
            }
        };
        let largest = self
            .rows
            .iter()
            .map(|row| finite(row.1))
            .fold(0.0, f64::max);
        if largest > 0.0 {
            finite(value) / largest
        } else {
            0.0
        }
    }

    fn shown(&self) -> impl Iterator<Item = &(String, f64)> {
        self.rows.iter().take(ROWS)
    }

    fn more(&self) -> String {
        match self.rows.len().saturating_sub(ROWS) {
            0 => String::new(),
            more => format!("… ещё {more}"),
        }
    }

    fn figures(&self) -> Vec<String> {
        let figure =
            |row: &(String, f64)| format!("{} {}", figure(row.1), self.unit);
        self.shown()
            .map(|row| figure(row).trim_end().to_owned())
            .collect()
    }

    /// Shows the chart under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::chart::bars("Клиенты", "", &[("поток", 3.0)]).evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        display::blocks(Some(&self.html()), &self.to_string());
    }

    /// The chart as HTML, for those that show more than a chart.
    pub(crate) fn html(&self) -> String {
        display::paragraph(&self.title)
            + &self.svg()
            + &display::paragraph(&self.more())
    }

    /// The bars as SVG. Text and bars take the colour of the page.
    fn svg(&self) -> String {
        let (line, left, right, full) = (24, 210, 120, 640);
        let room = f64::from(full - left - right);
        let height = line * self.shown().count();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {full} {height}\" \
             width=\"{full}\" height=\"{height}\" role=\"img\" aria-label=\"{}\" \
             style=\"max-width:100%;font:14px sans-serif\" fill=\"currentColor\">",
            escape(&self.title)
        );
        for (index, (row, figure)) in
            self.shown().zip(self.figures()).enumerate()
        {
            let top = index * line;
            let width = room * self.share(row.1);
            let end = f64::from(left) + width + 8.0;
            let _ = write!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
                 <rect x=\"{left}\" y=\"{}\" width=\"{width:.1}\" height=\"16\" opacity=\"0.65\"/>\
                 <text x=\"{end:.1}\" y=\"{}\">{}</text>",
                left - 8,
                top + 17,
                escape(&row.0),
                top + 4,
                top + 17,
                escape(&figure),
            );
        }
        svg + "</svg>"
    }
}

impl fmt::Display for Bars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figures = self.figures();
        let width = |texts: &mut dyn Iterator<Item = &str>| {
            texts.map(|text| text.chars().count()).max().unwrap_or(0)
        };
        let labels = width(&mut self.shown().map(|row| row.0.as_str()));
        let figure = width(&mut figures.iter().map(String::as_str));
        let room = WIDTH.saturating_sub(labels + figure + 4);
        let mut lines = vec![self.title.clone()];
        for (row, figure) in self.shown().zip(&figures) {
            let bar = bar(self.share(row.1), room);
            lines.push(format!("{:<labels$}  {bar}{figure}", row.0));
        }
        lines.push(self.more());
        display::write_lines(f, lines)
    }
}

/// A bar in eighths of a character, with a space after it unless it is empty.
fn bar(share: f64, room: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    // Lossless enough: at most 72 * 8.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let eighths = (share * room as f64 * 8.0).round() as usize;
    match eighths {
        0 => String::new(),
        _ => format!("{}{} ", "█".repeat(eighths / 8), EIGHTHS[eighths % 8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_bar_fills_the_line_and_no_line_is_wider() {
        let text = bars("Т", "мс", &[("a", 1.0), ("bb", 2.0), ("ccc", 0.0)])
            .to_string();
        let widths: Vec<usize> =
            text.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths.iter().max(), Some(&(WIDTH - 1)), "{text}");
        assert!(text.ends_with("ccc  0 мс"), "{text}");
    }

    #[test]
    fn long_labels_and_large_figures_still_fit() {
        let label = "очень длинная подпись, которую никто не прочтёт до конца"
            .to_owned();
        let text = bars("", "байт", &[(label, 1e15), ("x".to_owned(), -1.0)])
            .to_string();
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
    }

    #[test]
    fn numbers_that_are_none_have_no_bar() {
        let text = bars(
            "",
            "",
            &[("a", f64::NAN), ("b", f64::INFINITY), ("c", -1.0)],
        )
        .to_string();
        assert!(!text.contains('█'), "{text}");
    }

    #[test]
    fn empty_chart_is_its_title() {
        assert_eq!(
            bars("пусто", "", &[] as &[(&str, f64)]).to_string(),
            "пусто"
        );
    }

    #[test]
    fn svg_escapes_labels() {
        assert!(!bars("<b>", "<i>", &[("<u>", 1.0)]).svg().contains("<u>"));
    }
}
