//! Interrupting cells without losing the process.

use std::time::{Duration, Instant};

use crate::channel::{Activity, FromChild};
use crate::harness::{Child, Ran};

/// Runs a cell that blocks, interrupts it, and sees that the next one runs.
fn interrupted(child: &mut Child, code: &str) -> (Ran, Duration) {
    child.begin(&format!(r#"eprintln!("blocks"); {code}"#));
    child.until(|ran| ran.stderr().contains("blocks"));
    // Most interrupts come while the call waits; one that comes earlier must
    // work as well, so nothing depends on this time.
    std::thread::sleep(Duration::from_millis(50));
    let start = Instant::now();
    child.interrupt();
    let ran = child.end();
    let took = start.elapsed();
    eprintln!(
        "{took:?} {:?} {}",
        ran.ended(),
        code.lines().next().unwrap()
    );
    assert!(ran.ended().2, "not interrupted: {ran:?}");
    assert_eq!(child.run(r#"println!("2");"#).stdout(), "2\n");
    (ran, took)
}

#[test]
fn blocking_calls_end_within_a_fifth_of_a_second() {
    let mut child = Child::start();
    for code in [
        // Each is a plain call that a lesson makes.
        "std::net::TcpListener::bind((\"127.0.0.1\", 0))?.accept()?;",
        "std::net::TcpListener::bind((\"127.0.0.1\", 0))?.accept().unwrap();",
        "std::net::UdpSocket::bind((\"127.0.0.1\", 0))?.recv_from(&mut [0])?;",
        "let (a, _b) = std::os::unix::net::UnixStream::pair()?; std::io::Read::read(&mut &a, &mut [0])?;",
        "let (a, _b) = std::os::unix::net::UnixStream::pair()?; std::io::Read::read_to_end(&mut &a, &mut vec![])?;",
        "let (a, _b) = std::os::unix::net::UnixStream::pair()?; std::io::Write::write_all(&mut &a, &vec![0; 10 << 20])?;",
        "let (mut r, _w) = std::io::pipe()?; std::io::Read::read(&mut r, &mut [0])?;",
        "std::thread::sleep(std::time::Duration::from_secs(60));",
        "std::thread::spawn(|| std::thread::sleep(std::time::Duration::from_secs(60))).join().unwrap();",
        "std::thread::spawn(|| loop { std::hint::spin_loop() }).join().unwrap();",
        "std::process::Command::new(\"sleep\").arg(\"60\").status()?;",
        "unsafe extern \"C\" { fn poll(p: *mut u8, n: u64, t: i32) -> i32; fn perror(t: *const i8); } \
         if unsafe { poll(std::ptr::null_mut(), 0, -1) } < 0 { Err(std::io::Error::last_os_error())? }",
        "std::io::stdin().read_line(&mut String::new())?;",
        "loop { println!(\"again\"); }",
    ] {
        let (_, took) = interrupted(&mut child, code);
        let limit = if code.starts_with("loop") { 600 } else { 200 };
        assert!(took < Duration::from_millis(limit), "{took:?}: {code}");
    }
}

#[test]
fn connect_to_a_full_listener_ends() {
    let mut child = Child::start();
    let (ran, took) = interrupted(
        &mut child,
        r#"unsafe extern "C" { fn listen(f: i32, n: i32) -> i32; }
           use std::os::fd::AsRawFd;
           let l = std::net::TcpListener::bind(("127.0.0.1", 0))?;
           unsafe { listen(l.as_raw_fd(), 0); }
           let mut all = vec![];
           loop { all.push(std::net::TcpStream::connect(l.local_addr()?)?); }"#,
    );
    assert!(ran.ended().1, "{ran:?}");
    assert!(took < Duration::from_millis(200));
}

#[test]
fn scope_ends_when_its_threads_do() {
    let mut child = Child::start();
    let (ran, took) = interrupted(
        &mut child,
        r#"let sockets: Vec<_> = (0..4).map(|_| std::os::unix::net::UnixStream::pair().unwrap()).collect();
           std::thread::scope(|s| for (a, _) in &sockets {
               s.spawn(move || std::io::Read::read(&mut &*a, &mut [0]).map(drop));
           });
           println!("scope is over");"#,
    );
    assert_eq!(ran.stdout(), "scope is over\n");
    assert!(took < Duration::from_millis(200));
}

#[test]
fn channel_ends_when_its_senders_do() {
    let mut child = Child::start();
    let (ran, _) = interrupted(
        &mut child,
        r#"let (tx, rx) = std::sync::mpsc::channel::<()>();
           std::thread::spawn(move || { std::thread::sleep(std::time::Duration::from_secs(60)); tx.send(()) });
           println!("{:?}", rx.recv());"#,
    );
    assert_eq!(ran.stdout(), "Err(RecvError)\n");
}

/// Runs a cell that leaves a server behind; gives one that talks to it and
/// prints `p`.
fn server(child: &mut Child) -> String {
    let ran = child.run(
        r#"let l = std::net::TcpListener::bind(("127.0.0.1", 0))?;
           println!("{}", l.local_addr()?.port());
           std::thread::spawn(move || for c in l.incoming() {
               let mut c = c.unwrap(); let mut b = [0; 4];
               std::io::Read::read_exact(&mut c, &mut b).unwrap();
               std::io::Write::write_all(&mut c, &b).unwrap();
           });"#,
    );
    let port = ran.stdout().trim().to_owned();
    format!(
        r#"use std::io::{{Read, Write}};
           let mut c = std::net::TcpStream::connect(("127.0.0.1", {port}))?;
           c.set_read_timeout(Some(std::time::Duration::from_secs(5)))?;
           c.write_all(b"ping")?; let mut b = [0; 4]; c.read_exact(&mut b)?; print!("{{}}", b[0] as char);"#
    )
}

#[test]
fn server_of_an_earlier_cell_survives() {
    let mut child = Child::start();
    let talk = server(&mut child);
    for _ in 0..3 {
        interrupted(
            &mut child,
            "std::net::TcpListener::bind((\"127.0.0.1\", 0))?.accept()?;",
        );
        assert_eq!(child.run(&talk).stdout(), "p");
    }
}

#[test]
fn loop_that_ignores_errors_is_told() {
    let mut child = Child::start();
    child.begin(
        r#"let l = std::net::TcpListener::bind(("127.0.0.1", 0))?; eprintln!("blocks");
           for c in l.incoming() { if let Ok(c) = c { drop(c) } }"#,
    );
    child.until(|ran| ran.stderr().contains("blocks"));
    child.interrupt();
    let start = Instant::now();
    child.until(|ran| {
        ran.messages.iter().any(|message| {
            matches!(
                message,
                FromChild::Cancelled {
                    in_a_row: 100..,
                    ..
                }
            )
        })
    });
    eprintln!("told after {:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_secs(1));
}

#[test]
fn what_a_cell_goes_on_with_is_told() {
    const EPOLL: &str = r#"unsafe extern "C" { fn epoll_create1(f: i32) -> i32; fn epoll_wait(e: i32, v: *mut [u8; 12], n: i32, t: i32) -> i32; }
        let epoll = unsafe { epoll_create1(0) }; loop { unsafe { epoll_wait(epoll, &mut [0; 12], 1, -1); } }"#;
    for (code, expected) in [
        ("loop { std::hint::spin_loop() }", Activity::Computes),
        (
            "std::thread::scope(|s| { s.spawn(|| loop { std::hint::spin_loop() }); });",
            Activity::Computes,
        ),
        (
            "let m = std::sync::Mutex::new(1); let _held = m.lock(); let _again = m.lock();",
            Activity::WaitsForThread,
        ),
        (
            "let (_tx, rx) = std::sync::mpsc::channel::<u8>(); rx.recv()?;",
            Activity::WaitsForThread,
        ),
        ("loop { std::thread::park(); }", Activity::WaitsForThread),
        (
            "let m = std::sync::Mutex::new(1); let c = std::sync::Condvar::new(); \
             let mut held = m.lock().unwrap(); loop { held = c.wait(held).unwrap(); }",
            Activity::WaitsForThread,
        ),
        (EPOLL, Activity::WaitsForSystem),
    ] {
        let mut child = Child::start();
        child.begin(&format!(r#"eprintln!("runs"); {code}"#));
        child.until(|ran| ran.stderr().contains("runs"));
        child.interrupt();
        child.until(|ran| {
            ran.messages.iter().any(|message| {
                matches!(message, FromChild::StillRuns { activity, .. } if *activity == expected)
            })
        });
    }
}

#[test]
fn interrupt_of_an_idle_child_does_nothing() {
    let mut child = Child::start();
    let talk = server(&mut child);
    child.interrupt();
    // Nothing is left to be done about the interrupt then: what it begins, it
    // has begun, and the thread of the cell would be told in a moment.
    child.sync();
    let ran = child.run(&talk);
    assert_eq!(ran.ended(), (false, false, false));
    assert_eq!(ran.stdout(), "p");
}

#[test]
fn destructors_are_not_disturbed() {
    let mut child = Child::start();
    let (ran, _) = interrupted(
        &mut child,
        r#"struct Server(Option<std::thread::JoinHandle<()>>, std::sync::Arc<std::sync::atomic::AtomicBool>);
           impl Drop for Server { fn drop(&mut self) {
               self.1.store(true, std::sync::atomic::Ordering::SeqCst);
               self.0.take().unwrap().join().unwrap();
               std::thread::sleep(std::time::Duration::from_millis(400));
               println!("dropped");
           } }
           let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
           let seen = stop.clone();
           let _server = Server(Some(std::thread::spawn(move || while !seen.load(std::sync::atomic::Ordering::SeqCst) {
               std::thread::yield_now() })), stop);
           std::thread::sleep(std::time::Duration::from_secs(60));"#,
    );
    assert_eq!(ran.stdout(), "dropped\n");
    assert!(ran.ended().0);
}

#[test]
fn cell_can_ask_whether_it_is_interrupted() {
    let mut child = Child::start();
    let (ran, _) = interrupted(
        &mut child,
        r#"unsafe extern "C" { fn dlsym(h: *mut u8, n: *const i8) -> *mut u8; }
           let ask = unsafe { dlsym(std::ptr::null_mut(), c"netlab_kernel_interrupted".as_ptr()) };
           let ask: extern "C" fn() -> bool = unsafe { std::mem::transmute(ask) };
           while !ask() { std::thread::yield_now() } println!("politely");"#,
    );
    assert_eq!(ran.stdout(), "politely\n");
}
