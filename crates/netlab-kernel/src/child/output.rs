//! What a cell prints: from the descriptor to the channel.
//!
//! Each thread has a stream of its own, so that the lines of two threads never
//! mix and a thread of an earlier cell can't end up in the rich content of
//! this one. Descriptor 2 carries no markers and goes out as it is.

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::splitter::{Marker, Piece, Splitter};
use super::{hooks, input, report, state};
use crate::channel::{FromChild, Stream};

/// The stream of the thread that runs the cells. The thread that flushes for
/// it writes into the same one.
static MAIN: Mutex<Main> = Mutex::new(Main {
    splitter: None,
    panic: None,
    user_error: false,
    changed_types: Vec::new(),
});

struct Main {
    splitter: Option<Splitter>,
    /// The line that says "the cell panicked" counts only if nothing is
    /// printed after it; until then it waits here.
    panic: Option<Vec<u8>>,
    user_error: bool,
    changed_types: Vec<Vec<u8>>,
}

/// What `evcxr` has to know about a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) panicked: bool,
    pub(super) user_error: bool,
    /// Whole lines, with their ends.
    pub(super) changed_types: Vec<Vec<u8>>,
}

thread_local! {
    static OWN: RefCell<Own> = RefCell::new(Own::default());
}

#[derive(Default)]
struct Own(Splitter);

impl Drop for Own {
    fn drop(&mut self) {
        self.0.finish(&mut own_piece);
    }
}

/// Takes what the calling thread printed.
pub(super) fn print(stream: Stream, bytes: &[u8]) {
    match stream {
        Stream::Stdout => stdout(bytes),
        Stream::Stderr => report::output(stream, bytes),
    }
}

fn stdout(bytes: &[u8]) {
    if state::is_main() {
        return main_stdout(bytes);
    }
    let split = OWN.try_with(|own| {
        let Ok(mut own) = own.try_borrow_mut() else {
            return false;
        };
        if own.0.is_plain(bytes) {
            report::output(Stream::Stdout, bytes);
        } else {
            own.0.feed(bytes, &mut own_piece);
        }
        true
    });
    // The thread ends and its stream is gone already.
    if !split.unwrap_or(false) {
        report::output(Stream::Stdout, bytes);
    }
}

/// Takes what the thread that runs the cells wrote to descriptor 1.
pub(super) fn main_stdout(bytes: &[u8]) {
    let mut main = lock();
    let mut splitter = main.splitter.take().unwrap_or_default();
    if main.panic.is_none() && splitter.is_plain(bytes) {
        report::output(Stream::Stdout, bytes);
    } else {
        splitter.feed(bytes, &mut |piece| main.piece(piece));
    }
    main.splitter = Some(splitter);
}

/// Ends the stream of a run and says what was in it for `evcxr`.
pub(super) fn end_run() -> Outcome {
    let mut main = lock();
    let mut splitter = main.splitter.take().unwrap_or_default();
    splitter.finish(&mut |piece| main.piece(piece));
    Outcome {
        panicked: main.panic.take().is_some(),
        user_error: std::mem::take(&mut main.user_error),
        changed_types: std::mem::take(&mut main.changed_types),
    }
}

fn lock() -> MutexGuard<'static, Main> {
    MAIN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Main {
    fn piece(&mut self, piece: Piece<'_>) {
        if let Some(disproved) = self.panic.take() {
            report::output(Stream::Stdout, &disproved);
        }
        let Piece::Marker { marker, raw } = piece else {
            return own_piece(piece);
        };
        match marker {
            Marker::Panic => self.panic = Some(raw.to_vec()),
            Marker::UserError if hooks::take_user_error() => {
                self.user_error = true;
            }
            Marker::VariableChangedType if state::running() => {
                self.changed_types.push(raw.to_vec());
            }
            marker => own_piece(Piece::Marker { marker, raw }),
        }
    }
}

/// Reports a piece from a thread that has no say in how the run ends.
pub(super) fn own_piece(piece: Piece<'_>) {
    match piece {
        Piece::Text(text) => report::output(Stream::Stdout, text),
        Piece::Content {
            mime,
            content,
            follows,
        } => report::message(&FromChild::Rich {
            cell: state::output_cell(),
            mime,
            content,
            follows,
        }),
        Piece::Marker {
            marker: Marker::Input { prompt, password },
            ..
        } => input::prompt(prompt, password),
        Piece::Marker { raw, .. } => report::output(Stream::Stdout, raw),
    }
}
