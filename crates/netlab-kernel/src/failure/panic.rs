//! A panic: the message and the place first, then the calls of the user.

use crate::channel::PanicReport;

use super::Failure;
use super::marks::{aside, sentence};
use super::place::Sources;

/// How many calls are shown.
const CALLS: usize = 8;

/// The failure of a cell that a panic has ended. `cell` is its number.
pub(crate) fn failure(
    report: &PanicReport,
    cell: u64,
    sources: &Sources,
) -> Failure {
    Failure::new(
        "panic",
        report.message.clone(),
        details(report, cell, sources),
    )
}

/// What is said when the hooks could not report anything.
pub(crate) fn without_report() -> Failure {
    Failure::new("panic", "ячейка завершилась паникой", [])
}

/// A panic that did not end its cell, as text for its stderr.
pub(crate) fn remark(
    report: &PanicReport,
    cell: u64,
    sources: &Sources,
) -> String {
    let mut text = String::new();
    for line in details(report, cell, sources) {
        text += &line;
        text += "\n";
        if text.lines().count() == 1 {
            text += &report.message;
            text += "\n";
        }
    }
    text
}

fn details(report: &PanicReport, cell: u64, sources: &Sources) -> Vec<String> {
    let thread = match report.thread.as_str() {
        _ if report.main => "main",
        "" => "<unnamed>",
        name => name,
    };
    let place = sources.place(cell, &report.file, report.line);
    let at = match &place {
        Some(place) => place.with_column(report.column),
        None => format!("{}:{}:{}", report.file, report.line, report.column),
    };
    let mut lines =
        vec![sentence(&format!("thread '{thread}' panicked at {at}"))];
    if let Some(place) = &place {
        lines.push(format!("{:>4} │ {}", place.line, place.text));
    }
    let mut above = place;
    for frame in &report.frames {
        let Some(place) = sources.place(cell, &frame.file, frame.line) else {
            continue;
        };
        if above.as_ref() == Some(&place) || lines.len() > CALLS + 2 {
            continue;
        }
        let name = match plain(&frame.function) {
            Some(name) => format!("{} ← {name}", place.name()),
            None => place.name(),
        };
        lines.push(aside(&format!("     вызвано из {name}")));
        above = Some(place);
    }
    lines
}

/// The name of a function as the user wrote it; None for the function that
/// `evcxr` wraps a cell in.
fn plain(function: &str) -> Option<&str> {
    let name = function.strip_prefix("ctx::").unwrap_or(function);
    let hash = name.rfind("::h").filter(|at| name.len() - at == 19);
    let name = &name[..hash.unwrap_or(name.len())];
    (!name.contains("run_user_code_")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_then_place_then_line_of_the_cell() {
        let sources = Sources::default();
        sources.insert(
            7,
            3,
            "let v = vec![1];\nv[5]",
            "use x;\nlet v = vec![1];\n(\nv[5]\n)",
        );
        let report = PanicReport {
            thread: "main".into(),
            main: true,
            message: "index out of bounds".into(),
            file: "src/lib.rs".into(),
            line: 4,
            column: 1,
            frames: vec![],
            taken: None,
        };
        let failure = failure(&report, 7, &sources);
        assert_eq!(failure.name, "panic");
        assert_eq!(failure.value, "index out of bounds");
        assert!(failure.traceback[0].ends_with("index out of bounds"));
        assert_eq!(
            failure.traceback[1..],
            [
                sentence("thread 'main' panicked at In[3]:2:1"),
                "   2 │ v[5]".to_owned()
            ]
        );
    }

    #[test]
    fn wrapper_of_the_cell_is_no_function_of_the_user() {
        assert_eq!(plain("ctx::f::h0123456789abcdef"), Some("f"));
        assert_eq!(plain("ctx::run_user_code_3::{{closure}}"), None);
    }
}
