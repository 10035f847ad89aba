//! Shows the events.

use std::fmt;
use std::iter;

use super::{COLUMNS, Event};
use crate::display::{self, Table};

/// A copy of a recorder's events that displays itself.
///
/// As text it is one line per event, the last 20 of them; in a notebook it is
/// a table.
///
/// # Examples
///
/// ```
/// use netlab::server;
///
/// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
/// println!("{}", server.log());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Log {
    events: Vec<Event>,
    dropped: usize,
}

impl Log {
    pub(super) fn new(events: Vec<Event>, dropped: usize) -> Self {
        Self { events, dropped }
    }

    /// Returns the events, the oldest first.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(netlab::trace::Recorder::new().log().events().is_empty());
    /// ```
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Returns how many older events the recorder has dropped.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(netlab::trace::Recorder::new().log().dropped(), 0);
    /// ```
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// Shows the log under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::trace::Recorder::new().log().evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        let (earlier, last) = self.tail(12);
        let mut html = Table::new(&COLUMNS);
        last.iter().for_each(|event| html.row(event.row()));
        let html = display::paragraph(&before(earlier)) + &html.to_html();
        display::blocks(Some(&html), &self.to_string());
    }

    /// The last `count` events and the number of those before them.
    pub(crate) fn tail(&self, count: usize) -> (usize, &[Event]) {
        let first = self.events.len().saturating_sub(count);
        (self.dropped + first, &self.events[first..])
    }
}

impl fmt::Display for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (earlier, last) = self.tail(20);
        if last.is_empty() {
            return f.write_str("событий пока нет");
        }
        let events = last.iter().map(Event::to_string);
        display::write_lines(f, iter::once(before(earlier)).chain(events))
    }
}

/// The line that stands for the events that are not shown; empty for none.
pub(crate) fn before(earlier: usize) -> String {
    match earlier {
        0 => String::new(),
        _ => format!("… раньше событий: {earlier}"),
    }
}
