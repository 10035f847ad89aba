//! The compile service: what a build without cargo needs, held ready in the
//! process of the kernel.
//!
//! It answers the small executable that `evcxr` runs as cargo. With a yes the
//! cell is compiled; with a no, and without an answer, the kernel as cargo
//! ([`super::cargo`]) takes the longer way, which also makes the record that
//! this one lives on.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::ahead::Ahead;
use super::call::{self, Built, Call};
use super::inputs::{Asked, Contents};
use super::record::{self, Record};
use super::replay::{self, Library};
use super::runtime::{Runtime, Slim};
use super::types::{Found, Source, refusal};

/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(2);

/// Serves the directory of the driver in a thread of its own.
///
/// # Errors
///
/// When the socket can't be made.
pub(super) fn start(directory: &Path) -> io::Result<()> {
    let listener = listen(directory)?;
    let service = Service::new(directory);
    thread::Builder::new()
        .name("compiler".to_owned())
        .spawn(move || service.serve(&listener))?;
    Ok(())
}

/// Serves in this thread; returns only if it can't.
pub(super) fn run(directory: &Path) -> io::Error {
    match listen(directory) {
        Ok(listener) => {
            Service::new(directory).serve(&listener);
            io::ErrorKind::BrokenPipe.into()
        }
        Err(error) => error,
    }
}

fn listen(directory: &Path) -> io::Result<UnixListener> {
    let socket = directory.join(call::SOCKET);
    // A leftover of a process that had this directory before.
    let _ = fs::remove_file(&socket);
    UnixListener::bind(socket)
}

/// Lets the service, if there is one, read the record that has been made.
pub(super) fn tell(directory: &Path) {
    if let Ok(mut service) = UnixStream::connect(directory.join(call::SOCKET)) {
        let _ = call::write(&mut service, &[] as &[&str]);
    }
}

struct Service {
    directory: PathBuf,
    /// Tells which record was read last.
    seen: Option<Stamp>,
    runtime: Option<Runtime>,
    ready: Option<Ready>,
}

/// What is needed for cells as long as the record is the same.
struct Ready {
    record: Record,
    runtime: PathBuf,
    /// The compilers that wait: one for cells in which it need not tell types,
    /// which takes a tenth less, and one for cells in which it must.
    ahead: [Option<Ahead>; 2],
}

impl Service {
    fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_path_buf(),
            seen: None,
            runtime: None,
            ready: None,
        }
    }

    fn serve(mut self, listener: &UnixListener) {
        for caller in listener.incoming() {
            let Ok(mut caller) = caller else { return };
            let _ = caller.set_read_timeout(Some(PATIENCE));
            let Ok(parts) = call::read(&mut caller) else {
                continue;
            };
            self.read_record();
            if let Some(call) = Call::from_parts(parts) {
                let built = self.build(call);
                let is_done = built.is_some();
                let parts = built.map_or_else(Vec::new, Built::into_parts);
                let _ = call::write(&mut caller, &parts);
                if !is_done {
                    // Cargo is at work, and tells what comes of it.
                    continue;
                }
            }
            drop(caller);
            self.prepare();
        }
    }

    fn build(&mut self, call: Call) -> Option<Built> {
        self.ready.as_mut()?.build(call, &self.directory)
    }

    /// Reads the record if it is another one than before.
    fn read_record(&mut self) {
        let file = self.directory.join(record::FILE);
        let found = stamp(&file);
        if self.seen == found {
            return;
        }
        self.seen = found;
        // Ends the compiler that waits for the old one.
        self.ready = None;
        let Some(record) = Record::load(&file) else {
            return;
        };
        let fits = |runtime: &Runtime| runtime.fits(&record.rustc);
        if !self.runtime.as_ref().is_some_and(fits) {
            let place = self.directory.join("runtime");
            self.runtime = Runtime::compile(&record.rustc, &place);
        }
        self.ready = self.runtime.as_ref().map(|runtime| Ready {
            record,
            runtime: runtime.library.clone(),
            ahead: Default::default(),
        });
    }

    /// Starts the compilers for the next cell.
    fn prepare(&mut self) {
        if let Some(ready) = &mut self.ready {
            for asks in [false, true] {
                let ahead = ready.waiting(asks, &self.directory);
                ready.ahead[usize::from(asks)] = ahead.ok();
            }
        }
    }
}

impl Ready {
    /// The compiler that waits for a cell in which it is asked for types, or
    /// not; another if it has died.
    fn waiting(&mut self, asks: bool, directory: &Path) -> io::Result<Ahead> {
        if let Some(mut ahead) = self.ahead[usize::from(asks)].take()
            && ahead.waits()
        {
            return Ok(ahead);
        }
        Ahead::start(&self.record.rustc, &self.runtime, asks, directory)
    }

    /// Compiles the cell, and learns the types of its variables; nothing if
    /// cargo is to do it.
    fn build(&mut self, call: Call, directory: &Path) -> Option<Built> {
        let asked = Asked::of(call)?.into_build();
        if !self.record.answers(&asked, &Contents::read(&asked)) {
            return None;
        }
        let mut source = Source::read(&asked.directory, directory).ok()?;
        loop {
            let typed = source.typed().ok()?;
            let built = self.compile(&typed.text, typed.asks(), directory)?;
            if built.code != 0 && source.narrow() {
                continue;
            }
            if built.code != 0 {
                return Some(source.refused(built));
            }
            if !typed.asks() {
                return Some(built);
            }
            let rustc = &self.record.rustc;
            match source.find(&typed, Some(rustc)).ok()? {
                Found::All => return Some(built),
                Found::Again => {}
                Found::Nameless(line) => return Some(refusal(line)),
            }
        }
    }

    fn compile(
        &mut self,
        cell: &str,
        asks: bool,
        directory: &Path,
    ) -> Option<Built> {
        let Some(slim) = Slim::of(cell) else {
            return self.replay(directory);
        };
        let mut ahead = self.waiting(asks, directory).ok()?;
        let library = Library::clear(&self.record)?;
        ahead.feed(&slim.text).ok()?;
        // While the compiler is at work: looking at every source takes a few
        // milliseconds.
        if !self.record.is_fresh() {
            return None;
        }
        let (said, status) = ahead.finish().ok()?;
        // Without a code somebody has ended it, as a rule with the caller.
        let success = status.code()? == 0;
        match slim.said(&said, success) {
            Some(said) => library.end(&self.record, said, success),
            None => replay::run(&self.record, directory),
        }
    }

    /// Compiles the cell where it lies and as it is.
    fn replay(&self, directory: &Path) -> Option<Built> {
        if self.record.is_fresh() {
            replay::run(&self.record, directory)
        } else {
            None
        }
    }
}

/// Inode, time and size of a file.
type Stamp = (u64, i64, i64, u64);

fn stamp(file: &Path) -> Option<Stamp> {
    let found = fs::metadata(file).ok()?;
    Some((found.ino(), found.mtime(), found.mtime_nsec(), found.size()))
}
