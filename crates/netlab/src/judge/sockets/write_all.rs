//! The judge of a `write_all` of the student's own.

use std::io::{self, Write};

use crate::judge::case::Case;
use crate::judge::exercise::WRITE_ALL;
use crate::judge::failure::{Blame, Failure, What};
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::Returns;
use crate::judge::signs::hung;
use crate::judge::trial::Trial;
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

static ONE_WRITE: Mistake = mistake!(
    "one-write",
    likely: [
        "один `write` принят за все байты: сколько он взял, говорит его результат",
        "one `write` was taken for all bytes: its result says how many it took"
    ],
    next: [
        "пишите в цикле, пока что-то осталось: `bytes = &bytes[n..]`",
        "write in a loop while there is something left: `bytes = &bytes[n..]`",
    ],
);

static FROM_THE_START: Mistake = mistake!(
    "from-the-start",
    likely: [
        "после неполного `write` всё отправляется снова с начала",
        "after a partial `write` everything is sent again from the beginning"
    ],
    next: [
        "продолжайте с того байта, на котором `write` остановился: `&bytes[n..]`",
        "go on at the byte where `write` has stopped: `&bytes[n..]`",
    ],
);

static INTERRUPTED: Mistake = mistake!(
    "interrupted",
    likely: [
        "`Interrupted` принят за настоящую ошибку, а это лишь сигнал посреди вызова",
        "`Interrupted` was taken for a real error, and is but a signal in the middle of a call"
    ],
    next: [
        "при `ErrorKind::Interrupted` просто повторите `write`",
        "just repeat the `write` at `ErrorKind::Interrupted`",
    ],
);

static ZERO: Mistake = mistake!(
    "zero",
    likely: [
        "`write` вернул `Ok(0)`: больше он не возьмёт, а цикл крутится дальше",
        "`write` has returned `Ok(0)`: it takes no more, and the loop goes on"
    ],
    next: [
        "при `Ok(0)` верните ошибку `ErrorKind::WriteZero`",
        "return the error `ErrorKind::WriteZero` at `Ok(0)`",
    ],
);

static SWALLOWED: Mistake = mistake!(
    "swallowed",
    likely: [
        "ошибка `write` потеряна, и вызвавший думает, что всё отправлено",
        "the error of `write` was lost, and the caller believes that all was sent"
    ],
    next: [
        "верните ошибку вызвавшему: `return Err(error)`",
        "give the error to the caller: `return Err(error)`",
    ],
);

/// Judges `write_all`: writes all of the bytes, in as many calls of `write` as
/// it takes.
///
/// Its cases are a writer that takes everything, one that takes three bytes at
/// a time, one that is interrupted, one that takes nothing any more, and one
/// that fails.
///
/// # Examples
///
/// ```
/// use std::io::{self, ErrorKind, Write};
/// use netlab::judge;
///
/// fn write_all(out: &mut dyn Write, mut bytes: &[u8]) -> io::Result<()> {
///     while !bytes.is_empty() {
///         match out.write(bytes) {
///             Ok(0) => return Err(ErrorKind::WriteZero.into()),
///             Ok(n) => bytes = &bytes[n..],
///             Err(error) if error.kind() == ErrorKind::Interrupted => {}
///             Err(error) => return Err(error),
///         }
///     }
///     Ok(())
/// }
/// assert!(judge::write_all(write_all).is_passed());
/// ```
pub fn write_all<R: Returns>(
    function: impl Fn(&mut dyn Write, &[u8]) -> R,
) -> Verdict {
    let written = |case: &mut Case, mut writer: Writer| {
        case.start(&[], || {
            function(&mut writer, TEXT.as_bytes()).into_result()?;
            Ok::<_, String>(String::from_utf8_lossy(&writer.taken).into_owned())
        })
        .map(drop)
    };
    let all = format!("{TEXT:?}");
    Trial::of(&WRITE_ALL)
        .case(Text::new("всё сразу", "all at once"), None, |case| {
            written(case, Writer::taking(64))?;
            case.returns_value(&all)
        })
        .case(
            Text::new("по три байта", "three bytes at a time"),
            Some(&ONE_WRITE),
            |case| {
                written(case, Writer::taking(3))?;
                case.returns_value(&all)
                    .blame_if(longer_than(&all), &FROM_THE_START)
            },
        )
        .case(
            Text::new("сигнал посреди", "a signal in between"),
            Some(&INTERRUPTED),
            |case| {
                let writer = Writer {
                    interrupted_every: 2,
                    ..Writer::taking(3)
                };
                written(case, writer)?;
                case.returns_value(&all)
            },
        )
        .case(
            Text::new("больше не берут", "nothing is taken any more"),
            Some(&ZERO),
            |case| {
                let writer = Writer {
                    room: 5,
                    ..Writer::taking(3)
                };
                written(case, writer)?;
                case.fails(io::ErrorKind::WriteZero).blame_if(hung, &ZERO)
            },
        )
        .case(
            Text::new("ошибка", "an error"),
            Some(&SWALLOWED),
            |case| {
                let writer = Writer {
                    room: 5,
                    breaks: true,
                    ..Writer::taking(3)
                };
                written(case, writer)?;
                case.fails(io::ErrorKind::BrokenPipe)
            },
        )
        .verdict()
}

fn longer_than(all: &str) -> impl Fn(&Failure) -> bool {
    let length = all.len();
    move |failure| matches!(&failure.what, What::Value(value) if value.len() > length)
}

const TEXT: &str = "the quick brown fox";

/// Takes bytes as a socket might.
struct Writer {
    taken: Vec<u8>,
    /// Bytes that one call takes at most.
    at_once: usize,
    /// Bytes that it takes in all.
    room: usize,
    /// Whether a call beyond that fails; else it takes nothing.
    breaks: bool,
    /// One call of so many is interrupted; never if this is 0.
    interrupted_every: usize,
    calls: usize,
}

impl Writer {
    fn taking(at_once: usize) -> Self {
        Self {
            taken: Vec::new(),
            at_once,
            room: 1000,
            breaks: false,
            interrupted_every: 0,
            calls: 0,
        }
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        let every = self.interrupted_every;
        if every > 0 && self.calls.is_multiple_of(every) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let room = self.room - self.taken.len();
        if room == 0 && self.breaks {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let count = bytes.len().min(self.at_once).min(room);
        self.taken.extend(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
