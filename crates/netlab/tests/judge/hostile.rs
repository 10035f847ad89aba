//! Whatever a solution does, the judge answers in time and nothing is left.

#![allow(unsafe_code)] // The mistakes that are tried here need it.

use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::{FromRawFd, OwnedFd};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{process, thread};

use netlab::judge::{self, Verdict};
use netlab::nix::unistd::{ForkResult, fork};

/// A hanging solution is judged in this time, on a machine that is busy.
const LONG: Duration = Duration::from_secs(60);

/// The verdict on a solution that must not pass.
fn refused(function: fn(TcpStream) -> io::Result<()>) -> Verdict {
    let begun = Instant::now();
    let verdict = judge::shout(function);
    assert!(begun.elapsed() < LONG, "{verdict}");
    assert!(!verdict.is_passed(), "{verdict}");
    verdict
}

#[test]
fn panic_is_told_with_its_text() {
    let verdict = refused(|_| panic!("no such luck"));
    assert_eq!(verdict.mistake(), Some("panic"));
    assert!(verdict.to_string().contains("no such luck"), "{verdict}");
}

#[test]
fn panic_of_a_thread_is_told_as_well() {
    let verdict = refused(|conn| {
        let thread = thread::spawn(move || {
            let _conn = conn;
            panic!("in a thread")
        });
        let _ = thread.join();
        Ok(())
    });
    assert_eq!(verdict.mistake(), Some("panic"));
    assert!(verdict.to_string().contains("in a thread"), "{verdict}");
}

#[test]
fn exit_ends_the_solution_and_nothing_else() {
    let verdict = refused(|_| process::exit(3));
    assert_eq!(verdict.mistake(), Some("exit"));
}

#[test]
fn abort_ends_the_solution_and_nothing_else() {
    assert_eq!(refused(|_| process::abort()).mistake(), Some("killed"));
}

#[test]
fn endless_loop_ends_in_time() {
    let verdict = refused(|conn| {
        let _conn = conn;
        loop {
            std::hint::spin_loop();
        }
    });
    assert_eq!(verdict.mistake(), Some("endless-loop"));
}

#[test]
fn memory_without_end_ends_the_solution_and_nothing_else() {
    let verdict = refused(|_| {
        let mut all = Vec::new();
        loop {
            // Not touched: what is asked for counts.
            all.push(Vec::<u8>::with_capacity(1 << 26));
        }
    });
    assert_eq!(verdict.mistake(), Some("killed"));
}

#[test]
fn threads_without_end_end_with_the_solution() {
    let verdict = refused(|_| {
        loop {
            thread::spawn(thread::park);
        }
    });
    assert!(verdict.mistake().is_some(), "{verdict}");
}

#[test]
fn foreign_descriptors_are_not_there_to_be_closed() {
    let verdict = refused(|_| {
        for fd in 3..1024 {
            // SAFETY: this is the mistake that is tried, in a process of its
            // own; nothing there uses its descriptors afterwards.
            drop(unsafe { OwnedFd::from_raw_fd(fd) });
        }
        Ok(())
    });
    assert!(verdict.mistake().is_some(), "{verdict}");
}

#[test]
fn output_without_end_does_not_stop_the_solution() {
    let verdict = refused(|_| {
        for n in 0..100_000 {
            // `println!` is taken by the test harness.
            writeln!(io::stdout(), "line {n}")?;
        }
        Ok(())
    });
    assert_eq!(verdict.mistake(), Some("not-begun"));
    assert!(verdict.to_string().contains("line 0"), "{verdict}");
}

#[test]
fn processes_that_a_solution_leaves_are_ended() {
    let verdict = refused(|_| {
        // SAFETY: the child waits, and calls nothing else.
        match unsafe { fork() }? {
            ForkResult::Child => loop {
                thread::park();
            },
            ForkResult::Parent { child } => writeln!(io::stdout(), "{child}"),
        }
    });
    let text = verdict.to_string();
    let (_, printed) = text.split_once("печатала: ").unwrap();
    let (child, _) = printed.split_once('.').unwrap();
    assert!(!Path::new("/proc").join(child).exists(), "{verdict}");
}
