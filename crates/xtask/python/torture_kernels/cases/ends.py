"""Cells that end their process."""

from torture_kernels.cases.case import SETRLIMIT, case

ENDS = [
    case("exit", "std::process::exit(3);", may_lose=True, error=""),
    case(
        "exit in a thread",
        """
        std::thread::spawn(|| std::process::exit(0));
        loop { std::thread::park(); }
        """,
        may_lose=True,
        error="",
    ),
    case("abort", "std::process::abort();", may_lose=True, error=""),
    case(
        "segmentation fault",
        "unsafe { std::ptr::null_mut::<u8>().write_volatile(1); }",
        may_lose=True,
        error="",
    ),
    case(
        "stack overflow",
        """
        fn deep(n: u64) -> u64 { std::hint::black_box([n; 100])[0] + deep(n + 1) }
        println!("{}", deep(0));
        """,
        may_lose=True,
        error="",
    ),
    case(
        "illegal instruction",
        'unsafe { std::arch::asm!("ud2"); }',
        may_lose=True,
        error="",
    ),
    case(
        "SIGKILL from the cell",
        'std::process::Command::new("kill")'
        '.args(["-9", &std::process::id().to_string()]).status()?;',
        may_lose=True,
        error="",
    ),
    case(
        "SIGTERM from the cell",
        'std::process::Command::new("kill")'
        '.args(["-15", &std::process::id().to_string()]).status()?;',
        may_lose=True,
        error="",
    ),
    case(
        "memory beyond all limits",
        "let v: Vec<u8> = Vec::with_capacity(1 << 60);",
        may_lose=True,
        error="",
    ),
    case(
        "SIGPIPE with its default action",
        """
        use std::io::Write;
        unsafe extern "C" { fn signal(number: i32, action: usize) -> usize; }
        unsafe { signal(13, 0) };
        let (r, mut w) = std::io::pipe()?;
        drop(r);
        w.write_all(b"x")?;
        """,
        may_lose=True,
        error="",
    ),
    case(
        "SIGTERM to the process group",
        """
        unsafe extern "C" { fn kill(pid: i32, signal: i32) -> i32; }
        unsafe { kill(0, 15) };
        std::thread::park();
        """,
        may_lose=True,
        error="",
    ),
    case(
        "memory limit, reached",
        SETRLIMIT
        + "unsafe { setrlimit(9, &Limit { now: 2 << 30, most: !0 }) };\n"
        "let v = vec![1_u8; 4 << 30];",
        may_lose=True,
        error="",
    ),
    case(
        "all descriptors closed",
        """
        unsafe extern "C" { fn close(fd: i32) -> i32; }
        for fd in 0..10_000 { unsafe { close(fd) }; }
        """,
        may_lose=True,
        error="",
    ),
]
