//! How the function of a student reports from its process: messages through a
//! pipe.

use std::fs::File;
use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};

/// How many bytes of a text are sent. A message fits into the pipe at once:
/// the child never waits for a reader.
const MOST: usize = 2000;

/// What the function had to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Report {
    /// It has returned; a value as it displays itself, if the case wants one.
    Returned(String),
    /// It has returned an error.
    Failed(String),
    /// One of its threads has panicked: where, and with which text.
    Panicked(String),
}

/// The exit code of a child that could not report: its pipe was closed.
pub(super) const MUTE: i32 = 71;

/// Runs `body` and reports into `pipe`; returns the exit code.
pub(super) fn reporting(
    pipe: File,
    body: impl FnOnce() -> Result<String, String>,
) -> i32 {
    let from_hook = pipe.try_clone();
    panic::set_hook(Box::new(move |panic| {
        if let Ok(pipe) = &from_hook {
            let _ = write(pipe, &Report::Panicked(words(panic)));
        }
    }));
    let report = match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => Report::Returned(value),
        Ok(Err(error)) => Report::Failed(error),
        // The hook has told it.
        Err(_) => return 0,
    };
    match write(&pipe, &report) {
        Ok(()) => 0,
        Err(_) => MUTE,
    }
}

fn words(panic: &PanicHookInfo<'_>) -> String {
    panic.payload_as_str().unwrap_or("panic").to_owned()
}

fn write(mut pipe: &File, report: &Report) -> io::Result<()> {
    let (tag, text) = match report {
        Report::Returned(text) => (b'r', text),
        Report::Failed(text) => (b'f', text),
        Report::Panicked(text) => (b'p', text),
    };
    let text = &text.as_bytes()[..text.len().min(MOST)];
    let mut message = vec![tag];
    // At most MOST, so nothing is cut off.
    message.extend((text.len() as u32).to_ne_bytes());
    message.extend(text);
    pipe.write_all(&message)
}

/// Reads what is in the pipe now, and what was there before; the pipe does not
/// block.
#[derive(Debug)]
pub(super) struct Reports {
    pipe: File,
    bytes: Vec<u8>,
}

impl Reports {
    pub(super) fn of(pipe: File) -> Self {
        Self {
            pipe,
            bytes: Vec::new(),
        }
    }

    /// All reports until now.
    pub(super) fn all(&mut self) -> Vec<Report> {
        // It ends where there is no more yet, with an error; a child that
        // writes rubbish without end fills no more than its own pipe.
        let _ = (&self.pipe).take(1 << 16).read_to_end(&mut self.bytes);
        let mut rest = self.bytes.as_slice();
        let mut reports = Vec::new();
        while let Some((report, after)) = first(rest) {
            reports.push(report);
            rest = after;
        }
        reports
    }
}

/// The first report in `bytes` and what is behind it.
fn first(bytes: &[u8]) -> Option<(Report, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first_chunk()?;
    let (text, rest) =
        rest.split_at_checked(u32::from_ne_bytes(*length) as usize)?;
    // It may have been cut in the middle of a character.
    let text = String::from_utf8_lossy(text).into_owned();
    let report = match tag {
        b'r' => Report::Returned(text),
        b'f' => Report::Failed(text),
        b'p' => Report::Panicked(text),
        _ => return None,
    };
    Some((report, rest))
}
