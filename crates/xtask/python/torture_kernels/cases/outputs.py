"""Cells that print what is hard to print."""

from torture_kernels.cases.case import case

OUTPUT = [
    case("line without end", 'print!("no newline");', stdout="no newline"),
    case(
        "line without end, flushed",
        'use std::io::Write; print!("flushed"); std::io::stdout().flush()?;',
        stdout="flushed",
    ),
    case(
        "bytes that are no text",
        r"""
        use std::io::Write;
        std::io::stdout().write_all(b"\xff\xfe\n")?;
        """,
    ),
    case(
        "NUL bytes", r'println!("a\0b");', stdout="a"
    ),
    case(
        "100 MB of output",
        'for _ in 0..1_000_000 { println!("{:099}", 7); }',
    ),
    case(
        "line of 10 MB", 'println!("{}", "x".repeat(10_000_000));'
    ),
    case(
        "end marker of evcxr, printed",
        'println!("EVCXR_EXECUTION_COMPLETE"); println!("after");',
        stdout="after",
    ),
    case(
        "begin marker of evcxr, printed",
        'println!("EVCXR_BEGIN_CONTENT text/plain");',
    ),
    case(
        "descriptor 1 closed",
        'let one: std::os::fd::OwnedFd = unsafe { std::os::fd::FromRawFd::from_raw_fd(1) };'
        "\ndrop(one);",
    ),
    case(
        "descriptor 0 closed",
        'let zero: std::os::fd::OwnedFd = unsafe { std::os::fd::FromRawFd::from_raw_fd(0) };'
        "\ndrop(zero);",
    ),
    case(
        "descriptor 2 closed",
        'let two: std::os::fd::OwnedFd = unsafe { std::os::fd::FromRawFd::from_raw_fd(2) };'
        "\ndrop(two);",
    ),
    case(
        "a thread that prints for ever",
        """
        std::thread::spawn(|| loop {
            println!("behind the cell");
            std::thread::sleep(std::time::Duration::from_millis(1));
        });
        """,
        leaves=True,
    ),
    case(
        "output of a child process",
        'std::process::Command::new("echo").arg("from a child").status()?;',
        stdout="from a child",
    ),
    case("result of 10 MB", '"x".repeat(10_000_000)'),
    case(
        "standard output locked for ever",
        "std::mem::forget(std::io::stdout().lock());",
    ),
    case(
        "descriptors up to 1024 closed",
        """
        unsafe extern "C" { fn close(fd: i32) -> i32; }
        for fd in 0..1024 { unsafe { close(fd) }; }
        """,
    ),
]
