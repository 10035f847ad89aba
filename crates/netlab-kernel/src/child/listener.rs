//! Does what the front end asks, at any time.

// `recv(2)` and `poll(2)` on the channel.
#![allow(unsafe_code)]

use std::ffi::CString;
use std::io::Result;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::descriptors::Descriptors;
use super::{end, input, interrupt, load, real, relay, report, state};
use crate::channel::{Assembler, FromChild, MAX_BYTES, ToChild};

static INBOX: Mutex<Option<Inbox>> = Mutex::new(None);

struct Inbox {
    own: &'static Descriptors,
    assembler: Assembler,
    buffer: Vec<u8>,
}

/// Listens in a thread of its own. When the front end is gone, it ends the
/// child and everything that was forked off.
pub(super) fn start(own: &'static Descriptors) -> Result<()> {
    *lock() = Some(Inbox {
        own,
        assembler: Assembler::default(),
        buffer: vec![0; MAX_BYTES + 64],
    });
    let listen = || loop {
        let mut ready = libc::pollfd {
            fd: report::channel(),
            events: libc::POLLIN,
            revents: 0,
        };
        // SAFETY: one entry, which outlives the call.
        unsafe { real::poll(&mut ready, 1, -1) };
        take_all();
    };
    thread::Builder::new()
        .name("kernel-channel".into())
        .spawn(listen)
        .map(drop)
}

/// Does what has been asked so far. Called before a run too: what the front
/// end said first must be in force.
pub(super) fn take_all() {
    let mut inbox = lock();
    let Some(inbox) = &mut *inbox else { return };
    loop {
        // SAFETY: the buffer outlives the call and has that many bytes.
        let length = unsafe {
            real::recv(
                report::channel(),
                inbox.buffer.as_mut_ptr().cast(),
                inbox.buffer.len(),
                libc::MSG_DONTWAIT,
            )
        };
        if length <= 0 {
            let waits = [libc::EAGAIN, libc::EINTR].contains(&real::errno());
            if length < 0 && waits {
                return;
            }
            end::with_all_children();
        }
        let packet = &inbox.buffer[..length as usize];
        match inbox.assembler.take(packet) {
            Ok(Some(message)) => obey(message, inbox.own),
            Ok(None) => {}
            Err(error) => report::message(&FromChild::Failed {
                text: format!("can't read what the front end says: {error}"),
            }),
        }
    }
}

fn obey(message: ToChild, own: &Descriptors) {
    match message {
        ToChild::BeginCell { cell } => state::announce(cell),
        ToChild::Interrupt { cell } => interrupt::begin(cell),
        ToChild::InputAnswer { line } => input::answer(line),
        ToChild::ChangeDirectory { path } => {
            if let Err(error) = std::env::set_current_dir(&path) {
                report::message(&FromChild::Failed {
                    text: format!("can't work in {path}: {error}"),
                });
            }
        }
        ToChild::SetVariable { name, value } => set_variable(name, value),
        ToChild::Settings { thread_output } => {
            state::set_thread_output(thread_output);
        }
        ToChild::LoadHooks { path } => {
            if let Err(error) = load::object(&path) {
                report::message(&FromChild::Failed { text: error });
            }
        }
        ToChild::Sync { token } => {
            relay::drain(own);
            report::message(&FromChild::Synced { token });
        }
    }
}

/// Only between cells: a thread that reads the environment at this moment
/// without the lock of the standard library would see it change.
fn set_variable(name: String, value: Option<String>) {
    let (Ok(name), Ok(value)) =
        (CString::new(name), value.map(CString::new).transpose())
    else {
        return;
    };
    // SAFETY: the strings end with a zero; the front end asks for this before
    // the first cell, when no thread of a cell exists.
    unsafe {
        match value {
            Some(value) => libc::setenv(name.as_ptr(), value.as_ptr(), 1),
            None => libc::unsetenv(name.as_ptr()),
        };
    }
}

fn lock() -> MutexGuard<'static, Option<Inbox>> {
    INBOX.lock().unwrap_or_else(PoisonError::into_inner)
}
