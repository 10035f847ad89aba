//! Predict, then run: a guess beside what really happened.
//!
//! Whoever has said what will happen reads the answer with other eyes. So a
//! lesson asks first, in a cell of its own (`let guess = 40;`), runs the
//! experiment, and [`compare`]s. A guess that is wrong has a reason, and the
//! reason has a name: the comparison says which [`myth`](Prediction::myth)
//! stands behind it and what is [true](Prediction::truth) instead.
//!
//! The idea is that of peer instruction (Crouch and Mazur, [Peer Instruction:
//! Ten years of experience and results][mazur], 2001): commit yourself, then
//! look. Predicting before a demonstration is what makes it teach (Crouch,
//! Fagen, Callan and Mazur, [Classroom demonstrations: Learning tools or
//! entertainment?][demos], 2004).
//!
//! [mazur]: https://doi.org/10.1119/1.1374249
//! [demos]: https://doi.org/10.1119/1.1707018

use std::fmt;

use crate::display::{self, escape, one_line};

/// A guess and the outcome, ready to be shown.
///
/// Made by [`compare`].
#[derive(Clone, PartialEq, Eq)]
pub struct Prediction {
    guess: String,
    outcome: String,
    myth: String,
    truth: String,
}

/// Puts a guess beside the outcome of the experiment.
///
/// Both are compared as they are displayed, so a guess may be of another
/// number type than the outcome, or a text: `40` is `40_usize` is `"40"`.
///
/// # Examples
///
/// ```
/// use netlab::predict;
///
/// let guess = 40;
/// let reads = 1_usize;
/// let answer = predict::compare(guess, reads)
///     .myth("один send — один recv")
///     .truth("TCP хранит порядок байтов, а не границы записей");
/// assert!(!answer.came_true());
/// println!("{answer}");
/// ```
pub fn compare(
    guess: impl fmt::Display,
    outcome: impl fmt::Display,
) -> Prediction {
    Prediction {
        guess: one_line(guess.to_string().trim()),
        outcome: one_line(outcome.to_string().trim()),
        myth: String::new(),
        truth: String::new(),
    }
}

impl Prediction {
    /// Names the misconception behind the usual wrong guess. It is shown only
    /// if the guess was wrong.
    #[must_use]
    pub fn myth(mut self, myth: &str) -> Self {
        myth.clone_into(&mut self.myth);
        self
    }

    /// Says in one sentence why the outcome is what it is.
    #[must_use]
    pub fn truth(mut self, truth: &str) -> Self {
        truth.clone_into(&mut self.truth);
        self
    }

    /// Whether the guess was right.
    pub fn came_true(&self) -> bool {
        self.guess == self.outcome
    }

    /// Shows the comparison under a notebook cell; the kernel calls it.
    ///
    /// # Examples
    ///
    /// ```
    /// netlab::predict::compare(2, 1).evcxr_display();
    /// ```
    pub fn evcxr_display(&self) {
        display::blocks(Some(&self.html()), &self.to_string());
    }

    fn verdict(&self) -> String {
        match (self.came_true(), self.myth.as_str()) {
            (true, _) => "Сошлось.".to_owned(),
            (false, "") => "Не сошлось.".to_owned(),
            (false, myth) => format!("Не сошлось. Заблуждение: «{myth}»."),
        }
    }

    /// Colours and sizes are the style sheet's (`netlab-guess`); without it
    /// the table still has two columns.
    fn html(&self) -> String {
        let state = if self.came_true() { "right" } else { "wrong" };
        let pair = "style=\"text-align:left;padding:0.1em 1.6em 0.1em 0\"";
        format!(
            "<div class=\"netlab-guess netlab-{state}\">\
             <table style=\"border-collapse:collapse;margin:0\">\
             <tr><th {pair}>вы думали</th><th {pair}>вышло</th></tr>\
             <tr><td {pair}>{}</td><td {pair}>{}</td></tr></table>\
             <p class=\"netlab-verdict\" style=\"margin:0.2em 0\">{}</p>\
             <p class=\"netlab-truth\" style=\"margin:0.2em 0\">{}</p></div>",
            escape(&self.guess),
            escape(&self.outcome),
            escape(&self.verdict()),
            escape(&self.reason()),
        )
    }

    /// The truth as a sentence; empty if none was told.
    fn reason(&self) -> String {
        match self.truth.trim_end_matches('.') {
            "" => String::new(),
            truth => format!("{truth}."),
        }
    }
}

/// The same text: evcxr shows a result by `Debug` when its cell moves a
/// variable away.
impl fmt::Debug for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let both =
            format!("вы думали: {} · вышло: {}", self.guess, self.outcome);
        display::write_lines(f, [both, self.verdict(), self.reason()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forty_writes(guess: impl fmt::Display) -> Prediction {
        compare(guess, 1_usize)
            .myth("один send — один recv")
            .truth("TCP не хранит границ")
    }

    #[test]
    fn wrong_guess_is_told_its_myth_and_the_truth() {
        assert_eq!(
            forty_writes(40).to_string(),
            "вы думали: 40 · вышло: 1\n\
             Не сошлось. Заблуждение: «один send — один recv».\n\
             TCP не хранит границ."
        );
    }

    #[test]
    fn right_guess_is_told_the_truth_without_the_myth() {
        let answer = forty_writes(1).to_string();
        assert!(
            answer.contains("Сошлось.\nTCP не хранит границ."),
            "{answer}"
        );
        assert!(!answer.contains("один send"), "{answer}");
    }

    #[test]
    fn guess_may_be_a_number_of_any_type_or_a_text() {
        assert!(forty_writes(1_i32).came_true());
        assert!(forty_writes(" 1 ").came_true());
        assert!(compare("да", "да").came_true());
        assert!(!compare(true, false).came_true());
    }

    #[test]
    fn comparison_without_words_is_its_verdict() {
        let text = compare(2, 3).to_string();
        assert_eq!(text, "вы думали: 2 · вышло: 3\nНе сошлось.");
    }

    #[test]
    fn markup_in_a_guess_is_text() {
        let html = compare("<img src=x>", "<b>").myth("<i>").html();
        for tag in ["<img", "<b>", "<i>"] {
            assert!(!html.contains(tag), "{html}");
        }
    }
}
