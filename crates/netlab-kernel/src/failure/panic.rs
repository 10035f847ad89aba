//! A panic: the message and the place first, then the calls of the user.

use crate::channel::{Frame, PanicReport};

use super::Failure;
use super::marks::{aside, sentence};
use super::place::{Place, Sources};

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
    let mut place = sources.place(cell, &report.file, report.line);
    let at = match &place {
        Some(place) => place.with_column(report.column),
        None => match called_from(report, cell, sources) {
            Some((name, caller)) => {
                place = caller;
                name
            }
            None => {
                format!("{}:{}:{}", report.file, report.line, report.column)
            }
        },
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

/// For a place in the standard library, which tells nobody anything, the
/// innermost place in a cell: its name, and its line if that is certain. A cell
/// has the names of its functions only, not the lines of its calls.
fn called_from(
    report: &PanicReport,
    cell: u64,
    sources: &Sources,
) -> Option<(String, Option<Place>)> {
    if !report.file.starts_with("/rustc/") {
        return None;
    }
    report.frames.iter().find_map(|frame| {
        let known = sources.place(cell, &frame.file, frame.line);
        let place = known.or_else(|| match frame.function.as_str() {
            Frame::CELL => sources.only_statement(cell),
            function => sources.function(cell, plain(function)?),
        });
        match place {
            Some(place) => Some((place.name(), Some(place))),
            None if frame.function == Frame::CELL => {
                Some((sources.name(cell)?, None))
            }
            None => None,
        }
    })
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
        let message = sentence("index out of bounds");
        assert!(failure.traceback[0].ends_with(&message));
        assert_eq!(
            failure.traceback[1..],
            [
                sentence("thread 'main' panicked at In[3]:2:1"),
                "   2 │ v[5]".to_owned()
            ]
        );
    }

    #[test]
    fn panic_of_the_standard_library_is_placed_where_a_cell_calls_it() {
        let sources = Sources::default();
        sources.insert(1, 4, "let n = 1;\nfn big() {\n    f()\n}", "");
        sources.insert(2, 5, "use a::b;\nvec![0; usize::MAX]", "");
        sources.insert(3, 6, "f(); g();", "");
        let at = |cell, file: &str, functions: &[&str]| {
            let frame = |function: &&str| Frame {
                function: (*function).to_owned(),
                ..Default::default()
            };
            let report = PanicReport {
                main: true,
                file: file.into(),
                frames: functions.iter().map(frame).collect(),
                ..Default::default()
            };
            details(&report, cell, &sources)
        };
        let panicked =
            |at: &str| sentence(&format!("thread 'main' panicked at {at}"));
        let file = "/rustc/59807616e1fa/library/alloc/src/raw_vec/mod.rs";
        assert_eq!(
            at(2, file, &["other::f", "big", ""]),
            [panicked("In[4]:2"), "   2 │ fn big() {".to_owned()]
        );
        let line = "   2 │ vec![0; usize::MAX]".to_owned();
        assert_eq!(at(2, file, &[""]), [panicked("In[5]:2"), line]);
        assert_eq!(at(3, file, &[""]), [panicked("In[6]")]);
        let elsewhere = [panicked("crates/other.rs:0:0")];
        assert_eq!(at(3, "crates/other.rs", &[""]), elsewhere);
    }

    #[test]
    fn wrapper_of_the_cell_is_no_function_of_the_user() {
        assert_eq!(plain("ctx::f::h0123456789abcdef"), Some("f"));
        assert_eq!(plain("ctx::run_user_code_3::{{closure}}"), None);
    }
}
