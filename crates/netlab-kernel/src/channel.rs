//! What the front end and the child that runs the cells tell each other.
//!
//! The two are connected by a unix socket that keeps the borders of messages
//! (`SOCK_SEQPACKET`, `unix(7)`): the front end listens at the path in
//! [`SOCKET`], each child connects once when it starts, and the end of the
//! connection is the end of one of the two. `evcxr`'s own pipes carry only
//! `evcxr`'s own protocol, so nothing that a cell prints can disturb it.
//!
//! The messages are the enums [`FromChild`] and [`ToChild`]; how they become
//! packets stands in [`packet`].

// With paths, because the tests of the child include this file as well.
#[path = "channel/packet.rs"]
mod packet;
#[path = "channel/socket.rs"]
mod socket;

use serde::{Deserialize, Serialize};

pub(crate) use packet::{
    Assembler, MAX_BYTES, output_header, packets, raw_json_header,
};
pub(crate) use socket::{connect, listen, send};

/// Names the socket of the front end. Only our own front end sets it, so its
/// absence tells a child that it serves the stock one.
pub(crate) const SOCKET: &str = "NETLAB_CHANNEL";

/// Switches the interposed system calls off when it is `0`: output then comes
/// through the pipes alone, and a blocked cell can only be killed.
pub(crate) const INTERPOSE: &str = "NETLAB_INTERPOSE";

/// What the child reports.
///
/// `cell` is the number from [`ToChild::BeginCell`]: for output, the cell that
/// started the printing thread (or the current one, see [`ThreadOutput`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FromChild {
    /// First message of every child. The child leads a process group of its
    /// own, so `killpg(pid)` ends it together with what it forked.
    Hello { pid: u32 },
    /// A shared object is about to run. One cell can be several runs, or none.
    CellStarted { cell: u64 },
    /// Bytes that were written to descriptor 1 or 2. A character that one
    /// thread wrote is never cut; bytes that are no UTF-8 come as they are.
    #[serde(skip)] // travels as raw bytes, see `packet`
    Output {
        cell: u64,
        stream: Stream,
        bytes: Vec<u8>,
    },
    /// One block between the content markers. `follows` says that the same
    /// thread printed nothing between this block and the one before, so that
    /// both may belong to one bundle.
    Rich {
        cell: u64,
        mime: String,
        content: String,
        follows: bool,
    },
    /// A panic, also one that is caught later: only `CellEnded` tells whether
    /// it ended the cell.
    Panic { cell: u64, report: PanicReport },
    /// A `?` that left the cell with an error; `CellEnded` follows soon.
    UserError { cell: u64, report: ErrorReport },
    /// A thread waits for input; answer with [`ToChild::InputAnswer`].
    InputWanted {
        cell: u64,
        prompt: String,
        password: bool,
    },
    /// Blocking calls of the interrupted cell were cancelled: `calls` in all,
    /// `in_a_row` by one thread without a success in between. Sent for the
    /// first, then each time one of the two has grown tenfold. Many in a row
    /// mean a loop that ignores errors.
    Cancelled {
        cell: u64,
        calls: u64,
        in_a_row: u64,
    },
    /// The interrupted cell goes on, and its threads have mostly been found
    /// at this. Sent when it is known, and again when it has changed.
    StillRuns { cell: u64, activity: Activity },
    /// The run is over and all of its output has been sent. Comes before the
    /// line that makes `evcxr` return.
    CellEnded {
        cell: u64,
        panicked: bool,
        user_error: bool,
        interrupted: bool,
    },
    /// Answer to [`ToChild::Sync`]: what was sent before it has arrived.
    Synced { token: u64 },
    /// A shared object with the hooks was loaded and they are in force. Keep
    /// the path for [`ToChild::LoadHooks`] of the next child.
    HooksLoaded { path: String },
    /// A fatal signal: the child ends now. `overflow` says that the address
    /// lies in the guard page below the stack of the thread.
    Crashed {
        cell: u64,
        signal: i32,
        thread: String,
        overflow: bool,
    },
    /// A thread could not get so many bytes of memory. The standard library
    /// aborts then: the signal follows.
    AllocationFailed { cell: u64, size: u64 },
    /// The child's own trouble, in English, for the log; it exits after this.
    Failed { text: String },
}

/// What the front end asks of the child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ToChild {
    /// The runs that follow belong to this cell. Send it before the code goes
    /// to `evcxr`; numbers grow and start at 1, hidden cells have one too.
    BeginCell { cell: u64 },
    /// Cancels the blocking calls of the cell; ignored unless it runs.
    Interrupt { cell: u64 },
    /// The line that the user gave, with its `\n`; `None` means there will be
    /// no answer, and the reading thread sees the end of the file.
    InputAnswer { line: Option<String> },
    /// Changes the working directory (a warm process finds its notebook).
    ChangeDirectory { path: String },
    /// Sets or removes an environment variable.
    SetVariable { name: String, value: Option<String> },
    /// Which cell the output of threads belongs to.
    Settings { thread_output: ThreadOutput },
    /// Loads the hooks from a file that an earlier child had loaded.
    LoadHooks { path: String },
    /// Asks for [`FromChild::Synced`].
    Sync { token: u64 },
}

/// What the threads of a cell do while none of their calls can be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Activity {
    /// At least one of them runs.
    Computes,
    /// They wait for a lock, a channel, a condition variable or the end of a
    /// thread: what `futex(2)` waits for.
    WaitsForThread,
    /// One waits in a call that nobody cancels: `epoll_wait(2)`, which tokio
    /// waits in, or a call inside of the C library.
    WaitsForSystem,
}

/// One of the two streams of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

/// To which cell the output of a thread belongs.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize,
)]
pub(crate) enum ThreadOutput {
    /// To the cell that started the thread.
    #[default]
    StartingCell,
    /// To the cell that runs now, or ran last.
    CurrentCell,
}

/// What is known about a panic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PanicReport {
    /// The name of the thread, empty if it has none; `main` runs the cell.
    pub(crate) thread: String,
    /// Whether it is the thread that runs the cell itself.
    pub(crate) main: bool,
    pub(crate) message: String,
    /// The source file as the compiler names it; a cell is `src/lib.rs`.
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// Frames of cells and their dependencies, innermost first.
    pub(crate) frames: Vec<Frame>,
    /// If it is about an address that is in use: which, and who has it.
    pub(crate) taken: Option<TakenAddress>,
}

/// One function of a backtrace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Frame {
    /// As its author knows it, or [`Frame::CELL`].
    pub(crate) function: String,
    /// Empty when unknown.
    pub(crate) file: String,
    pub(crate) line: u32,
}

impl Frame {
    /// The function of what stands in a cell outside of functions.
    pub(crate) const CELL: &str = "";
}

/// What is known about an error that `?` handed out of the cell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ErrorReport {
    /// The type's full name.
    pub(crate) type_name: String,
    /// The text for people (`{}`), if the type has one.
    pub(crate) display: Option<String>,
    /// The longer one (`{:#}`), if it differs.
    pub(crate) long: Option<String>,
    /// The debug form in one line (`{:?}`); empty without one.
    pub(crate) debug: String,
    /// The debug form in several lines (`{:#?}`).
    pub(crate) pretty: String,
    /// The errors behind it, the nearest first, as people read them.
    pub(crate) sources: Vec<String>,
    /// Where the `?` stands, as a [`PanicReport`] says it; empty when unknown.
    pub(crate) file: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// The call of the C library that it came from, if that is known.
    pub(crate) call: Option<FailedCall>,
    /// If it is about an address that is in use: which, and who has it.
    pub(crate) taken: Option<TakenAddress>,
}

/// A call of the C library that has failed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FailedCall {
    pub(crate) name: String,
    /// The functions of cells in which it was made, innermost first, as far as
    /// the compiler has left them.
    pub(crate) functions: Vec<String>,
}

/// An address that a cell could not bind a socket to, because it is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TakenAddress {
    pub(crate) name: AddressName,
    pub(crate) owner: Owner,
}

/// What a socket is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AddressName {
    Port(u16),
    /// Of a unix socket.
    Path(String),
}

/// Who has an address, at the moment of the error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Owner {
    /// A socket of this process that was bound in that cell, or in none.
    Own {
        inode: u64,
        cell: Option<u64>,
    },
    Process {
        pid: i32,
    },
    /// A connection that is being closed. Whether the refused socket had
    /// `SO_REUSEADDR`: then the one of the connection did not.
    Closing {
        reuses: bool,
    },
    /// Nobody that can be seen.
    Unknown,
}
