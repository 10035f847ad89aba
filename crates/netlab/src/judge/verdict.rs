//! What a judge answers.

mod page;

use std::fmt;

use super::exercise::Exercise;
use super::failure::Failure;
use super::mistake::Mistake;
use super::progress;
use super::words::{Text, text};
use crate::display;

/// How many lines of what the function has printed are shown.
const PRINTED: usize = 3;

/// The cases of a trial that did not fail.
#[derive(Debug, Clone)]
pub(super) struct Passed {
    pub(super) passed: Vec<Text>,
    /// Those that were not tried, because one before them failed.
    pub(super) left: Vec<Text>,
}

/// The case that was not passed.
#[derive(Debug, Clone)]
struct Failed {
    name: Text,
    failure: Failure,
    mistake: Option<&'static Mistake>,
    printed: Vec<String>,
}

/// The verdict on a solution: passed or not, case by case.
///
/// The first case that was not passed is shown with what was said over the
/// connection, the most probable mistake, and the next step. As the last
/// expression of a cell it displays itself.
#[derive(Clone)]
#[must_use = "a verdict that nobody looks at judges nothing"]
pub struct Verdict {
    exercise: &'static Exercise,
    cases: Passed,
    failed: Option<Failed>,
}

impl Verdict {
    pub(super) fn new(
        exercise: &'static Exercise,
        cases: Passed,
        failure: Option<(Text, Failure, Option<&'static Mistake>)>,
        printed: &str,
    ) -> Self {
        let failed = failure.map(|(name, failure, usual)| Failed {
            name,
            mistake: failure.mistake.or(failure.general).or(usual),
            failure,
            printed: printed
                .lines()
                .take(PRINTED)
                .map(display::one_line)
                .collect(),
        });
        if failed.is_none() {
            progress::pass(exercise.id);
        }
        Self {
            exercise,
            cases,
            failed,
        }
    }

    /// Whether every case was passed.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    /// use std::net::TcpStream;
    /// use netlab::judge;
    ///
    /// fn shout(_conn: TcpStream) -> io::Result<()> {
    ///     Ok(())
    /// }
    /// assert!(!judge::shout(shout).is_passed());
    /// ```
    pub fn is_passed(&self) -> bool {
        self.failed.is_none()
    }

    /// The short name of the mistake that was found; `None` where there is
    /// none, or none with a name.
    ///
    /// For tests of judges: the same in every language.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use netlab::judge;
    ///
    /// fn shout(_conn: TcpStream) {
    ///     panic!("not yet");
    /// }
    /// let verdict = judge::shout(shout);
    /// assert_eq!(verdict.mistake(), Some("panic"));
    /// ```
    pub fn mistake(&self) -> Option<&'static str> {
        let failed = self.failed.as_ref()?;
        failed.mistake.map(|mistake| mistake.id)
    }

    /// Shows the verdict under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::net::TcpStream;
    /// use netlab::judge;
    ///
    /// judge::shout(|_: TcpStream| ()).evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        display::blocks(Some(&page::html(self)), &self.to_string());
    }

    fn title(&self) -> Text {
        let title = &self.exercise.title;
        let passed = self.cases.passed.len();
        let all =
            passed + self.cases.left.len() + usize::from(self.failed.is_some());
        match self.is_passed() {
            true => text!(
                "Получилось! {title}: {passed} из {all}",
                "It works! {title}: {passed} of {all}"
            ),
            false => text!(
                "Пока нет. {title}: {passed} из {all}",
                "Not yet. {title}: {passed} of {all}"
            ),
        }
    }
}

impl Failed {
    /// What follows the transcript: what was printed, the mistake, the step.
    fn words(&self) -> Vec<(Text, String)> {
        let printed = self.printed.join(" ⏎ ");
        let printed = (!printed.is_empty()).then(|| {
            (
                Text::new("Функция печатала", "The function printed"),
                printed,
            )
        });
        let mistake = self.mistake.into_iter().flat_map(|mistake| {
            [
                (Text::new("Похоже", "Probably"), mistake.likely.to_string()),
                (Text::new("Дальше", "Next"), mistake.next.to_string()),
            ]
        });
        printed.into_iter().chain(mistake).collect()
    }
}

/// The same text: evcxr shows a result by `Debug` when its cell moves a
/// variable away.
impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.is_passed() { "✓" } else { "✗" };
        let mut lines = vec![format!("{mark} {}", self.title())];
        let passed = self.cases.passed.iter();
        lines.extend(passed.map(|name| format!("  ✓ {name}")));
        if let Some(failed) = &self.failed {
            let sentence = &failed.failure.sentence;
            lines.push(format!("  ✗ {}: {sentence}", failed.name));
            let shown = failed.failure.transcript.lines();
            let widest = shown.iter().map(|line| line.bytes.chars().count());
            let width = widest.max().unwrap_or(0);
            lines.extend(shown.iter().map(|line| {
                let who = line.who.to_string();
                let (bytes, text) = (&line.bytes, &line.text);
                format!("      {who:<9} {bytes:<width$}  {text}")
                    .trim_end()
                    .to_owned()
            }));
            let words = failed.words().into_iter();
            lines.extend(
                words.map(|(head, text)| format!("    {head}: {text}.")),
            );
        }
        let left = self.cases.left.iter();
        lines.extend(left.map(|name| format!("  · {name}")));
        display::write_lines(f, lines)
    }
}
