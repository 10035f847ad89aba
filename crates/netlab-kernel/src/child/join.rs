//! The interposed `pthread_join(3)`.

// Definition of a C function.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::time::{Duration, Instant};

use libc::{clockid_t, pthread_t, timespec};

use super::{interrupt, joined, real, state};

/// How long one wait takes before the interrupt is looked for.
const ROUND: Duration = Duration::from_millis(20);

/// In an interrupt, the thread that is waited for gets this long: it is being
/// cancelled too, and a join that succeeds is the better end.
const GRACE: Duration = Duration::from_millis(100);

unsafe extern "C" {
    // glibc 2.31; the `libc` crate does not have it.
    fn pthread_clockjoin_np(
        thread: pthread_t,
        result: *mut *mut c_void,
        clock: clockid_t,
        until: *const timespec,
    ) -> c_int;
}

/// Interposed: waits in rounds, because a signal does not end the wait.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_join(
    thread: pthread_t,
    result: *mut *mut c_void,
) -> c_int {
    if !state::active() || state::birth_cell() == 0 {
        // SAFETY: the arguments are the caller's own.
        return unsafe { real::pthread_join(thread, result) };
    }
    let mut cancelled_since = None;
    loop {
        if interrupt::cancels() {
            let since = *cancelled_since.get_or_insert_with(Instant::now);
            if since.elapsed() > GRACE {
                interrupt::cancelled();
                return libc::ECANCELED;
            }
        }
        let until = in_a_while();
        // SAFETY: the first two arguments are the caller's own, the time
        // lives until the call returns.
        let error = unsafe {
            pthread_clockjoin_np(thread, result, libc::CLOCK_MONOTONIC, &until)
        };
        if error != libc::ETIMEDOUT {
            if error == 0 {
                joined::joined(thread);
            }
            return error;
        }
    }
}

fn in_a_while() -> timespec {
    let mut time = timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the struct lives until the call returns.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut time) };
    time.tv_nsec += ROUND.as_nanos() as i64;
    if time.tv_nsec >= 1_000_000_000 {
        time.tv_nsec -= 1_000_000_000;
        time.tv_sec += 1;
    }
    time
}
