//! Output that changes while its cell runs.

use std::fmt;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{preformatted, print, render_block, render_blocks};

/// The type of a block that is not shown but says what becomes of the blocks
/// after it.
const INSTRUCTION: &str = "application/x-netlab+json";

/// The number of the next output that can be updated.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Shows a value under the running cell, at once and in fixed-width lines.
///
/// Corresponds to the message `display_data` of the [Jupyter protocol]. Unlike
/// the result of a cell it may be called at any time and any number of times,
/// by any thread of the cell, and what it returns can be shown anew.
///
/// Under a stock evcxr kernel nothing is shown before the end of the cell, and
/// of several outputs only the last.
///
/// [Jupyter protocol]: https://jupyter-client.readthedocs.io/en/stable/messaging.html#display-data
///
/// # Examples
///
/// ```
/// use netlab::display;
///
/// let progress = display::show("0 из 3");
/// for done in 1..=3 {
///     progress.update(format!("{done} из 3"));
/// }
/// ```
pub fn show(value: impl fmt::Display) -> Shown {
    let text = value.to_string();
    show_html(&preformatted(&text), &text)
}

/// Shows HTML under the running cell, and `text` where HTML can't be shown.
///
/// The same as [`show`] otherwise. Nothing in `html` is escaped; JupyterLab
/// removes scripts and `<style>`, inline styles stay.
///
/// # Examples
///
/// ```
/// netlab::display::show_html("<b>готово</b>", "готово");
/// ```
pub fn show_html(html: &str, text: &str) -> Shown {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let shown = Shown {
        id: format!("netlab-{}-{number}", process::id()),
    };
    shown.print(html, text, false);
    shown
}

/// Takes away what the running cell has shown and printed so far.
///
/// Corresponds to the message `clear_output`, which takes effect when the next
/// output comes, so that nothing flickers. Does nothing under a stock evcxr
/// kernel.
///
/// # Examples
///
/// ```
/// netlab::display::clear();
/// ```
pub fn clear() {
    print(&render_block(
        INSTRUCTION,
        r#"{"clear_output": true, "wait": true}"#,
    ));
}

/// An output that can be shown anew; made by [`show`] and [`show_html`].
///
/// Dropping it leaves the output as it is.
#[derive(Debug)]
pub struct Shown {
    id: String,
}

impl Shown {
    /// Shows another value in the place of the one before.
    ///
    /// Corresponds to the message `update_display_data`.
    ///
    /// # Examples
    ///
    /// ```
    /// let clock = netlab::display::show("тик");
    /// clock.update("так");
    /// ```
    pub fn update(&self, value: impl fmt::Display) {
        let text = value.to_string();
        self.update_html(&preformatted(&text), &text);
    }

    /// Shows other HTML in the place of what was there before.
    ///
    /// # Examples
    ///
    /// ```
    /// let bar = netlab::display::show_html("<progress></progress>", "0 %");
    /// bar.update_html("<progress value=1></progress>", "100 %");
    /// ```
    pub fn update_html(&self, html: &str, text: &str) {
        self.print(html, text, true);
    }

    fn print(&self, html: &str, text: &str, update: bool) {
        let id = &self.id;
        let instruction =
            format!(r#"{{"display_id": "{id}", "update": {update}}}"#);
        print(
            &(render_block(INSTRUCTION, &instruction)
                + &render_blocks(Some(html), text)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_output_has_an_id_of_its_own() {
        let (one, other) = (show("a"), show("b"));
        assert_ne!(one.id, other.id);
    }
}
