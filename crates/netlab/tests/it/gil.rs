//! The lock of the interpreter.

use std::io::ErrorKind;
use std::panic;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use netlab::gil::{self, Gil, Python};

use crate::scenario::{WATCHDOG, child, plays};

#[test]
fn old_python_loses_the_same_updates_every_time() {
    let first = gil::count(Python::UpTo39, 5, 20_000).expect("threads start");
    assert_eq!(first.expected(), 100_000);
    assert!(first.result() < 100_000, "{first}");
    assert_eq!(first.lost(), 100_000 - first.result());
    assert!(first.switches() > 0);
    assert!(first.to_string().contains("устаревшее число"), "{first}");
    for _ in 0..5 {
        let again = gil::count(Python::UpTo39, 5, 20_000).expect("again");
        assert_eq!(again, first, "the switches are counted, not timed");
    }
}

#[test]
fn new_python_loses_nothing_and_switches_all_the_same() {
    let counted = gil::count(Python::From310, 5, 20_000).expect("start");
    assert_eq!((counted.result(), counted.lost()), (100_000, 0));
    assert!(counted.switches() > 0, "{counted}");
    assert!(counted.to_string().contains("не обещает"), "{counted}");
}

#[test]
fn python_without_a_lock_never_counts_too_much() {
    let counted = gil::count(Python::FreeThreaded, 4, 50_000).expect("start");
    assert!(counted.result() <= counted.expected(), "{counted}");
    assert_eq!(counted.switches(), 0);
    assert!(counted.to_string().contains("Замка нет"), "{counted}");
}

#[test]
fn single_thread_has_nobody_to_switch_to() {
    for python in [Python::UpTo39, Python::From310, Python::FreeThreaded] {
        let counted = gil::count(python, 1, 10_000).expect("start");
        assert_eq!((counted.result(), counted.switches()), (10_000, 0));
        assert!(counted.to_string().contains("Поток один"), "{counted}");
    }
}

#[test]
fn only_one_thread_runs_under_the_lock() {
    let gil = Gil::new(3).expect("not zero");
    let running = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut holder = gil.enter();
                for _ in 0..1000 {
                    let others = running.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(others, 0, "two threads run at once");
                    running.fetch_sub(1, Ordering::Relaxed);
                    holder.tick();
                }
            });
        }
    });
}

#[test]
fn lock_survives_the_panic_of_its_holder() {
    let gil = Gil::new(1).expect("not zero");
    let panic = panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let _holder = gil.enter();
        panic::resume_unwind(Box::new("why"));
    }));
    panic.expect_err("the panic of the holder");
    assert!(!gil.enter().tick());
}

#[test]
fn second_entry_of_the_same_thread_panics_and_does_not_hang() {
    let gil = Gil::new(1).expect("not zero");
    let holder = gil.enter();
    let again = panic::AssertUnwindSafe(|| drop(gil.enter()));
    let panic = panic::catch_unwind(again).expect_err("a panic");
    let text = panic.downcast_ref::<&str>().expect("a sentence");
    assert!(text.contains("уже держит Gil"), "{text}");
    drop(holder);
    drop(gil.enter());
}

#[test]
fn numbers_without_sense_are_refused() {
    let refused = [
        Gil::new(0).map(drop),
        gil::count(Python::UpTo39, 0, 10).map(drop),
        gil::count(Python::UpTo39, 65, 10).map(drop),
        gil::count(Python::UpTo39, 5, 0).map(drop),
        gil::count(Python::From310, 5, u64::MAX).map(drop),
        gil::speed_up(0).map(drop),
        gil::speed_up(17).map(drop),
        gil::python_at("python3", Duration::ZERO).map(drop),
    ];
    for result in refused {
        let error = result.expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
}

#[test]
fn speed_up_is_measured_three_ways() {
    let times = gil::speed_up(2).expect("threads start");
    for time in [times.sequential(), times.with_gil(), times.without()] {
        // Wide bounds: how fast it is says something about the machine only.
        assert!(time > Duration::ZERO && time < WATCHDOG * 10, "{times}");
    }
    let text = times.to_string();
    assert!(
        text.contains("под GIL") || text.contains("Под GIL"),
        "{text}"
    );
    assert!(text.lines().count() <= 14, "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn real_python_does_the_experiment() {
    // How long it takes is no matter here: other tests need the cores too.
    let limit = Duration::from_secs(120);
    let run = gil::python_at("python3", limit).unwrap_or_else(|error| {
        panic!("this test needs python3 (apt-get install python3): {error}")
    });
    assert_eq!(run.expected(), 5_000_000);
    assert!(run.result() <= run.expected(), "{run}");
    assert!(run.version().starts_with("3."), "{run}");
    assert!(run.counting() > Duration::ZERO && run.speed_up() > 0.0);
    let text = run.to_string();
    assert!(text.lines().count() <= 14, "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
}

#[test]
fn python_that_is_absent_is_a_sentence() {
    let error =
        gil::python_at("no-such-python", WATCHDOG).expect_err("not there");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("можно пропустить"), "{error}");
}

#[test]
fn program_that_is_no_python_is_a_sentence() {
    let error = gil::python_at("true", WATCHDOG).expect_err("no Python");
    assert_eq!(error.kind(), ErrorKind::InvalidData, "{error}");
}

#[test]
fn python_that_takes_too_long_is_killed_and_reaped() {
    let error = gil::python_at("python3", Duration::from_millis(1))
        .expect_err("no Python is that fast");
    assert_eq!(error.kind(), ErrorKind::TimedOut, "{error}");
    let text = error.to_string();
    let pid = text
        .split_once("(pid ")
        .and_then(|(_, rest)| rest.split_once(')').map(|(pid, _)| pid));
    let pid = pid.expect("the error names the process");
    // Not even a zombie. (The number could belong to somebody else by now, but
    // not to a child of ours.)
    let own = std::process::id().to_string();
    let parent = state_and_parent(pid).map(|(_, parent)| parent);
    assert_ne!(parent, Some(own));
}

/// The state and the parent of a process, from `/proc/PID/stat`; `None` if
/// there is no such process.
fn state_and_parent(pid: &str) -> Option<(String, String)> {
    let stat = Path::new("/proc").join(pid).join("stat");
    let stat = std::fs::read_to_string(stat).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').map(str::to_owned);
    Some((fields.next()?, fields.next()?))
}

/// A child of the process with this number.
fn any_child(parent: &str) -> Option<String> {
    let processes = std::fs::read_dir("/proc").ok()?;
    let mut pids = processes
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    pids.find(|pid| state_and_parent(pid).is_some_and(|(_, its)| its == parent))
}

#[test]
fn python_ends_when_the_process_that_has_started_it_is_killed() {
    let test =
        "gil::python_ends_when_the_process_that_has_started_it_is_killed";
    if plays("asks-python") {
        let _ = gil::python();
        return;
    }
    let mut starter = child(test, "asks-python").spawn().expect("a child");
    let own = starter.id().to_string();
    let deadline = Instant::now() + WATCHDOG * 4;
    let python = loop {
        if let Some(pid) = any_child(&own) {
            break pid;
        }
        assert!(Instant::now() < deadline, "no Python started");
        thread::yield_now();
    };
    starter.kill().expect("kill");
    starter.wait().expect("reap");
    let deadline = Instant::now() + WATCHDOG * 4;
    // A zombie has ended; whoever has adopted it may take its time to reap it.
    while state_and_parent(&python).is_some_and(|(state, _)| state != "Z") {
        assert!(Instant::now() < deadline, "Python {python} goes on");
        thread::yield_now();
    }
}
