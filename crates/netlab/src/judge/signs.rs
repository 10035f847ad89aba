//! The signs by which a mistake is recognised in a failure.

use super::failure::{Failure, What};
use super::sandbox::Ending;

/// Nothing came although the connection was open.
pub(super) fn silent(failure: &Failure) -> bool {
    failure.what == What::Silence
}

/// The connection was closed, or broken off, before everything had come.
pub(super) fn ended(failure: &Failure) -> bool {
    matches!(failure.what, What::EndedEarly | What::Reset)
}

/// The connection was broken off: closed with bytes unread.
pub(super) fn reset(failure: &Failure) -> bool {
    failure.what == What::Reset
}

/// The connection was not closed where it should have been.
pub(super) fn open(failure: &Failure) -> bool {
    failure.what == What::NoEnd
}

/// Other bytes came.
pub(super) fn other(failure: &Failure) -> bool {
    failure.what == What::Different
}

/// These bytes came instead of others.
pub(super) fn came(bytes: &[u8]) -> impl Fn(&Failure) -> bool {
    move |failure| other(failure) && failure.transcript.last() == bytes
}

/// The function was not done in time.
pub(super) fn hung(failure: &Failure) -> bool {
    matches!(failure.what, What::Ended(Ending::Hung(_)))
}

/// This value was returned instead of another.
pub(super) fn returned(value: &str) -> impl Fn(&Failure) -> bool {
    move |failure| matches!(&failure.what, What::Value(other) if other == value)
}

/// An error, or another value, was returned.
pub(super) fn not_done(failure: &Failure) -> bool {
    matches!(
        failure.what,
        What::Ended(Ending::Failed(_)) | What::Value(_)
    )
}

/// An error of this kind was returned; `kind` as `Debug` shows it.
pub(super) fn failed(kind: &str) -> impl Fn(&Failure) -> bool {
    move |failure| match &failure.what {
        What::Ended(Ending::Failed(error)) => error.starts_with(kind),
        _ => false,
    }
}
