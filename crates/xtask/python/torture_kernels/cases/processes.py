"""Cells that are hard for the process or for the compiler."""

from torture_kernels.cases.case import SETRLIMIT, case

PROCESS = [
    case(
        "fork that returns",
        """
        unsafe extern "C" { fn fork() -> i32; }
        let pid = unsafe { fork() };
        """,
    ),
    case(
        "thousands of threads",
        """
        let threads: Vec<_> = (0..4000)
            .map_while(|_| std::thread::Builder::new()
                .spawn(std::thread::park).ok())
            .collect();
        for t in &threads { t.thread().unpark(); }
        for t in threads { t.join().unwrap(); }
        """,
    ),
    case(
        "all descriptors used up",
        """
        let mut open = Vec::new();
        while let Ok(f) = std::fs::File::open("/dev/null") { open.push(f); }
        println!("{}", open.len() > 100);
        drop(open);
        """,
        stdout="true",
    ),
    case(
        "broken pipe",
        """
        use std::io::Write;
        let (a, mut b) = std::os::unix::net::UnixStream::pair()?;
        drop(a);
        println!("{}", b.write_all(b"x").is_err());
        """,
        stdout="true",
    ),
    case(
        "question to the user",
        """
        let mut line = String::new();
        std::io::stdin().read_line(&mut line)?;
        println!("answer: {}", line.trim());
        """,
        action="input",
        stdout="answer: 42",
    ),
    case(
        "a thousand threads left behind",
        "for _ in 0..1000 { std::thread::spawn(std::thread::park); }",
        leaves=True,
    ),
    case(
        "child process left behind",
        'std::process::Command::new("sleep").arg("60").spawn()?;',
        leaves=True,
    ),
    case(
        "memory limit that the next cell meets",
        SETRLIMIT + "unsafe { setrlimit(9, &Limit { now: 1 << 20, most: !0 }) };",
    ),
    case(
        "descriptor limit that the next cell meets",
        SETRLIMIT + "unsafe { setrlimit(7, &Limit { now: 3, most: 1 << 19 }) };",
    ),
    case(
        "environment emptied",
        "for (name, _) in std::env::vars_os() { unsafe { std::env::remove_var(name) } }",
    ),
    case(
        "working directory removed",
        """
        let gone = std::env::temp_dir().join(format!("gone-{}", std::process::id()));
        std::fs::create_dir(&gone)?;
        std::env::set_current_dir(&gone)?;
        std::fs::remove_dir(&gone)?;
        """,
        leaves=True,
    ),
]

COMPILER = [
    case("unknown name", "nobody", error="E0425"),
    case("type that does not fit", 'let n: u8 = "x";', error="E0308"),
    case("unclosed brace", "fn f() {", error=""),
    case(
        "cell of 1 MB",
        f'let long = "{"x" * 1_000_000}"; println!("{{}}", long.len());',
        stdout="1000000",
    ),
    case(
        "type defined anew",
        "#[derive(Debug)] struct P { x: i32, y: i32 }\nlet q = P { x: 1, y: 2 };",
        before="#[derive(Debug)] struct P { x: i32 }\nlet p = P { x: 1 };",
    ),
    case("NUL byte in the source", 'println!("a\0b");', stdout="a"),
]
