//! Sockets and files.

use super::Mistake;

pub(super) const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "nobody listens",
        before: &[],
        cell: "std::net::TcpStream::connect(\"127.0.0.1:1\")?;",
        error: "io::Error",
        place: "1:44",
        says: &["Connection refused"],
    },
    Mistake {
        name: "port that is taken",
        before: &[
            "let taken = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\nlet address = taken.local_addr()?;",
        ],
        cell: "let second = std::net::TcpListener::bind(address)?;",
        error: "io::Error",
        place: "1:50",
        says: &[
            "Address already in use",
            "держит переменная `taken` из ячейки [1]",
            "drop(taken);",
        ],
    },
    Mistake {
        name: "address without a port",
        before: &[],
        cell: "std::net::TcpListener::bind(\"localhost\")?;",
        error: "io::Error",
        place: "1:41",
        says: &["invalid socket address"],
    },
    Mistake {
        name: "file that is not there",
        before: &[],
        cell: "std::fs::read_to_string(\"/no/such/file\")?;",
        error: "io::Error",
        place: "1:41",
        says: &["No such file or directory"],
    },
    Mistake {
        name: "number that is none",
        before: &[],
        cell: "let port: u16 = \"80a\".parse()?;",
        error: "ParseIntError",
        place: "1:30",
        says: &["invalid digit"],
    },
    Mistake {
        name: "text in place of bytes",
        before: &[],
        cell: "use std::io::Write;\nlet mut out = std::io::stdout();\nout.write_all(\"hi\")?;",
        error: "E0308",
        place: "3:15",
        says: &["mismatched types"],
    },
    Mistake {
        name: "listener given to a thread, then used",
        before: &[
            "let busy = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\nlet asked = std::thread::spawn(move || busy.local_addr());",
        ],
        cell: "busy.local_addr()?;",
        error: "E0425",
        place: "1:1",
        says: &["cannot find value `busy`"],
    },
    Mistake {
        name: "cell that binds a port, executed again",
        before: &[
            "let again = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\nlet there = again.local_addr()?;",
        ],
        cell: "let again = std::net::TcpListener::bind(there)?;",
        error: "io::Error",
        place: "1:47",
        says: &["теперь её сокет закрыт"],
    },
    Mistake {
        name: "port that is taken, unwrapped",
        before: &[
            "let held = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\nlet held_at = held.local_addr()?;",
        ],
        cell: "std::net::TcpListener::bind(held_at).unwrap();",
        error: "panic",
        place: "1:38",
        says: &["держит переменная `held` из ячейки [1]"],
    },
    Mistake {
        name: "function whose call fails",
        before: &[
            "fn talk(to: &str) -> std::io::Result<std::net::TcpStream> {\n    let stream = std::net::TcpStream::connect(to)?;\n    Ok(stream)\n}",
        ],
        cell: "talk(\"127.0.0.1:1\")?;",
        error: "io::Error",
        place: "1:20",
        says: &["Connection refused", "функция `talk` – в In[1]:2"],
    },
    Mistake {
        name: "port that the cell itself has taken",
        before: &[],
        cell: "let one = std::net::TcpListener::bind(\"127.0.0.1:0\")?;\nlet two = std::net::TcpListener::bind(one.local_addr()?)?;",
        error: "io::Error",
        place: "2:57",
        says: &["заняла сама эта ячейка"],
    },
];
