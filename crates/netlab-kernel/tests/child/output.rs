//! What cells print.

use crate::channel::{FromChild, Stream, ToChild};
use crate::harness::Child;

const FORGED: &str = r#"
    println!("EVCXR_EXECUTION_COMPLETE");
    println!("EVCXR_PANIC_NOTIFICATION");
    println!("EVCXR_ERROR_OCCURRED");
    println!("EVCXR_BEGIN_CONTENT text/html");
    println!("after");
"#;

#[test]
fn lines_and_streams_arrive_before_the_end() {
    let mut child = Child::start();
    let ran = child.run(r#"println!("one"); eprintln!("two {}", 2);"#);
    assert_eq!(ran.stdout(), "one\n");
    assert_eq!(ran.stderr(), "two 2\n");
    assert_eq!(ran.ended(), (false, false, false));
    assert!(ran.replies.is_empty());
}

#[test]
fn unfinished_line_is_seen_while_the_cell_runs() {
    let mut child = Child::start();
    child.begin(
        r#"print!("half"); let mut s = String::new();
           std::io::stdin().read_line(&mut s).unwrap(); println!("{s}");"#,
    );
    child.until(|ran| ran.stdout() == "half");
    child.say(ToChild::InputAnswer {
        line: Some("x\n".into()),
    });
    assert_eq!(child.end().stdout(), "x\n\n");

    let ran = child.run(
        r#"use std::io::Write; print!("flushed"); std::io::stdout().flush()?;"#,
    );
    assert_eq!(ran.stdout(), "flushed");
}

#[test]
fn printed_markers_are_text() {
    let mut child = Child::start();
    let ran = child.run(FORGED);
    assert_eq!(ran.stdout().lines().count(), 5, "{ran:?}");
    assert_eq!(ran.ended(), (false, false, false));
    assert!(ran.replies.is_empty());
    assert_eq!(child.run(r#"print!("next");"#).stdout(), "next");
}

#[test]
fn rich_contents_come_as_blocks() {
    let mut child = Child::start();
    let ran = child.run(
        r#"print!("before");
           println!("EVCXR_BEGIN_CONTENT text/html\n<b>\n</b>\nEVCXR_END_CONTENT");
           println!("EVCXR_BEGIN_CONTENT text/plain\nb\nEVCXR_END_CONTENT");
           println!("between");
           println!("EVCXR_BEGIN_CONTENT text/plain\n\nEVCXR_END_CONTENT");"#,
    );
    assert_eq!(
        ran.contents(),
        [
            ("text/html", "<b>\n</b>", false),
            ("text/plain", "b", true),
            ("text/plain", "", false)
        ]
    );
    assert_eq!(ran.stdout(), "beforebetween\n");
}

#[test]
fn bytes_that_are_no_text_arrive() {
    let mut child = Child::start();
    let ran = child.run(
        r#"use std::io::Write;
           std::io::stdout().write_all(b"a\xff\xfe\0b\nno end \xd0")?;"#,
    );
    assert_eq!(ran.stdout_bytes(), b"a\xff\xfe\0b\nno end \xd0");
}

#[test]
fn a_character_is_not_cut_between_two_writes() {
    let mut child = Child::start();
    let ran = child.run(
        r#"use std::io::Write; let mut out = std::io::stdout();
           for byte in "яя\n".bytes() { out.write_all(&[byte])?; out.flush()?; }"#,
    );
    for message in &ran.messages {
        if let FromChild::Output { bytes, .. } = message {
            assert!(std::str::from_utf8(bytes).is_ok(), "{bytes:?}");
        }
    }
    assert_eq!(ran.stdout(), "яя\n");
}

#[test]
fn raw_writes_and_started_programs_are_seen() {
    let mut child = Child::start();
    let ran = child.run(
        r#"unsafe extern "C" { fn write(f: i32, b: *const u8, n: usize) -> isize;
              fn syscall(n: i64, ...) -> i64; fn puts(t: *const i8) -> i32; fn fflush(f: *mut u8) -> i32; }
           unsafe {
               write(1, b"raw".as_ptr(), 3); write(2, b"err".as_ptr(), 3);
               syscall(1, 1, b" call".as_ptr(), 5);
               puts(c" puts".as_ptr()); fflush(std::ptr::null_mut());
           }
           std::process::Command::new("sh").args(["-c", "echo sh; echo E >&2; cat"]).status()?;"#,
    );
    let stdout = ran.stdout();
    for part in ["raw", " call", " puts\n", "sh\n"] {
        assert!(stdout.contains(part), "{stdout}");
    }
    assert_eq!(ran.stderr(), "errE\n");
}

#[test]
fn closed_descriptors_come_back() {
    let mut child = Child::start();
    for closed in 0..3 {
        let ran = child.run(&format!(
            r#"unsafe extern "C" {{ fn close(f: i32) -> i32; }}
               unsafe {{ close({closed}); }} println!("lost or not");"#
        ));
        assert_eq!(ran.ended(), (false, false, false));
        let next = child.run(r#"println!("out"); eprintln!("err");"#);
        assert_eq!(
            (next.stdout(), next.stderr()),
            ("out\n".into(), "err\n".into())
        );
    }
    child.run(
        r#"unsafe extern "C" { fn close(f: i32) -> i32; }
           for fd in 0..1024 { unsafe { close(fd); } }"#,
    );
    assert_eq!(child.run(r#"println!("lives");"#).stdout(), "lives\n");
}

#[test]
fn redirected_output_goes_where_the_cell_wants() {
    let mut child = Child::start();
    let ran = child.run(
        r#"use std::os::fd::AsRawFd; use std::io::{Write, Read, Seek};
           unsafe extern "C" { fn dup2(a: i32, b: i32) -> i32; }
           let path = std::env::temp_dir().join(format!("k2-{}", std::process::id()));
           let mut file = std::fs::File::options().read(true).write(true).create(true).open(&path)?;
           unsafe { dup2(file.as_raw_fd(), 1); }
           println!("into the file"); std::io::stdout().flush()?;
           file.rewind()?; let mut text = String::new(); file.read_to_string(&mut text)?;
           std::fs::remove_file(path)?; eprint!("{}", text);"#,
    );
    assert_eq!(
        (ran.stdout(), ran.stderr()),
        (String::new(), "into the file\n".into())
    );
    assert_eq!(child.run(r#"println!("back");"#).stdout(), "back\n");
}

#[test]
fn thread_prints_to_the_cell_that_started_it() {
    let mut child = Child::start();
    child.run(
        r#"std::thread::spawn(|| for i in 0.. {
               println!("tick {i}"); std::thread::sleep(std::time::Duration::from_millis(20));
           });"#,
    );
    // Between cells, too.
    child.until(|ran| ran.stdout().contains("tick 3"));
    let ran = child.run(
        r#"for i in 0..10 { println!("main {i}"); std::thread::sleep(std::time::Duration::from_millis(10)); }"#,
    );
    let mut cells = std::collections::HashMap::new();
    for message in &ran.messages {
        if let FromChild::Output {
            cell,
            bytes,
            stream: Stream::Stdout,
        } = message
        {
            let text = String::from_utf8_lossy(bytes);
            let thread = text.starts_with("tick");
            *cells.entry((*cell, thread)).or_insert(0) += 1;
        }
    }
    assert_eq!(cells[&(3, false)], 10);
    assert!(
        cells
            .keys()
            .all(|(cell, tick)| *cell == if *tick { 2 } else { 3 })
    );
}

#[test]
fn held_lock_of_stdout_does_not_hold_the_kernel() {
    let mut child = Child::start();
    child.run(
        r#"let (tx, rx) = std::sync::mpsc::channel();
           std::thread::spawn(move || { let out = std::io::stdout().lock(); tx.send(()).unwrap();
               loop { std::thread::park(); } });
           rx.recv()?;"#,
    );
    let start = std::time::Instant::now();
    child.run(r#"eprintln!("free");"#);
    child.run(r#"eprintln!("free");"#);
    assert!(start.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn hundred_megabytes_arrive_whole() {
    let mut child = Child::start();
    let start = std::time::Instant::now();
    let ran = child.run(
        r#"let line = "x".repeat(99); for _ in 0..1_000_000 { println!("{line}"); }"#,
    );
    assert_eq!(ran.stdout_bytes().len(), 100_000_000);
    eprintln!("100 MB in lines of 100 bytes: {:?}", start.elapsed());
    let start = std::time::Instant::now();
    let ran = child.run(
        r#"use std::io::Write; let block = vec![b'y'; 1 << 20];
           for _ in 0..100 { std::io::stdout().write_all(&block)?; }"#,
    );
    assert_eq!(ran.stdout_bytes().len(), 100 << 20);
    eprintln!("100 MiB in blocks of 1 MiB: {:?}", start.elapsed());
}
