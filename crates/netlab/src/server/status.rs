//! How a server shows itself.

use std::fmt;

use super::ServerHandle;
use crate::display::{self, Table};
use crate::trace::{self, Event};

impl ServerHandle {
    /// Shows the server under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use netlab::server;
    ///
    /// let server = server::iterative::serve(server::bind("127.0.0.1:0")?)?;
    /// server.evcxr_display();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn evcxr_display(&self) {
        let mut html = display::paragraph(&self.headline());
        let events = match self.own_processes() {
            // The tree names the clients as well.
            Some(tree) => {
                html += &display::preformatted(&tree);
                5
            }
            None => {
                let (clients, more) = self.client_table(3);
                html += &clients.map_or_else(String::new, |t| t.to_html());
                html += &display::paragraph(&more);
                7
            }
        };
        let log = self.log();
        let (earlier, last) = log.tail(events);
        let mut events = Table::new(&trace::COLUMNS);
        last.iter().for_each(|event| events.row(event.row()));
        html += &display::paragraph(&trace::before(earlier));
        html += &events.to_html();
        display::blocks(Some(&html), &self.to_string());
    }

    fn headline(&self) -> String {
        let state = if self.is_running() {
            "работает"
        } else {
            "остановлен"
        };
        let (addr, model, threads) =
            (self.addr(), self.model(), self.threads());
        let clients = self.clients().len();
        format!(
            "сервер {addr} ({model}) {state}; потоков: {threads}, клиентов: {clients}"
        )
    }

    /// The tree of a forking server, in a few lines.
    fn own_processes(&self) -> Option<String> {
        if self.model() != "forking" {
            return None;
        }
        let tree = self.processes().ok()?;
        (!tree.is_empty()).then(|| tree.in_lines(4))
    }

    /// At most `most` clients as a table, and a line for the others.
    fn client_table(&self, most: usize) -> (Option<Table>, String) {
        let clients = self.clients();
        if clients.is_empty() {
            return (None, String::new());
        }
        let mut table = Table::new(&[
            "клиент",
            "подключён, с",
            "принято, Б",
            "отправлено, Б",
        ]);
        for client in clients.iter().take(most) {
            let since = format!("{:.1}", client.since.as_secs_f64());
            let (received, sent) =
                (client.received.to_string(), client.sent.to_string());
            table.row(vec![client.peer.to_string(), since, received, sent]);
        }
        let more = match clients.len().saturating_sub(most) {
            0 => String::new(),
            more => format!("… ещё {more}"),
        };
        (Some(table), more)
    }
}

impl fmt::Display for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = vec![self.headline()];
        let events = match self.own_processes() {
            Some(tree) => {
                lines.push(tree);
                5
            }
            None => {
                let (clients, more) = self.client_table(10);
                lines.extend(clients.map(|t| t.to_lines()).unwrap_or_default());
                lines.push(more);
                10
            }
        };
        let log = self.log();
        let (earlier, last) = log.tail(events);
        lines.push(trace::before(earlier));
        lines.extend(last.iter().map(Event::to_string));
        display::write_lines(f, lines)
    }
}
