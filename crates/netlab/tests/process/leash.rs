//! A literal `fork` on a leash.

use super::*;

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
fn orphan_on_a_leash_is_reaped_although_a_server_lets_us_inherit_it() {
    let _alone = alone();
    // As long as it runs, orphans among our descendants become our children.
    let listener = server::bind("127.0.0.1:0").expect("bind");
    let server = server::forking::serve(listener).expect("serve");
    let leash = process::leash(WATCHDOG).expect("leash");
    match literal_fork() {
        ForkResult::Child => {
            if let ForkResult::Child = literal_fork() {
                forever()
            }
            process::exit_now(0)
        }
        ForkResult::Parent { child } => {
            let status = waitpid(child, None).expect("waitpid");
            assert_eq!(status, WaitStatus::Exited(child, 0));
        }
    }
    drop(leash);
    assert_eq!(children(), 1, "{}", process::tree().expect("tree"));
    server.stop().expect("stop");
    assert_eq!(children(), 0, "{}", process::tree().expect("tree"));
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

#[test]
fn leash_of_any_length_holds() {
    for limit in [Duration::MAX, Duration::from_nanos(1)] {
        let _alone = alone();
        let leash = process::leash(limit).expect("leash");
        match literal_fork() {
            ForkResult::Child => loop {
                std::thread::park();
            },
            // Ended by its alarm, or by the end of the leash.
            ForkResult::Parent { .. } => drop(leash),
        }
        assert_eq!(children(), 0);
    }
}
