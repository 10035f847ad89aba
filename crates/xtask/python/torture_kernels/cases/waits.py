"""Cells that do not end, until they are interrupted."""

from torture_kernels.cases.case import NETLAB, case

LOOPS = [
    case(
        "infinite loop",
        "loop { std::hint::spin_loop(); }",
        action="interrupt twice",
        may_lose=True,
        error="",
    ),
    case(
        "endless output, interrupted",
        'loop { println!("and on and on"); }',
        action="interrupt twice",
        may_lose=True,
        error="",
    ),
    case(
        "deadlock of one mutex",
        """
        {
            let m = std::sync::Mutex::new(0);
            let first = m.lock().unwrap();
            let second = m.lock().unwrap();
        }
        """,
        action="interrupt twice",
        may_lose=True,
        error="",
    ),
    case(
        "sleep of an hour",
        "std::thread::sleep(std::time::Duration::from_secs(3600));",
        action="interrupt",
        error="",
    ),
]

BLOCKED = [
    case(
        "accept",
        """
        let l = std::net::TcpListener::bind("127.0.0.1:0")?;
        let (c, peer) = l.accept()?;
        """,
        action="interrupt",
        error="",
    ),
    case(
        "accept().unwrap()",
        """
        let l = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let (c, peer) = l.accept().unwrap();
        """,
        action="interrupt",
        error="",
    ),
    case(
        "read from a silent peer",
        """
        use std::io::Read;
        let (a, mut b) = std::os::unix::net::UnixStream::pair()?;
        b.read(&mut [0; 10])?;
        """,
        action="interrupt",
        error="",
    ),
    case(
        "write to a peer that does not read",
        """
        use std::io::Write;
        let (a, mut b) = std::os::unix::net::UnixStream::pair()?;
        b.write_all(&[0; 10_000_000])?;
        """,
        action="interrupt",
        error="",
    ),
    case(
        "join of a thread that reads",
        """
        use std::io::Read;
        let (a, mut b) = std::os::unix::net::UnixStream::pair().unwrap();
        let reader = std::thread::spawn(move || b.read(&mut [0; 10]));
        reader.join().unwrap().unwrap();
        """,
        action="interrupt",
        error="",
    ),
    case(
        "scope of threads that accept",
        """
        let l = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        std::thread::scope(|s| {
            for _ in 0..4 { s.spawn(|| l.accept()); }
        });
        panic!("all threads have come home");
        """,
        action="interrupt",
        error="",
    ),
    case(
        "wait for a child process",
        'std::process::Command::new("sleep").arg("30").status()?;',
        action="interrupt twice",
        may_lose=True,
        error="",
    ),
    case(
        "accept loop that ignores errors",
        """
        let l = std::net::TcpListener::bind("127.0.0.1:0")?;
        for c in l.incoming() { let Ok(c) = c else { continue }; drop(c); }
        """,
        action="interrupt twice",
        leaves=True,
        may_lose=True,
        error="",
    ),
    case(
        "channel that nobody sends to",
        """
        let (tx, rx) = std::sync::mpsc::channel::<u8>();
        rx.recv()?;
        """,
        action="interrupt twice",
        may_lose=True,
        error="",
    ),
    case(
        "future that never ends",
        """
        let rt = netlab::runtime()?;
        netlab::block_on(&rt, std::future::pending::<()>());
        """,
        action="interrupt",
        error="",
        before=NETLAB,
    ),
    case(
        "stopped by SIGSTOP",
        'std::process::Command::new("kill")'
        '.args(["-STOP", &std::process::id().to_string()]).status()?;',
        action="interrupt twice",
        may_lose=True,
        error="",
    ),
]
