//! Errors of the compiler, each as a report that points into the cell.

use ariadne::{
    Color, ColorGenerator, Config, IndexType, Label, Report, ReportBuilder,
    ReportKind, Source,
};
use evcxr::CompilationError;

use super::wording::{self, Remark, said};
use super::{
    Failure, UNNAMED, backquotes, headline, last_expression, marks, sayings,
};
use crate::engine::Named;

/// What every report is about: a name and a range of characters.
type Place = (String, std::ops::Range<usize>);

/// The failure of a cell that does not compile: `code` as the user wrote it,
/// `named` as `evcxr` was given it. `is_of_an_earlier_cell` tells whether a
/// name is a variable that an earlier cell has made, and not this one.
pub(crate) fn failure(
    errors: &[CompilationError],
    code: &str,
    named: &Named,
    count: u32,
    is_of_an_earlier_cell: &impl Fn(&str) -> bool,
) -> Failure {
    let is_error = |error: &&CompilationError| error.level() != "warning";
    let mut errors: Vec<_> = errors.iter().filter(is_error).collect();
    // What the compiler says is the cause of what `evcxr` says.
    errors.sort_by_key(|error| sayings::in_russian(&error.message()).is_some());
    let first = errors.first();
    let name = first.and_then(|error| error.code());
    let value = first.map(|error| said(error));
    Failure {
        name: name.unwrap_or(UNNAMED).to_owned(),
        value: value.unwrap_or_default(),
        traceback: errors
            .iter()
            .flat_map(|error| {
                let report = report(error, code, named, count);
                let hint = hint(error, is_of_an_earlier_cell);
                let hint = hint.map(|said| marks::sentence(&said));
                report.into_iter().chain(hint)
            })
            .collect(),
    }
}

/// The lines of one report.
///
/// `evcxr` has a report of its own, but none for a cell with a letter beyond
/// ASCII: it counts bytes where the compiler counts characters.
fn report(
    error: &CompilationError,
    code: &str,
    named: &Named,
    count: u32,
) -> Vec<String> {
    if !error.is_from_user_code() {
        return vec![headline("error", &said(error))];
    }
    let file = format!("In[{count}]");
    let starts = line_starts(&named.text);
    let offset = |line: usize, column: usize| {
        let start = starts.get(line - 1).copied().unwrap_or(0);
        named.original(start + column - 1)
    };
    let end = code.chars().count();
    let is_ours = sayings::in_russian(&error.message()).is_some();
    let kind = match is_ours {
        true => ReportKind::Custom("Ошибка", Color::Red),
        false => ReportKind::Error,
    };
    let quoted = wording::quoted_in(code, error);
    let primary = error.primary_spanned_message();
    let primary = primary.and_then(|message| message.span);
    // Where it stands although `evcxr` has no place for it.
    let found = || {
        last_expression::place(&error.json, code)
            .or_else(|| Some((quoted.clone()?, String::new())))
    };
    let found = if primary.is_none() { found() } else { None };
    let place = match primary {
        Some(span) => {
            let to = offset(span.end_line, span.end_column).min(end);
            let from = offset(span.start_line, span.start_column).min(to);
            // Of what was put behind a variable, its name is meant.
            let name = quoted.clone().filter(|_| is_ours && from == to);
            name.unwrap_or(from..to)
        }
        None => found.as_ref().map_or(0..end, |(place, _)| place.clone()),
    };
    let mut report =
        Report::<Place>::build(kind, (file.clone(), place.clone()))
            .with_config(config())
            .with_message(said(error));
    if let Some(code) = error.code() {
        report = report.with_code(code);
    }
    let mut colors = ColorGenerator::new();
    let mut labels = Vec::new();
    let spanned = error.spanned_messages().iter().chain(error.help_spanned());
    for message in spanned {
        match &message.span {
            Some(span) => {
                let to = offset(span.end_line, span.end_column).min(end);
                let from = offset(span.start_line, span.start_column).min(to);
                let there = if is_ours { place.clone() } else { from..to };
                let label = Label::new((file.clone(), there))
                    // Without any it would not be drawn.
                    .with_message(wording::label(&message.label, error))
                    .with_color(for_light_pages(colors.next()))
                    .with_order(10);
                labels.push((to, label));
            }
            // It stands beside the place.
            None if found
                .as_ref()
                .is_some_and(|(_, said)| *said == message.label) => {}
            None => add(&mut report, wording::remark(&message.label)),
        }
    }
    for remark in wording::beside(&error.json) {
        add(&mut report, remark);
    }
    if labels.is_empty()
        && let Some((place, said)) = found
    {
        let end = place.end;
        let label = Label::new((file.clone(), place))
            .with_message(wording::label(&said, error))
            .with_color(for_light_pages(colors.next()));
        labels.push((end, label));
    }
    // In another order the report is cut into several.
    labels.sort_by_key(|(end, _)| *end);
    report.add_labels(labels.into_iter().map(|(_, label)| label));
    let mut text = Vec::new();
    let written = report.finish().write((file, Source::from(code)), &mut text);
    match written {
        Ok(()) => {
            let text = String::from_utf8_lossy(&text);
            let mut lines = text.lines();
            let head = lines.next().map(marks::head);
            head.into_iter().chain(lines.map(str::to_owned)).collect()
        }
        Err(_) => vec![headline("error", &said(error))],
    }
}

fn add(report: &mut ReportBuilder<'_, Place>, remark: Remark) {
    match remark {
        Remark::Help(help) => report.add_help(help),
        Remark::Note(note) => report.add_note(note),
    }
}

/// A drawing of few lines: a slide has room for fifteen, with what is said
/// below.
fn config() -> Config {
    Config::default()
        .with_index_type(IndexType::Char)
        .with_compact(true)
}

/// Whether the compiler has not found this name.
pub(crate) fn is_unknown(errors: &[CompilationError], name: &str) -> bool {
    let name = format!("`{name}`");
    errors.iter().any(|error| {
        matches!(error.code(), Some("E0423" | "E0425" | "E0433"))
            && error.message().contains(&name)
    })
}

/// How many characters precede each line.
fn line_starts(code: &str) -> Vec<usize> {
    let lengths = code.split_inclusive('\n').map(|line| line.chars().count());
    lengths
        .scan(0, |next, length| {
            let start = *next;
            *next += length;
            Some(start)
        })
        .collect()
}

/// The generator's colours are for dark pages.
fn for_light_pages(color: Color) -> Color {
    match color {
        Color::Fixed(number) => Color::Fixed(255 - number),
        other => other,
    }
}

/// What holds for cells only and the compiler can't know.
fn hint(
    error: &CompilationError,
    is_of_an_earlier_cell: &impl Fn(&str) -> bool,
) -> Option<String> {
    match error.code()? {
        "E0384" | "E0596" => {
            let message = error.message();
            let name = backquotes::first(&message)?;
            // Of its own variables and arguments the compiler has said it.
            is_of_an_earlier_cell(name).then(|| {
                format!(
                    "Переменную прежней ячейки можно сделать изменяемой так: \
                     `let mut {name} = {name};`."
                )
            })
        }
        // What that one means is said in another way.
        _ if super::ownership::is_of_a_thread(&error.json) => None,
        _ => error.evcxr_extra_hint().map(|_| {
            "Переменная ячейки не может хранить ссылку (кроме `&'static`): \
             возьмите код в `{ }` или храните само значение."
                .to_owned()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_in_characters() {
        assert_eq!(line_starts("жы\n\nx"), [0, 3, 4]);
    }
}
