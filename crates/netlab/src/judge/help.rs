//! Hints and solutions, as they stand in the notebooks of solutions.

use std::collections::BTreeMap;
use std::fmt;

use parking_lot::Mutex;
use serde_json::Value;

use super::progress;
use super::words::{Text, text};
use crate::display;

/// The notebooks of solutions, one for each lesson with exercises.
static NOTEBOOKS: [&str; 1] = [include_str!(
    "../../../../notebooks/solutions/01-sockets-exercises.ipynb"
)];

/// What was asked for in this notebook, by the name of the exercise.
static ASKED: Mutex<BTreeMap<String, Asked>> = Mutex::new(BTreeMap::new());

#[derive(Default)]
struct Asked {
    hints: usize,
    solution: bool,
}

/// A hint or a solution; as the last expression of a cell it displays itself.
///
/// Made by [`hint`] and [`solution`].
#[derive(Clone)]
#[must_use = "help that nobody looks at helps nobody"]
pub struct Help(String);

impl Help {
    /// Shows the help under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::judge::hint("shout").evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        display::markdown(&self.0);
    }
}

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The same text: evcxr shows a result by `Debug` when its cell moves a
/// variable away.
impl fmt::Debug for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The next hint for an exercise: first where to look, then which calls to use,
/// then a skeleton. After the last one they are all shown.
///
/// # Examples
///
/// ```
/// use netlab::judge;
///
/// let first = judge::hint("shout").to_string();
/// assert_ne!(first, judge::hint("shout").to_string());
/// ```
pub fn hint(exercise: &str) -> Help {
    let hints = cells(exercise, "hint");
    if hints.is_empty() {
        return unknown(exercise);
    }
    let mut asked = ASKED.lock();
    let asked = &mut asked.entry(exercise.to_owned()).or_default().hints;
    let (now, all) = (*asked + 1, hints.len());
    if now > all {
        let end = Text::new(
            "Подсказок больше нет. Все ещё раз:",
            "There are no more hints. All of them again:",
        );
        return Help(format!("{end}\n\n{}", hints.join("\n\n")));
    }
    *asked = now;
    let head =
        text!("**Подсказка {now} из {all}.**", "**Hint {now} of {all}.**");
    Help(format!("{head}\n\n{}", hints[now - 1]))
}

/// The solution of an exercise, why it is right, and what else would have been.
///
/// It opens when the exercise was passed; before that the first call asks to
/// try again, and the second one opens it.
///
/// # Examples
///
/// ```
/// use netlab::judge;
///
/// assert!(!judge::solution("shout").to_string().contains("fn shout"));
/// assert!(judge::solution("shout").to_string().contains("fn shout"));
/// ```
pub fn solution(exercise: &str) -> Help {
    let code = cells(exercise, "solution");
    if code.is_empty() {
        return unknown(exercise);
    }
    let mut asked = ASKED.lock();
    let asked = &mut asked.entry(exercise.to_owned()).or_default().solution;
    if !*asked && !progress::is_passed(exercise) {
        *asked = true;
        let wait = text!(
            "Упражнение ещё не пройдено. Попробуйте `judge::hint(\"{exercise}\")`; \
             ещё один вызов `judge::solution(\"{exercise}\")` откроет решение.",
            "The exercise was not passed yet. Try `judge::hint(\"{exercise}\")`; \
             one more `judge::solution(\"{exercise}\")` opens the solution."
        );
        return Help(wait.to_string());
    }
    let code = code.join("\n\n");
    let why = cells(exercise, "why").join("\n\n");
    Help(format!("```rust\n{code}\n```\n\n{why}"))
}

fn unknown(exercise: &str) -> Help {
    let known = known().join("`, `");
    let unknown = text!(
        "Упражнения «{exercise}» нет. Есть `{known}`.",
        "There is no exercise \"{exercise}\". There are `{known}`."
    );
    Help(unknown.to_string())
}

/// The names of the exercises that have a solution, in their order.
fn known() -> Vec<String> {
    let mut names = Vec::new();
    for cell in NOTEBOOKS.iter().flat_map(|notebook| all_cells(notebook)) {
        let name = cell["metadata"]["netlab"]["solution"].as_str();
        names.extend(name.map(str::to_owned));
    }
    names
}

/// The cells of an exercise that are of a kind: `hint`, `solution` or `why`.
fn cells(exercise: &str, kind: &str) -> Vec<String> {
    let all = NOTEBOOKS.iter().flat_map(|notebook| all_cells(notebook));
    all.filter(|cell| cell["metadata"]["netlab"][kind] == exercise)
        .map(|cell| {
            let lines = cell["source"].as_array();
            let lines = lines.into_iter().flatten().filter_map(Value::as_str);
            lines.collect()
        })
        .collect()
}

fn all_cells(notebook: &str) -> Vec<Value> {
    let notebook: Value = serde_json::from_str(notebook)
        .expect("the content check has read the notebook");
    match &notebook["cells"] {
        Value::Array(cells) => cells.clone(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exercise_has_three_hints_a_solution_and_a_reason() {
        let known = known();
        assert!(known.len() >= 8, "{known:?}");
        for exercise in &known {
            assert_eq!(cells(exercise, "hint").len(), 3, "{exercise}");
            assert_eq!(cells(exercise, "solution").len(), 1, "{exercise}");
            let why = cells(exercise, "why").join("");
            assert!(why.contains("Верно было бы"), "{exercise}: {why}");
            let code = cells(exercise, "solution").join("");
            assert!(code.contains(&format!("fn {exercise}(")), "{exercise}");
        }
    }

    #[test]
    fn hints_come_one_by_one_and_then_all_together() {
        let hints: Vec<_> = (0..4).map(|_| hint("frames").0).collect();
        assert!(hints[0].starts_with("**Подсказка 1 из 3.**"), "{hints:?}");
        assert!(hints[2].contains("```rust"), "{hints:?}");
        assert!(hints[3].contains("больше нет"), "{hints:?}");
    }

    #[test]
    fn solution_opens_at_the_second_call() {
        assert!(!solution("ask").0.contains("fn ask"));
        assert!(solution("ask").0.contains("fn ask"));
    }

    #[test]
    fn solution_opens_at_once_after_passing() {
        progress::pass("fate");
        assert!(solution("fate").0.contains("fn fate"));
    }

    #[test]
    fn unknown_exercise_is_told_which_there_are() {
        for help in [hint("shuot"), solution("shuot")] {
            assert!(help.0.contains("`shout`"), "{help}");
        }
    }
}
