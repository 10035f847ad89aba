//! The table, as the README has it.

use crate::contest::{Contest, Load};
use crate::figures::{Figures, Series};

pub(crate) const HEAD: &str = "\
| model | clients | bare, per s | netlab | beside bare | Python | user + system µs per echo: bare | netlab |
|---|---:|---:|---:|---:|---:|---:|---:|";

/// The row of a contest.
pub(crate) fn row(contest: &Contest, figures: &[Figures]) -> String {
    let model = contest.model;
    let [bare, ours, others @ ..] = figures else {
        return format!("| {model} | not measured |");
    };
    let python = others.first().map_or_else(
        || "–".to_owned(),
        |python| format!("{:.2}", python.beside(bare)),
    );
    let (clients, user) = match contest.load {
        Load::Echoes(count) => {
            (format!("{count}"), [bare, ours].map(time_per_echo))
        }
        // The time of children counts when they are reaped, if at all.
        Load::Visits(count) => (
            format!("{count}, each for one echo"),
            ["–", "–"].map(str::to_owned),
        ),
    };
    let [bare_rate, our_rate] =
        [bare, ours].map(|f| format!("{:.0}", f.median(Series::per_second)));
    let ratio = ours.beside(bare);
    let [bare_user, our_user] = user;
    format!(
        "| {model} | {clients} | {bare_rate} | {our_rate} | {ratio:.2} | {python} | {bare_user} | {our_user} |"
    )
}

fn time_per_echo(figures: &Figures) -> String {
    let user = figures.median(Series::user_per_echo);
    let system = figures.median(Series::system_per_echo);
    format!("{user:.1} + {system:.1}")
}
