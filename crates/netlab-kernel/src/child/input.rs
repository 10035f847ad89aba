//! Reading from descriptor 0: asks the user through the front end.

// `poll(2)` and `eventfd(2)`.
#![allow(unsafe_code)]

use std::collections::VecDeque;
use std::io::{Error, Result};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{real, report, state};
use crate::channel::FromChild;

/// What the user gave and no thread has read yet.
static ANSWERS: Mutex<Answers> = Mutex::new(Answers {
    bytes: VecDeque::new(),
    end: false,
    asked: false,
    prompt: String::new(),
    password: false,
});

/// Readable while there are bytes or an end to hand out.
static READY: AtomicI32 = AtomicI32::new(-1);

struct Answers {
    bytes: VecDeque<u8>,
    /// The front end has no answer: one read returns 0.
    end: bool,
    /// The front end knows that somebody waits.
    asked: bool,
    prompt: String,
    password: bool,
}

/// Prepares for the first read.
pub(super) fn start() -> Result<()> {
    let flags = libc::EFD_CLOEXEC | libc::EFD_NONBLOCK;
    // SAFETY: no pointers are passed.
    let ready = unsafe { libc::eventfd(0, flags) };
    if ready < 0 {
        return Err(Error::last_os_error());
    }
    READY.store(super::descriptors::hide(ready)?, Ordering::SeqCst);
    Ok(())
}

/// Notes what the next question says (`evcxr_input`).
pub(super) fn prompt(prompt: String, password: bool) {
    let mut answers = lock();
    answers.prompt = prompt;
    answers.password = password;
}

/// Takes the answer of the front end.
pub(super) fn answer(line: Option<String>) {
    let mut answers = lock();
    answers.asked = false;
    match line {
        Some(line) => answers.bytes.extend(line.into_bytes()),
        None => answers.end = true,
    }
    drop(answers);
    let one = 1_u64.to_ne_bytes();
    let ready = READY.load(Ordering::SeqCst);
    // SAFETY: the buffer has eight bytes, as eventfd(2) wants.
    unsafe { real::write(ready, one.as_ptr().cast(), one.len()) };
}

/// Fills `buffer` like `read(2)`: waits for the user if nothing is there.
///
/// # Errors
///
/// `ECANCELED` when the cell is interrupted, `EINTR` when a handler of the
/// user's own ran.
pub(super) fn read(buffer: &mut [u8]) -> Result<usize> {
    loop {
        let mut answers = lock();
        if !answers.bytes.is_empty() {
            let length = buffer.len().min(answers.bytes.len());
            for (to, byte) in
                buffer.iter_mut().zip(&mut answers.bytes.drain(..length))
            {
                *to = byte;
            }
            return Ok(length);
        }
        if std::mem::take(&mut answers.end) {
            return Ok(0);
        }
        if !std::mem::replace(&mut answers.asked, true) {
            report::message(&FromChild::InputWanted {
                cell: state::output_cell(),
                prompt: std::mem::take(&mut answers.prompt),
                password: std::mem::take(&mut answers.password),
            });
        }
        drop(answers);
        if let Err(error) = wait() {
            // The front end forgets the question when it interrupts.
            lock().asked = false;
            return Err(error);
        }
    }
}

fn wait() -> Result<()> {
    if state::is_interrupted() {
        return Err(Error::from_raw_os_error(libc::ECANCELED));
    }
    let mut ready = libc::pollfd {
        fd: READY.load(Ordering::SeqCst),
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one entry, which lives until the call returns.
    let polled = unsafe { real::poll(&mut ready, 1, -1) };
    if polled < 0 {
        let cancelled = state::is_interrupted();
        let number = if cancelled {
            libc::ECANCELED
        } else {
            real::errno()
        };
        return Err(Error::from_raw_os_error(number));
    }
    let mut count = [0_u8; 8];
    // SAFETY: the buffer has eight bytes. Another thread may have been faster;
    // then the read fails at once, since the descriptor never blocks.
    unsafe { real::read(ready.fd, count.as_mut_ptr().cast(), 8) };
    Ok(())
}

fn lock() -> MutexGuard<'static, Answers> {
    ANSWERS.lock().unwrap_or_else(PoisonError::into_inner)
}
