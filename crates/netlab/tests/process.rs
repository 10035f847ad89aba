//! Child processes: of `in_child`, and of a literal `fork` on a leash.
//!
//! In a binary of its own, and one test after the other: a leash holds every
//! `fork` of the whole process.

#![allow(unsafe_code)] // A test of what guards `fork` must call it.

use std::fs;
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use netlab::ServerHandle;
use netlab::nix::errno::Errno;
use netlab::nix::sys::prctl;
use netlab::nix::sys::signal::{SigSet, Signal, kill, raise};
use netlab::nix::sys::wait::{WaitStatus, waitpid};
use netlab::nix::unistd::{ForkResult, Pid, fork, getpid};
use netlab::parking_lot::{Mutex, MutexGuard};
use netlab::process::{self, ProcessTree};
use netlab::server;

const WATCHDOG: Duration = Duration::from_secs(10);

/// A limit that is reached at once.
const SHORT: Duration = Duration::from_millis(50);

static ALONE: Mutex<()> = Mutex::new(());

/// Keeps the other tests waiting.
fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock()
}

fn children() -> usize {
    process::tree().expect("tree").len() - 1
}

fn forever() -> ! {
    loop {
        thread::park();
    }
}

/// Kinder than `unsafe` in every line.
fn literal_fork() -> ForkResult {
    // SAFETY: the other threads of this process are tests that wait for a
    // lock, and the children below only write, wait and exit.
    unsafe { fork() }.expect("fork")
}

#[test]
fn child_that_succeeds_is_waited_for() {
    let _alone = alone();
    let (mut reader, mut writer) = io::pipe().expect("pipe");
    let child = process::in_child(WATCHDOG, || {
        writer.write_all(&getpid().as_raw().to_ne_bytes())
    });
    let child = child.expect("child");
    drop(writer);
    let pid = child.pid();
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).expect("read");
    // Once: the child has not come back to write a second time.
    assert_eq!(bytes, pid.as_raw().to_ne_bytes());
    child.wait().expect("success");
    kill(pid, None).expect_err("reaped");
}

#[test]
fn error_of_the_child_arrives_with_its_kind_and_text() {
    let _alone = alone();
    let open = || fs::File::open("/no/such/file").map(drop);
    let child = process::in_child(WATCHDOG, open).expect("child");
    let error = child.wait().expect_err("no file");
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("No such file"), "{error}");

    let long = "п".repeat(5000);
    let child = process::in_child(WATCHDOG, || Err(io::Error::other(long)));
    let error = child.expect("child").wait().expect_err("long");
    assert!(error.to_string().contains("ппп"), "{error}");
}

#[test]
fn panic_of_the_child_becomes_an_error_and_stays_in_the_child() {
    let _alone = alone();
    let child = process::in_child(WATCHDOG, || panic!("no {}", "luck"));
    let error = child.expect("child").wait().expect_err("panic");
    assert!(error.to_string().ends_with("паника: no luck"), "{error}");
}

#[test]
fn exit_code_and_signal_of_the_child_are_named() {
    let _alone = alone();
    let child = process::in_child(WATCHDOG, || process::exit_now(3));
    let error = child.expect("child").wait().expect_err("code");
    assert!(
        error.to_string().ends_with("завершился с кодом 3"),
        "{error}"
    );

    let child = process::in_child(WATCHDOG, || Ok(raise(Signal::SIGKILL)?));
    let error = child.expect("child").wait().expect_err("signal");
    assert!(
        error.to_string().ends_with("убит сигналом SIGKILL"),
        "{error}"
    );
}

#[test]
fn child_that_does_not_end_is_ended_by_its_alarm() {
    let _alone = alone();
    // It waits, it computes, and it does not want to hear the alarm.
    let endless: [fn() -> io::Result<()>; 2] = [
        || forever(),
        || loop {
            std::hint::spin_loop();
        },
    ];
    for body in endless {
        let child = process::in_child(SHORT, body).expect("child");
        let pid = child.pid();
        let error = child.wait().expect_err("too late");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert!(
            error.to_string().contains("не закончил за 0.05 с"),
            "{error}"
        );
        kill(pid, None).expect_err("reaped");
    }
}

#[test]
fn child_that_hears_no_alarm_is_killed() {
    let _alone = alone();
    let deaf: [fn() -> io::Result<()>; 2] = [
        || {
            SigSet::all().thread_block()?;
            forever()
        },
        || {
            raise(Signal::SIGSTOP)?;
            forever()
        },
    ];
    for body in deaf {
        let child = process::in_child(SHORT, body).expect("child");
        let pid = child.pid();
        let error = child.wait().expect_err("too late");
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        kill(pid, None).expect_err("reaped");
    }
}

#[test]
fn dropped_child_is_killed_and_reaped() {
    let _alone = alone();
    let child = process::in_child(WATCHDOG, || forever()).expect("child");
    assert!(child.is_running());
    let pid = child.pid();
    drop(child);
    kill(pid, None).expect_err("reaped");
    assert_eq!(children(), 0);
}

#[test]
fn child_that_somebody_else_has_reaped_is_no_trap() {
    let _alone = alone();
    let child = process::in_child(WATCHDOG, || Ok(())).expect("child");
    waitpid(child.pid(), None).expect("waitpid");
    assert!(!child.is_running());
    let error = child.wait().expect_err("unknown");
    assert!(error.to_string().contains("уже забран"), "{error}");
}

#[test]
fn limit_of_zero_is_refused_and_a_huge_one_is_not() {
    let _alone = alone();
    let error = process::in_child(Duration::ZERO, || Ok(())).expect_err("zero");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let error = process::leash(Duration::ZERO).expect_err("zero");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    let child = process::in_child(Duration::MAX, || Ok(())).expect("child");
    child.wait().expect("success");
}

#[test]
fn tree_shows_children_zombies_and_listeners() {
    let _alone = alone();
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = listener.local_addr().expect("address");
    let ended = process::in_child(WATCHDOG, || Ok(())).expect("child");
    let running = process::in_child(WATCHDOG, || forever()).expect("child");
    let deadline = Instant::now() + WATCHDOG;
    while ended.is_running() {
        assert!(Instant::now() < deadline);
        thread::yield_now();
    }
    let tree = process::tree().expect("tree");
    assert_eq!((tree.len(), tree.zombies()), (3, 1), "{tree}");
    assert_eq!(tree.processes[0].pid, getpid());
    assert!(tree.processes[0].listening.contains(&addr), "{tree}");
    let row = |pid| {
        let mut rows = tree.processes.iter();
        rows.find(|row| row.pid == pid).expect("in the tree")
    };
    assert!(row(ended.pid()).zombie);
    assert_eq!(row(ended.pid()).state, "зомби");
    assert!(row(running.pid()).listening.contains(&addr), "inherited");
    let text = tree.to_string();
    assert!(text.ends_with("процессов: 3, зомби: 1"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );

    ended.wait().expect("success");
    drop(running);
    assert_eq!(children(), 0);
    assert!(
        ProcessTree::of(Pid::from_raw(i32::MAX))
            .expect("none")
            .is_empty()
    );
}

#[test]
fn long_tree_is_cut_and_says_so() {
    let _alone = alone();
    let children: Vec<_> = (0..20)
        .map(|_| process::in_child(WATCHDOG, || forever()).expect("child"))
        .collect();
    let tree = process::tree().expect("tree");
    let text = tree.to_string();
    assert_eq!(text.lines().count(), 14, "{text}");
    assert!(text.contains("… ещё 9\nпроцессов: 21, зомби: 0"), "{text}");
    drop(children);
}

#[test]
fn literal_fork_on_a_leash_behaves_as_written() {
    let _alone = alone();
    let leash = process::leash(WATCHDOG).expect("leash");
    match literal_fork() {
        ForkResult::Child => process::exit_now(3),
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).expect("waitpid");
            assert_eq!(status, WaitStatus::Exited(child, 3));
        }
    }
    drop(leash);
    assert_eq!(children(), 0);
}

#[test]
fn leash_ends_children_that_nobody_has_waited_for() {
    let _alone = alone();
    let leash = process::leash(WATCHDOG).expect("leash");
    for round in 0..6 {
        if let ForkResult::Child = literal_fork() {
            match round % 3 {
                0 => process::exit_now(0),
                1 => forever(),
                _ => {
                    let _ = raise(Signal::SIGSTOP);
                    forever()
                }
            }
        }
    }
    assert_eq!(children(), 6);
    drop(leash);
    assert_eq!(children(), 0, "{}", process::tree().expect("tree"));
}

#[test]
fn leash_dropped_at_once_still_finds_its_child() {
    let _alone = alone();
    for _ in 0..50 {
        let leash = process::leash(WATCHDOG).expect("leash");
        if let ForkResult::Child = literal_fork() {
            forever()
        }
        drop(leash);
    }
    assert_eq!(children(), 0, "{}", process::tree().expect("tree"));
}

#[test]
fn child_on_a_leash_is_ended_by_its_alarm() {
    let _alone = alone();
    let _leash = process::leash(SHORT).expect("leash");
    match literal_fork() {
        ForkResult::Child => loop {
            std::hint::spin_loop();
        },
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).expect("waitpid");
            let alarm = Signal::SIGALRM;
            assert_eq!(status, WaitStatus::Signaled(child, alarm, false));
        }
    }
}

#[test]
fn children_of_a_child_are_on_the_leash_as_well() {
    let _alone = alone();
    let (mut reader, writer) = io::pipe().expect("pipe");
    let leash = process::leash(WATCHDOG).expect("leash");
    if let ForkResult::Child = literal_fork() {
        literal_fork();
        forever()
    }
    drop(writer);
    drop(leash);
    // Both have ended, or the pipe would still be open.
    assert_eq!(reader.read(&mut [0]).expect("read"), 0);
    assert_eq!(children(), 0);
}

#[test]
fn leash_leaves_the_children_of_others_alone() {
    let _alone = alone();
    let before = process::in_child(WATCHDOG, || forever()).expect("child");
    let leash = process::leash(SHORT).expect("leash");
    let during = process::in_child(WATCHDOG, || forever()).expect("child");
    let mut ended = Command::new("true").spawn().expect("spawn");
    let mut cat = Command::new("cat")
        .stdin(Stdio::piped())
        .spawn()
        .expect("spawn");
    drop(leash);
    assert!(before.is_running() && during.is_running());
    assert_eq!(cat.try_wait().expect("wait"), None, "it runs");
    drop(cat.stdin.take());
    assert!(cat.wait().expect("not reaped by the leash").success());
    assert!(ended.wait().expect("not reaped by the leash").success());
}

#[test]
fn second_leash_is_refused_until_the_first_is_dropped() {
    let _alone = alone();
    let first = process::leash(WATCHDOG).expect("leash");
    let error = process::leash(WATCHDOG).expect_err("second");
    assert_eq!(error.kind(), ErrorKind::ResourceBusy);
    assert!(error.to_string().contains("поводок уже есть"), "{error}");
    assert!(first.to_string().contains("10 с"), "{first}");
    drop(first);
    drop(process::leash(WATCHDOG).expect("free again"));
}

#[test]
fn copy_of_a_server_in_a_child_does_not_stop_the_server() {
    let _alone = alone();
    let models: [fn(TcpListener) -> io::Result<ServerHandle>; 3] = [
        server::threaded::serve,
        server::forking::serve,
        server::tokio_tasks::serve,
    ];
    for serve in models {
        let listener = server::bind("127.0.0.1:0").expect("bind");
        let server = serve(listener).expect("serve");
        let mut client = TcpStream::connect(server.addr()).expect("connect");
        client.set_read_timeout(Some(WATCHDOG)).expect("timeout");
        let leash = process::leash(WATCHDOG).expect("leash");
        match literal_fork() {
            ForkResult::Child => {
                let stopped = server.stop().is_ok();
                let joined = server.join().is_ok();
                drop(server);
                process::exit_now(if stopped && !joined { 0 } else { 1 });
            }
            ForkResult::Parent { child } => {
                let status = waitpid(child, None).expect("waitpid");
                assert_eq!(status, WaitStatus::Exited(child, 0));
            }
        }
        drop(leash);
        assert!(server.is_running(), "{server}");
        client.write_all(b"ping").expect("send");
        client.read_exact(&mut [0; 4]).expect("answer");
    }
}

/// The variable that tells a child of this binary which part it plays.
const ROLE: &str = "NETLAB_TEST_ROLE";

/// Plays a part in a process of its own and returns what it printed.
fn played(role: &str) -> Output {
    part(role).output().expect("start")
}

/// A command that plays a part.
fn part(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command
        .args(["--exact", "parts", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    command
}

/// What a careless cell does; the name says what its child does.
#[test]
fn parts() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let result = std::panic::catch_unwind(|| cell(&role));
    // In a notebook the next cell would be read here: by the parent only.
    println!("back: {}", result.is_ok());
}

fn cell(role: &str) -> io::Result<()> {
    let _leash = process::leash(Duration::from_secs(2))?;
    match literal_fork() {
        ForkResult::Child => match role {
            "panics" => panic!("in the child"),
            "fails" => Err(Errno::EIO)?,
            "reads the commands" => {
                let mut line = String::new();
                let count = io::stdin().read_line(&mut line)?;
                process::exit_now(count as i32)
            }
            "outlives" => {
                println!("\npid: {}", getpid());
                forever()
            }
            "multiplies" => loop {
                literal_fork();
            },
            _ => {}
        },
        ForkResult::Parent { child } => {
            // Ended by the leash if need be.
            println!("status: {:?}", waitpid(child, None)?);
        }
    }
    Ok(())
}

#[test]
fn child_that_leaves_its_branch_never_comes_back() {
    let _alone = alone();
    for role in ["falls through", "panics", "fails"] {
        let output = played(role);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stdout.matches("back: true").count(), 1, "{role}: {stdout}");
        assert!(!stdout.contains("back: false"), "{role}: {stdout}");
        assert!(stdout.contains(", 70)"), "{role}: {stdout}");
        assert!(stderr.contains("вышел из своей ветки"), "{role}: {stderr}");
    }
}

#[test]
fn child_does_not_read_the_commands_of_the_kernel() {
    let _alone = alone();
    let output = played("reads the commands");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains(", 0)"), "{stdout}");
}

#[test]
fn child_dies_with_a_kernel_that_is_killed() {
    let _alone = alone();
    // What dies without a parent comes to us, so that we can see it dead.
    prctl::set_child_subreaper(true).expect("prctl");
    let mut kernel = part("outlives").spawn().expect("spawn");
    let stdout = kernel.stdout.take().expect("stdout");
    let lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let pid = lines.into_iter().find_map(|line| {
        let (_, pid) = line.split_once("pid: ")?;
        pid.parse().ok().map(Pid::from_raw)
    });
    let pid = pid.expect("the child has started");
    kernel.kill().expect("kill");
    kernel.wait().expect("wait");
    // Its leash would have ended it as well, with another signal.
    let status = waitpid(pid, None).expect("waitpid");
    assert_eq!(status, WaitStatus::Signaled(pid, Signal::SIGKILL, false));
    prctl::set_child_subreaper(false).expect("prctl");
}

#[test]
fn children_that_multiply_are_ended() {
    let _alone = alone();
    let output = played("multiplies");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("back: true"), "{stdout}");
}
