//! Errors of the compiler, each as a report that points into the cell.

use ariadne::{
    Color, ColorGenerator, Config, IndexType, Label, Report, ReportKind, Source,
};
use evcxr::CompilationError;

use super::{Failure, red};
use crate::engine::Named;

/// What every report is about: a name and a range of characters.
type Place = (String, std::ops::Range<usize>);

/// The failure of a cell that does not compile: `code` as the user wrote it,
/// `named` as `evcxr` was given it.
pub(crate) fn failure(
    errors: &[CompilationError],
    code: &str,
    named: &Named,
    count: u32,
) -> Failure {
    let name = errors.iter().find_map(CompilationError::code);
    let value = errors.first().map(CompilationError::message);
    Failure {
        name: name.unwrap_or("CompileError").to_owned(),
        value: value.unwrap_or_default(),
        traceback: errors
            .iter()
            .flat_map(|error| report(error, code, named, count))
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
        return vec![format!("{}: {}", red("error"), error.message())];
    }
    let file = format!("In[{count}]");
    let starts = line_starts(&named.text);
    let offset = |line: usize, column: usize| {
        let start = starts.get(line - 1).copied().unwrap_or(0);
        named.original(start + column - 1)
    };
    let end = code.chars().count();
    let mut report = Report::<Place>::build(
        ReportKind::Error,
        (file.clone(), first_span(error, &offset, end)),
    )
    .with_config(Config::default().with_index_type(IndexType::Char))
    .with_message(error.message());
    if let Some(code) = error.code() {
        report = report.with_code(code);
    }
    let mut colors = ColorGenerator::new();
    let mut notes = Vec::new();
    let spanned = error.spanned_messages().iter().chain(error.help_spanned());
    for message in spanned {
        match &message.span {
            Some(_) if message.label.is_empty() => {}
            Some(span) => {
                let from = offset(span.start_line, span.start_column).min(end);
                let to = offset(span.end_line, span.end_column).min(end);
                report = report.with_label(
                    Label::new((file.clone(), from..to.max(from)))
                        .with_message(&message.label)
                        .with_color(for_light_pages(colors.next()))
                        .with_order(10),
                );
            }
            None => notes.push(message.label.clone()),
        }
    }
    match hint(error) {
        Some(hint) => report.set_note(hint),
        None if !notes.is_empty() => report.set_note(notes.join("\n")),
        None => {}
    }
    let mut text = Vec::new();
    let written = report.finish().write((file, Source::from(code)), &mut text);
    match written {
        Ok(()) => String::from_utf8_lossy(&text)
            .lines()
            .map(str::to_owned)
            .collect(),
        Err(_) => vec![format!("{}: {}", red("error"), error.message())],
    }
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

fn first_span(
    error: &CompilationError,
    offset: &impl Fn(usize, usize) -> usize,
    end: usize,
) -> std::ops::Range<usize> {
    let primary = error.primary_spanned_message();
    match primary.and_then(|message| message.span) {
        Some(span) => {
            let from = offset(span.start_line, span.start_column).min(end);
            from..offset(span.end_line, span.end_column).clamp(from, end)
        }
        None => 0..end,
    }
}

/// The generator's colours are for dark pages.
fn for_light_pages(color: Color) -> Color {
    match color {
        Color::Fixed(number) => Color::Fixed(255 - number),
        other => other,
    }
}

/// What holds for cells only and the compiler can't know.
fn hint(error: &CompilationError) -> Option<&'static str> {
    match error.code()? {
        "E0384" | "E0596" => Some(
            "переменную прежней ячейки можно сделать изменяемой так: \
             `let mut x = x;`",
        ),
        // What that one means is said in another way.
        _ if super::ownership::is_of_a_thread(&error.json) => None,
        _ => error.evcxr_extra_hint().map(|_| {
            "переменная ячейки не может хранить ссылку (кроме `&'static`): \
             возьмите код в `{ }` или храните само значение"
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
