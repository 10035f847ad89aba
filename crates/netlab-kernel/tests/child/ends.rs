//! How cells end: panics, errors, forks, crashes.

use std::os::unix::process::ExitStatusExt;

use crate::channel::FromChild;
use crate::harness::Child;

#[test]
fn panic_is_told_with_message_place_and_frames() {
    let mut child = Child::start();
    let ran = child.run(
        r#"#[inline(never)] fn inner(n: i32) { assert_eq!(n, 2, "sum {n}"); }
           print!("unfinished"); inner(1 + 2);"#,
    );
    assert_eq!(ran.ended(), (true, false, false));
    assert_eq!(ran.replies, ["EVCXR_PANIC_NOTIFICATION"]);
    assert_eq!(ran.stdout(), "unfinished");
    assert_eq!(ran.stderr(), "");
    let [panic] = ran.panics()[..] else {
        panic!("{ran:?}")
    };
    assert!(panic.message.contains("sum 3"), "{panic:?}");
    assert!(panic.main);
    assert!(panic.file.ends_with(".rs") && panic.line > 0);
    assert!(panic.frames[0].function.contains("inner"), "{panic:?}");
    assert!(panic.frames.len() <= 4, "{panic:?}");
}

#[test]
fn panic_of_a_thread_is_not_the_end_of_the_cell() {
    let mut child = Child::start();
    let ran = child.run(
        r#"std::thread::Builder::new().name("worker".into()).spawn(|| panic!("oh"))?.join().unwrap_err();"#,
    );
    assert_eq!(ran.ended(), (false, false, false));
    assert_eq!(ran.panics()[0].thread, "worker");
    assert!(!ran.panics()[0].main);
    // Caught by the cell: no end either.
    let ran = child.run(r#"let _ = std::panic::catch_unwind(|| panic!("caught")); println!("on");"#);
    assert_eq!(ran.ended(), (false, false, false));
    assert_eq!(ran.stdout(), "on\n");
}

#[test]
fn panic_with_a_lock_held_and_in_drop_keeps_the_process() {
    let mut child = Child::start();
    let ran = child.run(
        r#"static M: std::sync::Mutex<i32> = std::sync::Mutex::new(1);
           let _ = std::thread::spawn(|| { let _g = M.lock().unwrap(); panic!("held") }).join();
           println!("{}", M.is_poisoned());
           struct D; impl Drop for D { fn drop(&mut self) { panic!("in drop") } } drop(D);"#,
    );
    assert_eq!(ran.stdout(), "true\n");
    assert_eq!(ran.ended(), (true, false, false));
    let ran =
        child.run(r#"let out = std::io::stdout().lock(); panic!("locked");"#);
    assert_eq!(ran.ended(), (true, false, false));
    assert_eq!(child.run(r#"println!("on");"#).stdout(), "on\n");
}

/// Which errors `?` can hand out, and how they are told, in cells that the
/// driver has compiled.
const WIDE: &str = "Into<Box<dyn std::error::Error>>, {error}";

#[test]
fn failed_question_mark_tells_type_and_forms() {
    let mut child = Child::start();
    child.error_format = WIDE;
    let ran = child.run(r#"print!("x"); std::fs::File::open("/nowhere")?;"#);
    assert_eq!(ran.ended(), (false, true, false));
    assert_eq!(ran.replies, ["EVCXR_ERROR_OCCURRED"]);
    assert_eq!((ran.stdout(), ran.stderr()), ("x".into(), String::new()));
    let [error] = ran.user_errors()[..] else {
        panic!("{ran:?}")
    };
    assert_eq!(error.type_name, "std::io::error::Error");
    let text = error.display.as_ref().unwrap();
    assert!(text.starts_with("No such file"), "{text}");
    assert!(error.debug.contains("NotFound"), "{error:?}");
    assert!(error.pretty.contains('\n'), "{error:?}");
    // `evcxr`'s own setting: the text for people.
    child.error_format = "std::fmt::Display, {}";
    let ran = child.run(r#"std::fs::File::open("/nowhere")?;"#);
    assert_eq!(ran.ended(), (false, true, false));
    let text = ran.user_errors()[0].display.as_ref().unwrap();
    assert!(text.starts_with("No such file"), "{text}");
    // Without the prelude: printed, and the end is known all the same.
    child.prelude = "";
    let ran = child.run(r#"std::fs::File::open("/nowhere")?;"#);
    assert_eq!(ran.ended(), (false, true, false));
    assert!(ran.stderr().starts_with("No such file"), "{ran:?}");
}

#[test]
fn every_form_that_an_error_has_is_told() {
    let mut child = Child::start();
    let mut told = |format: &'static str, items: &str, error: &str| {
        child.error_format = format;
        let ran = child.run(&format!("{items} Err({error})?;"));
        assert_eq!(ran.ended(), (false, true, false), "{error}");
        assert_eq!(ran.stderr(), "", "{error}");
        let [report] = ran.user_errors()[..] else {
            panic!("{error}: {ran:?}")
        };
        (report.display.clone(), report.debug.clone())
    };
    let text = |text: &str| Some(text.to_owned());
    let number = "\"x\".parse::<u8>().unwrap_err()";
    let said = "invalid digit found in string";
    let debug = "ParseIntError { kind: InvalidDigit }";
    assert_eq!(told(WIDE, "", number), (text(said), debug.into()));
    assert_eq!(
        told(WIDE, "", "\"a text\""),
        (text("a text"), "\"a text\"".into())
    );
    // A `Display` that panics is none.
    let items = "#[derive(Debug)] struct Bad; \
                 impl std::error::Error for Bad {} \
                 impl std::fmt::Display for Bad { \
                 fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { panic!() } }";
    assert_eq!(told(WIDE, items, "Bad"), (None, "Bad".into()));
    // As `evcxr` has them compiled.
    const NARROW: &str = "std::fmt::Debug, {:?}";
    let items = "#[derive(Debug)] struct OnlyDebug(u8);";
    assert_eq!(
        told(NARROW, items, "OnlyDebug(3)"),
        (None, "OnlyDebug(3)".into())
    );
    for kind in ["Send", "Send + Sync"] {
        let items = format!(
            "let error: Box<dyn std::error::Error + {kind}> = \
             Box::new({number});"
        );
        assert_eq!(told(NARROW, &items, "error"), (text(said), debug.into()));
    }
}

#[test]
fn macro_of_the_prelude_prints_as_ever() {
    let mut child = Child::start();
    let ran = child.run(
        r#"let e = 5; eprintln!("{:?}", e); eprintln!("{e}"); eprintln!();
           let s: &str = "s"; eprintln!("{}", s); match Err::<(), _>("x") { Ok(()) => {} Err(e) => eprintln!("{}", e), }
           eprintln!("{} {x}", s, x = e,);"#,
    );
    assert_eq!(ran.stderr(), "5\n5\n\ns\nx\ns 5\n");
}

#[test]
fn forked_process_that_returns_is_no_second_kernel() {
    let mut child = Child::start();
    let ran = child.run(
        r#"unsafe extern "C" { fn fork() -> i32; fn waitpid(p: i32, s: *mut i32, o: i32) -> i32; }
           let pid = unsafe { fork() };
           if pid == 0 { println!("child"); } else {
               unsafe { waitpid(pid, std::ptr::null_mut(), 0); } println!("parent"); }"#,
    );
    // It printed, left the cell, and ended there: the parent waited for that
    // only if it ends at all, since it waits inside the cell.
    let stdout = ran.stdout();
    assert!(
        stdout.contains("child\n") && stdout.contains("parent\n"),
        "{stdout}"
    );
    for _ in 0..5 {
        let ran = child.run(r#"println!("{}", std::process::id());"#);
        assert_eq!(ran.stdout().trim(), child.pid().to_string());
    }
}

#[test]
fn forked_process_that_panics_or_stays_does_no_harm() {
    let mut child = Child::start();
    let ran = child.run(
        r#"unsafe extern "C" { fn fork() -> i32; fn waitpid(p: i32, s: *mut i32, o: i32) -> i32; }
           let pid = unsafe { fork() };
           if pid == 0 { panic!("in the forked one"); }
           unsafe { waitpid(pid, std::ptr::null_mut(), 0); }"#,
    );
    assert_eq!(ran.ended(), (false, false, false));
    assert!(ran.stderr().contains("in the forked one"), "{ran:?}");
    // One that stays must not keep the pipes of evcxr open.
    child.run(
        r#"unsafe extern "C" { fn fork() -> i32; fn _exit(n: i32) -> !; }
           if unsafe { fork() } == 0 { std::thread::sleep(std::time::Duration::from_secs(20)); unsafe { _exit(0) } }"#,
    );
    child.begin("std::process::abort();");
    let (_, status) = child.death();
    assert_eq!(status.signal(), Some(6));
}

#[test]
fn fatal_signals_are_told() {
    for (code, signal, overflowed) in [
        (
            "fn f(n: u64) -> u64 { std::hint::black_box([n; 100]); f(n + 1) + 1 } println!(\"{}\", f(0));",
            11,
            true,
        ),
        (
            "std::thread::spawn(|| { fn f(n: u64) -> u64 { std::hint::black_box([n; 100]); f(n + 1) + 1 } println!(\"{}\", f(0)); }).join();",
            11,
            true,
        ),
        (
            "unsafe { std::ptr::null_mut::<i32>().write_volatile(1) }",
            11,
            false,
        ),
        ("std::process::abort();", 6, false),
    ] {
        let mut child = Child::start();
        child.begin(&format!("println!(\"last\"); {code}"));
        let (messages, status) = child.death();
        assert_eq!(status.signal(), Some(signal), "{code} {messages:?}");
        let told = messages.iter().any(|message| matches!(message,
            FromChild::Crashed { signal: s, overflow, .. } if *s == signal && *overflow == overflowed));
        assert!(told, "{code}: {messages:?}");
    }
}

#[test]
fn failed_allocation_is_told_with_its_size() {
    let mut child = Child::start();
    // What only begins like it is printed as ever.
    let ran = child.run(
        r#"eprint!("memory allocation of "); eprintln!("memory allocation of {} bytes failed", 5);"#,
    );
    assert_eq!(
        ran.stderr(),
        "memory allocation of memory allocation of 5 bytes failed\n"
    );
    for (code, size) in [
        (
            "let _ = std::hint::black_box(Vec::<u64>::with_capacity(1 << 47));",
            1 << 50,
        ),
        (
            "let _ = std::thread::spawn(|| std::hint::black_box(vec![0_u8; 1 << 50])).join();",
            1 << 50,
        ),
        // With handlers of the cell's own, and with a backtrace.
        (
            r#"unsafe extern "C" { fn signal(s: i32, h: usize) -> usize; } unsafe { signal(6, 0); std::env::set_var("RUST_BACKTRACE", "1"); }
               let mut all = vec![1_u8; 5]; all.reserve_exact((1 << 50) - 5); println!("{}", std::hint::black_box(all).len());"#,
            1 << 50,
        ),
    ] {
        let mut child = Child::start();
        child.begin(&format!(r#"eprintln!("last"); {code}"#));
        let (messages, status) = child.death();
        assert_eq!(status.signal(), Some(6), "{code} {messages:?}");
        let told = messages.iter().any(|message| {
            matches!(message, FromChild::AllocationFailed { size: told, .. } if *told == size)
        });
        assert!(told, "{code}: {messages:?}");
        let ran = crate::harness::Ran {
            messages,
            ..Default::default()
        };
        assert_eq!(ran.stderr(), "last\n", "{code}");
    }
}

#[test]
fn child_ends_with_its_front_end() {
    let mut child = Child::start();
    child.begin(r#"loop { std::thread::park(); }"#);
    child.lose_front_end();
    let (_, status) = child.death();
    assert_eq!(status.signal(), Some(9));
}

#[test]
fn last_lines_before_the_end_of_the_process_arrive() {
    for end in [
        "std::process::exit(3);",
        "std::process::abort();",
        "unsafe extern \"C\" { fn _exit(n: i32) -> !; } unsafe { _exit(3) }",
        "std::thread::spawn(|| std::process::exit(3)).join().unwrap();",
    ] {
        let mut child = Child::start();
        child.begin(&format!(
            "for i in 0..1000 {{ println!(\"line {{i}}\"); }} {end}"
        ));
        let (messages, _) = child.death();
        let ran = crate::harness::Ran {
            messages,
            ..Default::default()
        };
        assert!(ran.stdout().ends_with("line 999\n"), "{end}");
    }
}

#[test]
fn signals_to_the_own_group_stay_in_the_child() {
    let mut child = Child::start();
    let ran = child.run(
        r#"unsafe extern "C" { fn raise(s: i32) -> i32; }
           unsafe { raise(13); } println!("SIGPIPE is ignored");"#,
    );
    assert_eq!(ran.stdout(), "SIGPIPE is ignored\n");
    child.begin(
        r#"unsafe extern "C" { fn kill(p: i32, s: i32) -> i32; } unsafe { kill(0, 15); }"#,
    );
    let (_, status) = child.death();
    assert_eq!(status.signal(), Some(15));
}

#[test]
fn thousands_of_threads_come_and_go() {
    let mut child = Child::start();
    let ran = child.run(
        r#"let all: Vec<_> = (0..2000).map(|i| std::thread::spawn(move || { println!("{i}"); })).collect();
           for t in all { t.join().unwrap(); }"#,
    );
    assert_eq!(ran.stdout().lines().count(), 2000);
}

#[test]
fn handler_that_prints_does_not_hang() {
    let mut child = Child::start();
    let ran = child.run(
        r#"unsafe extern "C" { fn signal(s: i32, h: extern "C" fn(i32)) -> usize; fn getpid() -> i32;
              fn kill(p: i32, s: i32) -> i32; fn write(f: i32, b: *const u8, n: usize) -> isize; }
           extern "C" fn caught(_: i32) { unsafe { write(1, b"!".as_ptr(), 1); } }
           unsafe { signal(10, caught); }
           let pid = unsafe { getpid() };
           let t = std::thread::spawn(move || for _ in 0..2000 { unsafe { kill(pid, 10); } std::thread::yield_now(); });
           while !t.is_finished() { println!("line"); }
           t.join().unwrap();"#,
    );
    assert!(ran.stdout().contains('!'));
}

#[test]
fn cell_under_a_limit_of_memory_is_told_or_lives() {
    let mut child = Child::start();
    let ran = child.run(
        r#"unsafe extern "C" { fn setrlimit(w: i32, l: *const [u64; 2]) -> i32; }
           unsafe { setrlimit(9, &[1 << 20, u64::MAX]); } println!("small");"#,
    );
    assert_eq!(ran.stdout(), "small\n");
    assert_eq!(child.run(r#"println!("next");"#).stdout(), "next\n");
}

#[test]
fn without_interposition_output_and_ends_still_work() {
    let mut child = Child::start_with(&[("NETLAB_INTERPOSE", "0")]);
    child.run(crate::harness::HOOKS);
    let ran = child.run(
        r#"print!("out"); eprintln!("err");
           println!("EVCXR_BEGIN_CONTENT a/b\nc\nEVCXR_END_CONTENT"); panic!("p");"#,
    );
    assert_eq!((ran.stdout(), ran.stderr()), ("out".into(), "err\n".into()));
    assert_eq!(ran.contents(), [("a/b", "c", false)]);
    assert_eq!(ran.ended(), (true, false, false));
    assert_eq!(ran.panics()[0].message, "p");
    let ran = child.run("std::fs::File::open(\"/nowhere\")?;");
    assert_eq!(ran.ended(), (false, true, false));
}
