//! What the child costs. Not run by default: figures, not verdicts.

use std::time::{Duration, Instant};

use crate::harness::Child;

#[test]
#[ignore = "prints figures"]
fn figures() {
    let mut child = Child::start();
    let mut times: Vec<_> = (0..20)
        .map(|_| {
            let mut took = Duration::ZERO;
            let ran = child.run_timed("", &mut took);
            assert!(ran.replies.is_empty());
            took
        })
        .collect();
    times.sort();
    println!("run of an empty cell: median {:?}", times[10]);

    let ran = child.run(
        r#"let start = std::time::Instant::now();
           for _ in 0..200 { let _ = std::panic::catch_unwind(|| panic!("x")); }
           println!("a caught panic: {:?}", start.elapsed() / 200);
           let start = std::time::Instant::now();
           for _ in 0..1000 { std::thread::spawn(|| {}).join().unwrap(); }
           println!("a thread: {:?}", start.elapsed() / 1000);"#,
    );
    println!("{}", ran.stdout());
    let ran = child.run(
        r#"unsafe extern "C" { fn clock_gettime(c: i32, t: *mut [i64; 2]) -> i32;
              fn fstat(f: i32, s: *mut [u8; 256]) -> i32; fn syscall(n: i64, ...) -> i64; }
           fn cpu() -> i64 { let mut t = [0; 2]; unsafe { clock_gettime(3, &mut t) }; t[0] * 1_000_000_000 + t[1] }
           let start = cpu(); for _ in 0..300_000 { println!("0123456789abcde"); }
           let line = (cpu() - start) / 300_000;
           let start = cpu(); for _ in 0..300_000 { unsafe { fstat(1, &mut [0; 256]); } }
           let fstat = (cpu() - start) / 300_000;
           eprintln!("CPU of a line of 16 bytes: {line} ns, of one fstat: {fstat} ns");"#,
    );
    println!("{}", ran.stderr());
    for (length, lines) in [(16, 1_000_000), (100, 1_000_000)] {
        let start = Instant::now();
        let ran = child.run(&format!(
            r#"let line = "x".repeat({length} - 1);
               for _ in 0..{lines} {{ println!("{{line}}"); }}"#
        ));
        let bytes = ran.stdout_bytes().len();
        let rate = bytes as f64 / start.elapsed().as_secs_f64() / 1e6;
        println!("lines of {length} bytes: {rate:.0} MB/s");
    }
}
