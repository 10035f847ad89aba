//! Where an error came from that `?` handed out of a cell.

use crate::channel::ErrorReport;

use super::marks::{aside, sentence};
use super::place::Sources;

/// The `?` that ended the cell, and the functions of cells that it may have
/// come through.
pub(super) fn lines(
    report: &ErrorReport,
    cell: u64,
    sources: &Sources,
) -> Vec<String> {
    let at = (report.line, report.column);
    let mut marks = sources.question_marks(cell, &report.file, at);
    if marks.is_empty() {
        return Vec::new();
    }
    let names: Vec<_> = marks
        .iter()
        .map(|(place, column)| format!("{}:{column}", place.name()))
        .collect();
    let names = names.join(" или ");
    let mut lines = vec![sentence(&format!("`?` завершил ячейку в {names}"))];
    marks.dedup_by_key(|(place, _)| place.line);
    for (place, _) in &marks {
        lines.push(format!("{:>4} │ {}", place.line, place.text));
    }
    let text: Vec<_> = marks.iter().map(|(place, _)| &*place.text).collect();
    let through = functions(report, &text.join("\n"), cell, sources);
    if !through.is_empty() {
        let call = report.call.as_ref().map(|call| &call.name);
        let call = call.map(|name| format!("; не удался вызов {name}(2)"));
        lines.push(aside(&format!(
            "     {}{}",
            through.join(", "),
            call.unwrap_or_default()
        )));
    }
    lines
}

/// Where the functions are: the one in which the call has failed that the error
/// came from, or else those that the lines call and that can fail.
fn functions(
    report: &ErrorReport,
    text: &str,
    cell: u64,
    sources: &Sources,
) -> Vec<String> {
    let named = |name: &str| {
        let place = sources.failing_function(cell, name)?;
        Some(format!("функция `{name}` – в {}", place.name()))
    };
    let failed = report.call.iter().flat_map(|call| &call.functions);
    let known = failed.into_iter().find_map(|function| {
        named(function.split("::").next().unwrap_or_default())
    });
    match known {
        Some(known) => vec![known],
        None => called(text).into_iter().filter_map(named).collect(),
    }
}

/// The names before an opening parenthesis, each once.
fn called(line: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (at, _) in line.match_indices('(') {
        let before = &line[..at];
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| c.is_alphanumeric() || *c == '_')
            .last()
            .map_or(at, |(start, _)| start);
        let name = &before[start..];
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::FailedCall;

    const COMPILED: &str = "fn open() -> R {\n    let l = bind()?;\n}\n\
        pub extern \"C\" fn run_user_code_1(\n\
        let a = 1;\nopen(a, имя())?;\n(\nx.y()?\n  .z()?\n";

    fn sources() -> Sources {
        let sources = Sources::default();
        let open = "fn open() -> R {\n    let l = bind()?;\n}";
        sources.insert(1, 4, open, "");
        let code = "let a = 1; open(a, имя())?;\nx.y()?\n  .z()?";
        sources.insert(2, 5, code, COMPILED);
        sources
    }

    fn report(line: u32, functions: &[&str]) -> ErrorReport {
        let functions = functions.iter().copied().map(str::to_owned).collect();
        ErrorReport {
            file: "src/lib.rs".into(),
            line,
            column: 1,
            call: Some(FailedCall {
                name: "bind".into(),
                functions,
            }),
            ..Default::default()
        }
    }

    #[test]
    fn line_of_the_question_mark_stands_first() {
        for functions in [&["open"][..], &[], &["open::{closure#0}", "x"]] {
            let said = "     функция `open` – в In[4]:2; не удался вызов \
                        bind(2)";
            assert_eq!(
                lines(&report(6, functions), 2, &sources()),
                [
                    sentence("`?` завершил ячейку в In[5]:1:26"),
                    "   1 │ let a = 1; open(a, имя())?;".to_owned(),
                    aside(said),
                ]
            );
        }
    }

    #[test]
    fn question_marks_that_begin_alike_are_both_named() {
        assert_eq!(
            lines(&report(8, &[]), 2, &sources()),
            [
                sentence("`?` завершил ячейку в In[5]:2:6 или In[5]:3:7"),
                "   2 │ x.y()?".to_owned(),
                "   3 │   .z()?".to_owned(),
            ]
        );
    }

    #[test]
    fn called_functions_are_found_in_a_line() {
        assert_eq!(called("f(g(1), имя_2(f(3))) + (4)"), ["f", "g", "имя_2"]);
    }
}
