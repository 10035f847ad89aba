//! Case after case, until one is not passed.

use super::case::Case;
use super::exercise::Exercise;
use super::failure::Failure;
use super::mistake::Mistake;
use super::verdict::{Passed, Verdict};
use super::words::{Text, text};

/// A trial of one function.
#[derive(Debug)]
pub(super) struct Trial {
    exercise: &'static Exercise,
    passed: Vec<Text>,
    /// Of cases that were not tried any more, too.
    left: Vec<Text>,
    failure: Option<(Text, Failure, Option<&'static Mistake>)>,
    printed: String,
}

impl Trial {
    pub(super) fn of(exercise: &'static Exercise) -> Self {
        Self {
            exercise,
            passed: Vec::new(),
            left: Vec::new(),
            failure: None,
            printed: String::new(),
        }
    }

    /// Tries a case, if all before it were passed. `usual` is the mistake
    /// behind a failure that nobody names.
    pub(super) fn case(
        mut self,
        name: Text,
        usual: Option<&'static Mistake>,
        run: impl FnOnce(&mut Case) -> Result<(), Failure>,
    ) -> Self {
        if self.failure.is_some() {
            self.left.push(name);
            return self;
        }
        let mut case = Case::new();
        let result = run(&mut case).map_err(|failure| case.or_its_end(failure));
        match result {
            Ok(()) => self.passed.push(name),
            Err(failure) => {
                self.printed = case.printed();
                self.failure = Some((name, failure, usual));
            }
        }
        self
    }

    pub(super) fn verdict(self) -> Verdict {
        Verdict::new(
            self.exercise,
            Passed {
                passed: self.passed,
                left: self.left,
            },
            self.failure,
            &self.printed,
        )
    }
}

/// A case in which so many bytes are sent.
pub(super) fn big(bytes: usize) -> Text {
    let mebibytes = bytes >> 20;
    text!("{mebibytes} МиБ сразу", "{mebibytes} MiB at once")
}
