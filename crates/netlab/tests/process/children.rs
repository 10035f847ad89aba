//! Children that `in_child` starts.

use super::*;

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
