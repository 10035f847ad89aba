//! The table, as the README has it.

use crate::contest::{Contest, Results};
use crate::duel::Load;

pub(crate) const HEAD: &str = "\
| model | clients | bare, per s | netlab | beside bare | Python | user + system µs per echo: bare | netlab |
|---|---:|---:|---:|---:|---:|---:|---:|";

/// The row of a contest.
pub(crate) fn row(contest: &Contest, results: &Results) -> String {
    let model = contest.model;
    let figures = &results.ours;
    let python = results.python.as_ref().map_or_else(
        || "–".to_owned(),
        |python| format!("{:.2}", python.ratio()),
    );
    let (clients, times) = match contest.load {
        Load::Echoes(count) => {
            let time = |server| {
                let (user, system) = figures.time_per_echo(server);
                format!("{user:.1} + {system:.1}")
            };
            (format!("{count}"), [0, 1].map(time))
        }
        // The time of children counts when they are reaped, if at all.
        Load::Visits(count) => (
            format!("{count}, each for one echo"),
            ["–", "–"].map(str::to_owned),
        ),
    };
    let [bare_rate, our_rate] = [0, 1].map(|s| figures.per_second(s));
    let ratio = figures.ratio();
    let [bare_time, our_time] = times;
    format!(
        "| {model} | {clients} | {bare_rate:.0} | {our_rate:.0} | {ratio:.2} | {python} | {bare_time} | {our_time} |"
    )
}
