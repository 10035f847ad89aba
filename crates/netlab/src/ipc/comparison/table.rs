//! How the comparison shows itself.

use std::fmt;
use std::io;
use std::time::Duration;

use super::{Comparison, Places, Row};
use crate::display::{self, Table};
use crate::ipc::measured::{Measured, figure, microseconds};
use crate::ipc::refusal::Refusal;

/// The widest text that is shown, in characters.
const WIDTH: usize = 80;

impl Row {
    /// Why this mechanism, or a part of it, could not be measured.
    fn refusal(&self) -> Option<&io::Error> {
        [&self.two_cores, &self.one_core, &self.stream]
            .into_iter()
            .find_map(|measured| measured.as_ref()?.as_ref().err())
    }

    fn cells(&self, note: String) -> Vec<String> {
        let time = |rounds: &Option<io::Result<Measured>>| match rounds {
            Some(Ok(measured)) => microseconds(measured.round_trip),
            Some(Err(_)) | None => "–".to_owned(),
        };
        let rate = match &self.stream {
            Some(Ok(measured)) => measured.rate().map_or(String::new(), figure),
            Some(Err(_)) | None => "–".to_owned(),
        };
        vec![
            self.mechanism.name.to_owned(),
            format!("{:>11}", time(&self.one_core)),
            format!("{:>11}", time(&self.two_cores)),
            format!("{rate:>6}"),
            note,
        ]
    }
}

impl Comparison {
    /// The table; `note` says what to write about a refused mechanism.
    fn table(&self, note: impl Fn(&io::Error) -> String) -> Table {
        let mut table = Table::new(&[
            "способ",
            "вместе, мкс",
            "врозь, мкс",
            "  МБ/с",
            "особенность",
        ]);
        for row in &self.rows {
            let peculiar = || row.mechanism.peculiar.to_owned();
            table.row(row.cells(row.refusal().map_or_else(peculiar, &note)));
        }
        table
    }

    /// What the figures are.
    fn footer(&self) -> String {
        let seconds = figure(self.elapsed.as_secs_f64());
        let places = match self.places {
            Places::Anywhere => "ядра процессора выбирала система",
            Places::One(_) => "ядро процессора одно",
            Places::Two(..) => "на одном ядре процессора и врозь",
        };
        format!("{seconds} с; МБ/с: по 64 КиБ; мкс: медиана круга, {places}")
    }

    /// Shows the table under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// netlab::ipc::compare().evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        let table = self.table(io::Error::to_string).to_html();
        let html = table + &display::paragraph(&self.footer());
        display::blocks(Some(&html), &self.to_string());
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.table(Refusal::short_of).to_lines();
        // The reason of a refusal needs the room of the figures.
        for (line, row) in lines.iter_mut().skip(1).zip(&self.rows) {
            if row.round_trip() == Duration::MAX {
                let reason = row.refusal().map(Refusal::short_of);
                let reason = reason.unwrap_or_default();
                *line = format!("{:<20}  {reason}", row.mechanism.name);
            }
            shorten(line);
        }
        lines.push(self.footer());
        display::write_lines(f, lines)
    }
}

/// Cuts a line that would be broken in two.
fn shorten(line: &mut String) {
    if line.chars().count() > WIDTH {
        let end = line.char_indices().nth(WIDTH - 1);
        line.truncate(end.map_or(line.len(), |(end, _)| end));
        line.push('…');
    }
}

#[cfg(test)]
mod tests {
    use nix::errno::Errno;

    use super::*;
    use crate::ipc::MECHANISMS;
    use crate::ipc::refusal::explain_errno;

    fn measured(bytes: usize) -> Measured {
        Measured {
            mechanism: "м",
            rounds: 10,
            round_trip: Duration::from_nanos(123_456_789),
            bytes,
            elapsed: Duration::from_millis(1),
        }
    }

    fn example() -> Comparison {
        let mut rows: Vec<Row> = MECHANISMS
            .map(|mechanism| Row {
                mechanism,
                one_core: Some(Ok(measured(0))),
                two_cores: Some(Ok(measured(0))),
                stream: mechanism.transfer.map(|_| Ok(measured(12_345_678))),
            })
            .into();
        let refused = || Err(explain_errno("mq_open")(Errno::ENOSYS));
        rows[10].one_core = Some(refused());
        rows[10].two_cores = Some(refused());
        rows[10].stream = Some(refused());
        rows[11].stream =
            Some(Err(explain_errno("posix_fallocate")(Errno::EMFILE)));
        Comparison {
            rows,
            elapsed: Duration::from_millis(23_456),
            places: Places::Two(0, 1),
        }
    }

    #[test]
    fn table_fits_a_slide_whatever_was_measured() {
        let text = example().to_string();
        assert!(text.lines().count() <= 14, "{text}");
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}\n{text}");
        }
    }

    #[test]
    fn refused_mechanism_is_a_row_with_the_reason() {
        let text = example().to_string();
        let row = text.lines().find(|line| line.contains("mq_open"));
        assert_eq!(
            row,
            Some(
                "Очередь сообщений     mq_open: ENOSYS, в этой системе такого \
                 вызова нет"
            )
        );
    }

    #[test]
    fn footer_says_which_cores_were_used() {
        for (places, words) in [
            (Places::Anywhere, "ядра процессора выбирала система"),
            (Places::One(0), "ядро процессора одно"),
        ] {
            let text = Comparison {
                places,
                ..example()
            };
            assert!(text.to_string().ends_with(words), "{text}");
        }
    }
}
