//! What a child said during a run.

use crate::channel::{ErrorReport, FromChild, PanicReport, Stream};

/// What came of a run.
#[derive(Default, Debug)]
pub(crate) struct Ran {
    pub(crate) messages: Vec<FromChild>,
    /// What `evcxr` heard.
    pub(crate) replies: Vec<String>,
}

impl Ran {
    fn bytes(&self, wanted: Stream) -> Vec<u8> {
        self.messages
            .iter()
            .filter_map(|message| match message {
                FromChild::Output { stream, bytes, .. }
                    if *stream == wanted =>
                {
                    Some(&bytes[..])
                }
                _ => None,
            })
            .collect::<Vec<_>>()
            .concat()
    }

    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.bytes(Stream::Stdout)).unwrap()
    }

    pub(crate) fn stdout_bytes(&self) -> Vec<u8> {
        self.bytes(Stream::Stdout)
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.bytes(Stream::Stderr)).unwrap()
    }

    pub(crate) fn panics(&self) -> Vec<&PanicReport> {
        self.messages
            .iter()
            .filter_map(|message| match message {
                FromChild::Panic { report, .. } => Some(report),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn user_errors(&self) -> Vec<&ErrorReport> {
        self.messages
            .iter()
            .filter_map(|message| match message {
                FromChild::UserError { report, .. } => Some(report),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn contents(&self) -> Vec<(&str, &str, bool)> {
        self.messages
            .iter()
            .filter_map(|message| match message {
                FromChild::Rich {
                    mime,
                    content,
                    follows,
                    ..
                } => Some((&mime[..], &content[..], *follows)),
                _ => None,
            })
            .collect()
    }

    /// How the run ended: panicked, user error, interrupted.
    pub(crate) fn ended(&self) -> (bool, bool, bool) {
        match self.messages.last() {
            Some(FromChild::CellEnded {
                panicked,
                user_error,
                interrupted,
                ..
            }) => (*panicked, *user_error, *interrupted),
            other => panic!("the run ended with {other:?}"),
        }
    }
}
