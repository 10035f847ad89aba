//! Why a case was not passed.

use super::mistake::Mistake;
use super::sandbox::Ending;
use super::transcript::{Said, Transcript};
use super::words::Text;

/// What happened instead of what should have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// Other bytes came.
    Different,
    /// Another value was returned, this one.
    Value(String),
    /// Too few bytes: the connection was closed before.
    EndedEarly,
    /// Nothing came although the connection was open.
    Silence,
    /// Bytes came where the stream should have ended.
    NoEnd,
    /// Nobody has connected.
    NoCall,
    /// The connection was broken off.
    Reset,
    /// The function took nothing from the connection any more.
    TakesNothing,
    /// The function ended as it should not have.
    Ended(Ending),
    /// The system did not let the judge do its work.
    NoCase,
}

/// A case that was not passed.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) what: What,
    /// What happened, as one sentence.
    pub(super) sentence: Text,
    pub(super) transcript: Transcript,
    /// The most probable reason, where it is not the usual one of the case.
    pub(super) mistake: Option<&'static Mistake>,
    /// The most probable reason where the case knows of none.
    pub(super) general: Option<&'static Mistake>,
}

impl Failure {
    pub(super) fn new(what: What, sentence: Text) -> Self {
        Self {
            what,
            sentence,
            transcript: Transcript::default(),
            mistake: None,
            general: None,
        }
    }

    pub(super) fn after(mut self, transcript: &Transcript) -> Self {
        self.transcript = transcript.clone();
        self
    }

    /// The judge itself could not go on.
    pub(super) fn no_case(error: &std::io::Error) -> Self {
        let error = error.to_string();
        Self::new(
            What::NoCase,
            super::words::text!(
                "проверка не началась: {error}",
                "the check could not begin: {error}"
            ),
        )
    }
}

/// Saying more of a failure.
pub(super) trait Blame {
    /// Shows the bytes that the function was given.
    fn given(self, bytes: &[u8]) -> Self;

    /// Names `mistake`, if the failure is such a one and has no name yet.
    fn blame_if(
        self,
        is_it: impl FnOnce(&Failure) -> bool,
        mistake: &'static Mistake,
    ) -> Self;
}

impl<T> Blame for Result<T, Failure> {
    fn given(mut self, bytes: &[u8]) -> Self {
        if let Err(failure) = &mut self {
            failure.transcript.add(Said::Given(bytes.to_vec()));
        }
        self
    }

    fn blame_if(
        mut self,
        is_it: impl FnOnce(&Failure) -> bool,
        mistake: &'static Mistake,
    ) -> Self {
        if let Err(failure) = &mut self
            && failure.mistake.is_none()
            && is_it(failure)
        {
            failure.mistake = Some(mistake);
        }
        self
    }
}
